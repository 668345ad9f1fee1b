"""Work items: the human steps of a case, who signed them, and what was entered in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.account import Agency, Person, Position
from webapp.models.base import Base, InJurisdiction, Row
from webapp.models.case import Case
from webapp.models.types import EncryptedJSON, JSONDoc, UTCDateTime


class WorkItem(Row, InJurisdiction, Base):
    """待办: one engine task that waits for people."""

    __tablename__ = "work_item"
    __table_args__ = (
        UniqueConstraint("case_id", "task_id"),
        Index("ix_work_item_inbox", "position_id", "status", "opened_at"),
        Index("ix_work_item_case", "case_id", "opened_at"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    task_id: Mapped[str]
    """The engine's own id of the waiting task."""
    element_id: Mapped[str]
    name: Mapped[str]
    form_key: Mapped[str]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    position_id: Mapped[UUID] = mapped_column(ForeignKey("position.id"))
    claimed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    claimed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    status: Mapped[str] = mapped_column(default="open")
    """`open`, `done`, `presumed` (the system answered for one who was late) or `cancelled`."""
    signers_needed: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    done_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    properties: Mapped[dict[str, str]] = mapped_column(JSONDoc, default=dict)
    """The step's properties as the release had them: basis, phase, result keys, overdue rule."""
    marks: Mapped[list[dict[str, str]]] = mapped_column(JSONDoc, default=list)
    """Fields to be corrected: `path`, `label`, `what`, `how`. Only they may be edited when there are any."""
    awaiting: Mapped[dict[str, Any] | None] = mapped_column(
        EncryptedJSON("work_item.awaiting"), deferred=True
    )
    """What one person signed and the others have yet to sign."""
    revision: Mapped[int] = mapped_column(default=0)

    case: Mapped[Case] = relationship()
    agency: Mapped[Agency] = relationship()
    position: Mapped[Position] = relationship()
    claimed_by: Mapped[Person | None] = relationship(foreign_keys=[claimed_by_id])
    done_by: Mapped[Person | None] = relationship(foreign_keys=[done_by_id])
    signings: Mapped[list[Signing]] = relationship(back_populates="work_item", order_by="Signing.signed_at")


class Signing(Row, Base):
    """签署: one person's part in a work item. A signature holds for exactly the content that it names."""

    __tablename__ = "signing"
    __table_args__ = (Index("ix_signing_work_item", "work_item_id"),)

    work_item_id: Mapped[UUID] = mapped_column(ForeignKey("work_item.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    position_id: Mapped[UUID] = mapped_column(ForeignKey("position.id"))
    signed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    content_digest: Mapped[str]
    """Keyed digest of the form data that was signed."""
    declares_no_conflict: Mapped[bool] = mapped_column(default=False)
    """回避声明: the signer has no interest that calls for withdrawing."""
    voided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    work_item: Mapped[WorkItem] = relationship(back_populates="signings")
    person: Mapped[Person] = relationship()


class Submission(Row, InJurisdiction, Base):
    """表单数据: what was entered in one work item. Never overwritten; the newest of a form is its fact."""

    __tablename__ = "submission"
    __table_args__ = (Index("ix_submission_case", "case_id", "form_key", "submitted_at"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    work_item_id: Mapped[UUID | None] = mapped_column(ForeignKey("work_item.id"))
    form_key: Mapped[str]
    element_id: Mapped[str]
    submitted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """`None` when the system answered (逾期视为无意见)."""
    position_id: Mapped[UUID | None] = mapped_column(ForeignKey("position.id"))
    data: Mapped[dict[str, Any]] = mapped_column(JSONDoc)
    """Everything but personal fields."""
    personal: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON("submission.personal"))
    """Personal fields by path, encrypted."""

    person: Mapped[Person | None] = relationship()
    work_item: Mapped[WorkItem | None] = relationship()


class Draft(Row, Base):
    """What a person has typed so far; it saves itself and is dropped when they submit it, and only then."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("work_item_id", "person_id"),)

    work_item_id: Mapped[UUID] = mapped_column(ForeignKey("work_item.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    values: Mapped[dict[str, Any]] = mapped_column("entered", EncryptedJSON("draft.entered"))
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revision: Mapped[int] = mapped_column(default=0)
