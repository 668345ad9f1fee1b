"""流程运维: incidents, tokens, messages, timers, jobs, waiting times, migrations of cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from webapp.core.errors import DomainError, Invalid, Locked
from webapp.queries import case_migrations as migration_queries
from webapp.queries import flow_versions
from webapp.queries import operations as queries
from webapp.queries.workloads import workloads
from webapp.services import case_migrations, reassignments
from webapp.services import operations as services
from webapp.uow import read_only, unit_of_work
from webapp.views.parameters import key_of
from webapp.views.security import current_actor, right

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

operations = Blueprint("operations", __name__, url_prefix="/admin/operations")
RIGHT = "operation.manage"
NEVER_SEEN = -1
"""No case has this revision: a move that names none is refused like one that was previewed too early."""


@operations.get("")
@right(RIGHT)
def index() -> str:
    """What failed, what is armed, what waits in the background."""
    with read_only() as session:
        actor = current_actor()
        return render_template(
            "operations/index.html",
            incidents=queries.incidents(session, actor),
            timers=queries.armed_timers(session, actor),
            messages=queries.awaited_messages(session, actor),
            jobs=queries.job_counts(session, actor),
            workers=queries.workers(session),
            versions=flow_versions.versions(session, actor),
        )


@operations.post("/incidents/retry")
@right(RIGHT)
def retry() -> BaseResponse:
    """Try a failed step again."""
    try:
        with unit_of_work() as session:
            done = services.retry(session, current_actor(), key_of(request.form.get("incident", "")))
    except Locked as refused:
        flash(refused.message, "bad")
    else:
        words = "已重新执行，办件继续办理。" if done else "重新执行仍未成功，原因已更新。"
        flash(words, "ok" if done else "bad")
    return redirect(url_for("operations.index"))


@operations.post("/incidents/skip")
@right(RIGHT)
def skip() -> BaseResponse:
    """Pass a failed step with a reason."""
    try:
        with unit_of_work() as session:
            key = key_of(request.form.get("incident", ""))
            services.skip(session, current_actor(), key, request.form.get("reason", ""))
    except DomainError as refused:
        if request.form.get("reason", "").strip():  # the page of the refusal keeps what was typed
            raise
        flash(refused.message, "bad")
    else:
        flash("已跳过这一步，办件继续办理。", "ok")
    return redirect(url_for("operations.index"))


@operations.get("/case")
@right(RIGHT)
def find_case() -> BaseResponse:
    """Open the tokens of a case by its number."""
    return redirect(url_for("operations.tokens", no=request.args.get("no", "").strip() or "—"))


@operations.get("/cases/<no>")
@right(RIGHT)
def tokens(no: str) -> str:
    """Where a case stands."""
    return _tokens_page(no)


@operations.post("/cases/<no>/preview")
@right(RIGHT)
def preview(no: str) -> str | tuple[str, int]:
    """Show before and after of a move, tried on a copy."""
    try:
        with read_only() as session:
            shown = queries.preview(
                session,
                current_actor(),
                no,
                request.form.get("token", ""),
                request.form.get("target", ""),
            )
            return _tokens_page(no, preview=shown)
    except DomainError as refused:
        return _tokens_page(no, error=refused.message), refused.status


@operations.post("/cases/<no>/move")
@right(RIGHT)
def move(no: str) -> BaseResponse | tuple[str, int]:
    """Do what was previewed, with a reason."""
    token, target = request.form.get("token", ""), request.form.get("target", "")
    seen = request.form.get("revision", default=NEVER_SEEN, type=int)
    reason = request.form.get("reason", "")
    try:
        with unit_of_work() as session:
            case = queries.case_of(session, current_actor(), no)
            if target:
                services.move_token(
                    session, current_actor(), case.id, token, target, reason=reason, revision=seen
                )
            else:
                services.pass_token(session, current_actor(), case.id, token, reason=reason, revision=seen)
    except DomainError as refused:
        return _tokens_page(no, error=refused.message), refused.status
    flash("已按预览调整，办件历史中留有记录。", "ok")
    return redirect(url_for("operations.tokens", no=no))


def _tokens_page(no: str, *, preview: queries.Preview | None = None, error: str = "") -> str:
    with read_only() as session:
        view = queries.tokens_view(session, current_actor(), no)
        return render_template(
            "operations/tokens.html", view=view, preview=preview, error=error, typed=request.form
        )


@operations.post("/messages")
@right(RIGHT)
def send_message() -> BaseResponse:
    """Send a message to one case or to all that wait for it."""
    try:
        with unit_of_work() as session:
            reached = services.send_message(
                session,
                current_actor(),
                request.form.get("name", ""),
                case_no=request.form.get("case_no", ""),
                reason=request.form.get("reason", ""),
            )
    except DomainError as refused:
        if request.form.get("reason", "").strip():
            raise
        flash(refused.message, "bad")
    else:
        flash(f"已发送，{reached} 件办件将收到。", "ok")
    return redirect(url_for("operations.index"))


@operations.route("/reassign", methods=["GET", "POST"])
@right(RIGHT)
def reassign() -> str | BaseResponse | tuple[str, int]:
    """Hand the open steps of a position or person over in bulk."""
    if request.method == "GET":
        return _reassign_page({})
    old, _, old_person = request.form.get("from", "").partition("/")
    new, _, new_person = request.form.get("to", "").partition("/")
    try:
        with unit_of_work() as session:
            done = reassignments.reassign(
                session,
                current_actor(),
                from_position_id=key_of(old),
                to_position_id=key_of(new),
                from_person_id=key_of(old_person) if old_person else None,
                to_person_id=key_of(new_person) if new_person else None,
                reason=request.form.get("reason", ""),
            )
    except Invalid as wrong:
        return _reassign_page(wrong.errors), wrong.status
    flash(_handed_over(done), "ok")
    return redirect(url_for("operations.reassign"))


def _handed_over(done: reassignments.Handover) -> str:
    words = f"已移交 {done.moved} 件。"
    if done.left:
        words += f"另有 {done.left} 件正在送签或委派办理，未移交。"
    if done.beyond:
        words += f"还有 {done.beyond} 件超出一次移交的上限，请再次移交。"
    return words


def _reassign_page(errors: dict[str, list[str]]) -> str:
    with read_only() as session:
        loads = workloads(session, current_actor())
    return render_template("operations/reassign.html", loads=loads, errors=errors, typed=request.form)


@operations.get("/flows/<version_id>")
@right(RIGHT)
def heat(version_id: str) -> str:
    """Where the time goes in a version of a process."""
    with read_only() as session:
        view = flow_versions.heat_map(session, current_actor(), key_of(version_id))
        others = migration_queries.other_versions(session, current_actor(), view.version_id)
        return render_template("operations/heat.html", view=view, others=others)


@operations.get("/flows/<version_id>/diagram.bpmn")
@right(RIGHT)
def diagram(version_id: str) -> Response:
    """The drawing of a version of a process."""
    with read_only() as session:
        source = flow_versions.flow_source(session, current_actor(), key_of(version_id))
    return Response(source, mimetype="application/xml")


@operations.get("/migrations")
@right(RIGHT)
def migrations() -> str:
    """Migrations of running cases."""
    with read_only() as session:
        rows = migration_queries.migrations(session, current_actor())
        return render_template("operations/migrations.html", rows=rows)


@operations.post("/migrations")
@right(RIGHT)
def plan_migration() -> BaseResponse:
    """Check all running cases of a version against another one."""
    mapping = {
        old.removeprefix("map-"): new for old, new in request.form.items() if old.startswith("map-") and new
    }
    try:
        with unit_of_work() as session:
            made = case_migrations.plan(
                session,
                current_actor(),
                from_version_id=key_of(request.form.get("from_version", "")),
                to_version_id=key_of(request.form.get("to_version", "")),
                mapping=mapping,
            )
            key = made.id
    except Invalid as wrong:
        flash(wrong.message, "bad")
        return redirect(url_for("operations.migrations"))
    return redirect(url_for("operations.migration", migration_id=key))


@operations.get("/migrations/<migration_id>")
@right(RIGHT)
def migration(migration_id: str) -> str:
    """One migration: the check per case, the progress, what became of each."""
    with read_only() as session:
        view = migration_queries.migration(session, current_actor(), key_of(migration_id))
        return render_template("operations/migration.html", view=view)


@operations.post("/migrations/<migration_id>/start")
@right(RIGHT)
def start_migration(migration_id: str) -> BaseResponse:
    """Have the safe cases moved in the background."""
    return _change(migration_id, undo=False)


@operations.post("/migrations/<migration_id>/undo")
@right(RIGHT)
def undo_migration(migration_id: str) -> BaseResponse:
    """Have the cases brought back that have not moved on."""
    return _change(migration_id, undo=True)


def _change(migration_id: str, *, undo: bool) -> BaseResponse:
    act = case_migrations.undo if undo else case_migrations.start
    try:
        with unit_of_work() as session:
            act(session, current_actor(), key_of(migration_id))
    except DomainError as refused:
        flash(refused.message, "bad")
    else:
        flash("已交后台执行，可刷新查看进度。", "ok")
    return redirect(url_for("operations.migration", migration_id=migration_id))
