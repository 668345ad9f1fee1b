"""Files that people hand in."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, jsonify, request, send_file

from webapp.core.errors import Invalid
from webapp.integrations import storage
from webapp.queries.files import size_text
from webapp.services import attachments as services
from webapp.services import looks
from webapp.uow import unit_of_work
from webapp.views.parameters import key_of
from webapp.views.security import current_actor, right

attachments = Blueprint("attachments", __name__, url_prefix="/attachments")


@attachments.post("")
@right("task.act")
def upload() -> tuple[Response, int]:
    """Keep one file; a form names it later by the id in the answer."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid("请选择要上传的文件。", field="file")
    with unit_of_work() as session:
        kept = services.upload(session, current_actor(), file.filename, file.read())
        return jsonify(
            id=str(kept.id),
            name=kept.name,
            size=kept.size,
            size_text=size_text(kept.size),
            sha256=kept.sha256,
            type=kept.media_type,
        ), 201


@attachments.get("/<attachment_id>")
@right("case.read")
def download(attachment_id: str) -> Response:
    """One file, always as a download: nothing that was handed in is run in a browser."""
    actor = current_actor()
    with unit_of_work() as session:
        kept = services.readable(session, actor, key_of(attachment_id))
        looks.at_attachment(session, actor, kept)
    return send_file(
        BytesIO(storage.get(kept.sha256)),
        mimetype=kept.media_type,
        as_attachment=True,
        download_name=kept.name,
    )
