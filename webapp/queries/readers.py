"""Who reads what inside a case that they may see, as each step's property `readers` says.

Empty: everybody with a part in the case. `internal`: the agency that did the step or issued the
document, the agency that decides the case, and the recipients of a document. No right goes around it.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import undefer

import forms
from webapp.models.account import Agency
from webapp.models.document import Attachment
from webapp.models.work_item import WorkItem
from webapp.packs import APPLICANT
from webapp.queries.facts import newest_submissions, submissions_of
from webapp.queries.own_items import own_seats
from webapp.queries.releases import definition_of, form_of, pack_of_case

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.case import Case
    from webapp.models.document import Document
    from webapp.models.work_item import Submission
    from webapp.queries.actors import Actor

INTERNAL = "internal"


class Readers:
    """What one actor may read of one case; that they may see the case is settled before.

    It asks the database for each thing once: make it anew after a change.
    """

    def __init__(self, session: Session, actor: Actor, case: Case) -> None:
        self._session, self._actor, self._case = session, actor, case
        self._definition = definition_of(session, case.process_version)

    @cached_property
    def _internal(self) -> frozenset[str]:
        steps = self._definition.steps
        return frozenset(step.id for step in steps if step.properties.get("readers") == INTERNAL)

    @cached_property
    def _agency(self) -> Agency | None:
        return self._session.get(Agency, self._actor.agency_id) if self._actor.agency_id else None

    @cached_property
    def _decides(self) -> bool:
        return self._is(self._definition.properties["agency"])

    @cached_property
    def newest(self) -> list[Submission]:
        """The newest submission of each form, oldest first, for rules and forms; not to be shown as it is."""
        return newest_submissions(self._session, self._case)

    @cached_property
    def everything(self) -> list[Submission]:
        """Every submission of the case, oldest first; not to be shown as it is."""
        return submissions_of(self._session, self._case)

    @cached_property
    def submissions(self) -> list[Submission]:
        """The submissions that the actor may read, oldest first."""
        said = self.everything
        asked = {row.work_item_id for row in said if not self._is_open(row.element_id)}
        own: set[UUID | None] = set()
        if asked and self._agency is not None:
            items = select(WorkItem.id).where(WorkItem.id.in_(asked), WorkItem.agency_id == self._agency.id)
            own.update(self._session.scalars(items))
        return [row for row in said if self._is_open(row.element_id) or row.work_item_id in own]

    def document(self, document: Document) -> bool:
        """Tell whether the actor may read a document: issued by their agency, sent to it, or open to all."""
        sent = any(self._is(key) for key in document.recipients)
        return sent or self._is_open(document.element_id) or self._is_own(document.agency_id)

    @cached_property
    def files(self) -> frozenset[str]:
        """Ids of the case's files that the actor may open.

        They are those that they uploaded, and those that something names which they may read: a submission,
        or what some people signed and others have yet to sign.
        """
        pack = pack_of_case(self._session, self._case)
        named = {
            key
            for form_key, content in self._contents()
            for keys in forms.attachments_by_field(form_of(pack, form_key), content).values()
            for key in keys
        }
        own = select(Attachment.id).where(
            Attachment.case_id == self._case.id, Attachment.uploaded_by_id == self._actor.person_id
        )
        return frozenset(named | {str(key) for key in self._session.scalars(own)})

    def _contents(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for submission in self.submissions:
            yield submission.form_key, forms.merge_personal(submission.data, submission.personal)
        signing = select(WorkItem).where(
            WorkItem.case_id == self._case.id, WorkItem.status == "open", WorkItem.awaiting.is_not(None)
        )
        for item in self._session.scalars(signing.options(undefer(WorkItem.awaiting))):
            asked = bool(own_seats(self._actor, item))
            if asked or self._is_open(item.element_id) or self._is_own(item.agency_id):
                yield item.form_key, item.awaiting or {}

    def _is_open(self, element_id: str) -> bool:
        """Tell whether a step is for the actor whoever did it; what comes from no step is for everybody."""
        return self._decides or element_id not in self._internal

    def _is_own(self, agency_id: UUID) -> bool:
        return self._agency is not None and self._agency.id == agency_id

    def _is(self, key: str) -> bool:
        """Tell whether the actor's agency is the one that a pack means."""
        if key == APPLICANT:
            return self._is_own(self._case.applicant_id)
        return self._agency is not None and self._agency.key == key
