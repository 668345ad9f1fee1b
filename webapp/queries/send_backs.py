"""What a page says of a return: why a step came back and what to mend, and later what was changed for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

import forms
from webapp.models.account import Person
from webapp.models.collaboration import SendBack
from webapp.models.work_item import WorkItem
from webapp.queries.names import acting_name
from webapp.queries.releases import form_of, pack_of_case
from webapp.queries.standing import content_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from webapp.models.work_item import Submission
    from webapp.queries.readers import Readers


@dataclass(frozen=True, slots=True)
class Changed:
    """What was changed in one form since a return; personal data is masked."""

    title: str
    changes: list[forms.Change]


@dataclass(frozen=True, slots=True)
class SentBackView:
    """A return as it concerns the open step.

    Attributes:
        kind: `received` where it is to be mended here, `answered` where it comes again to who sent it back.
        reason: Why.
        by: Who sent it back, `乙 代 甲` where somebody stood in.
        position: In which position.
        at: When, UTC-aware.
        marks: Fields to be mended: `path`, `label`, `what`, `how`.
        changed: What was changed since, by form; only for who sent it back.
    """

    kind: str
    reason: str
    by: str
    position: str
    at: datetime
    marks: list[dict[str, str]]
    changed: list[Changed]


def sent_back(session: Session, item: WorkItem, readers: Readers) -> SentBackView | None:
    """Return the last return that an open step has to do with.

    Args:
        session: Database session.
        item: The open step.
        readers: What the actor may read of the case; nothing else is compared.
    """
    returns = select(SendBack).where(SendBack.case_id == item.case_id, SendBack.kind == "return")
    received = session.scalar(
        returns.where(SendBack.to_item_id == item.id).order_by(SendBack.id.desc()).limit(1)
    )
    if received is not None:
        return _view(session, received, "received", [])
    again = session.scalar(
        returns.join(WorkItem, WorkItem.id == SendBack.from_item_id)
        .where(WorkItem.element_id == item.element_id, WorkItem.id < item.id)
        .order_by(SendBack.id.desc())
        .limit(1)
    )
    if again is None or _answered_since(session, item, again):
        return None
    return _view(session, again, "answered", _changed(session, item, again, readers))


def went_back_since(session: Session, said: Submission) -> bool:
    """Tell whether somebody sent a case back, or took a step back, after an answer was given."""
    later = select(SendBack.id).where(SendBack.case_id == said.case_id, SendBack.sent_at >= said.submitted_at)
    return session.scalar(later.limit(1)) is not None


def _answered_since(session: Session, item: WorkItem, back: SendBack) -> bool:
    """Tell whether the step was done after the return already; then it is open for another reason."""
    done = select(WorkItem.id).where(
        WorkItem.case_id == item.case_id,
        WorkItem.element_id == item.element_id,
        WorkItem.id > back.from_item_id,
        WorkItem.id < item.id,
        WorkItem.status.in_(("done", "presumed")),
    )
    return session.scalar(done.limit(1)) is not None


def _view(session: Session, back: SendBack, kind: str, changed: list[Changed]) -> SentBackView:
    stood_in_for = session.get(Person, back.for_person_id) if back.for_person_id else None
    return SentBackView(
        kind=kind,
        reason=back.reason,
        by=acting_name(back.person, stood_in_for),
        position=back.position.full_title,
        at=back.sent_at,
        marks=back.marks,
        changed=changed,
    )


def _changed(session: Session, item: WorkItem, back: SendBack, readers: Readers) -> list[Changed]:
    """Compare every form as it was when the case was sent back with what it says now."""
    pack = pack_of_case(session, item.case)
    before: dict[str, Submission] = {}
    now: dict[str, Submission] = {}
    for said in readers.submissions:
        now[said.form_key] = said
        if said.id < back.id:
            before[said.form_key] = said
    found = []
    for key, said in now.items():
        if key == item.form_key or said is before.get(key):
            continue
        schema = form_of(pack, key)
        old = content_of(before[key]) if key in before else {}
        if changes := forms.diff(schema, old, content_of(said)):
            found.append(Changed(schema.title, changes))
    return found
