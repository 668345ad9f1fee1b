"""The officer's own pages: workbench, inbox, what is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, g, render_template, request

from webapp.queries import inbox as inbox_queries
from webapp.queries import workbench as workbench_queries
from webapp.queries.asked import asked
from webapp.queries.done_list import done_by
from webapp.queries.inbox import InboxFilter
from webapp.uow import read_only
from webapp.views.parameters import page_number
from webapp.views.security import current_actor, right

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.queries.asked import Asked

work = Blueprint("work", __name__)


@work.get("/")
@right("task.act", "case.read", "audit.read")
def workbench() -> str:
    """The day at a glance."""
    with read_only() as session:
        seats = _asked(session)
        view = workbench_queries.workbench(session, current_actor(), seats.count)
        return render_template(
            "work/workbench.html",
            asked=seats.rows,
            stats=view.stats,
            urgent=view.urgent,
            mine=view.mine,
            startable=view.startable,
            recent_events=view.recent_events,
        )


@work.get("/inbox")
@right("task.act")
def inbox() -> str:
    """What waits for the current position."""
    wanted = InboxFilter(
        tab=request.args.get("tab", "all"),
        step=request.args.get("step", ""),
        process=request.args.get("process", ""),
        attention=request.args.get("attention", ""),
        q=request.args.get("q", "").strip()[:80],
        sort=request.args.get("sort", "due"),
        number=page_number(),
    )
    with read_only() as session:
        seats = _asked(session)
        view = inbox_queries.inbox(session, current_actor(), wanted)
        return render_template(
            "work/inbox.html",
            asked=seats.rows,
            page=view.page,
            tabs=view.tabs,
            filters=view.filters,
            stats=workbench_queries.officer_stats(session, current_actor(), seats.count),
            urgent=view.urgent,
        )


@work.get("/done")
@right("task.act")
def done() -> str:
    """What this person has completed."""
    with read_only() as session:
        page = done_by(session, current_actor(), page_number())
        return render_template("work/done.html", page=page, filters=None)


def _asked(session: Session) -> Asked:
    """Return what is asked of this person; the frame of the page counts it too and need not look again."""
    found = asked(session, current_actor())
    g.asked = found.count
    return found
