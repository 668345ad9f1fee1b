"""People and positions as an administrator changes them; every change is on record."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.core.errors import Invalid, Missing
from webapp.models.account import Appointment, Person, Position
from webapp.services import accounts
from webapp.services.events import record

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

_SIGNS = "abcdefghjkmnpqrstuvwxyz"
_DIGITS = "23456789"


def create(session: Session, actor: Actor, *, username: str, name: str, position_id: UUID) -> str:
    """Add a person with a first position.

    Returns:
        The first password, to be told in person; it must be changed at the first sign-in.

    Raises:
        Invalid: If the name is missing or the user name taken.
        Missing: If the position is not of this jurisdiction.
    """
    if not name.strip():
        raise Invalid("请填写姓名。", field="name")
    position = _position(session, actor, position_id)
    password = _password()
    person = accounts.create_person(session, username=username, name=name.strip(), password=password)
    accounts.appoint(session, person, position, starts_on=beijing_date(time.now()))
    record(
        session,
        "person.created",
        actor=actor,
        data={"person": str(person.id), "position": position.full_title},
    )
    return password


def assign(session: Session, actor: Actor, *, person_id: UUID, position_id: UUID) -> None:
    """Let a person hold a position from today.

    Raises:
        Invalid: If the person holds it already.
        Missing: If person or position is not of this jurisdiction.
    """
    position = _position(session, actor, position_id)
    person = _person(session, actor, person_id)
    held = {a.position_id for a in accounts.appointments_in_force(session, person.id)}
    if position.id in held:
        raise Invalid(f"{person.name}已经担任“{position.full_title}”。", field="position")
    accounts.appoint(session, person, position, starts_on=beijing_date(time.now()))
    record(
        session,
        "position.assigned",
        actor=actor,
        data={"person": str(person.id), "position": position.full_title},
    )


def end(session: Session, actor: Actor, *, appointment_id: UUID) -> None:
    """End an appointment: from now on the person no longer acts in it.

    Raises:
        Missing: If it is not of this jurisdiction.
    """
    appointment = session.get(Appointment, appointment_id)
    if appointment is None or appointment.jurisdiction_id != actor.jurisdiction_id:
        raise Missing("没有找到这项任职。")
    accounts.dismiss(session, appointment)
    record(
        session,
        "position.ended",
        actor=actor,
        data={"person": str(appointment.person_id), "position": appointment.position.full_title},
    )


def _position(session: Session, actor: Actor, position_id: UUID) -> Position:
    position = session.get(Position, position_id)
    if position is None or position.jurisdiction_id != actor.jurisdiction_id:
        raise Missing("没有找到这个岗位。")
    return position


def _person(session: Session, actor: Actor, person_id: UUID) -> Person:
    known = select(Appointment.person_id).where(Appointment.jurisdiction_id == actor.jurisdiction_id)
    person = session.scalar(select(Person).where(Person.id == person_id, Person.id.in_(known)))
    if person is None:
        raise Missing("没有找到这名人员。")
    return person


def _password() -> str:
    """Return a password that can be read out: letters, digits, one capital, one sign."""
    letters = "".join(secrets.choice(_SIGNS) for _ in range(6))
    digits = "".join(secrets.choice(_DIGITS) for _ in range(6))
    return f"{secrets.choice(_SIGNS).upper()}{letters}-{digits}"
