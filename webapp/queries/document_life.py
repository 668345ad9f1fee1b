"""The life of a document, stage by stage: who, when, and what is not part of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.core.clock import official_date
from webapp.models.account import Person
from webapp.models.document import Document
from webapp.models.event import Event
from webapp.packs import APPLICANT
from webapp.queries.document_deliveries import deliveries_of
from webapp.queries.document_stages import (
    APPROVE,
    DISCLOSURE,
    DRAFT,
    REVIEW,
    SECRECY,
    SIGN,
    Acted,
    stages_of,
)
from webapp.queries.document_views import DocumentRow, document_row
from webapp.queries.names import acting_name
from webapp.queries.releases import pack_of_case
from webapp.queries.timeline import away_people

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor
    from webapp.queries.document_deliveries import Delivery

DELIVER = "document.deliver"
IN_FORCE = ("issued", "corrected")
_WORKED_OUT = (
    (DRAFT, "拟稿"),
    (REVIEW, "核稿"),
    (SECRECY, "保密审查"),
    (DISCLOSURE, "公开属性"),
    (SIGN, "签发"),
)
_ABSENT = "流程未单设此环节"
_LATER = {
    "document.delivered": ("送达", "ok"),
    "document.receipt_returned": ("送达回证收回", "ok"),
    "document.corrected": ("更正", "warn"),
    "document.revoked": ("撤销", "bad"),
    "document.superseded": ("被替代", "warn"),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a document's life.

    Attributes:
        label: What it is called.
        who: Position and name; empty where nobody acted.
        at: When; `None` for a stage that has not been, or is no part of it.
        text: What was said, or why there is nothing.
        tone: `ok`, `warn`, `bad`, or `neutral` for a stage that is not part of it.
    """

    label: str
    who: str
    at: datetime | None
    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class LifePage:
    """What the page of a document tells of its life, and what the reader may do about it.

    Attributes:
        stages: Its stages in order.
        deliveries: How it was delivered.
        related: The document that it is about, or the 更正通知 about it.
        recipient: To whom it is addressed.
        may_deliver: Whether the reader may record a delivery now.
        may_sign_off: Whether the reader may correct or revoke it now.
    """

    stages: list[Stage]
    deliveries: list[Delivery]
    related: list[DocumentRow]
    recipient: str
    may_deliver: bool
    may_sign_off: bool


def life_page(session: Session, actor: Actor, document: Document) -> LifePage:
    """Return what the page of a document that the actor may read tells of its life."""
    about = session.get(Document, document.about_id) if document.about_id else None
    related = [about] if about else corrections_of(session, document)
    own = actor.agency_id == document.agency_id and document.status in IN_FORCE
    acts = own and not (about is not None and document.number is None)
    return LifePage(
        stages=life_of(session, document),
        deliveries=deliveries_of(session, document),
        related=[document_row(row) for row in related],
        recipient="、".join(recipients_of(session, document)),
        may_deliver=acts and actor.may(DELIVER),
        may_sign_off=acts and actor.may(APPROVE),
    )


def recipients_of(session: Session, document: Document) -> list[str]:
    """Return the names of those to whom a document is addressed; the applicant if it names nobody."""
    case = document.case
    agencies = pack_of_case(session, case).agencies
    named = [
        case.applicant.name if key == APPLICANT else agencies[key].name
        for key in document.recipients
        if key == APPLICANT or key in agencies
    ]
    return named or [case.applicant.name]


def life_of(session: Session, document: Document) -> list[Stage]:
    """Return the stages of a document that the system knows, in their order."""
    parts = (
        {} if document.about_id else stages_of(session, document.case, document.agency, document.issued_at)
    )
    events = _events(session, document)
    issued = events.get("document.issued", [None])[0]
    worked_out = (
        []
        if document.about_id
        else [_worked_out(document, parts.get(key), label) for key, label in _WORKED_OUT]
    )
    return [
        *worked_out,
        _numbered(document, issued),
        _sealed(document, events.get("document.sealed", [])),
        _put_out(document),
        *(
            Stage(*_LATER[kind][:1], one.who, one.at, one.text, _LATER[kind][1])
            for kind in _LATER
            for one in events.get(kind, [])
        ),
    ]


def corrections_of(session: Session, document: Document) -> list[Document]:
    """Return the 更正通知 of a document, the first one first."""
    return list(
        session.scalars(
            select(Document)
            .where(Document.about_id == document.id, Document.number.is_not(None))
            .order_by(Document.issued_at, Document.id)
        )
    )


def _worked_out(document: Document, acted: Acted | None, label: str) -> Stage:
    if acted is None and label == "公开属性" and document.disclosure:
        return Stage(label, "", None, f"{document.disclosure}（按文书模板）", "neutral")
    if acted is None:
        return Stage(label, "", None, _ABSENT, "neutral")
    return Stage(label, acted.who, acted.at, acted.text, "ok")


def _numbered(document: Document, issued: Acted | None) -> Stage:
    if document.number is None:
        return Stage("编号", "", None, "不编文号", "neutral")
    return Stage("编号", issued.who if issued else "系统自动", document.issued_at, document.number, "ok")


def _sealed(document: Document, events: list[Acted]) -> Stage:
    if not document.seal_boxes:
        return Stage("用印", "", None, "不用印，由文中所列人员签字", "neutral")
    if not events:
        return Stage("用印", "", None, "正在用印", "warn")
    return Stage("用印", document.agency.name, events[0].at, "电子印章", "ok")


def _put_out(document: Document) -> Stage:
    if document.status == "typeset":
        return Stage("印发", "", None, "尚未印发", "warn")
    at = document.sealed_at or document.issued_at
    return Stage("印发", document.agency.name, at, f"成文日期{official_date(document.issued_on)}", "ok")


def _events(session: Session, document: Document) -> dict[str, list[Acted]]:
    """Return what is on record of a document, by kind, the first first."""
    kinds = ("document.issued", "document.sealed", *_LATER)
    rows = session.execute(
        select(Event, Person)
        .outerjoin(Person, Person.id == Event.actor_person_id)
        .where(
            Event.jurisdiction_id == document.jurisdiction_id,
            Event.case_id == document.case_id,
            Event.document_id == document.id,
            Event.kind.in_(kinds),
        )
        .order_by(Event.seq)
    ).all()
    away = away_people(session, [event for event, _ in rows])
    found: dict[str, list[Acted]] = {}
    for event, person in rows:
        name = acting_name(person, away.get(event.data.get("for_person")))
        who = f"{event.position_title or ''} {name}" if person else "系统自动"
        said = (str(event.data[key]) for key in ("way", "recipient", "by", "reason") if event.data.get(key))
        found.setdefault(event.kind, []).append(Acted(who, event.at, "，".join(said)))
    return found
