"""The workbench: the day at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as clock_time
from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select, true
from sqlalchemy import case as case_when
from sqlalchemy.orm import joinedload, selectinload

from webapp.core import clock as time
from webapp.core.clock import BEIJING, beijing_date
from webapp.core.workdays import Pause, elapsed_workdays
from webapp.models.account import Position
from webapp.models.case import Case
from webapp.models.clock import Clock
from webapp.models.work_item import WorkItem
from webapp.queries.bases import BasisView, basis_view
from webapp.queries.case_list import CaseRow, own_cases
from webapp.queries.inbox import WorkItemRow, due_within, overdue, urgent, waiting_counts
from webapp.queries.recent import RecentEvent, recent_events
from webapp.queries.releases import current_processes, definition_of, pack_of_case, pack_of_release
from webapp.queries.starters import may_start

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

WEEK = 7
AVERAGED_OVER = timedelta(days=90)
AVERAGED_CASES = 200


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its course over the last seven days."""

    value: str
    spark: list[float]


@dataclass(frozen=True, slots=True)
class Stats:
    """The figures at the head of the workbench."""

    todo: Figure
    due_today: Figure
    overdue: Figure
    finished_this_week: Figure
    average_workdays: Figure


@dataclass(frozen=True, slots=True)
class Startable:
    """A process that the actor may start."""

    process_key: str
    title: str
    description: str
    basis: list[BasisView]


@dataclass(frozen=True, slots=True)
class Workbench:
    """The workbench page."""

    stats: Stats
    urgent: list[WorkItemRow]
    mine: list[CaseRow]
    startable: list[Startable]
    recent_events: list[RecentEvent]


def workbench(session: Session, actor: Actor) -> Workbench:
    """Return the actor's workbench."""
    return Workbench(
        stats=officer_stats(session, actor),
        urgent=urgent(session, actor),
        mine=own_cases(session, actor),
        startable=startable(session, actor),
        recent_events=recent_events(session, actor),
    )


def startable(session: Session, actor: Actor) -> list[Startable]:
    """Return the processes that the actor's position may start."""
    if not actor.may("case.start"):
        return []
    position = session.get_one(Position, actor.position, options=[joinedload(Position.agency)])
    found = []
    for version in current_processes(session, actor.jurisdiction_id):
        definition = definition_of(session, version)
        if may_start(definition, position):
            pack = pack_of_release(session, version.release_id)
            basis = basis_view(pack, definition.properties.get("basis"))
            first = next((s for s in definition.steps if s.kind == "userTask"), None)
            found.append(
                Startable(
                    version.process_key,
                    version.title,
                    first.documentation if first else "",
                    [basis] if basis else [],
                )
            )
    return found


def officer_stats(session: Session, actor: Actor) -> Stats:
    """Return the figures of the actor's position: what waits, what is late, what was finished lately."""
    today = beijing_date(time.now())
    tonight = _start_of(today) + timedelta(days=1)
    waiting = waiting_counts(session, actor, {"all": true(), "today": due_within(tonight), "late": overdue()})
    arrived, finished = _arrived_and_finished(session, actor, today)
    return Stats(
        todo=Figure(str(waiting["all"]), arrived),
        due_today=Figure(str(waiting["today"]), []),
        overdue=Figure(str(waiting["late"]), []),
        finished_this_week=Figure(str(int(sum(finished))), finished),
        average_workdays=Figure(_average_workdays(session, actor), []),
    )


def _arrived_and_finished(session: Session, actor: Actor, today: date) -> tuple[list[float], list[float]]:
    """Per day of the last seven: steps that came to the position, and steps that this person completed."""
    since = _start_of(today - timedelta(days=WEEK - 1))
    arrived = and_(WorkItem.position_id == actor.position_id, WorkItem.opened_at >= since)
    finished = and_(WorkItem.done_by_id == actor.person_id, WorkItem.done_at >= since)
    rows = session.execute(
        select(case_when((arrived, WorkItem.opened_at)), case_when((finished, WorkItem.done_at))).where(
            or_(arrived, finished)
        )
    ).all()
    return _per_day([at for at, _ in rows if at], today), _per_day([at for _, at in rows if at], today)


def _average_workdays(session: Session, actor: Actor) -> str:
    """Working days that decided cases took of their clock, pauses not counted.

    Over the newest cases of the last 90 days that the actor's agency had a part in; each by the calendar
    that it was started under.
    """
    done = session.execute(
        select(Case, Clock)
        .join(Clock, and_(Clock.case_id == Case.id, Clock.work_item_id.is_(None)))
        .where(
            Case.jurisdiction_id == actor.jurisdiction_id,
            Case.status == "finished",
            Case.finished_at >= time.now() - AVERAGED_OVER,
            Case.id.in_(select(WorkItem.case_id).where(WorkItem.agency_id == actor.agency_id)),
        )
        .options(joinedload(Case.process_version), selectinload(Clock.pauses))
        .order_by(Case.finished_at.desc())
        .limit(AVERAGED_CASES)
    )
    days = [_workdays(session, found, clock) for found, clock in done]
    return f"{sum(days) / len(days):.1f}" if days else "—"


def _workdays(session: Session, case: Case, clock: Clock) -> int:
    pauses = [Pause(pause.paused_at, pause.resumed_at) for pause in clock.pauses]
    until = case.finished_at or time.now()
    return elapsed_workdays(clock.started_at, until, pack_of_case(session, case).calendar, pauses)


def _per_day(moments: list[datetime], today: date) -> list[float]:
    days = [today - timedelta(days=WEEK - 1 - i) for i in range(WEEK)]
    return [float(sum(beijing_date(at) == day for at in moments)) for day in days]


def _start_of(day: date) -> datetime:
    return datetime.combine(day, clock_time.min, BEIJING)
