"""Cases: the list, starting one, its page, its diagram, withdrawing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from webapp.core.errors import Invalid
from webapp.queries import case_list, case_page, evidence, links, verbs
from webapp.queries.case_access import visible_case
from webapp.queries.inbox import next_item
from webapp.queries.releases import pack_of_case
from webapp.queries.seat_panels import seat_of_case
from webapp.queries.startable import startable
from webapp.queries.surveys import survey_view
from webapp.services import cases as case_services
from webapp.services import personal_data
from webapp.uow import read_only, unit_of_work
from webapp.views.parameters import page_number
from webapp.views.security import current_actor, right

if TYPE_CHECKING:
    from sqlalchemy.orm import Session
    from werkzeug.wrappers import Response as BaseResponse

    from webapp.models.case import Case
    from webapp.queries.actors import Actor
    from webapp.queries.readers import Readers

cases = Blueprint("cases", __name__, url_prefix="/cases")

EVENTS_SHOWN = 40
"""How many of the newest events stand on the page of a case at once."""


@cases.get("")
@right("case.read")
def index() -> str:
    """The cases that the current position may see."""
    wanted = case_list.CaseFilter(
        status=request.args.get("status", ""),
        q=request.args.get("q", "").strip()[:80],
        number=page_number(),
    )
    with read_only() as session:
        page = case_list.case_list(session, current_actor(), wanted)
        return render_template("cases/index.html", page=page, filters=case_list.case_filters(wanted))


@cases.get("/new")
@right("case.start")
def new() -> str:
    """What the current position may start."""
    with read_only() as session:
        return render_template("cases/new.html", startable=startable(session, current_actor()))


@cases.post("/<process_key>/start")
@right("case.start")
def start(process_key: str) -> BaseResponse:
    """Start a case and go on to its first step."""
    actor = current_actor()
    with unit_of_work() as session:
        market_no = request.form.get("market") or None
        case = case_services.start(session, actor, process_key, market_no=market_no)
        item = next_item(session, actor, case)
        return redirect(item or url_for("cases.show", no=case.no))


@cases.get("/<no>")
@right("case.read")
def show(no: str) -> str:
    """The page of a case."""
    actor = current_actor()
    with read_only() as session:
        case = visible_case(session, actor, no)
        return render_template("cases/show.html", **page_context(session, actor, case))


@cases.post("/<no>/withdraw")
@right("case.start")
def withdraw(no: str) -> BaseResponse | tuple[str, int]:
    """撤回: the applicant takes its filing back."""
    actor = current_actor()
    try:
        with unit_of_work() as session:
            case = visible_case(session, actor, no)
            case_services.withdraw(session, actor, case, reason=request.form.get("reason", ""))
    except Invalid as refused:
        flash(refused.message, "bad")
        return redirect(url_for("cases.show", no=no))
    flash("申请已撤回，有关单位的待办已取消。", "ok")
    return redirect(url_for("cases.show", no=no))


@cases.get("/<no>/diagram.bpmn")
@right("case.read")
def diagram(no: str) -> Response:
    """The diagram of the process that a case follows."""
    with read_only() as session:
        case = visible_case(session, current_actor(), no)
        process = pack_of_case(session, case).processes[case.process_key]
        return Response(process.sources[process.file], mimetype="application/xml")


@cases.get("/<no>/matrix")
@right("case.read")
def matrix(no: str) -> str:
    """The opinions of a case, to be refreshed in its page."""
    actor = current_actor()
    with read_only() as session:
        page = case_page.case_page(session, actor, visible_case(session, actor, no))
        return render_template("cases/matrix.html", case=page.case, matrix=page.matrix)


@cases.post("/<no>/reveal")
@right("personal.reveal")
def reveal(no: str) -> str:
    """Show personal data in full on this one answer; the look and its reason are on record."""
    actor = current_actor()
    with unit_of_work() as session:
        case = visible_case(session, actor, no)
        personal_data.note_look(session, actor, case, reason=request.form.get("reason", ""))
        return render_template("cases/show.html", **page_context(session, actor, case, revealed=True))


def page_context(
    session: Session,
    actor: Actor,
    case: Case,
    *,
    revealed: bool = False,
    readers: Readers | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Return the context of the template of a case's page."""
    newest = None if request.args.get("history") == "all" else EVENTS_SHOWN
    page = case_page.case_page(session, actor, case, reveal=revealed, readers=readers, newest=newest)
    back = verbs.last_done(session, actor, case)
    return {
        "case": page.case,
        "clock": page.clock,
        "phases": page.phases,
        "diagram": page.diagram,
        "steps": page.steps,
        "open_tasks": page.open_tasks,
        "timeline": page.timeline,
        "event_count": page.event_count,
        "materials": page.materials,
        "files_by_id": {str(file.id): file for file in page.materials},
        "documents": page.documents,
        "matrix": page.matrix,
        "decisions": page.decisions,
        "submissions": page.submissions,
        "drafts": page.drafts,
        "evidence": evidence.evidence_of(session, case),
        "actions": {
            "withdraw": page.may_withdraw,
            "take_back": f"{links.work_item(case.no, back.id)}/acts/take_back" if back else None,
            "reveal": page.may_reveal,
            "hold": page.may_hold,
            "supervise": page.may_supervise,
            "send": page.may_send,
            "export": page.may_export,
        },
        "attention": page.attention,
        "survey": survey_view(session, actor, case),
        "revealed": revealed,
        "task": None,
        "seat": seat_of_case(session, actor, case),
        "changed": [],
        **more,
    }
