"""Official documents, their registers of numbers, and the files that people hand in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.account import Agency
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
        Index("ix_document_case", "case_id", "issued_at"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    market_id: Mapped[UUID | None] = mapped_column(ForeignKey("market.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    template_key: Mapped[str]
    element_id: Mapped[str]
    title: Mapped[str]
    number: Mapped[str | None]
    """发文字号 such as `通人社函〔2026〕3号`; `None` for papers that carry none (现场核查表)."""
    status: Mapped[str] = mapped_column(default="typeset")
    """`typeset` (waits for its seal), `issued`, `revoked`, `superseded`."""
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
