"""The person in front of the page, as its frame shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.models.account import Appointment, Position
from webapp.queries.inbox import waiting_count

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor


@dataclass(frozen=True, slots=True)
class PositionChoice:
    """A position that the person holds today."""

    id: UUID
    title: str
    current: bool


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is signed in, in which position, with how much to do."""

    person_name: str
    position_title: str
    agency_name: str
    positions: list[PositionChoice]
    inbox_count: int
    rights: frozenset[str]

    def may(self, right: str) -> bool:
        """Tell whether the current position has a right."""
        return right in self.rights


def viewer_for(session: Session, actor: Actor) -> Viewer:
    """Return the viewer of an actor."""
    today = beijing_date(time.now())
    held = session.scalars(
        select(Appointment)
        .where(Appointment.person_id == actor.person)
        .options(joinedload(Appointment.position).joinedload(Position.agency))
    ).all()
    current = next((a.position for a in held if a.id == actor.appointment_id), None)
    return Viewer(
        person_name=actor.person_name or "",
        position_title=current.title if current else "",
        agency_name=current.agency.short if current else "",
        positions=[
            PositionChoice(a.id, a.position.full_title, current=a.id == actor.appointment_id)
            for a in held
            if a.holds_on(today)
        ],
        inbox_count=waiting_count(session, actor) if actor.position_id else 0,
        rights=actor.rights,
    )
