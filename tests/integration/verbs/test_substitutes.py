"""乙 代 甲: whoever stands in does what the other could, under both names, and signs once only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.shapes import office
from webapp.core.errors import Forbidden, Locked, Missing
from webapp.services import returns, seats, work_items
from webapp.uow import read_only, unit_of_work


def _standing_in(session, who, away, process_key=None):
    """Somebody in another's position, as their session has it while the other is away."""
    own, other = office.actor(session, who), office.actor(session, away)
    return replace(
        other,
        person_id=own.person_id,
        person_name=own.person_name,
        for_person_id=other.person_id,
        for_person_name=other.person_name,
        process_key=process_key,
    )


def _do(who, away, service, *arguments, process_key=None, **more):
    with unit_of_work() as session:
        return service(session, _standing_in(session, who, away, process_key), *arguments, **more)


def _complete(case_id, element_id, who, away, **more):
    item = office.opened(case_id, element_id)
    given = office.values(element_id)
    return _do(who, away, work_items.complete, item.id, revision=item.revision, values=given, **more)


@pytest.mark.parametrize("place", office.AT)
def test_both_names_stand_on_what_was_done(shapes_case, place):
    case_id = shapes_case(place)
    element = office.AT[place]
    away = office.DOES[element]
    done = _complete(case_id, element, "ling", away)
    ling, absent = office.pair("ling")[0], office.pair(away)[0]
    row = next(item for item in office.items(case_id) if item.id == done.id)
    assert (row.done_by_id, row.done_for_id) == (ling, absent)
    said = next(one for one in office.submissions(case_id) if one.work_item_id == done.id)
    assert (said.person_id, said.for_person_id) == (ling, absent)
    (signed,) = office.seats(done.id)
    assert (signed.person_id, signed.for_person_id) == (ling, absent)
    assert office.events(case_id, "work_item.completed")[-1].data["for_person"] == str(absent)


def test_what_the_absent_had_claimed_is_no_hindrance(shapes_case):
    case_id = shapes_case("linear")
    office.do("fuze", work_items.claim, office.opened(case_id, "c").id)
    with pytest.raises(Locked):
        office.complete(case_id, "c", "fuze2")
    _complete(case_id, "c", "ling", "fuze")


def test_a_substitute_for_another_procedure_is_not_let_in(shapes_case):
    case_id = shapes_case("linear")
    with pytest.raises(Forbidden):
        _complete(case_id, "c", "ling", "fuze", process_key="waits")
    _complete(case_id, "c", "ling", "fuze", process_key="shapes")


def test_a_seat_of_the_absent_is_taken_for_them(shapes_case):
    item = office.opened(shapes_case("linear"), "c")
    office.do("fuze", seats.add_signers, item.id, role="after", people=[office.pair("ling")])
    office.complete(item.case_id, "c")
    with pytest.raises((Missing, Forbidden)):
        office.do("jing", seats.sign_seat, item.id, agrees=True)
    _do("jing", "ling", seats.sign_seat, item.id, agrees=True)
    seat = next(one for one in office.seats(item.id) if one.role == "after")
    assert (seat.person_id, seat.for_person_id) == (office.pair("jing")[0], office.pair("ling")[0])
    assert office.opened(item.case_id, "p1")


def test_either_may_take_back_what_was_done_for_the_absent(shapes_case):
    case_id = shapes_case("linear")
    done = _complete(case_id, "c", "ling", "fuze")
    with read_only() as session:
        assert session.get(office.WorkItem, done.id).done_by.name == "测试ling"
    office.do("fuze", returns.take_back, done.id)
    done = office.complete(case_id, "c")
    _do("ling", "fuze", returns.take_back, done)
    assert office.open_steps(case_id) == ["c"]


def test_who_sent_back_for_another_is_named_with_them(shapes_case):
    case_id = shapes_case("linear")
    item, target = office.opened(case_id, "c"), office.items(case_id, "a")[-1]
    _do("ling", "fuze", returns.return_to, item.id, target_id=target.id, reason="请核对")
    row = next(one for one in office.items(case_id) if one.id == item.id)
    assert (row.done_by_id, row.done_for_id) == (office.pair("ling")[0], office.pair("fuze")[0])
