"""工作日历: a year at a glance, changed by tapping days, typing or a file, each with a preview."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from webapp.core import calendar_text
from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.core.errors import Invalid, Missing, Stale
from webapp.queries import calendar_page
from webapp.queries.calendars import in_force
from webapp.services import calendars as calendar_services
from webapp.uow import read_only, unit_of_work
from webapp.views.parameters import DIGITS
from webapp.views.security import current_actor, right

if TYPE_CHECKING:
    from sqlalchemy.orm import Session
    from werkzeug.wrappers import Response as BaseResponse

    from webapp.core.workdays import WorkCalendar
    from webapp.queries.actors import Actor

calendars = Blueprint("calendars", __name__, url_prefix="/admin/calendar")

_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@calendars.get("")
@right("calendar.manage")
def index() -> BaseResponse:
    """The present year."""
    return redirect(url_for("calendars.show", year=beijing_date(time.now()).year))


@calendars.get("/<int:year>")
@right("calendar.manage")
def show(year: int) -> str:
    """One year, by the version in force or an earlier one."""
    return _page(year)


@calendars.get("/<int:year>/days.<form>")
@right("calendar.manage")
def export(year: int, form: str) -> Response:
    """One year as a file.

    Raises:
        Missing: If the form is neither `csv` nor `json`.
    """
    if form not in _TYPES:
        raise Missing("工作日历可导出为 CSV 或 JSON。")
    with read_only() as session:
        _, calendar = in_force(session, current_actor().jurisdiction_id)
    days = calendar_text.year_of(calendar, year)
    content = calendar_text.write_csv(days) if form == "csv" else calendar_text.write_json(days, year)
    answer = Response(content, content_type=_TYPES[form])
    answer.headers["Content-Disposition"] = f"attachment; filename=calendar-{year}.{form}"
    return answer


@calendars.post("/<int:year>/preview")
@right("calendar.manage")
def preview(year: int) -> str | tuple[str, int]:
    """What a change would do: the days, and the running clocks that would move."""
    try:
        return _preview(year)
    except Invalid as refused:
        flash(refused.message, "bad")
        return _page(year, typed=request.form.get("text")), 422


@calendars.post("/<int:year>")
@right("calendar.manage")
def save(year: int) -> BaseResponse | tuple[str, int]:
    """Put a change in force as the next version."""
    actor = current_actor()
    try:
        with unit_of_work() as session:
            row = calendar_services.save(
                session,
                actor,
                _wanted(session, actor, year),
                base=_number("base") or 0,
                source=request.form.get("source", ""),
            )
    except Stale as refused:
        flash(refused.message, "bad")
        return _page(year, typed=request.form.get("text")), 409
    except Invalid as refused:
        return _preview(year, problem=refused.message), 422
    flash(f"已保存为第 {row.number} 版，正在按新的日历重新计算在办时限。", "ok")
    return redirect(url_for("calendars.show", year=year))


def _page(year: int, typed: str | None = None) -> str:
    with read_only() as session:
        page = calendar_page.year_page(session, current_actor(), year, _number("version"))
        return render_template("admin/calendar.html", page=page, text=page.text if typed is None else typed)


def _preview(year: int, problem: str = "") -> str:
    actor = current_actor()
    with read_only() as session:
        number, present = in_force(session, actor.jurisdiction_id)
        wanted = _wanted(session, actor, year)
        return render_template(
            "admin/calendar_preview.html",
            year=year,
            base=number,
            changes=calendar_page.day_changes(present, wanted),
            moves=calendar_services.moves(session, actor.jurisdiction_id, wanted),
            text=calendar_text.write_text(calendar_text.year_of(wanted, year)),
            offered=request.form.get("how") == "offered",
            source=request.form.get("source", ""),
            problem=problem,
        )


def _wanted(session: Session, actor: Actor, year: int) -> WorkCalendar:
    """Return the calendar that a form asks for: chosen days, a text, a file, or the one of the pack.

    Raises:
        Invalid: If what was typed or sent cannot be read.
    """
    _, present = in_force(session, actor.jurisdiction_id)
    how = request.form.get("how")
    if how == "offered":
        return calendar_page.offered(session, actor.jurisdiction_id) or present
    try:
        if how == "days":
            chosen = [date.fromisoformat(text) for text in request.form.getlist("day")]
            days = calendar_page.chosen_days(present, year, chosen)
        elif how == "file" and (sent := request.files.get("file")):
            content = sent.read(calendar_text.LONGEST_TEXT * 4 + 1)
            days = calendar_text.read_file(content, sent.filename or "", year)
        else:
            days = calendar_text.read_text(request.form.get("text", ""), year)
    except ValueError as error:
        raise Invalid(str(error), field="text") from error
    return calendar_page.with_year(present, year, days)


def _number(name: str) -> int | None:
    text = request.values.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else None
