"""逾期督办: what ran out and came on the leaders' list, until it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from webapp.models.account import Agency
from webapp.models.case import Case
from webapp.models.clock import Clock, ClockAct
from webapp.models.release import ProcessVersion
from webapp.models.work_item import WorkItem
from webapp.queries import links
from webapp.queries.calendars import calendar_of
from webapp.queries.case_access import visible_cases
from webapp.queries.clock_views import ClockView, clock_view
from webapp.queries.paging import PAGE_SIZE, Page, page_of
from webapp.queries.releases import definition_of

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

ESCALATED = "escalated"


@dataclass(frozen=True, slots=True)
class EscalatedRow:
    """One line of the list.

    Attributes:
        case_no: Number of the case.
        case_title: Its title.
        applicant: Who filed it.
        limit: What ran out: the name of the step, or of the whole case's time limit.
        who: Agency and person or position that has the step; empty for the whole case.
        since: When it came on the list.
        clock: Its time limit.
        is_demo: Whether it is a demonstration.
        url: Page of the case.
    """

    case_no: str
    case_title: str
    applicant: str
    limit: str
    who: str
    since: datetime
    clock: ClockView
    is_demo: bool
    url: str


def escalated(session: Session, actor: Actor, number: int) -> Page[EscalatedRow]:
    """Return what is late in cases that the actor's agency decides or in steps that it does, latest first."""
    found = _list(session, actor)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    rows = session.execute(
        found.order_by(Clock.due_at, Clock.id)
        .options(selectinload(Clock.pauses))
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    ).all()
    cases = _cases(session, {clock.case_id for clock, _ in rows})
    items = _items(session, {clock.work_item_id for clock, _ in rows if clock.work_item_id})
    lines = [
        _row(session, clock, since, cases[clock.case_id], items.get(clock.work_item_id))
        for clock, since in rows
    ]
    return page_of(lines, total, number)


def escalated_count(session: Session, actor: Actor) -> int:
    """Return how long the actor's list is."""
    return session.scalar(select(func.count()).select_from(_list(session, actor).subquery())) or 0


def _list(session: Session, actor: Actor) -> Select[Clock, datetime]:
    own_steps = select(WorkItem.id).where(WorkItem.agency_id == actor.agency_id, WorkItem.status == "open")
    decided = select(Case.id).where(Case.process_version_id.in_(_decided_by(session, actor)))
    return (
        select(Clock, ClockAct.done_at)
        .join(ClockAct, ClockAct.clock_id == Clock.id)
        .where(
            ClockAct.kind == ESCALATED,
            Clock.jurisdiction_id == actor.jurisdiction_id,
            Clock.stopped_at.is_(None),
            or_(Clock.work_item_id.in_(own_steps), Clock.case_id.in_(decided)),
            Clock.case_id.in_(visible_cases(actor).with_only_columns(Case.id)),
        )
    )


def _decided_by(session: Session, actor: Actor) -> list[UUID]:
    """Return the versions of procedures in which the actor's agency decides."""
    key = session.scalar(select(Agency.key).where(Agency.id == actor.agency_id))
    versions = session.scalars(
        select(ProcessVersion).where(ProcessVersion.jurisdiction_id == actor.jurisdiction_id)
    )
    return [row.id for row in versions if definition_of(session, row).properties.get("agency") == key]


def _cases(session: Session, ids: set[UUID]) -> dict[UUID, Case]:
    shown = (joinedload(Case.applicant), joinedload(Case.process_version))
    return {case.id: case for case in session.scalars(select(Case).where(Case.id.in_(ids)).options(*shown))}


def _items(session: Session, ids: set[UUID]) -> dict[UUID | None, WorkItem]:
    shown = (joinedload(WorkItem.agency), joinedload(WorkItem.position), joinedload(WorkItem.claimed_by))
    found = session.scalars(select(WorkItem).where(WorkItem.id.in_(ids)).options(*shown))
    return {item.id: item for item in found}


def _row(session: Session, clock: Clock, since: datetime, case: Case, item: WorkItem | None) -> EscalatedRow:
    holder = ""
    if item is not None:
        who = item.claimed_by.name if item.claimed_by else item.position.title
        holder = f"{item.agency.short} {who}"
    return EscalatedRow(
        case_no=case.no,
        case_title=case.title,
        applicant=case.applicant.short,
        limit=clock.name,
        who=holder,
        since=since,
        clock=clock_view(clock, calendar_of(session, case)),
        is_demo=case.is_demo,
        url=links.case(case.no),
    )
