"""The worker: a loop that looks for due work, in a thread of the web server or as a process.

What it can do is in the two tables at the end: `HANDLERS` for jobs, `SWEEPS` for what is
found by looking.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog

from webapp.config import current_settings
from webapp.core import clock
from webapp.services import chain_checks, documents, jobs, sign_in, timers
from webapp.uow import read_only, unit_of_work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from flask import Flask
    from sqlalchemy.orm import Session

    from webapp.models.job import Job

log = structlog.get_logger("worker")

_BEAT_EVERY_SECONDS = 10
_AFTER_ERROR_SECONDS = 5


@dataclass(frozen=True)
class Transactional:
    """A handler that only changes the database: it runs with the removal of its job in one transaction."""

    run: Callable[[Session, Mapping[str, Any]], object]


@dataclass(frozen=True)
class Leased:
    """A handler that talks to the world or takes long: it commits in steps under a lease."""

    run: Callable[[LeasedJob], object]
    lease_seconds: int = 60


Handler = Transactional | Leased


@dataclass(frozen=True)
class Sweep:
    """Something that is found by looking, such as a clock that ran out.

    Attributes:
        kind: Key of the handler; it gets `{"id": …}`.
        find: Returns ids of what is to be done.
        every_seconds: How often to look.
        owner: Returns the jurisdiction whose work a found id is; housekeeping belongs to none.
    """

    kind: str
    find: Callable[[Session], Sequence[UUID | str]]
    every_seconds: float = 30
    owner: Callable[[Session, Any], UUID | None] = lambda *_: None


@dataclass
class LeasedJob:
    """What a leased handler works with."""

    lease: jobs.Lease
    lease_seconds: int

    @property
    def payload(self) -> Mapping[str, Any]:
        """What the job was enqueued with."""
        return self.lease.payload

    @contextmanager
    def step(self) -> Iterator[tuple[Session, dict[str, Any]]]:
        """Open a transaction for one step; change the given progress to remember how far it got.

        Raises:
            LeaseLost: If another worker has taken the job over; nothing of the step is kept.
        """
        with unit_of_work() as session:
            progress = dict(jobs.held(session, self.lease).progress)
            yield session, progress
            jobs.renew(session, self.lease, self.lease_seconds, progress)


@dataclass
class Worker:
    """One loop. Several may run, in one process or many; no job is done twice at the same time."""

    app: Flask
    handlers: Mapping[str, Handler]
    sweeps: Sequence[Sweep]
    poll_seconds: float = 1.0
    name: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")
    started_at: datetime = field(default_factory=clock.now)
    done: int = 0
    _stopping: threading.Event = field(default_factory=threading.Event)
    _next_sweep: dict[str, float] = field(default_factory=dict)
    _next_beat: float = 0.0

    def run(self) -> None:
        """Work until `stop` is called; an error of the database is waited out."""
        while not self._stopping.is_set():
            try:
                with self.app.app_context():
                    busy = self.round()
            except Exception:
                log.exception("worker_round_failed")
                self._stopping.wait(_AFTER_ERROR_SECONDS)
                continue
            if not busy:
                jobs.wake.wait(self.poll_seconds)
            jobs.wake.clear()

    def stop(self) -> None:
        """Finish what is being done and then end."""
        self._stopping.set()
        jobs.wake.set()

    def round(self) -> bool:
        """Sweep if it is time, beat if it is time, do one job; tell whether there was one."""
        for sweep in self.sweeps:
            if self._is_time(sweep):
                self._sweep(sweep)
        self._beat()
        ran = self.run_one()
        self.done += ran
        return ran

    def run_until_idle(self) -> int:
        """Sweep, then do jobs until none is due; return how many. For the command line and tests."""
        for sweep in self.sweeps:
            self._sweep(sweep)
        return sum(iter(self.run_one, False))

    def run_one(self) -> bool:
        """Do the job that has been due longest."""
        with read_only() as session:
            kind = jobs.next_kind(session, self.handlers.keys())
        if kind is None:
            return False
        handler = self.handlers[kind]
        if isinstance(handler, Leased):
            return self._run_leased(kind, handler)
        return self._run_transactional(kind, handler)

    def _run_transactional(self, kind: str, handler: Transactional) -> bool:
        with unit_of_work() as session:
            job = jobs.claim(session, kind)
            if job is None:
                return False
            self._within_savepoint(session, job, handler)
        return True

    def _within_savepoint(self, session: Session, job: Job, handler: Transactional) -> None:
        try:
            with session.begin_nested():
                handler.run(session, job.payload)
            jobs.finish(session, job)
        except jobs.Postpone as later:
            jobs.postpone(job, later.until)
        except Exception as error:  # whatever it is, the job is retried and at last shown to a person
            jobs.fail(job, error)
            log.exception("job_failed", kind=job.kind, job=str(job.id), attempts=job.attempts)

    def _run_leased(self, kind: str, handler: Leased) -> bool:
        with unit_of_work() as session:
            job = jobs.claim(session, kind)
            if job is None:
                return False
            lease = jobs.lease(session, job, handler.lease_seconds)
        self._under_lease(handler, lease)
        return True

    def _under_lease(self, handler: Leased, lease: jobs.Lease) -> None:
        try:
            handler.run(LeasedJob(lease, handler.lease_seconds))
            with unit_of_work() as session:
                jobs.finish_leased(session, lease)
        except jobs.LeaseLost:
            log.warning("lease_lost", kind=lease.kind, job=str(lease.job_id))
        except Exception as error:  # whatever it is, the job is retried and at last shown to a person
            log.exception("job_failed", kind=lease.kind, job=str(lease.job_id), attempts=lease.attempts)
            self._give_back(lease, error)

    def _give_back(self, lease: jobs.Lease, error: Exception) -> None:
        with unit_of_work() as session:
            try:
                jobs.give_back(jobs.held(session, lease), error)
            except jobs.LeaseLost:
                log.warning("lease_lost", kind=lease.kind, job=str(lease.job_id))

    def _is_time(self, sweep: Sweep) -> bool:
        now = time.monotonic()
        if now < self._next_sweep.get(sweep.kind, 0.0):
            return False
        self._next_sweep[sweep.kind] = now + sweep.every_seconds
        return True

    def _sweep(self, sweep: Sweep) -> None:
        with read_only() as session:
            found = list(sweep.find(session))
        if not found:
            return
        with unit_of_work() as session:
            for identity in found:
                jobs.enqueue(
                    session,
                    sweep.kind,
                    {"id": str(identity)},
                    dedup=f"{sweep.kind}:{identity}",
                    jurisdiction_id=sweep.owner(session, identity),
                )

    def _beat(self) -> None:
        if time.monotonic() < self._next_beat:
            return
        self._next_beat = time.monotonic() + _BEAT_EVERY_SECONDS
        with unit_of_work() as session:
            jobs.beat(session, self.name, started_at=self.started_at, jobs_done=self.done)


def make_worker(app: Flask) -> Worker:
    """Return a worker with all handlers."""
    with app.app_context():
        poll_seconds = current_settings().worker_poll_seconds
    return Worker(app, HANDLERS, SWEEPS, poll_seconds)


class _Embedded:
    """The worker thread of this process, if there is one."""

    lock = threading.Lock()
    worker: Worker | None = None
    thread: threading.Thread | None = None


def start_embedded(app: Flask) -> None:
    """Run a worker in a thread of this process; a second call changes nothing."""
    with _Embedded.lock:
        if _Embedded.thread is not None and _Embedded.thread.is_alive():
            return
        _Embedded.worker = make_worker(app)
        _Embedded.thread = threading.Thread(target=_Embedded.worker.run, name="worker", daemon=True)
        _Embedded.thread.start()


def stop_embedded(timeout_seconds: float = 10) -> None:
    """Let the worker thread finish what it is doing and end."""
    with _Embedded.lock:
        if _Embedded.worker is not None and _Embedded.thread is not None:
            _Embedded.worker.stop()
            _Embedded.thread.join(timeout_seconds)
        _Embedded.worker = _Embedded.thread = None


def _forget_session(session: Session, payload: Mapping[str, Any]) -> None:
    sign_in.forget(session, UUID(payload["id"]))


def _forget_lock(session: Session, payload: Mapping[str, Any]) -> None:
    sign_in.forget_lock(session, payload["id"])


def _verify_chain(job: LeasedJob) -> None:
    with read_only() as session:
        found = chain_checks.walk(session, UUID(job.payload["id"]))
    with job.step() as (session, _):
        chain_checks.keep(session, found)


def _handle_overdue(session: Session, payload: Mapping[str, Any]) -> None:
    timers.handle_overdue(session, UUID(payload["id"]))


def _seal_document(job: LeasedJob) -> None:
    document_id = UUID(job.payload["document_id"])
    with read_only() as session:
        waiting = documents.unsealed(session, document_id)
    if waiting is not None:
        file = waiting.sealed()
        with job.step() as (session, _):
            documents.seal(session, document_id, file)


HANDLERS: dict[str, Handler] = {
    documents.SEAL_JOB: Leased(_seal_document),
    chain_checks.JOB: Leased(_verify_chain, lease_seconds=900),
    "clock.overdue": Transactional(_handle_overdue),
    "session.forget": Transactional(_forget_session),
    "sign_in_lock.forget": Transactional(_forget_lock),
}
"""What to do for each kind of job."""

SWEEPS: list[Sweep] = [
    Sweep("clock.overdue", timers.overdue, every_seconds=15, owner=timers.jurisdiction_of),
    Sweep(chain_checks.JOB, chain_checks.due, every_seconds=600, owner=lambda _, found: found),
    Sweep("session.forget", sign_in.forgettable, every_seconds=3600),
    Sweep("sign_in_lock.forget", sign_in.old_locks, every_seconds=3600),
]
"""What to look for, and how often."""
