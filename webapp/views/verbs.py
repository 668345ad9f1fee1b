"""转办, 委派, 加签, 会签, 退回, 拿回: each verb on a page of its own that works without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from webapp.core.errors import DomainError, Invalid, Missing
from webapp.queries import verbs as queries
from webapp.queries.seat_panels import seat_panel
from webapp.queries.task_panels import said_in
from webapp.services import returns, seats, transfers
from webapp.uow import read_only, unit_of_work
from webapp.views.parameters import key_of
from webapp.views.security import current_actor, right
from webapp.views.work_items import item_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from sqlalchemy.orm import Session
    from werkzeug.wrappers import Response as BaseResponse

    from webapp.models.work_item import WorkItem
    from webapp.queries.actors import Actor

    Act = Callable[[Session, Actor, UUID], object]

verbs = Blueprint("verbs", __name__, url_prefix="/cases/<no>/tasks/<item_id>/acts")


_AT_FIELD = {"person_id": "people", "position_id": "people", "note": "reason", "path": "marks"}
"""Where the page shows what the services say of a value that it names otherwise."""


def _people() -> list[tuple[UUID, UUID]]:
    """Return the chosen pairs of person and position."""
    pairs = [value.partition("/") for value in request.form.getlist("people") if value]
    if not pairs:
        raise Invalid("请选择人员。", field="people")
    return [(key_of(person), key_of(position)) for person, _, position in pairs]


def _revision() -> int | None:
    return request.form.get("revision", type=int)


def _transfer(session: Session, actor: Actor, key: UUID) -> object:
    person, _, position = request.form.get("people", "").partition("/")
    if not position:
        raise Invalid("请选择接办的岗位或人员。", field="people")
    return transfers.transfer(
        session,
        actor,
        key,
        position_id=key_of(position),
        person_id=key_of(person) if person else None,
        reason=request.form.get("reason", ""),
        revision=_revision(),
    )


def _delegate(session: Session, actor: Actor, key: UUID) -> object:
    ((person_id, position_id),) = _people()[:1]
    note = request.form.get("reason", "")
    return seats.delegate(
        session, actor, key, person_id=person_id, position_id=position_id, note=note, revision=_revision()
    )


def _recall(session: Session, actor: Actor, key: UUID) -> object:
    return seats.recall_delegation(session, actor, key, reason=request.form.get("reason", ""))


def _add_before(session: Session, actor: Actor, key: UUID) -> object:
    return _add(session, actor, key, before=True)


def _add_after(session: Session, actor: Actor, key: UUID) -> object:
    return _add(session, actor, key, before=False)


def _add(session: Session, actor: Actor, key: UUID, *, before: bool) -> object:
    return seats.add_signers(
        session,
        actor,
        key,
        role="before" if before else "after",
        people=_people(),
        note=request.form.get("reason", ""),
        in_order="in_order" in request.form,
        revision=_revision(),
    )


def _call_vote(session: Session, actor: Actor, key: UUID) -> object:
    rule = request.form.get("rule", "all")
    if rule == "number":
        rule = request.form.get("number", "")
    note = request.form.get("reason", "")
    return seats.call_vote(session, actor, key, people=_people(), rule=rule, note=note, revision=_revision())


def _sign(session: Session, actor: Actor, key: UUID) -> object:
    answers = {"agree": True, "refuse": False, "abstain": None}
    answer = request.form.get("answer", "")
    if answer not in answers:
        raise Invalid("请选择同意、不同意或弃权。", field="answer")
    return seats.sign_seat(
        session,
        actor,
        key,
        agrees=answers[answer],
        opinion=request.form.get("opinion", ""),
        declares_no_conflict="declaration" in request.form,
        revision=_revision(),
    )


def _decline(session: Session, actor: Actor, key: UUID) -> object:
    return seats.decline(session, actor, key, reason=request.form.get("reason", ""))


def _withdraw_seat(session: Session, actor: Actor, key: UUID) -> object:
    return seats.withdraw_seat(session, actor, key, key_of(request.form.get("seat", "")))


def _return(session: Session, actor: Actor, key: UUID) -> object:
    said = request.form
    marks = [
        {"path": path, "what": said.get(f"what-{path}", ""), "how": said.get(f"how-{path}", "")}
        for path in said.getlist("marks")
    ]
    return returns.return_to(
        session,
        actor,
        key,
        target_id=key_of(said.get("target", "")),
        reason=said.get("reason", ""),
        marks=marks,
        revision=_revision(),
    )


def _take_back(session: Session, actor: Actor, key: UUID) -> object:
    return returns.take_back(session, actor, key, reason=request.form.get("reason", ""))


ACTS: dict[str, tuple[Act, str]] = {
    "transfer": (_transfer, "已转办。"),
    "delegate": (_delegate, "已委派，对方办好交回后由您提交。"),
    "recall": (_recall, "已收回委派。"),
    "add_before": (_add_before, "已请其先行签署。"),
    "add_after": (_add_after, "已加签，您提交后由其签署。"),
    "call_vote": (_call_vote, "已发起会签，您提交后由参加人员签署。"),
    "sign": (_sign, "已签署。"),
    "decline": (_decline, "已推辞，对方将收到消息。"),
    "withdraw_seat": (_withdraw_seat, "已收回加签。"),
    "return": (_return, "已退回，对方将收到消息。"),
    "take_back": (_take_back, "已拿回，您原来填写的内容在草稿中。"),
}


@verbs.get("/<verb>")
@right("task.act")
def ask(no: str, item_id: str, verb: str) -> str:
    """The page on which a verb is done."""
    with read_only() as session:
        item = item_of(session, current_actor(), no, item_id)
        return _page(session, item, verb, {})


@verbs.post("/<verb>")
@right("task.act")
def do(no: str, item_id: str, verb: str) -> BaseResponse | tuple[str, int]:
    """Do it, or show the page again with the message at its field."""
    if verb not in ACTS:
        raise Missing("没有这种操作。")
    act, done = ACTS[verb]
    try:
        with unit_of_work() as session:
            item = item_of(session, current_actor(), no, item_id)
            act(session, current_actor(), item.id)
    except DomainError as refused:
        try:
            with read_only() as session:
                item = item_of(session, current_actor(), no, item_id)
                return _page(session, item, verb, _told(refused), offers_form=True), refused.status
        except Missing as gone:  # no form any more: the page of the refusal shows what was typed
            raise (gone if isinstance(refused, Invalid | Missing) else refused) from None
    flash(done, "ok")
    return redirect(url_for("cases.show", no=no))


def _page(
    session: Session, item: WorkItem, verb: str, errors: dict[str, list[str]], *, offers_form: bool = False
) -> str:
    actor = current_actor()
    offered = {found.key: found for found in queries.available(session, actor, item)}
    if verb not in offered or verb not in ACTS or (offers_form and offered[verb].reason):
        raise Missing("目前不能进行这项操作，可能已经办结或由他人办理。")
    return render_template(
        "work/verb.html",
        verb=offered[verb],
        item=item,
        case=item.case,
        errors=errors,
        typed=request.form,
        **_choices(session, actor, item, verb),
    )


def _told(refused: DomainError) -> dict[str, list[str]]:
    """Return the messages of a refusal by the field of the page at which they are shown."""
    if not isinstance(refused, Invalid):
        return {"": [refused.message]}
    marked = request.form.getlist("marks")
    found: dict[str, list[str]] = {}
    for path, texts in refused.errors.items():
        whole, _, part = path.partition(".")
        number, _, name = part.partition(".")
        if whole == "marks" and name == "what":
            field = f"what-{marked[int(number)]}"
        else:
            field = _AT_FIELD.get(name or whole, whole)
        found.setdefault(field, []).extend(texts)
    return found


def _choices(session: Session, actor: Actor, item: WorkItem, verb: str) -> dict[str, Any]:
    """Return what there is to choose from, or to be read, on the page of a verb."""
    if verb == "transfer":
        return {"people": queries.receivers(session, actor, item)}
    if verb == "delegate":
        return {"people": queries.colleagues(session, actor)}
    if verb in {"add_before", "add_after", "call_vote"}:
        return {"people": queries.officers(session, actor, item.case)}
    if verb == "sign":
        return {"seat": seat_panel(session, actor, item, None)}
    return _return_choices(session, actor, item) if verb == "return" else {}


def _return_choices(session: Session, actor: Actor, item: WorkItem) -> dict[str, Any]:
    targets = queries.return_targets(session, item)
    wanted = request.values.get("target", "")
    chosen = next((one for one in targets if str(one.item_id) == wanted), targets[0] if targets else None)
    said = said_in(session, actor, item, chosen.element_id) if chosen else []
    return {"targets": targets, "chosen": chosen, "said": said}
