"""消息: what a person was told, how they want to be told, and the systems that are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from webapp.config import current_settings
from webapp.core.errors import Invalid
from webapp.queries import notifications as told
from webapp.services import notifications as services
from webapp.services import webhooks
from webapp.uow import read_only, unit_of_work
from webapp.views.parameters import key_of, page_number
from webapp.views.security import current_actor, right, signed_in

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

notifications = Blueprint("notifications", __name__)


@notifications.get("/notifications")
@signed_in
def index() -> str:
    """What the person was told, the newest first."""
    unread = request.args.get("unread") == "1"
    with read_only() as session:
        page = told.notifications(session, current_actor(), page_number(), unread=unread)
        return render_template("notifications/index.html", page=page, unread=unread)


@notifications.post("/notifications/read")
@signed_in
def mark_read() -> BaseResponse:
    """Mark one notification as read and go where it leads, or mark all."""
    chosen = request.form.get("notification", "")
    with unit_of_work() as session:
        services.mark_read(session, current_actor(), key_of(chosen) if chosen else None)
        url = told.address(session, current_actor(), key_of(chosen)) if chosen else None
    return redirect(url or url_for("notifications.index"))


@notifications.get("/notifications/choices")
@signed_in
def choices() -> str:
    """How the person wants to be told."""
    return _choices_page({})


@notifications.post("/notifications/choices")
@signed_in
def choose() -> BaseResponse | tuple[str, int]:
    """Keep how the person wants to be told."""
    kinds = request.form.getlist("kind")
    wanted = {
        kind: (request.form.get(f"page-{kind}") == "1", request.form.get(f"mail-{kind}", "none"))
        for kind in kinds
    }
    try:
        with unit_of_work() as session:
            services.choose(session, current_actor(), wanted, request.form.get("email", ""))
    except Invalid as wrong:
        return _choices_page(wrong.errors, typed=request.form.get("email", "")), 422
    flash("消息设置已保存。", "ok")
    return redirect(url_for("notifications.choices"))


def _choices_page(errors: dict[str, list[str]], typed: str | None = None) -> str:
    with read_only() as session:
        view = told.choices_view(session, current_actor())
    return render_template(
        "notifications/choices.html",
        wishes=view.wishes,
        email=view.email if typed is None else typed,
        mail_works=current_settings().mail_server is not None,
        errors=errors,
    )


@notifications.get("/admin/webhooks")
@right("operation.manage")
def webhooks_page() -> str:
    """Systems that are told of events."""
    return _webhooks_page({})


@notifications.post("/admin/webhooks")
@right("operation.manage")
def register_webhook() -> str | tuple[str, int]:
    """Register another system; the page that answers is the only one that shows its secret."""
    try:
        with unit_of_work() as session:
            made = webhooks.register(
                session,
                current_actor(),
                name=request.form.get("name", ""),
                url=request.form.get("url", ""),
                kinds=request.form.getlist("kinds"),
                hosts=current_settings().allowed_hosts,
            )
    except Invalid as wrong:
        return _webhooks_page(wrong.errors), 422
    return _webhooks_page({}, secret=made.secret)


@notifications.post("/admin/webhooks/stop")
@right("operation.manage")
def stop_webhook() -> BaseResponse:
    """Tell a system no more."""
    with unit_of_work() as session:
        webhooks.stop(session, current_actor(), key_of(request.form.get("webhook", "")))
    flash("已停止推送。", "ok")
    return redirect(url_for("notifications.webhooks_page"))


def _webhooks_page(errors: dict[str, list[str]], secret: str | None = None) -> str:
    with read_only() as session:
        return render_template(
            "admin/webhooks.html",
            hooks=told.webhooks(session, current_actor()),
            kinds=told.notices_in_force(session, current_actor().jurisdiction_id),
            hosts=sorted(current_settings().allowed_hosts),
            typed=request.form,
            errors=errors,
            secret=secret,
        )
