"""请我签署或代办: steps of whatever position in which somebody waits for this officer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.models.case import Case
from webapp.models.work_item import WorkItem
from webapp.queries import inbox
from webapp.queries.own_items import seat_item_ids, waiting_seat

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from webapp.models.work_item import Signing
    from webapp.queries.actors import Actor

_MOST_SHOWN = 50
_WHY = {
    "delegate": "委派您代为填写",
    "before": "请您先行签署",
    "vote": "请您会签",
    "after": "请您签署",
}


@dataclass(frozen=True, slots=True)
class AskedRow:
    """One step in which the officer is asked for something.

    Attributes:
        row: The step as any list shows it.
        why: Who asks for what.
        note: What they say about it.
        since: When they asked, UTC-aware.
    """

    row: inbox.WorkItemRow
    why: str
    note: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of an officer.

    Attributes:
        rows: The steps, the longest asked first, as many as a page shows.
        count: In how many steps something is asked.
    """

    rows: list[AskedRow]
    count: int


def asked(session: Session, actor: Actor) -> Asked:
    """Return the steps in which a seat waits for the actor and may be taken now."""
    keys = set(seat_item_ids(session, actor))
    if not keys:
        return Asked([], 0)
    items = session.scalars(
        select(WorkItem)
        .where(WorkItem.id.in_(keys))
        .options(
            joinedload(WorkItem.case).options(joinedload(Case.applicant), joinedload(Case.process_version))
        )
        .order_by(WorkItem.opened_at, WorkItem.id)
        .limit(_MOST_SHOWN)
    ).all()
    seats = {item.id: waiting_seat(actor, item) for item in items}
    shown = inbox.rows_of(session, actor, [item for item in items if seats[item.id]], agencies={})
    found = [_asked(row, seat) for row in shown if (seat := seats[row.id]) is not None]
    return Asked(sorted(found, key=lambda one: one.since), len(keys))


def asked_count(session: Session, actor: Actor) -> int:
    """Return in how many steps a seat waits for the actor."""
    return len(set(seat_item_ids(session, actor)))


def _asked(row: inbox.WorkItemRow, seat: Signing) -> AskedRow:
    who = seat.asked_by.name if seat.asked_by else ""
    return AskedRow(row, who + _WHY[seat.role], seat.note or "", seat.asked_at or row.arrived_at)
