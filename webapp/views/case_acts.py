"""What is done about a case beside its steps: 催办, 督办, 抄送, 传阅, 暂停, 恢复, 终止."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from webapp.core.errors import Invalid, Locked, TooMany
from webapp.queries.attention_lists import readers_to_choose
from webapp.queries.case_access import case_to_hold, visible_case
from webapp.services import attention, cases
from webapp.uow import read_only, unit_of_work
from webapp.views.parameters import key_of
from webapp.views.security import current_actor, right
from webapp.views.typed import typed_texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session
    from werkzeug.wrappers import Response as BaseResponse

    from webapp.models.case import Case
    from webapp.queries.actors import Actor

case_acts = Blueprint("case_acts", __name__, url_prefix="/cases/<no>")

_SENDERS = {"copy": attention.copy_to, "circulate": attention.circulate}
_INVALID = 422


@case_acts.post("/urge")
@right("task.act")
def urge(no: str) -> BaseResponse:
    """催办 of one of the open steps."""
    item_id = key_of(request.form.get("item", ""))
    words = request.form.get("words", "")
    said = "已催办，对方将收到消息。"
    return _act(no, lambda s, actor, _: attention.urge(s, actor, item_id, words=words), said)


@case_acts.post("/supervise")
@right("case.supervise")
def supervise(no: str) -> BaseResponse:
    """督办."""
    requirement, due_on = request.form.get("requirement", ""), request.form.get("due_on", "")

    def act(session: Session, actor: Actor, case: Case) -> object:
        until = date_of(due_on, field="due_on") if due_on else None
        return attention.supervise(session, actor, case, requirement=requirement, due_on=until)

    return _act(no, act, "已列入督办件，正在办理的人员将收到消息。")


@case_acts.post("/supervise/lift")
@right("case.supervise")
def lift(no: str) -> BaseResponse:
    """解除督办."""
    return _act(no, attention.lift, "已解除督办。")


@case_acts.post("/suspend")
@right("case.hold")
def suspend(no: str) -> BaseResponse:
    """暂停."""
    reason = request.form.get("reason", "")
    words = "本件已暂停，期限停止计算。"
    return _act(no, lambda s, actor, case: cases.suspend(s, actor, case, reason=reason), words, holds=True)


@case_acts.post("/resume")
@right("case.hold")
def resume(no: str) -> BaseResponse:
    """恢复."""
    return _act(no, cases.resume, "本件已恢复办理，期限继续计算。", holds=True)


@case_acts.post("/terminate")
@right("case.hold")
def terminate(no: str) -> BaseResponse:
    """终止."""
    reason = request.form.get("reason", "")
    words = "本件已终止，有关单位的待办已取消。"
    return _act(no, lambda s, actor, case: cases.terminate(s, actor, case, reason=reason), words, holds=True)


@case_acts.get("/send")
@right("task.act")
def send(no: str) -> str:
    """To whom a case is to be sent."""
    return _send_page(no)


@case_acts.post("/send", endpoint="send_post")
@right("task.act")
def send_post(no: str) -> BaseResponse | tuple[str, int]:
    """抄送 or 传阅."""
    actor = current_actor()
    how = request.form.get("how", "copy")
    readers = [key_of(key) for key in request.form.getlist("reader")]
    try:
        with unit_of_work() as session:
            case = visible_case(session, actor, no)
            sent = _SENDERS.get(how, attention.copy_to)(
                session, actor, case, readers, note=request.form.get("note", "")
            )
    except Invalid as refused:
        return _send_page(no, refused.errors), _INVALID
    flash(f"已{attention.NAMES[sent[0].kind]} {len(sent)} 人。", "ok")
    return redirect(url_for("cases.show", no=no))


def date_of(text: str, *, field: str) -> date:
    """Return the date that a form sent.

    Raises:
        Invalid: If it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("请按 2026-11-20 的格式填写日期。", field=field) from None


def _act(
    no: str, act: Callable[[Session, Actor, Case], object], words: str, *, holds: bool = False
) -> BaseResponse:
    """Do something about a case and show it; a refusal is said there, or beside what was typed."""
    actor = current_actor()
    try:
        with unit_of_work() as session:
            find = case_to_hold if holds else visible_case
            act(session, actor, find(session, actor, no))
    except (Invalid, Locked, TooMany) as refused:
        if typed_texts():  # the page of the refusal keeps it; the page of the case would not
            raise
        flash(refused.message, "bad")
    else:
        flash(words, "ok")
    reads = actor.may("case.read")
    return redirect(url_for("cases.show", no=no) if reads else url_for("work.workbench"))


def _send_page(no: str, errors: dict[str, list[str]] | None = None) -> str:
    actor = current_actor()
    with read_only() as session:
        case = visible_case(session, actor, no)
        return render_template(
            "cases/send.html",
            case=case,
            agencies=readers_to_choose(session, actor),
            errors=errors or {},
            entered=request.form,
        )
