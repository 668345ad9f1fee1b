"""What everybody may read: the directory, a market, a clause, whether a document is genuine."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request, url_for

from webapp.integrations import sealing
from webapp.queries import clauses as clause_queries
from webapp.queries import directory as directory_queries
from webapp.queries import jurisdictions, verification
from webapp.queries.help_requests import find_intake
from webapp.services import documents
from webapp.uow import read_only, unit_of_work
from webapp.views.parameters import page_number
from webapp.views.security import public as open_to_all
from webapp.views.security import visitor

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.models.account import Jurisdiction

public = Blueprint("public", __name__)


@public.get("/directory")
@open_to_all
def directory() -> str:
    """零工市场名录."""
    wanted = directory_queries.DirectoryFilter(
        kind=request.args.get("kind", ""),
        township=request.args.get("township", ""),
        q=request.args.get("q", "").strip()[:80],
        number=page_number(),
        at=request.args.get("at", ""),
    )
    with read_only() as session:
        here = asked_for(session)
        view = directory_queries.directory(session, here, wanted)
        return render_template(
            "public/directory.html",
            here=here,
            jurisdictions=jurisdictions.shown_jurisdictions(session),
            page=view.markets,
            markets=view.markets.rows,
            filters=view.filters,
            counts=view.counts,
        )


@public.get("/directory/<market_no>")
@open_to_all
def market(market_no: str) -> str:
    """One market."""
    with read_only() as session:
        here = jurisdictions.jurisdiction_of_market(session, market_no)
        view = directory_queries.market_page(session, here, market_no)
        takes_help = find_intake(session, here.id) is not None
        help_url = url_for("help_requests.ask", market_no=view.no) if takes_help else None
        return render_template("public/market.html", market=view, help_url=help_url)


@public.get("/v/<token>")
@open_to_all
def verify(token: str) -> tuple[str, int]:
    """Whether the document behind a QR code is genuine, and its state now; each look is counted."""
    with read_only() as session:
        known = verification.by_token(session, token) is not None
    if not known:  # whoever guesses keeps nobody from writing
        return render_template("public/verify.html", not_found=True), 404
    with unit_of_work() as session:
        view = verification.verification(session, documents.looked_at(session, token))
    return render_template("public/verify.html", document=view, verdict=view.verdict, token=token), 200


@public.get("/verify")
@open_to_all
def verify_form() -> str:
    """Where anybody can check a file."""
    return render_template("public/verify.html")


@public.post("/verify")
@open_to_all
def verify_file() -> tuple[str, int]:
    """Check a file that somebody holds: its signature, and whether it is the very file that was issued."""
    file = request.files.get("file")
    content = file.read() if file else b""
    if not content:
        return render_template("public/verify.html", errors={"file": ["请选择要核验的 PDF 文件。"]}), 422
    checked, sha256 = sealing.check(content), hashlib.sha256(content).hexdigest()
    token = request.form.get("token")
    with read_only() as session:
        found = verification.file_verification(session, sha256, checked, token)
        return render_template(
            "public/verify.html", document=found.document, verdict=found.verdict, token=token, by_file=True
        ), 200


@public.get("/clauses/<pack_key>/<clause_id>")
@open_to_all
def clauses(pack_key: str, clause_id: str) -> str:
    """The wording of a clause and where the system uses it."""
    with read_only() as session:
        page = clause_queries.clause_page(
            session, jurisdictions.jurisdiction_of_pack(session, pack_key), pack_key, clause_id
        )
        return render_template("public/clauses.html", page=page)


@public.get("/clauses")
@open_to_all
def clause_list() -> str:
    """Every clause of the policy, and what carries it."""
    with read_only() as session:
        here = asked_for(session)
        page = clause_queries.clause_list(session, here)
        shown = jurisdictions.shown_jurisdictions(session)
        return render_template("public/clause_list.html", page=page, here=here, jurisdictions=shown)


def asked_for(session: Session) -> Jurisdiction:
    """Return the jurisdiction that the address names, else that of whoever is signed in, else the first."""
    known = visitor()
    own = known.actor.jurisdiction_id if known is not None and known.actor is not None else None
    return jurisdictions.shown_jurisdiction(session, request.args.get("at", ""), own)
