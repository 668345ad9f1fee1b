"""What must hold after each act, whatever people do: nothing lost, nothing doubled, no case dead."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

import forms
from webapp.models.event import Event
from webapp.models.job import Job
from webapp.models.operation import AwaitedMessage, Incident, Timer
from webapp.models.work_item import Draft, Submission, WorkItem
from webapp.queries.facts import facts_of
from webapp.queries.releases import form_of, pack_of_case
from webapp.queries.standing import content_of
from webapp.services import signing, steps

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.case import Case


OVER = frozenset({"finished", "withdrawn", "terminated"})
ENDS = tuple(f"case.{status}" for status in sorted(OVER))


@dataclass
class Memory:
    """What must be found again: submissions by id, and what people typed by step and person."""

    submissions: dict[UUID, tuple[Any, ...]] = field(default_factory=dict)
    drafts: dict[tuple[UUID, str, str, UUID], dict[str, Any]] = field(default_factory=dict)
    done: int = 0
    refused: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    story: list[str] = field(default_factory=list)
    """What was done, to be read when something is wrong."""


def check_submissions(session: Session, case: Case, memory: Memory) -> None:
    """Every submission ever made is still there, and what the next step reads is the newest of each form."""
    rows = session.scalars(
        select(Submission).where(Submission.case_id == case.id).order_by(Submission.id)
    ).all()
    there = {row.id: (row.form_key, row.data, row.personal, row.person_id) for row in rows}
    before = {key: said for key, said in memory.submissions.items() if said[0] == case.id}
    for key, said in before.items():
        assert there.get(key) == said[1:], "a submission was lost or changed"
    memory.submissions |= {key: (case.id, *said) for key, said in there.items()}
    newest = {row.form_key: row for row in rows}
    pack = pack_of_case(session, case)
    facts = facts_of(session, case, personal=True)
    assert facts.keys() == newest.keys()
    for key, row in newest.items():
        schema = form_of(pack, key)
        stored = forms.fill(schema, forms.from_json(schema, content_of(row)))
        assert facts[key] == stored, "what the next step reads is not the newest"
    items = [row.work_item_id for row in rows]
    assert len(items) == len(set(items)), "a step was answered twice"


def check_steps(session: Session, case: Case) -> None:
    """Rows and engine say the same, every step is answered once, and the case goes on or is over."""
    rows = session.scalars(select(WorkItem).where(WorkItem.case_id == case.id)).all()
    waiting = {row.task_id for row in rows if row.status == "open"}
    run = steps.resumed(session, case)
    assert waiting == {task.task_id for task in run.tasks}, "rows and engine do not say the same"
    timers = {row.task_id for row in _rows(session, Timer, case)}
    assert timers == {timer.task_id for timer in run.timers}
    awaited = {row.task_id for row in _rows(session, AwaitedMessage, case)}
    assert awaited == {message.task_id for message in run.messages}
    failed = [row.task_id for row in _rows(session, Incident, case) if row.status == "open"]
    assert sorted(failed) == sorted(effect.task_id for effect in run.effects), "a failure is told once"
    assert waiting or timers or awaited or failed or case.status in OVER, "the case is dead"
    said = set(session.scalars(select(Submission.work_item_id).where(Submission.case_id == case.id)).all())
    for row in rows:
        if row.status == "done":
            assert row.id in said
        if row.status in {"carried", "returned", "cancelled", "open"}:
            assert row.id not in said
        if row.status == "carried":
            assert row.carried_from_id in said
        if row.status != "open":
            assert not [seat for seat in row.signings if seat.waits], "somebody is asked for nothing"
        elif signing.is_submitted(row):
            assert signing.waiting(row, "vote", "after"), "the step waits for nobody"


def _rows(session: Session, model: Any, case: Case) -> Sequence[Any]:
    return session.scalars(select(model).where(model.case_id == case.id)).all()


def check_events(session: Session, case: Case) -> None:
    """History tells of each completion once, and of the end once."""
    told = session.execute(
        select(Event.kind, Event.work_item_id, func.count())
        .where(Event.case_id == case.id, Event.kind.in_((*ENDS, "work_item.completed")))
        .group_by(Event.kind, Event.work_item_id)
    ).all()
    assert all(count == 1 for _, _, count in told), "something is told twice"
    ends = [f"case.{case.status}"] if case.status in OVER else []
    assert [kind for kind, *_ in told if kind in ENDS] == ends
    done = {row.id for row in _rows(session, WorkItem, case) if row.status in {"done", "taken_back"}}
    assert {item_id for kind, item_id, _ in told if kind == "work_item.completed"} == done


def check_jobs(session: Session) -> None:
    """Background work went through, or waits for its time."""
    failed = session.execute(select(Job.kind, Job.error).where(Job.attempts > 0)).all()
    assert not failed, "background work failed"


def check_drafts(session: Session, memory: Memory) -> None:
    """What people typed and did not submit is still there, wherever the step has gone."""
    for (case_id, element_id, number, person_id), typed in memory.drafts.items():
        rows = session.execute(
            select(Draft, WorkItem)
            .join(WorkItem, WorkItem.id == Draft.work_item_id)
            .where(
                WorkItem.case_id == case_id,
                WorkItem.element_id == element_id,
                Draft.person_id == person_id,
            )
            .order_by(WorkItem.id.desc())
        ).all()
        kept = [row.Draft.values for row in rows if row.WorkItem.properties.get("number", "") == number]
        assert typed in kept, "what somebody typed is lost"
