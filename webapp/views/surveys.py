"""满意度调查: the page that an invitation leads to, and the invitations for those who hand them out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, render_template, request

import forms
from webapp.config import current_settings
from webapp.core.errors import TooMany
from webapp.documents.qr import qr_path
from webapp.queries.archive_catalogue import as_csv
from webapp.queries.case_access import visible_case
from webapp.queries.surveys import Questionnaire, questionnaire, survey_view
from webapp.services import attempt_limits
from webapp.services import surveys as services
from webapp.uow import read_only, unit_of_work
from webapp.views.parameters import whole_number
from webapp.views.security import current_actor, public, right

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

surveys = Blueprint("surveys", __name__)

KIND = "survey"
ON_A_SHEET = 60
HEADINGS = ("调查对象", "序号", "链接")
_STATUSES = {"unknown": 404, "used": 410, "closed": 410}
_TOO_MANY = 429
_INVALID = 422
_ANSWERED_ALREADY = 409


@surveys.get("/s/<token>")
@public
def ask(token: str) -> tuple[str, int]:
    """The questions of an invitation, or why it is not answered any more."""
    with read_only() as session:
        found = services.standing(session, token)
        if isinstance(found, services.Refused):
            return _told(found.why), _STATUSES[found.why]
        return _form(questionnaire(session, found)), 200


@surveys.post("/s/<token>")
@public
def answer(token: str) -> tuple[str, int]:
    """Take an answer, once for each invitation; sent a second time, nothing changes."""
    address = request.remote_addr or ""
    with read_only() as session:
        found = services.standing(session, token)
        asked = None if isinstance(found, services.Refused) else questionnaire(session, found)
    bound = forms.bind(asked.schema, formdata=request.form) if asked else None
    if asked and bound and not bound.validate():
        return _form(asked, request.form), _INVALID
    try:
        why = _taken(token, forms.to_json(bound.data) if bound else {}, address)
    except TooMany as refused:
        return (_form(asked, request.form, refused.message) if asked else _told("often")), _TOO_MANY
    if why == "used":
        return _told("used"), _ANSWERED_ALREADY
    return _told(why or "thanks"), _STATUSES[why] if why else 200


def _taken(token: str, values: dict[str, Any], address: str) -> str:
    """Keep an answer and return nothing, or count the attempt and return why it was not taken."""
    with unit_of_work() as session:
        attempt_limits.refuse_locked(session, KIND, address)
        found = services.standing(session, token, lock=True)
        if isinstance(found, services.Refused):
            attempt_limits.note(session, KIND, address, current_settings().address_failures)
            return found.why
        services.answer(session, found, values)
        return ""


@surveys.post("/cases/<no>/survey/sheet")
@right("task.act")
def sheet(no: str) -> str:
    """Invitations to be printed, cut and handed out, so many on a page; that they were taken is on record."""
    actor = current_actor()
    begin = max(whole_number(request.form.get("begin", "1")) or 1, 1)
    with unit_of_work() as session:
        case = visible_case(session, actor, no)
        links = services.hand_out(session, actor, case, way="打印")
        part = links[begin - 1 : begin - 1 + ON_A_SHEET]
        return render_template(
            "cases/survey_sheet.html",
            case=case,
            market=case.market,
            view=survey_view(session, actor, case),
            links=[(link, _url(link.token), *qr_path(_url(link.token))) for link in part],
            begin=begin,
            total=len(links),
            following=begin + ON_A_SHEET if begin - 1 + ON_A_SHEET < len(links) else None,
        )


@surveys.post("/cases/<no>/survey/links.csv")
@right("task.act")
def export(no: str) -> Response:
    """All links as a table for spreadsheets; that they were taken is on record."""
    actor = current_actor()
    with unit_of_work() as session:
        links = services.hand_out(session, actor, visible_case(session, actor, no), way="导出")
    rows = [(link.group, str(link.serial), _url(link.token)) for link in links]
    answer = Response(as_csv(HEADINGS, rows), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"满意度调查邀请 {no}.csv")
    return answer


def _url(token: str) -> str:
    return f"{current_settings().public_url}/s/{token}"


def _form(asked: Questionnaire, sent: MultiDict[str, str] | None = None, message: str = "") -> str:
    form = forms.bind(asked.schema, formdata=sent)
    if sent is not None:
        form.validate()
    return render_template("public/survey.html", asked=asked, form=form, message=message)


def _told(why: str) -> str:
    return render_template("public/survey_told.html", why=why)
