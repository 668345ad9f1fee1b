"""How long the platform's own operations take here: `make bench`.

Everything runs on throw-away data in a temporary folder, on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from flask_migrate import upgrade  # noqa: E402 - the project is found by its place

from tests.application import test_settings  # noqa: E402
from tests.databases import PostgresServer  # noqa: E402
from tests.factories.accounts import make_agency, make_jurisdiction, make_person, make_position  # noqa: E402
from webapp.app import create_app  # noqa: E402
from webapp.core.crypto import KeyRing  # noqa: E402
from webapp.extensions import db  # noqa: E402
from webapp.queries.actors import Actor  # noqa: E402
from webapp.services import events, jobs, sign_in  # noqa: E402
from webapp.uow import read_only, unit_of_work  # noqa: E402
from webapp.worker import Transactional, Worker  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

SEALED = 20_000
EVENTS = 2_000
WRITERS = (1, 8)
JOBS = 1_000
REQUESTS = 200


def timed(work: Callable[[], object]) -> float:
    """Return seconds."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def show(label: str, count: int, seconds: float) -> None:
    """Print one figure."""
    print(f"  {label:<44}{count / seconds:>10,.0f} /s{1000 * seconds / count:>10.2f} ms")


def measure_ciphers() -> None:
    """Seal and open a short personal value."""
    print("cipher")
    for algorithm in ("sm4-gcm", "aes-256-gcm"):
        ring = KeyRing.generate(algorithm)
        sealed = [ring.seal(b"11010519491231002X", "person.resident_id") for _ in range(SEALED)]
        show(
            f"{algorithm} seal",
            SEALED,
            timed(lambda r=ring: [r.seal(b"x" * 18, "a.b") for _ in range(SEALED)]),
        )
        show(
            f"{algorithm} open",
            SEALED,
            timed(lambda r=ring, s=sealed: [r.open(v, "person.resident_id") for v in s]),
        )


def measure_database(app: Flask, name: str) -> None:
    """Write history, verify it, run jobs, serve pages."""
    print(name)
    with unit_of_work() as session:
        jurisdiction = make_jurisdiction(session, "bench")
        position = make_position(session, make_agency(session, jurisdiction))
        make_person(session, position, username="bench")
        system = Actor.system(jurisdiction.id)

    def write(count: int) -> None:
        with app.app_context():
            for _ in range(count):
                with unit_of_work() as session:
                    events.record(session, "bench.done", actor=system, data={"n": 1})

    for writers in WRITERS:
        show(
            f"transactions with an event, {writers} threads",
            EVENTS,
            timed(lambda n=writers: spread(write, n)),
        )

    def verify() -> None:
        with read_only() as session:
            if events.verify(session, system.jurisdiction_id):
                raise SystemExit("the chain is broken")

    show("events verified", EVENTS * len(WRITERS), timed(verify))

    with unit_of_work() as session:
        for number in range(JOBS):
            jobs.enqueue(session, "nothing", {"n": number})
    worker = Worker(app, {"nothing": Transactional(lambda _session, _payload: None)}, ())
    show("jobs", JOBS, timed(worker.run_until_idle))

    with read_only() as session:
        attempt = sign_in.examine(session, "bench", "Ceshi-2026-x", address="bench")
    with unit_of_work() as session:
        token = sign_in.admit(session, attempt).token
    browser = app.test_client()
    browser.set_cookie("linggong", token or "")
    show("pages /me", REQUESTS, timed(lambda: [browser.get("/me") for _ in range(REQUESTS)]))


def spread(write: Callable[[int], None], threads: int) -> None:
    """Let so many threads do the events together."""
    running = [threading.Thread(target=write, args=(EVENTS // threads,)) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


def main() -> None:
    """Measure everything."""
    measure_ciphers()
    server = PostgresServer()
    try:
        for name, url in (("sqlite", ""), ("postgresql", server.url)):
            with tempfile.TemporaryDirectory() as var:
                app = create_app(test_settings(Path(var), url))
                with app.app_context():
                    upgrade()
                    measure_database(app, name)
                    db.engine.dispose()
    finally:
        server.stop()


if __name__ == "__main__":
    main()
