"""Work items: claim, save a draft, sign and complete, answer for one who is late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from webapp.core import clock as time
from webapp.core.errors import Invalid, Locked
from webapp.queries.actors import Actor
from webapp.queries.work_forms import form_context
from webapp.services import attachments, drafts, rounds, signing, submissions
from webapp.services.events import record
from webapp.services.open_items import claimer, refuse_claimed, refuse_kept_apart
from webapp.services.open_items import open_item as open_item

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.work_item import Draft, WorkItem


def claim(session: Session, actor: Actor, item_id: UUID) -> WorkItem:
    """认领: take a step that one's position may do, so that colleagues see who is at it.

    Raises:
        Locked: If a colleague took it, or it is over.
        Forbidden: If the actor did a step of the case that this one is kept apart from.
    """
    item = open_item(session, actor, item_id)
    refuse_kept_apart(session, actor, item)
    if item.claimed_by_id not in {None, actor.person_id, actor.for_person_id}:
        raise Locked(f"这项待办已由{claimer(item)}认领。")
    item.claimed_by_id, item.claimed_at = actor.person_id, time.now()
    record(session, "work_item.claimed", actor=actor, case=item.case, work_item=item)
    return item


def release(session: Session, actor: Actor, item_id: UUID) -> WorkItem:
    """释放: give a step that one took back to the position. The draft stays."""
    item = open_item(session, actor, item_id)
    if item.claimed_by_id is not None and item.claimed_by_id in {actor.person_id, actor.for_person_id}:
        item.claimed_by_id = item.claimed_at = None
        record(session, "work_item.released", actor=actor, case=item.case, work_item=item)
    return item


def save_draft(session: Session, actor: Actor, item_id: UUID, entered: Mapping[str, Any]) -> Draft:
    """Keep what was typed, exactly as typed and without judging it; also for whom a step was delegated to.

    Args:
        session: Database session.
        actor: Who types.
        item_id: The work item.
        entered: Plain JSON of everything entered, readable or not (`BoundForm.draft`).
    """
    item = open_item(session, actor, item_id, seats=True, roles=("delegate",))
    return drafts.keep(session, item, actor.person, entered)


def complete(
    session: Session,
    actor: Actor,
    item_id: UUID,
    *,
    revision: int,
    values: Mapping[str, Any],
    declares_no_conflict: bool = False,
) -> WorkItem:
    """Sign a step, and complete it when everyone who must sign it has signed the same content.

    It stays open while others of the position, or those who were asked (会签, 加签), have yet to sign.
    Other content than before asks those anew who signed already.

    Args:
        session: Database session.
        actor: Who signs.
        item_id: The work item.
        revision: The revision of the work item that the person saw.
        values: The form's values as JSON types; they are checked here.
        declares_no_conflict: The 回避 declaration, needed where two people sign.

    Raises:
        Missing: If the actor may not see the item.
        Forbidden: If the actor did a step of the case that this one is kept apart from.
        Stale: If it is over or changed meanwhile; says what happened.
        Locked: If a colleague took it, it is delegated, somebody must sign before, or the same content
            lies with others already; says with whom.
        Invalid: With the messages of each field.
    """
    item = open_item(session, actor, item_id, revision=revision)
    refuse_kept_apart(session, actor, item)
    if item.signers_needed == 1:
        refuse_claimed(actor, item)
    rounds.refuse_early(item)
    context = form_context(session, item, actor)
    stored = context.checked(values)
    if item.signers_needed > 1 and not declares_no_conflict:
        raise Invalid("请先作出回避声明：本人与该市场及其运营机构没有利害关系。", field="declaration")
    rounds.refuse_again(item, stored)
    signed = signing.sign(session, actor, item, stored, declares_no_conflict=declares_no_conflict)
    if signing.signers(item) >= item.signers_needed and not rounds.ask(session, actor, item):
        author = submissions.Author.of(signed)
        submissions.submit(session, actor, item, stored, author=author, scope=context.scope)
        return item
    item.awaiting = stored
    item.revision += 1
    attachments.bind(session, item.case, context.schema, stored)
    return item


def complete_now(session: Session, actor: Actor, item: WorkItem, values: Mapping[str, Any]) -> WorkItem:
    """Complete a step as it stands, with the declaration that it asks for: for people who are played.

    Raises:
        DomainError: As :func:`complete` does.
    """
    return complete(
        session,
        actor,
        item.id,
        revision=item.revision,
        values=values,
        declares_no_conflict=item.signers_needed > 1,
    )


def presume(session: Session, item: WorkItem, values: Mapping[str, Any]) -> None:
    """Answer for a body that is late, as its setting says (逾期视为无意见). The case row is locked."""
    submissions.presume(session, Actor.system(item.jurisdiction_id), item, dict(values))
