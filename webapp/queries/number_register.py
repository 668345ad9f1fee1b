"""发文登记簿: every number that an agency gave, in order, whatever became of its document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload

from webapp.models.account import Agency
from webapp.models.case import Case
from webapp.models.document import Document, NumberSeries
from webapp.queries import links
from webapp.queries.case_access import READ_ALL, visible_cases
from webapp.queries.document_views import STATES
from webapp.queries.paging import PAGE_SIZE, FilterField, Filters, Page, page_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

PREFIX = "document/"
HEADINGS = ("发文字号", "标题", "发文单位", "成文日期", "状态", "公开属性", "保管期限", "页数", "办件编号")
_ONE_SERIES = 3


@dataclass(frozen=True, slots=True)
class RegisterFilter:
    """What of the register is wanted; empty is everything."""

    agency: str = ""
    series: str = ""
    year: str = ""
    q: str = ""
    number: int = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One number.

    Attributes:
        url: Page of the document; `None` where the reader may not open it.
    """

    number: str
    title: str
    agency: str
    issued_on: date
    status_label: str
    tone: str
    disclosure: str
    retention: str
    pages: int
    case_no: str
    url: str | None

    @property
    def cells(self) -> tuple[str, ...]:
        """The entry as texts, in the order of the headings."""
        return (
            self.number,
            self.title,
            self.agency,
            f"{self.issued_on:%Y-%m-%d}",
            self.status_label,
            self.disclosure,
            self.retention,
            str(self.pages),
            self.case_no,
        )


@dataclass(frozen=True, slots=True)
class SeriesState:
    """How a series of a year stands: the last number, and the numbers that no document bears."""

    agency: str
    series: str
    year: int
    last: int
    missing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """The register as its page shows it."""

    page: Page[Entry]
    filters: Filters
    series: list[SeriesState]


def register_of(agency_key: str, series: str) -> str:
    """Return the name under which the numbers of an agency's series are counted."""
    return f"{PREFIX}{agency_key}/{series}"


def register_page(session: Session, actor: Actor, wanted: RegisterFilter) -> RegisterPage:
    """Return one page of the register, the newest number of each series first."""
    query = _wanted(actor, wanted)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = session.scalars(
        _loaded(query)
        .order_by(
            Document.year.desc(), Document.agency_id, Document.series, Document.serial.desc(), Document.id
        )
        .limit(PAGE_SIZE)
        .offset((wanted.number - 1) * PAGE_SIZE)
    ).all()
    asked = {"agency": wanted.agency, "series": wanted.series, "year": wanted.year, "q": wanted.q}
    return RegisterPage(
        page_of(_entries(session, actor, rows), total, wanted.number, asked),
        _filters(session, actor, wanted),
        series_states(session, actor, wanted),
    )


def all_entries(session: Session, actor: Actor, wanted: RegisterFilter) -> Iterator[Entry]:
    """Yield every wanted entry, in the order of the numbers."""
    query = _loaded(_wanted(actor, wanted)).order_by(
        Document.year, Document.agency_id, Document.series, Document.serial
    )
    for part in session.scalars(query.execution_options(yield_per=500)).partitions():
        yield from _entries(session, actor, part)


def series_states(session: Session, actor: Actor, wanted: RegisterFilter) -> list[SeriesState]:
    """Return how each wanted series stands, by the counter that numbers are drawn from."""
    counters = session.scalars(
        select(NumberSeries)
        .where(NumberSeries.jurisdiction_id == actor.jurisdiction_id, NumberSeries.series.startswith(PREFIX))
        .order_by(NumberSeries.year.desc(), NumberSeries.series)
    )
    agencies = {row.key: row for row in session.scalars(_agencies(actor))}
    found = []
    for counter in counters:
        parts = counter.series.split("/", _ONE_SERIES - 1)
        agency = agencies.get(parts[1]) if len(parts) == _ONE_SERIES else None
        if agency is not None and _is_wanted(wanted, agency, parts[2], counter.year):
            missing = _missing(session, agency.id, parts[2], counter)
            found.append(SeriesState(agency.short, parts[2], counter.year, counter.last, missing))
    return found


def _missing(session: Session, agency_id: UUID, series: str, counter: NumberSeries) -> tuple[int, ...]:
    """Numbers that were drawn and that no document bears; there are none unless rows were tampered with."""
    of_series = (Document.agency_id == agency_id, Document.series == series, Document.year == counter.year)
    count, highest = session.execute(
        select(func.count(Document.id), func.max(Document.serial)).where(*of_series)
    ).one()
    if count == counter.last == (highest or 0):
        return ()
    borne = set(session.scalars(select(Document.serial).where(*of_series)))
    return tuple(n for n in range(1, max(counter.last, highest or 0) + 1) if n not in borne)


def _is_wanted(wanted: RegisterFilter, agency: Agency, series: str, year: int) -> bool:
    return (
        wanted.agency in {"", agency.key} and wanted.series in {"", series} and wanted.year in {"", str(year)}
    )


def _own(actor: Actor) -> ColumnElement[bool]:
    """An agency keeps its own register; who may read every case reads the register of every agency."""
    here = Agency.jurisdiction_id == actor.jurisdiction_id
    return here if actor.may(READ_ALL) else and_(here, Agency.id == actor.agency_id)


def _agencies(actor: Actor) -> Select[Agency]:
    return select(Agency).where(_own(actor)).order_by(Agency.key)


def _wanted(actor: Actor, wanted: RegisterFilter) -> Select[Document]:
    query = (
        select(Document)
        .join(Document.agency)
        .where(Document.jurisdiction_id == actor.jurisdiction_id, Document.number.is_not(None), _own(actor))
    )
    if wanted.agency:
        query = query.where(Agency.key == wanted.agency)
    if wanted.series:
        query = query.where(Document.series == wanted.series)
    if wanted.year:
        query = query.where(Document.year == (int(wanted.year) if _is_year(wanted.year) else -1))
    if wanted.q:
        query = query.where(
            or_(
                Document.number.contains(wanted.q, autoescape=True),
                Document.title.contains(wanted.q, autoescape=True),
            )
        )
    return query


def _is_year(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) == len("2026")


def _loaded(query: Select[Document]) -> Select[Document]:
    return query.options(joinedload(Document.agency), joinedload(Document.case))


def _entries(session: Session, actor: Actor, rows: Sequence[Document]) -> list[Entry]:
    ids = {row.case_id for row in rows}
    seen = set(
        session.scalars(visible_cases(actor).where(Case.id.in_(ids)).with_only_columns(Case.id))
        if ids
        else ()
    )
    return [
        Entry(
            number=row.number or "",
            title=row.title,
            agency=row.agency.short,
            issued_on=row.issued_on,
            status_label=STATES[row.status][0],
            tone=STATES[row.status][1],
            disclosure=row.disclosure or "",
            retention=row.retention or "",
            pages=row.pages,
            case_no=row.case.no,
            url=links.document(row.id) if row.case_id in seen else None,
        )
        for row in rows
    ]


def _filters(session: Session, actor: Actor, wanted: RegisterFilter) -> Filters:
    used = session.execute(
        select(Agency.key, Agency.short, Document.series, Document.year)
        .join(Document.agency)
        .where(Document.number.is_not(None), _own(actor))
        .distinct()
    ).all()
    agencies = sorted({(key, short) for key, short, _, _ in used})
    series = sorted({text for _, _, text, _ in used if text})
    years = sorted({year for _, _, _, year in used if year}, reverse=True)
    return Filters(
        [
            FilterField("agency", "发文单位", agencies, wanted.agency),
            FilterField("series", "序列", [(text, text) for text in series], wanted.series),
            FilterField("year", "年份", [(str(year), f"{year} 年") for year in years], wanted.year),
        ],
        q=wanted.q,
    )
