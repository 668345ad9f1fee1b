"""Markets for those who work on them: the page of one, and the choice of one for a new case."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from webapp.queries import market_page
from webapp.uow import read_only
from webapp.views.parameters import page_number
from webapp.views.security import current_actor, right

markets = Blueprint("markets", __name__, url_prefix="/markets")


@markets.get("/<market_no>")
@right("case.read")
def show(market_no: str) -> str:
    """The entry of a market, its life, and what may be started about it."""
    with read_only() as session:
        page = market_page.market_page(session, current_actor(), market_no)
        return render_template("markets/show.html", page=page, market=page.market)


@markets.get("/choose/<process_key>")
@right("case.start")
def choose(process_key: str) -> str:
    """The markets that a case of a procedure may be about."""
    q = request.args.get("q", "").strip()[:80]
    with read_only() as session:
        choice = market_page.market_choice(session, current_actor(), process_key, q, page_number())
        return render_template("markets/choose.html", choice=choice, page=choice.markets)
