"""The loop of background work: it looks for what is due and does it.

It knows nothing of what the work is; that is told in `webapp.worker`.
"""

from __future__ import annotations

import math
import os
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog

from webapp.core import clock
from webapp.services import jobs
from webapp.uow import read_only, unit_of_work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

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


@dataclass(frozen=True)
class Round:
    """Something that is found by looking and done there and then, each in a transaction of its own.

    There is no job in between, so that thousands that fall due together are soon done; only what fails
    becomes a job, to be retried and at last laid before a person.

    Attributes:
        kind: Name in logs.
        find: Returns ids of what is to be done, the most urgent first; what another worker has just done
            is not among them any more.
        run: Does one; returns how much that was.
        set_aside: Has one that failed retried as a job, so that `find` does not return it again.
        every_seconds: How often to look.
        longest_seconds: After how long to turn to other work, though more is found.
    """

    kind: str
    find: Callable[[Session], Sequence[UUID]]
    run: Callable[[Session, UUID], int]
    set_aside: Callable[[Session, UUID, Exception], None]
    every_seconds: float = 15
    longest_seconds: float = 5


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
    rounds: Sequence[Round] = ()
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
        ran = any([*map(self._go_round, self.rounds)])
        ran = self.run_one() or ran
        self.done += ran
        return ran

    def run_until_idle(self) -> int:
        """Sweep, then do jobs until none is due; return how many. For the command line and tests."""
        for sweep in self.sweeps:
            self._sweep(sweep)
        done = sum(self._all_of(round_) for round_ in self.rounds)
        return done + sum(iter(self.run_one, False))

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

    def _go_round(self, round_: Round) -> bool:
        """Do what is due now, if it is time to look; look again at once if that was not all."""
        if not self._is_time(round_):
            return False
        done = self._all_of(round_, until=time.monotonic() + round_.longest_seconds)
        return bool(done)

    def _all_of(self, round_: Round, until: float = math.inf) -> int:
        """Do what is found until nothing is, or the time is over; return how much was done."""
        total = 0
        while True:
            with read_only() as session:
                found = list(round_.find(session))
            done = 0
            for identity in found:
                done += self._one_of(round_, identity)
                if time.monotonic() > until or self._stopping.is_set():
                    self._next_sweep.pop(round_.kind, None)
                    return total + done
            total += done
            if not done:
                return total

    def _one_of(self, round_: Round, identity: UUID) -> int:
        try:
            with unit_of_work() as session:
                return round_.run(session, identity)
        except Exception as error:  # whatever it is, it becomes a job that is retried
            log.exception("round_failed", kind=round_.kind, id=str(identity))
            with unit_of_work() as session:
                round_.set_aside(session, identity, error)
            return 0

    def _is_time(self, sweep: Sweep | Round) -> bool:
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
