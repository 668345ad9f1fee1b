"""The officer's list: what waits for this position."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, func, or_, select, true
from sqlalchemy import case as case_when
from sqlalchemy.orm import aliased, joinedload

from webapp.core import clock as time
from webapp.models.case import Case
from webapp.models.clock import Clock, ClockPause
from webapp.models.work_item import WorkItem
from webapp.queries import attention, links, substitutions
from webapp.queries.calendars import calendar_of
from webapp.queries.clock_views import ClockView, clock_view
from webapp.queries.paging import PAGE_SIZE, FilterField, Filters, Page, page_of
from webapp.queries.phases import phase_index, phase_labels
from webapp.queries.releases import definition_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor
    from webapp.queries.attention import UrgeView

    Agencies = dict[UUID, list[tuple[str, str]]]

CaseClock = aliased(Clock)
ItemClock = aliased(Clock)
DUE = func.coalesce(ItemClock.due_at, CaseClock.due_at)
"""When a step runs out: by its own clock, else by that of its case."""
RUNNING = ~exists().where(
    ClockPause.clock_id == func.coalesce(ItemClock.id, CaseClock.id), ClockPause.resumed_at.is_(None)
)
"""Whether that clock goes on; one that stands still is neither late nor soon due."""
_SHOWN = (
    joinedload(WorkItem.case).options(joinedload(Case.applicant), joinedload(Case.process_version)),
    joinedload(WorkItem.claimed_by),
)
"""What a line of the inbox tells of, read with its step."""
ATTENTION = {"supervised": attention.is_supervised, "urged": attention.is_urged}
_URGENT = 3
SORTS = [("due", "期限由近到远"), ("newest", "最新收到"), ("oldest", "最早收到")]


@dataclass(frozen=True, slots=True)
class WorkItemRow:
    """One line of an inbox."""

    id: UUID
    case_no: str
    case_title: str
    applicant: str
    process_title: str
    kind_label: str
    step_name: str
    steps_done: int
    steps_total: int
    clock: ClockView | None
    agencies: list[tuple[str, str]]
    arrived_at: datetime
    is_demo: bool
    url: str
    mine: bool
    claimed_by: str | None
    is_supervised: bool
    is_suspended: bool
    may_batch: bool
    urged: UrgeView | None


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """What of the inbox is wanted; every part stands in the address of the page."""

    tab: str = "all"
    step: str = ""
    process: str = ""
    attention: str = ""
    q: str = ""
    sort: str = "due"
    number: int = 1


@dataclass(frozen=True, slots=True)
class Tab:
    """A named part of the inbox with its count."""

    key: str
    label: str
    count: int
    current: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """The inbox page.

    Attributes:
        urgent: The few steps that run out first, whatever is filtered.
    """

    page: Page[WorkItemRow]
    tabs: list[Tab]
    filters: Filters
    urgent: list[WorkItemRow]


def inbox(session: Session, actor: Actor, wanted: InboxFilter) -> Inbox:
    """Return what waits for the actor's position, filtered and sorted."""
    parts = {
        "all": ("全部", true()),
        "soon": ("即将到期", due_within(time.now() + timedelta(days=3))),
        "late": ("已超期", overdue()),
        "marked": ("退回补正", WorkItem.properties["editable"].as_string().is_not(None)),
        "mine": ("我已认领", WorkItem.claimed_by_id == actor.person_id),
    }
    chosen = _timed(_narrow(_waiting(actor), wanted))
    counts = _counts(session, chosen, {key: condition for key, (_, condition) in parts.items()})
    tabs = [Tab(key, label, counts[key], current=key == wanted.tab) for key, (label, _) in parts.items()]
    tab = wanted.tab if wanted.tab in parts else "all"
    first = (wanted.number - 1) * PAGE_SIZE
    items = _first(session, chosen.where(parts[tab][1]), wanted.sort, PAGE_SIZE, skip=first)
    rows = rows_of(session, actor, items, _agencies(session, items))
    return Inbox(
        page=page_of(rows, counts[tab], wanted.number, _query(wanted)),
        tabs=tabs,
        filters=Filters(
            fields=[
                FilterField(
                    "step",
                    "当前环节",
                    [("", "全部环节"), *((name, name) for name in _step_names(session, actor))],
                    wanted.step,
                ),
                FilterField(
                    "process",
                    "业务",
                    [("", "全部业务"), *substitutions.processes_of(session, actor)],
                    wanted.process,
                ),
                FilterField(
                    "attention",
                    "督办催办",
                    [("", "全部"), ("supervised", "督办件"), ("urged", "被催办")],
                    wanted.attention,
                ),
            ],
            q=wanted.q,
            sort=wanted.sort,
            sorts=SORTS,
        ),
        urgent=rows[:_URGENT] if wanted == InboxFilter() else urgent(session, actor, _URGENT),
    )


def waiting_total(actor: Actor) -> ScalarSelect[int]:
    """Return the count of the steps that wait for the actor's position, as part of a larger query."""
    return _waiting(actor).with_only_columns(func.count(WorkItem.id)).scalar_subquery()


def waiting_counts(
    session: Session, actor: Actor, conditions: Mapping[str, ColumnElement[bool]]
) -> dict[str, int]:
    """Return how many of the steps that wait for the actor's position meet each condition, by its name."""
    return _counts(session, _timed(_waiting(actor)), conditions)


def due_within(until: datetime) -> ColumnElement[bool]:
    """Return the condition that a step runs out from now on and until an instant, which still counts."""
    return and_(time.now() < DUE, until >= DUE, RUNNING)


def overdue() -> ColumnElement[bool]:
    """Return the condition that a step has run out."""
    return and_(time.now() >= DUE, RUNNING)


def next_item(session: Session, actor: Actor, case: Case) -> str | None:
    """Return the address of a step of a case that waits for the actor's position, if there is one."""
    item = session.scalar(
        select(WorkItem)
        .where(
            WorkItem.case_id == case.id, WorkItem.position_id == actor.position_id, WorkItem.status == "open"
        )
        .order_by(WorkItem.opened_at, WorkItem.id)
        .limit(1)
    )
    return links.work_item(case.no, item.id) if item else None


def urgent(session: Session, actor: Actor, limit: int = 6) -> list[WorkItemRow]:
    """Return the steps that wait for the actor's position and run out first."""
    items = _first(session, _timed(_waiting(actor)), "due", limit)
    return rows_of(session, actor, items, agencies={})


def next_case(session: Session, actor: Actor) -> tuple[str, str] | None:
    """Return title and address of the step that runs out first of all that wait for the actor's position."""
    for item in _first(session, _timed(_waiting(actor)), "due", 1):
        return item.case.title, links.work_item(item.case.no, item.id)
    return None


def rows_of(
    session: Session, actor: Actor, items: Sequence[WorkItem], agencies: Agencies
) -> list[WorkItemRow]:
    """Return work items as lines of a list, with their clocks read in one go.

    Args:
        session: Database session.
        actor: Who reads the list.
        items: The work items.
        agencies: Who has a part in each case; empty for a short list that does not show it.
    """
    clocks = _clocks(session, items)
    marked = attention.marks(session, {item.case_id for item in items}, [item.id for item in items])
    return [
        WorkItemRow(
            id=item.id,
            case_no=item.case.no,
            case_title=item.case.title,
            applicant=item.case.applicant.short,
            process_title=item.case.process_version.title,
            kind_label=item.case.kind or "",
            step_name=item.name,
            steps_done=phase_index(definition_of(session, item.case.process_version), item.element_id),
            steps_total=len(phase_labels(definition_of(session, item.case.process_version))),
            clock=_view(session, item, clocks),
            agencies=agencies.get(item.case_id, []),
            arrived_at=item.opened_at,
            is_demo=item.case.is_demo,
            url=links.work_item(item.case.no, item.id),
            mine=item.claimed_by_id == actor.person_id,
            claimed_by=item.claimed_by.name if item.claimed_by else None,
            is_supervised=item.case_id in marked.supervised,
            is_suspended=item.case.status == "suspended",
            may_batch=item.properties.get("batch") == "true",
            urged=marked.urges.get(item.id),
        )
        for item in items
    ]


def _query(wanted: InboxFilter) -> dict[str, str]:
    return {
        "tab": wanted.tab,
        "step": wanted.step,
        "process": wanted.process,
        "attention": wanted.attention,
        "q": wanted.q,
        "sort": wanted.sort,
    }


def _waiting(actor: Actor) -> Select[WorkItem]:
    statement = select(WorkItem).where(WorkItem.position_id == actor.position_id, WorkItem.status == "open")
    if actor.process_key is None:
        return statement
    return statement.where(_of_case(Case.process_key == actor.process_key))


def _timed(statement: Select[WorkItem]) -> Select[WorkItem]:
    """Bring in the clocks of steps and of their cases, which `DUE` and `RUNNING` ask about."""
    whole = and_(CaseClock.case_id == WorkItem.case_id, CaseClock.work_item_id.is_(None))
    return statement.outerjoin(ItemClock, ItemClock.work_item_id == WorkItem.id).outerjoin(CaseClock, whole)


def _of_case(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return a condition on the case of a step. Without one, no list looks at cases but those it shows."""
    return exists().where(Case.id == WorkItem.case_id, condition)


def _first(
    session: Session, statement: Select[WorkItem], sort: str, limit: int, *, skip: int = 0
) -> list[WorkItem]:
    """Return the first steps of a list in order: which they are first, and then all that is shown of them."""
    keys = session.scalars(
        _sorted(statement, sort).with_only_columns(WorkItem.id).limit(limit).offset(skip)
    ).all()
    rows = session.scalars(select(WorkItem).where(WorkItem.id.in_(keys)).options(*_SHOWN))
    found = {row.id: row for row in rows}
    return [found[key] for key in keys]


def _narrow(statement: Select[WorkItem], wanted: InboxFilter) -> Select[WorkItem]:
    if wanted.step:
        statement = statement.where(WorkItem.name == wanted.step)
    if wanted.process:
        statement = statement.where(_of_case(Case.process_key == wanted.process))
    if wanted.attention in ATTENTION:
        statement = statement.where(ATTENTION[wanted.attention]())
    if wanted.q:
        texts = (Case.title, Case.no)
        statement = statement.where(
            _of_case(or_(*(text.contains(wanted.q, autoescape=True) for text in texts)))
        )
    return statement


def _sorted(statement: Select[WorkItem], sort: str) -> Select[WorkItem]:
    if sort == "newest":
        return statement.order_by(WorkItem.opened_at.desc(), WorkItem.id)
    if sort == "oldest":
        return statement.order_by(WorkItem.opened_at, WorkItem.id)
    return statement.order_by(DUE.is_(None), DUE, WorkItem.opened_at, WorkItem.id)


def _counts(
    session: Session, statement: Select[WorkItem], conditions: Mapping[str, ColumnElement[bool]]
) -> dict[str, int]:
    sums = [func.coalesce(func.sum(case_when((met, 1), else_=0)), 0) for met in conditions.values()]
    return dict(zip(conditions, session.execute(statement.with_only_columns(*sums)).one(), strict=True))


def _step_names(session: Session, actor: Actor) -> list[str]:
    return list(
        session.scalars(_waiting(actor).with_only_columns(WorkItem.name).distinct().order_by(WorkItem.name))
    )


def _clocks(session: Session, items: Sequence[WorkItem]) -> list[Clock]:
    own = Clock.work_item_id.in_([item.id for item in items])
    whole = and_(Clock.case_id.in_({item.case_id for item in items}), Clock.work_item_id.is_(None))
    query = select(Clock).where(or_(own, whole)).options(joinedload(Clock.pauses))
    return list(session.scalars(query).unique())


def _view(session: Session, item: WorkItem, clocks: list[Clock]) -> ClockView | None:
    own = [clock for clock in clocks if clock.work_item_id == item.id]
    whole = [clock for clock in clocks if clock.case_id == item.case_id and clock.work_item_id is None]
    chosen = next(iter([*own, *whole]), None)
    return clock_view(chosen, calendar_of(session, item.case)) if chosen else None


def _agencies(session: Session, items: Sequence[WorkItem]) -> Agencies:
    """Agencies that have a part in each case: short name and tone, by case."""
    found: Agencies = {}
    case_ids = {item.case_id for item in items}
    if not case_ids:
        return found
    rows = session.scalars(
        select(WorkItem)
        .where(WorkItem.case_id.in_(case_ids), WorkItem.status.in_(("open", "done", "presumed")))
        .options(joinedload(WorkItem.agency))
        .order_by(WorkItem.opened_at, WorkItem.id)
    )
    tones: dict[UUID, dict[str, str]] = {}
    for row in rows:
        tones.setdefault(row.case_id, {})[row.agency.short] = "warn" if row.status == "open" else "ok"
    for case_id, by_agency in tones.items():
        found[case_id] = list(by_agency.items())
    return found
