"""A vote that the procedure asks for goes on when somebody leaves: with today's holders, never with nobody."""

from __future__ import annotations

from datetime import date

import pytest
from flask import current_app
from sqlalchemy import select

from tests.shapes import office
from webapp.core.errors import Forbidden
from webapp.models.account import Appointment, Person
from webapp.services import people, seats
from webapp.uow import unit_of_work
from webapp.worker import make_worker


@pytest.fixture
def item(shapes_case):
    """The step `w`: both clerks of the hall and the guest vote on it, and all must agree."""
    case_id = shapes_case("called_later")
    office.play(case_id, "k2", "v")
    office.finish_step(case_id, "v")
    office.complete(case_id, "w")
    return office.opened(case_id, "w")


def _work():
    make_worker(current_app._get_current_object()).run_until_idle()


def _waiting(item):
    return sorted(office.username_of(seat) for seat in office.seats(item.id) if seat.waits)


def _agree(item, *names):
    for name in names:
        office.do(name, seats.sign_seat, item.id, agrees=True)


def _appointment(session, name):
    return session.scalars(select(Appointment).join(Person).where(Person.username == name)).one()


def _leaves(name):
    with unit_of_work() as session:
        who = office.actor(session, "dang")
        people.end(session, who, appointment_id=_appointment(session, name).id)


def test_the_seat_of_whoever_left_no_longer_waits(item):
    assert _waiting(item) == ["jing", "jing2", "xie"]
    _leaves("jing")
    _work()
    assert _waiting(item) == ["jing2", "xie"]
    _agree(item, "jing2", "xie")
    assert not office.opened_now(item)


def test_the_step_goes_on_if_only_they_were_waited_for(item):
    _agree(item, "jing2", "xie")
    _leaves("jing")
    _work()
    assert office.statuses(item.case_id, "w") == ["done"]


def test_whoever_follows_in_the_position_is_asked(item):
    person_id, _ = office.pair("zhen2")
    _, position_id = office.pair("jing")
    office.do("dang", people.assign, person_id=person_id, position_id=position_id)
    _leaves("jing")
    _work()
    assert _waiting(item) == ["jing2", "xie", "zhen2"]


def test_an_appointment_that_runs_out_is_found(item, frozen_clock):
    with unit_of_work() as session:
        _appointment(session, "jing").ends_on = date(2026, 11, 20)
    _work()
    assert _waiting(item) == ["jing", "jing2", "xie"], "it is still their last day"
    frozen_clock.move(days=1)
    _work()
    assert _waiting(item) == ["jing2", "xie"]


def test_where_nobody_holds_the_position_the_owner_gives_the_seat_up(item):
    (guest,) = [seat for seat in office.seats(item.id) if office.username_of(seat) == "xie"]
    with pytest.raises(Forbidden, match="不能收回"):
        office.do("fuze", seats.withdraw_seat, item.id, guest.id)
    _leaves("xie")
    _work()
    assert _waiting(item) == ["jing", "jing2", "xie"], (
        "the procedure asks for the guest, and may still get one"
    )
    office.do("fuze", seats.withdraw_seat, item.id, guest.id)
    assert _waiting(item) == ["jing", "jing2"]


def test_a_vote_is_not_skipped_because_everybody_left(item):
    for name in ("jing", "jing2", "xie"):
        _leaves(name)
    _work()
    assert _waiting(item) == ["jing", "jing2", "xie"]
    first, second, last = (seat for seat in office.seats(item.id) if seat.waits)
    for seat in (first, second):
        office.do("fuze", seats.withdraw_seat, item.id, seat.id)
    with pytest.raises(Forbidden, match="无人任职"):
        office.do("fuze", seats.withdraw_seat, item.id, last.id)
    assert office.opened_now(item)
