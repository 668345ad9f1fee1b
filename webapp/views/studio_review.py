"""政策包编辑: what a draft changes and what that would do, for whoever submits it and whoever releases it."""

from __future__ import annotations

from flask import Blueprint, render_template

from webapp.queries import draft_changes, draft_checks, draft_impact, pack_drafts
from webapp.uow import read_only
from webapp.views.parameters import key_of
from webapp.views.security import current_actor, right
from webapp.views.studio_files import EDIT, RELEASE

studio_review = Blueprint("studio_review", __name__, url_prefix="/studio/<draft_id>")


@studio_review.get("/changes")
@right(EDIT, RELEASE)
def changes(draft_id: str) -> str:
    """The draft beside the version that it is compared with."""
    with read_only() as session:
        own = pack_drafts.draft(session, current_actor(), key_of(draft_id))
        before = pack_drafts.base_files(session, own)
        found = draft_changes.changes(before, pack_drafts.files_of(session, own.id))
        return render_template("studio/changes.html", draft=own, changes=found, has_base=bool(before))


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
