"""A form that is sent after its sender switched to another position in another window keeps what was typed."""

from __future__ import annotations

import io

import pytest
from lxml import html
from sqlalchemy import select

from tests.factories import filings
from tests.integration.recognition import desk
from tests.integration.recognition.test_nothing_lost import page_fields
from webapp.core.clock import beijing_date, now
from webapp.models.account import Agency, Appointment, Person, Position
from webapp.services import accounts
from webapp.uow import read_only, unit_of_work

NOTE = "意见第一行\n建议<同意>报送"
CLERK, REVIEWER = "宋庄镇 经办", "宋庄镇 审核"


@pytest.fixture
def case_id(at):
    return at("filled", "station")


@pytest.fixture
def address(case_id):
    (item,) = desk.items(case_id, "township_review")
    return f"/cases/TZ-RD-2026-0001/tasks/{item.id}"


@pytest.fixture
def typed(case_id):
    values = filings.content("station")["township_review"] | {"opinion": NOTE}
    return page_fields(case_id, "township_review", values)


def appointment(agency, position):
    with read_only() as session:
        query = (
            select(Appointment.id)
            .join(Person)
            .join(Position)
            .join(Agency, Agency.id == Position.agency_id)
            .where(Person.username == "songzhuang", Agency.key == agency, Position.key == position)
        )
        return session.scalars(query).one()


@pytest.fixture
def clerk(browse):
    """Somebody who opened the reviewer's form and then became a clerk again in another window."""
    browser = browse("songzhuang")
    switch(browser, "songzhuang", "clerk")
    return browser


def switch(browser, agency, position):
    assert browser.post("/position", data={"position": appointment(agency, position)}).status_code == 302


def drafts(case_id):
    (item,) = desk.items(case_id, "township_review")
    with read_only() as session:
        return [row.values for row in session.query(desk.Draft).filter_by(work_item_id=item.id)]


def way_back(page):
    """What the page's button sends, as a browser without scripts would."""
    (form,) = html.fromstring(page).xpath("//main//form[.//button[@data-submit]]")
    # As browsers do, leave out the line end that a text area begins with.
    return form.get("action"), [(name, value.removeprefix("\n")) for name, value in form.form_values()]


def test_the_text_stays_and_one_goes_back_to_it(case_id, address, typed, clerk):
    answer = clerk.post(address, data=typed)
    assert answer.status_code == 409
    assert f"这张表单属于岗位“{REVIEWER}”" in answer.text
    assert f"切换到“{CLERK}”" in answer.text
    assert "建议&lt;同意&gt;报送" in answer.text
    assert desk.open_steps(case_id) == {"township_review"}
    assert drafts(case_id) == []
    target, fields = way_back(answer.text)
    assert target == f"{address}/resume"
    back = clerk.post(target, data=_as_sent(fields))
    assert back.location == address
    page = clerk.get(address).text
    assert f"已切换回“{REVIEWER}”" in page
    assert "建议&lt;同意&gt;报送" in page
    (draft,) = drafts(case_id)
    assert draft["opinion"] == NOTE
    assert clerk.post(address, data=typed).status_code == 302
    assert desk.open_steps(case_id) == {"township_sign"}


def _as_sent(fields):
    sent = {}
    for name, value in fields:
        sent.setdefault(name, []).append(value)
    return sent


@pytest.mark.parametrize("act", ["/draft", "/form", "/release", "/claim", ""])
def test_whatever_button_was_pressed(address, typed, clerk, act):
    answer = clerk.post(address + act, data=typed)
    assert answer.status_code == 409
    assert f"切换回“{REVIEWER}”" in answer.text


def test_also_where_the_other_position_may_do_nothing_with_steps(case_id, address, typed, browse):
    with unit_of_work() as session:
        person = session.scalars(select(Person).where(Person.username == "songzhuang")).one()
        office = filings.agency(session, "hrss")
        admin = session.scalars(
            select(Position).where(Position.agency_id == office.id, Position.key == "admin")
        ).one()
        accounts.appoint(session, person, admin, starts_on=beijing_date(now()))
    browser = browse("songzhuang")
    switch(browser, "hrss", "admin")
    answer = browser.post(address, data=typed)
    assert answer.status_code == 409
    assert "建议&lt;同意&gt;报送" in answer.text
    target, fields = way_back(answer.text)
    assert browser.post(target, data=_as_sent(fields)).location == address
    assert drafts(case_id)[0]["opinion"] == NOTE


def test_files_that_came_along_are_kept_too(at, browse):
    with unit_of_work() as session:
        case_id = filings.started(session, "station").id
    (item,) = desk.items(case_id, "file")
    address = f"/cases/{desk.case_of(case_id).no}/tasks/{item.id}"
    browser = browse("songzhuang")
    switch(browser, "songzhuang", "reviewer")
    file = (io.BytesIO(filings.PDF), "场地图.pdf")
    sent = {"short_name": "宋庄镇演示", "files-site-drawings.file": file, "revision": "0"}
    answer = browser.post(address, data=sent, content_type="multipart/form-data")
    assert answer.status_code == 409
    with read_only() as session:
        (kept,) = session.query(desk.Attachment).filter_by(case_id=None)
    _, fields = way_back(answer.text)
    assert ("files-site-drawings", str(kept.id)) in fields


def test_a_step_that_closed_meanwhile_still_shows_the_text(case_id, address, typed, clerk):
    _, fields = way_back(clerk.post(address, data=typed).text)
    desk.act(
        case_id,
        "songzhuang",
        "township_review",
        filings.content("station")["township_review"],
        position="reviewer",
    )
    answer = clerk.post(f"{address}/resume", data=_as_sent(fields))
    assert answer.status_code == 409
    assert "建议&lt;同意&gt;报送" in answer.text


def test_a_script_is_told_which_position_it_is(address, typed, clerk):
    answer = clerk.post(f"{address}/draft", data=typed, headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 403
    assert f"属于岗位“{REVIEWER}”" in answer.json["error"]["message"]


def test_who_does_not_hold_the_position_learns_nothing(address, typed, browse):
    assert browse("renshe").post(address, data=typed).status_code == 404
    answer = browse("songzhuang-ld").post(address, data=typed)
    assert answer.status_code == 403
    assert "切换回" not in answer.text
    assert browse("renshe").post(f"{address}/resume", data=typed).status_code == 404
