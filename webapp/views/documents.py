"""Official documents: the viewer, the file, and what is done about one after its issue."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for

from webapp.core.clock import BEIJING
from webapp.core.errors import Invalid, Locked
from webapp.integrations import sealing
from webapp.queries.document_bases import document_bases
from webapp.queries.document_life import life_page
from webapp.queries.document_views import document_view, visible_document
from webapp.services import document_acts, looks
from webapp.services.documents import file_of, word_of
from webapp.uow import read_only, unit_of_work
from webapp.views.parameters import key_of
from webapp.views.security import current_actor, right

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session
    from werkzeug.wrappers import Response as BaseResponse

    from webapp.models.document import Document
    from webapp.queries.actors import Actor

documents = Blueprint("documents", __name__, url_prefix="/documents")

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ZIP = "application/zip"


@documents.get("/<document_id>")
@right("case.read")
def show(document_id: str) -> str:
    """The page of a document. The look is on record before anything is shown."""
    actor, key = current_actor(), key_of(document_id)
    with unit_of_work() as session:
        looks.at_document(session, actor, visible_document(session, actor, key))
    return _page(actor, document_id)


@documents.get("/<document_id>.pdf")
@right("case.read")
def pdf(document_id: str) -> Response:
    """The file of a document."""
    actor = current_actor()
    with unit_of_work() as session:
        document = visible_document(session, actor, key_of(document_id))
        looks.at_document(session, actor, document)
    return send_file(
        BytesIO(file_of(document)),
        mimetype="application/pdf",
        download_name=f"{document.number or document.title}.pdf",
    )


@documents.get("/<document_id>.docx")
@right("case.read")
def word(document_id: str) -> Response:
    """The text of a document for Word; what counts is the file with the seal."""
    actor = current_actor()
    with unit_of_work() as session:
        document = visible_document(session, actor, key_of(document_id))
        file = word_of(session, document)
        looks.at_document(session, actor, document)
    return send_file(
        BytesIO(file),
        mimetype=WORD,
        as_attachment=True,
        download_name=f"{document.number or document.title}（Word 稿）.docx",
    )


@documents.post("/<document_id>/deliveries")
@right("document.deliver")
def deliver(document_id: str) -> BaseResponse | tuple[str, int]:
    """送达; the answer offers the 送达回证."""
    form = request.form

    def act(session: Session, actor: Actor, document: Document) -> object:
        return document_acts.deliver(
            session,
            actor,
            document,
            way=form.get("way", ""),
            recipient=form.get("recipient", ""),
            receiver=form.get("receiver", ""),
            delivered_at=_instant(form.get("delivered_at", "")),
            remark=form.get("remark", ""),
        )

    return _act(document_id, act, "已登记送达，送达回证已生成，可打印签收。")


@documents.post("/<document_id>/deliveries/<delivery_id>/proof")
@right("document.deliver")
def keep_proof(document_id: str, delivery_id: str) -> BaseResponse | tuple[str, int]:
    """The signed 送达回证 came back."""
    file = request.files.get("file")
    name, content = (file.filename or "", file.read()) if file else ("", b"")
    delivery = key_of(delivery_id)

    def act(session: Session, actor: Actor, document: Document) -> object:
        return document_acts.keep_proof(session, actor, document, delivery, name=name, content=content)

    return _act(document_id, act, "签收后的送达回证已存入。")


@documents.post("/<document_id>/correct")
@right("document.approve")
def correct(document_id: str) -> BaseResponse | tuple[str, int]:
    """更正."""
    said = {name: request.form.get(name, "") for name in ("wrong", "right", "reason")}

    def act(session: Session, actor: Actor, document: Document) -> object:
        return document_acts.correct(session, actor, document, **said)

    return _act(document_id, act, "更正通知已编号，正在用印；核验页面已注明更正。")


@documents.post("/<document_id>/revoke")
@right("document.approve")
def revoke(document_id: str) -> BaseResponse | tuple[str, int]:
    """撤销."""
    reason = request.form.get("reason", "")

    def act(session: Session, actor: Actor, document: Document) -> None:
        document_acts.revoke(session, actor, document, reason=reason)

    return _act(document_id, act, "公文已撤销，核验页面已注明。")


def _act(
    document_id: str, act: Callable[[Session, Actor, Document], object], said: str
) -> BaseResponse | tuple[str, int]:
    actor, key = current_actor(), key_of(document_id)
    try:
        with unit_of_work() as session:
            act(session, actor, visible_document(session, actor, key))
    except (Invalid, Locked) as refused:
        flash(refused.message, "bad")
        return _page(actor, document_id), 422 if isinstance(refused, Invalid) else 409
    flash(said, "ok")
    return redirect(url_for("documents.show", document_id=document_id))


def _page(actor: Actor, document_id: str) -> str:
    with read_only() as session:
        document = visible_document(session, actor, key_of(document_id))
        checked = sealing.check(file_of(document)) if document.status != "typeset" else None
        view = document_view(document, checked, document_bases(session, document))
        life = life_page(session, actor, document)
        return render_template(
            "documents/show.html", document=view, life=life, ways=document_acts.WAYS, typed=request.form
        )


def _instant(text: str) -> datetime:
    """Return the instant that a field of date and time means, in Beijing."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=BEIJING)
    except ValueError:
        raise Invalid("请填写送达时间。", field="delivered_at") from None
