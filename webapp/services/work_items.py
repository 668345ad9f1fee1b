"""Work items: claim, save a draft, sign and complete, answer for one who is late."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import forms
from webapp.core import clock as time
from webapp.core.crypto import keyed_digest
from webapp.core.errors import Forbidden, Invalid, Locked, Missing, Stale
from webapp.models.work_item import Draft, Signing, Submission, WorkItem
from webapp.queries.actors import Actor
from webapp.queries.releases import form_of, pack_of_case
from webapp.queries.work_forms import form_context
from webapp.services import attachments, markets, steps
from webapp.services.events import record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from sqlalchemy.orm import Session


def claim(session: Session, actor: Actor, item_id: UUID) -> WorkItem:
    """认领: take a step that one's position may do, so that colleagues see who is at it.

    Raises:
        Locked: If a colleague took it, or it is over.
    """
    item = open_item(session, actor, item_id)
    if item.claimed_by_id not in {None, actor.person_id}:
        raise Locked(f"这项待办已由{_claimer(item)}认领。")
    item.claimed_by_id, item.claimed_at = actor.person_id, time.now()
    record(session, "work_item.claimed", actor=actor, case=item.case, work_item=item)
    return item


def release(session: Session, actor: Actor, item_id: UUID) -> WorkItem:
    """释放: give a step that one took back to the position. The draft stays."""
    item = open_item(session, actor, item_id)
    if item.claimed_by_id == actor.person_id:
        item.claimed_by_id = item.claimed_at = None
        record(session, "work_item.released", actor=actor, case=item.case, work_item=item)
    return item


def save_draft(session: Session, actor: Actor, item_id: UUID, entered: Mapping[str, Any]) -> Draft:
    """Keep what was typed, exactly as typed and without judging it.

    Args:
        session: Database session.
        actor: Who types.
        item_id: The work item.
        entered: Plain JSON of everything entered, readable or not (`BoundForm.draft`).
    """
    item = open_item(session, actor, item_id)
    draft = draft_of(session, item, actor.person)
    if draft is None:
        draft = Draft(work_item_id=item.id, person_id=actor.person, revision=0)
        session.add(draft)
    draft.values = dict(entered)
    draft.saved_at, draft.revision = time.now(), draft.revision + 1
    return draft


def draft_of(session: Session, item: WorkItem, person_id: UUID) -> Draft | None:
    """Return what a person has typed so far in a work item."""
    return session.query(Draft).filter_by(work_item_id=item.id, person_id=person_id).one_or_none()


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

    Args:
        session: Database session.
        actor: Who signs.
        item_id: The work item.
        revision: The revision of the work item that the person saw.
        values: The form's values as JSON types; they are checked here.
        declares_no_conflict: The 回避 declaration, needed where two people sign.

    Raises:
        Missing: If the actor may not see the item.
        Stale: If it is over or changed meanwhile; says what happened.
        Invalid: With the messages of each field.
    """
    item = open_item(session, actor, item_id, revision=revision)
    if item.signers_needed == 1 and item.claimed_by_id not in {None, actor.person_id}:
        raise Locked(f"这项待办已由{_claimer(item)}认领，请与其联系，或请其释放后再办理。")
    context = form_context(session, item, actor)
    checked = forms.check(
        context.schema, values, scope=context.scope, editable=context.editable, data=context.current
    )
    stored: dict[str, Any] = forms.to_json(checked)
    if item.signers_needed > 1 and not declares_no_conflict:
        raise Invalid("请先作出回避声明：本人与该市场及其运营机构没有利害关系。", field="declaration")
    _sign(session, actor, item, stored, declares_no_conflict=declares_no_conflict)
    if _valid_signatures(item) < item.signers_needed:
        item.awaiting = stored
        item.revision += 1
        attachments.bind(session, item.case, context.schema, stored)
        return item
    _submit(session, actor, item, stored)
    return item


def presume(session: Session, item: WorkItem, values: Mapping[str, Any]) -> None:
    """Answer for a body that is late, as its setting says (逾期视为无意见). The case row is locked."""
    item.status, item.done_at = "presumed", time.now()
    system = Actor.system(item.jurisdiction_id)
    _write(session, system, item, dict(values))
    record(session, "opinion.presumed", actor=system, case=item.case, work_item=item)
    _move(session, system, item, dict(values))


def _submit(session: Session, actor: Actor, item: WorkItem, stored: dict[str, Any]) -> None:
    item.status, item.done_at, item.done_by_id = "done", time.now(), actor.person_id
    item.awaiting = None
    item.revision += 1
    _write(session, actor, item, stored)
    attested = {"digest": _digest(stored)}
    record(session, "work_item.completed", actor=actor, case=item.case, work_item=item, data=attested)
    _move(session, actor, item, stored)


def _write(session: Session, actor: Actor, item: WorkItem, stored: dict[str, Any]) -> None:
    schema = form_of(pack_of_case(session, item.case), item.form_key)
    public, personal = forms.split_personal(schema, stored)
    session.add(
        Submission(
            jurisdiction_id=item.jurisdiction_id,
            case_id=item.case_id,
            work_item_id=item.id,
            form_key=item.form_key,
            element_id=item.element_id,
            submitted_at=time.now(),
            person_id=actor.person_id,
            position_id=actor.position_id,
            data=public,
            personal=personal or None,
        )
    )
    attachments.bind(session, item.case, schema, stored)
    session.flush()
    markets.note_filing(session, item.case, item.form_key)


def _move(session: Session, actor: Actor, item: WorkItem, stored: dict[str, Any]) -> None:
    keys = [key.strip() for key in item.properties.get("result", "").split(",") if key.strip()]
    result = {key: stored.get(key) for key in keys}
    steps.advance(session, item.case, actor, lambda run: run.complete(item.task_id, result))


def _sign(
    session: Session, actor: Actor, item: WorkItem, stored: dict[str, Any], *, declares_no_conflict: bool
) -> None:
    """Add a signature for this content; signatures for other content no longer hold."""
    digest = _digest(stored)
    now = time.now()
    for earlier in item.signings:
        if earlier.voided_at is None and (
            earlier.content_digest != digest or earlier.person_id == actor.person_id
        ):
            earlier.voided_at = now
    item.signings.append(
        Signing(
            person_id=actor.person,
            position_id=actor.position,
            signed_at=now,
            content_digest=digest,
            declares_no_conflict=declares_no_conflict,
        )
    )
    session.flush()
    if item.signers_needed > 1:
        record(
            session, "work_item.signed", actor=actor, case=item.case, work_item=item, data={"digest": digest}
        )


def _digest(stored: dict[str, Any]) -> str:
    """Return what signatures and history hold of a form's content, personal fields included."""
    return keyed_digest(json.dumps(stored, ensure_ascii=False, sort_keys=True), "signing.content")


def _valid_signatures(item: WorkItem) -> int:
    return len({signing.person_id for signing in item.signings if signing.voided_at is None})


def open_item(session: Session, actor: Actor, item_id: UUID, *, revision: int | None = None) -> WorkItem:
    """Lock the case of a work item and return the item, open and of the actor's position.

    Args:
        session: Database session.
        actor: Who wants to do something in it.
        item_id: The work item.
        revision: The revision that the person saw; not looked at where it does not matter.

    Raises:
        Missing: If the actor may not see the item.
        Forbidden: If another position of the actor's agency does it.
        Stale: If it is over or changed meanwhile; says what happened.
    """
    item = session.get(WorkItem, item_id)
    if item is None or item.jurisdiction_id != actor.jurisdiction_id:
        raise Missing("没有找到这项待办。")
    steps.locked_case(session, item.case_id)
    session.refresh(item)
    if item.position_id != actor.position_id:
        raise _not_theirs(item, actor)
    if item.status != "open":
        raise Stale(_what_happened(item), current_revision=item.revision, changes=[_what_happened(item)])
    if revision is not None and item.revision != revision:
        raise Stale(current_revision=item.revision, changes=_changes(item))
    return item


def _not_theirs(item: WorkItem, actor: Actor) -> Missing | Forbidden:
    if item.agency_id == actor.agency_id:
        return Forbidden("这项待办由本单位其他岗位办理。请切换岗位后再办。")
    return Missing("没有找到这项待办。")


def _what_happened(item: WorkItem) -> str:
    who = item.done_by.name if item.done_by else "系统"
    when = item.done_at.astimezone(time.BEIJING).strftime("%m月%d日 %H:%M") if item.done_at else ""
    words = {"done": "已由{who}于{when}办结", "presumed": "已逾期，系统于{when}按设置办结"}
    text = words.get(item.status, "已于{when}取消").format(who=who, when=when)
    return f"“{item.name}”{text}。"


def _changes(item: WorkItem) -> list[str]:
    return [
        f"{signing.person.name}已于{signing.signed_at.astimezone(time.BEIJING):%H:%M}签署"
        for signing in item.signings
        if signing.voided_at is None
    ]


def _claimer(item: WorkItem) -> str:
    return item.claimed_by.name if item.claimed_by else "其他同事"
