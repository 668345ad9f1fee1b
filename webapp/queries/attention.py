"""What colleagues want seen: urged steps (催办), supervised cases (督办), cases sent to read (抄送, 传阅)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, exists, func, select
from sqlalchemy.orm import joinedload

from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.models.account import Position
from webapp.models.collaboration import Circulation, Supervision, Urge
from webapp.models.work_item import WorkItem
from webapp.queries.agencies import deciding_agency

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.case import Case
    from webapp.queries.actors import Actor

KINDS = {"copy": "抄送", "circulate": "传阅"}


@dataclass(frozen=True, slots=True)
class UrgeView:
    """The newest urging of a step, and how many there were."""

    who: str
    at: datetime
    words: str
    times: int


@dataclass(frozen=True, slots=True)
class SupervisionView:
    """A supervision of a case that goes on."""

    who: str
    since: datetime
    requirement: str
    due_on: date | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class CirculationView:
    """A case that was sent to somebody to read."""

    id: UUID
    kind: str
    reader: str
    sender: str
    at: datetime
    note: str
    read_at: datetime | None
    answer: str


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands beside cases and steps in a list."""

    supervised: frozenset[UUID] = frozenset()
    urges: dict[UUID, UrgeView] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaseAttention:
    """What of all this the page of a case shows."""

    supervisions: list[SupervisionView]
    may_lift: bool
    circulations: list[CirculationView]
    to_confirm: CirculationView | None
    urges: dict[UUID, UrgeView]


def marks(session: Session, case_ids: Collection[UUID], item_ids: Collection[UUID] = ()) -> Marks:
    """Return which of some cases are supervised, and which of some steps were urged by whom."""
    if not case_ids:
        return Marks()
    query = select(Supervision.case_id).where(
        Supervision.case_id.in_(set(case_ids)), Supervision.lifted_at.is_(None)
    )
    return Marks(frozenset(session.scalars(query)), urges_of(session, item_ids))


def urges_of(session: Session, item_ids: Collection[UUID]) -> dict[UUID, UrgeView]:
    """Return the newest urging of each of some steps."""
    if not item_ids:
        return {}
    rows = session.scalars(
        select(Urge)
        .where(Urge.work_item_id.in_(set(item_ids)))
        .options(joinedload(Urge.person), joinedload(Urge.position).joinedload(Position.agency))
        .order_by(Urge.urged_at, Urge.id)
    ).all()
    found: dict[UUID, UrgeView] = {}
    for row in rows:
        times = found[row.work_item_id].times if row.work_item_id in found else 0
        who = f"{row.position.full_title} {row.person.name}"
        found[row.work_item_id] = UrgeView(who, row.urged_at, row.words, times + 1)
    return found


def is_supervised() -> ColumnElement[bool]:
    """Return the condition that the case of a step is supervised."""
    return exists().where(Supervision.case_id == WorkItem.case_id, Supervision.lifted_at.is_(None))


def is_urged() -> ColumnElement[bool]:
    """Return the condition that a step was urged."""
    return exists().where(Urge.work_item_id == WorkItem.id)


def case_attention(session: Session, actor: Actor, case: Case, item_ids: Collection[UUID]) -> CaseAttention:
    """Return what the page of a case shows: to whom it was sent is told to both sides and nobody else.

    Args:
        session: Database session.
        actor: Who looks.
        case: A case that they may see.
        item_ids: Its open steps.
    """
    begun = session.scalars(going_on().where(Supervision.case_id == case.id)).all() if is_open(case) else []
    all_sent = session.scalars(
        sent().where(Circulation.case_id == case.id).order_by(Circulation.sent_at.desc(), Circulation.id)
    ).all()
    mine = [row for row in all_sent if _is_reader(actor, row)]
    shown = [
        row
        for row in all_sent
        if row in mine or actor.agency_id in {row.position.agency_id, row.sender_position.agency_id}
    ]
    waiting = next((row for row in mine if row.read_at is None), None)
    return CaseAttention(
        supervisions=[supervision_view(row) for row in begun],
        may_lift=bool(begun) and bool(liftable(session, actor, case, begun)),
        circulations=[_circulation(row) for row in shown],
        to_confirm=_circulation(waiting) if waiting else None,
        urges=urges_of(session, item_ids),
    )


def liftable(session: Session, actor: Actor, case: Case, begun: Iterable[Supervision]) -> list[Supervision]:
    """Return which supervisions an actor may lift: those of their agency; all for the one that decides."""
    decides = deciding_agency(session, case).id == actor.agency_id
    return [row for row in begun if decides or row.position.agency_id == actor.agency_id]


def is_open(case: Case) -> bool:
    """Tell whether a case is not over; a supervision ends with its case."""
    return case.status in {"running", "suspended"}


def unread_count(session: Session, actor: Actor) -> int:
    """Return how many cases were sent to the actor and are still to be confirmed."""
    return session.scalar(select(unread_total(actor))) or 0


def unread_total(actor: Actor) -> ScalarSelect[int]:
    """Return the count of `unread_count` as part of a larger query."""
    return select(func.count(Circulation.id)).where(*sent_to(actor), unread()).scalar_subquery()


def going_on() -> Select[Supervision]:
    """Return the query of the supervisions that were not lifted, the oldest first."""
    return (
        select(Supervision)
        .where(Supervision.lifted_at.is_(None))
        .options(joinedload(Supervision.person), joinedload(Supervision.position).joinedload(Position.agency))
        .order_by(Supervision.began_at, Supervision.id)
    )


def sent() -> Select[Circulation]:
    """Return the query of what was sent to be read, with the names that lists show."""
    reader = joinedload(Circulation.position).joinedload(Position.agency)
    sender = joinedload(Circulation.sender_position).joinedload(Position.agency)
    return select(Circulation).options(
        reader, sender, joinedload(Circulation.person), joinedload(Circulation.sent_by)
    )


def sent_to(actor: Actor) -> list[ColumnElement[bool]]:
    """Return the conditions that something was sent to the actor, or to whom they stand in for."""
    reader = actor.for_person_id or actor.person_id
    return [Circulation.person_id == reader, Circulation.position_id == actor.position_id]


def _is_reader(actor: Actor, row: Circulation) -> bool:
    return row.person_id == (actor.for_person_id or actor.person_id) and row.position_id == actor.position_id


def unread() -> ColumnElement[bool]:
    """Return the condition that its reader has not confirmed it."""
    return Circulation.read_at.is_(None)


def supervision_view(row: Supervision) -> SupervisionView:
    """Return a supervision as pages show it."""
    return SupervisionView(
        who=f"{row.position.full_title} {row.person.name}",
        since=row.began_at,
        requirement=row.requirement,
        due_on=row.due_on,
        is_late=row.due_on is not None and row.due_on < beijing_date(time.now()),
    )


def _circulation(row: Circulation) -> CirculationView:
    return CirculationView(**parts_of(row))


def parts_of(row: Circulation) -> dict[str, Any]:
    """Return what every view of something sent tells."""
    return {
        "id": row.id,
        "kind": KINDS[row.kind],
        "reader": f"{row.position.full_title} {row.person.name}",
        "sender": f"{row.sender_position.full_title} {row.sent_by.name}",
        "at": row.sent_at,
        "note": row.note,
        "read_at": row.read_at,
        "answer": row.answer,
    }
