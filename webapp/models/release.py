"""Releases: what of a pack is in force, and the processes that it holds."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core import clock
from webapp.models.account import Person
from webapp.models.base import Base, InJurisdiction, Row
from webapp.models.types import JSONDoc, UTCDateTime


class Release(Row, InJurisdiction, Base):
    """One immutable snapshot of a whole pack: flows, rules, forms, templates and clauses together.

    A case stays on the release that it was started under, so that what an officer decided in June can be
    shown in three years with the form, the rule and the wording of June.
    """

    __tablename__ = "release"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "pack_key", "content_hash"),)

    pack_key: Mapped[str]
    pack_version: Mapped[str]
    content_hash: Mapped[str]
    """SHA-256 over the sorted file names and contents."""
    files: Mapped[dict[str, str]] = mapped_column(JSONDoc, deferred=True)
    """Path inside the pack (`workflows/tongzhou/recognition.bpmn`) to its text."""
    activated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    planned_for: Mapped[date | None]
    """Beijing date on which it is to be put in force; `None` once it was, or if that was never planned."""
    effective_until: Mapped[date | None]
    """Last Beijing date on which cases start under it; `None`: without an end."""
    note: Mapped[str] = mapped_column(default="")
    """发布说明: what changed and why."""
    approved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """Who released it; `None` if it came by a command."""

    approved_by: Mapped[Person | None] = relationship()
    processes: Mapped[list[ProcessVersion]] = relationship(back_populates="release")


class ProcessVersion(Row, InJurisdiction, Base):
    """One process of a release. Its version counts up only when the process's own sources changed.

    Releases that changed forms, templates or other processes alone carry the same version of it.
    """

    __tablename__ = "process_version"
    __table_args__ = (
        UniqueConstraint("release_id", "process_key"),
        Index("ix_process_version_current", "jurisdiction_id", "process_key", "is_current"),
    )

    release_id: Mapped[UUID] = mapped_column(ForeignKey("release.id"))
    process_key: Mapped[str]
    version: Mapped[int]
    title: Mapped[str]
    content_hash: Mapped[str]
    """Hash of the process's own sources: its file, the processes it calls and the rules it names."""
    is_current: Mapped[bool] = mapped_column(default=False)

    release: Mapped[Release] = relationship(back_populates="processes")


class SettingValue(Row, InJurisdiction, Base):
    """A choice that the office made for one setting of its pack; without a row the pack's default holds."""

    __tablename__ = "setting_value"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "key"),)

    key: Mapped[str]
    value: Mapped[str | int | bool] = mapped_column(JSONDoc)
    changed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now, onupdate=clock.now)

    changed_by: Mapped[Person | None] = relationship()
