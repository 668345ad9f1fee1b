"""The page of a market for those who work on it: its entry, its life, and what may be started about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.core.errors import Missing
from webapp.models.account import Agency, Position
from webapp.models.case import Case
from webapp.models.market import Market, YearlyRound
from webapp.queries import links
from webapp.queries.case_access import READ_ALL, visible_cases
from webapp.queries.case_list import CaseRow, rows_of, status_view
from webapp.queries.directory import MarketView, market_view
from webapp.queries.market_board import Board, board_of
from webapp.queries.market_changes import ON_PAGE, changes_of
from webapp.queries.market_records import RecordView, record_views, records_of
from webapp.queries.paging import PAGE_SIZE, Filters, Page, page_of
from webapp.queries.releases import current_process, definition_of
from webapp.queries.settings import pack_in_force
from webapp.queries.startable import Startable, startable
from webapp.queries.starters import is_about_listed_market, is_for_all, markets_for, may_start

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from webapp.models.market import MarketRecord
    from webapp.queries.actors import Actor


@dataclass(frozen=True, slots=True)
class LifeEntry:
    """One thing in the life of a market; `url` is the case that it came of, where the reader may see it."""

    at: date
    title: str
    text: str
    tone: str
    url: str | None


@dataclass(frozen=True, slots=True)
class MarketPage:
    """Everything that the page of a market shows to an officer.

    Attributes:
        market: Its entry.
        board: How it stands; for its township and the bureau.
        file: What counts of its file, the newest first.
        lapsed: What does not count any more.
        life: What happened.
        cases: Its cases that the reader may see.
        startable: What the reader may start about it.
    """

    market: MarketView
    board: Board | None
    file: list[RecordView]
    lapsed: list[RecordView]
    life: list[LifeEntry]
    cases: list[CaseRow]
    startable: list[Startable]


@dataclass(frozen=True, slots=True)
class MarketChoice:
    """The markets that a case may be about.

    Attributes:
        title: Title of the procedure.
        process_key: Its key.
        markets: The markets.
        filters: What is looked for.
        for_all: Whether it may be started for every one at once.
        round: What came of it when it opened by itself this year, in words; empty if it did not.
    """

    title: str
    process_key: str
    markets: Page[MarketView]
    filters: Filters
    for_all: bool
    round: str


def market_page(session: Session, actor: Actor, no: str) -> MarketPage:
    """Return the page of a listed market; of its cases only those that the actor may see.

    Raises:
        Missing: If no listed market of the jurisdiction bears the number.
    """
    market = session.scalar(
        select(Market).where(
            Market.jurisdiction_id == actor.jurisdiction_id, Market.no == no, Market.status.in_(ON_PAGE)
        )
    )
    if market is None:
        raise Missing("名录中没有这个编号的零工市场（驿站）。")
    cases = session.scalars(
        visible_cases(actor)
        .where(Case.market_id == market.id)
        .options(joinedload(Case.applicant), joinedload(Case.process_version))
        .order_by(Case.started_at.desc(), Case.id)
    ).all()
    own = actor.may("case.start") and session.scalar(markets_for(actor).where(Market.id == market.id))
    pack, rows = pack_in_force(session, market.jurisdiction_id), records_of(session, market)
    records = record_views(pack, rows, public_only=False)
    newest_first = [view for _, view in reversed(records)]
    at_home = actor.agency_id == market.township_id or actor.may(READ_ALL)
    return MarketPage(
        market=market_view(market),
        board=board_of(session, pack, rows, cases) if at_home else None,
        file=[view for view in newest_first if not view.lapsed],
        lapsed=[view for view in newest_first if view.lapsed],
        life=_life(session, market, cases, records),
        cases=rows_of(session, cases),
        startable=[one for one in startable(session, actor) if one.about_market] if own else [],
    )


def market_choice(session: Session, actor: Actor, process_key: str, q: str, number: int) -> MarketChoice:
    """Return the markets among which somebody chooses who starts a procedure about one.

    Raises:
        Missing: If the actor cannot start such a procedure.
    """
    version = current_process(session, actor.jurisdiction_id, process_key)
    definition = definition_of(session, version)
    position = session.get_one(Position, actor.position)
    if not is_about_listed_market(definition) or not may_start(definition, position):
        raise Missing("没有找到这项业务，或您当前的岗位不能发起。")
    wanted = markets_for(actor).join(Market.township)
    if q:
        columns = (Market.name, Market.no, Agency.short)
        wanted = wanted.where(or_(*(column.contains(q, autoescape=True) for column in columns)))
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    rows = session.scalars(
        wanted.options(joinedload(Market.township), joinedload(Market.operator))
        .order_by(Market.name, Market.id)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    found = page_of([market_view(row) for row in rows], total, number, {"q": q})
    opened = session.scalar(
        select(YearlyRound).where(
            YearlyRound.jurisdiction_id == actor.jurisdiction_id,
            YearlyRound.process_key == process_key,
            YearlyRound.year == beijing_date(time.now()).year,
        )
    )
    told = opened.told(version.title) if opened else ""
    return MarketChoice(version.title, process_key, found, Filters([], q=q), is_for_all(definition), told)


def _life(
    session: Session,
    market: Market,
    cases: Sequence[Case],
    records: Sequence[tuple[MarketRecord, RecordView]],
) -> list[LifeEntry]:
    """Tell recognition, changes, cases with their outcome, and the leaving, the newest first.

    What a case entered in the file is told only where the case itself may not be seen; what a platform
    reports month by month stands in the file alone.
    """
    urls = {case.id: links.case(case.no) for case in cases}
    told = [
        LifeEntry(beijing_date(change.at), change.title, change.text, "ok", urls.get(change.case_id))
        for change in changes_of(session, market)
    ]
    told += [
        LifeEntry(view.recorded_on, view.title, view.text, "ok", None)
        for row, view in records
        if row.case_id is not None and row.case_id not in urls
    ]
    for case in cases:
        label, tone = status_view(case)
        at = beijing_date(case.finished_at or case.started_at)
        told.append(LifeEntry(at, f"{case.process_version.title}：{label}", case.no, tone, urls[case.id]))
    if market.recognised_on is not None:
        told.append(LifeEntry(market.recognised_on, "认定并列入名录", f"编号 {market.no}", "ok", None))
    if market.left_on is not None:
        told.append(LifeEntry(market.left_on, "移出名录", market.left_way or "", "bad", None))
    return sorted(told, key=lambda entry: entry.at, reverse=True)
