"""拿回: one's own last act is undone in every shape, as long as nobody has gone on from it."""

from __future__ import annotations

import pytest

from tests.shapes import office
from webapp.core.errors import Forbidden, Invalid, Locked, Missing, Stale
from webapp.services import returns, seats, work_items

OPENS = {
    "linear": ["n1", "n2", "p1", "p2"],
    "parallel": ["n1", "n2", "p1b", "p2"],
    "nested": ["n1", "p1", "p2"],
    "joined": ["i1", "i2"],
    "inclusive": ["i1"],
    "called": ["k2"],
    "called_later": ["v"],
}
"""What waits once the step of a shape is done."""


def _take(item_id, who, **more):
    return office.do(who, returns.take_back, item_id, **more)


@pytest.mark.parametrize("place", OPENS)
def test_the_step_is_open_again_with_what_was_entered(shapes_case, place):
    case_id = shapes_case(place)
    element, before = office.AT[place], office.open_steps(case_id)
    who = office.DOES[element]
    done = office.complete(case_id, element, given={"text": "交早了"})
    assert office.open_steps(case_id) == OPENS[place]
    again = _take(done, who)
    assert office.open_steps(case_id) == before
    assert office.statuses(case_id, element) == ["taken_back", "open"]
    assert office.draft(again.id, who)["text"] == "交早了"
    assert len(office.submissions(case_id, office.opened(case_id, element).form_key)) == 1, "nothing is lost"
    office.complete(case_id, element, given={"text": "改好了"})
    assert office.open_steps(case_id) == OPENS[place]


def test_one_of_several_items_cannot_be_taken_back_alone(shapes_case):
    case_id = shapes_case("items")
    done = office.complete(case_id, "e")
    with pytest.raises(Invalid):
        _take(done, "jing")
    assert len(office.open_steps(case_id)) == 1


def test_the_last_branch_before_a_join_is_taken_back_from_behind_it(shapes_case):
    case_id = shapes_case("parallel")
    office.play(case_id, "p1", "p1b", "n1", "n2")
    done = office.complete(case_id, "p2")
    assert office.open_steps(case_id) == ["d"]
    _take(done, "xie")
    assert office.open_steps(case_id) == ["p2"]
    office.complete(case_id, "p2")
    assert office.open_steps(case_id) == ["d"]


def _claimed(case_id):
    office.do("fuze", work_items.claim, office.opened(case_id, "p1b").id)


def _typed(case_id):
    office.do("fuze", work_items.save_draft, office.opened(case_id, "p1b").id, {"text": "我看看"})


def _asked(case_id):
    people = [office.pair("ling")]
    office.do("fuze", seats.add_signers, office.opened(case_id, "p1b").id, role="before", people=people)


def _done(case_id):
    office.complete(case_id, "p1b")


def _returned(case_id):
    target = office.items(case_id, "c")[-1]
    item = office.opened(case_id, "p1b")
    office.do("fuze", returns.return_to, item.id, target_id=target.id, reason="不对")


@pytest.mark.parametrize(
    ("touch", "message"),
    [
        (_claimed, "已由测试fuze认领"),
        (_typed, "已经开始办理"),
        (_asked, "已经开始办理"),
        (_done, "已经办理"),
        (_returned, "已经办理"),
    ],
)
def test_not_once_somebody_has_begun_on_what_followed(shapes_case, touch, message):
    case_id = shapes_case("parallel")
    done = office.complete(case_id, "p1")
    touch(case_id)
    waiting = office.open_steps(case_id)
    with pytest.raises(Locked, match=message):
        _take(done, "jing")
    assert office.open_steps(case_id) == waiting


def test_what_happens_in_other_branches_is_no_hindrance(shapes_case):
    case_id = shapes_case("parallel")
    done = office.complete(case_id, "p1")
    office.complete(case_id, "p2")
    office.complete(case_id, "n2")
    _take(done, "jing")
    assert office.open_steps(case_id) == ["n1", "p1"]


def test_only_by_who_did_it_and_only_their_last(shapes_case):
    case_id = shapes_case("parallel")
    done = office.complete(case_id, "p1")
    with pytest.raises(Locked, match="本人"):
        _take(done, "jing2")
    with pytest.raises((Missing, Forbidden)):
        _take(done, "xie")
    office.complete(case_id, "n1")
    with pytest.raises(Locked, match="最后办结的一步"):
        _take(done, "jing")


def test_not_once_it_had_an_effect(app):
    case_id = office.begin()
    office.play(case_id, *office.BEFORE_VOTE, "v")
    for who in ("jing", "xie", "ling"):
        office.do(who, seats.sign_seat, office.opened(case_id, "v").id, agrees=True)
    office.play(case_id, "w")
    item = office.opened(case_id, "w")
    for who in ("jing", "jing2", "xie"):
        office.do(who, seats.sign_seat, item.id, agrees=True)
    with pytest.raises(Locked, match="计算办理时限"):
        _take(item.id, "fuze")


def test_a_step_that_is_open_or_over_for_good_is_not_taken_back(shapes_case):
    case_id = shapes_case("linear")
    with pytest.raises(Stale):
        _take(office.opened(case_id, "c").id, "fuze")


def test_what_was_voted_on_is_voted_on_again(shapes_case):
    case_id = shapes_case("linear")
    item = office.opened(case_id, "c")
    office.do("fuze", seats.call_vote, item.id, people=[office.pair("ling")])
    office.complete(case_id, "c")
    office.do("ling", seats.sign_seat, item.id, agrees=True)
    again = _take(item.id, "fuze")
    assert office.seats(again.id) == []
    assert [seat.role for seat in office.seats(item.id) if seat.holds] == ["vote", "sign"]
