"""What happened lately in the cases that the actor's agency has a part in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.models.account import Person
from webapp.models.case import Case
from webapp.models.document import Document
from webapp.models.event import Event
from webapp.models.work_item import WorkItem
from webapp.queries import links
from webapp.queries.case_access import agency_cases
from webapp.queries.timeline import SHOWN_KINDS, away_people, event_view

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

LIMIT = 8


@dataclass(frozen=True, slots=True)
class RecentEvent:
    """One thing that happened, and the case in which it did."""

    at: datetime
    title: str
    who: str
    text: str
    tone: str
    case_no: str
    url: str


def recent_events(session: Session, actor: Actor) -> list[RecentEvent]:
    """Return the newest events of the agency's cases."""
    rows = session.execute(
        select(Event, Person, WorkItem, Document, Case.no)
        .join(Case, Case.id == Event.case_id)
        .outerjoin(Person, Person.id == Event.actor_person_id)
        .outerjoin(WorkItem, WorkItem.id == Event.work_item_id)
        .outerjoin(Document, Document.id == Event.document_id)
        .where(
            Event.jurisdiction_id == actor.jurisdiction_id,
            Event.case_id.in_(agency_cases(actor).with_only_columns(Case.id)),
            Event.kind.in_(SHOWN_KINDS),
        )
        .order_by(Event.seq.desc())
        .limit(LIMIT)
    ).all()
    away = away_people(session, [row[0] for row in rows])
    found = []
    for event, person, item, document, case_no in rows:
        view = event_view(event, person, item, document, away.get(event.data.get("for_person")))
        found.append(
            RecentEvent(
                view.at,
                view.title,
                view.who,
                view.text,
                view.tone,
                case_no,
                links.case(case_no),
            )
        )
    return found
