"""A market's file: what procedures found about it, for expressions, its page and the public directory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from webapp import engine
from webapp.core import clock as time
from webapp.core.clock import beijing_date, official_date
from webapp.core.money import amount_in_figures
from webapp.models.market import MarketRecord
from webapp.packs import MONEY, SERIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from webapp.models.market import Market
    from webapp.packs import Pack, RecordSpec, ShownValue


@dataclass(frozen=True, slots=True)
class RecordView:
    """One entry in words: what it is, for which period, what was found.

    One of many like it, such as a month's figures, folds away on the page.
    """

    title: str
    period: str
    values: list[tuple[str, str]]
    recorded_on: date
    valid_until: date | None
    lapsed: bool
    folds: bool
    basis: str

    @property
    def text(self) -> str:
        """The entry in one line, such as `2026 · 等次：良好 · 得分：85.50`, with its last day."""
        told = [self.period, *(f"{label}：{value}" for label, value in self.values)]
        if self.valid_until is not None:
            told.append(f"有效期至{words(self.valid_until)}" + ("，已失效" if self.lapsed else ""))
        return " · ".join(told)


def records_of(session: Session, market: Market) -> list[MarketRecord]:
    """Return the entries of a market's file that count, oldest first: of each kind and period the last."""
    rows = session.scalars(
        select(MarketRecord)
        .where(MarketRecord.market_id == market.id)
        .order_by(MarketRecord.recorded_at, MarketRecord.id)
    )
    newest: dict[tuple[str, str], MarketRecord] = {}
    for row in rows:
        newest.pop((row.kind, row.period), None)
        newest[row.kind, row.period] = row
    return list(newest.values())


def records_scope(session: Session, market: Market) -> list[dict[str, Any]]:
    """Return a market's file as expressions see it; a market without a number has none yet."""
    if market.no is None:
        return []
    return [
        {
            "kind": row.kind,
            "period": row.period,
            "recorded_on": beijing_date(row.recorded_at),
            "valid_until": row.valid_until,
            "values": engine.decode_all(row.values),
        }
        for row in records_of(session, market)
    ]


def record_views(
    pack: Pack, rows: Iterable[MarketRecord], *, public_only: bool
) -> list[tuple[MarketRecord, RecordView]]:
    """Return the entries that a reader may see, each with its words; what the pack dropped is left out."""
    specs = ((row, pack.records.get(row.kind)) for row in rows)
    return [
        (row, _view(spec, row))
        for row, spec in specs
        if spec is not None and (spec.public or not public_only)
    ]


def _view(spec: RecordSpec, row: MarketRecord) -> RecordView:
    values = engine.decode_all(row.values)
    shown = [
        (one.label, words(values[one.key], one)) for one in spec.shows if values.get(one.key) is not None
    ]
    return RecordView(
        title=spec.title,
        period=row.period,
        values=shown,
        recorded_on=beijing_date(row.recorded_at),
        valid_until=row.valid_until,
        lapsed=is_lapsed(row),
        folds=spec.board == SERIES,
        basis=str(spec.basis),
    )


def is_lapsed(row: MarketRecord) -> bool:
    """Tell whether the last day of an entry is over."""
    return row.valid_until is not None and row.valid_until < beijing_date(time.now())


def words(value: Any, shown: ShownValue | None = None) -> str:
    """Write a value of an entry for people, an amount of money as the pack says that it is one."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal | int):
        number = Decimal(value)
        return amount_in_figures(number) if shown and shown.format == MONEY else f"{number:,f}"
    if isinstance(value, date):
        return official_date(value)
    if isinstance(value, list):
        return "、".join(words(one, shown) for one in value)
    return str(value)
