"""发文登记簿: the numbers that were given, on a page and as a table."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from webapp.core.clock import BEIJING, now
from webapp.queries import number_register
from webapp.queries.archive_catalogue import as_csv
from webapp.services.events import record
from webapp.uow import read_only, unit_of_work
from webapp.views.parameters import page_number
from webapp.views.security import current_actor, right

register = Blueprint("register", __name__, url_prefix="/register")


@register.get("")
@right("document.register")
def index() -> str:
    """The register, by agency, series and year."""
    with read_only() as session:
        found = number_register.register_page(session, current_actor(), _wanted(page_number()))
        return render_template("documents/register.html", register=found, page=found.page)


@register.post("/export.csv")
@right("document.register")
def export() -> Response:
    """The wanted part of the register as a table for spreadsheets; that it went out is on record."""
    actor = current_actor()
    with unit_of_work() as session:
        rows = [entry.cells for entry in number_register.all_entries(session, actor, _wanted(1))]
        record(session, "register.exported", actor=actor, data={"rows": len(rows)})
    answer = Response(as_csv(number_register.HEADINGS, rows), mimetype="text/csv")
    name = f"发文登记簿 {now().astimezone(BEIJING):%Y%m%d}.csv"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _wanted(number: int) -> number_register.RegisterFilter:
    asked = request.values
    return number_register.RegisterFilter(
        agency=asked.get("agency", "")[:60],
        series=asked.get("series", "")[:20],
        year=asked.get("year", "")[:4],
        q=asked.get("q", "").strip()[:80],
        number=number,
    )
