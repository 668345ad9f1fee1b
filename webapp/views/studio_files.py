"""政策包编辑: one file of a draft, for the pages of the editors and for people without scripts."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for

from webapp.core import clock as time
from webapp.core.errors import DomainError, Invalid
from webapp.packs import beginnings, paths
from webapp.packs.titles import label_of
from webapp.queries import draft_checks
from webapp.queries import pack_drafts as queries
from webapp.queries.line_changes import line_changes
from webapp.services import draft_clauses
from webapp.services import pack_drafts as services
from webapp.uow import read_only, unit_of_work
from webapp.views.parameters import key_of, page_number
from webapp.views.security import current_actor, right

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response
    from werkzeug.wrappers import Response as BaseResponse

    from webapp.queries.pack_drafts import FileView, LockView

View = TypeVar("View", bound="Callable[..., Any]")

studio_files = Blueprint("studio_files", __name__, url_prefix="/studio/<draft_id>")
EDIT = "studio.edit"
RELEASE = "studio.release"


def answers_json(view: View) -> View:
    """Let an endpoint for scripts answer a refusal as `{message, errors}` with its status."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return view(*args, **kwargs)
        except DomainError as refused:
            told: dict[str, Any] = {"message": refused.message, "errors": {}}
            if isinstance(refused, Invalid):
                told["errors"] = refused.errors
            if isinstance(refused, services.FileChanged):
                told |= {"by": refused.by, "text": refused.text, "revision": refused.current_revision}
            return jsonify(told), refused.status

    return cast("View", wrapped)


@studio_files.get("/files/<path:path>")
@right(EDIT, RELEASE)
def editor(draft_id: str, path: str) -> str:
    """The editor of one file."""
    return _editor_page(draft_id, path)


@studio_files.put("/files/<path:path>")
@right(EDIT)
@answers_json
def save(draft_id: str, path: str) -> Response:
    """Keep a file: `{text, revision}` → `{revision, saved_at}`, and who has it open (as :func:`hold`)."""
    text, revision = _sent()
    with unit_of_work() as session:
        actor, key = current_actor(), key_of(draft_id)
        kept = services.save_file(session, actor, key, path, text, expected_revision=revision)
        told = _lock(queries.lock_of(session, actor, key, path), kept)
    return jsonify(told | {"saved_at": time.now().isoformat()})


def _sent() -> tuple[str, int]:
    body = request.get_json(silent=True)
    text, revision = (body.get("text"), body.get("revision")) if isinstance(body, dict) else (None, None)
    if not isinstance(text, str) or not isinstance(revision, int) or isinstance(revision, bool):
        raise Invalid("请求内容应当是 {text, revision}。")
    return text, revision


@studio_files.post("/files/<path:path>")
@right(EDIT)
def save_typed(draft_id: str, path: str) -> str | BaseResponse | tuple[str, int]:
    """Keep a file that was typed into the plain page."""
    typed = request.form.get("text", "")
    try:
        with unit_of_work() as session:
            actor, key = current_actor(), key_of(draft_id)
            before = queries.file(session, actor, key, path)
            services.save_file(
                session,
                actor,
                key,
                path,
                _with_line_ends_of(before.text, typed),
                expected_revision=request.form.get("revision", default=-1, type=int),
            )
    except DomainError as refused:
        flash(refused.message, "bad")
        return _editor_page(draft_id, path, typed=typed), refused.status
    flash("已保存。", "ok")
    return redirect(url_for("studio_files.editor", draft_id=draft_id, path=path))


def _with_line_ends_of(before: str, typed: str) -> str:
    """Undo what browsers do to line ends in a form, so that an untouched line stays as it was."""
    plain = typed.replace("\r\n", "\n")
    return plain.replace("\n", "\r\n") if "\r\n" in before else plain


@studio_files.post("/hold/<path:path>")
@right(EDIT)
@answers_json
def hold(draft_id: str, path: str) -> Response:
    """Tell others that one has a file open, or take it over."""
    with unit_of_work() as session:
        actor, key = current_actor(), key_of(draft_id)
        wants = request.args.get("take_over") == "1" or request.form.get("take_over") == "1"
        held = services.hold(session, actor, key, path, take_over=wants)
        told = _lock(held, queries.file(session, actor, key, path).revision)
    return jsonify(told)


def _lock(held: LockView, revision: int) -> dict[str, Any]:
    return {
        "revision": revision,
        "held_by": held.held_by,
        "until": held.until.isoformat() if held.until else None,
        "mine": held.mine,
    }


@studio_files.post("/check")
@right(EDIT, RELEASE)
@answers_json
def check(draft_id: str) -> Response:
    """What is to be mended in the draft as it is kept now."""
    with read_only() as session:
        own = queries.draft(session, current_actor(), key_of(draft_id))
        files = queries.files_of(session, own.id)
    found = draft_checks.checked(files)
    return jsonify(findings=[finding.as_json() for finding in found.findings])


@studio_files.post("/clauses")
@right(EDIT)
@answers_json
def quote(draft_id: str) -> Response:
    """Add a clause quoted from the policy text: `{id, title, text, line}` → `{count}`."""
    body = request.get_json(silent=True)
    sent = body if isinstance(body, dict) else {}
    words = [sent.get(name) for name in ("id", "title", "text")]
    line = sent.get("line")
    if not all(isinstance(each, str) for each in words) or not isinstance(line, int) or line < 1:
        raise Invalid("请求内容应当是 {id, title, text, line}。")
    clause_id, title, text = map(str, words)
    with unit_of_work() as session:
        count = draft_clauses.quote(
            session,
            current_actor(),
            key_of(draft_id),
            clause_id=clause_id.strip(),
            title=title,
            text=text,
            line=line,
        )
    return jsonify(count=count)


@studio_files.post("/new-file")
@right(EDIT)
def create(draft_id: str) -> BaseResponse:
    """Add a file with the text that was sent, or with what a file of its kind begins with."""
    given = request.form.get("path", "").strip()
    try:
        with unit_of_work() as session:
            actor, key = current_actor(), key_of(draft_id)
            own = queries.draft(session, actor, key)
            path = given or beginnings.path_of(
                request.form.get("kind", ""), request.form.get("name", "").strip(), own.pack_key
            )
            text = request.form.get("text", "").replace("\r\n", "\n") or beginnings.text_of(path)
            services.save_file(session, actor, key, path, text, expected_revision=0)
    except DomainError as refused:
        flash(refused.message, "bad")
        return redirect(url_for("studio.show", draft_id=draft_id, _anchor="new-file"))
    return redirect(url_for("studio_files.editor", draft_id=draft_id, path=path))


@studio_files.post("/rename/<path:path>")
@right(EDIT)
def rename(draft_id: str, path: str) -> BaseResponse:
    """Give a file another name."""
    new_path = request.form.get("path", "").strip()
    try:
        with unit_of_work() as session:
            services.rename_file(session, current_actor(), key_of(draft_id), path, new_path)
    except DomainError as refused:
        flash(refused.message, "bad")
        return redirect(url_for("studio_files.editor", draft_id=draft_id, path=path))
    flash("已改名。用到旧文件名的地方请一并修改，检查会逐处指出。", "ok")
    return redirect(url_for("studio_files.editor", draft_id=draft_id, path=new_path))


@studio_files.post("/delete/<path:path>")
@right(EDIT)
def delete(draft_id: str, path: str) -> BaseResponse:
    """Remove a file; the history keeps it."""
    try:
        with unit_of_work() as session:
            services.delete_file(session, current_actor(), key_of(draft_id), path)
    except DomainError as refused:
        flash(refused.message, "bad")
        return redirect(url_for("studio_files.editor", draft_id=draft_id, path=path))
    flash(f"已删除 {path}，可在修改历史中恢复。", "ok")
    return redirect(url_for("studio.show", draft_id=draft_id))


@studio_files.get("/history")
@right(EDIT, RELEASE)
def history(draft_id: str) -> str:
    """What was changed, by whom, when; of one file if it is named."""
    with read_only() as session:
        actor, key = current_actor(), key_of(draft_id)
        path = request.args.get("path", "")
        own = queries.draft(session, actor, key)
        page = queries.history(session, actor, key, path=path, number=page_number())
        titles = queries.labels_of(session, own.id, {path} | {row.path for row in page.rows})
        return render_template("studio/history.html", draft=own, page=page, path=path, titles=titles)


@studio_files.get("/history/<int:number>")
@right(EDIT, RELEASE)
def revision(draft_id: str, number: int) -> str:
    """One change, line by line."""
    with read_only() as session:
        actor, key = current_actor(), key_of(draft_id)
        row = queries.revision(session, actor, key, number)
        return render_template(
            "studio/revision.html",
            draft=queries.draft(session, actor, key),
            row=row,
            title=label_of(row.path, row.after or row.before or ""),
            lines=line_changes(row.before or "", row.after or ""),
        )


@studio_files.post("/restore/<int:number>")
@right(EDIT)
def restore(draft_id: str, number: int) -> BaseResponse:
    """Bring a file back to what it was right after one change."""
    try:
        with unit_of_work() as session:
            path = services.restore(session, current_actor(), key_of(draft_id), number)
    except DomainError as refused:
        flash(refused.message, "bad")
    else:
        flash(f"已恢复 {path}。", "ok")
    return redirect(url_for("studio_files.history", draft_id=draft_id))


def _editor_page(draft_id: str, path: str, *, typed: str | None = None) -> str:
    with read_only() as session:
        actor, key = current_actor(), key_of(draft_id)
        own = queries.draft(session, actor, key)
        found = queries.file(session, actor, key, path)
        g.inline_styles = found.editor == "dmn"
        return render_template(
            "studio/editor.html",
            draft=own,
            path=path,
            title=label_of(path, found.text),
            text=found.text if typed is None else typed,
            revision=found.revision,
            theirs=found.text if typed is not None and typed != found.text else None,
            kind=found.editor,
            kind_label=queries.KINDS[found.kind],
            shared=paths.is_shared(path),
            lock=found.lock,
            may_edit=own.status == queries.EDITING and actor.may(EDIT),
            file=_for_script(draft_id, found),
        )


def _for_script(draft_id: str, found: FileView) -> dict[str, Any]:
    """What the script of an editor begins with; addresses of other modules are named by their rule."""
    home = f"/studio/{draft_id}"
    return {
        "draft": draft_id,
        "path": found.path,
        "kind": found.editor,
        "revision": found.revision,
        "text": found.text,
        "lock": {"held_by": found.lock.held_by, "mine": found.lock.mine},
        "urls": {
            "save": url_for("studio_files.save", draft_id=draft_id, path=found.path),
            "check": url_for("studio_files.check", draft_id=draft_id),
            "hold": url_for("studio_files.hold", draft_id=draft_id, path=found.path),
            "vocabulary": f"{home}/vocabulary",
            "layout": f"{home}/layout",
            "expression": f"{home}/expression",
            "tables": f"{home}/tables",
            "preview": f"{home}/preview",
            "clauses": url_for("studio_files.quote", draft_id=draft_id),
        },
    }
