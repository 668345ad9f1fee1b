"""Timers and messages that a case waits for, as rows: there while the engine waits, and no longer."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from webapp import engine
from webapp.core import clock as time
from webapp.core.clock import BEIJING
from webapp.models.operation import AwaitedMessage, Timer
from webapp.queries.releases import definition_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.orm import Session

    from webapp import feel
    from webapp.engine import OpenMessage, OpenTimer, Run
    from webapp.models.case import Case

_WAITING = frozenset({"boundaryEvent", "intermediateCatchEvent", "receiveTask"})


def arm(session: Session, case: Case, timer: OpenTimer) -> None:
    """Write down a timer that was armed just now."""
    now = time.now()
    session.add(
        Timer(
            jurisdiction_id=case.jurisdiction_id,
            case_id=case.id,
            task_id=timer.task_id,
            element_id=timer.element_id,
            attached_to=timer.attached_to,
            interrupting=timer.interrupting,
            armed_at=now,
            due_at=due_at(timer, now),
        )
    )


def listen(session: Session, case: Case, message: OpenMessage) -> None:
    """Write down a message that is waited for."""
    session.add(
        AwaitedMessage(
            jurisdiction_id=case.jurisdiction_id,
            case_id=case.id,
            task_id=message.task_id,
            element_id=message.element_id,
            name=message.name,
            attached_to=message.attached_to,
        )
    )


def forget(session: Session, case: Case, task_ids: Collection[str]) -> None:
    """Remove the rows of what is no longer waited for, if the procedure waits for such things at all."""
    if all(step.kind not in _WAITING for step in definition_of(session, case.process_version).steps):
        return
    for model in (Timer, AwaitedMessage):
        session.execute(delete(model).where(model.case_id == case.id, model.task_id.in_(task_ids)))


def keep_only(session: Session, case: Case, run: Run) -> list[dict[str, str]]:
    """Remove the rows of timers that a moved case does not have any more, and return them for an undo.

    Only a timer that watches a step can go so; what a token rests at is never lost.
    """
    armed = {timer.task_id for timer in run.timers}
    rows = session.scalars(select(Timer).where(Timer.case_id == case.id, Timer.task_id.not_in(armed))).all()
    dropped = [
        {
            "task_id": row.task_id,
            "element_id": row.element_id,
            "attached_to": row.attached_to,
            "interrupting": str(row.interrupting),
            "armed_at": row.armed_at.isoformat(),
            "due_at": row.due_at.isoformat(),
        }
        for row in rows
    ]
    for row in rows:
        session.delete(row)
    return dropped


def restore(session: Session, case: Case, dropped: Sequence[Mapping[str, str]]) -> None:
    """Put back what `keep_only` removed."""
    for row in dropped:
        session.add(
            Timer(
                jurisdiction_id=case.jurisdiction_id,
                case_id=case.id,
                task_id=row["task_id"],
                element_id=row["element_id"],
                attached_to=row["attached_to"],
                interrupting=row["interrupting"] == "True",
                armed_at=datetime.fromisoformat(row["armed_at"]),
                due_at=datetime.fromisoformat(row["due_at"]),
            )
        )


def put_off(session: Session, case: Case, by: timedelta) -> None:
    """Let the timers of a case that was on hold go off so much later; a fixed date stays as it is.

    Args:
        session: Database session.
        case: The locked case.
        by: How long it was on hold, calendar time.
    """
    rows = session.scalars(select(Timer).where(Timer.case_id == case.id)).all()
    if not rows:
        return
    definition = definition_of(session, case.process_version)
    run = engine.resume(definition, case.engine_state or b"", {})  # nothing is evaluated
    durations = {timer.task_id for timer in run.timers if timer.kind == "duration"}
    for row in rows:
        if row.task_id in durations:
            row.due_at += by


def due_at(timer: OpenTimer, armed: datetime) -> datetime:
    """Return when a timer goes off.

    A duration is calendar time from when it was armed, months counted in Beijing dates. A date begins at
    0:00 in Beijing; an instant without a zone is Beijing time.
    """
    value = timer.value
    if isinstance(value, timedelta):
        return armed + value
    if isinstance(value, datetime):
        return value if value.tzinfo is not None else value.replace(tzinfo=BEIJING)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=BEIJING)
    return _months_later(armed, value)


def _months_later(armed: datetime, duration: feel.YearMonthDuration) -> datetime:
    local = armed.astimezone(BEIJING)
    years, month = divmod(local.year * 12 + local.month - 1 + duration.months, 12)
    last = calendar.monthrange(years, month + 1)[1]
    return local.replace(year=years, month=month + 1, day=min(local.day, last))
