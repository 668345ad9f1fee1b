"""What an administrator looks at: failed steps, timers, awaited messages, tokens of a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from webapp import engine
from webapp.core.errors import Invalid, Locked, Missing
from webapp.models.case import Case
from webapp.models.job import Job, WorkerBeat
from webapp.models.operation import AwaitedMessage, Incident, Timer
from webapp.queries import links
from webapp.queries.facts import scope_of
from webapp.queries.releases import definition_of
from webapp.queries.system_state import JOB_KINDS

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

MOST_SHOWN = 200
_KINDS = {
    "human": "等待办理",
    "effect": "自动办理",
    "timer": "等待时间",
    "message": "等待消息",
    "join": "等待其他分支",
}
_ORDER = list(_KINDS)


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One automatic step that failed."""

    id: UUID
    case_no: str
    case_url: str
    name: str
    message: str
    at: datetime
    attempts: int


def incidents(session: Session, actor: Actor) -> list[IncidentRow]:
    """Return what failed and waits for somebody to act, the oldest first."""
    rows = session.scalars(
        select(Incident)
        .where(Incident.jurisdiction_id == actor.jurisdiction_id, Incident.status == "open")
        .options(joinedload(Incident.case))
        .order_by(Incident.happened_at, Incident.id)
        .limit(MOST_SHOWN)
    )
    return [
        IncidentRow(
            row.id,
            row.case.no,
            links.case(row.case.no),
            row.name,
            row.message,
            row.happened_at,
            row.attempts,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A timer that is armed, or a message that is awaited."""

    id: UUID
    case_no: str
    case_url: str
    name: str
    due_at: datetime | None


def armed_timers(session: Session, actor: Actor) -> list[WaitingRow]:
    """Return the timers of flows that are armed, what is due first at the top."""
    rows = session.scalars(
        select(Timer)
        .where(Timer.jurisdiction_id == actor.jurisdiction_id)
        .options(joinedload(Timer.case).joinedload(Case.process_version))
        .order_by(Timer.due_at, Timer.id)
        .limit(MOST_SHOWN)
    )
    return [
        WaitingRow(
            row.id,
            row.case.no,
            links.case(row.case.no),
            _step_name(session, row.case, row.attached_to or row.element_id),
            row.due_at,
        )
        for row in rows
    ]


def awaited_messages(session: Session, actor: Actor) -> list[WaitingRow]:
    """Return the messages that cases wait for, by name."""
    rows = session.scalars(
        select(AwaitedMessage)
        .where(AwaitedMessage.jurisdiction_id == actor.jurisdiction_id)
        .options(joinedload(AwaitedMessage.case))
        .order_by(AwaitedMessage.name, AwaitedMessage.id)
        .limit(MOST_SHOWN)
    )
    return [WaitingRow(row.id, row.case.no, links.case(row.case.no), row.name, None) for row in rows]


@dataclass(frozen=True, slots=True)
class JobCount:
    """How much of one kind of background work there is."""

    label: str
    waiting: int
    failing: int
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """One worker."""

    name: str
    started_at: datetime
    last_sweep_at: datetime
    jobs_done: int


def job_counts(session: Session, actor: Actor) -> list[JobCount]:
    """Return how much background work waits, by kind; housekeeping of the whole system is among it."""
    rows = session.execute(
        select(
            Job.kind,
            func.count().filter(Job.state == "ready"),
            func.count().filter(Job.attempts > 0),
            func.min(Job.run_at).filter(Job.state == "ready"),
        )
        .where((Job.jurisdiction_id == actor.jurisdiction_id) | Job.jurisdiction_id.is_(None))
        .group_by(Job.kind)
        .order_by(Job.kind)
    ).all()
    return [
        JobCount(JOB_KINDS.get(kind, "后台任务"), ready, failing, next_at)
        for kind, ready, failing, next_at in rows
    ]


def workers(session: Session) -> list[WorkerRow]:
    """Return who works in the background, the one seen last first."""
    rows = session.scalars(
        select(WorkerBeat).order_by(WorkerBeat.last_sweep_at.desc(), WorkerBeat.name).limit(20)
    )
    return [WorkerRow(row.name, row.started_at, row.last_sweep_at, row.jobs_done) for row in rows]


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A place where a case stands.

    Attributes:
        id: Of the token.
        element_id: Of the step in the drawing.
        name: Of the step.
        lane: Whose step it is.
        kind: What is awaited there.
        level: The called processes around it.
    """

    id: str
    element_id: str
    name: str
    lane: str
    kind: str
    level: str

    @property
    def words(self) -> str:
        """The place in one line."""
        return f"{self.name}（{'，'.join(part for part in (self.lane, self.kind) if part)}）"


@dataclass(frozen=True, slots=True)
class TokensView:
    """Where a case stands, and where a token of it may be put."""

    no: str
    title: str
    status: str
    revision: int
    tokens: list[TokenRow]
    targets: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Preview:
    """Where a case would stand after a move, beside where it stands now."""

    before: list[TokenRow]
    after: list[TokenRow]
    revision: int


def case_of(session: Session, actor: Actor, no: str) -> Case:
    """Return a case of the administrator's jurisdiction.

    Raises:
        Missing: If there is none.
    """
    case = session.scalar(select(Case).where(Case.jurisdiction_id == actor.jurisdiction_id, Case.no == no))
    if case is None:
        raise Missing("没有找到这件办件。")
    return case


def tokens_view(session: Session, actor: Actor, no: str) -> TokensView:
    """Return where a case stands."""
    case = case_of(session, actor, no)
    run = _run(session, case) if case.engine_state and case.status == "running" else None
    definition = definition_of(session, case.process_version)
    return TokensView(
        case.no,
        case.title,
        case.status,
        case.revision,
        _rows(run) if run else [],
        [
            (step.id, f"{step.name}（{step.lane}）" if step.lane else step.name)
            for step in definition.steps
            if step.name
        ],
    )


def preview(session: Session, actor: Actor, no: str, token_id: str, target: str) -> Preview:
    """Return what moving a token would do, tried on a copy.

    Args:
        session: A reading session; nothing is changed.
        actor: The administrator.
        no: The case.
        token_id: Which token.
        target: The element that it would be put before; empty to pass the step instead.

    Raises:
        Invalid: If it cannot be done.
        Locked: If the token waits for other branches and is to be passed.
    """
    case = case_of(session, actor, no)
    run = _run(session, case)
    before = _rows(run)
    try:
        _try(run, token_id, target)
    except engine.EngineError as error:
        raise Invalid(error.message, field="target") from error
    return Preview(before, _rows(run), case.revision)


def _try(run: engine.Run, token_id: str, target: str) -> None:
    if target:
        run.move(token_id, target)
    elif any(token.id == token_id and token.kind == "join" for token in run.tokens):
        raise Locked("这一处在等待其他分支，不能越过；需要时请移到后面的环节。")
    else:
        run.skip(token_id, {})


def _run(session: Session, case: Case) -> engine.Run:
    definition = definition_of(session, case.process_version)
    return engine.resume(definition, case.engine_state or b"", scope_of(session, case))


def _rows(run: engine.Run) -> list[TokenRow]:
    """Return the places in words, those that wait for people first."""
    tokens = sorted(run.tokens, key=lambda token: _ORDER.index(token.kind))
    return [
        TokenRow(
            token.id,
            token.element_id,
            step.name or ("汇合处" if token.kind == "join" else "未命名的环节"),
            step.lane,
            _KINDS[token.kind] + (f"（第 {token.number} 项）" if token.number else ""),
            " › ".join(run.definition.step(part).name or "子流程" for part in token.level),
        )
        for token in tokens
        for step in [run.definition.step(token.element_id)]
    ]


def _step_name(session: Session, case: Case, element_id: str) -> str:
    step = definition_of(session, case.process_version).find(element_id)
    return (step.name or step.id) if step else element_id
