"""Time passing: what is overdue is found by a sweep over clock rows and handled once each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.core import clock as time
from webapp.models.clock import Clock, ClockAct
from webapp.models.work_item import WorkItem
from webapp.queries.actors import Actor
from webapp.queries.releases import pack_of_case
from webapp.queries.settings import settings_of
from webapp.services import steps, work_items
from webapp.services.events import record

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session


def overdue(session: Session, limit: int = 100) -> list[UUID]:
    """Return clocks that ran out and whose overdue act is still to be done, the oldest first."""
    return list(
        session.scalars(
            select(Clock.id)
            .where(
                Clock.stopped_at.is_(None),
                ~Clock.acts.any(kind="overdue"),
                Clock.due_at <= time.now(),
                ~Clock.pauses.any(resumed_at=None),
            )
            .order_by(Clock.due_at)
            .limit(limit)
        )
    )


def jurisdiction_of(session: Session, clock_id: UUID) -> UUID | None:
    """Return whose clock it is."""
    return session.scalar(select(Clock.jurisdiction_id).where(Clock.id == clock_id))


def handle_overdue(session: Session, clock_id: UUID) -> bool:
    """Do the overdue act of one clock: note it, and answer for the late body where the setting says so.

    Safe to call twice and from two workers: the case row is locked first, and what was handled stays so.

    Returns:
        Whether there was anything to do.
    """
    clock = session.get_one(Clock, clock_id)
    case = steps.locked_case(session, clock.case_id)
    session.refresh(clock)
    handled = any(act.kind == "overdue" for act in clock.acts)
    if clock.stopped_at or handled or clock.due_at > time.now():
        return False
    clock.acts.append(ClockAct(kind="overdue", done_at=time.now(), due_at=clock.due_at))
    item = session.get(WorkItem, clock.work_item_id) if clock.work_item_id else None
    record(
        session,
        "clock.overdue",
        actor=Actor.system(case.jurisdiction_id),
        case=case,
        work_item=item,
        data={"clock": clock.name},
    )
    if item is None or item.status != "open" or "presume" not in item.properties:
        return True
    settings = settings_of(session, case.jurisdiction_id, pack_of_case(session, case))
    if settings.get(item.properties.get("overdue", "")) == "presume":
        work_items.presume(session, item, json.loads(item.properties["presume"]))
    return True
