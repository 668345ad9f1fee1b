"""What is done about a document after its issue: 送达, 更正, 撤销. Who, when and why is on record."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from webapp.core import clock as time
from webapp.core.clauses import Basis
from webapp.core.clock import BEIJING
from webapp.core.errors import Forbidden, Invalid, Locked, Missing
from webapp.models.document import Document, DocumentDelivery
from webapp.packs import DocumentSpec
from webapp.queries.document_life import DELIVER, IN_FORCE, recipients_of
from webapp.queries.document_stages import APPROVE
from webapp.services import attachments, documents
from webapp.services.events import record
from webapp.services.steps import locked_case

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.case import Case
    from webapp.queries.actors import Actor

WAYS = ("直接送达", "平台送达", "邮寄送达", "委托送达", "留置送达", "公告送达")
"""送达方式."""
LONGEST = 500
_SHORTEST_REASON = 4
_LONGEST_NAME = 60
_RECEIPT = DocumentSpec(
    "service_receipt", "送达回证", "service_receipt", "", Basis.parse("本地缺省：送达情况书面留存为办事惯例")
)
CORRECTION = DocumentSpec(
    "document_correction",
    "更正通知",
    "document_correction",
    "更",
    Basis.parse("本地缺省：公文印发后发现差错的，书面更正为机关公文办理惯例；序列字由局办公室核定"),
)


def deliver(
    session: Session,
    actor: Actor,
    document: Document,
    *,
    way: str,
    recipient: str,
    receiver: str,
    delivered_at: datetime,
    remark: str = "",
) -> DocumentDelivery:
    """Record a delivery and make its 送达回证, to be signed by whoever took the document.

    Args:
        session: The open unit of work.
        actor: Who records it, of the agency that issued the document.
        document: A document in force.
        way: One of `WAYS`.
        recipient: 受送达单位.
        receiver: Who took it.
        delivered_at: When, time-zone aware; not in the future and not before the document.
        remark: Anything else.

    Raises:
        Forbidden: If the document is another agency's.
        Invalid: If something is missing or cannot be.
        Locked: If the document is not in force.
    """
    case = _claim(session, actor, document, DELIVER)
    _in_force(document)
    _check_way_and_time(document, way, delivered_at)
    told = {
        "recipient": _text(recipient, "recipient", "受送达单位", longest=_LONGEST_NAME),
        "receiver": _text(receiver, "receiver", "收件人", longest=_LONGEST_NAME),
        "remark": remark.strip()[:LONGEST],
    }
    receipt = documents.make(
        session,
        case,
        actor,
        spec=_RECEIPT,
        agency=document.agency,
        element_id=document.element_id,
        given={
            "document_title": document.title,
            "document_number": document.number or "未编号",
            "method": way,
            "delivered_at": delivered_at.astimezone(BEIJING),
            "receiver": told["receiver"],
            "recipient": told["recipient"],
            "remark": told["remark"],
            "recipients": document.recipients,
        },
        about=document,
    )
    delivery = DocumentDelivery(
        jurisdiction_id=document.jurisdiction_id,
        document_id=document.id,
        way=way,
        recipient=told["recipient"],
        receiver=told["receiver"],
        delivered_at=delivered_at,
        remark=told["remark"],
        receipt_id=receipt.id,
        recorded_by_id=actor.person,
        position_title=actor.title or "",
    )
    session.add(delivery)
    session.flush()
    record(
        session,
        "document.delivered",
        actor=actor,
        case=case,
        document=document,
        data={"way": way, "recipient": told["recipient"], "at": delivered_at.isoformat()},
    )
    return delivery


def keep_proof(
    session: Session, actor: Actor, document: Document, delivery_id: UUID, *, name: str, content: bytes
) -> DocumentDelivery:
    """Keep the signed 送达回证 with the delivery that it proves.

    Raises:
        Forbidden: If the document is another agency's.
        Invalid: If the file cannot be kept.
        Locked: If there is one already.
        Missing: If there is no such delivery of this document.
    """
    case = _claim(session, actor, document, DELIVER)
    delivery = session.get(DocumentDelivery, delivery_id)
    if delivery is None or delivery.document_id != document.id:
        raise Missing("没有找到这次送达的记录。")
    if delivery.proof_id is not None:
        raise Locked("签收后的送达回证已经存入，不能替换。")
    kept = attachments.upload(session, actor, name, content)
    kept.case_id, delivery.proof_id = case.id, kept.id
    record(
        session,
        "document.receipt_returned",
        actor=actor,
        case=case,
        document=document,
        data={"sha256": kept.sha256},
    )
    return delivery


def correct(
    session: Session, actor: Actor, document: Document, *, wrong: str, right: str, reason: str
) -> Document:
    """更正: issue a numbered and sealed 更正通知; the document stands, to be read with it.

    Raises:
        Forbidden: If the actor may not sign off documents of the agency that issued it.
        Invalid: If something is missing.
        Locked: If the document is not in force.
    """
    case = _claim(session, actor, document, APPROVE)
    _in_force(document)
    said = {
        "wrong": _text(wrong, "wrong", "原文"),
        "right": _text(right, "right", "更正为"),
        "reason": _text(reason, "reason", "更正原因", _SHORTEST_REASON),
    }
    notice = documents.make(
        session,
        case,
        actor,
        spec=CORRECTION,
        agency=document.agency,
        element_id=document.element_id,
        given=said
        | {
            "addressee": "、".join(recipients_of(session, document)),
            "document_title": document.title,
            "document_number": document.number,
            "document_date": document.issued_on,
            "disclosure": document.disclosure or "",
            "retention": document.retention or "",
            "recipients": document.recipients,
        },
        about=document,
    )
    document.status, document.status_at = "corrected", time.now()
    record(
        session,
        "document.corrected",
        actor=actor,
        case=case,
        document=document,
        data={"number": document.number, "by": notice.number, "reason": said["reason"]},
    )
    return notice


def revoke(session: Session, actor: Actor, document: Document, *, reason: str) -> None:
    """撤销: the document no longer counts; its number stays taken.

    Raises:
        Forbidden: If the actor may not sign off documents of the agency that issued it.
        Invalid: If there is no reason.
        Locked: If the document is not in force.
    """
    case = _claim(session, actor, document, APPROVE)
    _in_force(document)
    why = _text(reason, "reason", "撤销原因", _SHORTEST_REASON)
    document.status, document.status_at = "revoked", time.now()
    record(
        session,
        "document.revoked",
        actor=actor,
        case=case,
        document=document,
        data={"number": document.number, "reason": why},
    )


def _claim(session: Session, actor: Actor, document: Document, right: str) -> Case:
    """Lock the case of a document, read the document again, and check who acts."""
    case = locked_case(session, document.case_id)
    session.refresh(document)
    if not actor.may(right) or actor.agency_id != document.agency_id:
        raise Forbidden("只有发文单位有权限的岗位可以办理这份公文的送达、更正或撤销。")
    return case


def _in_force(document: Document) -> None:
    if document.about_id is not None and document.template_key == _RECEIPT.key:
        raise Locked("送达回证本身不再送达、更正或撤销。")
    if document.status == "typeset":
        raise Locked("公文正在用印，请在印发后再办理。")
    if document.status not in IN_FORCE:
        raise Locked("这份公文已不再有效，不能再办理。")


def _check_way_and_time(document: Document, way: str, delivered_at: datetime) -> None:
    if way not in WAYS:
        raise Invalid("请选择送达方式。", field="way")
    if delivered_at > time.now() + timedelta(minutes=1):
        raise Invalid("送达时间不能晚于现在。", field="delivered_at")
    if delivered_at.astimezone(BEIJING).date() < document.issued_on:
        raise Invalid("送达时间不能早于公文的成文日期。", field="delivered_at")


def _text(text: str, field: str, label: str, shortest: int = 1, longest: int = LONGEST) -> str:
    text = text.strip()
    if not shortest <= len(text) <= longest:
        raise Invalid(f"请填写{label}（{shortest} 至 {longest} 字）。", field=field)
    return text
