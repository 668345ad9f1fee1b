"""人员与岗位: who holds or held which position of a jurisdiction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.core.crypto import blind_index
from webapp.core.identifiers import check_phone, mask_phone
from webapp.models.account import PHONE_CONTEXT, Appointment, Person, Position

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor


@dataclass(frozen=True, slots=True)
class Holding:
    """A position that a person holds or held, as the page of people shows it."""

    id: UUID
    title: str
    agency: str
    from_date: date
    to_date: date | None
    over: bool


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person with their positions."""

    id: UUID
    name: str
    username: str
    phone_masked: str
    active: bool
    is_self: bool
    positions: list[Holding]


@dataclass(frozen=True, slots=True)
class People:
    """The page of people, and the positions that can be given.

    Attributes:
        people: Those that the search is about, all of them without one.
        everybody: Id and name of all who can be appointed.
    """

    people: list[PersonRow]
    everybody: list[tuple[str, str]]
    positions: list[tuple[str, str]]


def people_page(session: Session, actor: Actor, q: str = "") -> People:
    """Return everybody who holds or held a position of the jurisdiction.

    Args:
        session: Database session.
        actor: The administrator.
        q: Part of a name, a user name, an agency or a position, or a whole telephone number.
    """
    held = session.scalars(
        select(Appointment)
        .where(Appointment.jurisdiction_id == actor.jurisdiction_id)
        .options(joinedload(Appointment.person), joinedload(Appointment.position).joinedload(Position.agency))
        .order_by(Appointment.starts_on, Appointment.id)
    ).all()
    today = beijing_date(time.now())
    people: dict[UUID, tuple[Person, list[Holding]]] = {}
    for row in held:
        position, over = row.position, row.is_over(today)
        holding = Holding(row.id, position.title, position.agency.short, row.starts_on, row.ends_on, over)
        people.setdefault(row.person_id, (row.person, []))[1].append(holding)
    positions = session.scalars(
        select(Position)
        .where(Position.jurisdiction_id == actor.jurisdiction_id)
        .options(joinedload(Position.agency))
        .order_by(Position.agency_id, Position.id)
    )
    rows = sorted(
        (_row(person, holdings, actor) for person, holdings in people.values()),
        key=lambda row: row.username,
    )
    wanted = q.strip().lower()
    reached = {person.id for person in people_with_phone(session, wanted)} if wanted else set()
    return People(
        people=[row for row in rows if row.id in reached or _says(row, wanted)],
        everybody=[(str(row.id), row.name) for row in rows if row.active],
        positions=[(str(position.id), position.full_title) for position in positions],
    )


def people_with_phone(session: Session, phone: str) -> list[Person]:
    """Return everyone who has this telephone number, without opening anybody else's."""
    try:
        number = check_phone(phone)
    except ValueError:
        return []
    index = blind_index(number, PHONE_CONTEXT)
    return list(session.scalars(select(Person).where(Person.phone_index == index)))


def _row(person: Person, holdings: list[Holding], actor: Actor) -> PersonRow:
    return PersonRow(
        id=person.id,
        name=person.name,
        username=person.username,
        phone_masked=mask_phone(person.phone) if person.phone else "",
        active=person.is_active,
        is_self=person.id == actor.person_id,
        positions=holdings,
    )


def _says(row: PersonRow, wanted: str) -> bool:
    texts = [row.name, row.username, *(f"{held.agency} {held.title}" for held in row.positions)]
    return any(wanted in text.lower() for text in texts)
