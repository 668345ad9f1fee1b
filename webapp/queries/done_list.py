"""已办: what a person has completed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from webapp.models.case import Case
from webapp.models.work_item import WorkItem
from webapp.queries import links
from webapp.queries.case_list import status_view
from webapp.queries.paging import PAGE_SIZE, Page, page_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor


@dataclass(frozen=True, slots=True)
class DoneRow:
    """One line of what a person has completed."""

    case_no: str
    case_title: str
    applicant: str
    process_title: str
    step_name: str
    stood_in_for: str | None
    outcome_label: str
    tone: str
    done_at: datetime | None
    is_demo: bool
    url: str


def done_by(session: Session, actor: Actor, number: int) -> Page[DoneRow]:
    """Return what this person has completed, the newest first."""
    mine = (WorkItem.jurisdiction_id == actor.jurisdiction_id, WorkItem.done_by_id == actor.person_id)
    total = session.scalar(select(func.count(WorkItem.id)).where(*mine)) or 0
    items = session.scalars(
        select(WorkItem)
        .where(*mine)
        .options(
            joinedload(WorkItem.case).options(joinedload(Case.applicant), joinedload(Case.process_version)),
            joinedload(WorkItem.done_for),
        )
        .order_by(WorkItem.done_at.desc(), WorkItem.id)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    return page_of([_done_row(item) for item in items], total, number)


def _done_row(item: WorkItem) -> DoneRow:
    label, tone = status_view(item.case)
    return DoneRow(
        case_no=item.case.no,
        case_title=item.case.title,
        applicant=item.case.applicant.short,
        process_title=item.case.process_version.title,
        step_name=item.name,
        stood_in_for=item.done_for.name if item.done_for else None,
        outcome_label=label,
        tone=tone,
        done_at=item.done_at,
        is_demo=item.case.is_demo,
        url=links.case(item.case.no),
    )
