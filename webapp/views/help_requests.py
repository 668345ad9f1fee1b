"""权益求助: the form on a market's public page, the receipt, and how far a request has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request

import forms
from webapp.core.errors import Invalid, TooMany
from webapp.core.identifiers import public_token
from webapp.queries.directory import market_page
from webapp.queries.help_requests import found_by, help_status, intake_of
from webapp.queries.jurisdictions import home_jurisdiction, jurisdiction_of_case, jurisdiction_of_market
from webapp.services import attempt_limits
from webapp.services import help_requests as services
from webapp.uow import read_only, unit_of_work
from webapp.views.parameters import whole_number
from webapp.views.security import public

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session
    from werkzeug.datastructures import MultiDict

help_requests = Blueprint("help_requests", __name__, url_prefix="/help")

SENT, LOOKED_UP = "help", "help_lookup"
MOST_SENT = 10
"""Requests from one address within the window of a lock; people at a market share its address."""
MOST_WRONG = 20
"""Wrong numbers and codes from one address within that window."""
LONGEST = 64
_TOO_MANY = 429
_INVALID = 422


@help_requests.get("/<market_no>")
@public
def ask(market_no: str) -> str:
    """The form."""
    return _form(market_no)


@help_requests.post("/<market_no>")
@public
def send(market_no: str) -> str | tuple[str, int]:
    """Begin a case, and give the number and the look-up code; sent twice, it is one request."""
    page, address = request.form.get("page", "")[:LONGEST] or public_token(), request.remote_addr or ""
    try:
        with unit_of_work() as session:
            attempt_limits.refuse_locked(session, SENT, address)
            here = jurisdiction_of_market(session, market_no)
            values = _values(intake_of(session, here.id).schema)
            receipt = services.request_help(session, here.id, market_no, values, page=page)
            attempt_limits.note(session, SENT, address, MOST_SENT)
    except Invalid as wrong:
        return _form(market_no, request.form, errors=wrong.errors), _INVALID
    except TooMany as refused:
        return _form(market_no, request.form, message=refused.message), _TOO_MANY
    return render_template("public/help_received.html", receipt=receipt)


@help_requests.get("/status")
@public
def look_up() -> str:
    """Where number and code are entered."""
    return render_template("public/help_status.html", status=None)


@help_requests.post("/status")
@public
def status() -> str | tuple[str, int]:
    """How far a request has come; wrong numbers and codes are counted by address."""
    no, code = _number_and_code()
    try:
        with unit_of_work() as session:
            attempt_limits.refuse_locked(session, LOOKED_UP, request.remote_addr or "")
            found = found_by(session, _jurisdiction_of(session, no), no, code)
            if found is not None:
                view = help_status(session, found)
                return render_template(
                    "public/help_status.html", status=view, no=no, code=code, ratings=services.RATINGS
                )
            attempt_limits.note(session, LOOKED_UP, request.remote_addr or "", MOST_WRONG)
    except TooMany as refused:
        return _status_form(no, refused.message), _TOO_MANY
    return _status_form(no, "编号或查询码不对，请核对后再填。"), _INVALID


@help_requests.post("/status/rating")
@public
def rate() -> str | tuple[str, int]:
    """Keep how the help was found, once, when it is over."""
    no, code = _number_and_code()
    mark = whole_number(request.form.get("rating", "")) or 0
    problem = ""
    with unit_of_work() as session:
        attempt_limits.refuse_locked(session, LOOKED_UP, request.remote_addr or "")
        here = _jurisdiction_of(session, no)
        found = found_by(session, here, no, code)
        if found is None:
            attempt_limits.note(session, LOOKED_UP, request.remote_addr or "", MOST_WRONG)
            return _status_form(no, "编号或查询码不对，请核对后再填。"), _INVALID
        try:
            services.rate(session, here, no=no, code=code, rating=mark)
        except Invalid as wrong:
            problem = wrong.message
        view = help_status(session, found)
        page = render_template(
            "public/help_status.html",
            status=view,
            no=no,
            code=code,
            ratings=services.RATINGS,
            problem=problem,
            rated=not problem,
        )
    return (page, _INVALID) if problem else page


def _values(schema: forms.FormSchema) -> dict[str, Any]:
    """Return what the page sent as JSON values.

    Raises:
        Invalid: With the messages of each field.
    """
    bound = forms.bind(schema, formdata=request.form)
    if not bound.validate():
        raise Invalid(errors=bound.errors)
    values: dict[str, Any] = forms.to_json(bound.data)
    return values


def _number_and_code() -> tuple[str, str]:
    return request.form.get("no", "")[:LONGEST], request.form.get("code", "")[:LONGEST]


def _jurisdiction_of(session: Session, no: str) -> UUID:
    """Return whose request a number would be; one that nobody knows is looked for as any other is."""
    return (jurisdiction_of_case(session, no) or home_jurisdiction(session)).id


def _status_form(no: str, problem: str) -> str:
    return render_template("public/help_status.html", status=None, no=no, problem=problem)


def _form(
    market_no: str,
    sent: MultiDict[str, str] | None = None,
    *,
    errors: dict[str, list[str]] | None = None,
    message: str = "",
) -> str:
    with read_only() as session:
        here = jurisdiction_of_market(session, market_no)
        market = market_page(session, here, market_no)
        bound = forms.bind(intake_of(session, here.id).schema, formdata=sent)
        bound.add_errors(errors or {})
        page = request.form.get("page", "")[:LONGEST] or public_token()
        return render_template("public/help.html", market=market, form=bound, page=page, message=message)
