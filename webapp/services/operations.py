"""What an administrator does to a running case when nothing else helps: each act with its reason."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from webapp import engine
from webapp.core import clock as time
from webapp.core.errors import Invalid, Locked, Missing
from webapp.models.case import Case
from webapp.models.operation import AwaitedMessage, Incident, Timer
from webapp.queries.actors import Actor
from webapp.services import case_state, jobs, steps
from webapp.services.events import record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

SHORTEST_REASON = 4
LONGEST_REASON = 500
MESSAGE_JOB = "message.deliver"
MESSAGE_WAITS = timedelta(minutes=1)
"""How long a message for a suspended case waits before it is tried again."""
TIMER_JOB = "timer.fire"


def retry(session: Session, actor: Actor, incident_id: UUID) -> bool:
    """Try a failed automatic step again; tell whether it went through.

    Raises:
        Missing: If there is no such open incident here.
    """
    incident, case = _open_incident(session, actor, incident_id)
    record(session, "incident.retried", actor=actor, case=case, data=_told(incident))
    return steps.retry(session, case, actor, incident.task_id)


def skip(session: Session, actor: Actor, incident_id: UUID, reason: str) -> None:
    """Pass a failed automatic step without its work; the case goes on behind it.

    Raises:
        Missing: If there is no such open incident here.
        Invalid: If no reason is given.
    """
    incident, case = _open_incident(session, actor, incident_id)
    incident.reason = _reason(reason)
    told = {**_told(incident), "reason": incident.reason}
    record(session, "incident.skipped", actor=actor, case=case, data=told)
    steps.advance(session, case, actor, lambda run: run.skip(incident.task_id, {}))


def _open_incident(session: Session, actor: Actor, incident_id: UUID) -> tuple[Incident, Case]:
    incident = session.get(Incident, incident_id)
    if incident is None or incident.jurisdiction_id != actor.jurisdiction_id:
        raise Missing("没有找到这条运行事件。")
    case = steps.locked_case(session, incident.case_id)
    session.refresh(incident)
    if incident.status != "open":
        raise Missing("这条运行事件已经处理。")
    return incident, case


def _told(incident: Incident, **more: Any) -> dict[str, Any]:
    return {
        "incident": str(incident.id),
        "element": incident.element_id,
        "attempts": incident.attempts,
        **more,
    }


def move_token(
    session: Session,
    actor: Actor,
    case_id: UUID,
    token_id: str,
    target: str,
    *,
    reason: str,
    revision: int | None = None,
) -> None:
    """Put a token elsewhere. The administrator has seen before and after (`queries.operations.preview`).

    Args:
        session: The open unit of work.
        actor: The administrator.
        case_id: The case.
        token_id: The engine's id of the token.
        target: The element that it is put before.
        reason: Why, for the history.
        revision: The case's revision that the preview showed.

    Raises:
        Missing: If the case is not of the actor's jurisdiction.
        Locked: If the case moved since the preview.
        Invalid: If no reason is given, or the token cannot stand there.
    """
    case = _running(session, actor, case_id, revision)
    told = {"token": token_id, "target": target, "reason": _reason(reason)}
    record(session, "case.token_moved", actor=actor, case=case, data=told)
    _move(session, case, actor, lambda run: run.move(token_id, target))


def pass_token(
    session: Session, actor: Actor, case_id: UUID, token_id: str, *, reason: str, revision: int | None = None
) -> None:
    """Pass a waiting step, timer or message as if it had been answered with nothing.

    Raises:
        Missing: If the case is not of the actor's jurisdiction.
        Locked: If the case moved since the preview.
        Invalid: If no reason is given, or it cannot be passed.
    """
    case = _running(session, actor, case_id, revision)
    told = {"token": token_id, "reason": _reason(reason)}
    record(session, "case.token_passed", actor=actor, case=case, data=told)
    _move(session, case, actor, lambda run: run.skip(token_id, {}))


def _move(session: Session, case: Case, actor: Actor, act: Callable[[engine.Run], engine.StepResult]) -> None:
    try:
        steps.advance(session, case, actor, act)
    except engine.EngineError as error:
        raise Invalid(error.message, field="target") from error


def _running(session: Session, actor: Actor, case_id: UUID, revision: int | None) -> Case:
    case = session.get(Case, case_id)
    if case is None or case.jurisdiction_id != actor.jurisdiction_id:
        raise Missing("没有找到这件办件。")
    case = steps.locked_case(session, case_id)
    if case.status != "running":
        raise Locked("本件不在办理中，不能调整。")
    if revision is not None and case.revision != revision:
        raise Locked("本件在您预览之后又有变化，请重新预览。")
    return case


def send_message(session: Session, actor: Actor, name: str, *, case_no: str = "", reason: str) -> int:
    """Send a message to the cases that wait for it: to one by its number, or to all (a signal).

    Each case takes it in a transaction of its own, in the background.

    Returns:
        How many cases will get it.

    Raises:
        Missing: If no case waits for it.
        Invalid: If no reason is given.
    """
    awaited = select(AwaitedMessage).join(Case, Case.id == AwaitedMessage.case_id)
    awaited = awaited.where(
        AwaitedMessage.jurisdiction_id == actor.jurisdiction_id, AwaitedMessage.name == name
    )
    if case_no:
        awaited = awaited.where(Case.no == case_no.strip())
    rows = session.scalars(awaited).all()
    if not rows:
        raise Missing("没有办件在等待这条消息。")
    told = {"message": name, "case": case_no.strip(), "reason": _reason(reason), "cases": len(rows)}
    record(session, "message.sent", actor=actor, data=told)
    for row in rows:
        jobs.enqueue(
            session,
            MESSAGE_JOB,
            {"id": str(row.id)},
            dedup=f"{MESSAGE_JOB}:{row.id}",
            jurisdiction_id=row.jurisdiction_id,
        )
    return len(rows)


def deliver_message(session: Session, awaited_id: UUID) -> bool:
    """Let a message arrive at a case that still waits for it. Safe to call twice.

    Raises:
        Postpone: While the case is suspended: the message was promised, and arrives once it goes on.
    """
    row = session.get(AwaitedMessage, awaited_id)
    if row is None:
        return False
    if steps.locked_case(session, row.case_id).status == case_state.SUSPENDED:
        raise jobs.Postpone(time.now() + MESSAGE_WAITS)
    task_id, name = row.task_id, row.name
    return _arrive(session, row.case_id, "message.arrived", name, lambda run: run.receive(task_id, {}))


def due_timers(session: Session, limit: int = 200) -> Sequence[UUID]:
    """Return timers of flows that have run out, in cases that are running, the oldest first."""
    return session.scalars(
        select(Timer.id)
        .join(Case, Case.id == Timer.case_id)
        .where(Timer.due_at <= time.now(), Case.status == "running")
        .order_by(Timer.due_at, Timer.id)
        .limit(limit)
    ).all()


def jurisdiction_of_timer(session: Session, timer_id: UUID) -> UUID | None:
    """Return whose timer it is."""
    return session.scalar(select(Timer.jurisdiction_id).where(Timer.id == timer_id))


def fire_timer(session: Session, timer_id: UUID) -> bool:
    """Let a timer of a flow go off, if it is still armed and due. Safe to call twice."""
    row = session.get(Timer, timer_id)
    if row is None or row.due_at > time.now():
        return False
    task_id, element_id = row.task_id, row.element_id
    return _arrive(session, row.case_id, "timer.fired", element_id, lambda run: run.fire(task_id))


def _arrive(
    session: Session,
    case_id: UUID,
    kind: str,
    name: str,
    act: Callable[[engine.Run], engine.StepResult],
) -> bool:
    case = steps.locked_case(session, case_id)
    if case.status != "running":
        return False
    system = Actor.system(case.jurisdiction_id)
    told: Mapping[str, str] = {"name": name}
    record(session, kind, actor=system, case=case, data=told)
    steps.advance(session, case, system, act)
    return True


def _reason(text: str) -> str:
    text = text.strip()
    if not SHORTEST_REASON <= len(text) <= LONGEST_REASON:
        raise Invalid(f"请写明理由，{SHORTEST_REASON} 到 {LONGEST_REASON} 个字。", field="reason")
    return text
