"""How much waits in each position, and with whom: for handing work over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from webapp.models.account import Agency, Position
from webapp.models.work_item import WorkItem
from webapp.queries.officers import officers

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor


@dataclass(frozen=True, slots=True)
class Holder:
    """A person in a position, with how many open steps they have taken."""

    id: UUID
    name: str
    taken: int


@dataclass(frozen=True, slots=True)
class Workload:
    """A position, who holds it, and how many steps wait there."""

    position_id: UUID
    title: str
    waiting: int
    holders: list[Holder]


def workloads(session: Session, actor: Actor) -> list[Workload]:
    """Return the positions of a jurisdiction that do steps, by agency."""
    counts = session.execute(
        select(WorkItem.position_id, WorkItem.claimed_by_id, func.count())
        .where(WorkItem.jurisdiction_id == actor.jurisdiction_id, WorkItem.status == "open")
        .group_by(WorkItem.position_id, WorkItem.claimed_by_id)
    ).all()
    taken = {(position_id, person_id): count for position_id, person_id, count in counts}
    held = officers(session, actor.jurisdiction_id)
    positions = session.scalars(
        select(Position)
        .join(Position.agency)
        .where(Position.jurisdiction_id == actor.jurisdiction_id)
        .options(joinedload(Position.agency))
        .order_by(Agency.created_at, Agency.id, Position.created_at, Position.id)
    )
    return [
        Workload(
            position.id,
            position.full_title,
            sum(count for (at, _), count in taken.items() if at == position.id),
            [
                Holder(one.person_id, one.person.name, taken.get((position.id, one.person_id), 0))
                for one in held
                if one.position_id == position.id
            ],
        )
        for position in positions
        if "task.act" in position.rights
    ]
