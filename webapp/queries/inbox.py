"""The officer's lists: what waits for this position, and what this person has done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy import case as case_when
from sqlalchemy.orm import aliased, joinedload

from webapp.core import clock as time
from webapp.models.case import Case
from webapp.models.clock import Clock, ClockPause
from webapp.models.work_item import WorkItem
from webapp.queries import links
from webapp.queries.case_list import status_view
from webapp.queries.clock_views import ClockView, clock_view
from webapp.queries.paging import PAGE_SIZE, FilterField, Filters, Page, page_of
from webapp.queries.phases import phase_index, phase_labels
from webapp.queries.releases import definition_of, pack_of_case

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

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


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """What of the inbox is wanted; every part stands in the address of the page."""

    tab: str = "all"
    step: str = ""
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
    """The inbox page."""

    page: Page[WorkItemRow]
    tabs: list[Tab]
    filters: Filters


def inbox(session: Session, actor: Actor, wanted: InboxFilter) -> Inbox:
    """Return what waits for the actor's position, filtered and sorted."""
    parts = {
        "all": ("全部", true()),
        "soon": ("即将到期", due_within(time.now() + timedelta(days=3))),
        "late": ("已超期", overdue()),
        "marked": ("退回补正", WorkItem.properties["editable"].as_string().is_not(None)),
        "mine": ("我已认领", WorkItem.claimed_by_id == actor.person_id),
    }
    chosen = _narrow(_waiting(actor), wanted)
    counts = _counts(session, chosen, {key: condition for key, (_, condition) in parts.items()})
    tabs = [Tab(key, label, counts[key], current=key == wanted.tab) for key, (label, _) in parts.items()]
    tab = wanted.tab if wanted.tab in parts else "all"
    items = session.scalars(
        _sorted(chosen.where(parts[tab][1]), wanted.sort)
        .options(*_SHOWN)
        .limit(PAGE_SIZE)
        .offset((wanted.number - 1) * PAGE_SIZE)
    ).all()
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
                )
            ],
            q=wanted.q,
            sort=wanted.sort,
            sorts=SORTS,
        ),
    )


def waiting_count(session: Session, actor: Actor) -> int:
    """Return how many steps wait for the actor's position."""
    return waiting_counts(session, actor, {"all": true()})["all"]


def waiting_counts(
    session: Session, actor: Actor, conditions: Mapping[str, ColumnElement[bool]]
) -> dict[str, int]:
    """Return how many of the steps that wait for the actor's position meet each condition, by its name."""
    return _counts(session, _waiting(actor), conditions)


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
        .order_by(WorkItem.opened_at)
        .limit(1)
    )
    return links.work_item(case.no, item.id) if item else None


def urgent(session: Session, actor: Actor, limit: int = 6) -> list[WorkItemRow]:
    """Return the steps that wait for the actor's position and run out first."""
    items = session.scalars(_sorted(_waiting(actor), "due").options(*_SHOWN).limit(limit)).all()
    return rows_of(session, actor, items, agencies={})


@dataclass(frozen=True, slots=True)
class DoneRow:
    """One line of what a person has completed."""

    case_no: str
    case_title: str
    applicant: str
    process_title: str
    step_name: str
    outcome_label: str
    tone: str
    done_at: datetime | None
    is_demo: bool
    url: str


def done_by(session: Session, actor: Actor, number: int) -> Page[DoneRow]:
    """Return what this person has completed, the newest first."""
    mine = (WorkItem.jurisdiction_id == actor.jurisdiction_id, WorkItem.done_by_id == actor.person_id)
    total = session.scalar(select(func.count(WorkItem.id)).where(*mine)) or 0
    items = session.scalars(
        select(WorkItem)
        .where(*mine)
        .options(
            joinedload(WorkItem.case).options(joinedload(Case.applicant), joinedload(Case.process_version))
        )
        .order_by(WorkItem.done_at.desc(), WorkItem.id)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    return page_of([_done_row(item) for item in items], total, number)


def _done_row(item: WorkItem) -> DoneRow:
    label, tone = status_view(item.case)
    return DoneRow(
        case_no=item.case.no,
        case_title=item.case.title,
        applicant=item.case.applicant.short,
        process_title=item.case.process_version.title,
        step_name=item.name,
        outcome_label=label,
        tone=tone,
        done_at=item.done_at,
        is_demo=item.case.is_demo,
        url=links.case(item.case.no),
    )


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
        )
        for item in items
    ]


def _query(wanted: InboxFilter) -> dict[str, str]:
    return {"tab": wanted.tab, "step": wanted.step, "q": wanted.q, "sort": wanted.sort}


def _waiting(actor: Actor) -> Select[WorkItem]:
    return (
        select(WorkItem)
        .join(Case, Case.id == WorkItem.case_id)
        .outerjoin(ItemClock, ItemClock.work_item_id == WorkItem.id)
        .outerjoin(CaseClock, and_(CaseClock.case_id == Case.id, CaseClock.work_item_id.is_(None)))
        .where(WorkItem.position_id == actor.position_id, WorkItem.status == "open")
    )


def _narrow(statement: Select[WorkItem], wanted: InboxFilter) -> Select[WorkItem]:
    if wanted.step:
        statement = statement.where(WorkItem.name == wanted.step)
    if wanted.q:
        statement = statement.where(
            or_(Case.title.contains(wanted.q, autoescape=True), Case.no.contains(wanted.q, autoescape=True))
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
    return clock_view(chosen, pack_of_case(session, item.case).calendar) if chosen else None


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
        .order_by(WorkItem.opened_at)
    )
    tones: dict[UUID, dict[str, str]] = {}
    for row in rows:
        tones.setdefault(row.case_id, {})[row.agency.short] = "warn" if row.status == "open" else "ok"
    for case_id, by_agency in tones.items():
        found[case_id] = list(by_agency.items())
    return found
