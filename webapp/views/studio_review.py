"""政策包编辑: what a draft changes and what that would do, for whoever submits it and whoever releases it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request, url_for

from webapp.core.errors import Missing
from webapp.packs.titles import label_of
from webapp.queries import draft_changes, draft_checks, draft_impact, pack_drafts
from webapp.uow import read_only
from webapp.views.parameters import key_of
from webapp.views.security import current_actor, right
from webapp.views.studio_files import EDIT, RELEASE

if TYPE_CHECKING:
    from webapp.models.pack_draft import PackDraft
    from webapp.queries.draft_changes import Side

studio_review = Blueprint("studio_review", __name__, url_prefix="/studio/<draft_id>")


@studio_review.get("/changes")
@right(EDIT, RELEASE)
def changes(draft_id: str) -> str:
    """The draft beside the version that it is compared with."""
    own, before, after = _both(draft_id)
    return render_template(
        "studio/changes.html",
        draft=own,
        files=draft_changes.changed_files(before, after),
        words=draft_changes.WORDS,
        has_base=bool(before),
    )


@studio_review.get("/drawing/<path:path>")
@right(EDIT, RELEASE)
def drawing(draft_id: str, path: str) -> str:
    """What changed in a process, on its drawing as it is or as it was."""
    own, before, after = _both(draft_id)
    side = _side()
    painted = draft_changes.marks(before, after, path, side)
    return render_template(
        "studio/drawing.html",
        draft=own,
        path=path,
        title=label_of(path, after[path]),
        side=side,
        diagram={
            "url": url_for("studio_review.source", draft_id=draft_id, path=path, side=side),
            "state": painted,
        },
    )


@studio_review.get("/source/<path:path>")
@right(EDIT, RELEASE)
def source(draft_id: str, path: str) -> Response:
    """The process file itself, of the draft or of the version that it is compared with."""
    _, before, after = _both(draft_id)
    text = (before if _side() == "before" else after).get(path)
    if text is None or not path.endswith(".bpmn"):
        raise Missing("没有这个流程文件。")
    return Response(text, mimetype="application/xml")


@studio_review.get("/impact")
@right(EDIT, RELEASE)
def impact(draft_id: str) -> str:
    """What the release would do to running cases and to rights."""
    with read_only() as session:
        actor = current_actor()
        own = pack_drafts.draft(session, actor, key_of(draft_id))
        found = draft_checks.checked(pack_drafts.files_of(session, own.id))
        told = None
        if found.pack is not None and not found.errors:
            told = draft_impact.impact(session, actor, found.pack)
        return render_template("studio/impact.html", draft=own, impact=told, errors=len(found.errors))


def _both(draft_id: str) -> tuple[PackDraft, dict[str, str], dict[str, str]]:
    with read_only() as session:
        own = pack_drafts.draft(session, current_actor(), key_of(draft_id))
        return own, pack_drafts.base_files(session, own), pack_drafts.files_of(session, own.id)


def _side() -> Side:
    return "before" if request.args.get("side") == "before" else "after"
