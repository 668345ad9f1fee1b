"""Files: what people hand in, and the documents that were issued."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from flask import send_file

from webapp.api import answers
from webapp.api.blueprint import api
from webapp.api.describing import FILES, Operation, described
from webapp.api.reading import read_file
from webapp.api.rendering import answered
from webapp.integrations import storage
from webapp.queries import links
from webapp.queries.document_views import document_row, visible_document
from webapp.services import attachments, documents, looks
from webapp.uow import read_only, unit_of_work
from webapp.views.parameters import key_of
from webapp.views.security import current_actor, right

if TYPE_CHECKING:
    from flask import Response

PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@api.post("/attachments")
@right("task.act")
@described(
    Operation(
        FILES,
        "上传材料，返回的编号填入表单",
        answers.Attachment,
        status=201,
        upload=True,
        problems=(400, 413, 415, 422),
    )
)
def upload_attachment() -> Response:
    """Keep one file; a form names it by the id in the answer."""
    actor, file = current_actor(), read_file()
    with unit_of_work() as session:
        kept = attachments.upload(session, actor, file.filename or "", file.read())
        return answered(answers.Attachment.model_validate(kept), 201)


@api.get("/attachments/<attachment_id>")
@right("case.read")
@described(Operation(FILES, "下载材料", "application/octet-stream", problems=(404,)))
def download_attachment(attachment_id: str) -> Response:
    """One file, always as a download."""
    actor = current_actor()
    with unit_of_work() as session:
        kept = attachments.readable(session, actor, key_of(attachment_id))
        looks.at_attachment(session, actor, kept)
    return send_file(
        BytesIO(storage.get(kept.sha256)),
        mimetype=kept.media_type,
        as_attachment=True,
        download_name=kept.name,
    )


@api.get("/documents/<document_id>")
@right("case.read")
@described(Operation(FILES, "公文的文号、状态和校验值", answers.Document, problems=(404,)))
def show_document(document_id: str) -> Response:
    """An official document."""
    with read_only() as session:
        document = visible_document(session, current_actor(), key_of(document_id))
        return answered(
            answers.Document(
                **dict(answers.DocumentRow.model_validate(document_row(document))),
                case_no=document.case.no,
                sha256=document.sha256,
                sealed=bool(document.sealed_at and document.seal_boxes),
                disclosure=document.disclosure,
                retention=document.retention,
                verify_url=links.verification(document.token),
            )
        )


@api.get("/documents/<document_id>.pdf")
@right("case.read")
@described(Operation(FILES, "公文的 PDF 文件；用印完成前是尚未用印的版本", PDF, problems=(404,)))
def download_document(document_id: str) -> Response:
    """The file of a document."""
    actor = current_actor()
    with unit_of_work() as session:
        document = visible_document(session, actor, key_of(document_id))
        looks.at_document(session, actor, document)
    return send_file(
        BytesIO(documents.file_of(document)),
        mimetype=PDF,
        as_attachment=True,
        download_name=f"{document.number or document.title}.pdf",
    )


@api.get("/documents/<document_id>.docx")
@right("case.read")
@described(Operation(FILES, "公文的 Word 稿；效力以 PDF 文件为准", WORD, problems=(404, 422)))
def download_word(document_id: str) -> Response:
    """The text of a document for Word."""
    actor = current_actor()
    with unit_of_work() as session:
        document = visible_document(session, actor, key_of(document_id))
        file = documents.word_of(session, document)
        looks.at_document(session, actor, document)
    return send_file(
        BytesIO(file),
        mimetype=WORD,
        as_attachment=True,
        download_name=f"{document.number or document.title}（Word 稿）.docx",
    )
