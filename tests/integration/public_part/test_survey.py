"""满意度调查: the good way, too few answers, and every way in which a link does not serve (Policy: TZ-3.4)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.factories import filings
from tests.integration.public_part import survey_desk as desk
from tests.integration.recognition import desk as office
from tests.integration.register_change.desk import number
from webapp import engine
from webapp.config import SETTINGS
from webapp.core.errors import Forbidden, Invalid
from webapp.models.market import MarketRecord
from webapp.services import cases
from webapp.uow import read_only, unit_of_work


@pytest.fixture
def survey(at):
    return desk.opened(number(at("recognised")))


def record_of(case_id):
    with read_only() as session:
        row = session.query(MarketRecord).filter_by(case_id=case_id).one()
        return row.kind, row.period, engine.decode_all(row.values)


def test_a_survey_is_answered_counted_confirmed_and_entered_in_the_file(survey, browse):
    office.choose(survey_employers_min=2, survey_workers_min=3)
    desk.everybody_answers(browse, survey)
    desk.close(survey)
    assert office.open_steps(survey) == {"confirm"}
    office.act(survey, desk.CHIEF, "confirm", {"decision": "confirm"})
    # 用工单位: (5+4+5+3+4)/5 = 4.2 of 5; 零工人员: (4+5+4+2+5+4)/6 = 4 of 5.
    assert record_of(survey) == (
        "satisfaction",
        "2026",
        {
            "score_employers": Decimal("84.00"),
            "score_workers": Decimal("80.00"),
            "n_employers": 2,
            "n_workers": 3,
            "enough": True,
        },
    )
    case = office.case_of(survey)
    assert (case.status, case.outcome, case.outcome_label) == ("finished", "approved", "已完成")


def test_too_few_answers_say_so(survey, browse):
    assert desk.fill(browse(), desk.tokens(survey, "employers")[0], desk.EMPLOYER).status_code == 200
    desk.close(survey)
    page = desk.text_of(browse(desk.CHIEF).get(f"/cases/{office.case_of(survey).no}").text)
    assert "没有答卷" in page
    item = office.items(survey, "confirm")[0]
    form = browse(desk.CHIEF).get(f"/cases/{office.case_of(survey).no}/tasks/{item.id}").text
    assert "两类样本均不足，结果仅供参考" in form
    office.act(survey, desk.CHIEF, "confirm", {"decision": "confirm"})
    _, _, values = record_of(survey)
    assert values["enough"] is False
    assert (values["n_employers"], values["score_employers"]) == (1, Decimal("84.00"))
    assert (values["n_workers"], values["score_workers"]) == (0, None)
    assert office.case_of(survey).outcome_label == "已完成（样本不足）"


def test_at_the_end_date_the_answers_are_counted_without_anybody(app, survey, browse, frozen_clock):
    desk.everybody_answers(browse, survey)
    frozen_clock.move(days=10, hours=13)  # 2026-11-30, 23:00 in Beijing
    office.work(app)
    assert office.open_steps(survey) == {"collect"}
    frozen_clock.move(hours=1, seconds=1)
    office.work(app)
    assert office.open_steps(survey) == {"confirm"}


def test_the_chief_may_have_it_go_on_and_old_links_serve_again(survey, browse):
    first, second = desk.tokens(survey, "employers")
    desk.fill(browse(), first, desk.EMPLOYER)
    desk.close(survey)
    assert browse().get(f"/s/{second}").status_code == 410
    with pytest.raises(Invalid) as refused:
        office.act(survey, desk.CHIEF, "confirm", {"decision": "extend"})
    assert set(refused.value.errors) == {"extended_to", "opinion"}
    longer = {"decision": "extend", "extended_to": "2026-12-15", "opinion": "样本不足（演示）"}
    office.act(survey, desk.CHIEF, "confirm", longer)
    assert office.open_steps(survey) == {"collect"}
    assert desk.tokens(survey, "employers") == [first, second]
    assert "2026年12月15日" in browse().get(f"/s/{second}").text
    assert desk.fill(browse(), second, desk.EMPLOYER).status_code == 200
    assert browse().get(f"/s/{first}").status_code == 410
    desk.close(survey)
    office.act(survey, desk.CHIEF, "confirm", {"decision": "confirm"})
    assert record_of(survey)[2]["n_employers"] == 2


def test_a_link_serves_once_and_the_second_time_changes_nothing(survey, browse):
    (token, *_) = desk.tokens(survey, "workers")
    visitor = browse()
    assert "已收到您的问卷" in desk.fill(visitor, token, desk.WORKER).text
    again = visitor.post(f"/s/{token}", data=desk.WORKER | {"jobs": "1"})
    assert again.status_code == 409
    assert "这份邀请的问卷已经收到" in again.text
    assert [row.marks["jobs"] for row in desk.answers(survey)] == [4]
    assert visitor.get(f"/s/{token}").status_code == 410


def test_a_wrong_link_and_an_expired_one_are_told_plainly(survey, browse, frozen_clock):
    unknown = browse().get("/s/nothing")
    assert (unknown.status_code, "没有找到这份邀请" in unknown.text) == (404, True)
    assert browse().post("/s/nothing", data=desk.WORKER).status_code == 404
    (token, *_) = desk.tokens(survey, "workers")
    frozen_clock.move(days=10, hours=13)  # the last hour of 2026-11-30 in Beijing
    assert browse().get(f"/s/{token}").status_code == 200
    frozen_clock.move(hours=1)
    late = browse().post(f"/s/{token}", data=desk.WORKER)
    assert (late.status_code, "调查已经截止" in late.text) == (410, True)
    assert desk.answers(survey) == []


def test_what_is_missing_is_said_and_what_was_chosen_stays(survey, browse):
    (token, *_) = desk.tokens(survey, "employers")
    sent = {"matching": "2", "comment": "多找些焊工（演示）"}
    refused = browse().post(f"/s/{token}", data=sent)
    assert refused.status_code == 422
    assert "多找些焊工（演示）" in refused.text
    assert 'value="2" checked' in refused.text
    assert desk.answers(survey) == []
    outside = browse().post(f"/s/{token}", data=desk.EMPLOYER | {"matching": "9"})
    assert outside.status_code == 422


def test_many_wrong_attempts_close_an_address_for_a_while(app, survey, browse, frozen_clock):
    (token, *_) = desk.tokens(survey, "workers")
    visitor = browse()
    for _ in range(app.extensions[SETTINGS].address_failures):
        assert visitor.post("/s/nothing", data=desk.WORKER).status_code == 404
    shut = visitor.post(f"/s/{token}", data=desk.WORKER)
    assert shut.status_code == 429
    assert 'value="4" checked' in shut.text
    elsewhere = browse().post(f"/s/{token}", data=desk.WORKER, environ_overrides={"REMOTE_ADDR": "10.9.8.7"})
    assert elsewhere.status_code == 200
    frozen_clock.move(minutes=15, seconds=1)
    assert visitor.post("/s/nothing", data=desk.WORKER).status_code == 404


def test_the_last_day_must_be_to_come(at):
    case_id = desk.start(number(at("recognised")))
    with pytest.raises(Invalid, match="截止日期"):
        office.act(case_id, desk.CLERK, "plan", desk.PLAN | {"closes_on": "2026-11-19"})
    with pytest.raises(Invalid) as refused:
        office.act(case_id, desk.CLERK, "plan", desk.PLAN | {"period": "今年"})
    assert list(refused.value.errors) == ["period"]


def test_only_the_bureau_begins_one(at):
    no = number(at("recognised"))
    with unit_of_work() as session, pytest.raises(Forbidden):
        cases.start(session, filings.actor(session, "majuqiao", "clerk"), "satisfaction", market_no=no)


def test_a_withdrawn_survey_takes_no_answers(survey, browse):
    (token, *_) = desk.tokens(survey, "workers")
    office.withdraw(survey, desk.CLERK)
    assert browse().get(f"/s/{token}").status_code == 410
