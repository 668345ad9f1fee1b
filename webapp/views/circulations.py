"""传阅与抄送, and the list of supervised cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from webapp.core.errors import Invalid, Locked
from webapp.queries import attention as queries
from webapp.queries import attention_lists as lists
from webapp.services import attention
from webapp.uow import read_only, unit_of_work
from webapp.views.parameters import key_of, page_number
from webapp.views.security import current_actor, local_path, right

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

circulations = Blueprint("circulations", __name__)


@circulations.get("/circulations")
@right("case.read")
def index() -> str:
    """What was sent to the current position, first what is still to be confirmed."""
    only_unread = request.args.get("tab") != "all"
    actor = current_actor()
    with read_only() as session:
        return render_template(
            "work/circulations.html",
            page=lists.circulations_for(session, actor, only_unread=only_unread, number=page_number()),
            unread=queries.unread_count(session, actor),
            only_unread=only_unread,
        )


@circulations.post("/circulations/confirm")
@right("case.read")
def confirm() -> BaseResponse:
    """已阅, with an answer if there is one."""
    actor = current_actor()
    try:
        with unit_of_work() as session:
            key = key_of(request.form.get("circulation", ""))
            attention.confirm_read(session, actor, key, answer=request.form.get("answer", ""))
    except (Invalid, Locked) as refused:
        flash(refused.message, "bad")
    else:
        flash("已确认阅知。", "ok")
    back = local_path(request.form.get("back"))
    return redirect(back if back.startswith("/cases/") else url_for("circulations.index"))


@circulations.get("/supervised")
@right("case.supervise")
def supervised() -> str:
    """督办件."""
    with read_only() as session:
        page = lists.supervised(session, current_actor(), page_number())
        return render_template("work/supervised.html", page=page)
