"""Cases: one run of one process about one market."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.account import Agency
from webapp.models.base import Base, InJurisdiction, Row
from webapp.models.market import Market
from webapp.models.release import ProcessVersion
from webapp.models.types import EncryptedText, JSONDoc, UTCDateTime


class Case(Row, InJurisdiction, Base):
    """办件. The row is locked first, always, by whoever moves it; `revision` counts every move."""

    __tablename__ = "case"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "no"),
        Index("ix_case_list", "jurisdiction_id", "status", "started_at"),
        Index("ix_case_market", "market_id", "started_at"),
        Index("ix_case_starter", "started_by_id", "started_at"),
    )

    no: Mapped[str]
    """`TZ-RD-2026-0001`: jurisdiction, procedure, year, number."""
    process_version_id: Mapped[UUID] = mapped_column(ForeignKey("process_version.id"))
    process_key: Mapped[str]
    title: Mapped[str]
    kind: Mapped[str | None]
    """What sort of market it is about, once that is known."""
    status: Mapped[str] = mapped_column(default="running")
    """`running`, `suspended`, `finished`, `withdrawn`, `terminated`."""
    outcome: Mapped[str | None]
    """`approved` or `refused` once it is decided."""
    outcome_label: Mapped[str | None]
    """How its own procedure calls that outcome, such as `准予变更`; `None` where lists have a word for it."""
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    market_id: Mapped[UUID | None] = mapped_column(ForeignKey("market.id"))
    origin_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"))
    """The case that opened this one; `None` if somebody started it."""
    started_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """`None` if the public began it on a public page, or the system by itself."""
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the filing left the applicant."""
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    hold_reason: Mapped[str | None] = mapped_column(EncryptedText("case.hold_reason"))
    """Why it is suspended, or was terminated."""
    corrections: Mapped[int] = mapped_column(default=0)
    """How many correction notices were sent; the office's rule allows one."""
    archived_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    retention: Mapped[str | None]
    """保管期限, such as `30年`."""
    disclosure: Mapped[str | None]
    """公开属性, such as `主动公开`."""
    revision: Mapped[int] = mapped_column(default=0)
    engine_state: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """The engine's own compact blob; nothing but the engine reads it."""
    trail: Mapped[list[str]] = mapped_column(JSONDoc, default=list)
    """Elements and flows passed, in order of first passing, for the diagram."""
    is_demo: Mapped[bool] = mapped_column(default=False)

    applicant: Mapped[Agency] = relationship()
    market: Mapped[Market | None] = relationship()
    origin: Mapped[Case | None] = relationship(remote_side="Case.id")
    process_version: Mapped[ProcessVersion] = relationship()


class CaseParty(Row, Base):
    """An agency that has or had a part in a case, and so may read it."""

    __tablename__ = "case_party"
    __table_args__ = (
        UniqueConstraint("case_id", "agency_id"),
        Index("ix_case_party_agency", "agency_id", "created_at"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
