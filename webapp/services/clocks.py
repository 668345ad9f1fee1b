"""Clocks: start, pause, resume and stop, each with its event; due instants are always computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sqlalchemy import select

from webapp.core import clock as time
from webapp.core.errors import Invalid
from webapp.core.workdays import Pause, Unit, WorkCalendar, due_instant
from webapp.models.clock import Clock, ClockPause
from webapp.queries.releases import pack_of_case
from webapp.queries.settings import settings_of

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.case import Case
    from webapp.models.work_item import WorkItem


def start(session: Session, case: Case, *, name: str, limit: str, work_item: WorkItem | None = None) -> Clock:
    """Start a clock now.

    Args:
        session: Database session.
        case: The case it belongs to.
        name: What it measures, shown on the page.
        limit: `5 workday`, `24 hour`, `10 day`, or a setting in place of the number (`opinion_days workday`).
        work_item: The step it belongs to; without one it is the clock of the whole case.
    """
    amount, unit = _limit(session, case, limit)
    began = time.now()
    clock = Clock(
        jurisdiction_id=case.jurisdiction_id,
        case_id=case.id,
        work_item_id=work_item.id if work_item else None,
        name=name,
        amount=amount,
        unit=unit,
        started_at=began,
        due_at=due_instant(began, amount, unit, calendar_of(session, case)),
    )
    session.add(clock)
    return clock


def _limit(session: Session, case: Case, text: str) -> tuple[int, Unit]:
    amount, _, unit = text.strip().partition(" ")
    settings = settings_of(session, case.jurisdiction_id, pack_of_case(session, case))
    found = str(settings.get(amount, amount))
    if unit not in {"workday", "day", "hour"} or not found.isdecimal():
        raise Invalid(f"时限“{text}”写法不对，应如“5 workday”。请联系系统管理员。")
    return int(found), cast("Unit", unit)


def calendar_of(session: Session, case: Case) -> WorkCalendar:
    """Return the working-day calendar that a case counts by."""
    return pack_of_case(session, case).calendar


def case_clock(session: Session, case: Case) -> Clock | None:
    """Return the clock of the whole case, if it has started."""
    return session.scalar(
        select(Clock).where(Clock.case_id == case.id, Clock.work_item_id.is_(None)).order_by(Clock.started_at)
    )


def pause(session: Session, case: Case, *, reason: str, document_id: UUID | None = None) -> None:
    """Let the clock of a case stand still. A clock that stands still already goes on standing."""
    clock = case_clock(session, case)
    if clock is None or clock.stopped_at or any(p.resumed_at is None for p in clock.pauses):
        return
    clock.pauses.append(ClockPause(reason=reason, paused_at=time.now(), document_id=document_id))


def resume(session: Session, case: Case) -> None:
    """Let the clock of a case go on, and move its due instant by what was paused."""
    clock = case_clock(session, case)
    if clock is None:
        return
    for open_pause in (p for p in clock.pauses if p.resumed_at is None):
        open_pause.resumed_at = time.now()
    recompute(session, case, clock)


def recompute(session: Session, case: Case, clock: Clock) -> None:
    """Compute the due instant anew from the calendar and the pauses."""
    clock.due_at = due_instant(
        clock.started_at,
        clock.amount,
        cast("Unit", clock.unit),
        calendar_of(session, case),
        [Pause(p.paused_at, p.resumed_at) for p in clock.pauses],
    )


def stop_for_item(session: Session, item: WorkItem, at: datetime) -> None:
    """Stop the clock of a step that is over."""
    for clock in session.scalars(
        select(Clock).where(Clock.work_item_id == item.id, Clock.stopped_at.is_(None))
    ):
        clock.stopped_at = at


def stop_all(session: Session, case: Case, at: datetime) -> None:
    """Stop every clock of a case that is over; a pause that is open ends with it."""
    for clock in session.scalars(select(Clock).where(Clock.case_id == case.id, Clock.stopped_at.is_(None))):
        clock.stopped_at = at
        for open_pause in (p for p in clock.pauses if p.resumed_at is None):
            open_pause.resumed_at = at
