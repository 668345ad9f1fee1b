"""Background work: how many due clocks are handled a second, and what happens when workers are killed."""

from __future__ import annotations

import multiprocessing
import random
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, text, update

from bench import office, procedure
from bench.measuring import seconds
from bench.places import POSTGRESQL, quiet
from bench.report import Figure, Goal
from tests.application import test_settings
from webapp.app import create_app
from webapp.core import clock
from webapp.models.clock import Clock
from webapp.models.event import Event
from webapp.models.job import Job
from webapp.services import jobs
from webapp.uow import read_only, unit_of_work
from webapp.worker import Handler, Leased, LeasedJob, Transactional, Worker, make_worker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from multiprocessing.context import ForkServerContext, ForkServerProcess

    from sqlalchemy.orm import Session

    from bench.places import Place, Places

NONE = Goal(0)
CLOCKS_A_RUN = 100
TRANSACTIONAL, LEASED = "bench.mark", "bench.steps"
STEPS = 3
_LEASE_SECONDS = 2
_WORK_SECONDS = 0.004
_LIVES_SECONDS = (0.6, 1.6)
_LONGEST_SECONDS = 180
_MARK = text("INSERT INTO bench_mark (job, step) VALUES (:job, :step)")


def measure(places: Places, *, quick: bool) -> Iterator[Figure]:
    """Measure on both databases."""
    runs = 3 if quick else 5
    for place in places.each():
        yield _timers(place, runs)
    for place in places.each():
        yield from _killed(place, 1, 200 if quick else 400)


def _timers(place: Place, runs: int) -> Figure:
    """Let clocks of so many cases run out and the worker handle them."""
    here = office.furnish()
    worker = make_worker(place.app)
    rates = []
    for run in range(1, runs + 1):
        for _ in range(CLOCKS_A_RUN):
            office.start(here, procedure.TIMED)
        with unit_of_work() as session:
            now = clock.now()
            session.execute(update(Clock).where(Clock.due_at > now).values(due_at=now, next_act_at=now))
        taken = seconds(worker.run_until_idle)
        handled = _handled()
        if handled != run * CLOCKS_A_RUN:
            raise RuntimeError(f"{handled} clocks were handled, not {run * CLOCKS_A_RUN}.")
        rates.append(CLOCKS_A_RUN / taken)
    return Figure("timers_per_second", rates, unit="/s", database=place.name)


def _handled() -> int:
    with read_only() as session:
        return session.scalar(select(func.count()).where(Event.kind == "clock.overdue")) or 0


def _killed(place: Place, runs: int, count: int) -> Iterator[Figure]:
    """Kill workers at random until all jobs are done; count what is missing and what was done twice."""
    with unit_of_work() as session:
        session.execute(text("CREATE TABLE bench_mark (job varchar NOT NULL, step integer NOT NULL)"))
    lost, doubled, kills = [], [], []
    for run in range(runs):
        expected = _enqueue(f"run{run}", count)
        kills.append(_work_under_fire(place, random.Random(run)))  # noqa: S311 - when to kill, no secret
        with read_only() as session:
            rows = session.execute(text("SELECT job, step, count(*) FROM bench_mark GROUP BY job, step"))
            done = {(job, step): times for job, step, times in rows if job.startswith(f"run{run}.")}
        lost.append(float(len(expected - done.keys())))
        doubled.append(float(sum(times - 1 for times in done.values())))
    about = {"jobs_a_run": count, "kills": sum(kills)}
    yield Figure("jobs_lost", lost, unit="count", goal=NONE, database=place.name, about=about)
    yield Figure("jobs_doubled", doubled, unit="count", goal=NONE, database=place.name, about=about)


def _enqueue(run: str, count: int) -> set[tuple[str, int]]:
    """Enqueue jobs of both kinds; return the marks that they are to leave, each once."""
    expected: set[tuple[str, int]] = set()
    with unit_of_work() as session:
        for number in range(count):
            name, leased = f"{run}.{number}", number % 4 == 0
            jobs.enqueue(session, LEASED if leased else TRANSACTIONAL, {"job": name}, max_attempts=1_000)
            expected |= {(name, step) for step in range(STEPS if leased else 1)}
    return expected


def _work_under_fire(place: Place, chance: random.Random) -> int:
    """Keep workers running, each for a random while, until no job is left; return how many were killed."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    running = [_worker(context, place, chance) for _ in range(2 if place.name == POSTGRESQL else 1)]
    killed, until = 0, time.monotonic() + _LONGEST_SECONDS
    while _left() and time.monotonic() < until:
        time.sleep(0.05)
        for index, (process, dies) in enumerate(running):
            if time.monotonic() >= dies:
                process.kill()
                process.join()
                killed += 1
                running[index] = _worker(context, place, chance)
    for process, _ in running:
        process.kill()
        process.join()
    return killed


def _worker(
    context: ForkServerContext, place: Place, chance: random.Random
) -> tuple[ForkServerProcess, float]:
    ready = context.Event()
    process = context.Process(target=_work, args=(place.url, str(place.folder), ready), daemon=True)
    process.start()
    ready.wait(30)
    return process, time.monotonic() + chance.uniform(*_LIVES_SECONDS)


def _left() -> int:
    with read_only() as session:
        return session.scalar(select(func.count()).select_from(Job).where(Job.state == "ready")) or 0


def _work(url: str, folder: str, ready: Any) -> None:
    """Run a worker until it is killed."""
    quiet()
    app = create_app(test_settings(Path(folder), url))
    handlers: dict[str, Handler] = {
        TRANSACTIONAL: Transactional(_mark),
        LEASED: Leased(_steps, lease_seconds=_LEASE_SECONDS),
    }
    worker = Worker(app, handlers, (), poll_seconds=0.1)
    ready.set()
    worker.run()


def _mark(session: Session, payload: Mapping[str, Any]) -> None:
    session.execute(_MARK, {"job": payload["job"], "step": 0})
    time.sleep(_WORK_SECONDS)


def _steps(job: LeasedJob) -> None:
    for _ in range(STEPS):
        time.sleep(_WORK_SECONDS)
        with job.step() as (session, progress):
            done = progress.get("done", 0)
            if done == STEPS:
                return
            session.execute(_MARK, {"job": job.payload["job"], "step": done})
            time.sleep(_WORK_SECONDS)
            progress["done"] = done + 1
