"""Papers of a sandbox: what a case would have issued, marked as such on every page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webapp import documents
from webapp.core.errors import Invalid, Missing
from webapp.integrations import storage
from webapp.models.document import Attachment, Document
from webapp.queries.releases import pack_of_case, template_in

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

MARK: Final = "沙箱"


def paper(session: Session, document_id: UUID) -> bytes:
    """Return a document of a sandbox as PDF: from the facts that it was set from, without seal and code.

    Raises:
        Missing: If there is none.
        Invalid: If it cannot be printed; says why.
    """
    document = session.get(Document, document_id)
    if document is None:
        raise Missing("沙箱中没有这份公文。")
    pack = pack_of_case(session, document.case)
    template = template_in(pack, pack.documents[document.template_key].template)
    try:
        return documents.render(template, document.facts, preview=True, mark=MARK).pdf
    except documents.DocumentError as problem:
        raise Invalid(f"《{document.title}》不能生成：{problem}") from problem


def made_up_attachment(session: Session, attachment_id: UUID) -> tuple[str, str, bytes]:
    """Return name, type and content of a file of a sandbox.

    Raises:
        Missing: If there is none.
    """
    row = session.get(Attachment, attachment_id)
    if row is None:
        raise Missing("沙箱中没有这个文件。")
    return row.name, row.media_type, storage.get(row.sha256)
