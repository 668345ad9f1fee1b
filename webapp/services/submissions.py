"""The one way in which a step is answered: the content becomes a submission, the token moves on once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Table, bindparam, update

import forms
from webapp.core import clock as time
from webapp.models.collaboration import SendBack
from webapp.models.work_item import Submission
from webapp.pipelining import send
from webapp.queries.facts import scope_after
from webapp.queries.releases import definition_of, form_of, pack_of_case
from webapp.services import attachments, drafts, markets, steps
from webapp.services.events import record
from webapp.services.signing import digest_of, vote

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.case import Case
    from webapp.models.work_item import Signing, WorkItem
    from webapp.queries.actors import Actor


_LONGEST_SUBJECT = 60
_SENT_BACK = cast("Table", SendBack.__table__)
_ANSWER = (
    update(_SENT_BACK)
    .where(_SENT_BACK.c.to_item_id == bindparam("item_id"), _SENT_BACK.c.answered_at.is_(None))
    .values(answered_at=bindparam("at"))
)


@dataclass(frozen=True, slots=True)
class Author:
    """Whose answer it is.

    Attributes:
        person_id: Who gave it; `None` for the system.
        position_id: In which position.
        for_person_id: Whom they stood in for.
    """

    person_id: UUID | None = None
    position_id: UUID | None = None
    for_person_id: UUID | None = None

    @classmethod
    def of(cls, signing: Signing) -> Author:
        """Return the author of what somebody signed."""
        return cls(signing.person_id, signing.position_id, signing.for_person_id)


def submit(
    session: Session,
    actor: Actor,
    item: WorkItem,
    stored: dict[str, Any],
    *,
    author: Author,
    scope: Mapping[str, Any] | None = None,
) -> None:
    """Complete a step with its content. The case row is locked.

    Args:
        session: Database session.
        actor: Who brought the completion about: the author, or the system when the last vote was cast.
        item: The open step.
        stored: Its content as plain JSON.
        author: Whose answer it is.
        scope: What expressions saw of the case before, where it was read already.
    """
    item.status, item.done_at = "done", time.now()
    item.done_by_id, item.done_for_id = author.person_id, author.for_person_id
    item.awaiting = None
    item.revision += 1
    said = _write(session, item, stored, author)
    attested = {"digest": digest_of(stored)}
    record(session, "work_item.completed", actor=actor, case=item.case, work_item=item, data=attested)
    now = None if scope is None else scope_after(session, item.case, scope, said)
    _move(session, actor, item, _result(item, stored), now)


def presume(session: Session, actor: Actor, item: WorkItem, stored: dict[str, Any]) -> None:
    """Complete a step with what the system says for one who is late. The case row is locked."""
    item.status, item.done_at = "presumed", time.now()
    drafts.recover(session, item)
    _write(session, item, stored, Author())
    record(session, "opinion.presumed", actor=actor, case=item.case, work_item=item)
    _move(session, actor, item, _result(item, stored))


def _result(item: WorkItem, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the token keys that an answer sets: those of its form, and the outcome of the vote on it.

    A vote passes where nobody is to vote; one that is not decided does not.
    """
    result = steps.result_of(item, stored)
    if key := item.properties.get("vote_result"):
        result[key] = vote(item) is True
    return result


def _write(session: Session, item: WorkItem, stored: dict[str, Any], author: Author) -> Submission:
    schema = form_of(pack_of_case(session, item.case), item.form_key)
    public, personal = forms.split_personal(schema, stored)
    now = time.now()
    said = Submission(
        jurisdiction_id=item.jurisdiction_id,
        case_id=item.case_id,
        work_item_id=item.id,
        form_key=item.form_key,
        element_id=item.element_id,
        submitted_at=now,
        person_id=author.person_id,
        position_id=author.position_id,
        for_person_id=author.for_person_id,
        data=public,
        personal=personal or None,
    )
    session.add(said)
    attachments.bind(session, item.case, schema, stored)
    send(session, _ANSWER, {"item_id": item.id, "at": now})
    markets.note_filing(session, item.case, item.form_key)
    _name_case(session, item.case, item.form_key, public)
    return said


def _name_case(session: Session, case: Case, form_key: str, public: Mapping[str, Any]) -> None:
    """Let the case bear what it is about, where its procedure says which field tells that (`titled_by`)."""
    titled_by = definition_of(session, case.process_version).properties.get("titled_by", "")
    form, _, path = titled_by.partition(".")
    if form != form_key:
        return
    told: Any = public
    for key in path.split("."):
        told = told.get(key) if isinstance(told, dict) else None
    if told:
        case.title = f"{case.process_version.title}：{str(told)[:_LONGEST_SUBJECT]}"


def _move(
    session: Session,
    actor: Actor,
    item: WorkItem,
    result: Mapping[str, Any],
    scope: Mapping[str, Any] | None = None,
) -> None:
    moved = steps.advance(
        session, item.case, actor, lambda run: run.complete(item.task_id, result), scope=scope, items=(item,)
    )
    item.properties = {
        **item.properties,
        "opened": ",".join(moved.opened),
        "performed": ",".join(moved.performed),
    }
    item.settled_at_revision = item.case.revision
