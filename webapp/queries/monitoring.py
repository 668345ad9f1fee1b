"""数据监测: what the markets of a district reported, month by month, and who still owes a report."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp import engine
from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.models.case import Case
from webapp.models.market import Market, MarketRecord
from webapp.models.work_item import Submission
from webapp.queries.bases import BasisView, basis_view
from webapp.queries.settings import pack_in_force, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

KIND = "data_report"
"""Kind of record, and key of the procedure, that a pack reports its figures with."""
FORM = "data_filing"
"""Form in which it does."""
DAY_OF_MONTH = "report_day"
"""Setting: up to which day of the next month a month is to be reported."""
MONTHS = 12
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Sums:
    """What was reported for a month, over all markets: times that something happened, not different people.

    Attributes:
        period: The month, such as `2026-10`.
        reports: Number of markets that reported.
        posts: Posts offered.
        seekers: People who came to look for work.
        matched: Times that somebody took up work.
        ratio: Posts for each who looks for work, two decimals; `None` if nobody did.
    """

    period: str
    reports: int
    posts: int
    seekers: int
    matched: int
    ratio: Decimal | None


@dataclass(frozen=True, slots=True)
class MarketLine:
    """One market in a month.

    Attributes:
        name: Its name.
        township: Short name of its township.
        no: Its number.
        last: Last month of which a report was accepted; empty if there is none.
        values: What was reported for the month; `None` if nothing was.
        state: How it stands: `已采用`, `待核对`, `逾期未报`, `待报送` or `不用报送`.
        tone: Tone of that word.
        is_demo: Whether it is a demonstration.
    """

    name: str
    township: str
    no: str
    last: str
    values: Mapping[str, Any] | None
    state: str
    tone: str
    is_demo: bool


@dataclass(frozen=True, slots=True)
class Wage:
    """What a trade was paid in a month: the lowest and the highest of the markets' averages, in yuan."""

    trade: str
    markets: int
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Monitoring:
    """The page of one month.

    Attributes:
        period: The month.
        due_on: Beijing day up to which it is to be reported.
        is_over: Whether that day is over.
        sums: Its sums.
        months: The sums of the last months, newest first.
        late: Markets that owe the month.
        lines: Every market of the register.
        wages: Wages by trade.
        basis: What monitoring rests on.
    """

    period: str
    due_on: date
    is_over: bool
    sums: Sums
    months: list[Sums]
    late: list[MarketLine]
    lines: list[MarketLine]
    wages: list[Wage]
    basis: BasisView | None


def monitoring(session: Session, actor: Actor, wanted: str) -> Monitoring:
    """Return what was reported for a month; for anything but one of the last twelve, for the last one.

    Policy: TZ-4.5
    """
    today = beijing_date(time.now())
    periods = months_before(today)
    period = wanted if wanted in periods else periods[0]
    pack = pack_in_force(session, actor.jurisdiction_id)
    day = settings_of(session, actor.jurisdiction_id, pack).get(DAY_OF_MONTH, 1)
    due_on = _first_after(period) + timedelta(days=int(day) - 1)
    markets = _markets(session, actor.jurisdiction_id)
    reports = _reports(session, actor.jurisdiction_id)
    sent = _sent(session, actor.jurisdiction_id, period)
    is_over = today > due_on
    lines = [
        _line(market, reports[market.id], period, is_over=is_over, sent=market.id in sent)
        for market in markets
    ]
    known = [reports[market.id] for market in markets]
    spec = pack.records.get(KIND)
    return Monitoring(
        period=period,
        due_on=due_on,
        is_over=is_over,
        sums=_sums(period, known),
        months=[_sums(each, known) for each in periods],
        late=[line for line in lines if line.state == "逾期未报"],
        lines=lines,
        wages=_wages(period, known),
        basis=basis_view(pack, str(spec.basis)) if spec else None,
    )


def months_before(day: date) -> list[str]:
    """Return the twelve months before the month of a day, newest first, as `2026-10`."""
    counted = day.year * 12 + day.month - 1
    return [f"{(counted - back) // 12}-{(counted - back) % 12 + 1:02d}" for back in range(1, MONTHS + 1)]


def _first_after(period: str) -> date:
    """Return the first day after a month."""
    year, month = (int(part) for part in period.split("-"))
    return date(year + month // 12, month % 12 + 1, 1)


def _markets(session: Session, jurisdiction_id: UUID) -> list[Market]:
    query = (
        select(Market)
        .where(Market.jurisdiction_id == jurisdiction_id, Market.status == "recognised")
        .options(joinedload(Market.township))
        .order_by(Market.name, Market.id)
    )
    return list(session.scalars(query))


def _reports(session: Session, jurisdiction_id: UUID) -> dict[UUID, dict[str, dict[str, Any]]]:
    """Return what counts of the reports, by market and month: a later one takes the place of an earlier."""
    rows = session.scalars(
        select(MarketRecord)
        .where(MarketRecord.jurisdiction_id == jurisdiction_id, MarketRecord.kind == KIND)
        .order_by(MarketRecord.recorded_at, MarketRecord.id)
    )
    found: dict[UUID, dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in rows:
        found[row.market_id][row.period] = engine.decode_all(row.values)
    return found


def _sent(session: Session, jurisdiction_id: UUID, period: str) -> set[UUID | None]:
    """Return the markets whose report for a month lies at the bureau."""
    rows = session.execute(
        select(Case.id, Case.market_id, Submission.data)
        .join(Submission, Submission.case_id == Case.id)
        .where(
            Case.jurisdiction_id == jurisdiction_id,
            Case.process_key == KIND,
            Case.status.in_(("running", "suspended")),
            Case.submitted_at.is_not(None),
            Submission.form_key == FORM,
        )
        .order_by(Submission.submitted_at, Submission.id)
    )
    newest = {case_id: (market_id, data.get("report_period")) for case_id, market_id, data in rows}
    return {market_id for market_id, said in newest.values() if said == period}


def _line(
    market: Market, reports: Mapping[str, dict[str, Any]], period: str, *, is_over: bool, sent: bool
) -> MarketLine:
    values = reports.get(period)
    state, tone = _state(market, period, reported=values is not None, is_over=is_over, sent=sent)
    return MarketLine(
        name=market.name,
        township=market.township.short,
        no=market.no or "",
        last=max(reports, default=""),
        values=values,
        state=state,
        tone=tone,
        is_demo=market.is_demo,
    )


def _state(market: Market, period: str, *, reported: bool, is_over: bool, sent: bool) -> tuple[str, str]:
    if reported:
        return "已采用", "ok"
    if sent:
        return "待核对", "info"
    if not _owes(market, period):
        return "不用报送", "neutral"
    return ("逾期未报", "bad") if is_over else ("待报送", "warn")


def _owes(market: Market, period: str) -> bool:
    """Tell whether a market was in the register and open on at least one day of a month."""
    after = _first_after(period)
    first = date.fromisoformat(f"{period}-01")
    if market.recognised_on is None or market.recognised_on >= after:
        return False
    shut_before = market.closed_from is not None and market.closed_from <= first
    return not (shut_before and (market.closed_until is None or market.closed_until >= after - timedelta(1)))


def _sums(period: str, known: Iterable[Mapping[str, dict[str, Any]]]) -> Sums:
    rows = [reports[period] for reports in known if period in reports]
    posts, seekers, matched = (
        sum(int(row.get(key) or 0) for row in rows) for key in ("posts", "seekers", "matched")
    )
    ratio = (Decimal(posts) / seekers).quantize(_CENT, ROUND_HALF_UP) if seekers else None
    return Sums(period, len(rows), posts, seekers, matched, ratio)


def _wages(period: str, known: Iterable[Mapping[str, dict[str, Any]]]) -> list[Wage]:
    paid: dict[str, list[Decimal]] = defaultdict(list)
    for reports in known:
        row = reports.get(period, {})
        pairs = zip(row.get("wage_trades") or (), row.get("wage_averages") or (), strict=False)
        for trade, average in pairs:
            paid[trade].append(Decimal(average))
    return [Wage(trade, len(each), min(each), max(each)) for trade, each in sorted(paid.items())]
