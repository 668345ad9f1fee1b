"""The person in front of the page, as its frame shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.models.account import Appointment, Position
from webapp.queries import attention, inbox, notifications
from webapp.queries.asked import asked_count
from webapp.queries.substitutions import standings

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor


@dataclass(frozen=True, slots=True)
class PositionChoice:
    """A position in which the person may act today.

    Attributes:
        id: Key of the appointment, their own or that of whom they stand in for.
        title: `马驹桥镇 经办`, or `代 甲 · 马驹桥镇 经办`.
        current: Whether they act in it now.
        substitution_id: The substitution under which they would act; `None` in their own position.
    """

    id: UUID
    title: str
    current: bool
    substitution_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is signed in, in which position, with how much to do."""

    person_name: str
    position_title: str
    agency_name: str
    positions: list[PositionChoice]
    inbox_count: int
    unread_count: int
    to_read_count: int
    for_person_name: str | None
    rights: frozenset[str]

    def may(self, right: str) -> bool:
        """Tell whether the current position has a right."""
        return right in self.rights


def viewer_for(session: Session, actor: Actor, *, asked: int | None = None) -> Viewer:
    """Return the viewer of an actor.

    Args:
        session: Database session.
        actor: Who is signed in, in their present position.
        asked: In how many steps something is asked of them, if the page has looked already.
    """
    today = beijing_date(time.now())
    held = session.scalars(
        select(Appointment)
        .where(Appointment.person_id == actor.person)
        .options(joinedload(Appointment.position).joinedload(Position.agency))
    ).all()
    current = next((a.position for a in held if a.id == actor.appointment_id), None)
    if actor.for_person_id is not None:
        current = session.get(Position, actor.position_id)
    own = [
        PositionChoice(a.id, a.position.full_title, current=a.id == actor.appointment_id)
        for a in held
        if a.holds_on(today)
    ]
    inbox_count, unread_count, to_read_count = _counts(session, actor, asked)
    return Viewer(
        person_name=actor.person_name or "",
        position_title=current.title if current else "",
        agency_name=current.agency.short if current else "",
        positions=[*own, *_for_others(session, actor)],
        inbox_count=inbox_count,
        unread_count=unread_count,
        to_read_count=to_read_count,
        for_person_name=actor.for_person_name,
        rights=actor.rights,
    )


def _counts(session: Session, actor: Actor, asked: int | None) -> tuple[int, int, int]:
    """Return how much waits in the inbox, is not read, and was sent to be read: asked for in one go."""
    parts = (inbox.waiting_total(actor), notifications.unread_total(actor), attention.unread_total(actor))
    waiting, unread, to_read = session.execute(select(*parts)).one()
    if actor.position_id is None:
        return 0, unread, to_read
    return waiting + (asked_count(session, actor) if asked is None else asked), unread, to_read


def _for_others(session: Session, actor: Actor) -> list[PositionChoice]:
    """Positions of others in which the person may act today (代 甲 · 岗位)."""
    return [
        PositionChoice(
            standing.appointment.id,
            f"代 {standing.appointment.person.name} · {standing.appointment.position.full_title}",
            current=standing.appointment.person_id == actor.for_person_id
            and standing.appointment.position_id == actor.position_id
            and standing.substitution.process_key == actor.process_key,
            substitution_id=standing.substitution.id,
        )
        for standing in standings(session, actor.person)
    ]
