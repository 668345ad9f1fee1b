"""Work handed over in bulk by an administrator: somebody left, or a position was split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from webapp.core import clock as time
from webapp.core.errors import Invalid, Missing
from webapp.models.account import Position
from webapp.models.work_item import WorkItem
from webapp.queries.officers import officers
from webapp.services import drafts, signing, steps
from webapp.services.events import record

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

SHORTEST_REASON = 4
LONGEST_REASON = 500
MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Handover:
    """What a bulk handover did.

    Attributes:
        moved: How many steps were handed over.
        left: How many stay: they lie with signers or a colleague, or need more signers than there are.
        beyond: How many were not looked at, because so many are not handed over at once.
    """

    moved: int
    left: int
    beyond: int


def reassign(
    session: Session,
    actor: Actor,
    *,
    from_position_id: UUID,
    to_position_id: UUID,
    from_person_id: UUID | None = None,
    to_person_id: UUID | None = None,
    reason: str,
) -> Handover:
    """Hand open steps of one position over to another position, or person, of the same agency.

    Steps whose content lies with signers stay where they are: their signatures hold for what they saw. So
    do delegated ones, which come back to whoever delegated them, and those that need more signers than the
    new position has people. Whoever is named begins with what was typed.

    Args:
        session: The open unit of work.
        actor: The administrator.
        from_position_id: Whose steps.
        to_position_id: Who is to have them.
        from_person_id: Only those that this person has taken; `None` for all of the position.
        to_person_id: Who finds them taken in their name; `None` for whoever takes them.
        reason: Why.

    Raises:
        Missing: If a position is not of the actor's jurisdiction.
        Invalid: If the positions are of different agencies, the new one has no such holder, nothing would
            change, or no reason is given.
    """
    reason = reason.strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise Invalid(f"请写明理由，{SHORTEST_REASON} 到 {LONGEST_REASON} 个字。", field="reason")
    old, new = (_position(session, actor, key) for key in (from_position_id, to_position_id))
    if old.agency_id != new.agency_id:
        raise Invalid("只能交给同一单位的岗位。", field="to")
    if (old.id, from_person_id) == (new.id, to_person_id):
        raise Invalid("交出和接收的是同一岗位、同一人。", field="to")
    hands = _holders(session, new, to_person_id)
    query = select(WorkItem).where(WorkItem.position_id == old.id, WorkItem.status == "open")
    if from_person_id is not None:
        query = query.where(WorkItem.claimed_by_id == from_person_id)
    found = session.scalars(query.order_by(WorkItem.case_id, WorkItem.id).limit(MOST_AT_ONCE)).all()
    beyond = (session.scalar(select(func.count()).select_from(query.subquery())) or 0) - len(found)
    told = {"from": str(old.id), "to": str(new.id), "person": _text(to_person_id), "reason": reason}
    moved = 0
    for item in found:
        case = steps.locked_case(session, item.case_id)
        session.refresh(item)
        stays = signing.is_submitted(item) or signing.waiting(item, "delegate") or hands < item.signers_needed
        if item.status != "open" or stays:
            continue
        if to_person_id is not None:
            drafts.share(session, item, item.claimed_by_id, to_person_id)
        item.position_id = new.id
        item.claimed_by_id, item.claimed_at = to_person_id, time.now() if to_person_id else None
        item.revision += 1
        record(session, "work_item.transferred", actor=actor, case=case, work_item=item, data=told)
        moved += 1
    return Handover(moved, len(found) - moved, beyond)


def _holders(session: Session, position: Position, person_id: UUID | None) -> int:
    """Return how many people hold a position today, the named one among them."""
    acting = officers(session, position.jurisdiction_id, position.agency_id)
    holders = {held.person_id for held in acting if held.position_id == position.id}
    if not holders:
        raise Invalid("接收的岗位目前无人任职。", field="to")
    if person_id is not None and person_id not in holders:
        raise Invalid("接收人没有担任这个岗位。", field="to")
    return len(holders)


def _position(session: Session, actor: Actor, position_id: UUID) -> Position:
    position = session.get(Position, position_id)
    if position is None or position.jurisdiction_id != actor.jurisdiction_id:
        raise Missing("没有找到这个岗位。")
    return position


def _text(key: UUID | None) -> str | None:
    return str(key) if key else None
