"""Walking along the chain of history now and then, and keeping what was found for the pages.

A walk reads every event, so no page does it, and nobody waits for it with a lock in hand: walk
in a reading session, then keep the finding in a short transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from webapp.core import clock
from webapp.models.event import ChainCheck, ChainHead
from webapp.services import events

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

JOB = "chain.verify"
EVERY = timedelta(hours=6)
_MOST_KEPT = 100


@dataclass(frozen=True, slots=True)
class Walk:
    """What a walk found.

    Attributes:
        at: When it began.
        up_to: Number of the last link that was there.
    """

    jurisdiction_id: UUID
    at: datetime
    up_to: int
    breaks: list[events.Break]


def due(session: Session) -> list[UUID]:
    """Return the jurisdictions whose chain was not walked for six hours, or never."""
    query = select(ChainHead.jurisdiction_id).outerjoin(
        ChainCheck, ChainCheck.jurisdiction_id == ChainHead.jurisdiction_id
    )
    stale = or_(ChainCheck.checked_at.is_(None), ChainCheck.checked_at <= clock.now() - EVERY)
    return list(session.scalars(query.where(stale).order_by(ChainHead.jurisdiction_id)))


def walk(session: Session, jurisdiction_id: UUID) -> Walk:
    """Verify a jurisdiction's chain; it only reads."""
    began = clock.now()
    up_to, breaks = events.walk(session, jurisdiction_id)
    return Walk(jurisdiction_id, began, up_to, breaks)


def keep(session: Session, found: Walk) -> None:
    """Keep what a walk found, unless a later one is kept already."""
    row = session.get(ChainCheck, found.jurisdiction_id, with_for_update=True)
    if row is None:
        row = ChainCheck(jurisdiction_id=found.jurisdiction_id)
        session.add(row)
    elif row.checked_at > found.at:
        return
    row.checked_at, row.up_to = found.at, found.up_to
    row.breaks = [{"seq": place.seq, "reason": place.reason} for place in found.breaks[:_MOST_KEPT]]
