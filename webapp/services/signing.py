"""The rules over the seats of a step: whose signature holds for which content, and when a vote is decided.

Several people sign one engine task. Each signature names the content that it holds for by a keyed digest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from webapp.core import clock as time
from webapp.core.identifiers import uuid7
from webapp.models.work_item import Signing
from webapp.queries.signatures import different_people
from webapp.queries.signatures import digest_of as digest_of
from webapp.queries.signatures import is_submitted as is_submitted
from webapp.queries.signatures import signatures as signatures
from webapp.queries.signatures import waiting as waiting
from webapp.services.events import record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from webapp.models.work_item import WorkItem
    from webapp.queries.actors import Actor

ON_CONTENT = ("vote", "after")
"""Seats whose holders sign the content that the step's own person submitted."""
RULES = ("all", "majority", "veto")
"""Rules of a vote; a number stands for as many votes as are needed."""


def sign(
    session: Session, actor: Actor, item: WorkItem, stored: dict[str, Any], *, declares_no_conflict: bool
) -> Signing:
    """Add the signature of somebody who does the step; those for other content no longer hold."""
    digest = digest_of(stored)
    now = time.now()
    for earlier in signatures(item, "sign"):
        if earlier.content_digest != digest or earlier.person_id == actor.person_id:
            earlier.voided_at = now
    signing = Signing(
        id=uuid7(),
        role="sign",
        place=0,
        person_id=actor.person,
        position_id=actor.position,
        for_person_id=actor.for_person_id,
        signed_at=now,
        content_digest=digest,
        declares_no_conflict=declares_no_conflict,
    )
    item.signings.append(signing)
    _renew(item, except_for=digest)
    if item.signers_needed > 1:
        data = {"digest": digest}
        record(session, "work_item.signed", actor=actor, case=item.case, work_item=item, data=data)
    return signing


def signers(item: WorkItem) -> int:
    """Return how many different people who do the step signed the same content."""
    return different_people(signatures(item, "sign"))


def is_next(item: WorkItem, seat: Signing) -> bool:
    """Tell whether nobody of a smaller place is still to sign in the same role."""
    return all(other.place >= seat.place for other in waiting(item, seat.role))


def vote(item: WorkItem) -> bool | None:
    """Return the outcome of the vote as soon as it cannot change any more; `None` before.

    `all`: everybody agrees. `majority`: more than half of the seats agree. `veto`: nobody objects, and
    everybody has spoken; an abstention is no objection. A number: so many agree. A step without a vote
    passes.
    """
    seats = [seat for seat in item.signings if seat.role == "vote" and seat.voided_at is None]
    said = [seat.agrees for seat in seats if seat.signed_at is not None]
    return _outcome(item.properties.get("rule", "all"), said, len(seats))


def _outcome(rule: str, said: list[bool | None], seats: int) -> bool | None:
    if seats == 0:
        return True
    agreed, silent = said.count(True), seats - len(said)
    if rule == "veto":
        return False if False in said else (True if silent == 0 else None)
    needed = {"all": seats, "majority": seats // 2 + 1}.get(rule) or int(rule)
    if agreed >= needed:
        return True
    return False if agreed + silent < needed else None


def objected(item: WorkItem) -> bool:
    """Tell whether somebody who was asked to sign after the step's own people does not agree."""
    return any(seat.agrees is not True for seat in signatures(item, "after"))


def void(seats: Iterable[Signing]) -> None:
    """Let seats no longer count; what was said in them stays to be read."""
    now = time.now()
    for seat in seats:
        seat.voided_at = now


def new_round(item: WorkItem) -> None:
    """Ask everybody anew: the content was given back and will come again."""
    void(signatures(item, "sign"))
    _renew(item, except_for=None)


def _renew(item: WorkItem, *, except_for: str | None) -> None:
    """Ask those anew who signed other content than this."""
    for seat in signatures(item, *ON_CONTENT):
        if except_for is None or seat.content_digest != except_for:
            void([seat])
            item.signings.append(
                Signing(
                    id=uuid7(),
                    role=seat.role,
                    place=seat.place,
                    person_id=seat.for_person_id or seat.person_id,
                    position_id=seat.position_id,
                    asked_by_id=seat.asked_by_id,
                    asked_at=time.now(),
                    note=seat.note,
                )
            )
