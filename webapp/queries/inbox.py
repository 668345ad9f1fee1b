"""The officer's lists: what waits for this position, and what this person has done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from webapp.core import clock as time
from webapp.models.case import Case
from webapp.models.clock import Clock
from webapp.models.work_item import WorkItem
from webapp.queries import links
from webapp.queries.case_list import status_view
from webapp.queries.clock_views import ClockView, clock_view
from webapp.queries.paging import PAGE_SIZE, FilterField, Filters, Page, page_of
from webapp.queries.phases import phase_index, phase_labels
from webapp.queries.releases import definition_of, pack_of_case

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

CaseClock = aliased(Clock)
ItemClock = aliased(Clock)
DUE = func.coalesce(ItemClock.due_at, CaseClock.due_at)
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
    now = time.now()
    soon = now + timedelta(days=3)
    parts = {
        "all": ("全部", True),
        "soon": ("即将到期", and_(now <= DUE, soon >= DUE)),
        "late": ("已超期", now > DUE),
        "marked": ("退回补正", WorkItem.properties["editable"].as_string().is_not(None)),
        "mine": ("我已认领", WorkItem.claimed_by_id == actor.person_id),
    }
    chosen = _narrow(_waiting(actor), wanted)
    tabs = [
        Tab(key, label, _count(session, chosen, condition), current=key == wanted.tab)
        for key, (label, condition) in parts.items()
    ]
    condition = parts.get(wanted.tab, parts["all"])[1]
    statement = chosen if condition is True else chosen.where(condition)
    total = _count(session, statement, True)
    items = session.scalars(
        _sorted(statement, wanted.sort)
        .options(joinedload(WorkItem.case).joinedload(Case.applicant), joinedload(WorkItem.claimed_by))
        .limit(PAGE_SIZE)
        .offset((wanted.number - 1) * PAGE_SIZE)
    ).all()
    return Inbox(
        page=page_of(rows_of(session, actor, items), total, wanted.number, _query(wanted)),
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
    return _count(session, _waiting(actor), True)


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
    items = session.scalars(_sorted(_waiting(actor), "due").limit(limit)).all()
    return rows_of(session, actor, items)


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
    url: str


def done_by(session: Session, actor: Actor, number: int) -> Page[DoneRow]:
    """Return what this person has completed, the newest first."""
    mine = (WorkItem.jurisdiction_id == actor.jurisdiction_id, WorkItem.done_by_id == actor.person_id)
    total = session.scalar(select(func.count(WorkItem.id)).where(*mine)) or 0
    items = session.scalars(
        select(WorkItem)
        .where(*mine)
        .options(joinedload(WorkItem.case).joinedload(Case.applicant))
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
        url=links.case(item.case.no),
    )


def rows_of(session: Session, actor: Actor, items: Sequence[WorkItem]) -> list[WorkItemRow]:
    """Return work items as lines of a list, with their clocks read in one go."""
    clocks = _clocks(session, items)
    agencies = _agencies(session, items)
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


def _count(session: Session, statement: Select[WorkItem], condition: Any) -> int:
    narrowed = statement if condition is True else statement.where(condition)
    return (
        session.scalar(select(func.count()).select_from(narrowed.with_only_columns(WorkItem.id).subquery()))
        or 0
    )


def _step_names(session: Session, actor: Actor) -> list[str]:
    return list(
        session.scalars(_waiting(actor).with_only_columns(WorkItem.name).distinct().order_by(WorkItem.name))
    )


def _clocks(session: Session, items: Sequence[WorkItem]) -> list[Clock]:
    case_ids = {item.case_id for item in items}
    return list(session.scalars(select(Clock).where(Clock.case_id.in_(case_ids)))) if case_ids else []


def _view(session: Session, item: WorkItem, clocks: list[Clock]) -> ClockView | None:
    own = [clock for clock in clocks if clock.work_item_id == item.id]
    whole = [clock for clock in clocks if clock.case_id == item.case_id and clock.work_item_id is None]
    chosen = next(iter([*own, *whole]), None)
    return clock_view(chosen, pack_of_case(session, item.case).calendar) if chosen else None


def _agencies(session: Session, items: Sequence[WorkItem]) -> dict[UUID, list[tuple[str, str]]]:
    """Agencies that have a part in each case: short name and tone, by case."""
    found: dict[UUID, list[tuple[str, str]]] = {}
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
