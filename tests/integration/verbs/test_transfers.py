"""转办: in every shape the step becomes another's, and only theirs."""

from __future__ import annotations

import pytest

from tests.shapes import office
from webapp.core.errors import Forbidden, Invalid, Locked, Missing
from webapp.services import returns, seats, transfers, work_items


def _transfer(item, to, who=None, *, person=True, reason="分工调整"):
    person_id, position_id = office.pair(to)
    named = {"person_id": person_id} if person else {}
    return office.do(
        who or office.DOES[item.element_id],
        transfers.transfer,
        item.id,
        position_id=position_id,
        reason=reason,
        **named,
    )


@pytest.mark.parametrize("place", office.AT)
def test_the_step_is_done_by_whoever_it_was_given_to(shapes_case, place):
    case_id = shapes_case(place)
    item = office.opened(case_id, office.AT[place])
    owner = office.DOES[item.element_id]
    office.do(owner, work_items.save_draft, item.id, {"text": "开了头"})
    _transfer(item, "ling")
    assert office.draft(item.id, "ling") == {"text": "开了头"}
    assert office.draft(item.id, owner) == {"text": "开了头"}
    with pytest.raises((Missing, Forbidden)):
        office.complete(case_id, item.element_id)
    office.complete(case_id, item.element_id, "ling")
    done = next(row for row in office.items(case_id) if row.id == item.id)
    assert (done.status, done.done_by_id) == ("done", office.pair("ling")[0])
    assert len(office.events(case_id, "work_item.transferred")) == 1


def test_a_position_finds_it_free_and_a_person_finds_it_taken(shapes_case):
    item = office.opened(shapes_case("linear"), "c")
    _transfer(item, "jing", person=False)
    office.do("jing2", work_items.claim, item.id)
    office.do("jing2", work_items.release, item.id)
    _transfer(item, "jing2", who="jing")
    with pytest.raises(Locked, match="测试jing2认领"):
        office.complete(item.case_id, "c", "jing")


@pytest.mark.parametrize(
    ("to", "person", "message"),
    [
        ("xie", True, "本单位"),
        ("dang", True, "本单位可以办理"),
        ("fuze", True, "本来就由您"),
        ("fuze", False, "本来就由该岗位"),
    ],
)
def test_it_stays_in_the_agency_with_somebody_else_who_may_act(shapes_case, to, person, message):
    item = office.opened(shapes_case("linear"), "c")
    with pytest.raises(Invalid, match=message):
        _transfer(item, to, person=person)
    assert office.opened(item.case_id, "c").position_id == item.position_id


def test_a_reason_is_given(shapes_case):
    item = office.opened(shapes_case("linear"), "c")
    with pytest.raises(Invalid, match="原因"):
        _transfer(item, "ling", reason=" ")


def test_what_is_delegated_or_with_the_voters_is_not_given_away(shapes_case):
    item = office.opened(shapes_case("linear"), "c")
    person_id, position_id = office.pair("jing")
    office.do("fuze", seats.delegate, item.id, person_id=person_id, position_id=position_id)
    with pytest.raises(Locked, match="委派"):
        _transfer(item, "ling")
    office.do("fuze", seats.recall_delegation, item.id)
    office.do("fuze", seats.call_vote, item.id, people=[office.pair("ling")])
    office.complete(item.case_id, "c")
    with pytest.raises(Locked, match="送签"):
        _transfer(item, "ling")


def test_what_was_given_away_comes_back_to_whoever_did_it(shapes_case):
    item = office.opened(shapes_case("linear"), "c")
    _transfer(item, "ling")
    done = office.complete(item.case_id, "c", "ling")
    again = office.do("ling", returns.take_back, done)
    assert (again.position_id, again.claimed_by_id) == (office.pair("ling")[1], office.pair("ling")[0])
    office.complete(item.case_id, "c", "ling")
    later, target = office.opened(item.case_id, "p1"), office.items(item.case_id, "c")[-1]
    sent = office.do("jing", returns.return_to, later.id, target_id=target.id, reason="请核对")
    assert sent.position_id == office.pair("ling")[1]
