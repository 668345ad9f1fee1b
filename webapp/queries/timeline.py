"""办理过程: the events of a case in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, select

from webapp.models.account import Person
from webapp.models.event import Event
from webapp.queries.actors import PUBLIC
from webapp.queries.attention import KINDS
from webapp.queries.names import acting_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement
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
    "case.submitted": ("已报送，开始计算办理时限", "ok"),
    "case.finished": ("本件办结", "ok"),
    "case.withdrawn": ("申请单位撤回申请", "warn"),
    "case.suspended": ("暂停办理（{reason}）", "warn"),
    "case.resumed": ("恢复办理", "ok"),
    "case.terminated": ("终止办理（{reason}）", "bad"),
    "case.archived": ("归档", "ok"),
    "case.supervised": ("督办", "warn"),
    "case.supervision_lifted": ("解除督办", "neutral"),
    "case.circulated": ("{how} {count} 人", "neutral"),
    "case.read": ("{how}：已阅", "neutral"),
    "work_item.urged": ("催办：{item}", "warn"),
    "work_item.completed": ("{item}", "ok"),
    "work_item.carried": ("{item}：原意见继续有效", "neutral"),
    "work_item.signed": ("{item}：{said}", "neutral"),
    "work_item.cancelled": ("{item}：已取消", "warn"),
    "work_item.transferred": ("{item}：转办", "neutral"),
    "work_item.returned": ("“{from_name}”退回“{item}”", "warn"),
    "work_item.taken_back": ("{item}：拿回重办", "warn"),
    "work_item.given_back": ("{item}：签署有不同意见，内容退回修改", "warn"),
    "work_item.handed_back": ("{item}：代办人交回", "neutral"),
    "work_item.recalled": ("{item}：收回委派", "neutral"),
    "work_item.declined": ("{item}：推辞{role}", "warn"),
    "work_item.withdrawn": ("{item}：收回{role}", "neutral"),
    "seat.asked": ("{item}：{role} {count} 人", "neutral"),
    "case.token_moved": ("系统管理员调整办理环节（{reason}）", "warn"),
    "case.token_passed": ("系统管理员越过一个环节（{reason}）", "warn"),
    "case.migrated": ("改按新版流程办理", "neutral"),
    "case.migration_undone": ("恢复按原版流程办理", "neutral"),
    "incident.raised": ("自动办理“{name}”未成功，已通知系统管理员", "late"),
    "incident.skipped": ("系统管理员跳过未成功的自动办理（{reason}）", "warn"),
    "incident.resolved": ("自动办理“{name}”的问题已处理", "ok"),
    "opinion.presumed": ("{item}：逾期视为无意见", "warn"),
    "clock.started": ("起算办理时限", "neutral"),
    "clock.paused": ("暂停计时（{reason}）", "warn"),
    "clock.resumed": ("恢复计时", "neutral"),
    "clock.warning": ("{clock}即将到期", "warn"),
    "clock.due": ("{clock}今日到期", "warn"),
    "clock.overdue": ("{clock}已超期", "late"),
    "clock.escalated": ("{clock}超期，已报领导", "late"),
    "clock.recomputed": ("工作日历变动，{clock}重新计算", "neutral"),
    "work_item.defaulted": ("{item}：逾期按默认方式办理", "warn"),
    "decision.made": ("规则判定：{name}", "neutral"),
    "document.issued": ("印发《{document}》{number}", "ok"),
    "document.superseded": ("《{document}》{number}作废（{reason}）", "warn"),
    "document.sealed": ("《{document}》完成用印", "neutral"),
    "document.delivered": ("《{document}》{number}{way}{recipient}", "ok"),
    "document.receipt_returned": ("《{document}》{number}送达回证收回", "ok"),
    "document.corrected": ("《{document}》{number}更正（{reason}）", "warn"),
    "document.revoked": ("《{document}》{number}撤销（{reason}）", "bad"),
    "evidence.exported": ("导出存证包（事由：{reason}）", "neutral"),
    "market.recognised": ("列入零工市场名录，编号 {no}", "ok"),
    "market.refused": ("决定不予认定", "warn"),
    "market.changed": ("名录信息已变更，市场名录同步更新", "ok"),
    "market.recorded": ("办理结果记入市场档案（{period}）", "ok"),
    "market.left": ("市场移出名录（{way}）", "warn"),
    "case.opened_another": ("转入“{title}”，办件编号 {no}", "neutral"),
    "case.ended_another": ("终止由本件发起的“{title}”，办件编号 {no}", "neutral"),
    "survey.opened": ("生成满意度调查邀请，{name}截止", "neutral"),
    "survey.handed_out": ("{way}满意度调查邀请", "neutral"),
    "survey.counted": ("统计满意度答卷", "ok"),
    "help.rated": ("求助人评价办理结果：{reason}", "neutral"),
    "personal.revealed": ("查看个人信息（理由：{reason}）", "warn"),
}
"""Words and tone by kind of event."""

SHOWN_KINDS = frozenset(_WORDS)
TECHNICAL_KINDS = frozenset(
    {
        *("work_item.opened", "work_item.claimed", "work_item.released", "task.read"),
        *("attachment.uploaded", "attachment.read", "document.read", "draft.dropped"),
        *("incident.retried", "message.arrived", "timer.fired"),
    }
)
"""Events of a case that only the audit trail tells of: nothing was decided, said or changed by them."""
_ROLES = {"before": "前加签", "after": "后加签", "vote": "会签", "delegate": "委派"}
_ANSWERS = {True: "同意", False: "不同意", None: "弃权"}
_TOLD = ("reason", "clock", "name", "no", "from_name", "way", "recipient", "period", "title")
"""Data of events that stand in their words as they are."""
_WITH_REASON = frozenset({"case.withdrawn", "work_item.transferred"})


def timeline(
    session: Session,
    case: Case,
    items: Mapping[UUID, WorkItem],
    documents: Mapping[UUID, Document],
    newest: int | None = None,
) -> list[EventView]:
    """Return what happened in a case, the newest first: so many of the newest, or all."""
    rows = session.execute(
        select(Event, Person)
        .outerjoin(Person, Person.id == Event.actor_person_id)
        .where(*_shown_of(case))
        .order_by(Event.seq.desc())
        .limit(newest)
    ).all()
    away = away_people(session, [event for event, _ in rows])
    return [
        event_view(
            event,
            person,
            items.get(event.work_item_id) if event.work_item_id else None,
            documents.get(event.document_id) if event.document_id else None,
            away.get(event.data.get("for_person")),
        )
        for event, person in rows
    ]


def event_count(session: Session, case: Case) -> int:
    """Return how many things its page could tell of a case."""
    return session.scalar(select(func.count(Event.id)).where(*_shown_of(case))) or 0


def _shown_of(case: Case) -> tuple[ColumnElement[bool], ...]:
    own = (Event.jurisdiction_id == case.jurisdiction_id, Event.case_id == case.id)
    return (*own, Event.kind.in_(SHOWN_KINDS))


def away_people(session: Session, events: Iterable[Event]) -> dict[object, Person]:
    """Return the people for whom others acted in some events, by the text of their key."""
    keys = {str(event.data["for_person"]) for event in events if "for_person" in event.data}
    if not keys:
        return {}
    found = session.scalars(select(Person).where(Person.id.in_([UUID(key) for key in keys])))
    return {str(person.id): person for person in found}


def event_view(
    event: Event,
    person: Person | None,
    item: WorkItem | None,
    document: Document | None,
    for_person: Person | None = None,
) -> EventView:
    """Return one event in words; its kind is one of `SHOWN_KINDS`.

    Args:
        event: What happened.
        person: Who did it, if anybody.
        item: The step in which it happened.
        document: The document that it is about.
        for_person: Whom the person stood in for (乙 代 甲).
    """
    words, tone = _WORDS[event.kind]
    named = {
        "item": item.name if item else "",
        "document": document.title if document else "",
        "number": (document.number or "") if document else "",
        "how": KINDS.get(str(event.data.get("how")), ""),
        "count": str(len(event.data.get("persons", []))),
        "role": _ROLES.get(str(event.data.get("role")), ""),
        "said": _said(event),
        **{key: str(event.data.get(key) or "") for key in _TOLD},
    }
    by_itself = PUBLIC if event.position_title == PUBLIC else "系统自动"
    who = f"{event.position_title or ''} · {acting_name(person, for_person)}" if person else by_itself
    text = named["reason"] if event.kind in _WITH_REASON else ""
    return EventView(event.at, words.format(**named), who, text, tone)


def _said(event: Event) -> str:
    """Return what a signature says: 签署 of whoever does the step, or an answer of somebody who was asked."""
    role = _ROLES.get(str(event.data.get("role")))
    return f"{role}，{_ANSWERS[event.data.get('agrees')]}" if role else "签署"
