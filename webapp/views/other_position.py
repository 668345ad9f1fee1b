"""A form that was opened in one position and sent in another: nothing typed is lost, and one can go back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, request
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from forms import PAGE_NAMES
from webapp.core.errors import Forbidden, Missing
from webapp.models.account import Position
from webapp.models.work_item import WorkItem
from webapp.queries.own_items import does, waiting_seat
from webapp.services import accounts
from webapp.uow import read_only
from webapp.views import uploads
from webapp.views.parameters import key_of
from webapp.views.security import visitor, wants_json
from webapp.views.typed import RESUME_AS, typed_texts

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

BLUEPRINT = "work_items"
RESUME = "work_items.resume"
_CONFLICT = 409


def sent_from_another() -> tuple[str, int] | None:
    """Answer a form of a step that belongs to another of one's own positions; `None` for every other request.

    Raises:
        Forbidden: If a script sent it; says which position the form belongs to.
    """
    if request.method != "POST" or request.blueprint != BLUEPRINT or request.endpoint == RESUME:
        return None
    me = visitor()
    if me is None or me.actor is None:
        return None
    with read_only() as session:
        item = _item(session)
        if item is None or does(me.actor, item) or waiting_seat(me.actor, item) is not None:
            return None
        held = _appointment(session, me.person_id, item.position_id)
        belongs_to, step = item.position.full_title, item.name
    if held is None:
        return None
    message = f"这张表单属于岗位“{belongs_to}”，您已在别处切换到“{me.actor.title}”，本次操作没有生效。"
    if wants_json():
        raise Forbidden(f"{message}请切换回该岗位后再试。")
    typed = typed_texts()
    entered = uploads.with_files(me.actor, _fields())
    page = render_template(
        "errors/position.html",
        message=message,
        step=step,
        belongs_to=belongs_to,
        kept=list(entered.fields.items(multi=True)),
        refused=[text for texts in entered.refused.values() for text in texts],
        shown=typed,
        resume_as=(RESUME_AS, held),
        **(request.view_args or {}),
    )
    return page, _CONFLICT


def _fields() -> MultiDict[str, str]:
    try:
        return MultiDict([(k, v) for k, v in request.form.items(multi=True) if k not in PAGE_NAMES])
    except HTTPException:  # too large, or not readable: the answer to that says so
        return MultiDict()


def _item(session: Session) -> WorkItem | None:
    named = request.view_args or {}
    try:
        key = key_of(named.get("item_id", ""))
    except Missing:
        return None
    shown = (joinedload(WorkItem.case), joinedload(WorkItem.position).joinedload(Position.agency))
    item = session.get(WorkItem, key, options=shown)
    return item if item is not None and item.case.no == named.get("no") else None


def _appointment(session: Session, person_id: UUID, position_id: UUID) -> UUID | None:
    """Return the appointment in which a person holds a position today."""
    held = accounts.appointments_in_force(session, person_id)
    return next((row.id for row in held if row.position_id == position_id), None)
