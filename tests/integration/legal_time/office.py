"""What tests of legal time do with clocks, each act in a transaction of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from tests.factories import filings
from tests.integration.recognition import desk
from webapp.core.clock import BEIJING
from webapp.models.case import Case
from webapp.models.clock import Clock
from webapp.services import calendars, clocks
from webapp.uow import read_only, unit_of_work

if TYPE_CHECKING:
    from uuid import UUID

    from webapp.core.workdays import WorkCalendar

ADMIN = "admin"


def midnight(month: int, day: int) -> datetime:
    """0:00 in Beijing of a day of 2026, or of 2027 for January: eight hours earlier in UTC."""
    return datetime(2027 if month == 1 else 2026, month, day, tzinfo=BEIJING).astimezone(UTC)


def kinds(case_id: UUID) -> list[str]:
    """What the clocks of a case have done, in the order of history."""
    return [
        event.kind.removeprefix("clock.")
        for event in desk.events(case_id)
        if event.kind in {"clock.warning", "clock.due", "clock.overdue", "clock.escalated"}
    ]


def pause(case_id: UUID, reason: str) -> None:
    with unit_of_work() as session:
        clocks.pause(session, session.get_one(Case, case_id), reason=reason)


def resume(case_id: UUID, reason: str | None = None) -> None:
    with unit_of_work() as session:
        clocks.resume(session, session.get_one(Case, case_id), reason)


def step_clocks(case_id: UUID) -> list[Clock]:
    """The clocks of the steps of a case, with their acts and pauses."""
    with read_only() as session:
        query = select(Clock).where(Clock.case_id == case_id, Clock.work_item_id.is_not(None))
        found = list(session.scalars(query.order_by(Clock.id)))
        assert all(clock.acts is not None and clock.pauses is not None for clock in found)
        return found


def in_force() -> tuple[int, WorkCalendar]:
    with read_only() as session:
        return calendars.calendars.in_force(session, filings.agency(session, "hrss").jurisdiction_id)


def put_in_force(calendar: WorkCalendar, source: str = "测试：临时调整") -> None:
    """Let the administrator save a calendar."""
    with unit_of_work() as session:
        who = filings.actor(session, ADMIN)
        calendars.save(session, who, calendar, base=in_force()[0], source=source)
