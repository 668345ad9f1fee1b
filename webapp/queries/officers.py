"""Who can be asked to act: people by the positions that they hold today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.core.errors import Invalid
from webapp.models.account import Agency, Appointment, Person, Position
from webapp.queries.agencies import agency_of

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from webapp.models.case import Case

ACTS = "task.act"
"""The right without which nobody can be asked to do or to sign a step."""


def officers(session: Session, jurisdiction_id: UUID, agency_id: UUID | None = None) -> list[Appointment]:
    """Return who may be asked to act today, by agency and position.

    Args:
        session: Database session.
        jurisdiction_id: Where.
        agency_id: Of one agency only.
    """
    today = beijing_date(time.now())
    query = (
        select(Appointment)
        .join(Appointment.position)
        .join(Position.agency)
        .join(Appointment.person)
        .where(
            Appointment.jurisdiction_id == jurisdiction_id,
            Appointment.ended_at.is_(None) | (Appointment.ended_at > time.now()),
            Appointment.starts_on <= today,
            or_(Appointment.ends_on.is_(None), Appointment.ends_on >= today),
            Person.is_active,
        )
        .options(joinedload(Appointment.person), joinedload(Appointment.position).joinedload(Position.agency))
        .order_by(Agency.created_at, Agency.id, Position.created_at, Position.id, Appointment.id)
    )
    if agency_id is not None:
        query = query.where(Position.agency_id == agency_id)
    return [held for held in session.scalars(query) if ACTS in held.position.rights]


def officer(session: Session, jurisdiction_id: UUID, person_id: UUID, position_id: UUID) -> Appointment:
    """Return somebody who may be asked to act today.

    Raises:
        Invalid: If the person does not hold the position today, or it does not act in steps.
    """
    for held in officers(session, jurisdiction_id):
        if held.person_id == person_id and held.position_id == position_id:
            return held
    raise Invalid("所选人员目前不在该岗位任职，或该岗位不办理待办，请重新选择。", field="person_id")


def appointed_today() -> Select[UUID]:
    """Return the query for appointments of active people that are in force today, whatever their rights."""
    today = beijing_date(time.now())
    return (
        select(Appointment.id)
        .join(Person, Person.id == Appointment.person_id)
        .where(
            Person.is_active,
            Appointment.ended_at.is_(None),
            Appointment.starts_on <= today,
            or_(Appointment.ends_on.is_(None), Appointment.ends_on >= today),
        )
    )


def holds(session: Session, person_id: UUID, position_id: UUID) -> bool:
    """Tell whether somebody holds a position today and can still sign in."""
    held = appointed_today().where(Appointment.person_id == person_id, Appointment.position_id == position_id)
    return session.scalar(held.limit(1)) is not None


def holders_of(session: Session, case: Case, agency: Agency, named: str) -> list[tuple[Position, Person]]:
    """Return everyone who holds one of some positions today.

    Args:
        session: Database session.
        case: The case, for the agency that filed it.
        agency: The agency that a position without one is in.
        named: A comma list of positions, each `position` or `agency.position`.

    Raises:
        Invalid: If nobody holds one of them.
    """
    acting = officers(session, case.jurisdiction_id)
    found: dict[UUID, tuple[Position, Person]] = {}
    for entry in (part.strip() for part in named.split(",") if part.strip()):
        where, _, key = entry.rpartition(".")
        home = agency_of(session, case, where) if where else agency
        held = [one for one in acting if one.position.key == key and one.position.agency_id == home.id]
        if not held:
            raise Invalid(f"{home.name}没有人担任应参加会签的岗位（{key}），请联系系统管理员。")
        for one in held:
            found.setdefault(one.person_id, (one.position, one.person))
    return list(found.values())
