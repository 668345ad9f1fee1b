"""Background work: rows that are claimed, run, retried and, at last, laid before a person.

*Transactional* jobs run inside one transaction that also removes the row: their effects in
the database happen exactly once. *Leased* jobs talk to the world or take long; they hold a
lease with a fencing token and may, after a crash, repeat their last step.
"""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import uuid4

from sqlalchemy import CursorResult, delete, event, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.errors import DomainError, Locked, Missing
from webapp.models.job import Job, WorkerBeat
from webapp.queries.actors import Actor
from webapp.services.events import record

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy import Select

T = TypeVar("T")

_FIRST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(hours=1)
_JITTER = 0.2
_LONGEST_ERROR = 500
_ENQUEUED = "jobs_enqueued"
_TRIES = 5

wake = threading.Event()
"""Set when this process committed work that is due; the worker need not sleep on."""


class Postpone(Exception):  # noqa: N818 - an answer of a handler, not an error
    """Raised by a handler whose time has not come: run again at that instant, without a failure."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class LeaseLost(Exception):  # noqa: N818 - says what is the case
    """Another worker has taken the job over; stop at once and write nothing."""


@dataclass(frozen=True)
class Lease:
    """A leased job as its handler sees it."""

    job_id: UUID
    kind: str
    owner: str
    payload: Mapping[str, Any]
    attempts: int


def enqueue(
    session: Session,
    kind: str,
    payload: Mapping[str, Any] | None = None,
    *,
    run_at: datetime | None = None,
    dedup: str | None = None,
    jurisdiction_id: UUID | None = None,
    max_attempts: int = 8,
) -> Job:
    """Have something done after this transaction commits.

    Args:
        session: The open unit of work.
        kind: Key of the handler.
        payload: Ids and plain figures, never personal data.
        run_at: Not before this instant; at once, if not given.
        dedup: If a job with this key waits or lies dead, that one is returned unchanged.
        jurisdiction_id: Whose work it is.
        max_attempts: Failures after which it is laid before a person.

    Raises:
        Locked: If others finish and enqueue the same key again and again at this moment.
    """
    values = {
        "kind": kind,
        "payload": dict(payload or {}),
        "run_at": run_at or clock.now(),
        "dedup": dedup,
        "jurisdiction_id": jurisdiction_id,
        "max_attempts": max_attempts,
    }
    session.info[_ENQUEUED] = True
    if dedup is None:
        job = Job(**values)
        session.add(job)
        session.flush()
        return job
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    for _ in range(_TRIES):
        session.execute(insert(Job).values(values).on_conflict_do_nothing(index_elements=["dedup"]))
        found = session.scalar(select(Job).where(Job.dedup == dedup))
        if found is not None:
            return found  # otherwise the one that was in the way has just been done and removed
    raise Locked("后台任务正忙，请稍后再试。")


def next_kind(session: Session, kinds: Collection[str]) -> str | None:
    """Return the kind of the job that has been due longest, without locking anything."""
    return session.scalar(_due(select(Job.kind), kinds))


def claim(session: Session, kind: str) -> Job | None:
    """Lock the job of a kind that has been due longest; on PostgreSQL, pass over those that others have."""
    return session.scalar(_due(select(Job), [kind]).with_for_update(skip_locked=True))


def _due(query: Select[T], kinds: Collection[str]) -> Select[T]:
    now = clock.now()
    free = or_(Job.lease_until.is_(None), Job.lease_until <= now)
    ready = query.where(Job.state == "ready", Job.run_at <= now, Job.kind.in_(kinds), free)
    return ready.order_by(Job.run_at, Job.id).limit(1)


def finish(session: Session, job: Job) -> None:
    """Remove a job that is done."""
    session.delete(job)


def postpone(job: Job, until: datetime) -> None:
    """Let a job run later; this is no failure."""
    job.run_at = until


def fail(job: Job, error: BaseException) -> None:
    """Note a failure: run again later and later, and at last lie dead until a person decides."""
    job.attempts += 1
    give_back(job, error)


def give_back(job: Job, error: BaseException) -> None:
    """Like `fail`, for an attempt that is already counted."""
    job.error = describe(error)
    job.failed_at = clock.now()
    job.lease_owner = job.lease_until = None
    job.run_at = clock.now() + waiting_time(job.attempts)
    if job.attempts >= job.max_attempts:
        job.state = "dead"


def waiting_time(attempts: int) -> timedelta:
    """How long to wait after so many failures: 10 s, 20 s, 40 s, … at most an hour, give or take a fifth."""
    wait = min(_FIRST_WAIT * 2.0 ** max(0, attempts - 1), _LONGEST_WAIT)
    return wait * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - spreads load, keeps no secret


def describe(error: BaseException) -> str:
    """Say what went wrong without quoting data: only sentences written for people are kept."""
    name = type(error).__name__
    return f"{name}: {error.message}"[:_LONGEST_ERROR] if isinstance(error, DomainError) else name


def lease(session: Session, job: Job, seconds: int) -> Lease:
    """Take a claimed job for so many seconds; commit, then work."""
    job.lease_owner = uuid4().hex
    job.lease_until = clock.now() + timedelta(seconds=seconds)
    job.attempts += 1
    session.flush()
    return Lease(job.id, job.kind, job.lease_owner, dict(job.payload), job.attempts)


def held(session: Session, lease: Lease) -> Job:
    """Return the row of a lease, locked, in the transaction that is to write a step's results.

    Raises:
        LeaseLost: If another worker has it now.
    """
    job = session.scalar(
        select(Job).where(Job.id == lease.job_id, Job.lease_owner == lease.owner).with_for_update()
    )
    if job is None:
        raise LeaseLost
    return job


def renew(session: Session, lease: Lease, seconds: int, progress: Mapping[str, Any]) -> None:
    """Hold a job longer and note how far it got, in the transaction that writes the step.

    Raises:
        LeaseLost: If another worker has it now; roll back.
    """
    until = clock.now() + timedelta(seconds=seconds)
    mine = update(Job).where(Job.id == lease.job_id, Job.lease_owner == lease.owner)
    done = session.execute(mine.values(lease_until=until, progress=dict(progress)))
    if cast("CursorResult[Any]", done).rowcount != 1:
        raise LeaseLost


def finish_leased(session: Session, lease: Lease) -> None:
    """Remove a leased job that is done, unless another worker has it now."""
    session.execute(delete(Job).where(Job.id == lease.job_id, Job.lease_owner == lease.owner))


def dead_letters(session: Session, jurisdiction_id: UUID | None = None) -> Sequence[Job]:
    """Return the jobs that failed for good, everybody's or a jurisdiction's, the newest failure first."""
    query = select(Job).where(Job.state == "dead").order_by(Job.failed_at.desc(), Job.id.desc())
    if jurisdiction_id is not None:
        query = query.where(Job.jurisdiction_id == jurisdiction_id)
    return session.scalars(query).all()


def retry(session: Session, job_id: UUID, actor: Actor | None = None) -> None:
    """Let a dead letter run again, with all its attempts.

    Args:
        session: The open unit of work.
        job_id: The dead letter.
        actor: Who decides, about their own jurisdiction's only; nobody at the command line.

    Raises:
        Missing: If there is no such dead letter.
    """
    job = session.get(Job, job_id, with_for_update=True)
    if job is None or job.state != "dead" or (actor and job.jurisdiction_id != actor.jurisdiction_id):
        raise Missing("没有找到该失败任务，可能已经处理。")
    job.state, job.attempts, job.run_at = "ready", 0, clock.now()
    session.info[_ENQUEUED] = True
    if job.jurisdiction_id is not None:
        by = actor or Actor.system(job.jurisdiction_id)
        record(session, "job.retried", actor=by, data={"job": str(job.id), "kind": job.kind})


def discard(session: Session, job_id: UUID) -> None:
    """Remove a dead letter that need not run any more.

    Raises:
        Missing: If there is no such dead letter.
    """
    job = session.get(Job, job_id)
    if job is None or job.state != "dead":
        raise Missing("没有找到该失败任务，可能已经处理。")
    session.delete(job)


def beat(session: Session, name: str, *, started_at: datetime, jobs_done: int) -> None:
    """Note that a worker is alive."""
    now = clock.now()
    row = session.get(WorkerBeat, name)
    if row is None:
        row = WorkerBeat(name=name, started_at=started_at, last_sweep_at=now, jobs_done=0)
        session.add(row)
    row.started_at, row.last_sweep_at = started_at, now
    row.jobs_done = jobs_done
    session.execute(delete(WorkerBeat).where(WorkerBeat.last_sweep_at < now - timedelta(days=1)))


def last_sweep(session: Session) -> datetime | None:
    """Return when any worker last looked for work."""
    return session.scalar(select(func.max(WorkerBeat.last_sweep_at)))


def lag(session: Session) -> timedelta:
    """Return how long the oldest due job has been waiting; zero if none waits."""
    oldest = session.scalar(select(func.min(Job.run_at)).where(Job.state == "ready"))
    return max(timedelta(0), clock.now() - oldest) if oldest else timedelta(0)


@event.listens_for(Session, "after_commit")
def _wake_worker(session: Session) -> None:
    if not session.in_nested_transaction() and session.info.pop(_ENQUEUED, False):
        wake.set()
