"""Official documents, their registers of numbers, and the files that people hand in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.account import Agency, Person
from webapp.models.base import Base, InJurisdiction, Row
from webapp.models.case import Case
from webapp.models.types import EncryptedJSON, EncryptedText, JSONDoc, UTCDateTime


class NumberSeries(Row, InJurisdiction, Base):
    """A register that gives numbers without gaps: one row per series and year, locked while it counts.

    Serves document numbers (per agency and 代字), case numbers and market numbers alike.
    """

    __tablename__ = "number_series"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "series", "year"),)

    series: Mapped[str]
    year: Mapped[int]
    last: Mapped[int] = mapped_column(default=0)


class Document(Row, InJurisdiction, Base):
    """公文 with number, hash and state. The facts that it was set from stay with it."""

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "number"),
        UniqueConstraint("agency_id", "series", "year", "serial"),
        Index("ix_document_case", "case_id", "issued_at"),
        Index("ix_document_about", "about_id"),
        Index("ix_document_register", "jurisdiction_id", "year", "agency_id", "series", "serial"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    market_id: Mapped[UUID | None] = mapped_column(ForeignKey("market.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    template_key: Mapped[str]
    element_id: Mapped[str]
    title: Mapped[str]
    number: Mapped[str | None]
    """发文字号 such as `通人社函〔2026〕3号`; `None` for papers that carry none (现场核查表)."""
    series: Mapped[str | None]
    """The word after the agency's code in the number, such as `函`; with `year` and `serial`, its place in
    the register. All three are `None` for papers that carry no number."""
    year: Mapped[int | None]
    serial: Mapped[int | None]
    status: Mapped[str] = mapped_column(default="typeset")
    """`typeset` (waits for its seal), `issued`, `corrected` (更正), `revoked` (撤销), `superseded`."""
    status_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When it was corrected, revoked or superseded."""
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("document.id"))
    """The document that a 更正通知 corrects, or whose delivery a 送达回证 proves."""
    issued_on: Mapped[date]
    """成文日期, Beijing date."""
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sealed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    token: Mapped[str] = mapped_column(unique=True)
    """Random public token of the verification page."""
    facts: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON("document.facts"), deferred=True)
    outline: Mapped[list[list[str]]] = mapped_column(EncryptedJSON("document.outline"), deferred=True)
    """The same content as `[role, text]` pairs for the accessible page; it names contacts and signers."""
    seal_boxes: Mapped[list[dict[str, Any]]] = mapped_column(JSONDoc, default=list)
    pages: Mapped[int]
    unsigned_sha256: Mapped[str]
    sha256: Mapped[str | None]
    """Of the sealed file; it is what a holder's copy is compared with."""
    disclosure: Mapped[str | None]
    retention: Mapped[str | None]
    recipients: Mapped[list[str]] = mapped_column(JSONDoc, default=list)
    look_ups: Mapped[int] = mapped_column(default=0)
    """How often the verification page was opened."""

    case: Mapped[Case] = relationship()
    agency: Mapped[Agency] = relationship()


class DocumentDelivery(Row, InJurisdiction, Base):
    """送达: how, when and to whom a document was handed over, with its 送达回证."""

    __tablename__ = "document_delivery"
    __table_args__ = (Index("ix_document_delivery_document", "document_id", "delivered_at"),)

    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"))
    way: Mapped[str]
    """送达方式, one of `WAYS` in the service."""
    recipient: Mapped[str]
    """受送达单位."""
    receiver: Mapped[str] = mapped_column(EncryptedText("document_delivery.receiver"))
    """Who took it."""
    delivered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    remark: Mapped[str | None] = mapped_column(EncryptedText("document_delivery.remark"))
    receipt_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"))
    """The 送达回证, to be signed."""
    proof_id: Mapped[UUID | None] = mapped_column(ForeignKey("attachment.id"))
    """The signed 送达回证 as it came back."""
    recorded_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    position_title: Mapped[str]
    """Agency and position of whoever recorded it, as they were then."""

    document: Mapped[Document] = relationship(foreign_keys=[document_id])
    receipt: Mapped[Document] = relationship(foreign_keys=[receipt_id])
    recorded_by: Mapped[Person] = relationship()


class Attachment(Row, InJurisdiction, Base):
    """A file that somebody handed in. Its bytes lie encrypted in the store by hash."""

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_case", "case_id"),)

    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"))
    """`None` until the form that names it is submitted; until then only its uploader sees it."""
    uploaded_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(EncryptedText("attachment.name"))
    """As the person named the file; people's names stand in such names."""
    media_type: Mapped[str]
    size: Mapped[int]
    """Bytes."""
    sha256: Mapped[str]
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime)
