"""Markets and those who run them: the long-lived subjects that cases are about."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.account import Agency
from webapp.models.base import Base, InJurisdiction, Row
from webapp.models.types import JSONDoc, UTCDateTime


class Operator(Row, InJurisdiction, Base):
    """运营机构: an enterprise or social organisation that runs markets; outside government."""

    __tablename__ = "operator"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "uscc"),)

    name: Mapped[str]
    uscc: Mapped[str]
    """统一社会信用代码, 18 characters, upper case. Not personal data."""
    kind: Mapped[str]
    licence_no: Mapped[str | None]


class Market(Row, InJurisdiction, Base):
    """零工市场或零工驿站. It exists as *proposed* before it is recognised (Policy: TZ-3.1, TZ-3.2)."""

    __tablename__ = "market"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "no"),
        Index("ix_market_directory", "jurisdiction_id", "status", "name"),
    )

    no: Mapped[str | None]
    """Given at recognition, printed on the reply; `None` while proposed."""
    name: Mapped[str]
    """Official name `通州区XX零工市场` or `通州区XX零工驿站` (Policy: TZ-3.1)."""
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(default="proposed")
    """`proposed`, `recognised`, `refused`, `dropped`, or `left` once it was taken out of the directory."""
    township_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    operator_id: Mapped[UUID | None] = mapped_column(ForeignKey("operator.id"))
    address: Mapped[str | None]
    lng: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    lat: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    area_m2: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    opening_hours: Mapped[str | None]
    public_phone: Mapped[str | None]
    """The market's published number, never a person's own."""
    services: Mapped[list[str]] = mapped_column(JSONDoc, default=list)
    recognised_on: Mapped[date | None]
    trial_from: Mapped[date | None]
    trial_until: Mapped[date | None]
    closed_from: Mapped[date | None]
    """First Beijing day of 暂停营业; `None` while it is open as usual."""
    closed_until: Mapped[date | None]
    """Last day of 暂停营业 as announced; `None` if it stays closed until it is reopened."""
    left_on: Mapped[date | None]
    """Beijing day on which it was taken out of the directory (Policy: TZ-3.4)."""
    left_way: Mapped[str | None]
    """How that came about, in words, such as `责令退出`."""
    is_demo: Mapped[bool] = mapped_column(default=False)

    township: Mapped[Agency] = relationship()
    operator: Mapped[Operator | None] = relationship()


class MarketChange(Row, InJurisdiction, Base):
    """One field of the register that a decision changed: what it said before and since (Policy: TZ-3.2)."""

    __tablename__ = "market_change"
    __table_args__ = (Index("ix_market_change_market", "market_id", "changed_at"),)

    market_id: Mapped[UUID] = mapped_column(ForeignKey("market.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    field: Mapped[str]
    """Name of the column of the register, such as `opening_hours`."""
    before: Mapped[Any] = mapped_column(JSONDoc, nullable=True)
    after: Mapped[Any] = mapped_column(JSONDoc, nullable=True)


class MarketRecord(Row, InJurisdiction, Base):
    """One entry of a market's file: what a procedure found about it for a period, such as a year's grade.

    A later entry of the same kind and period takes the place of an earlier one; both are kept.
    """

    __tablename__ = "market_record"
    __table_args__ = (
        Index("ix_market_record_market", "market_id", "kind", "period"),
        Index("ix_market_record_newest", "jurisdiction_id", "kind", "recorded_at"),
    )

    market_id: Mapped[UUID] = mapped_column(ForeignKey("market.id"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"))
    """The case that found it; `None` if another system reported it."""
    kind: Mapped[str]
    """Key of a kind of record of the pack, such as `assessment`."""
    period: Mapped[str]
    """What it is about, such as `2026` or `2026-10`."""
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    valid_until: Mapped[date | None]
    """Last Beijing day on which it counts; `None` if it does not lapse."""
    values: Mapped[dict[str, Any]] = mapped_column(JSONDoc)
    """What was found, by name; typed values in the engine's writing. Never personal data."""


class YearlyRound(Row, InJurisdiction, Base):
    """A procedure that opened by itself for every market in a year; one row, so that it opens once."""

    __tablename__ = "yearly_round"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "process_key", "year"),)

    process_key: Mapped[str]
    year: Mapped[int]
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    started: Mapped[int]
    """How many cases were started."""
    left_out: Mapped[list[str]] = mapped_column(JSONDoc)
    """Why a market was left out, one sentence without its full stop each."""

    def told(self, title: str) -> str:
        """Return the outcome in words, for a procedure of this title."""
        done = f"{self.year}年“{title}”已自动发起，共{self.started}件。"
        if not self.left_out:
            return done
        return f"{done}{len(self.left_out)}个市场（驿站）没有发起：{'；'.join(self.left_out)}。"
