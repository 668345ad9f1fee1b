"""不相容岗位分离: steps of one case that must be done by different people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from webapp.models.work_item import Signing, WorkItem

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

NOT_BY = "not_by"
"""Property of a step: ids of steps. Whoever did one of them in the case may not do this one."""


def separated_steps(written: str | None) -> list[str]:
    """Return the ids that a property `not_by` names."""
    return [part.strip() for part in (written or "").replace("，", ",").split(",") if part.strip()]


def kept_apart(session: Session, actor: Actor, item: WorkItem) -> str | None:
    """Return why the actor may not do a step that others must do, `None` where nothing stands against it.

    Who stands in for somebody counts as both: as themselves and as whom they stand in for.
    """
    others = separated_steps(item.properties.get(NOT_BY))
    acting = [person for person in (actor.person_id, actor.for_person_id) if person is not None]
    if not others or not acting:
        return None
    name = session.scalar(
        select(WorkItem.name)
        .join(Signing, Signing.work_item_id == WorkItem.id)
        .where(
            WorkItem.case_id == item.case_id,
            WorkItem.element_id.in_(others),
            WorkItem.id != item.id,
            Signing.role.in_(("sign", "delegate")),
            Signing.signed_at.is_not(None),
            Signing.voided_at.is_(None),
            or_(Signing.person_id.in_(acting), Signing.for_person_id.in_(acting)),
        )
        .order_by(WorkItem.opened_at.desc(), WorkItem.id.desc())
        .limit(1)
    )
    if name is None:
        return None
    return f"您（或您代理的人员）办理了本件的“{name}”，这一步须由其他人员办理。"
