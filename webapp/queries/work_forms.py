"""The form of a work item: its schema, what it already says, and what may be changed in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select

import forms
from webapp.core import clock as time
from webapp.core.errors import Invalid
from webapp.models.document import Attachment
from webapp.queries import links
from webapp.queries.facts import scope_of
from webapp.queries.files import size_text, type_tag
from webapp.queries.readers import Readers
from webapp.queries.releases import form_of, pack_of_case

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy.orm import Session

    from webapp.models.work_item import WorkItem
    from webapp.queries.actors import Actor

UNUSED_FOR = timedelta(days=30)
"""How long a file that nobody has named in a form may still be named."""


@dataclass(frozen=True, slots=True)
class FormContext:
    """Everything that binds a form to a work item.

    Attributes:
        schema: The form of the case's own release.
        scope: Names that conditions and computed fields see; `attachments` are the files that may be named.
        editable: The only paths that may change, or `None` for all.
        current: What is entered so far: signed by a colleague, or submitted before a return.
    """

    schema: forms.FormSchema
    scope: dict[str, Any]
    editable: Collection[str] | None
    current: dict[str, Any] | None

    def bound(self, entered: Any = None, *, draft: dict[str, Any] | None = None) -> forms.BoundForm:
        """Return the form as it is shown.

        Args:
            entered: What the page just sent; it goes before everything else.
            draft: What the person had typed so far.
        """
        return forms.bind(
            self.schema,
            data=self.current,
            draft=draft,
            formdata=entered,
            scope=self.scope,
            editable=self.editable,
        )

    def values_of(self, entered: Any) -> dict[str, Any]:
        """Return what the page sent as JSON values.

        Raises:
            Invalid: If a field is refused, with the messages by path.
        """
        form = self.bound(entered)
        if not form.validate():
            raise Invalid(errors=form.errors)
        values: dict[str, Any] = forms.to_json(form.data)
        return values

    def checked(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Check JSON values by the form's rules and return them as they are stored.

        Raises:
            Invalid: With the messages by path.
        """
        typed = forms.check(self.schema, values, scope=self.scope, editable=self.editable, data=self.current)
        stored: dict[str, Any] = forms.to_json(typed)
        return stored


def form_context(
    session: Session, item: WorkItem, actor: Actor, readers: Readers | None = None
) -> FormContext:
    """Return the form of a work item as this person may fill it in.

    Args:
        session: Database session.
        item: The work item.
        actor: Who fills it in.
        readers: What the actor may read of the case, where the caller has looked it up already.
    """
    readers = readers or Readers(session, actor, item.case)
    schema = form_of(pack_of_case(session, item.case), item.form_key)
    scope = scope_of(session, item.case, readers.newest)
    scope |= scope["facts"]
    takes_files = any(field.type == "filepicker" for field in schema.fields)
    scope["attachments"] = _attachments(session, item, actor, readers) if takes_files else {}
    return FormContext(
        schema=schema,
        scope=scope,
        editable=[mark["path"] for mark in item.marks] or None,
        current=_current(item, schema, readers),
    )


def _current(item: WorkItem, schema: forms.FormSchema, readers: Readers) -> dict[str, Any] | None:
    if item.awaiting is not None:
        return forms.from_json(schema, item.awaiting)
    newest = next((said for said in readers.newest if said.form_key == item.form_key), None)
    if newest is None:
        return None
    return forms.from_json(schema, forms.merge_personal(newest.data, newest.personal or {}))


def _file(row: Attachment) -> dict[str, Any]:
    """A file as the validators judge it and as its field shows it."""
    return {
        "id": str(row.id),
        "name": row.name,
        "size": row.size,
        "size_text": size_text(row.size),
        "media_type": row.media_type,
        "type_tag": type_tag(row.name),
        "sha256": row.sha256,
        "url": links.attachment(row.id),
    }


def _attachments(
    session: Session, item: WorkItem, actor: Actor, readers: Readers
) -> dict[str, dict[str, Any]]:
    """Files that may be named: those of the case that this person may read, and what they uploaded lately."""
    unused = and_(
        Attachment.case_id.is_(None),
        Attachment.uploaded_by_id == actor.person_id,
        Attachment.uploaded_at >= time.now() - UNUSED_FOR,
    )
    rows = session.scalars(
        select(Attachment).where(
            Attachment.jurisdiction_id == actor.jurisdiction_id,
            or_(Attachment.case_id == item.case_id, unused),
        )
    )
    return {str(row.id): _file(row) for row in rows if row.case_id is None or str(row.id) in readers.files}
