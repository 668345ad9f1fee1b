"""办理过程: the events of a case in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.models.account import Person
from webapp.models.event import Event

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.case import Case
    from webapp.models.document import Document
    from webapp.models.work_item import WorkItem


@dataclass(frozen=True, slots=True)
class EventView:
    """One thing that happened.

    Attributes:
        at: When, UTC-aware.
        title: What, in a few words.
        who: Position and name, or 系统.
        text: What was said, if anything.
        tone: `ok`, `warn`, `late`, `info` or empty.
    """

    at: datetime
    title: str
    who: str
    text: str = ""
    tone: str = ""


_WORDS = {
    "case.started": ("发起申请", "neutral"),
    "case.submitted": ("申请报送区级", "ok"),
    "case.finished": ("本件办结", "ok"),
    "case.withdrawn": ("申请单位撤回申请", "warn"),
    "case.archived": ("归档", "ok"),
    "work_item.completed": ("{item}", "ok"),
    "work_item.signed": ("{item}：签署", "neutral"),
    "work_item.cancelled": ("{item}：已取消", "warn"),
    "opinion.presumed": ("{item}：逾期视为无意见", "warn"),
    "clock.started": ("起算办理时限", "neutral"),
    "clock.paused": ("暂停计时（{reason}）", "warn"),
    "clock.resumed": ("恢复计时", "neutral"),
    "clock.overdue": ("{clock}已超期", "late"),
    "decision.made": ("规则判定：{name}", "neutral"),
    "document.issued": ("印发《{document}》{number}", "ok"),
    "document.sealed": ("《{document}》完成用印", "neutral"),
    "market.recognised": ("列入零工市场名录，编号 {no}", "ok"),
    "market.refused": ("决定不予认定", "warn"),
    "personal.revealed": ("查看个人信息（理由：{reason}）", "warn"),
}
"""Words and tone by kind of event; kinds that are not here are technical and not shown."""

SHOWN_KINDS = frozenset(_WORDS)


def timeline(
    session: Session,
    case: Case,
    items: Mapping[UUID, WorkItem],
    documents: Mapping[UUID, Document],
) -> list[EventView]:
    """Return what happened in a case, the newest first."""
    rows = session.execute(
        select(Event, Person)
        .outerjoin(Person, Person.id == Event.actor_person_id)
        .where(Event.jurisdiction_id == case.jurisdiction_id, Event.case_id == case.id)
        .order_by(Event.seq.desc())
    )
    return [
        event_view(
            event,
            person,
            items.get(event.work_item_id) if event.work_item_id else None,
            documents.get(event.document_id) if event.document_id else None,
        )
        for event, person in rows
        if event.kind in SHOWN_KINDS
    ]


def event_view(
    event: Event, person: Person | None, item: WorkItem | None, document: Document | None
) -> EventView:
    """Return one event in words; its kind is one of `SHOWN_KINDS`."""
    words, tone = _WORDS[event.kind]
    named = {
        "item": item.name if item else "",
        "document": document.title if document else "",
        "number": (document.number or "") if document else "",
        **{key: str(event.data.get(key) or "") for key in ("reason", "clock", "name", "no")},
    }
    who = f"{event.position_title or ''} · {person.name}" if person else "系统自动"
    text = named["reason"] if event.kind == "case.withdrawn" else ""
    return EventView(event.at, words.format(**named), who, text, tone)
