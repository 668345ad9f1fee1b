"""Lists of cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from webapp.models.case import Case
from webapp.models.clock import Clock
from webapp.models.work_item import WorkItem
from webapp.queries import links
from webapp.queries.attention import marks
from webapp.queries.calendars import calendar_of
from webapp.queries.case_access import agency_cases, visible_cases
from webapp.queries.clock_views import ClockView, clock_view
from webapp.queries.paging import PAGE_SIZE, FilterField, Filters, Page, page_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

STATUSES = {
    "running": "办理中",
    "suspended": "已暂停",
    "approved": "已认定",
    "refused": "不予认定",
    "withdrawn": "已撤回",
    "terminated": "已终止",
}
_TONES = {
    "running": "info",
    "suspended": "warn",
    "approved": "ok",
    "refused": "bad",
    "withdrawn": "neutral",
    "terminated": "bad",
}


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of a list of cases."""

    no: str
    title: str
    applicant: str
    kind: str
    status: str
    status_label: str
    tone: str
    phase: str
    process_title: str
    clock: ClockView | None
    started_at: datetime
    is_demo: bool
    is_supervised: bool
    url: str


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What of the list is wanted."""

    status: str = ""
    q: str = ""
    number: int = 1


def status_view(case: Case) -> tuple[str, str]:
    """Return the label and tone of a case's state."""
    ended_early = case.status in {"suspended", "terminated"}
    key = case.status if ended_early else case.outcome or case.status
    decided = None if ended_early else case.outcome_label
    return decided or STATUSES.get(key, "已办结"), _TONES.get(key, "neutral")


def case_list(session: Session, actor: Actor, wanted: CaseFilter) -> Page[CaseRow]:
    """Return the cases that an actor may see, the newest first."""
    statement = visible_cases(actor)
    if wanted.status in {"approved", "refused"}:
        statement = statement.where(Case.outcome == wanted.status)
    elif wanted.status:
        statement = statement.where(Case.status == wanted.status)
    if wanted.q:
        statement = statement.where(
            or_(Case.title.contains(wanted.q, autoescape=True), Case.no.contains(wanted.q, autoescape=True))
        )
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    cases = session.scalars(
        statement.options(joinedload(Case.applicant), joinedload(Case.process_version))
        .order_by(Case.started_at.desc(), Case.id)
        .limit(PAGE_SIZE)
        .offset((wanted.number - 1) * PAGE_SIZE)
    ).all()
    query = {"status": wanted.status, "q": wanted.q}
    return page_of(rows_of(session, cases), total, wanted.number, query)


def case_filters(wanted: CaseFilter) -> Filters:
    """Return the filters above the list of cases."""
    options = [("", "全部状态"), *STATUSES.items()]
    return Filters([FilterField("status", "状态", options, wanted.status)], q=wanted.q)


def own_cases(session: Session, actor: Actor, limit: int = 6) -> list[CaseRow]:
    """Return the newest cases that are not over and that the actor's agency has a part in."""
    cases = session.scalars(
        agency_cases(actor)
        .where(Case.status.in_(("running", "suspended")))
        .options(joinedload(Case.applicant), joinedload(Case.process_version))
        .order_by(Case.started_at.desc(), Case.id)
        .limit(limit)
    ).all()
    return rows_of(session, cases)


def rows_of(session: Session, cases: Sequence[Case]) -> list[CaseRow]:
    """Return cases as lines of a list, with what waits in each read in one go."""
    waiting: dict[object, list[str]] = {}
    for case_id, name in session.execute(
        select(WorkItem.case_id, WorkItem.name)
        .where(WorkItem.case_id.in_([case.id for case in cases]), WorkItem.status == "open")
        .order_by(WorkItem.opened_at, WorkItem.id)
    ):
        waiting.setdefault(case_id, []).append(name)
    clocks = _clocks(session, cases)
    supervised = marks(session, [case.id for case in cases]).supervised
    rows = []
    for case in cases:
        label, tone = status_view(case)
        names = waiting.get(case.id, [])
        step = names[0] if len(names) == 1 else f"{names[0]}等 {len(names)} 项" if names else ""
        rows.append(
            CaseRow(
                no=case.no,
                title=case.title,
                applicant=case.applicant.short,
                kind=case.kind or "",
                status=case.status,
                status_label=label,
                tone=tone,
                phase=step,
                process_title=case.process_version.title,
                clock=clocks.get(case.id),
                started_at=case.started_at,
                is_demo=case.is_demo,
                is_supervised=case.id in supervised,
                url=links.case(case.no),
            )
        )
    return rows


def _clocks(session: Session, cases: Sequence[Case]) -> dict[object, ClockView]:
    by_id = {case.id: case for case in cases}
    clocks = session.scalars(
        select(Clock)
        .where(Clock.case_id.in_(by_id), Clock.work_item_id.is_(None), Clock.stopped_at.is_(None))
        .options(selectinload(Clock.pauses))
    )
    return {c.case_id: clock_view(c, calendar_of(session, by_id[c.case_id])) for c in clocks}
