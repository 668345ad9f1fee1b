"""What a person typed in a step that closed without it: kept for them alone, so that nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

import forms
from webapp.models.document import Attachment
from webapp.models.work_item import Draft
from webapp.queries.files import FileView, file_view
from webapp.queries.releases import form_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from webapp.models.work_item import WorkItem
    from webapp.packs import Pack
    from webapp.queries.actors import Actor


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A draft that was never submitted, to be read only.

    Attributes:
        closed: How its step ended, in words.
        files: The person's own files by id; they may be part of no case.
    """

    step_name: str
    closed: str
    saved_at: datetime
    sections: list[forms.Section]
    files: dict[str, FileView]


def kept_drafts(session: Session, actor: Actor, pack: Pack, items: Sequence[WorkItem]) -> list[KeptDraft]:
    """Return the actor's own drafts of their agency's closed steps, the newest first.

    Args:
        session: Database session.
        actor: Who looks; nobody sees a colleague's draft.
        pack: The pack of the case.
        items: The steps that the case has reached.
    """
    closed = {item.id: item for item in items if item.status != "open" and item.agency_id == actor.agency_id}
    drafts = session.scalars(
        select(Draft)
        .where(Draft.person_id == actor.person_id, Draft.work_item_id.in_(closed))
        .order_by(Draft.saved_at.desc(), Draft.id)
    )
    views = [_view(session, actor, pack, draft, closed[draft.work_item_id]) for draft in drafts]
    return [view for view in views if view.sections]


def _view(session: Session, actor: Actor, pack: Pack, draft: Draft, item: WorkItem) -> KeptDraft:
    schema = form_of(pack, item.form_key)
    return KeptDraft(
        step_name=item.name,
        closed=_closed(item),
        saved_at=draft.saved_at,
        sections=forms.display_draft(schema, draft.values),
        files=_files(session, actor, schema, draft),
    )


def _closed(item: WorkItem) -> str:
    if item.status == "cancelled":
        return "环节已取消"
    return f"环节已由{item.done_by.name}办结" if item.done_by else "逾期未反馈，系统按设置办结"


def _files(session: Session, actor: Actor, schema: forms.FormSchema, draft: Draft) -> dict[str, FileView]:
    named = {key for keys in forms.attachments_by_field(schema, draft.values).values() for key in keys}
    own = select(Attachment).where(Attachment.uploaded_by_id == actor.person_id)
    return {str(row.id): file_view(row, "") for row in session.scalars(own) if str(row.id) in named}
