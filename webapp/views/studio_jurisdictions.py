"""政策包编辑: the pack of a jurisdiction that is not set up yet, begun from its names and its policy text."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from webapp.core.errors import Invalid
from webapp.packs.skeleton import NewJurisdiction
from webapp.services import draft_openings
from webapp.uow import unit_of_work
from webapp.views.security import current_actor, right
from webapp.views.studio_files import EDIT

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

studio_jurisdictions = Blueprint("studio_jurisdictions", __name__, url_prefix="/studio/new-jurisdiction")


@studio_jurisdictions.get("")
@right(EDIT)
def ask() -> str:
    """The form with the names of the jurisdiction."""
    return _page({})


@studio_jurisdictions.post("")
@right(EDIT)
def begin() -> BaseResponse | tuple[str, int]:
    """Begin its draft."""
    try:
        with unit_of_work() as session:
            draft = draft_openings.from_skeleton(session, current_actor(), wanted=_wanted())
            key = draft.id
    except Invalid as refused:
        return _page(refused.errors), refused.status
    return redirect(url_for("studio.show", draft_id=key))


def _wanted() -> NewJurisdiction:
    def text(name: str) -> str:
        return request.form.get(name, "").strip()

    try:
        since = date.fromisoformat(text("effective_from"))
    except ValueError:
        raise Invalid(errors={"effective_from": ["请填写施行日期，如 2026-12-01。"]}) from None
    return NewJurisdiction(
        key=text("key"),
        name=text("name"),
        short=text("short"),
        division_code=text("division_code"),
        case_prefix=text("case_prefix").upper(),
        bureau=text("bureau"),
        document_code=text("document_code"),
        townships=tuple(" ".join(line.split()) for line in text("townships").splitlines() if line.strip()),
        source=text("source"),
        source_title=text("source_title"),
        effective_from=since,
        policy_text=request.form.get("policy_text", ""),
    )


def _page(errors: dict[str, list[str]]) -> str:
    return render_template("studio/new_jurisdiction.html", errors=errors, typed=request.form)
