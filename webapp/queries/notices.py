"""Whom an event concerns, and in which words they are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from webapp.core import clock as time
from webapp.core.clock import BEIJING, beijing_date, official_date
from webapp.models.account import Agency, Appointment, Person, Position
from webapp.models.case import Case
from webapp.models.clock import Clock
from webapp.models.collaboration import Substitution
from webapp.models.document import Document
from webapp.models.pack_draft import PackDraft
from webapp.models.work_item import WorkItem
from webapp.queries.agencies import deciding_agency
from webapp.queries.clock_views import last_moment
from webapp.queries.substitutions import in_force_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sqlalchemy.orm import Session

    from webapp.models.event import Event
    from webapp.packs import NoticeSpec

SUPERVISE = "case.supervise"
OPERATE = "operation.manage"
RELEASE = "studio.release"


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about, read once for everybody who is told of it."""

    event: Event
    case: Case | None
    item: WorkItem | None
    document: Document | None
    clock: Clock | None
    draft: PackDraft | None = None


def subject_of(session: Session, event: Event) -> Subject:
    """Return what an event is about."""
    item = session.get(WorkItem, event.work_item_id) if event.work_item_id else None
    case = session.get(Case, event.case_id) if event.case_id else None
    document = session.get(Document, event.document_id) if event.document_id else None
    clock = None
    if case is not None:
        of_case = Clock.work_item_id.is_(None)
        meant = or_(Clock.work_item_id == item.id, of_case) if item else of_case
        clock = session.scalar(  # the step's own, or else that of its case, as the inbox shows it
            select(Clock)
            .where(Clock.case_id == case.id, meant)
            .order_by(of_case, Clock.started_at.desc(), Clock.id.desc())
            .limit(1)
        )
    draft = session.get(PackDraft, UUID(event.data["draft"])) if event.data.get("draft") else None
    return Subject(event, case, item, document, clock, draft)


def words_of(session: Session, subject: Subject) -> dict[str, str]:
    """Return the words that a notice's text may name."""
    event, case, item, document = subject.event, subject.case, subject.item, subject.document
    draft = subject.draft
    actor = session.get(Person, event.actor_person_id) if event.actor_person_id else None
    due = last_moment(subject.clock).astimezone(BEIJING) if subject.clock else None
    return {
        "办件": case.title if case else "",
        "编号": case.no if case else "",
        "申请单位": case.applicant.short if case else "",
        "环节": item.name if item else "",
        "期限": f"{due.month}月{due.day}日" if due else "",
        "时限": str(event.data.get("clock") or (item.name if item else "")),
        "理由": str(event.data.get("reason") or ""),
        "公文": document.title if document else "",
        "文号": (document.number or "") if document else "",
        "办理人": f"{event.position_title or ''} {actor.name}".strip() if actor else "系统",
        "草稿": draft.title if draft else "",
        "启用日": _first_day(draft) if draft else "",
    }


def _first_day(draft: PackDraft) -> str:
    return official_date(draft.effective_from) if draft.effective_from else "核准当日"


def concerned(session: Session, spec: NoticeSpec, subject: Subject) -> list[Person]:
    """Return who is to be told, and who stands in for them today, without whoever did it."""
    found = list(_AUDIENCES[spec.audience](session, subject))
    found += _substitutes(session, subject, found)
    kept = {person.id: person for person in found if person.is_active}
    return [person for key, person in kept.items() if key != subject.event.actor_person_id]


def _substitutes(session: Session, subject: Subject, absent: Iterable[Person]) -> Iterable[Person]:
    """Who acts today for those who are away, in this procedure and in the position of the step."""
    query = select(Substitution).where(
        in_force_on(beijing_date(time.now())),
        Substitution.jurisdiction_id == subject.event.jurisdiction_id,
        Substitution.person_id.in_([person.id for person in absent]),
    )
    if subject.case is not None:
        key = Substitution.process_key
        query = query.where(or_(key.is_(None), key == subject.case.process_key))
    if subject.item is not None:
        held = Substitution.position_id
        query = query.where(or_(held.is_(None), held == subject.item.position_id))
    return [row.substitute for row in session.scalars(query)]


def _holders(session: Session, subject: Subject) -> Iterable[Person]:
    item = subject.item
    if item is None or item.status != "open":
        return _deciders(session, subject) if item is None else ()
    if item.claimed_by is not None:
        return [item.claimed_by]
    return _in_positions(session, Position.id == item.position_id)


def _applicant(session: Session, subject: Subject) -> Iterable[Person]:
    started_by = subject.case.started_by_id if subject.case else None
    starter = session.get(Person, started_by) if started_by else None
    return [starter] if starter else ()


def _named(session: Session, subject: Subject) -> Iterable[Person]:
    data = subject.event.data
    keys = [key for key in (*data.get("persons", []), data.get("person")) if key]
    if not keys:
        return _holders(session, subject)
    return session.scalars(select(Person).where(Person.id.in_([UUID(key) for key in keys])))


def _deciders(session: Session, subject: Subject) -> Iterable[Person]:
    """Who has an open step of the case."""
    if subject.case is None:
        return ()
    waiting = select(WorkItem.position_id).where(
        WorkItem.case_id == subject.case.id, WorkItem.status == "open"
    )
    return _in_positions(session, Position.id.in_(waiting))


def _supervisors(session: Session, subject: Subject) -> Iterable[Person]:
    """Leaders of the agency that decides the case and of the one whose step is late."""
    if subject.case is None:
        return ()
    decides = deciding_agency(session, subject.case)
    agencies = select(Agency.id).where(
        Agency.jurisdiction_id == subject.case.jurisdiction_id,
        or_(Agency.id == decides.id, Agency.id == (subject.item.agency_id if subject.item else None)),
    )
    return _with_right(session, Position.agency_id.in_(agencies), SUPERVISE)


def _administrators(session: Session, subject: Subject) -> Iterable[Person]:
    return _with_right(session, Position.jurisdiction_id == subject.event.jurisdiction_id, OPERATE)


def _releasers(session: Session, subject: Subject) -> Iterable[Person]:
    return _with_right(session, Position.jurisdiction_id == subject.event.jurisdiction_id, RELEASE)


def _in_positions(session: Session, condition: ColumnElement[bool]) -> list[Person]:
    today = beijing_date(time.now())
    held = select(Appointment).join(Position, Position.id == Appointment.position_id).where(condition)
    return [row.person for row in session.scalars(held) if row.holds_on(today)]


def _with_right(session: Session, condition: ColumnElement[bool], right: str) -> list[Person]:
    positions = session.scalars(select(Position).where(condition))
    keys = [position.id for position in positions if right in position.rights]
    return _in_positions(session, Position.id.in_(keys))


_AUDIENCES: Mapping[str, Callable[[Session, Subject], Iterable[Person]]] = {
    "holders": _holders,
    "applicant": _applicant,
    "named": _named,
    "deciders": _deciders,
    "supervisors": _supervisors,
    "administrators": _administrators,
    "releasers": _releasers,
}
