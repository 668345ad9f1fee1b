"""An administrator lets a step pass or moves its token: what was open there is nobody's any more."""

from __future__ import annotations

import pytest

from tests.shapes import office
from webapp.core.errors import Invalid
from webapp.services import operations, work_items

WHY = "测试：按规定处理"


@pytest.mark.parametrize("place", office.AT)
def test_a_step_that_was_passed_waits_for_nobody(shapes_case, place):
    case_id = shapes_case(place)
    item = office.opened(case_id, office.AT[place])
    office.do(office.DOES[item.element_id], work_items.claim, item.id)
    office.do("ling", operations.pass_token, case_id, item.task_id, reason=WHY)
    passed = next(row for row in office.items(case_id) if row.id == item.id)
    assert passed.status == "cancelled"
    assert [row.work_item_id for row in office.events(case_id, "work_item.cancelled")] == [item.id]
    assert [row for row in office.submissions(case_id) if row.work_item_id == item.id] == []
    assert len(office.events(case_id, "case.token_passed")) == 1
    office.finish(case_id)


def test_a_token_moved_back_opens_the_step_again(shapes_case):
    case_id = shapes_case("joined")
    item = office.opened(case_id, "d")
    office.do("ling", operations.move_token, case_id, item.task_id, "b", reason=WHY)
    assert office.open_steps(case_id) == ["b"]
    assert office.statuses(case_id, "d") == ["cancelled"]
    office.finish(case_id)


def test_a_token_stays_where_it_is_when_it_cannot_stand_elsewhere(shapes_case):
    case_id = shapes_case("linear")
    item = office.opened(case_id, "c")
    with pytest.raises(Invalid, match="不能移动"):
        office.do("ling", operations.move_token, case_id, item.task_id, "nowhere", reason=WHY)
    assert office.open_steps(case_id) == ["c"]
