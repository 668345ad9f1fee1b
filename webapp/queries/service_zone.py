"""零工服务专区: posts and courses of all markets in one place, and what there is to read (Policy: TZ-2.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import aliased

from webapp.core import clock
from webapp.core.clock import beijing_date
from webapp.models.market import Market, MarketRecord
from webapp.queries import links
from webapp.queries.bases import BasisView, basis_view
from webapp.queries.market_records import RecordView, record_views
from webapp.queries.paging import PAGE_SIZE, FilterField, Filters, Page, page_of
from webapp.queries.settings import pack_in_force

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.account import Jurisdiction
    from webapp.packs import Pack, Reading

AT_MOST = 1_000
"""So many of the newest entries are looked through; older ones stand on the pages of their markets."""
IN_FEED = 50


@dataclass(frozen=True, slots=True)
class Offer:
    """An entry that counts today: a post, a course.

    Attributes:
        id: Its own, the same in every feed.
        kind: What sort of entry, in words.
        title: What is offered, the first of its values.
        values: The others, each with its label.
        market: Name of the market.
        phone: Its public telephone.
        url: Its public page.
        published_at: When it was entered.
        view: Its words as the market's page has them, with the last day.
        is_demo: Whether it is of the demonstration.
    """

    id: UUID
    kind: str
    title: str
    values: list[tuple[str, str]]
    market: str
    phone: str
    url: str
    published_at: datetime
    view: RecordView
    is_demo: bool


@dataclass(frozen=True, slots=True)
class ZoneFilter:
    """What of the offers is wanted."""

    kind: str = ""
    q: str = ""
    number: int = 1
    at: str = ""
    """The jurisdiction that the address names."""


@dataclass(frozen=True, slots=True)
class Zone:
    """The page 零工服务专区.

    Attributes:
        offers: What counts today, newest first.
        filters: What narrows the offers.
        readings: What there is to read, by heading.
        basis: What the page rests on.
    """

    offers: Page[Offer]
    filters: Filters
    readings: list[tuple[str, list[Reading]]]
    basis: BasisView | None


def zone(session: Session, jurisdiction: Jurisdiction, wanted: ZoneFilter) -> Zone:
    """Return what the page shows; nothing where the policy in force says of nothing that it stands there."""
    pack = pack_in_force(session, jurisdiction.id)
    kinds = [(key, pack.records[key].title) for key in _kinds(pack)]
    chosen = [wanted.kind] if wanted.kind in dict(kinds) else [key for key, _ in kinds]
    found = [one for one in _offers(session, jurisdiction, pack, chosen) if _says(one, wanted.q)]
    first = (wanted.number - 1) * PAGE_SIZE
    return Zone(
        offers=page_of(found[first : first + PAGE_SIZE], len(found), wanted.number, _asked(wanted)),
        filters=Filters([FilterField("kind", "类别", [("", "全部类别"), *kinds], wanted.kind)], q=wanted.q),
        readings=_by_heading(pack.zone.readings if pack.zone else ()),
        basis=basis_view(pack, str(pack.zone.basis)) if pack.zone else None,
    )


def newest(session: Session, jurisdiction: Jurisdiction) -> list[Offer]:
    """Return the offers that were published last, for those who take them up elsewhere."""
    pack = pack_in_force(session, jurisdiction.id)
    return _offers(session, jurisdiction, pack, _kinds(pack))[:IN_FEED]


def _kinds(pack: Pack) -> list[str]:
    return [key for key in pack.zone.records if key in pack.records] if pack.zone else []


def _asked(wanted: ZoneFilter) -> dict[str, str]:
    return {"kind": wanted.kind, "q": wanted.q, "at": wanted.at}


def _by_heading(readings: Sequence[Reading]) -> list[tuple[str, list[Reading]]]:
    found: dict[str, list[Reading]] = {}
    for reading in readings:
        found.setdefault(reading.kind, []).append(reading)
    return list(found.items())


def _offers(session: Session, jurisdiction: Jurisdiction, pack: Pack, kinds: Sequence[str]) -> list[Offer]:
    """Return what counts today of the markets in the directory, newest first; of one made again the last."""
    later = aliased(MarketRecord)
    rows = session.execute(
        select(MarketRecord, Market)
        .join(Market, Market.id == MarketRecord.market_id)
        .where(
            MarketRecord.jurisdiction_id == jurisdiction.id,
            MarketRecord.kind.in_(kinds),
            Market.status == "recognised",
            or_(MarketRecord.valid_until.is_(None), MarketRecord.valid_until >= beijing_date(clock.now())),
            ~select(later.id)
            .where(
                later.market_id == MarketRecord.market_id,
                later.kind == MarketRecord.kind,
                later.period == MarketRecord.period,
                tuple_(later.recorded_at, later.id) > tuple_(MarketRecord.recorded_at, MarketRecord.id),
            )
            .exists(),
        )
        .order_by(MarketRecord.recorded_at.desc(), MarketRecord.id.desc())
        .limit(AT_MOST)
    ).all()
    markets = {row.id: market for row, market in rows}
    views = record_views(pack, [row for row, _ in rows], public_only=True)
    return [_offer(row, markets[row.id], view) for row, view in views if view.values]


def _offer(row: MarketRecord, market: Market, view: RecordView) -> Offer:
    (_, title), *others = view.values
    return Offer(
        id=row.id,
        kind=view.title,
        title=title,
        values=others,
        market=market.name,
        phone=market.public_phone or "",
        url=links.market(market.no or ""),
        published_at=row.recorded_at,
        view=view,
        is_demo=market.is_demo,
    )


def _says(offer: Offer, wanted: str) -> bool:
    told = " ".join((offer.title, offer.market, *(value for _, value in offer.values)))
    return all(word in told for word in wanted.split())
