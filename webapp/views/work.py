"""The officer's own pages: workbench, inbox, what is done."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from webapp.queries import inbox as inbox_queries
from webapp.queries import workbench as workbench_queries
from webapp.queries.inbox import InboxFilter, done_by
from webapp.uow import read_only
from webapp.views.parameters import page_number
from webapp.views.security import current_actor, right

work = Blueprint("work", __name__)


@work.get("/")
@right("task.act", "case.read", "audit.read")
def workbench() -> str:
    """The day at a glance."""
    with read_only() as session:
        view = workbench_queries.workbench(session, current_actor())
        return render_template(
            "work/workbench.html",
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
        q=request.args.get("q", "").strip()[:80],
        sort=request.args.get("sort", "due"),
        number=page_number(),
    )
    with read_only() as session:
        view = inbox_queries.inbox(session, current_actor(), wanted)
        return render_template(
            "work/inbox.html",
            page=view.page,
            tabs=view.tabs,
            filters=view.filters,
            stats=workbench_queries.officer_stats(session, current_actor()),
            urgent=inbox_queries.urgent(session, current_actor(), 3),
        )


@work.get("/done")
@right("task.act")
def done() -> str:
    """What this person has completed."""
    with read_only() as session:
        page = done_by(session, current_actor(), page_number())
        return render_template("work/done.html", page=page, filters=None)
