"""Clocks: start, pause, resume and stop, each with its event; due instants are always computed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, cast

from sqlalchemy import Table, bindparam, select, update

from webapp.core import clock as time
from webapp.core.errors import Invalid
from webapp.core.time_limits import parse_period
from webapp.core.workdays import Pause, Unit, WorkCalendar, due_instant, reminder_instant
from webapp.models.clock import Clock, ClockPause
from webapp.pipelining import send
from webapp.queries.calendars import calendar_of, in_force
from webapp.queries.releases import definition_of, pack_of_case
from webapp.queries.settings import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.case import Case
    from webapp.models.work_item import WorkItem

HOLD: Final = "暂停"
"""The reason that stops every clock of a case: the whole case is on hold. All others stop the case's own."""

WARN_SETTING: Final = "warn_days"
ACTS: Final = ("warning", "due", "overdue")
"""What a clock does by itself, in order."""

_CLOCK = cast("Table", Clock.__table__)


def start(session: Session, case: Case, *, name: str, limit: str, work_item: WorkItem | None = None) -> Clock:
    """Start a clock now. In a case on hold it stands still from the beginning.

    Args:
        session: Database session.
        case: The case it belongs to.
        name: What it measures, shown on the page.
        limit: `5 workday`, `24 hour`, `10 day`, or a setting in place of the number (`opinion_days workday`).
        work_item: The step it belongs to; without one it is the clock of the whole case.

    Raises:
        Invalid: If the limit cannot be read.
    """
    amount, unit = _read(session, case, limit)
    began = time.now()
    clock = Clock(
        jurisdiction_id=case.jurisdiction_id,
        case_id=case.id,
        work_item_id=work_item.id if work_item else None,
        work_item=work_item,
        name=name,
        amount=amount,
        unit=unit,
        started_at=began,
        warn_before=_warn_before(session, case, work_item, amount, unit),
        acts=[],
        pauses=[ClockPause(reason=HOLD, paused_at=began)] if case.status == "suspended" else [],
    )
    recompute(session, case, clock)
    session.add(clock)
    return clock


def last_day(session: Session, case: Case, limit: str) -> date:
    """Return the Beijing date of the last day of a period that starts now, such as one that a document names.

    Args:
        session: Database session.
        case: The case, for its calendar and settings.
        limit: A period as :func:`start` takes it.

    Raises:
        Invalid: If the limit cannot be read.
    """
    amount, unit = _read(session, case, limit)
    end = due_instant(time.now(), amount, unit, calendar_of(session, case))
    return time.beijing_date(end - timedelta(microseconds=1))


def _read(session: Session, case: Case, text: str) -> tuple[int, Unit]:
    try:
        period = parse_period(text)
    except ValueError as error:
        raise Invalid(f"{error}请联系系统管理员。") from error
    amount = str(_setting(session, case, period.setting)) if period.setting else period.amount
    if not amount.isdecimal():
        raise Invalid(f"时限“{text}”中的设置“{amount}”不是数字。请联系系统管理员。")
    return int(amount), period.unit


def _warn_before(session: Session, case: Case, item: WorkItem | None, amount: int, unit: Unit) -> int:
    """Units before the end at which to warn; no warning comes together with the work itself."""
    if item is not None:
        written = item.properties.get("warn")
    else:
        written = definition_of(session, case.process_version).properties.get("case_warn")
    if written:
        before, warn_unit = _read(session, case, written)
        if warn_unit != unit:
            raise Invalid(f"提醒“{written}”的单位应与时限相同（{unit}）。请联系系统管理员。")
    else:
        before = 0 if unit == "hour" else int(_setting(session, case, WARN_SETTING) or 0)
    return before if before < amount else 0


def _setting(session: Session, case: Case, key: str) -> str | int | bool | None:
    return settings_of(session, case.jurisdiction_id, pack_of_case(session, case)).get(key)


def case_clock(session: Session, case: Case) -> Clock | None:
    """Return the clock of the whole case, if it has started."""
    return session.scalar(
        select(Clock)
        .where(Clock.case_id == case.id, Clock.work_item_id.is_(None))
        .order_by(Clock.started_at, Clock.id)
    )


def running(session: Session, case: Case) -> list[Clock]:
    """Return the clocks of a case that have not stopped, paused ones included, in order of their start."""
    query = select(Clock).where(Clock.case_id == case.id, Clock.stopped_at.is_(None))
    return list(session.scalars(query.order_by(Clock.started_at, Clock.id)))


def pause(session: Session, case: Case, *, reason: str, document_id: UUID | None = None) -> None:
    """Let the clock of a case stand still, or, with the reason `HOLD`, all of its clocks.

    Pauses for several reasons may overlap; a reason that stands already is not counted twice.
    """
    now = time.now()
    for clock in running(session, case):
        concerned = reason == HOLD or clock.work_item_id is None
        if concerned and reason not in {one.reason for one in clock.open_pauses}:
            clock.pauses.append(ClockPause(reason=reason, paused_at=now, document_id=document_id))
            clock.next_act_at = None


def resume(session: Session, case: Case, reason: str | None = None) -> None:
    """End what a clock of a case stands still for; it goes on, later due, when no other reason is left.

    Args:
        session: Database session.
        case: The case.
        reason: The reason that has ended. Without one, all but `HOLD`: a flow that goes on does not
            lift what a leader put on hold.
    """
    now = time.now()
    for clock in running(session, case):
        ended = [p for p in clock.open_pauses if p.reason == reason or (reason is None and p.reason != HOLD)]
        for one in ended:
            one.resumed_at = now
        if ended:
            recompute(session, case, clock)


def recompute(session: Session, case: Case, clock: Clock) -> bool:
    """Compute the due instant anew from the calendar and the pauses, and when to act next.

    A pause that is open is left out until it ends, so that the answer follows from the rows alone,
    whenever it is asked for.

    Returns:
        Whether the due instant moved.
    """
    calendar = calendar_of(session, case)
    before = clock.due_at
    clock.due_at = due_of(clock, calendar)
    clock.calendar_number = in_force(session, case.jurisdiction_id)[0] or None
    plan(clock, calendar)
    return before != clock.due_at


def due_of(clock: Clock, calendar: WorkCalendar) -> datetime:
    """Return when a clock runs out by a calendar."""
    return due_instant(
        clock.started_at, clock.amount, cast("Unit", clock.unit), calendar, closed_pauses(clock.pauses)
    )


def closed_pauses(pauses: Iterable[ClockPause]) -> list[Pause]:
    """Return the pauses that have ended."""
    return [Pause(p.paused_at, p.resumed_at) for p in pauses if p.resumed_at is not None]


def plan(clock: Clock, calendar: WorkCalendar) -> None:
    """Set when the clock acts next: at its first act that was not done; never while it stands still."""
    ahead = [] if clock.stopped_at or clock.open_pauses else act_instants(clock, calendar)
    clock.next_act_at = min((at for _, at in ahead), default=None)


def act_instants(clock: Clock, calendar: WorkCalendar) -> list[tuple[str, datetime]]:
    """Return the acts of a clock that are still to be done and when each falls due, in order."""
    done = {act.kind for act in clock.acts}
    wanted = [kind for kind in ACTS if kind not in done and (kind != "warning" or clock.warn_before)]
    return [(kind, _act_instant(clock, calendar, kind)) for kind in wanted]


def _act_instant(clock: Clock, calendar: WorkCalendar, kind: str) -> datetime:
    if kind == "overdue":
        return clock.due_at
    return reminder_instant(
        clock.started_at,
        clock.amount,
        cast("Unit", clock.unit),
        calendar,
        closed_pauses(clock.pauses),
        before=clock.warn_before if kind == "warning" else 0,
    )


_STOP = (
    update(_CLOCK)
    .where(_CLOCK.c.work_item_id == bindparam("item_id"), _CLOCK.c.stopped_at.is_(None))
    .values(stopped_at=bindparam("at"), next_act_at=None)
)


def stop_for_item(session: Session, item: WorkItem, at: datetime) -> None:
    """Stop the clock of a step that is over.

    A step without a time limit can still have one from an earlier version of its procedure; it is not
    read first, for there hardly ever is one.
    """
    if "due" not in item.properties:
        send(session, _STOP, {"item_id": item.id, "at": at})
        return
    for clock in session.scalars(
        select(Clock).where(Clock.work_item_id == item.id, Clock.stopped_at.is_(None))
    ):
        _stop(clock, at)


def stop_all(session: Session, case: Case, at: datetime) -> None:
    """Stop every clock of a case that is over; a pause that is open ends with it."""
    for clock in running(session, case):
        _stop(clock, at)


def _stop(clock: Clock, at: datetime) -> None:
    may_stand_still = clock.next_act_at is None
    clock.stopped_at, clock.next_act_at = at, None
    for open_pause in clock.open_pauses if may_stand_still else ():
        open_pause.resumed_at = at
