"""退回 to an earlier step with marked fields, and 拿回 of what one completed oneself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp import engine
from webapp.core import clock as time
from webapp.core.errors import Invalid, Locked, Missing, Stale
from webapp.models.collaboration import SendBack
from webapp.models.work_item import Submission, WorkItem
from webapp.queries.own_items import does
from webapp.queries.releases import form_of, pack_of_case
from webapp.queries.returning import hindrance, occurrence, targets
from webapp.queries.standing import content_of
from webapp.services import case_state, drafts, signing, steps
from webapp.services.events import record
from webapp.services.open_items import located, open_item, refuse_claimed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

LONGEST_REASON = 500
LONGEST_MARK = 200
MOST_MARKS = 100


def return_to(
    session: Session,
    actor: Actor,
    item_id: UUID,
    *,
    target_id: UUID,
    reason: str,
    marks: Sequence[Mapping[str, str]] = (),
    revision: int | None = None,
) -> WorkItem:
    """退回: send a case back to an earlier human step, and say what is to be mended.

    Where fields are marked, only they may be changed there. On the way forward, answers that read nothing
    which changed stand. What was typed in the step that sends back waits for it as a draft.

    Args:
        session: Database session.
        actor: Who has the step.
        item_id: The work item that sends back.
        target_id: The earlier work item of the case, its last occurrence.
        reason: Why, for whoever mends it.
        marks: Fields of the target's form: `path`, `what` is wrong, `how` to mend it (optional).
        revision: The revision that the person saw.

    Returns:
        The step that is open again.

    Raises:
        Invalid: If the case cannot go back there, no reason is given, or a mark names no field.
        Locked: If a colleague took the step, or it is delegated.
    """
    item = open_item(session, actor, item_id, revision=revision)
    refuse_claimed(actor, item)
    if signing.waiting(item, "delegate"):
        raise Locked("这项待办已经委派他人代办，请先收回委派再退回。")
    target = next((one for one in targets(session, item) if one.id == target_id), None)
    if target is None:
        raise Invalid("不能退回到所选环节，请重新选择。", field="target")
    told = _reason(reason)
    marked = _marks(session, target, marks)
    back = _send_back(actor, item, "return", told, marked)
    back.to_item_id = target.id
    session.add(back)
    _leave(session, actor, item)
    session.flush()
    _move(session, actor, item, lambda run: run.return_to(item.task_id, target.element_id))
    again = _opened_again(session, target)
    again.position_id = target.position_id  # whoever it was given to did it, and mends it
    again.marks = marked or again.marks
    back.to_item_id = again.id
    session.flush()
    data = {"from": item.element_id, "from_name": item.name, "marks": len(marked)}
    record(session, "work_item.returned", actor=actor, case=item.case, work_item=again, data=data)
    return again


def take_back(session: Session, actor: Actor, item_id: UUID, *, reason: str = "") -> WorkItem:
    """拿回: undo one's own last completion in a case, while nobody has gone on from it.

    Args:
        session: Database session.
        actor: Who completed it, or who stands in for them.
        item_id: The work item that was completed.
        reason: Why, if they wish to say.

    Returns:
        The step as it is open again; what was submitted is the person's draft.

    Raises:
        Missing: If it is no step of the actor's position.
        Locked: If it can no longer be taken back; says why.
        Stale: If it is not completed.
    """
    item = located(session, actor, item_id)
    if not does(actor, item):
        raise Missing("没有找到这项待办。")
    case_state.require_running(item.case)
    if item.status != "done":
        raise Stale(f"“{item.name}”目前不是已办结状态，不能拿回。", current_revision=item.revision)
    if problem := hindrance(session, actor, item):
        raise Locked(problem)
    opened = [key for key in item.properties.get("opened", "").split(",") if key]
    back = _send_back(actor, item, "take_back", reason.strip()[:LONGEST_REASON], [])
    back.to_item_id = item.id
    session.add(back)
    item.status = "taken_back"
    item.revision += 1
    session.flush()
    record(session, "work_item.taken_back", actor=actor, case=item.case, work_item=item)
    _move(session, actor, item, lambda run: run.take_back(item.element_id, opened))
    again = _opened_again(session, item)
    back.to_item_id = again.id
    again.position_id = item.position_id
    again.claimed_by_id, again.claimed_at = actor.person_id, time.now()
    again.marks = item.marks
    _restore(session, actor, item, again)
    return again


def _move(
    session: Session, actor: Actor, item: WorkItem, act: Callable[[engine.Run], engine.StepResult]
) -> None:
    try:
        steps.advance(session, item.case, actor, act)
    except engine.EngineError as error:
        raise Invalid(error.message, field="target") from error


def _send_back(actor: Actor, item: WorkItem, kind: str, reason: str, marks: list[dict[str, str]]) -> SendBack:
    return SendBack(
        jurisdiction_id=item.jurisdiction_id,
        case_id=item.case_id,
        kind=kind,
        from_item_id=item.id,
        sent_at=time.now(),
        person_id=actor.person,
        position_id=actor.position,
        for_person_id=actor.for_person_id,
        reason=reason,
        marks=marks,
    )


def _leave(session: Session, actor: Actor, item: WorkItem) -> None:
    item.status, item.done_at = "returned", time.now()
    item.done_by_id, item.done_for_id = actor.person_id, actor.for_person_id
    drafts.recover(session, item)
    item.revision += 1


def _opened_again(session: Session, target: WorkItem) -> WorkItem:
    """Return a step as it opened again; where it runs per item, that of the same item.

    Raises:
        Invalid: If there is no such item any more.
    """
    opened = session.scalars(
        select(WorkItem)
        .where(
            WorkItem.case_id == target.case_id,
            WorkItem.element_id == target.element_id,
            WorkItem.status == "open",
        )
        .order_by(WorkItem.id.desc())
    )
    again = next((row for row in opened if occurrence(row) == occurrence(target)), None)
    if again is None:
        raise Invalid(f"“{target.name}”已不在逐项办理之列，请重新选择退回的环节。", field="target")
    return again


def _restore(session: Session, actor: Actor, item: WorkItem, again: WorkItem) -> None:
    """Make a draft of what was submitted, for whoever took it back, and for whom they did."""
    said = session.scalars(
        select(Submission).where(Submission.work_item_id == item.id).order_by(Submission.id.desc()).limit(1)
    ).one()
    content = content_of(said)
    drafts.restore(session, again, actor.person, content, typed_before=said.submitted_at)
    if actor.for_person_id is not None:
        drafts.offer(session, again, actor.for_person_id, content)


def _reason(text: str) -> str:
    reason = text.strip()
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise Invalid(f"请写明退回的原因，不超过 {LONGEST_REASON} 个字。", field="reason")
    return reason


def _marks(session: Session, target: WorkItem, marks: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    schema = form_of(pack_of_case(session, target.case), target.form_key)
    if len(marks) > MOST_MARKS:
        raise Invalid(f"最多标注 {MOST_MARKS} 项。", field="marks")
    found: dict[str, dict[str, str]] = {}
    errors: dict[str, list[str]] = {}
    for number, mark in enumerate(marks):
        path, what = str(mark.get("path", "")), str(mark.get("what") or "").strip()
        how = str(mark.get("how") or "").strip()
        field = schema.field(path)
        if field is None:
            errors[f"marks.{number}.path"] = ["这一环节的表单没有这一项，请重新选择。"]
        elif not what or max(len(what), len(how)) > LONGEST_MARK:
            errors[f"marks.{number}.what"] = [f"请写明缺什么或哪里不对，不超过 {LONGEST_MARK} 个字。"]
        else:
            found[path] = {"path": path, "label": field.label, "what": what, "how": how}
    if errors:
        raise Invalid(errors=errors)
    return list(found.values())
