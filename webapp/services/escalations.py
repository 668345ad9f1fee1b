"""Acts of time: a warning, the last day, what happens when a period has run out. Each once for a clock."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from webapp.core import clock as time
from webapp.core.time_limits import OverdueAct, parse_overdue
from webapp.models.clock import ClockAct
from webapp.models.work_item import WorkItem
from webapp.queries.actors import Actor
from webapp.queries.escalations import ESCALATED
from webapp.queries.releases import definition_of, pack_of_case
from webapp.queries.settings import settings_of
from webapp.queries.signatures import is_submitted
from webapp.services import drafts, steps, work_items
from webapp.services.events import record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session

    from webapp.models.case import Case
    from webapp.models.clock import Clock


_ANSWERS = ("presume", "take")
"""Acts that answer for a step; one that was answered in time and lies with signers is reported instead."""


def perform(session: Session, case: Case, clock: Clock, kind: str) -> None:
    """Do one act of a clock that has fallen due, and note it. The case row is locked.

    Whoever it concerns is told by the notices that follow history.

    Args:
        session: Database session.
        case: The case of the clock.
        clock: The clock; it runs.
        kind: `warning`, `due` or `overdue`.
    """
    item = session.get(WorkItem, clock.work_item_id) if clock.work_item_id else None
    _note(session, case, clock, item, kind)
    if kind == "overdue":
        for act in _overdue_acts(session, case, item):
            if clock.stopped_at is None:
                _answer(session, case, clock, item, act)


def _note(session: Session, case: Case, clock: Clock, item: WorkItem | None, kind: str) -> None:
    clock.acts.append(ClockAct(kind=kind, done_at=time.now(), due_at=clock.due_at))
    record(
        session,
        f"clock.{kind}",
        actor=Actor.system(case.jurisdiction_id),
        case=case,
        work_item=item,
        data={"clock": clock.name},
    )


def _overdue_acts(session: Session, case: Case, item: WorkItem | None) -> Iterator[OverdueAct]:
    """Return what is written of a late step or case, with what settings say in their places."""
    if item is not None:
        written = item.properties.get("overdue")
    else:
        written = definition_of(session, case.process_version).properties.get("case_overdue")
    for act in parse_overdue(written) if written else ():
        if act.kind == "setting":
            settings = settings_of(session, case.jurisdiction_id, pack_of_case(session, case))
            yield from parse_overdue(str(settings.get(act.setting, "wait")))
        else:
            yield act


def _answer(session: Session, case: Case, clock: Clock, item: WorkItem | None, act: OverdueAct) -> None:
    answered = act.kind in _ANSWERS and item is not None and is_submitted(item)
    if act.kind == "escalate" or answered:
        _escalate(session, case, clock, item)
    elif item is not None and item.status == "open":
        if act.kind == "presume" and "presume" in item.properties:
            work_items.presume(session, item, json.loads(item.properties["presume"]))
        elif act.kind == "take":
            _take(session, case, item, act.result or {})


def _escalate(session: Session, case: Case, clock: Clock, item: WorkItem | None) -> None:
    """Report it once, whatever else is written of what follows."""
    if all(done.kind != ESCALATED for done in clock.acts):
        _note(session, case, clock, item, ESCALATED)


def _take(session: Session, case: Case, item: WorkItem, result: Mapping[str, Any]) -> None:
    """End a late step by its default way; nothing is submitted in anybody's name."""
    system = Actor.system(case.jurisdiction_id)
    item.status, item.done_at = "presumed", time.now()
    drafts.recover(session, item)
    record(
        session, "work_item.defaulted", actor=system, case=case, work_item=item, data={"result": [*result]}
    )
    steps.advance(session, case, system, lambda run: run.complete(item.task_id, result))
    item.settled_at_revision = case.revision
