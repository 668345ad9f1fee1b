"""Looks at personal data in clear: each is part of history, once per person, thing and day."""

from __future__ import annotations

from datetime import datetime
from datetime import time as time_of_day
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

import forms
from webapp.core import clock as time
from webapp.core.clock import BEIJING, beijing_date
from webapp.models.case import Case
from webapp.models.event import Event
from webapp.services.events import record

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from webapp.models.document import Attachment, Document
    from webapp.models.work_item import WorkItem
    from webapp.queries.actors import Actor


def at_document(session: Session, actor: Actor, document: Document) -> None:
    """Record that somebody opens an official document: it names contacts and signers."""
    if _first_today(session, actor, "document.read", Event.document_id == document.id):
        record(session, "document.read", actor=actor, case=document.case, document=document)


def at_attachment(session: Session, actor: Actor, attachment: Attachment) -> None:
    """Record that somebody downloads a file that was handed in: nobody knows what it says of people."""
    key = str(attachment.id)
    if _first_today(session, actor, "attachment.read", Event.data["attachment"].as_string() == key):
        case = session.get(Case, attachment.case_id) if attachment.case_id else None
        record(session, "attachment.read", actor=actor, case=case, data={"attachment": key})


def at_task(session: Session, actor: Actor, item: WorkItem) -> None:
    """Record that somebody is given what is entered in a step, personal data unmasked."""
    if is_first_at_task(session, actor, item):
        record(session, "task.read", actor=actor, case=item.case, work_item=item)


def is_first_at_task(session: Session, actor: Actor, item: WorkItem) -> bool:
    """Tell whether somebody has not yet looked at what is entered in a step on this Beijing day."""
    return _first_today(session, actor, "task.read", Event.work_item_id == item.id)


def names_people(form: forms.BoundForm) -> bool:
    """Tell whether a form, as it is shown to be filled in, holds personal data in clear."""
    _, personal = forms.split_personal(form.schema, form.draft)
    return any(personal.values())


def _first_today(session: Session, actor: Actor, kind: str, same: ColumnElement[Any]) -> bool:
    """Tell whether a person has not yet looked at a thing on this Beijing day."""
    midnight = datetime.combine(beijing_date(time.now()), time_of_day.min, BEIJING)
    earlier = select(Event.id).where(
        Event.jurisdiction_id == actor.jurisdiction_id,
        Event.actor_person_id == actor.person,
        Event.kind == kind,
        Event.at >= midnight,
        same,
    )
    return session.scalar(earlier.limit(1)) is None
