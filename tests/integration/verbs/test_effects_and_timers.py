"""What runs by itself: a failure leaves an incident and the person's act stands; timers and messages are rows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from tests.shapes import office
from webapp.core.errors import Invalid, Locked
from webapp.models.case import Case
from webapp.models.clock import Clock
from webapp.models.operation import AwaitedMessage, Incident, Timer
from webapp.services import cases, effects, operations, steps
from webapp.uow import read_only, unit_of_work


def _before_the_effect():
    case_id = office.begin()
    office.play(case_id, *office.BEFORE_VOTE, "v")
    office.finish_step(case_id, "v")
    office.play(case_id, "w")
    return case_id


def _rows(model, case_id):
    with read_only() as session:
        return list(session.scalars(select(model).where(model.case_id == case_id).order_by(model.id)))


@pytest.fixture
def broken(monkeypatch):
    """An effect that writes something and then fails, until it is mended."""
    sound = effects.OPERATORS["start_clock"]

    def fails(session, case, actor, element_id, given):
        sound(session, case, actor, element_id, given)
        session.flush()
        raise RuntimeError("测试王五 13800000000")

    monkeypatch.setitem(effects.OPERATORS, "start_clock", fails)
    return lambda: monkeypatch.setitem(effects.OPERATORS, "start_clock", sound)


def test_what_a_person_did_stands_when_what_follows_fails(app, broken):
    case_id = _before_the_effect()
    office.finish_step(case_id, "w")
    assert office.statuses(case_id, "w") == ["done"]
    assert office.open_steps(case_id) == []
    (incident,) = _rows(Incident, case_id)
    assert (incident.status, incident.attempts, incident.operator) == ("open", 1, "start_clock")
    assert "王五" not in incident.message
    assert [row for row in _rows(Clock, case_id) if row.work_item_id is None] == [], "half of it is not done"
    assert office.events(case_id, "incident.raised")
    assert not office.events(case_id, "clock.started")


def test_a_retry_goes_on_from_there(app, broken):
    case_id = _before_the_effect()
    office.finish_step(case_id, "w")
    (incident,) = _rows(Incident, case_id)
    assert _retry(case_id, incident) is False
    assert _rows(Incident, case_id)[0].attempts == 2
    broken()
    assert _retry(case_id, incident) is True
    assert office.open_steps(case_id) == ["z"]
    assert _rows(Incident, case_id)[0].status == "retried"
    assert len(_rows(Clock, case_id)) == 1


def test_nothing_is_retried_in_a_suspended_case(app, broken):
    case_id = _before_the_effect()
    office.finish_step(case_id, "w")
    (incident,) = _rows(Incident, case_id)
    broken()
    with unit_of_work() as session:
        steps.locked_case(session, case_id).status = "suspended"
    with pytest.raises(Locked, match="本件已暂停"):
        office.do("dang", operations.retry, incident.id)
    assert (office.case_of(case_id).status, office.open_steps(case_id)) == ("suspended", [])
    assert _rows(Incident, case_id)[0].status == "open"


def _retry(case_id, incident):
    with unit_of_work() as session:
        case = steps.locked_case(session, case_id)
        return steps.retry(session, case, office.actor(session, "ling"), incident.task_id)


def test_what_the_person_can_mend_is_told_them_and_nothing_happens(app, monkeypatch):
    def refuses(*_):
        raise Invalid("缺少联系电话。")

    case_id = _before_the_effect()
    monkeypatch.setitem(effects.OPERATORS, "start_clock", refuses)
    with pytest.raises(Invalid, match="联系电话"):
        office.finish_step(case_id, "w")
    assert office.open_steps(case_id) == ["w"]
    assert _rows(Incident, case_id) == []


def test_an_incident_of_a_case_that_ends_is_over(app, broken):
    case_id = _before_the_effect()
    office.finish_step(case_id, "w")
    with unit_of_work() as session:
        steps.abandon(session, steps.locked_case(session, case_id), office.actor(session, "ling"))
    assert _rows(Incident, case_id)[0].status == "skipped"


def test_timers_and_messages_are_rows_as_long_as_they_wait(app, frozen_clock):
    case_id = office.do("zhen", cases.start, "waits").id
    office.play(case_id, "w1")
    (timer,) = _rows(Timer, case_id)
    assert timer.due_at == datetime(2026, 11, 22, 2, 0, tzinfo=UTC), "48 hours of calendar time"
    frozen_clock.move(hours=48)
    _advance(case_id, lambda run: run.fire(timer.task_id))
    (late,) = _rows(Timer, case_id)
    assert (late.attached_to, late.interrupting) == ("w2", False)
    assert late.due_at == datetime(2026, 12, 22, 2, 0, tzinfo=UTC), "one month in Beijing dates"
    office.complete(case_id, "w2")
    assert _rows(Timer, case_id) == []
    (message,) = _rows(AwaitedMessage, case_id)
    assert message.name == "reply"
    _advance(case_id, lambda run: run.receive(message.task_id, {}))
    assert _rows(AwaitedMessage, case_id) == []
    assert office.case_of(case_id).status == "finished"


def _advance(case_id, act):
    with unit_of_work() as session:
        case = steps.locked_case(session, case_id)
        steps.advance(session, case, office.actor(session, "jing"), act)
        assert session.get_one(Case, case_id)
