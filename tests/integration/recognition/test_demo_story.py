"""The demonstration's cases look like an office's work, and leave nothing that seems late."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from tests.integration.recognition import desk
from webapp.core import clock
from webapp.core.clock import BEIJING
from webapp.models.case import Case
from webapp.models.event import Event
from webapp.queries.settings import pack_in_force
from webapp.services import demo, jobs
from webapp.uow import read_only, unit_of_work


def in_office(instant):
    hours = (instant.hour, instant.minute)
    return (9, 0) <= hours <= (12, 0) or (13, 30) <= hours <= (17, 30)


def test_everything_happened_in_office_hours_and_nothing_is_late(app, frozen_clock):
    with unit_of_work() as session:
        demo.seed_cases(session)
    clock.set_clock(frozen_clock)  # the story put the process's own clock back
    with read_only() as session:
        cases = session.scalars(select(Case).order_by(Case.started_at)).all()
        calendar = pack_in_force(session, cases[0].jurisdiction_id).calendar
        at = [
            when.astimezone(BEIJING)
            for when in session.scalars(select(Event.at).where(Event.case_id.is_not(None)))
        ]
        assert jobs.lag(session) == timedelta(0)
    assert len(at) > 100
    assert [when for when in at if not in_office(when) or not calendar.is_workday(when.date())] == []
    assert max(at) < frozen_clock()
    assert [case.status for case in cases] == ["finished", "finished", "running", "running", "running"]
    waits = [desk.open_steps(case.id) for case in cases]
    assert waits == [set(), set(), {"opinion_traffic", "opinion_cac"}, {"correction"}, {"acceptance"}]


def test_the_last_steps_are_not_in_the_future_however_early_it_is(app, frozen_clock):
    frozen_clock.move(days=3, hours=-10)  # Monday, 00:00 in Beijing
    with unit_of_work() as session:
        demo.seed_cases(session)
    clock.set_clock(frozen_clock)
    with read_only() as session:
        assert max(session.scalars(select(Event.at).where(Event.case_id.is_not(None)))) < frozen_clock()
