"""What an administrator sees of the machinery: incidents, timers, awaited messages, migrations of cases."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.account import Person
from webapp.models.base import Base, InJurisdiction, Row
from webapp.models.case import Case
from webapp.models.release import ProcessVersion
from webapp.models.types import EncryptedText, JSONDoc


class Incident(Row, InJurisdiction, Base):
    """事件: an automatic step that failed. Its token waits there until somebody retries or skips it."""

    __tablename__ = "incident"
    __table_args__ = (
        Index("ix_incident_open", "jurisdiction_id", "status", "happened_at"),
        Index("ix_incident_case", "case_id", "status"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    task_id: Mapped[str]
    """The engine's own id of the waiting task."""
    element_id: Mapped[str]
    name: Mapped[str]
    operator: Mapped[str]
    """What failed: the operator of a service task, `timer` or `message`."""
    message: Mapped[str]
    """A sentence for people, without personal data."""
    happened_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(default="open")
    """`open`, `retried` (it went through) or `skipped`."""
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(EncryptedText("incident.reason"), default="")
    """Why it was skipped."""

    case: Mapped[Case] = relationship()
    resolved_by: Mapped[Person | None] = relationship()


class Timer(Row, InJurisdiction, Base):
    """A timer of a flow that is armed. The row is removed when it fires or its token leaves."""

    __tablename__ = "timer"
    __table_args__ = (UniqueConstraint("case_id", "task_id"), Index("ix_timer_due", "due_at"))

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    task_id: Mapped[str]
    element_id: Mapped[str]
    attached_to: Mapped[str] = mapped_column(default="")
    interrupting: Mapped[bool] = mapped_column(default=False)
    armed_at: Mapped[datetime]
    due_at: Mapped[datetime]

    case: Mapped[Case] = relationship()


class AwaitedMessage(Row, InJurisdiction, Base):
    """A message that a case waits for. The row is removed when it arrives or its token leaves."""

    __tablename__ = "awaited_message"
    __table_args__ = (
        UniqueConstraint("case_id", "task_id"),
        Index("ix_awaited_message_name", "jurisdiction_id", "name"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    task_id: Mapped[str]
    element_id: Mapped[str]
    name: Mapped[str]
    attached_to: Mapped[str] = mapped_column(default="")

    case: Mapped[Case] = relationship()


class Migration(Row, InJurisdiction, Base):
    """One move of running cases to another version of their process: planned, run, perhaps undone."""

    __tablename__ = "migration"

    from_version_id: Mapped[UUID] = mapped_column(ForeignKey("process_version.id"))
    to_version_id: Mapped[UUID] = mapped_column(ForeignKey("process_version.id"))
    mapping: Mapped[dict[str, str]] = mapped_column(JSONDoc, default=dict)
    """Element of the old version to element of the new one, where they differ."""
    status: Mapped[str] = mapped_column(default="planned")
    """`planned`, `running`, `finished`, `undoing` or `undone`."""
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    finished_at: Mapped[datetime | None]

    from_version: Mapped[ProcessVersion] = relationship(foreign_keys=[from_version_id])
    to_version: Mapped[ProcessVersion] = relationship(foreign_keys=[to_version_id])
    made_by: Mapped[Person] = relationship()
    cases: Mapped[list[MigratedCase]] = relationship(back_populates="migration")


class MigratedCase(Row, Base):
    """One case of a migration: what the check said, what it was before, how it went."""

    __tablename__ = "migrated_case"
    __table_args__ = (UniqueConstraint("migration_id", "case_id"),)

    migration_id: Mapped[UUID] = mapped_column(ForeignKey("migration.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    verdict: Mapped[str]
    """`safe`, `mapping` or `blocked`."""
    reasons: Mapped[list[str]] = mapped_column(JSONDoc, default=list)
    status: Mapped[str] = mapped_column(default="waiting")
    """`waiting`, `moved`, `left` (not safe, or moved on meanwhile), `failed` or `undone`."""
    message: Mapped[str] = mapped_column(default="")
    before: Mapped[dict[str, Any]] = mapped_column(JSONDoc, default=dict)
    """What the rows held before: version and, by work item, element, name, form and properties."""
    state_before: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    revision_after: Mapped[int | None]
    """The case's revision right after it was moved; an undo is refused when it has moved on."""

    migration: Mapped[Migration] = relationship(back_populates="cases")
    case: Mapped[Case] = relationship()
