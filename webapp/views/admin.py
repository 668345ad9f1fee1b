"""Administration: state of the system, people and positions, settings, the audit trail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from webapp.core.errors import Invalid
from webapp.queries import administration
from webapp.services import events, people, settings
from webapp.services import jobs as job_services
from webapp.uow import read_only, unit_of_work
from webapp.views.parameters import key_of, page_number
from webapp.views.security import current_actor, right

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

admin = Blueprint("admin", __name__, url_prefix="/admin")


@admin.get("")
@right("audit.read")
def overview() -> str:
    """Whether history is whole and background work runs."""
    with read_only() as session:
        breaks = events.verify(session, current_actor().jurisdiction_id)
        problems = [f"第 {found.seq} 条：{found.reason}" for found in breaks]
        view = administration.overview(session, current_actor(), problems)
        return render_template("admin/overview.html", chain=view.chain, jobs=view.jobs, counts=view.counts)


@admin.post("/jobs/retry")
@right("audit.read")
def retry_job() -> BaseResponse:
    """Let a failed job run again."""
    with unit_of_work() as session:
        job_services.retry(session, key_of(request.form.get("job", "")))
    flash("已重新排队，稍后自动执行。", "ok")
    return redirect(url_for("admin.overview"))


@admin.get("/people", endpoint="people")
@right("person.manage")
def list_people() -> str:
    """Who holds which position."""
    return _people()


@admin.post("/people")
@right("person.manage")
def create_person() -> tuple[str, int]:
    """Add a person with a first position; the first password is shown once."""
    try:
        with unit_of_work() as session:
            password = people.create(
                session,
                current_actor(),
                username=request.form.get("username", ""),
                name=request.form.get("name", ""),
                position_id=key_of(request.form.get("position", "")),
            )
    except Invalid as refused:
        return _people(refused.errors), 422
    return _people(first_password=password), 201  # shown on this answer only, never in a cookie


@admin.post("/people/assign")
@right("person.manage")
def assign_position() -> BaseResponse | tuple[str, int]:
    """Let a person hold a position from today."""
    try:
        with unit_of_work() as session:
            people.assign(
                session,
                current_actor(),
                person_id=key_of(request.form.get("person", "")),
                position_id=key_of(request.form.get("position", "")),
            )
    except Invalid as refused:
        return _people(refused.errors), 422
    flash("已任职。", "ok")
    return redirect(url_for("admin.people"))


@admin.post("/people/end")
@right("person.manage")
def end_position() -> BaseResponse:
    """End a position today."""
    with unit_of_work() as session:
        people.end(session, current_actor(), appointment_id=key_of(request.form.get("holding", "")))
    flash("任职已结束。", "ok")
    return redirect(url_for("admin.people"))


@admin.get("/settings", endpoint="settings")
@right("setting.manage")
def list_settings() -> str:
    """What the policy leaves to the office."""
    return _settings()


@admin.post("/settings")
@right("setting.manage")
def change_setting() -> BaseResponse | tuple[str, int]:
    """Change one setting, with the reason."""
    try:
        with unit_of_work() as session:
            settings.change(
                session,
                current_actor(),
                key=request.form.get("key", ""),
                value=request.form.get("value", ""),
                reason=request.form.get("reason", ""),
            )
    except Invalid as refused:
        flash(refused.message, "bad")
        return _settings(), 422
    flash("已修改，对之后办理的环节生效。", "ok")
    return redirect(url_for("admin.settings"))


@admin.get("/audit")
@right("audit.read")
def audit() -> str:
    """The audit trail, the newest first."""
    with read_only() as session:
        view = administration.audit_trail(session, current_actor(), page_number(), request.args.get("q", ""))
        return render_template("admin/audit.html", page=view.page, filters=view.filters, chain=view.chain)


def _people(errors: dict[str, list[str]] | None = None, first_password: str = "") -> str:
    with read_only() as session:
        view = administration.people_page(session, current_actor())
        return render_template(
            "admin/people.html",
            people=view.people,
            positions=view.positions,
            errors=errors or {},
            first_password=first_password,
        )


def _settings() -> str:
    with read_only() as session:
        return render_template(
            "admin/settings.html", settings=administration.settings_page(session, current_actor())
        )
