"""Incidents: an automatic step that failed is written down, and its token waits for somebody to act."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.core import clock as time
from webapp.core.errors import DomainError
from webapp.models.operation import Incident
from webapp.services.events import record

if TYPE_CHECKING:
    from typing import Literal

    from sqlalchemy.orm import Session

    from webapp.engine import Effect
    from webapp.models.case import Case
    from webapp.queries.actors import Actor

_LOG = logging.getLogger(__name__)


def note(
    session: Session, case: Case, actor: Actor, effect: Effect, *, name: str, error: Exception
) -> Incident:
    """Write down that an effect failed, or failed once more.

    What an unexpected error says may hold personal data: it stays in the log.

    Args:
        session: Database session, the effect's own changes rolled back.
        case: The locked case.
        actor: Who brought the token there.
        effect: What was to be done.
        name: Name of the step.
        error: What was raised.
    """
    _LOG.error("effect_failed %s %s", case.no, effect.operator, exc_info=error)
    incident = waiting(session, case, effect.task_id)
    if incident is None:
        incident = Incident(
            jurisdiction_id=case.jurisdiction_id,
            case_id=case.id,
            task_id=effect.task_id,
            element_id=effect.element_id,
            name=name or effect.element_id,
            operator=effect.operator,
            message="",
            happened_at=time.now(),
            attempts=0,
        )
        session.add(incident)
    incident.attempts += 1
    incident.message = error.message if isinstance(error, DomainError) else "系统内部错误，详见运行日志。"
    session.flush()
    data = {"name": incident.name, "operator": incident.operator, "attempts": incident.attempts}
    record(session, "incident.raised", actor=actor, case=case, data=data)
    return incident


def waiting(session: Session, case: Case, task_id: str) -> Incident | None:
    """Return the incident that waits at a task, if there is one."""
    return session.scalar(
        select(Incident).where(
            Incident.case_id == case.id, Incident.task_id == task_id, Incident.status == "open"
        )
    )


def settle(
    session: Session, case: Case, actor: Actor, task_id: str, status: Literal["retried", "skipped"]
) -> None:
    """Close the incident at a task, if there is one: its effect went through, or the token left without."""
    incident = waiting(session, case, task_id)
    if incident is None:
        return
    incident.status, incident.resolved_at, incident.resolved_by_id = status, time.now(), actor.person_id
    data = {"name": incident.name, "operator": incident.operator, "status": status}
    record(session, "incident.resolved", actor=actor, case=case, data=data)
