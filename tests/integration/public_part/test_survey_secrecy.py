"""Nobody can tell what an invitation answered; links are handed out by those who ask, and nobody else.

Policy: TZ-3.4.
"""

from __future__ import annotations

import csv
import io
import re

import pytest
from sqlalchemy import func, select

from tests.integration.public_part import survey_desk as desk
from tests.integration.recognition import desk as office
from tests.integration.register_change.desk import number
from webapp.models.event import Event
from webapp.models.survey import Answer, Invitation
from webapp.uow import read_only


@pytest.fixture
def survey(at):
    return desk.opened(number(at("recognised")))


def rows(model):
    with read_only() as session:
        return [dict(row._mapping) for row in session.execute(select(*model.__table__.columns))]


def events():
    with read_only() as session:
        return session.scalar(select(func.count(Event.id)))


def test_an_answer_and_an_invitation_have_nothing_in_common_but_survey_and_group(survey, browse):
    before = events()
    desk.everybody_answers(browse, survey)
    answers, invitations = rows(Answer), rows(Invitation)
    assert set(answers[0]) & set(invitations[0]) == {"id", "survey_id", "group_key"}
    assert set(answers[0]) == {"id", "survey_id", "group_key", "answered_on", "marks", "comment"}
    assert not {row["id"] for row in answers} & {row["id"] for row in invitations}
    assert {row["id"].version for row in (*answers, *invitations)} == {4}, "keys would tell the time"
    dated = {name for name, value in invitations[0].items() if hasattr(value, "year")}
    assert dated == set(), "an invitation does not tell when it was used"
    assert {type(row["answered_on"]).__name__ for row in answers} == {"date"}
    assert events() == before, "history would tell the time of each answer"


def test_counting_writes_every_answer_anew(survey, browse):
    desk.everybody_answers(browse, survey)
    first = {row.id: row.marks for row in desk.answers(survey)}
    desk.close(survey)
    after = desk.answers(survey)
    assert not {row.id for row in after} & set(first)
    assert sorted(map(str, first.values())) == sorted(str(row.marks) for row in after)


def test_no_token_lies_in_the_database(survey):
    known = {token for group in ("employers", "workers") for token in desk.tokens(survey, group)}
    assert len(known) == 5
    assert {len(token) for token in known} == {32}
    kept = "".join(str(value) for row in rows(Invitation) for value in row.values())
    assert not [token for token in known if token in kept]


def test_words_of_few_people_are_not_shown_and_lie_encrypted(survey, browse):
    said = desk.EMPLOYER | {"comment": "多找些焊工（演示）"}
    for token in desk.tokens(survey, "employers"):
        desk.fill(browse(), token, said)
    for token in desk.tokens(survey, "workers"):
        desk.fill(browse(), token, desk.WORKER | {"comment": "想要热水（演示）"})
    no = office.case_of(survey).no
    assert "想要热水" not in browse(desk.CLERK).get(f"/cases/{no}").text
    desk.close(survey)
    page = browse(desk.CLERK).get(f"/cases/{no}").text
    assert "想要热水（演示）" in page
    assert "多找些焊工" not in page
    assert "想要热水" not in str([row["marks"] for row in rows(Answer)])


def test_the_bureau_prints_and_exports_links_and_both_are_on_record(survey, browse):
    no = office.case_of(survey).no
    clerk = browse(desk.CLERK)
    sheet = clerk.post(f"/cases/{no}/survey/sheet").text
    known = [token for group in ("employers", "workers") for token in desk.tokens(survey, group)]
    assert sorted(re.findall(r"/s/([0-9a-f]{32})", sheet)) == sorted(known)
    assert sheet.count('class="qr"') == 5
    table = clerk.post(f"/cases/{no}/survey/links.csv").data.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(table)))
    assert lines[0] == ["调查对象", "序号", "链接"]
    assert sorted(line[2].rpartition("/")[2] for line in lines[1:]) == sorted(known)
    assert [event.data["way"] for event in office.events(survey, "survey.handed_out")] == ["打印", "导出"]


def test_nobody_else_gets_the_links(survey, browse):
    no = office.case_of(survey).no
    for username, status in (("majuqiao", 404), ("gongan", 404), ("admin", 403), (None, 302)):
        assert browse(username).post(f"/cases/{no}/survey/sheet").status_code == status
        assert browse(username).post(f"/cases/{no}/survey/links.csv").status_code == status
    desk.close(survey)
    assert browse(desk.CLERK).post(f"/cases/{no}/survey/sheet").status_code == 404
