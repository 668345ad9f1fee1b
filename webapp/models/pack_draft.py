"""Drafts of packs: what administrators change before it is released, file by file, with its history."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.account import Person
from webapp.models.base import Base, InJurisdiction, Row
from webapp.models.release import Release


class PackDraft(Row, InJurisdiction, Base):
    """A pack on its way: a mapping of path to text that may change until somebody submits it.

    It belongs to the jurisdiction whose people edit it. The pack in it may be that of a jurisdiction which
    is not set up yet; releasing it sets that jurisdiction up.
    """

    __tablename__ = "pack_draft"
    __table_args__ = (Index("ix_pack_draft_list", "jurisdiction_id", "status", "updated_at"),)

    pack_key: Mapped[str]
    title: Mapped[str]
    base_release_id: Mapped[UUID | None] = mapped_column(ForeignKey("release.id"))
    """The release that it began as, with which it is compared; `None` if it began as a file or a skeleton."""
    revision: Mapped[int] = mapped_column(default=0)
    """Counts every change of any file."""
    status: Mapped[str] = mapped_column(default="editing")
    """`editing`, `submitted`, `released` or `abandoned`."""
    note: Mapped[str] = mapped_column(default="")
    """发布说明: what changed and why, for the one who approves it and for later."""
    effective_from: Mapped[date | None]
    """Beijing date from which cases start under it; `None`: from its approval on."""
    effective_until: Mapped[date | None]
    """Last Beijing date on which cases start under it; `None`: without an end."""
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    updated_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    updated_at: Mapped[datetime]
    submitted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[datetime | None]
    returned_note: Mapped[str] = mapped_column(default="")
    """Why it was given back instead of approved; empty if it was not."""
    release_id: Mapped[UUID | None] = mapped_column(ForeignKey("release.id"))
    """What it became."""

    made_by: Mapped[Person] = relationship(foreign_keys=[made_by_id])
    updated_by: Mapped[Person] = relationship(foreign_keys=[updated_by_id])
    submitted_by: Mapped[Person | None] = relationship(foreign_keys=[submitted_by_id])
    base_release: Mapped[Release | None] = relationship(foreign_keys=[base_release_id])


class DraftFile(Row, Base):
    """One file of a draft as it is now. A row of its own, so that saving it writes nothing else."""

    __tablename__ = "draft_file"
    __table_args__ = (UniqueConstraint("draft_id", "path"),)

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("pack_draft.id"))
    path: Mapped[str]
    """Path below the project, as `Pack.files` names it: `workflows/tongzhou/recognition.dmn`."""
    text: Mapped[str] = mapped_column(deferred=True)
    size: Mapped[int]
    """Bytes in UTF-8."""
    revision: Mapped[int]
    """The draft's revision that changed it last; 0 as it came."""


class DraftRevision(Row, Base):
    """One change of one file of a draft. What a person saves in one go becomes one of these."""

    __tablename__ = "draft_revision"
    __table_args__ = (
        UniqueConstraint("draft_id", "number"),
        Index("ix_draft_revision_path", "draft_id", "path", "number"),
    )

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("pack_draft.id"))
    number: Mapped[int]
    path: Mapped[str]
    before: Mapped[str | None] = mapped_column(deferred=True)
    """The text until then; `None` if there was no such file."""
    after: Mapped[str | None] = mapped_column(deferred=True)
    """The text since; `None` if the file was removed."""
    note: Mapped[str] = mapped_column(default="")
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    person: Mapped[Person] = relationship()


class DraftLock(Row, Base):
    """Somebody has a file of a draft open. It is polite: others are told, and may take over."""

    __tablename__ = "draft_lock"
    __table_args__ = (UniqueConstraint("draft_id", "path"),)

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("pack_draft.id"))
    path: Mapped[str]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    until: Mapped[datetime]

    person: Mapped[Person] = relationship()
