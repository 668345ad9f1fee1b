"""Whether the process lives, and whether it is fit to serve."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app, jsonify
from sqlalchemy.exc import SQLAlchemyError

from webapp.config import current_settings
from webapp.core import clock
from webapp.services import accounts, jobs
from webapp.uow import read_only

from .security import public

if TYPE_CHECKING:
    from flask import Response
    from sqlalchemy.orm import Session

health = Blueprint("health", __name__)
log = structlog.get_logger("health")

_LONGEST_LAG = timedelta(minutes=10)
_LONGEST_SILENCE = timedelta(minutes=2)


@health.get("/healthz")
@public
def alive() -> Response:
    """Answer as long as the process does; looks at nothing else."""
    return jsonify(status="ok")


@health.get("/readyz")
@public
def ready() -> tuple[Response, int]:
    """Answer 200 if database, migrations and background work are in order, 503 with the reasons if not."""
    try:
        with read_only() as session:
            wrong = problems(session)
    except SQLAlchemyError:
        log.exception("database_unreachable")
        wrong = ["database"]
    return jsonify(status="not ready" if wrong else "ok", problems=wrong), 503 if wrong else 200


def problems(session: Session) -> list[str]:
    """Return short keys of what is not in order; nothing that would help an attacker."""
    wrong = []
    scripts = ScriptDirectory(current_app.extensions["migrate"].directory)
    if set(MigrationContext.configure(session.connection()).get_current_heads()) != set(scripts.get_heads()):
        return ["migrations"]
    if jobs.lag(session) > _LONGEST_LAG:
        wrong.append("jobs late")
    seen = jobs.last_sweep(session)
    if seen is None or clock.now() - seen > _LONGEST_SILENCE:
        wrong.append("no worker")
    if current_settings().env == "production" and accounts.demo_people_exist(session):
        wrong.append("demo accounts")
    return wrong
