"""The office verbs of a task: 认领, 转办, 委派, 加签, 会签, 退回, 拿回."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.api.blueprint import api
from webapp.api.describing import TASKS, Operation, described
from webapp.api.reading import read_body
from webapp.api.rendering import answered
from webapp.api.verb_models import (
    Delegation,
    HandingBack,
    Opinion,
    Refusal,
    Remark,
    Return,
    Signers,
    TaskState,
    TaskVerbs,
    Transfer,
    Vote,
)
from webapp.queries import verbs
from webapp.queries.own_items import own_item
from webapp.services import returns, seats, transfers
from webapp.services import work_items as services
from webapp.uow import read_only, unit_of_work
from webapp.views.parameters import key_of
from webapp.views.security import current_actor, right

if TYPE_CHECKING:
    from flask import Response
    from pydantic import BaseModel

    from webapp.models.work_item import WorkItem

_PROBLEMS = (404, 409)
_BODY_PROBLEMS = (400, 404, 409, 413, 415, 422)


def _acts(summary: str, body: type[BaseModel]) -> Operation:
    return Operation(TASKS, summary, TaskState, body=body, problems=_BODY_PROBLEMS)


@api.get("/tasks/<task_id>/verbs")
@right("task.act")
@described(Operation(TASKS, "一项待办现在可以做什么、谁已签署、可退到哪里", TaskVerbs, problems=(404,)))
def show_task_verbs(task_id: str) -> Response:
    """What the holder may do with a task now, and why not what they may not."""
    actor = current_actor()
    with read_only() as session:
        item = own_item(session, actor, key_of(task_id))
        is_open = item.status == "open" and item.position_id == actor.position_id
        return answered(
            TaskVerbs.model_validate(
                {
                    "verbs": verbs.available(session, actor, item),
                    "seats": verbs.seats_of(session, actor, item),
                    "waiting_for": verbs.waiting_for(item),
                    "return_targets": verbs.return_targets(session, item) if is_open else [],
                }
            )
        )


@api.post("/tasks/<task_id>/claim")
@right("task.act")
@described(Operation(TASKS, "认领", TaskState, problems=_PROBLEMS))
def claim_task(task_id: str) -> Response:
    """认领."""
    actor, key = current_actor(), key_of(task_id)
    with unit_of_work() as session:
        return _state(services.claim(session, actor, key))


@api.post("/tasks/<task_id>/release")
@right("task.act")
@described(Operation(TASKS, "释放", TaskState, problems=_PROBLEMS))
def release_task(task_id: str) -> Response:
    """释放."""
    actor, key = current_actor(), key_of(task_id)
    with unit_of_work() as session:
        return _state(services.release(session, actor, key))


@api.post("/tasks/<task_id>/transfer")
@right("task.act")
@described(_acts("转办", Transfer))
def transfer_task(task_id: str) -> Response:
    """转办."""
    actor, asked, key = current_actor(), read_body(Transfer), key_of(task_id)
    with unit_of_work() as session:
        return _state(transfers.transfer(session, actor, key, **asked.model_dump()))


@api.post("/tasks/<task_id>/delegate")
@right("task.act")
@described(_acts("委派", Delegation))
def delegate_task(task_id: str) -> Response:
    """委派."""
    actor, asked, key = current_actor(), read_body(Delegation), key_of(task_id)
    with unit_of_work() as session:
        return _state(seats.delegate(session, actor, key, **asked.model_dump()).work_item)


@api.post("/tasks/<task_id>/recall")
@right("task.act")
@described(_acts("收回委派", Remark))
def recall_task(task_id: str) -> Response:
    """收回."""
    actor, asked, key = current_actor(), read_body(Remark), key_of(task_id)
    with unit_of_work() as session:
        return _state(seats.recall_delegation(session, actor, key, reason=asked.reason))


@api.post("/tasks/<task_id>/hand-back")
@right("task.act")
@described(_acts("交回委派的待办", HandingBack))
def hand_task_back(task_id: str) -> Response:
    """交回."""
    actor, asked, key = current_actor(), read_body(HandingBack), key_of(task_id)
    with unit_of_work() as session:
        return _state(
            seats.hand_back(
                session, actor, key, values=asked.data, opinion=asked.opinion, revision=asked.revision
            )
        )


@api.post("/tasks/<task_id>/signers")
@right("task.act")
@described(_acts("前加签、后加签", Signers))
def add_task_signers(task_id: str) -> Response:
    """加签."""
    actor, asked, key = current_actor(), read_body(Signers), key_of(task_id)
    people = [(one.person_id, one.position_id) for one in asked.people]
    with unit_of_work() as session:
        asked_for = seats.add_signers(
            session,
            actor,
            key,
            role=asked.role,
            people=people,
            note=asked.note,
            in_order=asked.in_order,
            revision=asked.revision,
        )
        return _state(asked_for[0].work_item)


@api.post("/tasks/<task_id>/vote")
@right("task.act")
@described(_acts("发起会签", Vote))
def call_task_vote(task_id: str) -> Response:
    """会签."""
    actor, asked, key = current_actor(), read_body(Vote), key_of(task_id)
    people = [(one.person_id, one.position_id) for one in asked.people]
    with unit_of_work() as session:
        asked_for = seats.call_vote(
            session, actor, key, people=people, rule=asked.rule, note=asked.note, revision=asked.revision
        )
        return _state(asked_for[0].work_item)


@api.post("/tasks/<task_id>/sign")
@right("task.act")
@described(_acts("签署意见（加签、会签）", Opinion))
def sign_task(task_id: str) -> Response:
    """A seat is taken: agree, disagree or abstain."""
    actor, asked, key = current_actor(), read_body(Opinion), key_of(task_id)
    with unit_of_work() as session:
        return _state(
            seats.sign_seat(
                session,
                actor,
                key,
                agrees=asked.agrees,
                opinion=asked.opinion,
                declares_no_conflict=asked.declaration,
                revision=asked.revision,
            )
        )


@api.post("/tasks/<task_id>/decline")
@right("task.act")
@described(_acts("推辞加签、会签或委派", Refusal))
def decline_task(task_id: str) -> Response:
    """A seat is given back."""
    actor, asked, key = current_actor(), read_body(Refusal), key_of(task_id)
    with unit_of_work() as session:
        return _state(seats.decline(session, actor, key, reason=asked.reason))


@api.post("/tasks/<task_id>/seats/<seat_id>/withdraw")
@right("task.act")
@described(_acts("收回尚未签署的加签、会签", Remark))
def withdraw_task_seat(task_id: str, seat_id: str) -> Response:
    """A seat is taken back from whoever was asked."""
    actor, asked, key = current_actor(), read_body(Remark), key_of(task_id)
    seat = key_of(seat_id)
    with unit_of_work() as session:
        return _state(seats.withdraw_seat(session, actor, key, seat, reason=asked.reason))


@api.post("/tasks/<task_id>/return")
@right("task.act")
@described(_acts("退回", Return))
def return_task(task_id: str) -> Response:
    """退回; the answer tells of the step that is open again."""
    actor, asked, key = current_actor(), read_body(Return), key_of(task_id)
    with unit_of_work() as session:
        again = returns.return_to(
            session,
            actor,
            key,
            target_id=asked.target_id,
            reason=asked.reason,
            marks=[mark.model_dump() for mark in asked.marks],
            revision=asked.revision,
        )
        return _state(again)


@api.post("/tasks/<task_id>/take-back")
@right("task.act")
@described(_acts("拿回本人最后办结的一步", Remark))
def take_task_back(task_id: str) -> Response:
    """拿回; the answer tells of the step that is open again."""
    actor, asked, key = current_actor(), read_body(Remark), key_of(task_id)
    with unit_of_work() as session:
        return _state(returns.take_back(session, actor, key, reason=asked.reason))


def _state(item: WorkItem) -> Response:
    return answered(TaskState.of(item))
