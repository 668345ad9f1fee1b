"""The workbench: the day at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as clock_time
from typing import TYPE_CHECKING

from sqlalchemy import and_, select, true
from sqlalchemy.orm import joinedload, selectinload

from webapp.core import clock as time
from webapp.core.clock import BEIJING, beijing_date
from webapp.core.workdays import Pause, elapsed_workdays
from webapp.models.case import Case, CaseParty
from webapp.models.clock import Clock
from webapp.models.work_item import WorkItem
from webapp.queries.calendars import calendar_of
from webapp.queries.case_list import CaseRow, own_cases
from webapp.queries.inbox import WorkItemRow, due_within, overdue, urgent, waiting_counts
from webapp.queries.recent import RecentEvent, recent_events
from webapp.queries.startable import Startable, startable, usual_first

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

WEEK = 7
AVERAGED_OVER = timedelta(days=90)
AVERAGED_CASES, AVERAGED_AMONG = 200, 1_000


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
class Workbench:
    """The workbench page."""

    stats: Stats
    urgent: list[WorkItemRow]
    mine: list[CaseRow]
    startable: list[Startable]
    """What the actor starts most, before the rest."""
    recent_events: list[RecentEvent]


def workbench(session: Session, actor: Actor, asked: int) -> Workbench:
    """Return the actor's workbench.

    Args:
        session: Database session.
        actor: Who reads it.
        asked: In how many steps of other positions something is asked of them.
    """
    return Workbench(
        stats=officer_stats(session, actor, asked),
        urgent=urgent(session, actor),
        mine=own_cases(session, actor),
        startable=usual_first(session, actor, startable(session, actor)),
        recent_events=recent_events(session, actor),
    )


def officer_stats(session: Session, actor: Actor, asked: int = 0) -> Stats:
    """Return the figures of the actor's position: what waits, what is late, what was finished lately.

    Args:
        session: Database session.
        actor: Whose figures.
        asked: In how many steps of other positions something is asked of them; that waits for them too.
    """
    today = beijing_date(time.now())
    tonight = _start_of(today) + timedelta(days=1)
    waiting = waiting_counts(session, actor, {"all": true(), "today": due_within(tonight), "late": overdue()})
    arrived, finished = _arrived_and_finished(session, actor, today)
    return Stats(
        todo=Figure(str(waiting["all"] + asked), arrived),
        due_today=Figure(str(waiting["today"]), []),
        overdue=Figure(str(waiting["late"]), []),
        finished_this_week=Figure(str(int(sum(finished))), finished),
        average_workdays=Figure(_average_workdays(session, actor), []),
    )


def _arrived_and_finished(session: Session, actor: Actor, today: date) -> tuple[list[float], list[float]]:
    """Per day of the last seven: steps that came to the position, and steps that this person completed."""
    since = _start_of(today - timedelta(days=WEEK - 1))
    came = (WorkItem.position_id == actor.position_id, WorkItem.opened_at >= since)
    went = (WorkItem.done_by_id == actor.person_id, WorkItem.done_at >= since)
    arrived, finished = select(WorkItem.opened_at).where(*came), select(WorkItem.done_at).where(*went)
    moments = [at for at in session.scalars(finished) if at is not None]
    return _per_day(session.scalars(arrived).all(), today), _per_day(moments, today)


def _average_workdays(session: Session, actor: Actor) -> str:
    """Working days that decided cases took of their clock, pauses not counted.

    Over the newest cases of the last 90 days among those that the actor's agency was lately brought into;
    each by the calendar that it was started under.
    """
    lately = (
        select(CaseParty.case_id)
        .where(CaseParty.agency_id == actor.agency_id)
        .order_by(CaseParty.created_at.desc(), CaseParty.id.desc())
        .limit(AVERAGED_AMONG)
        .subquery()
    )
    done = session.execute(
        select(Case, Clock)
        .join(Clock, and_(Clock.case_id == Case.id, Clock.work_item_id.is_(None)))
        .where(
            Case.jurisdiction_id == actor.jurisdiction_id,
            Case.status == "finished",
            Case.finished_at >= time.now() - AVERAGED_OVER,
        )
        .join(lately, lately.c.case_id == Case.id)
        .options(joinedload(Case.process_version), selectinload(Clock.pauses))
        .order_by(Case.finished_at.desc(), Case.id.desc())
        .limit(AVERAGED_CASES)
    )
    days = [_workdays(session, found, clock) for found, clock in done]
    return f"{sum(days) / len(days):.1f}" if days else "—"


def _workdays(session: Session, case: Case, clock: Clock) -> int:
    pauses = [Pause(pause.paused_at, pause.resumed_at) for pause in clock.pauses]
    until = case.finished_at or time.now()
    return elapsed_workdays(clock.started_at, until, calendar_of(session, case), pauses)


def _per_day(moments: Sequence[datetime], today: date) -> list[float]:
    days = [today - timedelta(days=WEEK - 1 - i) for i in range(WEEK)]
    return [float(sum(beijing_date(at) == day for at in moments)) for day in days]


def _start_of(day: date) -> datetime:
    return datetime.combine(day, clock_time.min, BEIJING)
