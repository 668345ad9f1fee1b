"""Steps of an actor's own position, as other systems ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.core.errors import Missing
from webapp.models.work_item import WorkItem

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.case import Case
    from webapp.queries.actors import Actor


def own_item(session: Session, actor: Actor, item_id: UUID) -> WorkItem:
    """Return a step of the actor's position, open or not.

    Raises:
        Missing: If there is none, or it is another position's; nobody learns which.
    """
    item = session.get(WorkItem, item_id)
    if item is None or item.position_id != actor.position_id:
        raise Missing("没有找到这项待办，或它不由您当前的岗位办理。")
    return item


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
    if item is None:
        raise Missing("本件目前没有由您当前岗位办理的环节。")
    return item
