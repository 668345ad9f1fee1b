"""A market's own board: how it stands, its figures of the last periods, what falls due (Policy: TZ-4.5)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from webapp import engine
from webapp.models.clock import Clock
from webapp.packs import LATEST, SERIES
from webapp.queries import links
from webapp.queries.bases import BasisView, basis_view
from webapp.queries.calendars import calendar_of
from webapp.queries.clock_views import ClockView, clock_view
from webapp.queries.market_records import is_lapsed, words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.case import Case
    from webapp.models.market import MarketRecord
    from webapp.packs import Pack, RecordSpec

PERIODS = 6
DEADLINES = 6


@dataclass(frozen=True, slots=True)
class Tile:
    """How a market stands in one respect, such as 年度考核: the newest entry that still counts."""

    label: str
    value: str
    period: str


@dataclass(frozen=True, slots=True)
class Series:
    """What was entered for the last periods, newest first.

    Attributes:
        title: What sort of entry.
        labels: Its figures.
        rows: Period and each figure in words, `—` where there is none.
        basis: What the entries rest on.
    """

    title: str
    labels: list[str]
    rows: list[tuple[str, list[str]]]
    basis: BasisView | None


@dataclass(frozen=True, slots=True)
class Deadline:
    """A time limit that runs in an open case of the market."""

    title: str
    no: str
    url: str
    clock: ClockView


@dataclass(frozen=True, slots=True)
class Board:
    """The board of a market; `deadlines` are those that fall due first."""

    tiles: list[Tile]
    open_cases: int
    series: list[Series]
    deadlines: list[Deadline]


def board_of(session: Session, pack: Pack, records: Sequence[MarketRecord], cases: Sequence[Case]) -> Board:
    """Return the board of a market.

    Args:
        session: Database session.
        pack: The pack in force; it says which entries stand on the board.
        records: The market's file, oldest first.
        cases: Its cases that the reader may see.
    """
    counting = [row for row in records if not is_lapsed(row)]
    specs = pack.records.values()
    tiles = [_tile(spec, counting) for spec in specs if spec.board == LATEST]
    series = [_series(pack, spec, counting) for spec in specs if spec.board == SERIES]
    running = [case for case in cases if case.status in {"running", "suspended"}]
    return Board(
        tiles=tiles,
        open_cases=len(running),
        series=[one for one in series if one.rows],
        deadlines=_deadlines(session, running),
    )


def _tile(spec: RecordSpec, records: Sequence[MarketRecord]) -> Tile:
    first = spec.shows[0]
    newest = next((row for row in reversed(records) if row.kind == spec.key), None)
    value = engine.decode_all(newest.values).get(first.key) if newest else None
    return Tile(spec.title, words(value, first), newest.period if newest else "")


def _series(pack: Pack, spec: RecordSpec, records: Sequence[MarketRecord]) -> Series:
    rows = sorted((row for row in records if row.kind == spec.key), key=lambda row: row.period, reverse=True)
    values = [(row.period, engine.decode_all(row.values)) for row in rows[:PERIODS]]
    figures = {key for _, of in values for key, value in of.items() if _is_figure(value)}
    shown = [one for one in spec.shows if one.key in figures]
    told = [(period, [words(of.get(one.key), one) for one in shown]) for period, of in values]
    return Series(spec.title, [one.label for one in shown], told, basis_view(pack, str(spec.basis)))


def _is_figure(value: object) -> bool:
    return isinstance(value, Decimal | int) and not isinstance(value, bool)


def _deadlines(session: Session, running: Sequence[Case]) -> list[Deadline]:
    by_id: dict[UUID, Case] = {case.id: case for case in running}
    clocks = session.scalars(
        select(Clock)
        .where(Clock.case_id.in_(by_id), Clock.stopped_at.is_(None))
        .options(selectinload(Clock.pauses), joinedload(Clock.work_item))
        .order_by(Clock.due_at, Clock.id)
        .limit(DEADLINES)
    )
    return [_deadline(session, by_id[clock.case_id], clock) for clock in clocks]


def _deadline(session: Session, case: Case, clock: Clock) -> Deadline:
    step = f"：{clock.work_item.name}" if clock.work_item else "：整件"
    title = f"{case.process_version.title}{step}"
    return Deadline(title, case.no, links.case(case.no), clock_view(clock, calendar_of(session, case)))
