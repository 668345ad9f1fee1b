"""Which earlier answers stand after a return: those that read nothing which changed since.

A form declares what it reads (`reads`, and the facts that its expressions name). A step may say more
narrowly which parts of them its people go by: property `reads`, a comma list such as `filing.site`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, Uuid, bindparam, select

import forms
from webapp.models.account import Position
from webapp.models.collaboration import SendBack
from webapp.models.work_item import Submission, WorkItem
from webapp.queries.facts import submissions_of
from webapp.queries.releases import form_of, pack_of_case
from webapp.queries.returning import occurrence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from webapp.packs import Pack

DECIDES = "document.approve"
"""The right of those who decide and sign off; what they said is never carried over."""
NEVER = "never"
_ANSWERED = ("done", "presumed", "carried")
_FACT = re.compile(r"\bfacts\.([a-z][a-z0-9_]*)")


def standing_answer(session: Session, item: WorkItem, earlier: WorkItem) -> Submission | None:
    """Return the earlier answer to a step that opens again after a return, if it still stands.

    Args:
        session: Database session.
        item: The step as it opened just now.
        earlier: Its last occurrence before.

    It stands when the step was answered after the step that the case went back to had first opened, is
    neither that one nor the one that sent it back, is no decision, and nothing that its form reads has
    changed. A step that the procedure's own loop opens again has no earlier answer that stands.
    """
    if item.properties.get("carry") == NEVER or _decides(session, item):
        return None
    if earlier.status not in _ANSWERED:
        return None
    answered_id = earlier.carried_from_id or earlier.id
    answer = session.scalar(
        select(Submission)
        .where(Submission.work_item_id == answered_id)
        .order_by(Submission.submitted_at, Submission.id)
        .limit(1)
    )
    if answer is None or not _redone(session, item, earlier.id if earlier.carried_from_id else answer.id):
        return None
    said = submissions_of(session, item.case)
    return None if _changed(pack_of_case(session, item.case), item, said, answer) else answer


def earlier_occurrence(session: Session, item: WorkItem, in_hand: Iterable[WorkItem] = ()) -> WorkItem | None:
    """Return the last work item of a step before this one; of the same item where the step runs per item.

    Args:
        session: Database session; nothing is written for the sake of this question.
        item: The step as it opened just now.
        in_hand: Steps that the same move opened, which the database may not have yet.
    """
    number = item.properties.get("number")
    asked = {"case_id": item.case_id, "element_id": item.element_id, "before_id": item.id}
    with session.no_autoflush:
        if number is None:
            stored = session.scalar(_LAST_OF_STEP, asked)
        else:
            stored = session.scalar(_LAST_OF_ITEM, asked | {"number": number})
    found = [each for each in in_hand if _is_earlier(each, item)] + ([stored] if stored else [])
    return max(found, key=lambda each: each.id, default=None)


def _is_earlier(other: WorkItem, item: WorkItem) -> bool:
    same = other.element_id == item.element_id
    return same and other.properties.get("number") == item.properties.get("number") and other.id < item.id


def earlier_of(item: WorkItem) -> Select[WorkItem]:
    """Return the earlier work items of a step; those of the same item where the step runs per item."""
    number = WorkItem.properties["number"].as_string()
    same = item.properties.get("number")
    return select(WorkItem).where(
        WorkItem.case_id == item.case_id,
        WorkItem.element_id == item.element_id,
        WorkItem.id < item.id,
        number.is_(None) if same is None else number == same,
    )


_NUMBER = WorkItem.properties["number"].as_string()
_LAST = (
    select(WorkItem)
    .where(
        WorkItem.case_id == bindparam("case_id", type_=Uuid()),
        WorkItem.element_id == bindparam("element_id"),
        WorkItem.id < bindparam("before_id", type_=Uuid()),
    )
    .order_by(WorkItem.id.desc())
    .limit(1)
)
_LAST_OF_STEP = _LAST.where(_NUMBER.is_(None))
_LAST_OF_ITEM = _LAST.where(bindparam("number", type_=String()) == _NUMBER)


def _decides(session: Session, item: WorkItem) -> bool:
    return DECIDES in session.get_one(Position, item.position_id).rights


def _redone(session: Session, item: WorkItem, answered: UUID) -> bool:
    """Tell whether the case went back over a step since it was answered, and not from it or to it.

    Keys are ordered by time: `answered` is that of the answer, or of the row that carried it over.
    """
    backs = session.scalars(
        select(SendBack).where(SendBack.case_id == item.case_id, SendBack.id > answered)
    ).all()
    ends = {occurrence(end) for back in backs for end in (back.from_item, back.to_item) if end is not None}
    return occurrence(item) not in ends and any(_first_opened(session, back, answered) for back in backs)


def _first_opened(session: Session, back: SendBack, answered: UUID) -> bool:
    """Tell whether the step that the case went back to had first opened before an answer was given."""
    if back.to_item is None:
        return False
    first = session.scalar(
        select(WorkItem.id)
        .where(WorkItem.case_id == back.case_id, WorkItem.element_id == back.to_item.element_id)
        .order_by(WorkItem.id)
        .limit(1)
    )
    return first is not None and first < answered


def _changed(pack: Pack, item: WorkItem, said: Sequence[Submission], answer: Submission) -> bool:
    """Tell whether anything that the step's form reads was said otherwise after its answer."""
    before = [row for row in said if row.id < answer.id]
    for key in _read_by(pack, item, said):
        old, new = _newest(before, key), _newest(said, key)
        if old is new or (new is not None and new.id == answer.id):
            continue
        if old is None or new is None:
            return True
        changes = forms.diff(form_of(pack, key), content_of(old), content_of(new), reveal=True)
        if any(_is_read(item, f"{key}.{change.path}") for change in changes):
            return True
    return False


def _read_by(pack: Pack, item: WorkItem, said: Iterable[Submission]) -> set[str]:
    """Return the forms that a step reads: as declared, and named by expressions; all, if it declares none."""
    schema = form_of(pack, item.form_key)
    if not schema.reads:
        return {row.form_key for row in said} - {item.form_key}
    named = {key for expression in schema.expressions for key in _FACT.findall(expression.text)}
    return {*schema.reads, *named} - {item.form_key}


def _is_read(item: WorkItem, path: str) -> bool:
    narrowed = [part.strip() for part in item.properties.get("reads", "").split(",") if part.strip()]
    own = [part for part in narrowed if part.partition(".")[0] == path.partition(".")[0]]
    return not own or any(path == part or path.startswith(f"{part}.") for part in own)


def _newest(said: Sequence[Submission], form_key: str) -> Submission | None:
    return next((row for row in reversed(said) if row.form_key == form_key), None)


def content_of(submission: Submission) -> dict[str, Any]:
    """Return what a submission says, personal fields included."""
    return forms.merge_personal(submission.data, submission.personal or {})
