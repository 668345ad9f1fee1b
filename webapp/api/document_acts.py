"""What is done about an official document after its issue: 送达, 更正, 撤销."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import AwareDatetime, BeforeValidator, Field

from webapp.api.answers import Answer, DocumentRow, Instant
from webapp.api.blueprint import api
from webapp.api.describing import FILES, Operation, described
from webapp.api.reading import read_body
from webapp.api.rendering import answered
from webapp.api.requests import Plain, Request
from webapp.queries.document_life import life_page
from webapp.queries.document_views import document_row, visible_document
from webapp.services import document_acts
from webapp.uow import read_only, unit_of_work
from webapp.views.parameters import key_of
from webapp.views.security import current_actor, right

if TYPE_CHECKING:
    from flask import Response

_PROBLEMS = (400, 404, 409, 413, 415, 422)
Said = Annotated[Plain, Field(min_length=1, max_length=500)]
Reason = Annotated[Plain, Field(min_length=4, max_length=500)]
Moment = Annotated[
    AwareDatetime,
    BeforeValidator(lambda text: datetime.fromisoformat(text) if isinstance(text, str) else text),
]
Name = Annotated[Plain, Field(min_length=1, max_length=60)]


class NewDelivery(Request):
    """A delivery that took place."""

    way: str = Field(description="、".join(document_acts.WAYS))
    recipient: Name = Field(description="受送达单位")
    receiver: Name = Field(description="收件人")
    delivered_at: Moment = Field(description="送达时刻，须带时区")
    remark: Annotated[Plain, Field(max_length=500)] = ""


class Correction(Request):
    """What was wrong in a document."""

    wrong: Said = Field(description="原文")
    right: Said = Field(description="更正为")
    reason: Reason = Field(description="更正原因")


class Revocation(Request):
    """Why a document counts no longer."""

    reason: Reason = Field(description="撤销原因")


class LifeStage(Answer):
    """One stage of a document's life."""

    label: str
    who: str
    at: Instant | None = Field(description="null 表示未进行，或流程不设此环节")
    text: str


class DeliveryRow(Answer):
    """One delivery."""

    way: str
    recipient: str
    at: Instant
    recorded_by: str


class DocumentLife(Answer):
    """办文过程 of a document."""

    stages: list[LifeStage]
    deliveries: list[DeliveryRow]
    related: list[DocumentRow] = Field(description="更正通知，或本件所更正、送达的公文")


@api.get("/documents/<document_id>/life")
@right("case.read")
@described(Operation(FILES, "公文的办文过程和送达情况", DocumentLife, problems=(404,)))
def show_document_life(document_id: str) -> Response:
    """Who did what about a document, and when."""
    actor = current_actor()
    with read_only() as session:
        document = visible_document(session, actor, key_of(document_id))
        return answered(DocumentLife.model_validate(life_page(session, actor, document)))


@api.post("/documents/<document_id>/deliveries")
@right("document.deliver")
@described(
    Operation(FILES, "登记送达，生成送达回证", DocumentRow, status=201, body=NewDelivery, problems=_PROBLEMS)
)
def deliver_document(document_id: str) -> Response:
    """送达; the answer is the 送达回证."""
    actor, asked, key = current_actor(), read_body(NewDelivery), key_of(document_id)
    with unit_of_work() as session:
        document = visible_document(session, actor, key)
        delivery = document_acts.deliver(session, actor, document, **asked.model_dump())
        return answered(DocumentRow.model_validate(document_row(delivery.receipt)), 201)


@api.post("/documents/<document_id>/correct")
@right("document.approve")
@described(
    Operation(FILES, "更正，印发更正通知", DocumentRow, status=201, body=Correction, problems=_PROBLEMS)
)
def correct_document(document_id: str) -> Response:
    """更正; the answer is the 更正通知."""
    actor, asked, key = current_actor(), read_body(Correction), key_of(document_id)
    with unit_of_work() as session:
        document = visible_document(session, actor, key)
        notice = document_acts.correct(session, actor, document, **asked.model_dump())
        return answered(DocumentRow.model_validate(document_row(notice)), 201)


@api.post("/documents/<document_id>/revoke")
@right("document.approve")
@described(Operation(FILES, "撤销", DocumentRow, body=Revocation, problems=_PROBLEMS))
def revoke_document(document_id: str) -> Response:
    """撤销."""
    actor, asked, key = current_actor(), read_body(Revocation), key_of(document_id)
    with unit_of_work() as session:
        document = visible_document(session, actor, key)
        document_acts.revoke(session, actor, document, reason=asked.reason)
        return answered(DocumentRow.model_validate(document_row(document)))
