"""转办: a step becomes another's of the same agency, for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.core import clock as time
from webapp.core.errors import Invalid, Locked
from webapp.models.account import Position
from webapp.queries.officers import ACTS, officer, officers
from webapp.services import drafts, signing
from webapp.services.events import record
from webapp.services.open_items import open_item, refuse_claimed

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.work_item import WorkItem
    from webapp.queries.actors import Actor

LONGEST_REASON = 500


def transfer(
    session: Session,
    actor: Actor,
    item_id: UUID,
    *,
    position_id: UUID,
    person_id: UUID | None = None,
    reason: str,
    revision: int | None = None,
) -> WorkItem:
    """转办: give a step to another position of one's agency, or to a person in it.

    A person finds it taken in their name and begins with what was typed so far; a position finds it free.
    Signatures that were given stay.

    Args:
        session: Database session.
        actor: Who has the step.
        item_id: The work item.
        position_id: Who is to do it.
        person_id: Who of them; `None` for whoever takes it.
        reason: Why.
        revision: The revision that the person saw.

    Raises:
        Invalid: If the position is of another agency, does not act in steps or has no holder, the person
            does not hold it, nothing would change, or no reason is given.
        Locked: If a colleague took it, it is delegated, or its content lies with others.
    """
    item = open_item(session, actor, item_id, revision=revision)
    refuse_claimed(actor, item)
    if signing.waiting(item, "delegate"):
        raise Locked("这项待办已经委派他人代办，请先收回委派再转办。")
    if signing.is_submitted(item):
        raise Locked("内容已经送签，不能转办。")
    reason = reason.strip()
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise Invalid(f"请写明转办的原因，不超过 {LONGEST_REASON} 个字。", field="reason")
    _check(session, actor, item, position_id, person_id)
    data = {
        "from": str(item.position_id),
        "to": str(position_id),
        "person": str(person_id) if person_id else None,
        "reason": reason,
    }
    item.position_id = position_id
    item.claimed_by_id, item.claimed_at = person_id, time.now() if person_id else None
    item.revision += 1
    if person_id is not None:
        drafts.share(session, item, actor.person_id, person_id)
    record(session, "work_item.transferred", actor=actor, case=item.case, work_item=item, data=data)
    session.flush()
    session.refresh(item)
    return item


def _check(session: Session, actor: Actor, item: WorkItem, position_id: UUID, person_id: UUID | None) -> None:
    position = session.get(Position, position_id)
    if position is None or position.agency_id != item.agency_id or ACTS not in position.rights:
        raise Invalid("只能转给本单位可以办理待办的岗位。", field="position_id")
    acting = officers(session, item.jurisdiction_id, item.agency_id)
    holders = {held.person_id for held in acting if held.position_id == position_id}
    if position_id != item.position_id and 0 < len(holders) < item.signers_needed:
        raise Invalid(
            f"本环节需要 {item.signers_needed} 人签署，该岗位只有 {len(holders)} 人任职，请选择其他岗位。",
            field="position_id",
        )
    if person_id is not None:
        officer(session, actor.jurisdiction_id, person_id, position_id)
        if position_id == item.position_id and person_id in {actor.person_id, actor.for_person_id}:
            raise Invalid("这项待办本来就由您办理，请选择其他人员。", field="person_id")
        return
    if position_id == item.position_id:
        raise Invalid("这项待办本来就由该岗位办理，请选择其他岗位，或指定人员。", field="position_id")
    if not holders:
        raise Invalid("该岗位目前没有人任职，请选择其他岗位。", field="position_id")
