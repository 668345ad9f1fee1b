"""The workbench: the day at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as clock_time
from typing import TYPE_CHECKING

from sqlalchemy import and_, select

from webapp.core import clock as time
from webapp.core.clock import BEIJING, beijing_date
from webapp.models.account import Position
from webapp.models.case import Case
from webapp.models.clock import Clock
from webapp.models.work_item import WorkItem
from webapp.packs import APPLICANT, APPLICANT_KIND
from webapp.queries.bases import BasisView, basis_view
from webapp.queries.case_list import CaseRow, own_cases
from webapp.queries.inbox import WorkItemRow, urgent, waiting_count
from webapp.queries.recent import RecentEvent, recent_events
from webapp.queries.releases import current_processes, definition_of, pack_of_release

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

WEEK = 7


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
    position = session.get_one(Position, actor.position)
    keys = {f"{position.agency.key}.{position.key}"}
    if position.agency.kind == APPLICANT_KIND:
        keys.add(f"{APPLICANT}.{position.key}")
    found = []
    for version in current_processes(session, actor.jurisdiction_id):
        definition = definition_of(session, version)
        starters = {key.strip() for key in definition.properties.get("starters", "").split(",")}
        if starters & keys:
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
    midnight = _start_of(today)
    tomorrow = midnight + timedelta(days=1)
    due = _waiting_due(session, actor)
    finished = _finished_per_day(session, actor, today)
    return Stats(
        todo=Figure(str(waiting_count(session, actor)), _arrived_per_day(session, actor, today)),
        due_today=Figure(str(sum(midnight < at <= tomorrow and at > time.now() for at in due)), []),
        overdue=Figure(str(sum(at <= time.now() for at in due)), []),
        finished_this_week=Figure(str(int(sum(finished))), finished),
        average_workdays=Figure(_average_days(session, actor), []),
    )


def _waiting_due(session: Session, actor: Actor) -> list[datetime]:
    return list(
        session.scalars(
            select(Clock.due_at)
            .join(WorkItem, WorkItem.id == Clock.work_item_id)
            .where(
                WorkItem.position_id == actor.position_id,
                WorkItem.status == "open",
                Clock.stopped_at.is_(None),
            )
        )
    )


def _finished_per_day(session: Session, actor: Actor, today: date) -> list[float]:
    since = _start_of(today - timedelta(days=WEEK - 1))
    moments = session.scalars(
        select(WorkItem.done_at).where(WorkItem.done_by_id == actor.person_id, WorkItem.done_at >= since)
    )
    return _per_day([at for at in moments if at], today)


def _arrived_per_day(session: Session, actor: Actor, today: date) -> list[float]:
    since = _start_of(today - timedelta(days=WEEK - 1))
    moments = session.scalars(
        select(WorkItem.opened_at).where(
            WorkItem.position_id == actor.position_id, WorkItem.opened_at >= since
        )
    )
    return _per_day(list(moments), today)


def _average_days(session: Session, actor: Actor) -> str:
    """Days from filing to the decision, over the cases that the actor's agency had a part in."""
    done = session.execute(
        select(Case.submitted_at, Case.finished_at).where(
            Case.jurisdiction_id == actor.jurisdiction_id,
            and_(Case.submitted_at.is_not(None), Case.finished_at.is_not(None)),
            Case.id.in_(select(WorkItem.case_id).where(WorkItem.agency_id == actor.agency_id)),
        )
    )
    spans = [(until - since).total_seconds() / 86400 for since, until in done if since and until]
    return f"{sum(spans) / len(spans):.1f}" if spans else "—"


def _per_day(moments: list[datetime], today: date) -> list[float]:
    days = [today - timedelta(days=WEEK - 1 - i) for i in range(WEEK)]
    return [float(sum(beijing_date(at) == day for at in moments)) for day in days]


def _start_of(day: date) -> datetime:
    return datetime.combine(day, clock_time.min, BEIJING)
