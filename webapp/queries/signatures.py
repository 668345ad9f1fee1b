"""Signatures and seats of a step: which hold, which wait, and whether the content is there to be signed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from webapp.core.crypto import keyed_digest

if TYPE_CHECKING:
    from webapp.models.work_item import Signing, WorkItem


def digest_of(stored: dict[str, Any]) -> str:
    """Return what signatures and history hold of a form's content, personal fields included."""
    return keyed_digest(json.dumps(stored, ensure_ascii=False, sort_keys=True), "signing.content")


def signatures(item: WorkItem, *roles: str) -> list[Signing]:
    """Return the signatures of some roles that hold, in the order of signing."""
    held = [signing for signing in item.signings if signing.role in roles and signing.holds]
    return sorted(held, key=lambda signing: (signing.signed_at or signing.created_at, signing.id))


def waiting(item: WorkItem, *roles: str) -> list[Signing]:
    """Return the seats of some roles that wait, in their order."""
    seats = [seat for seat in item.signings if seat.role in roles and seat.waits]
    return sorted(seats, key=lambda seat: (seat.place, seat.id))


def is_submitted(item: WorkItem) -> bool:
    """Tell whether those who do the step have signed its content, so that the others may sign it now."""
    if item.awaiting is None:
        return False
    digest = digest_of(item.awaiting)
    who = {signing.person_id for signing in signatures(item, "sign") if signing.content_digest == digest}
    return len(who) >= item.signers_needed
