"""People and positions as an administrator changes them; every change is on record."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.core.errors import Forbidden, Invalid, Missing
from webapp.models.account import Appointment, Person, Position
from webapp.models.collaboration import Substitution
from webapp.models.work_item import WorkItem
from webapp.services import accounts, substitutions, vacancies
from webapp.services.events import record

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

_SIGNS = "abcdefghjkmnpqrstuvwxyz"
_DIGITS = "23456789"


def create(
    session: Session, actor: Actor, *, username: str, name: str, position_id: UUID, phone: str = ""
) -> str:
    """Add a person with a first position.

    Returns:
        The first password, to be told in person; it must be changed at the first sign-in.

    Raises:
        Invalid: If the name is missing, the user name taken, or the telephone number none.
        Missing: If the position is not of this jurisdiction.
    """
    if not name.strip():
        raise Invalid("请填写姓名。", field="name")
    position = _position(session, actor, position_id)
    password = _password()
    person = accounts.create_person(
        session, username=username, name=name.strip(), password=password, phone=phone.strip() or None
    )
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
        Missing: If it is not of this jurisdiction, or has ended already.
    """
    appointment = session.get(Appointment, appointment_id)
    if appointment is None or appointment.jurisdiction_id != actor.jurisdiction_id:
        raise Missing("没有找到这项任职。")
    accounts.dismiss(session, appointment)
    _give_back(session, appointment.person_id, appointment.position_id)
    record(
        session,
        "position.ended",
        actor=actor,
        data={"person": str(appointment.person_id), "position": appointment.position.full_title},
    )


def reset_password(session: Session, actor: Actor, *, person_id: UUID) -> str:
    """Give a person a new password; the old one and every open session end.

    Returns:
        The new password, to be told in person; it must be changed at the next sign-in.

    Raises:
        Forbidden: If it is oneself, or somebody who holds a position in another jurisdiction.
        Missing: If the person is not of this jurisdiction.
    """
    person = _subordinate(session, actor, person_id)
    password = _password()
    accounts.set_first_password(session, person, password)
    record(session, "password.reset", actor=actor, data={"person": str(person.id)})
    return password


def deactivate(session: Session, actor: Actor, *, person_id: UUID) -> None:
    """Let a person sign in no more, from now on; positions and history stay as they are.

    Raises:
        Forbidden: If it is oneself, or somebody who holds a position in another jurisdiction.
        Missing: If the person is not of this jurisdiction, or is inactive already.
    """
    person = _subordinate(session, actor, person_id)
    if not person.is_active:
        raise Missing("该人员已经停用。")
    person.is_active = False
    accounts.revoke_sessions(session, person.id)
    _give_back(session, person.id)
    record(session, "person.deactivated", actor=actor, data={"person": str(person.id)})


def reactivate(session: Session, actor: Actor, *, person_id: UUID) -> None:
    """Let a person sign in again.

    Raises:
        Forbidden: If it is oneself, or somebody who holds a position in another jurisdiction.
        Missing: If the person is not of this jurisdiction, or is active.
    """
    person = _subordinate(session, actor, person_id)
    if person.is_active:
        raise Missing("该人员没有停用。")
    person.is_active = True
    record(session, "person.reactivated", actor=actor, data={"person": str(person.id)})


def _subordinate(session: Session, actor: Actor, person_id: UUID) -> Person:
    """Return somebody whose account an administrator may change: not themselves, no one of elsewhere."""
    person = _person(session, actor, person_id)
    if person.id == actor.person_id:
        raise Forbidden("不能停用或重置本人的账户。本人密码请在“我的账户”中修改。")
    held = accounts.appointments_in_force(session, person.id)
    if any(row.jurisdiction_id != actor.jurisdiction_id for row in held):
        raise Forbidden("该人员在其他辖区任职，账户由该辖区管理。")
    return person


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


def _give_back(session: Session, person_id: UUID, position_id: UUID | None = None) -> None:
    """Give back what a person and their substitutes had claimed, or nobody could go on with it.

    Their seats in votes that the procedure asks for are given to others in the background.
    """
    claimed = [WorkItem.claimed_by_id == person_id, WorkItem.status == "open"]
    if position_id is not None:
        claimed.append(WorkItem.position_id == position_id)
    session.execute(update(WorkItem).where(*claimed).values(claimed_by_id=None, claimed_at=None))
    session.flush()
    for substitution_id in session.scalars(
        select(Substitution.id).where(Substitution.person_id == person_id)
    ):
        substitutions.give_back(session, substitution_id)
    vacancies.enqueue(session)
