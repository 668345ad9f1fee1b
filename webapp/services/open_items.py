"""The door to every act in a step: its case is locked, the actor has a part in it, nothing has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.orm import contains_eager, joinedload, undefer

from webapp.core import clock as time
from webapp.core.errors import Forbidden, Locked, Missing, Stale
from webapp.models.case import Case
from webapp.models.market import Market
from webapp.models.work_item import WorkItem
from webapp.queries.names import acting_name
from webapp.queries.own_items import does, waiting_seat
from webapp.queries.separation import kept_apart
from webapp.services import case_state

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

_LOCKED = (
    select(WorkItem)
    .join(WorkItem.case)
    .where(
        WorkItem.id == bindparam("item_id", type_=Uuid()),
        WorkItem.jurisdiction_id == bindparam("jurisdiction_id", type_=Uuid()),
    )
    .options(
        undefer(WorkItem.awaiting),
        joinedload(WorkItem.signings),
        contains_eager(WorkItem.case).options(
            undefer(Case.engine_state),
            joinedload(Case.process_version),
            joinedload(Case.applicant),
            joinedload(Case.market).joinedload(Market.operator),
        ),
    )
    .with_for_update(of=(Case, WorkItem))
    .execution_options(populate_existing=True)
)
"""A step and its case with all that a move needs, locked as they are now: the case first, then the step."""
_WORDS = {
    "done": "已由{who}于{when}办结",
    "presumed": "已逾期，系统于{when}按设置办结",
    "carried": "所依据的内容没有变动，原意见于{when}沿用",
    "returned": "已由{who}于{when}退回",
    "taken_back": "已由{who}拿回重办",
}


def open_item(
    session: Session,
    actor: Actor,
    item_id: UUID,
    *,
    revision: int | None = None,
    seats: bool = False,
    roles: tuple[str, ...] = (),
) -> WorkItem:
    """Lock the case of a work item and return the item, open and the actor's to act in.

    Args:
        session: Database session.
        actor: Who wants to do something in it.
        item_id: The work item.
        revision: The revision that the person saw; not looked at where it does not matter.
        seats: Whether somebody of another position is let in too, in whom a seat waits.
        roles: The roles of seats for which that goes; empty for any.

    Raises:
        Missing: If the actor may not see the item.
        Forbidden: If another position of the actor's agency does it.
        Locked: If the case is suspended.
        Stale: If it is over or changed meanwhile; says what happened.
    """
    item = located(session, actor, item_id)
    seat = waiting_seat(actor, item) if seats else None
    if not does(actor, item) and (seat is None or (roles and seat.role not in roles)):
        raise _not_theirs(item, actor)
    if item.status != "open":
        raise Stale(what_happened(item), current_revision=item.revision, changes=[what_happened(item)])
    case_state.require_running(item.case)
    if revision is not None and item.revision != revision:
        raise Stale(current_revision=item.revision, changes=_changes(item))
    return item


def located(session: Session, actor: Actor, item_id: UUID) -> WorkItem:
    """Lock the case of a work item and return the item as it is now, open or not.

    Raises:
        Missing: If there is none in the actor's jurisdiction.
        Forbidden: If the actor stands in for somebody in another procedure only.
    """
    wanted = {"item_id": item_id, "jurisdiction_id": actor.jurisdiction_id}
    item = session.scalars(_LOCKED, wanted).unique().one_or_none()
    if item is None:
        raise Missing("没有找到这项待办。")
    case_state.require_covered(actor, item.case)
    return item


def refuse_claimed(actor: Actor, item: WorkItem) -> None:
    """Refuse to act in a step that a colleague took.

    Raises:
        Locked: With their name.
    """
    if item.claimed_by_id not in {None, actor.person_id, actor.for_person_id}:
        raise Locked(f"这项待办已由{claimer(item)}认领，请与其联系，或请其释放后再办理。")


def refuse_kept_apart(session: Session, actor: Actor, item: WorkItem) -> None:
    """Refuse to let one person do two steps that the procedure keeps apart (its property `not_by`).

    Raises:
        Forbidden: With the step that they did.
    """
    if reason := kept_apart(session, actor, item):
        raise Forbidden(reason)


def claimer(item: WorkItem) -> str:
    """Return the name of whoever took a step."""
    return item.claimed_by.name if item.claimed_by else "其他同事"


def what_happened(item: WorkItem) -> str:
    """Return in a sentence why a step is no longer open."""
    who = acting_name(item.done_by, item.done_for)
    when = item.done_at.astimezone(time.BEIJING).strftime("%m月%d日 %H:%M") if item.done_at else ""
    text = _WORDS.get(item.status, "已于{when}取消").format(who=who, when=when)
    return f"“{item.name}”{text}。"


def _not_theirs(item: WorkItem, actor: Actor) -> Missing | Forbidden:
    if item.agency_id == actor.agency_id:
        return Forbidden("这项待办由本单位其他岗位办理。请切换岗位后再办。")
    return Missing("没有找到这项待办。")


def _changes(item: WorkItem) -> list[str]:
    return [
        acting_name(signing.person, signing.for_person)
        + f"已于{signing.signed_at.astimezone(time.BEIJING):%H:%M}签署"
        for signing in item.signings
        if signing.holds and signing.signed_at is not None
    ]
