"""What people have typed and not submitted: one draft per person and step, never lost by anybody's act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from webapp.core import clock as time
from webapp.models.work_item import Draft
from webapp.queries.signatures import digest_of, signatures

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.work_item import Signing, WorkItem


def of(session: Session, item: WorkItem, person_id: UUID) -> Draft | None:
    """Return what a person has typed so far in a work item."""
    return session.query(Draft).filter_by(work_item_id=item.id, person_id=person_id).one_or_none()


def keep(session: Session, item: WorkItem, person_id: UUID, entered: Mapping[str, Any]) -> Draft:
    """Write a person's draft in a work item; what they had typed before is replaced."""
    draft = of(session, item, person_id)
    if draft is None:
        draft = Draft(work_item_id=item.id, person_id=person_id, revision=0)
        session.add(draft)
    draft.values = dict(entered)
    draft.saved_at, draft.revision = time.now(), draft.revision + 1
    return draft


def restore(
    session: Session,
    item: WorkItem,
    person_id: UUID,
    content: Mapping[str, Any],
    *,
    typed_before: datetime | None,
) -> None:
    """Make a draft again of what was submitted, unless the person has typed something since."""
    draft = of(session, item, person_id)
    if draft is None or typed_before is None or draft.saved_at <= typed_before:
        keep(session, item, person_id, content)


def share(session: Session, item: WorkItem, giver_id: UUID | None, taker_id: UUID) -> None:
    """Let whoever takes a step over begin with what was typed so far; a draft of their own comes first."""
    typed = of(session, item, giver_id) if giver_id else None
    if typed is not None and of(session, item, taker_id) is None:
        keep(session, item, taker_id, typed.values)


def recover(session: Session, item: WorkItem) -> None:
    """Make drafts again of content that lies with signers or was handed back: the step goes on without it.

    Whoever signed it gets it, and whom they stood in for; what was handed back, whoever delegated it. What
    they typed since comes first.
    """
    content = item.awaiting
    if content is None:
        return
    digest = digest_of(content)
    for seat in signatures(item, "sign", "delegate"):
        if seat.content_digest == digest:
            _recover(session, item, seat, content)
    item.awaiting = None


def _recover(session: Session, item: WorkItem, seat: Signing, content: Mapping[str, Any]) -> None:
    if seat.role == "delegate":
        if seat.asked_by_id is not None:
            restore(session, item, seat.asked_by_id, content, typed_before=seat.asked_at)
        return
    restore(session, item, seat.person_id, content, typed_before=seat.signed_at)
    if seat.for_person_id is not None:
        offer(session, item, seat.for_person_id, content)


def offer(session: Session, item: WorkItem, person_id: UUID, content: Mapping[str, Any]) -> None:
    """Let a person begin with content that a substitute gave in their name; a draft of their own stays.

    A draft that only repeats what was signed in the step before is not their own.
    """
    draft = of(session, item, person_id)
    if draft is None or digest_of(draft.values) in {seat.content_digest for seat in item.signings}:
        keep(session, item, person_id, content)
