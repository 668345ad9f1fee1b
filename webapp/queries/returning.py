"""退回 and 拿回 as they can be done now: where a step may be sent back to, what hinders taking one back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from webapp import engine
from webapp.models.work_item import Draft, Signing, WorkItem
from webapp.queries.releases import definition_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

ANSWERED = ("done", "presumed", "carried")
_EFFECTS = {
    "issue_document": "随后已经制发公文",
    "start_clock": "随后已经开始计算办理时限",
    "pause_clock": "随后办理时限已经暂停",
    "resume_clock": "随后办理时限已经恢复计算",
    "recognise_market": "随后市场已经认定",
    "make_invitations": "随后已经生成调查邀请",
    "count_answers": "随后已经统计答卷",
    "archive_case": "本件已经归档",
}
"""Why a completion can no longer be undone, by what was performed after it."""


def targets(session: Session, item: WorkItem) -> list[WorkItem]:
    """Return the earlier steps of a case to which an open one may be sent back, the latest first.

    Each by its last occurrence that was answered; where a step runs per item, each of its items.
    """
    definition = definition_of(session, item.case.process_version)
    run = engine.resume(definition, item.case.engine_state or b"", {})  # nothing is evaluated
    possible = run.returnable(item.task_id)
    found: dict[tuple[str, str | None], WorkItem] = {}
    for row in session.scalars(
        select(WorkItem)
        .where(
            WorkItem.case_id == item.case_id,
            WorkItem.element_id.in_(possible),
            WorkItem.status.in_(ANSWERED),
        )
        .order_by(WorkItem.id.desc())
    ):
        found.setdefault(occurrence(row), row)
    return list(found.values())


def occurrence(item: WorkItem) -> tuple[str, str | None]:
    """Return what a work item has in common with the same step when it opens again: step, number of item."""
    return item.element_id, item.properties.get("number")


def hindrance(session: Session, actor: Actor, item: WorkItem) -> str | None:
    """Return why a completed step cannot be taken back by the actor; `None` if it can."""
    own = {actor.person_id, actor.for_person_id} - {None}
    if not own & {item.done_by_id, item.done_for_id}:
        return "只有办结这一步的本人（或其代理人）可以拿回。"
    if item.case.status != "running":
        return "本件已经办结、撤回或终止，不能拿回。"
    if _acted_since(session, item):
        return "您此后又办结了本件的其他环节，只能拿回最后办结的一步。"
    for operator in filter(None, item.properties.get("performed", "").split(",")):
        return f"{_EFFECTS.get(operator, '随后已经自动办理')}，不能拿回。"
    return _touched(session, item)


def _acted_since(session: Session, item: WorkItem) -> bool:
    later = select(WorkItem.id).where(
        WorkItem.case_id == item.case_id,
        WorkItem.done_by_id == item.done_by_id,
        WorkItem.status == "done",
        WorkItem.settled_at_revision > (item.settled_at_revision or 0),
    )
    return session.scalar(later.limit(1)) is not None


def _touched(session: Session, item: WorkItem) -> str | None:
    """Return who has begun on one of the steps that a completion opened, or gone on from it."""
    opened = [key for key in item.properties.get("opened", "").split(",") if key]
    rows = session.scalars(
        select(WorkItem).where(WorkItem.case_id == item.case_id, WorkItem.task_id.in_(opened))
    ).all()
    for row in rows:
        if row.status != "open":
            return f"后续环节“{row.name}”已经办理，不能拿回。"
        if row.claimed_by_id is not None:
            return (
                f"后续环节“{row.name}”已由{row.claimed_by.name if row.claimed_by else '他人'}认领，不能拿回。"
            )
        begun = exists().where(Draft.work_item_id == row.id) | exists().where(
            Signing.work_item_id == row.id, Signing.voided_at.is_(None)
        )
        if session.scalar(select(begun)):
            return f"后续环节“{row.name}”已经开始办理，不能拿回。"
    return None
