"""批量办理: one form for several cases, each on its own; and the other things done to several at once."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.shapes import office
from webapp.models.case import Case
from webapp.models.work_item import WorkItem
from webapp.services import accounts, work_items
from webapp.uow import read_only, unit_of_work

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def three(app):
    """Three cases at the step c, which may be done in a batch; their open items."""
    items = [office.opened(office.at("linear"), "c") for _ in range(3)]
    _permit(*items)
    return items


def _permit(*items, value="true"):
    with unit_of_work() as session:
        for item in items:
            row = session.get_one(WorkItem, item.id)
            row.properties = row.properties | {"batch": value}


def _browser(app, username="fuze"):
    browser = app.test_client()
    assert browser.sign_in(username, accounts.DEMO_PASSWORD).status_code == 302
    return browser


def _keys(items):
    return [str(item.id) for item in items]


def _followed(browser, address, data):
    """Send a form and return the page to which it leads."""
    answer = browser.post(address, data=data)
    assert answer.status_code == 302
    return browser.get(answer.location)


def _status(item):
    with read_only() as session:
        return session.get_one(WorkItem, item.id).status


def _revisions(page):
    return dict(re.findall(r'name="(revision-[0-9a-f-]+)" value="(\d+)"', page))


def _no(item):
    return office.case_of(item.case_id).no


def test_one_form_is_confirmed_case_by_case_and_completes_each(app, three):
    browser = _browser(app)
    inbox = browser.get("/inbox").text
    assert all(f'value="{key}"' in inbox for key in _keys(three))
    onward = browser.post("/inbox/bulk", data={"act": "complete", "item": _keys(three)})
    assert onward.status_code == 302
    form = browser.get(onward.location)
    assert all(_no(item) in form.text for item in three)
    empty = browser.post("/inbox/batch/confirm", data={"item": _keys(three), "text": ""})
    assert empty.status_code == 422
    assert [_status(item) for item in three] == ["open"] * 3
    confirm = browser.post("/inbox/batch/confirm", data={"item": _keys(three), "text": "都同意"})
    assert confirm.status_code == 200
    assert all(_no(item) in confirm.text for item in three)
    assert "都同意" in confirm.text
    sent = {"item": _keys(three), "text": "都同意", **_revisions(confirm.text)}
    done = _followed(browser, "/inbox/batch", sent)
    assert "已办结 3 项" in unescape(done.text)
    assert [_status(item) for item in three] == ["done"] * 3
    for item in three:
        assert office.submissions(item.case_id, "c")[-1].data == {"text": "都同意"}
        assert len(office.events(item.case_id, "work_item.completed")) == 3, "a, b and c, each once"


def test_one_that_is_refused_takes_no_other_along_and_says_why(app, three):
    browser = _browser(app)
    page = browser.post("/inbox/batch/confirm", data={"item": _keys(three), "text": "都同意"}).text
    office.complete(three[1].case_id, "c", given={"text": "先办了"})
    sent = {"item": _keys(three), "text": "都同意", **_revisions(page)}
    answer = browser.post("/inbox/batch", data=sent)
    assert "已办结 2 项，1 项未办成" in answer.text
    assert "已由测试fuze于" in answer.text
    assert [_status(item) for item in three] == ["done"] * 3
    assert office.submissions(three[1].case_id, "c")[-1].data == {"text": "先办了"}
    again = browser.post("/inbox/batch", data=sent)
    assert "已办结 0 项，3 项未办成" in again.text
    assert [len(office.submissions(item.case_id, "c")) for item in three] == [1, 1, 1], "nothing twice"


def test_one_left_unticked_is_not_done(app, three):
    browser = _browser(app)
    page = browser.post("/inbox/batch/confirm", data={"item": _keys(three), "text": "都同意"}).text
    browser.post("/inbox/batch", data={"item": _keys(three[:2]), "text": "都同意", **_revisions(page)})
    assert [_status(item) for item in three] == ["done", "done", "open"]


def test_what_does_not_fit_is_left_out_with_its_reason(app, three):
    other = office.opened(office.at("inclusive"), "i2")
    claimed, suspended, _ = three
    office.do("fuze2", work_items.claim, claimed.id)
    with unit_of_work() as session:
        case = session.get_one(Case, suspended.case_id)
        case.status, case.hold_reason = "suspended", "等批复"
    browser = _browser(app)
    answer = browser.get("/inbox/batch", query_string={"item": _keys([*three, other])}).text
    for words in ("已由测试fuze2认领", "本件已暂停：等批复", "须逐件办理"):
        assert words in answer
    _permit(other)
    answer = browser.get("/inbox/batch", query_string={"item": _keys([three[2], other])}).text
    assert "环节不同" in answer


@pytest.mark.parametrize("chosen", [[], ["018f3a3e-0000-7000-8000-000000000000"]])
def test_a_choice_of_nothing_is_said_so(app, chosen):
    browser = _browser(app)
    answer = browser.post("/inbox/bulk", data={"act": "claim", "item": chosen})
    shown = browser.get(answer.location) if answer.status_code == 302 else answer
    assert re.search("请先(勾选|选择)待办", shown.text)


def test_a_step_that_is_no_longer_for_batches_is_refused_when_it_is_done(app, three):
    browser = _browser(app)
    page = browser.post("/inbox/batch/confirm", data={"item": _keys(three), "text": "好"}).text
    _permit(three[0], value="false")
    answer = browser.post("/inbox/batch", data={"item": _keys(three), "text": "好", **_revisions(page)})
    assert "不能批量办理" in answer.text
    assert [_status(item) for item in three] == ["open", "done", "done"]


def test_several_are_claimed_released_and_urged_at_once(app, three):
    browser = _browser(app)
    office.do("fuze2", work_items.claim, three[2].id)
    answer = browser.post("/inbox/bulk", data={"act": "claim", "item": _keys(three)})
    assert "已认领 2 项，1 项未办成" in answer.text
    assert "测试fuze2认领" in answer.text
    back = "/inbox?tab=mine"
    answer = browser.post("/inbox/bulk", data={"act": "release", "item": _keys(three[:2]), "back": back})
    assert answer.location == back
    with read_only() as session:
        assert {session.get_one(WorkItem, item.id).claimed_by_id for item in three[:2]} == {None}
    answer = browser.post("/inbox/bulk", data={"act": "urge", "item": _keys(three)})
    assert "已催办 1 项，2 项未办成" in answer.text


def test_nobody_is_sent_elsewhere_afterwards(app, three):
    answer = _browser(app).post(
        "/inbox/bulk", data={"act": "claim", "item": _keys(three), "back": "https://example.org/inbox"}
    )
    assert answer.location == "/inbox"


def test_several_are_given_to_a_colleague_at_once(app, three):
    browser = _browser(app)
    person, position = office.pair("ling")
    page = browser.get("/inbox/transfer", query_string={"item": _keys(three)})
    assert f'value="{position}/{person}"' in page.text
    asked = {"item": _keys(three), "to": f"{position}/{person}"}
    assert browser.post("/inbox/transfer", data=asked).status_code == 422
    answer = _followed(browser, "/inbox/transfer", asked | {"reason": "外出学习"})
    assert "已转办 3 项" in answer.text
    for item in three:
        office.complete(item.case_id, "c", "ling")
