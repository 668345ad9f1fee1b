"""移交 in bulk: what was typed goes along, what lies with others stays, and what is too much is told."""

from __future__ import annotations

from tests.shapes import office
from webapp.services import reassignments, seats, work_items


def _hand_over(giver, taker):
    (giver_id, place), (taker_id, new_place) = office.pair(giver), office.pair(taker)
    return office.do(
        "dang",
        reassignments.reassign,
        from_position_id=place,
        to_position_id=new_place,
        from_person_id=giver_id,
        to_person_id=taker_id,
        reason="演示：人员调离",
    )


def test_whoever_takes_over_begins_with_what_was_typed(shapes_case):
    item = office.opened(shapes_case("linear"), "c")
    office.do("fuze", work_items.claim, item.id)
    office.do("fuze", work_items.save_draft, item.id, {"text": "写了一半"})
    assert _hand_over("fuze", "fuze2") == reassignments.Handover(moved=1, left=0, beyond=0)
    assert office.draft(item.id, "fuze2") == {"text": "写了一半"}
    assert office.draft(item.id, "fuze") == {"text": "写了一半"}, "nobody loses what they typed"


def test_what_is_delegated_stays(shapes_case):
    item = office.opened(shapes_case("linear"), "c")
    person_id, position_id = office.pair("ling")
    office.do("fuze", seats.delegate, item.id, person_id=person_id, position_id=position_id)
    assert _hand_over("fuze", "fuze2") == reassignments.Handover(moved=0, left=1, beyond=0)
    office.do("ling", seats.hand_back, item.id, values={"text": "代拟"})
    assert _hand_over("fuze", "fuze2").moved == 1


def test_what_is_beyond_the_bound_is_told(shapes_case, monkeypatch):
    shapes_case("linear")
    monkeypatch.setattr(reassignments, "MOST_AT_ONCE", 2)
    opened = [office.begin() for _ in range(3)]
    for case_id in opened:
        office.do("zhen", work_items.claim, office.opened(case_id, "a").id)
    assert _hand_over("zhen", "zhen2") == reassignments.Handover(moved=2, left=0, beyond=1)
    assert _hand_over("zhen", "zhen2") == reassignments.Handover(moved=1, left=0, beyond=0)
