"""Signatures and seats of a step: which hold, which wait, and whether the content is there to be signed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from webapp.core.crypto import keyed_digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webapp.models.work_item import Signing, WorkItem
    from webapp.queries.actors import Actor


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
    signed = [signing for signing in signatures(item, "sign") if signing.content_digest == digest]
    return different_people(signed) >= item.signers_needed


def different_people(signed: Sequence[Signing]) -> int:
    """Return how many people signatures count for.

    Neither one person for several, nor several for one person (乙 代 甲), are more than one.
    """
    persons = {signing.person_id for signing in signed}
    principals = {signing.for_person_id or signing.person_id for signing in signed}
    return min(len(persons), len(principals))


def conflict(actor: Actor, item: WorkItem, seat: Signing) -> str | None:
    """Return why the actor may not sign in a seat although it waits for them: they would check themselves."""
    acting = {actor.person_id, actor.for_person_id} - {None}
    if seat.role in {"vote", "after"} and any(
        acting & {signing.person_id, signing.for_person_id} for signing in signatures(item, "sign")
    ):
        return "您已经以经办人员身份签署了同一内容，不能再以会签、加签人员身份签署，请由其他人员签署。"
    if seat.role != "delegate" and seat.asked_by_id in acting:
        return "这是您本人发起的加签、会签，不能代他人签署，请由其本人或其他人员签署。"
    return None
