"""存证包: the whole file of a case, to be taken out of the system and checked without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, flash, redirect, request, url_for

from webapp.core.errors import Invalid
from webapp.queries.case_access import visible_case
from webapp.services import evidence_packages
from webapp.uow import unit_of_work
from webapp.views.security import current_actor, right

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from webapp.services.evidence_packages import EvidencePackage

evidence = Blueprint("evidence", __name__, url_prefix="/cases/<no>")


@evidence.post("/evidence.zip")
@right("evidence.export")
def export(no: str) -> BaseResponse:
    """The package of a case; that it was taken, and why, is on record."""
    actor = current_actor()
    try:
        with unit_of_work() as session:
            case = visible_case(session, actor, no)
            reason = request.form.get("reason", "")
            package = evidence_packages.export(session, actor, case, reason=reason)
    except Invalid as refused:
        flash(refused.message, "bad")
        return redirect(url_for("cases.show", no=no))
    return sent(package)


def sent(package: EvidencePackage) -> Response:
    """Return the answer that streams a package."""
    answer = Response(package.stream(), mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=package.name)
    return answer
