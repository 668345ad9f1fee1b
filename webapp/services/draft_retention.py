"""Drafts that nobody submitted are dropped some time after their case ended; the setting says when."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from webapp.core import clock as time
from webapp.core.errors import Missing
from webapp.models.account import Jurisdiction
from webapp.models.case import Case
from webapp.models.work_item import Draft, WorkItem
from webapp.queries.actors import Actor
from webapp.queries.settings import pack_in_force, settings_of
from webapp.services import steps
from webapp.services.events import record

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

JOB = "draft.forget"
SETTING = "draft_days"
DAYS = 180
"""What holds where a pack does not have the setting."""


def due(session: Session, limit: int = 100) -> list[UUID]:
    """Return ended cases whose drafts have been kept long enough, the oldest first."""
    found: list[UUID] = []
    for jurisdiction_id in session.scalars(select(Jurisdiction.id).order_by(Jurisdiction.id)):
        with_drafts = select(WorkItem.case_id).where(WorkItem.id.in_(select(Draft.work_item_id)))
        found += session.scalars(
            select(Case.id)
            .where(
                Case.jurisdiction_id == jurisdiction_id,
                Case.finished_at <= _ended_before(session, jurisdiction_id),
                Case.id.in_(with_drafts),
            )
            .order_by(Case.finished_at, Case.id)
            .limit(limit)
        )
    return found[:limit]


def jurisdiction_of(session: Session, case_id: UUID) -> UUID | None:
    """Return whose case it is."""
    return session.scalar(select(Case.jurisdiction_id).where(Case.id == case_id))


def forget(session: Session, case_id: UUID) -> None:
    """Drop the drafts of an ended case; history says how many there were, nothing of what they said."""
    case = steps.locked_case(session, case_id)
    if case.finished_at is None or case.finished_at > _ended_before(session, case.jurisdiction_id):
        return  # the setting was changed since it was found
    items = select(WorkItem.id).where(WorkItem.case_id == case.id)
    count = session.scalar(select(func.count(Draft.id)).where(Draft.work_item_id.in_(items)))
    if count:
        session.execute(
            delete(Draft).where(Draft.work_item_id.in_(items)).execution_options(synchronize_session=False)
        )
        system = Actor.system(case.jurisdiction_id)
        record(session, "draft.dropped", actor=system, case=case, data={"count": count})


def _ended_before(session: Session, jurisdiction_id: UUID) -> datetime:
    try:
        settings = settings_of(session, jurisdiction_id, pack_in_force(session, jurisdiction_id))
    except Missing:
        settings = {}
    return time.now() - timedelta(days=int(settings.get(SETTING, DAYS)))
