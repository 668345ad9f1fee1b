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
from webapp.models.types import EncryptedJSON, EncryptedText, JSONDoc, UTCDateTime


class WorkItem(Row, InJurisdiction, Base):
    """待办: one engine task that waits for people."""

    __tablename__ = "work_item"
    __table_args__ = (
        UniqueConstraint("case_id", "task_id"),
        Index("ix_work_item_inbox", "position_id", "status", "opened_at"),
        Index("ix_work_item_case", "case_id", "opened_at"),
        Index("ix_work_item_arrived", "position_id", "opened_at"),
        Index("ix_work_item_done", "done_by_id", "done_at"),
        Index("ix_work_item_occurrence", "case_id", "element_id", "id", "status"),
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
    """`open`, `done`, `presumed` (the system answered for one who was late), `carried` (the earlier answer
    stands after a return, since it read nothing that changed), `returned` (sent back from here),
    `taken_back` or `cancelled`."""
    signers_needed: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    done_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    done_for_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """Whom the person stood in for (乙 代 甲)."""
    carried_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("work_item.id"))
    """The earlier occurrence whose answer stands."""
    settled_at_revision: Mapped[int | None]
    """The case's revision right after this step was completed, by which 拿回 knows what followed."""
    properties: Mapped[dict[str, str]] = mapped_column(JSONDoc, default=dict)
    """The step's properties as the release had them: basis, phase, result keys, overdue rule.

    For this one occurrence there are besides: `item` and `number` of a step that runs once per item, the
    `rule` of a vote that colleagues called, and, once it is done, what its completion brought about:
    `opened` (engine ids of the tasks) and `performed` (operators), by which 拿回 knows what followed.
    """
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
    done_for: Mapped[Person | None] = relationship(foreign_keys=[done_for_id])
    signings: Mapped[list[Signing]] = relationship(back_populates="work_item", order_by="Signing.id")


class Signing(Row, Base):
    """签署: one person's part in a work item, asked for or already given.

    A signature holds for exactly the content that it names. A row without `signed_at` is a seat that waits.
    """

    __tablename__ = "signing"
    __table_args__ = (
        Index("ix_signing_work_item", "work_item_id"),
        Index("ix_signing_waiting", "person_id", "signed_at"),
    )

    work_item_id: Mapped[UUID] = mapped_column(ForeignKey("work_item.id"))
    role: Mapped[str] = mapped_column(default="sign", server_default="sign")
    """`sign` (whoever does the step), `before` and `after` (加签), `vote` (会签) or `delegate` (委派)."""
    place: Mapped[int] = mapped_column(default=0, server_default="0")
    """Order among the seats of one role; equal places sign side by side."""
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    position_id: Mapped[UUID] = mapped_column(ForeignKey("position.id"))
    for_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """Whom the signer stood in for (乙 代 甲)."""
    asked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    note: Mapped[str | None] = mapped_column(EncryptedText("signing.note"))
    """What the signer was asked."""
    signed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    agrees: Mapped[bool | None]
    opinion: Mapped[str | None] = mapped_column(EncryptedText("signing.opinion"))
    content_digest: Mapped[str | None]
    """Keyed digest of the form data that was signed."""
    declares_no_conflict: Mapped[bool] = mapped_column(default=False)
    """回避声明: the signer has no interest that calls for withdrawing."""
    voided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    work_item: Mapped[WorkItem] = relationship(back_populates="signings")
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    for_person: Mapped[Person | None] = relationship(foreign_keys=[for_person_id])
    asked_by: Mapped[Person | None] = relationship(foreign_keys=[asked_by_id])
    position: Mapped[Position] = relationship()

    @property
    def holds(self) -> bool:
        """Whether it is given and still stands."""
        return self.signed_at is not None and self.voided_at is None

    @property
    def waits(self) -> bool:
        """Whether it is asked for and not yet given."""
        return self.signed_at is None and self.voided_at is None


class Submission(Row, InJurisdiction, Base):
    """表单数据: what was entered in one work item. Never overwritten; the newest of a form is its fact."""

    __tablename__ = "submission"
    __table_args__ = (
        Index("ix_submission_case", "case_id", "form_key", "submitted_at"),
        Index("ix_submission_work_item", "work_item_id", "submitted_at", "id"),
    )

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

    for_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """Whom the person stood in for (乙 代 甲)."""

    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    for_person: Mapped[Person | None] = relationship(foreign_keys=[for_person_id])
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
