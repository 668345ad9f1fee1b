"""The pages of the verbs without a browser: who gets them, what they refuse, and that typed text stays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.shapes import office
from webapp.services import returns, seats, work_items
from webapp.services.accounts import DEMO_PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from tests.application import Browser

OWN = ("transfer", "delegate", "add_before", "add_after", "call_vote", "return")
REASON = "请协助核对左右两项"


class Pages:
    """The pages of one step, as different people open them."""

    def __init__(self, new_client: Callable[[], Browser], item_id: UUID) -> None:
        self._new_client = new_client
        self.item_id = item_id
        self.no = office.case_of(next(row.case_id for row in [_row(item_id)])).no

    def url(self, verb: str) -> str:
        return f"/cases/{self.no}/tasks/{self.item_id}/acts/{verb}"

    def of(self, username: str) -> Browser:
        browser = self._new_client()
        assert browser.sign_in(username, DEMO_PASSWORD).status_code == 302
        return browser

    def get(self, username: str, verb: str) -> int:
        return int(self.of(username).get(self.url(verb)).status_code)

    def post(self, username: str, verb: str, **typed: object) -> tuple[int, str]:
        answer = self.of(username).post(self.url(verb), data=typed)
        return answer.status_code, answer.get_data(as_text=True)


def _row(item_id: UUID) -> office.WorkItem:
    with office.read_only() as session:
        return session.get_one(office.WorkItem, item_id)


def _pair(username: str) -> str:
    return "/".join(str(key) for key in office.pair(username))


@pytest.fixture
def pages(shapes_case, new_client):
    """The step `c` of a case in the linear part; it is fuze's position's."""
    return Pages(new_client, office.opened(shapes_case("linear"), "c").id)


@pytest.mark.parametrize("verb", OWN)
def test_whoever_does_the_step_gets_the_page_and_nobody_else(pages, verb):
    assert pages.get("fuze", verb) == 200
    assert pages.get("fuze2", verb) == 200, "nobody has taken it yet"
    assert pages.get("jing", verb) == 404, "another position that may see the case"
    assert pages.get("xie", verb) == 404, "an agency that has no part in it"
    assert pages.get("dang", verb) in {403, 404}, "a position that does no steps"


@pytest.mark.parametrize("verb", ["sign", "decline", "recall", "take_back", "claim", "nothing"])
def test_what_is_not_offered_has_no_page(pages, verb):
    assert pages.get("fuze", verb) == 404
    before = _row(pages.item_id).revision
    status, page = pages.post("fuze", verb, reason=REASON)
    assert status in {403, 404, 409, 422}
    assert REASON in page, "what was typed is on the page of the refusal"
    assert _row(pages.item_id).revision == before


def test_what_was_typed_stays_where_a_colleague_was_faster(pages):
    office.do("fuze2", work_items.claim, pages.item_id)
    status, page = pages.post("fuze", "transfer", reason=REASON, people=_pair("fuze2"))
    assert status == 409
    assert REASON in page


def test_a_step_of_another_case_in_the_address_is_not_found(pages):
    other = office.opened(office.at("linear"), "c").id
    answer = pages.of("fuze").get(f"/cases/{pages.no}/tasks/{other}/acts/transfer")
    assert answer.status_code == 404
    assert pages.of("fuze").get(f"/cases/{pages.no}/tasks/kein/acts/transfer").status_code == 404


def test_a_step_that_a_colleague_took_says_so_and_refuses(pages):
    office.do("fuze2", work_items.claim, pages.item_id)
    page = pages.of("fuze").get(pages.url("transfer")).get_data(as_text=True)
    assert "已由测试fuze2认领" in page
    assert '<textarea class="control" id="reason"' not in page
    status, text = pages.post("fuze", "transfer", people=_pair("ling"), reason=REASON)
    assert status == 409
    assert "测试fuze2" in text
    assert _row(pages.item_id).claimed_by_id == office.pair("fuze2")[0]


@pytest.mark.parametrize("verb", ["transfer", "delegate", "add_before", "add_after", "call_vote"])
def test_nobody_chosen_is_said_at_the_people_and_the_text_stays(pages, verb):
    status, text = pages.post("fuze", verb, people="", reason=REASON)
    assert status == 422
    assert 'id="error-people"' in text
    assert f">{REASON}</textarea>" in text


def test_a_missing_reason_is_said_at_the_reason_and_the_person_stays_chosen(pages):
    status, text = pages.post("fuze", "transfer", people=_pair("fuze2"), reason=" ")
    assert status == 422
    assert 'id="error-reason"' in text
    assert f'<option value="{_pair("fuze2")}" selected>' in text
    status, text = pages.post(
        "fuze", "return", target=str(office.items(_row(pages.item_id).case_id, "a")[0].id)
    )
    assert status == 422
    assert "请写明退回的原因" in text


def test_a_step_is_given_to_a_position_or_to_a_person(pages):
    page = pages.of("fuze").get(pages.url("transfer")).get_data(as_text=True)
    position = office.pair("ling")[1]
    assert f'<option value="/{position}">由该岗位认领</option>' in page
    assert pages.post("fuze", "transfer", people=f"/{position}", reason=REASON)[0] == 302
    assert (_row(pages.item_id).position_id, _row(pages.item_id).claimed_by_id) == (position, None)


def test_people_are_listed_under_their_agency_ones_own_first(pages):
    page = pages.of("fuze").get(pages.url("add_before")).get_data(as_text=True)
    heads = re.findall(r'<p class="pick-head" id="pick-\d+">([^<]+)</p>', page)
    assert len(heads) == len(set(heads)) == 3
    own = page.index(heads[0])
    assert own < page.index("测试ling") < page.index(heads[1])
    assert "测试fuze（" not in page, "not oneself"


def test_a_rule_that_asks_for_too_many_is_said_at_the_rule(pages):
    typed = {"people": [_pair("ling")], "rule": "number", "number": "3", "reason": REASON}
    status, text = pages.post("fuze", "call_vote", **typed)
    assert status == 422
    assert 'id="error-rule"' in text
    assert re.search(r'name="number"[^>]*value="3"', text)
    assert re.search(rf'value="{_pair("ling")}" checked', text)


def test_a_mark_without_words_is_said_at_its_field_and_the_others_stay(pages):
    target = office.items(_row(pages.item_id).case_id, "a")[0].id
    typed = {
        "target": str(target),
        "reason": REASON,
        "marks": ["left", "right"],
        "what-left": "方向反了",
        "what-right": "",
        "how-right": "按图改",
    }
    status, text = pages.post("fuze", "return", **typed)
    assert status == 422
    assert 'id="error-what-right"' in text
    assert 'id="error-what-left"' not in text
    for name, value in (("what-left", "方向反了"), ("how-right", "按图改")):
        assert re.search(rf'name="{name}" value="{value}"', text), name
    assert len(re.findall(r'name="marks" value="(?:left|right)" checked', text)) == 2
    assert office.open_steps(_row(pages.item_id).case_id) == ["c"]


def test_where_to_return_to_is_chosen_without_scripts(pages):
    target = office.items(_row(pages.item_id).case_id, "a")[0].id
    page = (
        pages.of("fuze").get(pages.url("return"), query_string={"target": str(target)}).get_data(as_text=True)
    )
    assert f'<input type="hidden" name="target" value="{target}">' in page
    assert 'name="marks" value="left"' in page


def test_whoever_is_asked_reads_the_content_and_must_say_why_not(pages):
    office.do("fuze", seats.add_signers, pages.item_id, role="after", people=[office.pair("ling")])
    assert "还没有提交内容" in pages.of("ling").get(f"/cases/{pages.no}").get_data(as_text=True)
    office.complete(_row(pages.item_id).case_id, "c", "fuze")
    asked = pages.of("ling").get("/inbox").get_data(as_text=True)
    assert "测试fuze请您签署" in asked
    status, text = pages.post(
        "ling", "sign", answer="refuse", opinion="", revision=_row(pages.item_id).revision
    )
    assert status == 422
    assert "c 的意见" in text, "what is to be signed stays on the page"
    assert 'id="error-opinion"' in text
    assert re.search(r'value="refuse" checked', text)
    status, text = pages.post("ling", "sign", revision=_row(pages.item_id).revision)
    assert status == 422
    assert 'id="error-answer"' in text
    assert pages.post("jing", "sign", answer="agree")[0] == 403
    assert pages.post("fuze", "sign", answer="agree")[0] == 404, "not in one's own step"


def test_a_stale_page_is_told_and_nothing_happens(pages):
    seen = _row(pages.item_id).revision
    office.do("fuze", seats.add_signers, pages.item_id, role="after", people=[office.pair("ling")])
    office.complete(_row(pages.item_id).case_id, "c", "fuze")
    status, _ = pages.post("ling", "sign", answer="agree", revision=seen)
    assert status == 409
    assert [seat.signed_at for seat in office.seats(pages.item_id) if seat.role == "after"] == [None]


def test_the_receiver_reads_who_sent_it_back_and_why(pages):
    case_id = _row(pages.item_id).case_id
    target = office.items(case_id, "a")[0].id
    marks = [{"path": "left", "what": "方向反了", "how": "改为南"}]
    again = office.do("fuze", returns.return_to, pages.item_id, target_id=target, reason=REASON, marks=marks)
    page = pages.of("zhen").get(f"/cases/{pages.no}/tasks/{again.id}").get_data(as_text=True)
    for words in ("本环节被退回", REASON, "测试fuze", "需补正 1 项", "方向反了", "改为南"):
        assert words in page, words
    office.complete(case_id, "a", given=office.values("a", left="南"))
    office.complete(case_id, "b")
    item = office.opened(case_id, "c")
    page = pages.of("fuze").get(f"/cases/{pages.no}/tasks/{item.id}").get_data(as_text=True)
    assert "您退回的事项已经修改，请核对" in page
    assert re.search(r"<del>东</del> → <ins>南</ins>", page)


def test_taking_back_is_offered_on_the_page_of_the_case_while_it_can_be(pages):
    case_id = _row(pages.item_id).case_id
    office.complete(case_id, "c", "fuze")
    assert pages.get("fuze", "take_back") == 200
    assert "拿回我办结的一步" in pages.of("fuze").get(f"/cases/{pages.no}").get_data(as_text=True)
    assert pages.post("fuze2", "take_back")[0] == 409, "only whoever did it"
    assert pages.post("fuze", "take_back", reason="")[0] == 302
    assert office.open_steps(case_id) == ["c"]
