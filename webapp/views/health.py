"""Whether the process lives, and whether it is fit to serve."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app, jsonify
from sqlalchemy.exc import SQLAlchemyError

from webapp.config import current_settings
from webapp.core import clock
from webapp.queries import system_state
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
_TO_START = timedelta(minutes=2)
"""So long may a process take to find its worker, and a worker to catch up with what waited for it."""
_began = time.monotonic()
LATE, NO_WORKER = "jobs late", "no worker"


@health.get("/healthz")
@public
def alive() -> Response:
    """Answer as long as the process does; looks at nothing else."""
    return jsonify(status="ok")


@health.get("/readyz")
@public
def ready() -> tuple[Response, int]:
    """Answer 200 if database, migrations and background work are in order, 503 with the reasons if not.

    While background work has only just begun, what it has not done yet is `starting`, not a fault.
    """
    try:
        with read_only() as session:
            wrong = problems(session)
            status = _status(session, wrong)
    except SQLAlchemyError:
        log.exception("database_unreachable")
        status, wrong = "not ready", ["database"]
    return jsonify(status=status, problems=wrong), 503 if wrong else 200


def problems(session: Session) -> list[str]:
    """Return short keys of what is not in order; nothing that would help an attacker."""
    wrong = []
    scripts = ScriptDirectory(current_app.extensions["migrate"].directory)
    if set(MigrationContext.configure(session.connection()).get_current_heads()) != set(scripts.get_heads()):
        return ["migrations"]
    if jobs.lag(session) > _LONGEST_LAG:
        wrong.append(LATE)
    if system_state.working_since(session, clock.now() - _LONGEST_SILENCE) is None:
        wrong.append(NO_WORKER)
    if current_settings().env == "production" and accounts.demo_people_exist(session):
        wrong.append("demo accounts")
    return wrong


def _status(session: Session, wrong: list[str]) -> str:
    if not wrong:
        return "ok"
    if not set(wrong) <= {LATE, NO_WORKER}:
        return "not ready"
    since = system_state.working_since(session, clock.now() - _LONGEST_SILENCE)
    if since is None:
        return "starting" if time.monotonic() - _began < _TO_START.total_seconds() else "not ready"
    return "starting" if clock.now() - since < _TO_START else "not ready"
