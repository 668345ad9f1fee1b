"""A request that was too large to be read: which limit it broke, and what of the work is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import current_app, request, url_for
from sqlalchemy import select

from webapp.core.errors import Missing
from webapp.models.work_item import Draft
from webapp.services.attachments import MAX_BYTES
from webapp.uow import read_only
from webapp.views.parameters import key_of
from webapp.views.security import visitor

if TYPE_CHECKING:
    from datetime import datetime

_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Refused:
    """What the page of a request that was too large says.

    Attributes:
        limit: The limit that was broken, as a sentence.
        draft_saved_at: When the draft that is kept was saved; `None` if there is none.
        form_url: Where to go on; `None` if it was no form of a step.
    """

    limit: str
    draft_saved_at: datetime | None
    form_url: str | None


def refused() -> Refused:
    """Return what to say about the present request."""
    if request.blueprint != "work_items" or request.view_args is None:
        return Refused(limit(), None, None)
    form_url = url_for("work_items.show", no=request.view_args["no"], item_id=request.view_args["item_id"])
    return Refused(limit(), _draft_saved_at(), form_url)


def limit() -> str:
    """Return which limit the present request broke, as a sentence."""
    whole = current_app.config["MAX_CONTENT_LENGTH"]
    if (request.content_length or 0) > whole:
        each = f"单个文件不超过 {MAX_BYTES // _MEGABYTE} MB"
        return f"一次提交的全部内容合计不得超过 {whole // _MEGABYTE} MB，其中{each}。"
    texts = current_app.config["MAX_FORM_MEMORY_SIZE"]
    parts = current_app.config["MAX_FORM_PARTS"]
    return f"一次提交的文字合计不得超过 {texts // _MEGABYTE} MB，项目不得超过 {parts} 项。"


def _draft_saved_at() -> datetime | None:
    me = visitor()
    if me is None:
        return None
    try:
        key = key_of((request.view_args or {}).get("item_id", ""))
    except Missing:
        return None
    mine = select(Draft.saved_at).where(Draft.work_item_id == key, Draft.person_id == me.person_id)
    with read_only() as session:
        return session.scalar(mine)
