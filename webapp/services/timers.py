"""Time passing: clocks whose next act has fallen due are found by one index and handled case by case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.core import clock as time
from webapp.models.case import Case
from webapp.models.clock import Clock
from webapp.queries.calendars import calendar_of
from webapp.services import clocks, escalations, jobs

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

JOB = "clock.act"
"""One clock whose acts could not be done with the others of its case; its job is retried and, at last,
laid before a person."""

BATCH = 200


def due(session: Session, limit: int = BATCH) -> list[UUID]:
    """Return cases with a clock whose next act has fallen due, the longest due first."""
    waiting = session.scalars(
        select(Clock.case_id)
        .where(Clock.next_act_at <= time.now())
        .order_by(Clock.next_act_at, Clock.id)
        .limit(limit)
    )
    return list(dict.fromkeys(waiting))


def handle(session: Session, case_id: UUID) -> int:
    """Do all acts of a case's clocks that have fallen due, in order.

    Safe to call twice and from two workers: the case row is locked first, and each act is a row that
    there can be only one of. A case that another transaction is moving is passed over; it will be found
    again.

    Returns:
        How many acts were done.
    """
    case = _locked(session, case_id)
    if case is None:
        return 0
    return sum(_run(session, case, clock) for clock in _running(session, case))


def handle_clock(session: Session, clock_id: UUID) -> int:
    """Do the acts of one clock that have fallen due; return how many."""
    case_id = session.scalar(select(Clock.case_id).where(Clock.id == clock_id))
    case = _locked(session, case_id, wait=True) if case_id else None
    if case is None:
        return 0
    return sum(_run(session, case, clock) for clock in _running(session, case) if clock.id == clock_id)


def set_aside(session: Session, case_id: UUID, error: BaseException) -> None:
    """Have each due clock of a case tried by itself later, because they failed together.

    In the same transaction the clocks leave the index, so that they do not stand in the way of others;
    from then on their jobs hold what is to be done.
    """
    case = _locked(session, case_id, wait=True)
    for clock in _running(session, case) if case else ():
        if clock.next_act_at is None or clock.next_act_at > time.now():
            continue
        clock.next_act_at = None
        job = jobs.enqueue(
            session,
            JOB,
            {"id": str(clock.id)},
            dedup=f"{JOB}:{clock.id}",
            jurisdiction_id=clock.jurisdiction_id,
        )
        jobs.fail(job, error)


def _locked(session: Session, case_id: UUID, *, wait: bool = False) -> Case | None:
    query = select(Case).where(Case.id == case_id).with_for_update(skip_locked=not wait)
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _running(session: Session, case: Case) -> list[Clock]:
    """Return the clocks of a locked case as they lie in the database now."""
    query = (
        select(Clock)
        .where(Clock.case_id == case.id, Clock.stopped_at.is_(None))
        .order_by(Clock.due_at, Clock.id)
        .options(joinedload(Clock.acts), joinedload(Clock.pauses))
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query).unique())


def _run(session: Session, case: Case, clock: Clock) -> int:
    """Do what has fallen due of one clock. An act may end the step or the case, and so stop clocks."""
    if clock.stopped_at is not None:
        return 0
    calendar = calendar_of(session, case)
    done = 0
    if case.status == "running" and not clock.open_pauses:
        fallen = [kind for kind, at in clocks.act_instants(clock, calendar) if at <= time.now()]
        for kind in fallen:
            escalations.perform(session, case, clock, kind)
            done += 1
            if clock.stopped_at is not None:
                return done
    clocks.plan(clock, calendar)
    if case.status != "running":
        clock.next_act_at = None
    return done
