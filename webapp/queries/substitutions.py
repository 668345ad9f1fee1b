"""Who may act for whom today (代理), and the lists of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.models.account import Appointment, Person, Position
from webapp.models.collaboration import Substitution
from webapp.models.release import ProcessVersion
from webapp.queries.actors import Actor
from webapp.queries.paging import PAGE_SIZE, Page, page_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

PERSONAL = frozenset({"token.manage"})
"""Rights that do not go over to a substitute: a key for machines would outlive the substitution."""
_WHOLE = joinedload(Appointment.position).joinedload(Position.agency)


@dataclass(frozen=True, slots=True)
class Standing:
    """One position of another person in which somebody may act today."""

    substitution: Substitution
    appointment: Appointment


@dataclass(frozen=True, slots=True)
class SubstitutionRow:
    """One line of the list of substitutions."""

    id: UUID
    person: str
    substitute: str
    position: str
    process: str
    starts_on: date
    ends_on: date
    reason: str
    state: str
    tone: str
    revoked_at: datetime | None
    may_revoke: bool


def standings(session: Session, substitute_id: UUID) -> list[Standing]:
    """Return in whose positions a person may act today, in the order in which it was arranged."""
    rows = session.execute(
        _standing(beijing_date(time.now())).where(Substitution.substitute_id == substitute_id)
    )
    return [Standing(substitution, appointment) for substitution, appointment in rows]


def standing_actor(
    session: Session, *, substitute_id: UUID, substitution_id: UUID, appointment_id: UUID | None
) -> Actor | None:
    """Return the actor who stands in for another, or `None` if the substitution does not hold today."""
    chosen = and_(
        Substitution.id == substitution_id,
        Substitution.substitute_id == substitute_id,
        Appointment.id == appointment_id,
    )
    found = session.execute(_standing(beijing_date(time.now())).where(chosen)).first()
    if found is None:
        return None
    substitution, appointment = found
    return actor_for(session.get_one(Person, substitute_id), Standing(substitution, appointment))


def actor_for(substitute: Person, standing: Standing) -> Actor:
    """Return the actor who stands in for another in one of that person's positions."""
    position, person = standing.appointment.position, standing.appointment.person
    return Actor(
        jurisdiction_id=standing.appointment.jurisdiction_id,
        person_id=substitute.id,
        person_name=substitute.name,
        title=position.full_title,
        position_id=position.id,
        agency_id=position.agency_id,
        rights=frozenset(position.rights) - PERSONAL,
        for_person_id=person.id,
        for_person_name=person.name,
        process_key=standing.substitution.process_key,
    )


def substitutions_of(session: Session, actor: Actor) -> list[SubstitutionRow]:
    """Return the substitutions that a person made or acts under, the latest first."""
    return _rows(session, actor, _listed(actor).where(_concerns(actor)).limit(PAGE_SIZE))


def substitution(session: Session, actor: Actor, key: UUID) -> SubstitutionRow | None:
    """Return one that the actor may look at, or `None`."""
    query = _listed(actor).where(Substitution.id == key)
    if not actor.may("substitution.manage"):
        query = query.where(_concerns(actor))
    return next(iter(_rows(session, actor, query)), None)


def all_substitutions(session: Session, actor: Actor, number: int) -> Page[SubstitutionRow]:
    """Return a page of the substitutions of a jurisdiction, the latest first."""
    total = session.scalar(select(func.count(Substitution.id)).where(_here(actor))) or 0
    query = _listed(actor).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    return page_of(_rows(session, actor, query), total, number)


def colleagues_of(session: Session, actor: Actor, person_id: UUID | None = None) -> list[tuple[str, str]]:
    """Return who could stand in for a person, or for anybody: key and words, in the order of the agencies.

    Whoever holds a position in one of the person's agencies today (本地缺省: a body's work stays in it).
    """
    held = _held_today(session, actor)
    agencies = {a.position.agency_id for a in held if person_id in {None, a.person_id}}
    titles: dict[UUID, list[str]] = {}
    names: dict[UUID, str] = {}
    for appointment in held:
        if appointment.position.agency_id in agencies and appointment.person_id != person_id:
            titles.setdefault(appointment.person_id, []).append(appointment.position.full_title)
            names[appointment.person_id] = appointment.person.name
    return [(str(key), f"{names[key]}（{'、'.join(words)}）") for key, words in titles.items()]


def positions_of(session: Session, actor: Actor, person_id: UUID | None = None) -> list[tuple[str, str]]:
    """Return the positions that a person, or anybody, holds today: key and words."""
    return list(
        {
            str(a.position_id): a.position.full_title
            for a in _held_today(session, actor)
            if person_id in {None, a.person_id}
        }.items()
    )


def processes_of(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """Return the procedures in force: key and title."""
    query = select(ProcessVersion.process_key, ProcessVersion.title).where(
        ProcessVersion.jurisdiction_id == actor.jurisdiction_id, ProcessVersion.is_current
    )
    return [(key, title) for key, title in session.execute(query.order_by(ProcessVersion.title))]


def in_force_on(day: date) -> ColumnElement[bool]:
    """Return the condition that a substitution holds on a Beijing date."""
    return and_(Substitution.revoked_at.is_(None), Substitution.starts_on <= day, Substitution.ends_on >= day)


def _standing(day: date) -> Select[Substitution, Appointment]:
    """Substitutions in force on a day, each with the appointments of the absent person that it covers."""
    own, theirs = aliased(Appointment), aliased(Position)
    colleague = (
        select(own.id)
        .join(theirs, theirs.id == own.position_id)
        .where(
            own.person_id == Substitution.substitute_id,
            theirs.agency_id == Position.agency_id,
            _held(own, day),
        )
    )
    active = select(Person.id).where(Person.id == Substitution.person_id, Person.is_active)
    return (
        select(Substitution, Appointment)
        .join(Appointment, Appointment.person_id == Substitution.person_id)
        .join(Position, Position.id == Appointment.position_id)
        .where(
            in_force_on(day),
            Appointment.jurisdiction_id == Substitution.jurisdiction_id,
            _held(Appointment, day),
            or_(Substitution.position_id.is_(None), Substitution.position_id == Appointment.position_id),
            colleague.exists(),
            active.exists(),
        )
        .options(_WHOLE, joinedload(Appointment.person))
        .order_by(Substitution.starts_on, Substitution.id, Appointment.id)
    )


def _held(appointment: type[Appointment], day: date) -> ColumnElement[bool]:
    """Return the condition of `Appointment.holds_on`; one that was ended is over from that day."""
    return and_(
        appointment.ended_at.is_(None),
        appointment.starts_on <= day,
        or_(appointment.ends_on.is_(None), appointment.ends_on >= day),
    )


def _held_today(session: Session, actor: Actor) -> Sequence[Appointment]:
    return session.scalars(
        select(Appointment)
        .join(Person, Person.id == Appointment.person_id)
        .where(
            Appointment.jurisdiction_id == actor.jurisdiction_id,
            _held(Appointment, beijing_date(time.now())),
            Person.is_active,
        )
        .options(_WHOLE, joinedload(Appointment.person))
        .order_by(Appointment.position_id, Appointment.id)
    ).all()


def _here(actor: Actor) -> ColumnElement[bool]:
    return Substitution.jurisdiction_id == actor.jurisdiction_id


def _concerns(actor: Actor) -> ColumnElement[bool]:
    return or_(Substitution.person_id == actor.person_id, Substitution.substitute_id == actor.person_id)


def _listed(actor: Actor) -> Select[Substitution]:
    return (
        select(Substitution)
        .where(_here(actor))
        .options(
            joinedload(Substitution.person),
            joinedload(Substitution.substitute),
            joinedload(Substitution.position).joinedload(Position.agency),
        )
        .order_by(Substitution.starts_on.desc(), Substitution.id.desc())
    )


def _rows(session: Session, actor: Actor, query: Select[Substitution]) -> list[SubstitutionRow]:
    titles = dict(processes_of(session, actor))
    today = beijing_date(time.now())
    rows = []
    for row in session.scalars(query):
        state, tone = _state(row, today)
        rows.append(
            SubstitutionRow(
                id=row.id,
                person=row.person.name,
                substitute=row.substitute.name,
                position=row.position.full_title if row.position else "全部岗位",
                process=titles.get(row.process_key, row.process_key) if row.process_key else "全部业务",
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                reason=row.reason,
                state=state,
                tone=tone,
                revoked_at=row.revoked_at,
                may_revoke=state in {"生效中", "未开始"} and may_revoke(actor, row),
            )
        )
    return rows


def may_revoke(actor: Actor, row: Substitution) -> bool:
    """Tell whether an actor may end a substitution: the absent person, in person, or who manages them all."""
    own = actor.for_person_id is None and actor.person_id == row.person_id
    return own or actor.may("substitution.manage")


def _state(row: Substitution, today: date) -> tuple[str, str]:
    if row.revoked_at is not None:
        return "已撤销", "neutral"
    if row.ends_on < today:
        return "已到期", "neutral"
    return ("未开始", "info") if row.starts_on > today else ("生效中", "ok")
