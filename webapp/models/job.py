"""Background work as rows: enqueued with the change that calls for it, or not at all."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, Row
from webapp.models.types import JSONDoc

_READY = text("state = 'ready'")


class Job(Row, Base):
    """One piece of work. It is deleted when done; what failed for good stays as a dead letter."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("state IN ('ready', 'dead')", name="state"),
        Index("ix_job_due", "run_at", sqlite_where=_READY, postgresql_where=_READY),
    )

    jurisdiction_id: Mapped[UUID | None] = mapped_column(ForeignKey("jurisdiction.id"))
    """Whose work it is; `None` for housekeeping of the whole system."""
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONDoc, default=dict)
    """Ids and plain figures, never personal data."""
    run_at: Mapped[datetime]
    dedup: Mapped[str | None] = mapped_column(unique=True)
    """At most one job, waiting or dead, has the same key."""
    state: Mapped[str] = mapped_column(default="ready")
    attempts: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int] = mapped_column(default=8)
    error: Mapped[str | None]
    """Kind of the last error and, if it is a sentence for people, that sentence."""
    failed_at: Mapped[datetime | None]
    lease_owner: Mapped[str | None]
    """Fencing token of the worker that has it; a worker whose token is gone has lost the job."""
    lease_until: Mapped[datetime | None]
    progress: Mapped[dict[str, Any]] = mapped_column(JSONDoc, default=dict)
    """How far a leased job got, so that the next worker goes on from there."""


class WorkerBeat(Base):
    """That background work is alive: one row per worker."""

    __tablename__ = "worker_beat"

    name: Mapped[str] = mapped_column(primary_key=True)
    """Host and process."""
    started_at: Mapped[datetime]
    last_sweep_at: Mapped[datetime]
    jobs_done: Mapped[int] = mapped_column(default=0)
