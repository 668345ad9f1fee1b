"""会签 and 加签: the round that a step's content makes before the step is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.core import clock as time
from webapp.core.errors import Locked
from webapp.models.work_item import Signing
from webapp.queries.actors import Actor
from webapp.queries.officers import holders_of
from webapp.services import drafts, signing, submissions
from webapp.services.events import record
from webapp.services.signing import ON_CONTENT, digest_of
from webapp.services.steps import admit

if TYPE_CHECKING:
    from typing import Any
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.work_item import WorkItem


def refuse_early(item: WorkItem) -> None:
    """Refuse to complete a step while it is delegated or somebody must sign before.

    Raises:
        Locked: With their names.
    """
    if delegated := signing.waiting(item, "delegate"):
        raise Locked(f"这项待办已委派{_names(delegated)}代办，请等其交回，或先收回委派。")
    if before := signing.waiting(item, "before"):
        raise Locked(f"还需{_names(before)}先行签署（加签），签署后才能提交。")


def refuse_again(item: WorkItem, stored: dict[str, Any]) -> None:
    """Refuse to send the same content round that lies with others already.

    Raises:
        Locked: With the names of those who have yet to sign.
    """
    if signing.is_submitted(item) and item.awaiting is not None:
        waiting = signing.waiting(item, *ON_CONTENT)
        if waiting and digest_of(item.awaiting) == digest_of(stored):
            raise Locked(
                f"内容已经送签，正等待{_names(waiting)}签署。需要修改时，改好后再次提交即可重新送签。"
            )


def ask(session: Session, actor: Actor, item: WorkItem) -> bool:
    """Ask those who must sign the content that was just signed by the step's own people.

    Where the procedure asks for votes, whoever signed the content as its author has none.

    Returns:
        Whether anybody is to be waited for.

    Raises:
        Invalid: If nobody holds a position that the step names.
    """
    own = own_people(item)
    asked = (seat for seat in signing.waiting(item, "vote") if seat.asked_by_id is None)
    signing.void(seat for seat in asked if seat.person_id in own)
    if "voters" in item.properties and not any(
        seat.role == "vote" and seat.voided_at is None for seat in item.signings
    ):
        _ask_voters(session, item)
    waiting = signing.waiting(item, *ON_CONTENT)
    if waiting:
        data = {"role": waiting[0].role, "persons": [str(seat.person_id) for seat in waiting]}
        record(session, "seat.asked", actor=actor, case=item.case, work_item=item, data=data)
    return bool(waiting)


def settle(session: Session, item: WorkItem) -> None:
    """Go on with a step whose content lies with others, once what they said decides it. The case is locked.

    The step is completed once, by the system in its own people's name, or given back to them.
    """
    if item.awaiting is None or not signing.is_submitted(item):
        return
    outcome = signing.vote(item)
    if signing.objected(item) or (outcome is False and not item.properties.get("vote_result")):
        give_back(session, item)
    elif outcome is not None and not signing.waiting(item, "after"):
        signing.void(signing.waiting(item, "vote"))
        system = Actor.system(item.jurisdiction_id)
        author = submissions.Author.of(signing.signatures(item, "sign")[-1])
        submissions.submit(session, system, item, item.awaiting, author=author)


def give_back(session: Session, item: WorkItem) -> None:
    """Give content that was not agreed to back to those who submitted it, as their draft."""
    drafts.recover(session, item)
    item.revision += 1
    signing.new_round(item)
    session.flush()
    system = Actor.system(item.jurisdiction_id)
    record(session, "work_item.given_back", actor=system, case=item.case, work_item=item)


def _ask_voters(session: Session, item: WorkItem) -> None:
    """Make a seat for everyone who holds one of the positions that the step names, but not its own people."""
    own = own_people(item)
    for position, person in holders_of(session, item.case, item.agency, item.properties["voters"]):
        if person.id not in own:
            item.signings.append(
                Signing(role="vote", person_id=person.id, position_id=position.id, asked_at=time.now())
            )
            admit(session, item.case, position.agency_id)
    session.flush()


def own_people(item: WorkItem) -> set[UUID | None]:
    """Return who signed the content for the step's position, and whom they stood in for."""
    signed = signing.signatures(item, "sign")
    return {person for seat in signed for person in (seat.person_id, seat.for_person_id)} - {None}


def _names(seats: list[Signing]) -> str:
    return "、".join(dict.fromkeys(seat.person.name for seat in seats))
