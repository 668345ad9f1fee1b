"""工作日历: written from the pack, changed by an administrator; running clocks follow in the background."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as day_time
from typing import TYPE_CHECKING, Final

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from webapp.core import clock as time
from webapp.core.clock import BEIJING
from webapp.core.errors import Invalid, Stale
from webapp.models.calendar import CalendarVersion
from webapp.models.case import Case
from webapp.models.clock import Clock
from webapp.models.work_item import WorkItem
from webapp.queries import calendars
from webapp.queries.actors import Actor
from webapp.services import clocks, jobs
from webapp.services.events import record

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.core.workdays import WorkCalendar
    from webapp.models.account import Jurisdiction
    from webapp.packs import Pack

JOB: Final = "calendar.recompute"
BATCH = 100
MOST_SHOWN = 50
SHORTEST_SOURCE = 4
LONGEST_SOURCE = 300
_ONE_DAY = timedelta(days=1)
_ONE_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Move:
    """A running clock whose due instant a calendar would move.

    Attributes:
        case_no: Number of its case.
        name: What it measures.
        agency: Who has the step; empty for the clock of a whole case.
        before: When it runs out now, UTC-aware.
        after: When it would.
    """

    case_no: str
    name: str
    agency: str
    before: datetime
    after: datetime

    @property
    def last_moments(self) -> tuple[datetime, datetime]:
        """The last instants that still count, now and then: a day ends at 24:00, the next day's 0:00."""
        return self.before - _ONE_SECOND, self.after - _ONE_SECOND


@dataclass(frozen=True, slots=True)
class Moves:
    """What a calendar would do to running clocks: how many move, and the first of them."""

    count: int
    shown: list[Move]


def adopt(session: Session, jurisdiction: Jurisdiction, pack: Pack) -> CalendarVersion | None:
    """Write the calendar of a pack as the next version, if it is new and no administrator decides here.

    The first version is always the pack's. A later change of the pack follows by itself as long as nobody
    edited; after that it is only offered.

    Returns:
        The new version, if there is one.
    """
    newest = calendars.newest_version(session, jurisdiction.id)
    edited = newest is not None and newest.made_by_id is not None
    if edited or (newest is not None and _same(calendars.read_calendar(newest), pack.calendar)):
        return None
    system = Actor.system(jurisdiction.id)
    return _write(session, system, newest, pack.calendar, pack.calendar_source)


def save(
    session: Session, actor: Actor, calendar: WorkCalendar, *, base: int, source: str
) -> CalendarVersion:
    """Put a calendar in force as the next version; running clocks are computed anew in the background.

    Args:
        session: The open unit of work.
        actor: The administrator.
        calendar: All its days, those of other years included.
        base: Number of the version that the administrator changed.
        source: The published notice that it follows, or why it departs from one.

    Raises:
        Invalid: If no source is given, or nothing is changed.
        Stale: If there is a newer version by now.
    """
    source = source.strip()
    if not SHORTEST_SOURCE <= len(source) <= LONGEST_SOURCE:
        raise Invalid(
            f"请写明依据的通知或修改理由，{SHORTEST_SOURCE} 至 {LONGEST_SOURCE} 个字。", field="source"
        )
    newest = calendars.newest_version(session, actor.jurisdiction_id)
    number = newest.number if newest else 0
    if number != base:
        raise Stale(
            f"工作日历已有第 {number} 版，请核对后重新修改。",
            current_revision=number,
            changes=[f"第 {number} 版：{newest.source}"] if newest else [],
        )
    if newest is not None and _same(calendars.read_calendar(newest), calendar):
        raise Invalid("没有改动任何日期，不用保存。", field="days")
    return _write(session, actor, newest, calendar, source)


def _write(
    session: Session, actor: Actor, newest: CalendarVersion | None, calendar: WorkCalendar, source: str
) -> CalendarVersion:
    row = CalendarVersion(
        jurisdiction_id=actor.jurisdiction_id,
        number=newest.number + 1 if newest else 1,
        name=calendar.name,
        source=source,
        holidays=_texts(calendar.holidays),
        workdays=_texts(calendar.workdays),
        made_by_id=actor.person_id,
    )
    session.add(row)
    session.flush()
    calendars.forget(session)
    record(session, "calendar.changed", actor=actor, data={"number": row.number, "source": source})
    if newest is not None:  # the first one finds no clocks, or, after an upgrade, the sweep finds them
        key = str(actor.jurisdiction_id)
        jobs.enqueue(session, JOB, {"id": key}, dedup=f"{JOB}:{key}", jurisdiction_id=actor.jurisdiction_id)
    return row


def _texts(days: Iterable[date]) -> list[str]:
    return [day.isoformat() for day in sorted(days)]


def _same(one: WorkCalendar, other: WorkCalendar) -> bool:
    return (one.holidays, one.workdays) == (other.holidays, other.workdays)


def moves(session: Session, jurisdiction_id: UUID, calendar: WorkCalendar) -> Moves:
    """Tell which running clocks a calendar would move, without moving any.

    Only clocks between whose start and end a changed day lies are looked at: no other can move.
    """
    _, present = calendars.in_force(session, jurisdiction_id)
    changed = (calendar.holidays ^ present.holidays) | (calendar.workdays ^ present.workdays)
    if not changed:
        return Moves(0, [])
    found = []
    query = _touched(jurisdiction_id, changed).options(selectinload(Clock.pauses))
    for clock in session.scalars(query.execution_options(yield_per=500)):
        after = clocks.due_of(clock, calendar)
        if after != clock.due_at:
            found.append((clock, after))
    shown = found[:MOST_SHOWN]
    return Moves(len(found), _described(session, shown))


def _touched(jurisdiction_id: UUID, changed: Collection[date]) -> Select[Clock]:
    first = datetime.combine(min(changed), day_time.min, BEIJING)
    last = datetime.combine(max(changed), day_time.min, BEIJING) + _ONE_DAY
    return (
        select(Clock)
        .where(
            Clock.jurisdiction_id == jurisdiction_id,
            Clock.stopped_at.is_(None),
            Clock.unit != "hour",
            Clock.started_at < last,
            Clock.due_at > first,
        )
        .order_by(Clock.due_at, Clock.id)
    )


def _described(session: Session, found: list[tuple[Clock, datetime]]) -> list[Move]:
    numbers: dict[UUID, str] = dict(
        session.execute(
            select(Case.id, Case.no).where(Case.id.in_({clock.case_id for clock, _ in found}))
        ).all()
    )
    items = session.scalars(
        select(WorkItem)
        .where(WorkItem.id.in_([clock.work_item_id for clock, _ in found if clock.work_item_id]))
        .options(joinedload(WorkItem.agency))
    )
    agencies: dict[UUID | None, str] = {item.id: item.agency.short for item in items}
    return [
        Move(numbers[clock.case_id], clock.name, agencies.get(clock.work_item_id, ""), clock.due_at, after)
        for clock, after in found
    ]


def behind(session: Session) -> list[UUID]:
    """Return the jurisdictions with running clocks that were not computed by the calendar in force.

    A clock that started in the moment of a change may be among them.
    """
    numbers = session.execute(
        select(CalendarVersion.jurisdiction_id, func.max(CalendarVersion.number)).group_by(
            CalendarVersion.jurisdiction_id
        )
    )
    return [key for key, number in numbers if session.scalar(_by_another(key, number).limit(1)) is not None]


def _by_another(jurisdiction_id: UUID, number: int) -> Select[UUID]:
    return select(Clock.id).where(
        Clock.jurisdiction_id == jurisdiction_id,
        Clock.stopped_at.is_(None),
        or_(Clock.calendar_number.is_(None), Clock.calendar_number != number),
    )


def recompute_some(session: Session, jurisdiction_id: UUID, limit: int = BATCH) -> int:
    """Compute some running clocks anew by the calendar in force, with an event for each that moves.

    Each clock keeps the number of the version that it was computed by, so whoever calls this again, after
    a crash too, goes on where it ended, and computing twice changes nothing.

    Returns:
        How many were computed; zero when all are.
    """
    number, _ = calendars.in_force(session, jurisdiction_id)
    if not number:
        return 0
    ids = session.scalars(_by_another(jurisdiction_id, number).order_by(Clock.case_id).limit(limit)).all()
    query = select(Clock).where(Clock.id.in_(ids))
    keys = sorted(set(session.scalars(query.with_only_columns(Clock.case_id))))
    locked = select(Case).where(Case.id.in_(keys)).order_by(Case.id).with_for_update()
    cases = {case.id: case for case in session.scalars(locked)}
    fresh = query.where(Clock.stopped_at.is_(None)).options(
        selectinload(Clock.pauses), selectinload(Clock.acts)
    )
    for clock in session.scalars(fresh.execution_options(populate_existing=True)):
        _recompute(session, cases[clock.case_id], clock)
    return len(ids)


def _recompute(session: Session, case: Case, clock: Clock) -> None:
    before = clock.due_at
    if clocks.recompute(session, case, clock):
        record(
            session,
            "clock.recomputed",
            actor=Actor.system(case.jurisdiction_id),
            case=case,
            work_item=session.get(WorkItem, clock.work_item_id) if clock.work_item_id else None,
            data={
                "clock": clock.name,
                "before": time.utc(before).isoformat(),
                "after": time.utc(clock.due_at).isoformat(),
                "calendar": clock.calendar_number,
            },
        )
