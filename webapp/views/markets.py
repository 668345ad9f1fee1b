"""Markets for those who work on them: the page of one, and the choice of one for a new case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from webapp.queries import market_page
from webapp.services import market_rounds
from webapp.uow import read_only, unit_of_work
from webapp.views.parameters import page_number
from webapp.views.security import current_actor, right

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

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


@markets.post("/choose/<process_key>/all")
@right("case.start")
def start_for_all(process_key: str) -> BaseResponse:
    """Start a procedure for every market that may be chosen, and tell which were left out and why."""
    with unit_of_work() as session:
        begun = market_rounds.start_for_all(session, current_actor(), process_key)
    flash(begun.told, "ok" if begun.started else "warn")
    return redirect(url_for("work.inbox"))
