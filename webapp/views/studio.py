"""政策包编辑: drafts of the pack, their way to a release, and back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from webapp import sandbox
from webapp.core.errors import DomainError, Invalid
from webapp.packs import archives
from webapp.packs.beginnings import PLACES
from webapp.queries import draft_checks, pack_drafts
from webapp.queries import studio as queries
from webapp.services import draft_merging, draft_openings, pack_releases
from webapp.uow import read_only, unit_of_work
from webapp.views.parameters import key_of
from webapp.views.security import current_actor, right, wants_json
from webapp.views.studio_files import EDIT, RELEASE

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from sqlalchemy.orm import Session
    from werkzeug.wrappers import Response as BaseResponse

    from webapp.packs.merging import Choice

studio = Blueprint("studio", __name__, url_prefix="/studio")
CHOICE = "choice-"
"""What stands before a path in the names of the fields that choose between two texts."""


@studio.get("")
@right(EDIT, RELEASE)
def index() -> str:
    """The drafts, the version in force, what is planned, and former versions."""
    return _index_page()


@studio.post("")
@right(EDIT)
def create() -> BaseResponse | tuple[str, int]:
    """Begin a draft."""
    try:
        with unit_of_work() as session:
            draft, left_out = _opened(session)
    except DomainError as refused:
        return _index_page(refused), refused.status
    if left_out:
        flash(f"已略过不属于政策包的 {len(left_out)} 个文件：{'、'.join(left_out[:5])}。", "info")
    return redirect(url_for("studio.show", draft_id=draft))


def _opened(session: Session) -> tuple[UUID, list[str]]:
    actor, title = current_actor(), request.form.get("title", "")
    source = request.form.get("source", "")
    if source == "file":
        file = request.files.get("file")
        if file is None or not file.filename:
            raise Invalid("请选择 ZIP 文件。", field="file")
        content = file.stream.read(archives.MAX_ARCHIVE_BYTES + 1)
        draft, left_out = draft_openings.from_archive(session, actor, title=title, content=content)
        return draft.id, left_out
    release = key_of(source) if source not in {"", "current"} else None
    return draft_openings.from_release(session, actor, title=title, release_id=release).id, []


def _index_page(refused: DomainError | None = None) -> str:
    with read_only() as session:
        actor = current_actor()
        return render_template(
            "studio/index.html",
            page=queries.studio_page(session, actor),
            may_edit=actor.may(EDIT),
            may_release=actor.may(RELEASE),
            refused=refused,
            typed=request.form,
        )


@studio.get("/<draft_id>")
@right(EDIT, RELEASE)
def show(draft_id: str) -> str:
    """One draft: its files, what was changed, what to do next."""
    return _draft_page(draft_id)


def _draft_page(draft_id: str, refused: DomainError | None = None) -> str:
    with read_only() as session:
        actor = current_actor()
        page = queries.draft_page(session, actor, key_of(draft_id))
        return render_template(
            "studio/draft.html",
            page=page,
            draft=page.draft,
            may_edit=actor.may(EDIT),
            may_release=actor.may(RELEASE),
            is_submitter=page.draft.submitted_by_id in {actor.person, actor.for_person_id},
            refused=refused,
            typed=request.form,
            places=PLACES,
        )


@studio.get("/<draft_id>/findings")
@right(EDIT, RELEASE)
def findings(draft_id: str) -> str:
    """What is to be mended, as a page or as a part of the draft's page."""
    with read_only() as session:
        own = pack_drafts.draft(session, current_actor(), key_of(draft_id))
        found = draft_checks.checked(pack_drafts.files_of(session, own.id))
        name = "studio/finding_list.html" if wants_json() else "studio/findings.html"
        titles = pack_drafts.labels_of(session, own.id, {finding.path for finding in found.findings})
        return render_template(
            name, draft=own, findings=found.findings, errors=len(found.errors), titles=titles
        )


@studio.get("/<draft_id>/export.zip")
@right(EDIT, RELEASE)
def export(draft_id: str) -> Response:
    """The draft's files as they lie in the project."""
    with read_only() as session:
        own = pack_drafts.draft(session, current_actor(), key_of(draft_id))
        files = pack_drafts.files_of(session, own.id)
    return _zip(files, f"{own.pack_key}-draft.zip")


@studio.get("/releases/<release_id>/export.zip")
@right(EDIT, RELEASE)
def export_release(release_id: str) -> Response:
    """A release's files as they lie in the project."""
    with read_only() as session:
        found = queries.release_of(session, current_actor(), key_of(release_id))
        name = f"{found.pack_key}-{found.content_hash[: queries.SHORT_HASH]}.zip"
        return _zip(found.files, name)


def _zip(files: dict[str, str], name: str) -> Response:
    answer = Response(archives.write_archive(files), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


@studio.post("/<draft_id>/submit")
@right(EDIT)
def submit(draft_id: str) -> BaseResponse | tuple[str, int]:
    """Hand the draft to whoever may release it."""

    def act(session: Session, key: UUID) -> None:
        pack_releases.submit(
            session,
            current_actor(),
            key,
            note=request.form.get("note", ""),
            effective_from=_day("effective_from"),
            effective_until=_day("effective_until"),
        )

    return _act(draft_id, act, "已提交，请另一名有核准权限的人员核准发布。", checks=True)


@studio.post("/<draft_id>/withdraw")
@right(EDIT)
def withdraw(draft_id: str) -> BaseResponse | tuple[str, int]:
    """Take a submitted draft back."""
    return _act(
        draft_id,
        lambda session, key: pack_releases.withdraw(session, current_actor(), key),
        "已撤回，可以继续编辑。",
    )


@studio.post("/<draft_id>/return")
@right(RELEASE)
def give_back(draft_id: str) -> BaseResponse | tuple[str, int]:
    """Give a submitted draft back to its editors."""
    reason = request.form.get("reason", "")
    return _act(
        draft_id,
        lambda session, key: pack_releases.give_back(session, current_actor(), key, reason=reason),
        "已退回编辑人员修改。",
    )


@studio.post("/<draft_id>/take-up")
@right(EDIT)
def take_up(draft_id: str) -> BaseResponse | tuple[str, int]:
    """Bring what was released meanwhile into the draft."""
    choices: dict[str, Choice] = {
        name.removeprefix(CHOICE): "theirs" if value == "theirs" else "mine"
        for name, value in request.form.items()
        if name.startswith(CHOICE)
    }
    return _act(
        draft_id,
        lambda session, key: draft_merging.take_up(session, current_actor(), key, choices),
        "已并入现行版本的修改，请再检查一次。",
    )


@studio.post("/<draft_id>/abandon")
@right(EDIT)
def abandon(draft_id: str) -> BaseResponse | tuple[str, int]:
    """Close a draft that is not to be released."""
    return _act(
        draft_id,
        lambda session, key: pack_releases.abandon(session, current_actor(), key),
        "已放弃这份草稿，修改历史仍可查看。",
    )


def _act(
    draft_id: str, act: Callable[[Session, UUID], object], done: str, *, checks: bool = False
) -> BaseResponse | tuple[str, int]:
    try:
        if checks:
            _warm_up(draft_id)
        with unit_of_work() as session:
            act(session, key_of(draft_id))
    except DomainError as refused:
        return _draft_page(draft_id, refused), refused.status
    flash(done, "ok")
    return redirect(url_for("studio.show", draft_id=draft_id))


@studio.post("/<draft_id>/approve")
@right(RELEASE)
def approve(draft_id: str) -> str | BaseResponse | tuple[str, int]:
    """Release a submitted draft."""
    typed = request.form
    first = None
    if "username" in typed:
        first = pack_releases.FirstAdministrator(typed["username"], typed.get("name", ""))
    try:
        _warm_up(draft_id)
        with unit_of_work() as session:
            done = pack_releases.approve(session, current_actor(), key_of(draft_id), first=first)
            named = done.jurisdiction.name
    except DomainError as refused:
        return _draft_page(draft_id, refused), refused.status
    if done.password and first is not None:  # on this answer only, never in a cookie
        return render_template("studio/installed.html", name=named, first=first, password=done.password), 201
    when = (
        f"将于 {done.planned_for:%Y-%m-%d} 启用" if done.planned_for else "已启用，之后发起的办件按新版办理"
    )
    flash(f"已核准发布，{when}。", "ok")
    return redirect(url_for("studio.index"))


@studio.post("/releases/<release_id>/rollback")
@right(RELEASE)
def roll_back(release_id: str) -> BaseResponse | tuple[str, int]:
    """Put a former release in force again."""
    reason = request.form.get("reason", "")
    try:
        with unit_of_work() as session:
            pack_releases.roll_back(session, current_actor(), key_of(release_id), reason=reason)
    except DomainError as refused:
        return _index_page(refused), refused.status
    flash("已恢复，之后发起的办件按这一版办理；在办件不变，待启用的版本已取消。", "ok")
    return redirect(url_for("studio.index"))


@studio.post("/releases/<release_id>/cancel")
@right(RELEASE)
def cancel_plan(release_id: str) -> BaseResponse | tuple[str, int]:
    """Do not put a planned release in force after all."""
    try:
        with unit_of_work() as session:
            pack_releases.cancel_plan(session, current_actor(), key_of(release_id))
    except DomainError as refused:
        return _index_page(refused), refused.status
    flash("已取消定期启用。", "ok")
    return redirect(url_for("studio.index"))


def _warm_up(draft_id: str) -> None:
    """Check before the transaction begins, so that nobody waits for it; the same content is checked once.

    Raises:
        Invalid: If a scenario of the draft comes to something else than it expects.
    """
    with read_only() as session:
        own = pack_drafts.draft(session, current_actor(), key_of(draft_id))
        if own.status not in {pack_drafts.EDITING, pack_drafts.SUBMITTED}:
            return
        files = pack_drafts.files_of(session, own.id)
    found = draft_checks.checked(files)
    if found.pack is not None and not found.errors:
        sandbox.require_passed(found.pack)


def _day(name: str) -> date | None:
    text = request.form.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("请填写日期，如 2026-12-01。", field=name) from None
