"""单位与岗位: the agencies of a jurisdiction as a tree, their positions, and who holds them today."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.models.account import Agency, Appointment, Position
from webapp.queries.bases import BasisView, basis_view
from webapp.queries.settings import pack_in_force

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.packs import Pack
    from webapp.queries.actors import Actor


@dataclass(frozen=True, slots=True)
class PositionRow:
    """A position and the names of those who hold it today."""

    title: str
    holders: list[str]


@dataclass(frozen=True, slots=True)
class Contact:
    """How the office of an agency is reached; empty texts where nothing is entered."""

    phone: str
    contact_office: str
    address: str
    postcode: str


@dataclass(frozen=True, slots=True)
class AgencyNode:
    """An agency with what stands under it.

    Attributes:
        document_code: 发文机关代字; empty for one that issues no documents here.
        parent_basis: What its place in the tree rests on; `None` at the top.
        acts: Whether it holds positions; one that does not only stands above others.
        under: How many agencies stand under it, at any depth.
    """

    id: UUID
    name: str
    short: str
    kind: str
    document_code: str
    parent_basis: BasisView | None
    positions: list[PositionRow]
    acts: bool
    contact: Contact
    children: list[AgencyNode]
    under: int


def agency_tree(session: Session, actor: Actor) -> list[AgencyNode]:
    """Return the agencies at the top of the actor's jurisdiction, each with those under it.

    Agencies of one parent stand in the order of the pack in force; those that it no longer has come last.
    """
    pack = pack_in_force(session, actor.jurisdiction_id)
    order = {key: place for place, key in enumerate(pack.agencies)}
    rows = list(session.scalars(select(Agency).where(Agency.jurisdiction_id == actor.jurisdiction_id)))
    rows.sort(key=lambda row: (order.get(row.key, len(order)), row.short, row.id))
    below: dict[UUID | None, list[Agency]] = defaultdict(list)
    for row in rows:
        below[row.parent_id].append(row)
    positions = _positions(session, actor)
    return [_node(row, below, positions, pack) for row in below[None]]


def _positions(session: Session, actor: Actor) -> dict[UUID, list[PositionRow]]:
    today = beijing_date(time.now())
    holders: dict[UUID, list[str]] = defaultdict(list)
    for held in session.scalars(
        select(Appointment)
        .where(Appointment.jurisdiction_id == actor.jurisdiction_id)
        .options(joinedload(Appointment.person))
        .order_by(Appointment.starts_on, Appointment.id)
    ):
        if held.person.is_active and held.holds_on(today):
            holders[held.position_id].append(held.person.name)
    found: dict[UUID, list[PositionRow]] = defaultdict(list)
    for position in session.scalars(
        select(Position).where(Position.jurisdiction_id == actor.jurisdiction_id).order_by(Position.id)
    ):
        found[position.agency_id].append(PositionRow(position.title, holders[position.id]))
    return found


def _node(
    row: Agency,
    below: dict[UUID | None, list[Agency]],
    positions: dict[UUID, list[PositionRow]],
    pack: Pack,
) -> AgencyNode:
    children = [_node(child, below, positions, pack) for child in below.get(row.id, [])]
    spec = pack.agencies.get(row.key)
    return AgencyNode(
        id=row.id,
        name=row.name,
        short=row.short,
        kind=row.kind,
        document_code=row.document_code or "",
        parent_basis=basis_view(pack, str(spec.parent_basis)) if spec and spec.parent_basis else None,
        positions=positions.get(row.id, []),
        acts=row.id in positions,
        contact=Contact(row.phone or "", row.contact_office or "", row.address or "", row.postcode or ""),
        children=children,
        under=sum(1 + child.under for child in children),
    )
