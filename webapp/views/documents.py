"""Official documents: the viewer and the file."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, render_template, send_file

from webapp.integrations import sealing
from webapp.queries.document_bases import document_bases
from webapp.queries.document_views import document_view, visible_document
from webapp.services import looks
from webapp.services.documents import file_of
from webapp.uow import read_only, unit_of_work
from webapp.views.parameters import key_of
from webapp.views.security import current_actor, right

documents = Blueprint("documents", __name__, url_prefix="/documents")


@documents.get("/<document_id>")
@right("case.read")
def show(document_id: str) -> str:
    """The page of a document. The look is on record before anything is shown."""
    actor, key = current_actor(), key_of(document_id)
    with unit_of_work() as session:
        looks.at_document(session, actor, visible_document(session, actor, key))
    with read_only() as session:
        document = visible_document(session, actor, key)
        checked = sealing.check(file_of(document)) if document.status == "issued" else None
        view = document_view(document, checked, document_bases(session, document))
        return render_template("documents/show.html", document=view)


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
