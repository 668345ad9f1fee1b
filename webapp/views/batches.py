"""Several steps of the inbox at once: 认领, 释放, 催办, 转办, and 批量办理 with one form for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

import forms
from webapp.core.errors import Invalid
from webapp.queries.batches import Batch, batch_of, chosen_items, named
from webapp.queries.officers import officers
from webapp.services import attention, transfers, work_items
from webapp.services import batches as services
from webapp.uow import read_only
from webapp.views.one_by_one import one_by_one
from webapp.views.parameters import key_of
from webapp.views.security import current_actor, local_path, right

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from sqlalchemy.orm import Session
    from werkzeug.wrappers import Response as BaseResponse

    from webapp.queries.actors import Actor
    from webapp.queries.batches import Named
    from webapp.views.one_by_one import Outcome

batches = Blueprint("batches", __name__, url_prefix="/inbox")

_ACTS: dict[str, tuple[str, Callable[[Session, Actor, UUID], object]]] = {
    "claim": ("认领", work_items.claim),
    "release": ("释放", work_items.release),
    "urge": ("催办", attention.urge),
}
"""What needs no more than a choice of steps: the word for it, and the service."""
_PAGES = {"complete": "batches.form", "transfer": "batches.transfer"}
"""What asks for more on a page of its own."""
_REVISION = "revision-"
_INVALID = 422


@batches.post("/bulk")
@right("task.act")
def bulk() -> str | BaseResponse:
    """Do something with every chosen step, or go on to the page where the rest is asked."""
    actor, keys, act = current_actor(), _keys(), request.form.get("act", "")
    if not keys:
        flash("请先勾选待办。", "warn")
        return redirect(_back())
    if act in _PAGES:
        return redirect(url_for(_PAGES[act], item=[str(key) for key in keys]))
    if act not in _ACTS:
        raise Invalid("请选择要做的操作。")
    word, service = _ACTS[act]
    items = _named(actor, keys)
    outcomes = one_by_one(keys, lambda session, key: service(session, actor, key))
    return _answer(word, items, outcomes)


@batches.get("/batch")
@right("task.act")
def form() -> str:
    """The one form for all of the chosen steps."""
    actor = current_actor()
    with read_only() as session:
        return _form_page(batch_of(session, actor, _asked()))


@batches.post("/batch/form")
@right("task.act")
def refresh() -> str:
    """The form anew after something that other fields depend on, or to change what was filled in."""
    actor = current_actor()
    with read_only() as session:
        return _form_page(batch_of(session, actor, _keys()), _entered())


@batches.post("/batch/confirm")
@right("task.act")
def confirm() -> str | tuple[str, int]:
    """Name every case before anything is done."""
    actor, entered = current_actor(), _entered()
    with read_only() as session:
        batch = batch_of(session, actor, _keys())
        try:
            batch.context.values_of(entered)
        except Invalid as refused:
            return _form_page(batch, entered, refused.errors), _INVALID
        bound = batch.context.bound(entered)
        return render_template(
            "work/batch_confirm.html",
            batch=batch,
            sections=forms.display(batch.context.schema, bound.data, reveal=True),
            kept=list(entered.items(multi=True)),
            revision_prefix=_REVISION,
        )


@batches.post("/batch")
@right("task.act")
def complete() -> str | BaseResponse:
    """Complete each of the confirmed steps in a unit of work of its own."""
    actor, entered, keys = current_actor(), _entered(), _keys()
    items = _named(actor, keys)
    seen = {key: request.form.get(f"{_REVISION}{key}", type=int, default=-1) for key in keys}

    def act(session: Session, key: UUID) -> object:
        return services.complete_entered(session, actor, key, revision=seen[key], entered=entered)

    return _answer("办结", items, one_by_one(keys, act))


@batches.get("/transfer")
@right("task.act")
def transfer() -> str:
    """To whom the chosen steps go."""
    return _transfer_page(current_actor(), _asked())


@batches.post("/transfer", endpoint="transfer_post")
@right("task.act")
def transfer_post() -> str | BaseResponse | tuple[str, int]:
    """转办 of each of the chosen steps."""
    actor, keys = current_actor(), _keys()
    reason, to = request.form.get("reason", "").strip(), request.form.get("to", "")
    position, _, person = to.partition("/")
    errors = {"to": ["请选择转给谁。"]} if not to else {}
    if not reason:
        errors["reason"] = ["请写明转办的原因。"]
    if errors:
        return _transfer_page(actor, keys, errors), _INVALID
    items = _named(actor, keys)
    position_id, person_id = key_of(position), key_of(person) if person else None

    def act(session: Session, key: UUID) -> object:
        return transfers.transfer(
            session, actor, key, position_id=position_id, person_id=person_id, reason=reason
        )

    return _answer("转办", items, one_by_one(keys, act))


def _keys() -> list[UUID]:
    return [key_of(text) for text in request.form.getlist("item")]


def _asked() -> list[UUID]:
    return [key_of(text) for text in request.args.getlist("item")]


def _entered() -> MultiDict[str, str]:
    kept = request.form.items(multi=True)
    return MultiDict([(k, v) for k, v in kept if k not in forms.PAGE_NAMES and not k.startswith(_REVISION)])


def _back() -> str:
    target = local_path(request.form.get("back"))
    return target if target.startswith(url_for("work.inbox")) else url_for("work.inbox")


def _named(actor: Actor, keys: list[UUID]) -> dict[UUID, Named]:
    """How people know the chosen steps, read before they are done with."""
    with read_only() as session:
        return {item.id: named(item) for item in chosen_items(session, actor, keys)}


def _form_page(
    batch: Batch, entered: MultiDict[str, str] | None = None, errors: dict[str, list[str]] | None = None
) -> str:
    bound = batch.context.bound(entered) if entered is not None else batch.blank()
    if errors is not None:
        bound.validate()
        bound.add_errors(errors)
    return render_template("work/batch.html", batch=batch, form=bound)


def _transfer_page(actor: Actor, keys: list[UUID], errors: dict[str, list[str]] | None = None) -> str:
    with read_only() as session:
        people: dict[str, list[tuple[str, str]]] = {}
        for held in officers(session, actor.jurisdiction_id, actor.agency_id):
            whom = people.setdefault(held.position.title, [(str(held.position_id), "由该岗位认领")])
            whom.append((f"{held.position_id}/{held.person_id}", held.person.name))
        return render_template(
            "work/transfer.html",
            items=[named(item) for item in chosen_items(session, actor, keys)],
            people=people,
            errors=errors or {},
            entered=request.form,
        )


def _answer(word: str, items: dict[UUID, Named], outcomes: list[Outcome]) -> str | BaseResponse:
    refused = [outcome for outcome in outcomes if not outcome.done]
    if not refused:
        flash(f"已{word} {len(outcomes)} 项。", "ok")
        return redirect(_back())
    rows: list[dict[str, Any]] = [{"item": items.get(one.id), "outcome": one} for one in outcomes]
    return render_template(
        "work/outcomes.html", word=word, rows=rows, done=len(outcomes) - len(refused), back=_back()
    )
