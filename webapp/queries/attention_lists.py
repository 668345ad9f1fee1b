"""Lists: what was sent to read (传阅与抄送), what is supervised (督办件), whom a case can be sent to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.models.account import Appointment, Person, Position
from webapp.models.case import Case
from webapp.models.collaboration import Circulation, Supervision
from webapp.queries import case_list, links
from webapp.queries.attention import (
    CirculationView,
    SupervisionView,
    going_on,
    parts_of,
    sent,
    sent_to,
    supervision_view,
    unread,
)
from webapp.queries.case_access import visible_cases
from webapp.queries.paging import PAGE_SIZE, Page, page_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor


@dataclass(frozen=True, slots=True)
class CirculationRow(CirculationView):
    """One line of what was sent to a reader."""

    case_no: str
    case_title: str
    status_label: str
    tone: str
    is_demo: bool
    url: str


@dataclass(frozen=True, slots=True)
class SupervisedRow:
    """One line of the supervised cases."""

    case: case_list.CaseRow
    supervision: SupervisionView


def circulations_for(
    session: Session, actor: Actor, *, only_unread: bool, number: int
) -> Page[CirculationRow]:
    """Return what was sent to the actor's position, the newest first."""
    wanted = [*sent_to(actor), *([unread()] if only_unread else [])]
    total = session.scalar(select(func.count(Circulation.id)).where(*wanted)) or 0
    rows = session.scalars(
        sent()
        .where(*wanted)
        .options(joinedload(Circulation.case))
        .order_by(Circulation.sent_at.desc(), Circulation.id)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    return page_of([_row(row) for row in rows], total, number, {} if only_unread else {"tab": "all"})


def supervised(session: Session, actor: Actor, number: int) -> Page[SupervisedRow]:
    """Return the supervised cases that the actor may see, those due first, then the oldest."""
    open_cases = visible_cases(actor).where(Case.status.in_(("running", "suspended")))
    here = Supervision.case_id.in_(open_cases.with_only_columns(Case.id))
    count = select(func.count(Supervision.id)).where(Supervision.lifted_at.is_(None), here)
    total = session.scalar(count) or 0
    rows = session.scalars(
        going_on()
        .where(here)
        .order_by(None)
        .order_by(Supervision.due_on.is_(None), Supervision.due_on, Supervision.began_at, Supervision.id)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    ).all()
    cases = session.scalars(
        select(Case)
        .where(Case.id.in_({row.case_id for row in rows}))
        .options(joinedload(Case.applicant), joinedload(Case.process_version))
    ).all()
    shown = dict(zip([case.id for case in cases], case_list.rows_of(session, cases), strict=True))
    lines = [SupervisedRow(shown[row.case_id], supervision_view(row)) for row in rows]
    return page_of(lines, total, number)


def readers_to_choose(session: Session, actor: Actor) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return to whom a case can be sent: agency, then key of the appointment and words, without oneself."""
    today = beijing_date(time.now())
    rows = session.scalars(
        select(Appointment)
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.jurisdiction_id == actor.jurisdiction_id, Person.is_active)
        .options(
            joinedload(Appointment.person),
            joinedload(Appointment.position).joinedload(Position.agency),
        )
        .order_by(Appointment.position_id, Appointment.id)
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for row in sorted(rows, key=lambda row: row.position.agency_id != actor.agency_id):
        if row.holds_on(today) and row.person_id != actor.person_id:
            words = f"{row.person.name}（{row.position.title}）"
            found.setdefault(row.position.agency.name, []).append((str(row.id), words))
    return list(found.items())


def _row(row: Circulation) -> CirculationRow:
    label, tone = case_list.status_view(row.case)
    return CirculationRow(
        **parts_of(row),
        case_no=row.case.no,
        case_title=row.case.title,
        status_label=label,
        tone=tone,
        is_demo=row.case.is_demo,
        url=links.case(row.case.no),
    )
