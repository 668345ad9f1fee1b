"""逾期督办: the leaders' list of what ran out."""

from __future__ import annotations

from flask import Blueprint, render_template

from webapp.queries.escalations import escalated
from webapp.uow import read_only
from webapp.views.parameters import page_number
from webapp.views.security import current_actor, right

escalations = Blueprint("escalations", __name__)


@escalations.get("/escalations")
@right("case.supervise")
def index() -> str:
    """What is late and was reported to the leaders."""
    with read_only() as session:
        page = escalated(session, current_actor(), page_number())
        return render_template("work/escalations.html", page=page)
