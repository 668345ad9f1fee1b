"""代理设置: one's own, and everybody's for an administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from webapp.core.errors import Invalid
from webapp.queries import substitutions as queries
from webapp.services import substitutions as services
from webapp.uow import read_only, unit_of_work
from webapp.views.case_acts import date_of
from webapp.views.parameters import key_of, page_number
from webapp.views.security import current_actor, right, signed_in, who

if TYPE_CHECKING:
    from uuid import UUID

    from werkzeug.wrappers import Response as BaseResponse

substitutions = Blueprint("substitutions", __name__)

_INVALID = 422


@substitutions.get("/me/substitutions")
@signed_in
def own() -> str:
    """Who acts for oneself, and for whom one acts."""
    return _own_page()


@substitutions.post("/me/substitutions")
@signed_in
def appoint() -> BaseResponse | tuple[str, int]:
    """Let a colleague act for oneself."""
    try:
        _appoint(who().person_id)
    except Invalid as refused:
        return _own_page(refused.errors), _INVALID
    flash("代理已设置。", "ok")
    return redirect(url_for("substitutions.own"))


@substitutions.post("/me/substitutions/revoke")
@signed_in
def revoke() -> BaseResponse:
    """End one's own substitution at once."""
    _revoke()
    return redirect(url_for("substitutions.own"))


@substitutions.get("/admin/substitutions")
@right("substitution.manage")
def manage() -> str:
    """Every substitution."""
    return _manage_page()


@substitutions.post("/admin/substitutions")
@right("substitution.manage")
def appoint_for() -> BaseResponse | tuple[str, int]:
    """Let one person act for another."""
    try:
        _appoint(_chosen("person", "请选择由谁外出或请假。"))
    except Invalid as refused:
        return _manage_page(refused.errors), _INVALID
    flash("代理已设置。", "ok")
    return redirect(url_for("substitutions.manage"))


@substitutions.post("/admin/substitutions/revoke")
@right("substitution.manage")
def revoke_for() -> BaseResponse:
    """End anybody's substitution at once."""
    _revoke()
    return redirect(url_for("substitutions.manage"))


def _appoint(person_id: UUID) -> None:
    asked = request.form
    substitute_id = _chosen("substitute", "请选择代理人。")
    with unit_of_work() as session:
        services.appoint(
            session,
            current_actor(),
            person_id=person_id,
            substitute_id=substitute_id,
            position_id=key_of(asked["position"]) if asked.get("position") else None,
            process_key=asked.get("process") or None,
            starts_on=date_of(asked.get("starts_on", ""), field="starts_on"),
            ends_on=date_of(asked.get("ends_on", ""), field="ends_on"),
            reason=asked.get("reason", ""),
        )


def _chosen(name: str, words: str) -> UUID:
    text = request.form.get(name, "")
    if not text:
        raise Invalid(words, field=name)
    return key_of(text)


def _revoke() -> None:
    with unit_of_work() as session:
        services.revoke(session, current_actor(), key_of(request.form.get("substitution", "")))
    flash("代理已撤销，代理人认领的事项已退回待认领。", "ok")


def _own_page(errors: dict[str, list[str]] | None = None) -> str:
    actor = current_actor()
    with read_only() as session:
        return render_template(
            "auth/substitutions.html",
            rows=queries.substitutions_of(session, actor),
            colleagues=queries.colleagues_of(session, actor, actor.person_id),
            positions=queries.positions_of(session, actor, actor.person_id),
            processes=queries.processes_of(session, actor),
            errors=errors or {},
            entered=request.form,
        )


def _manage_page(errors: dict[str, list[str]] | None = None) -> str:
    actor = current_actor()
    with read_only() as session:
        return render_template(
            "admin/substitutions.html",
            page=queries.all_substitutions(session, actor, page_number()),
            people=queries.colleagues_of(session, actor),
            positions=queries.positions_of(session, actor),
            processes=queries.processes_of(session, actor),
            errors=errors or {},
            entered=request.form,
        )
