"""数据监测: what the markets reported, for the bureau."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from webapp.queries import monitoring as reports
from webapp.uow import read_only
from webapp.views.security import current_actor, right

monitoring = Blueprint("monitoring", __name__)


@monitoring.get("/monitoring")
@right("case.read_all")
def index() -> str:
    """The figures of a month, and who still owes them (Policy: TZ-4.5)."""
    with read_only() as session:
        page = reports.monitoring(session, current_actor(), request.args.get("period", ""))
        return render_template("work/monitoring.html", page=page)
