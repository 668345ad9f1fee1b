"""Setting a jurisdiction up from its pack: its agencies, its positions, and the pack itself in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.models.account import Agency, Jurisdiction, Position
from webapp.queries.actors import Actor
from webapp.services.deployments import deploy

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.packs import AgencySpec, Pack, PositionSpec


def install(session: Session, pack: Pack) -> Jurisdiction:
    """Set a jurisdiction up, or bring it up to date; what is there already is kept, never removed.

    Raises:
        Invalid: If the pack has errors.
    """
    jurisdiction = session.scalar(select(Jurisdiction).where(Jurisdiction.key == pack.jurisdiction.key))
    if jurisdiction is None:
        jurisdiction = Jurisdiction(key=pack.jurisdiction.key, name=pack.jurisdiction.name)
        session.add(jurisdiction)
        session.flush()
    agencies = {spec.key: _agency(session, jurisdiction, spec) for spec in pack.agencies.values()}
    for spec in pack.agencies.values():
        if spec.parent is not None:
            agencies[spec.key].parent_id = agencies[spec.parent].id
    for position in pack.positions:
        for key in position.agencies:
            _position(session, agencies[key], position)
    deploy(session, jurisdiction, pack, Actor.system(jurisdiction.id))
    return jurisdiction


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


def _position(session: Session, agency: Agency, spec: PositionSpec) -> None:
    position = session.scalar(
        select(Position).where(Position.agency_id == agency.id, Position.key == spec.key)
    )
    if position is None:
        position = Position(
            jurisdiction_id=agency.jurisdiction_id, agency_id=agency.id, key=spec.key, title=""
        )
        session.add(position)
    position.title, position.rights = spec.name, list(spec.rights)
    session.flush()
