"""演练场景 and 政策推演 of a draft: what its scenarios come to, and what its rules would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from webapp import packs, sandbox
from webapp.core.errors import DomainError
from webapp.queries import pack_drafts
from webapp.services import what_if as asking
from webapp.uow import read_only
from webapp.views.parameters import key_of
from webapp.views.security import current_actor, right
from webapp.views.studio_files import EDIT, RELEASE

if TYPE_CHECKING:
    from webapp.models.pack_draft import PackDraft

studio_trying = Blueprint("studio_trying", __name__, url_prefix="/studio/<draft_id>")


@studio_trying.get("/scenarios")
@right(EDIT, RELEASE)
def scenarios(draft_id: str) -> tuple[str, int]:
    """Play the scenarios of a draft; the same content is played once."""
    draft, files = _draft(draft_id)
    try:
        pack = packs.read(files)
        results = sandbox.played(pack)
    except DomainError as refused:
        return render_template("studio/scenarios.html", draft=draft, refused=refused), refused.status
    titles = {key: spec.title for key, spec in pack.processes.items()}
    return render_template("studio/scenarios.html", draft=draft, results=results, titles=titles), 200


@studio_trying.get("/what-if")
@right(EDIT, RELEASE)
def what_if(draft_id: str) -> tuple[str, int]:
    """Ask the draft's rules again about closed cases, page by page."""
    draft, files = _draft(draft_id)
    older_than = request.args.get("older_than")
    try:
        pack = packs.read(files)
    except DomainError as refused:
        return render_template("studio/what_if.html", draft=draft, refused=refused), refused.status
    with read_only() as session:
        found = asking.run(
            session,
            current_actor().jurisdiction_id,
            pack,
            older_than=key_of(older_than) if older_than else None,
        )
    return render_template("studio/what_if.html", draft=draft, found=found, later=older_than), 200


def _draft(draft_id: str) -> tuple[PackDraft, dict[str, str]]:
    with read_only() as session:
        own = pack_drafts.draft(session, current_actor(), key_of(draft_id))
        return own, pack_drafts.files_of(session, own.id)
