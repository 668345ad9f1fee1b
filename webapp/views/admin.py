"""Administration: state of the system, people, agencies and positions, settings, the audit trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from webapp.core.errors import Invalid
from webapp.queries import administration, system_state
from webapp.queries.agency_tree import agency_tree
from webapp.queries.people import people_page
from webapp.services import agencies, chain_checks, people, settings
from webapp.services import jobs as job_services
from webapp.uow import read_only, unit_of_work
from webapp.views.parameters import key_of, page_number
from webapp.views.security import current_actor, right

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from werkzeug.wrappers import Response as BaseResponse

admin = Blueprint("admin", __name__, url_prefix="/admin")


@admin.get("")
@right("audit.read")
def overview() -> str:
    """Whether history is whole and background work runs."""
    with read_only() as session:
        view = system_state.overview(session, current_actor())
        return render_template("admin/overview.html", chain=view.chain, jobs=view.jobs, counts=view.counts)


@admin.post("/audit/verify")
@right("audit.read")
def verify_chain() -> BaseResponse:
    """Walk along the chain of history now."""
    with read_only() as session:
        found = chain_checks.walk(session, current_actor().jurisdiction_id)
    with unit_of_work() as session:
        chain_checks.keep(session, found)
    if found.breaks:
        flash(f"校验未通过，发现 {len(found.breaks)} 处问题。", "bad")
    else:
        flash(f"校验通过，共 {found.up_to} 条。", "ok")
    return redirect(url_for("admin.overview"))


@admin.post("/jobs/retry")
@right("job.manage")
def retry_job() -> BaseResponse:
    """Let a failed job run again."""
    with unit_of_work() as session:
        job_services.retry(session, key_of(request.form.get("job", "")), current_actor())
    flash("已重新排队，稍后自动执行。", "ok")
    return redirect(url_for("admin.overview"))


@admin.get("/people", endpoint="people")
@right("person.manage")
def list_people() -> str:
    """Who holds which position."""
    return _people()


@admin.post("/people/find")
@right("person.manage")
def find_people() -> str:
    """Those whom a name or a telephone number is about; sent, so that neither stands in an address."""
    return _people(q=request.form.get("q", "").strip()[:40])


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
                phone=request.form.get("phone", ""),
                position_id=key_of(request.form.get("position", "")),
            )
    except Invalid as refused:
        return _people(refused.errors, entered=request.form), 422
    return _people(password=password, occasion="new"), 201  # on this answer only, never in a cookie


@admin.post("/people/assign")
@right("person.manage")
def assign_position() -> BaseResponse | tuple[str, int]:
    """Let a person hold a position from today."""
    try:
        with unit_of_work() as session:
            people.assign(
                session,
                current_actor(),
                person_id=_named_person(),
                position_id=key_of(request.form.get("position", "")),
            )
    except Invalid as refused:
        return _people(refused.errors), 422
    flash("已任职。", "ok")
    return redirect(url_for("admin.people"))


@admin.post("/people/end")
@right("person.manage")
def end_position() -> BaseResponse:
    """End a position at once."""
    with unit_of_work() as session:
        people.end(session, current_actor(), appointment_id=key_of(request.form.get("holding", "")))
    flash("任职已结束。", "ok")
    return redirect(url_for("admin.people"))


@admin.post("/people/password")
@right("person.manage")
def reset_password() -> str:
    """Give a person a new password, shown once."""
    with unit_of_work() as session:
        password = people.reset_password(session, current_actor(), person_id=_named_person())
    return _people(password=password, occasion="reset")


@admin.post("/people/deactivate")
@right("person.manage")
def deactivate_person() -> BaseResponse:
    """Let a person sign in no more."""
    with unit_of_work() as session:
        people.deactivate(session, current_actor(), person_id=_named_person())
    flash("已停用，该人员的登录会话已全部退出。", "ok")
    return redirect(url_for("admin.people"))


@admin.post("/people/reactivate")
@right("person.manage")
def reactivate_person() -> BaseResponse:
    """Let a person sign in again."""
    with unit_of_work() as session:
        people.reactivate(session, current_actor(), person_id=_named_person())
    flash("已恢复。", "ok")
    return redirect(url_for("admin.people"))


@admin.get("/agencies", endpoint="agencies")
@right("person.manage")
def list_agencies() -> str:
    """The tree of agencies, their positions and who holds them."""
    return _agencies()


@admin.post("/agencies")
@right("person.manage")
def change_contact() -> BaseResponse | tuple[str, int]:
    """Change how the office of an agency is reached."""
    agency_id = key_of(request.form.get("agency", ""))
    entered = {key: request.form.get(key, "") for key in agencies.LABELS}
    try:
        with unit_of_work() as session:
            changed = agencies.change_contact(session, current_actor(), agency_id=agency_id, entered=entered)
    except Invalid as refused:
        return _agencies({"id": agency_id, "entered": entered, "errors": refused.errors}), 422
    flash("联系方式已保存，之后印发的公文按此写明。" if changed else "没有改动。", "ok")
    return redirect(url_for("admin.agencies", _anchor=f"agency-{agency_id}"))


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


def _named_person() -> UUID:
    return key_of(request.form.get("person", ""))


def _people(
    errors: dict[str, list[str]] | None = None,
    password: str = "",
    occasion: str = "",
    q: str = "",
    entered: Mapping[str, str] | None = None,
) -> str:
    with read_only() as session:
        view = people_page(session, current_actor(), q)
        return render_template(
            "admin/people.html",
            people=view.people,
            everybody=view.everybody,
            q=q,
            entered=entered or {},
            positions=view.positions,
            errors=errors or {},
            password=password,
            occasion=occasion,
        )


def _agencies(refused: dict[str, Any] | None = None) -> str:
    with read_only() as session:
        tree = agency_tree(session, current_actor())
        return render_template(
            "admin/agencies.html",
            tree=tree,
            labels=agencies.LABELS,
            longest=agencies.LONGEST,
            refused=refused,
        )


def _settings() -> str:
    with read_only() as session:
        return render_template(
            "admin/settings.html", settings=administration.settings_page(session, current_actor())
        )
