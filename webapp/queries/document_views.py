"""Documents as lists and pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.core.errors import Missing
from webapp.models.case import Case
from webapp.models.document import Document
from webapp.queries import links
from webapp.queries.case_access import visible_cases
from webapp.queries.readers import Readers

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.documents import Verification
    from webapp.queries.actors import Actor
    from webapp.queries.document_bases import DocumentBases

STATES = {
    "typeset": ("正在用印", "warn"),
    "issued": ("已印发", "ok"),
    "corrected": ("已更正", "warn"),
    "revoked": ("已撤销", "bad"),
    "superseded": ("已被替代", "neutral"),
}


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One line of a list of documents."""

    id: UUID
    title: str
    number: str | None
    agency: str
    status: str
    status_label: str
    tone: str
    issued_at: datetime
    pages: int
    url: str
    pdf_url: str


@dataclass(frozen=True, slots=True)
class CaseLink:
    """The case that a document belongs to."""

    no: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class SignatureView:
    """One signature of a document's file."""

    signer: str
    at: datetime | None
    intact: bool
    text: str
    stamped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DocumentView:
    """The page of a document."""

    id: UUID
    title: str
    number: str | None
    agency: str
    status_label: str
    tone: str
    issued_at: datetime
    pages: int
    pdf_url: str
    word_url: str
    sha256: str | None
    verify_url: str
    outline: list[tuple[str, str]]
    bears_seal: bool
    signatures: list[SignatureView]
    disclosure: str | None
    retention: str | None
    bases: DocumentBases
    case: CaseLink


def document_row(document: Document) -> DocumentRow:
    """Return a document as one line."""
    label, tone = STATES[document.status]
    return DocumentRow(
        id=document.id,
        title=document.title,
        number=document.number,
        agency=document.agency.short,
        status=document.status,
        status_label=label,
        tone=tone,
        issued_at=document.issued_at,
        pages=document.pages,
        url=links.document(document.id),
        pdf_url=links.document_pdf(document.id),
    )


def visible_document(session: Session, actor: Actor, document_id: UUID) -> Document:
    """Return a document that the actor may read, of a case that they may see.

    Raises:
        Missing: If there is none, or it is not theirs to see.
    """
    document = session.scalar(
        select(Document).where(
            Document.id == document_id,
            Document.case_id.in_(visible_cases(actor).with_only_columns(Case.id)),
        )
    )
    if document is None or not Readers(session, actor, document.case).document(document):
        raise Missing("没有找到这份公文，或您当前的岗位不能查看。")
    return document


def document_view(document: Document, checked: Verification | None, bases: DocumentBases) -> DocumentView:
    """Return the page of a document.

    Args:
        document: The document.
        bases: What it and its paragraphs rest on.
        checked: What checking the signatures of its file found; `None` while it waits for its seal.
    """
    label, tone = STATES[document.status]
    signatures = [
        SignatureView(
            s.signer,
            s.signed_at,
            s.intact,
            "签名有效，文件未被改动" if s.intact else "文件被改动",
            s.stamped_at,
        )
        for s in (checked.signatures if checked else ())
    ]
    return DocumentView(
        id=document.id,
        title=document.title,
        number=document.number,
        agency=document.agency.name,
        status_label=label,
        tone=tone,
        issued_at=document.issued_at,
        pages=document.pages,
        pdf_url=links.document_pdf(document.id),
        word_url=links.document_word(document.id),
        sha256=document.sha256,
        verify_url=links.verification(document.token),
        outline=[(role, text) for role, text in document.outline],
        bears_seal=bool(document.seal_boxes),
        signatures=signatures,
        disclosure=document.disclosure,
        retention=document.retention,
        bases=bases,
        case=CaseLink(document.case.no, document.case.title, links.case(document.case.no)),
    )
