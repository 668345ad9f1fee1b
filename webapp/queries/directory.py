"""零工市场名录: what the public reads. Only what is listed here ever reaches it (Policy: TZ-3.2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from webapp.core.clock import beijing_date
from webapp.core.errors import Missing
from webapp.models.account import Agency, Jurisdiction
from webapp.models.document import Document
from webapp.models.market import Market
from webapp.queries import links
from webapp.queries.bases import BasisView, basis_view
from webapp.queries.market_changes import ON_PAGE, SELF_OPERATED, changes_of, closing_in_words, is_closed
from webapp.queries.market_records import record_views, records_of
from webapp.queries.paging import PAGE_SIZE, FilterField, Filters, Page, page_of
from webapp.queries.settings import pack_in_force

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class PublicDocument:
    """A document about a market that is open to the public."""

    title: str
    number: str | None
    issued_at: datetime
    verify_url: str


@dataclass(frozen=True, slots=True)
class Happening:
    """One event in the life of a market that the public may know."""

    at: date
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many markets of a kind there are; the policy sets no number to reach."""

    label: str
    value: int
    basis: BasisView | None


@dataclass(frozen=True, slots=True)
class MarketView:
    """A market as the public sees it."""

    no: str
    name: str
    kind: str
    township: str
    address: str
    hours: str
    phone: str
    services: list[str]
    operator: str
    area_m2: Decimal | None
    lng: Decimal | None
    lat: Decimal | None
    status_label: str
    tone: str
    closing: str
    recognised_on: date | None
    trial_from: date | None
    trial_until: date | None
    is_demo: bool
    url: str
    documents: tuple[PublicDocument, ...] = ()
    history: tuple[Happening, ...] = ()


@dataclass(frozen=True, slots=True)
class DirectoryFilter:
    """What of the directory is wanted; `at` is the jurisdiction that the address names, if it does."""

    kind: str = ""
    township: str = ""
    q: str = ""
    number: int = 1
    at: str = ""


@dataclass(frozen=True, slots=True)
class Directory:
    """The directory page."""

    markets: Page[MarketView]
    filters: Filters
    counts: list[KindCount]


def directory(session: Session, jurisdiction: Jurisdiction, wanted: DirectoryFilter) -> Directory:
    """Return the recognised markets of a jurisdiction, by name."""
    listed = _listed(jurisdiction)
    chosen = [*listed, *_narrowing(wanted)]
    total = session.scalar(select(func.count(Market.id)).join(Market.township).where(*chosen)) or 0
    rows = session.scalars(
        select(Market)
        .join(Market.township)
        .where(*chosen)
        .options(joinedload(Market.township), joinedload(Market.operator))
        .order_by(Market.name, Market.id)
        .limit(PAGE_SIZE)
        .offset((wanted.number - 1) * PAGE_SIZE)
    ).all()
    counts = dict(
        session.execute(select(Market.kind, func.count(Market.id)).where(*listed).group_by(Market.kind)).all()
    )
    pack = pack_in_force(session, jurisdiction.id)
    goal = basis_view(pack, str(pack.market.goal)) if pack.market else None
    townships = session.execute(
        select(Agency.key, Agency.short)
        .where(Agency.id.in_(select(Market.township_id).where(*listed)))
        .order_by(Agency.short)
    )
    query = {"kind": wanted.kind, "township": wanted.township, "q": wanted.q, "at": wanted.at}
    return Directory(
        markets=page_of([market_view(market) for market in rows], total, wanted.number, query),
        filters=Filters(
            [
                FilterField(
                    "kind", "类别", [("", "全部类别"), *((k, k) for k in sorted(counts))], wanted.kind
                ),
                FilterField(
                    "township",
                    "街道乡镇",
                    [("", "全部街道乡镇"), *((key, short) for key, short in townships)],
                    wanted.township,
                ),
            ],
            q=wanted.q,
        ),
        counts=[KindCount(kind, number, goal) for kind, number in sorted(counts.items())],
    )


def market_page(session: Session, jurisdiction: Jurisdiction, no: str) -> MarketView:
    """Return a market with the documents about it that are open to the public; also one that has left.

    Raises:
        Missing: If no market that is or was in the directory bears the number.
    """
    market = session.scalar(
        select(Market).where(
            Market.jurisdiction_id == jurisdiction.id, Market.status.in_(ON_PAGE), Market.no == no
        )
    )
    if market is None:
        raise Missing("名录中没有这个编号的零工市场（驿站）。")
    documents = session.scalars(
        select(Document)
        .where(
            Document.market_id == market.id, Document.disclosure == "主动公开", Document.status == "issued"
        )
        .order_by(Document.issued_at.desc(), Document.id)
    )
    shown = (
        PublicDocument(row.title, row.number, row.issued_at, links.verification(row.token))
        for row in documents
    )
    changes = [
        Happening(beijing_date(change.at), change.title, change.text)
        for change in changes_of(session, market)
    ]
    records = record_views(
        pack_in_force(session, jurisdiction.id), records_of(session, market), public_only=True
    )
    # What has lapsed, such as a job post, is no news any more; officers still find it.
    entered = [Happening(view.recorded_on, view.title, view.text) for _, view in records if not view.lapsed]
    recognised, left = market.recognised_on, market.left_on
    first = [Happening(recognised, "认定并列入名录", f"编号 {no}")] if recognised else []
    last = [Happening(left, "移出名录", market.left_way or "")] if left else []
    told = sorted([*first, *reversed(changes), *entered, *last], key=lambda one: one.at)
    return replace(market_view(market), documents=tuple(shown), history=tuple(reversed(told)))


def _listed(jurisdiction: Jurisdiction) -> list[ColumnElement[bool]]:
    return [Market.jurisdiction_id == jurisdiction.id, Market.status == "recognised"]


def _narrowing(wanted: DirectoryFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.kind:
        conditions.append(Market.kind == wanted.kind)
    if wanted.township:
        conditions.append(Agency.key == wanted.township)
    if wanted.q:
        conditions.append(
            or_(
                Market.name.contains(wanted.q, autoescape=True),
                Market.address.contains(wanted.q, autoescape=True),
                Market.no.contains(wanted.q, autoescape=True),
            )
        )
    return conditions


def market_view(market: Market) -> MarketView:
    """Return what everybody may know of a listed market."""
    no = market.no or ""
    label, tone = _state(market)
    return MarketView(
        no=no,
        name=market.name,
        kind=market.kind,
        township=market.township.short,
        address=market.address or "",
        hours=market.opening_hours or "",
        phone=market.public_phone or "",
        services=market.services,
        operator=market.operator.name if market.operator else SELF_OPERATED,
        area_m2=market.area_m2,
        lng=market.lng,
        lat=market.lat,
        status_label=label,
        tone=tone,
        closing=closing_in_words(market),
        recognised_on=market.recognised_on,
        trial_from=market.trial_from,
        trial_until=market.trial_until,
        is_demo=market.is_demo,
        url=links.market(no),
    )


def _state(market: Market) -> tuple[str, str]:
    """Return the word for a market's state today, and its tone."""
    if market.status == "left":
        return "已移出名录", "bad"
    return ("暂停营业", "warn") if is_closed(market) else ("已认定", "ok")
