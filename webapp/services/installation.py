"""Setting a jurisdiction up from its pack: its agencies, its positions, and the pack itself in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.core.errors import Invalid
from webapp.models.account import Agency, Appointment, Jurisdiction, Person, Position
from webapp.queries.actors import Actor
from webapp.services import people
from webapp.services.deployments import deploy, is_in_force
from webapp.services.events import record

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.packs import AgencySpec, Pack, PositionSpec


MANAGES_PEOPLE = "person.manage"


@dataclass(frozen=True, slots=True)
class Update:
    """What a version of a pack changed.

    Attributes:
        is_new: Whether another content was in force until now.
        agencies: Agencies that were added.
        positions: Positions that were added or got other rights.
        left: Positions that the pack no longer has; they stay, with their rights, until they are given up.
    """

    jurisdiction: Jurisdiction
    is_new: bool
    agencies: list[str]
    positions: list[str]
    left: list[str]


def install(session: Session, pack: Pack) -> Jurisdiction:
    """Set a jurisdiction up, or bring it up to date; what is there already is kept, never removed.

    Raises:
        Invalid: If the pack has errors.
    """
    jurisdiction = found_or_founded(session, pack)
    bring_up_to_date(session, jurisdiction, pack)
    deploy(session, jurisdiction, pack, Actor.system(jurisdiction.id))
    return jurisdiction


def found_or_founded(session: Session, pack: Pack) -> Jurisdiction:
    """Return the jurisdiction of a pack; one that is not there yet is made."""
    jurisdiction = jurisdiction_of(session, pack)
    if jurisdiction is None:
        jurisdiction = Jurisdiction(key=pack.jurisdiction.key, name=pack.jurisdiction.name)
        session.add(jurisdiction)
        session.flush()
    return jurisdiction


def update(session: Session, pack: Pack) -> Update:
    """Put a later version of an installed pack in force: its release, new agencies, rights of positions.

    Nobody is added. The same content again changes nothing and leaves no trace.

    Raises:
        Invalid: If the jurisdiction was never set up, or the pack has errors.
    """
    jurisdiction = jurisdiction_of(session, pack)
    if jurisdiction is None:
        raise Invalid(f"{pack.jurisdiction.name}还没有设置，请先运行 flask install {pack.key}。")
    agencies, positions, left = bring_up_to_date(session, jurisdiction, pack)
    is_new = not is_in_force(session, jurisdiction, pack)
    if is_new:
        deploy(session, jurisdiction, pack, Actor.system(jurisdiction.id))
    return Update(jurisdiction, is_new, agencies, positions, left)


def first_administrator(
    session: Session, jurisdiction: Jurisdiction, *, username: str, name: str, force: bool = False
) -> str:
    """Add somebody who may add everybody else.

    Args:
        session: The open unit of work.
        jurisdiction: Where.
        username: What is typed to sign in.
        name: The person's name.
        force: Add one more although there is one, for when nobody can sign in any more.

    Returns:
        The first password; it must be changed at the first sign-in.

    Raises:
        Invalid: If there is an administrator already, the pack knows no position that manages people,
            or the user name cannot be taken.
    """
    here = select(Position).where(Position.jurisdiction_id == jurisdiction.id).order_by(Position.id)
    positions = [position for position in session.scalars(here) if MANAGES_PEOPLE in position.rights]
    if not positions:
        raise Invalid(f"政策包没有设置带有 {MANAGES_PEOPLE} 权限的岗位，不能添加管理员。")
    if not force and _is_held(session, positions):
        raise Invalid("已有系统管理员，请由其在“人员与岗位”中添加人员；确需另加一名时使用 --force。")
    system = Actor.system(jurisdiction.id)
    return people.create(session, system, username=username, name=name, position_id=positions[0].id)


def _is_held(session: Session, positions: list[Position]) -> bool:
    held = session.scalars(
        select(Appointment)
        .join(Person)
        .where(Appointment.position_id.in_([position.id for position in positions]), Person.is_active)
    )
    return any(row.holds_on(beijing_date(time.now())) for row in held)


def jurisdiction_of(session: Session, pack: Pack) -> Jurisdiction | None:
    """Return the jurisdiction that a pack is for, if it is set up."""
    return session.scalar(select(Jurisdiction).where(Jurisdiction.key == pack.jurisdiction.key))


def bring_up_to_date(
    session: Session, jurisdiction: Jurisdiction, pack: Pack
) -> tuple[list[str], list[str], list[str]]:
    """Make agencies and positions what a pack says; return what `Update` tells of them."""
    known = set(session.scalars(select(Agency.key).where(Agency.jurisdiction_id == jurisdiction.id)))
    agencies = {spec.key: _agency(session, jurisdiction, spec) for spec in pack.agencies.values()}
    for spec in pack.agencies.values():
        agencies[spec.key].parent_id = agencies[spec.parent].id if spec.parent is not None else None
    wanted = [
        (position, changed)
        for spec in pack.positions
        for key in spec.agencies
        for position, changed in [_position(session, agencies[key], spec)]
    ]
    there = select(Position).where(Position.jurisdiction_id == jurisdiction.id).order_by(Position.id)
    kept = {position.id for position, _ in wanted}
    return (
        [row.short for key, row in agencies.items() if key not in known],
        [position.full_title for position, changed in wanted if changed],
        [position.full_title for position in session.scalars(there) if position.id not in kept],
    )


def _agency(session: Session, jurisdiction: Jurisdiction, spec: AgencySpec) -> Agency:
    agency = session.scalar(
        select(Agency).where(Agency.jurisdiction_id == jurisdiction.id, Agency.key == spec.key)
    )
    if agency is None:
        agency = Agency(jurisdiction_id=jurisdiction.id, key=spec.key, name="", short="", kind="")
        session.add(agency)
    agency.name, agency.short, agency.kind = spec.name, spec.short, spec.kind
    agency.document_code, agency.seal_diameter_mm = spec.document_code, spec.seal_diameter_mm
    session.flush()
    return agency


def _position(session: Session, agency: Agency, spec: PositionSpec) -> tuple[Position, bool]:
    """Return a position as the pack has it, and whether it is new or has other rights than before."""
    position = session.scalar(
        select(Position).where(Position.agency_id == agency.id, Position.key == spec.key)
    )
    before: list[str] | None = None
    if position is None:
        position = Position(
            jurisdiction_id=agency.jurisdiction_id, agency_id=agency.id, key=spec.key, title=""
        )
        session.add(position)
    else:
        before = list(position.rights)
    position.title, position.rights = spec.name, list(spec.rights)
    session.flush()
    if before is not None and set(before) != set(spec.rights):
        record(
            session,
            "position.rights_changed",
            actor=Actor.system(agency.jurisdiction_id),
            data={
                "position": f"{agency.key}.{spec.key}",
                "before": sorted(before),
                "after": sorted(spec.rights),
            },
        )
    return position, before is None or set(before) != set(spec.rights)
