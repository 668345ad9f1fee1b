"""Clocks: legal time limits and the pauses that are counted out of them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Base, InJurisdiction, Row
from webapp.models.types import UTCDateTime
from webapp.models.work_item import WorkItem

_OF_STEP = text("work_item_id IS NOT NULL")

_ESCALATED = text("kind = 'escalated'")


class Clock(Row, InJurisdiction, Base):
    """时限 of a case or of one work item. `due_at` is computed from the calendar and never typed in."""

    __tablename__ = "clock"
    __table_args__ = (
        Index("ix_clock_case", "case_id", "work_item_id", "due_at", "id"),
        Index(
            "ix_clock_work_item",
            "work_item_id",
            "due_at",
            "id",
            sqlite_where=_OF_STEP,
            postgresql_where=_OF_STEP,
        ),
        Index("ix_clock_next_act", "next_act_at"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    work_item_id: Mapped[UUID | None] = mapped_column(ForeignKey("work_item.id"))
    """`None` for the clock of the whole case."""
    name: Mapped[str]
    amount: Mapped[int]
    unit: Mapped[str]
    """`workday`, `day` or `hour`."""
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    warn_before: Mapped[int] = mapped_column(default=0, server_default="0")
    """Units before the end at which those concerned are warned; 0 for no warning."""
    next_act_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the next act falls due; `None` while the clock stands still or when all are done."""
    calendar_number: Mapped[int | None]
    """Number of the calendar version that `due_at` was computed by."""

    work_item: Mapped[WorkItem | None] = relationship()

    @property
    def open_pauses(self) -> list[ClockPause]:
        """Pauses that have not ended; the clock goes on when there is none."""
        return [pause for pause in self.pauses if pause.resumed_at is None]

    @property
    def stands_still(self) -> bool:
        """Whether it is paused; a clock that has stopped is not."""
        return self.stopped_at is None and bool(self.open_pauses)

    acts: Mapped[list[ClockAct]] = relationship(back_populates="clock", order_by="ClockAct.done_at")
    pauses: Mapped[list[ClockPause]] = relationship(back_populates="clock", order_by="ClockPause.paused_at")


class ClockPause(Row, Base):
    """A stretch in which a clock stands still, with its reason. Rows are only ever added and closed.

    Several may be open at once; the clock goes on when the last one ends.
    """

    __tablename__ = "clock_pause"

    clock_id: Mapped[UUID] = mapped_column(ForeignKey("clock.id"), index=True)
    reason: Mapped[str]
    paused_at: Mapped[datetime] = mapped_column(UTCDateTime)
    resumed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("document.id"))

    clock: Mapped[Clock] = relationship(back_populates="pauses")


class ClockAct(Row, Base):
    """What was done because time passed: each kind once for a clock, whatever happens to its due date."""

    __tablename__ = "clock_act"
    __table_args__ = (
        UniqueConstraint("clock_id", "kind"),
        Index("ix_clock_act_escalated", "clock_id", sqlite_where=_ESCALATED, postgresql_where=_ESCALATED),
    )

    clock_id: Mapped[UUID] = mapped_column(ForeignKey("clock.id"))
    kind: Mapped[str]
    """`warning`, `due`, `overdue`, or `escalated` when it came on the leaders' list."""
    done_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    """The due instant as it was then."""

    clock: Mapped[Clock] = relationship(back_populates="acts")
