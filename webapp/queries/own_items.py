"""Steps that an actor has a part in: those of their own position, and those in which they have a seat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.core.errors import Missing
from webapp.models.work_item import Signing, WorkItem

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.case import Case
    from webapp.queries.actors import Actor

SIGNING_ORDER = ("delegate", "before", "vote", "after")
"""Where several seats of one person wait in a step, the first of these is meant."""


def own_item(session: Session, actor: Actor, item_id: UUID) -> WorkItem:
    """Return a step of the actor's position, open or not, or one in which they have or had a seat.

    Raises:
        Missing: If there is none, or the actor has no part in it; nobody learns which.
    """
    item = session.get(WorkItem, item_id)
    if item is None or not (does(actor, item) or any(own_seats(actor, item))):
        raise Missing("没有找到这项待办，或它不由您当前的岗位办理。")
    return item


def does(actor: Actor, item: WorkItem) -> bool:
    """Tell whether a step is the actor's position's to do, in a procedure in which they may act."""
    return item.position_id == actor.position_id and acts_in(actor, item.case)


def fills_in(actor: Actor, item: WorkItem) -> bool:
    """Tell whether the form of an open step is the actor's to fill in: as their own, or delegated to them."""
    if item.status != "open":
        return False
    return does(actor, item) or any(seat.role == "delegate" and seat.waits for seat in own_seats(actor, item))


def acts_in(actor: Actor, case: Case) -> bool:
    """Tell whether the actor may act in a case's procedure: a substitute may be named for one only."""
    return actor.process_key is None or actor.process_key == case.process_key


def holder_of(actor: Actor) -> UUID | None:
    """Return whose seats an actor may take: their own, or those of whom they stand in for."""
    return actor.for_person_id or actor.person_id


def own_seats(actor: Actor, item: WorkItem) -> list[Signing]:
    """Return the seats that others asked of the actor in a step, waiting or given, not the withdrawn ones."""
    if not acts_in(actor, item.case):
        return []
    return [
        seat
        for seat in item.signings
        if seat.role in SIGNING_ORDER
        and seat.voided_at is None
        and holder_of(actor) in {seat.person_id, seat.for_person_id}
        and seat.position_id == actor.position_id
    ]


def waiting_seat(actor: Actor, item: WorkItem) -> Signing | None:
    """Return the seat in a step that waits for the actor, if there is one."""
    waiting = [seat for seat in own_seats(actor, item) if seat.waits]
    return min(waiting, key=lambda seat: SIGNING_ORDER.index(seat.role), default=None)


def seat_item_ids(session: Session, actor: Actor) -> list[UUID]:
    """Return the open steps of whatever position in which a seat waits for the actor and may be taken now."""
    content = select(WorkItem.id).where(WorkItem.status == "open", WorkItem.awaiting.is_not(None))
    asked = session.execute(
        select(Signing.work_item_id, Signing.role)
        .join(WorkItem, WorkItem.id == Signing.work_item_id)
        .where(
            Signing.person_id == holder_of(actor),
            Signing.position_id == actor.position_id,
            Signing.signed_at.is_(None),
            Signing.voided_at.is_(None),
            WorkItem.status == "open",
        )
    ).all()
    if not asked:
        return []
    ready = set(session.scalars(content.where(WorkItem.id.in_([row.work_item_id for row in asked]))))
    early = {"before", "delegate"}
    return [row.work_item_id for row in asked if row.role in early or row.work_item_id in ready]


def first_item(session: Session, actor: Actor, case: Case) -> WorkItem:
    """Return the step of a case that has waited longest for the actor's position.

    Raises:
        Missing: If none waits.
    """
    item = session.scalar(
        select(WorkItem)
        .where(
            WorkItem.case_id == case.id, WorkItem.position_id == actor.position_id, WorkItem.status == "open"
        )
        .order_by(WorkItem.opened_at, WorkItem.id)
        .limit(1)
    )
    if item is None or not acts_in(actor, case):
        raise Missing("本件目前没有由您当前岗位办理的环节。")
    return item
