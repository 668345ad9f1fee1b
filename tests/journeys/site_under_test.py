"""A whole system for journeys: database, people, a web server with its worker, and cases to start from."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import urlopen

from flask_migrate import upgrade
from pydantic import SecretStr
from sqlalchemy import select

from tests.application import test_settings
from tests.journeys.moving_clock import MovingClock
from webapp.app import create_app
from webapp.config import SETTINGS
from webapp.core import clock
from webapp.core.crypto import encode_key
from webapp.extensions import db
from webapp.models.job import Job
from webapp.services import demo, sign_in
from webapp.services.accounts import DEMO_PASSWORD
from webapp.uow import read_only, unit_of_work
from webapp.worker import make_worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from webapp.models.case import Case

ROOT = Path(__file__).parents[2]
_KEY = encode_key(b"journey key, never used for real")
_LONGEST_START = 60.0
_LONGEST_WORK = 30.0
_seeded: list[Path] = []
"""The database of this process's first site when nothing had been done in it: others begin with a copy."""


class Site:
    """One installation, with a web server of its own; `changes` are settings unlike those of other sites."""

    def __init__(self, var: Path, **changes: Any) -> None:
        self.var = var
        self.url = f"http://127.0.0.1:{_free_port()}"
        self.clock = MovingClock(var / "moving_clock")
        self.clock.begin()
        clock.set_clock(self.clock)
        self._prepared: dict[tuple[Callable[..., Case], str], str] = {}
        secrets = {"secret_key": "only for journeys, only for journeys, only", "field_keys": f"1:{_KEY}"}
        self._settings: dict[str, Any] = {
            "env": "demo",
            "public_url": self.url,
            "argon2_memory_kib": 8,
            "argon2_passes": 1,
            **{name: SecretStr(text) for name, text in secrets.items()},
            "index_key": SecretStr(_KEY),
            **changes,
        }
        self.app = create_app(test_settings(var, "", **self._settings))
        if _seeded:
            shutil.copyfile(_seeded[0], self.database)
            self.clock.move(minutes=5)  # it took a while to seed: never before what is there
        else:
            self._seed()
        self.server = self._serve()

    def stop(self) -> None:
        """Stop the web server and let go of the database."""
        self.server.terminate()
        self.server.wait(timeout=30)
        with self.app.app_context():
            db.engine.dispose()
        clock.set_clock(None)

    def move(self, **by: float) -> None:
        """Let time pass. What was prepared before may be overdue now, so it is not used again."""
        self.clock.move(**by)
        self._prepared.clear()

    def wait_for_monday(self) -> None:
        """Let time pass until it is a Monday morning, if it is not one."""
        while clock.beijing_date(clock.now()).weekday() != 0:
            self.move(days=1)

    def change(self, act: Callable[[Session], Any]) -> Any:
        """Do something in the database as another process would, and return what it returns."""
        with self.app.app_context(), unit_of_work() as session:
            return act(session)

    def admitted(self, username: str) -> str:
        """Return the token of a session that somebody of the demonstration opened just now."""
        address = {"address": "127.0.0.1"}
        attempt = self.change(lambda session: sign_in.examine(session, username, DEMO_PASSWORD, **address))
        admission = self.change(lambda session: sign_in.admit(session, attempt))
        assert admission.token is not None, admission.message
        return str(admission.token)

    def in_process(self, act: Callable[[], Any]) -> Any:
        """Do something that opens its own transactions, or none, and return what it returns."""
        with self.app.app_context():
            return act()

    def _seed(self) -> None:
        with self.app.app_context():
            upgrade()
            with unit_of_work() as session:
                demo.seed(session)
        _seeded.append(copied(self.database, self.var / "seeded.db"))

    @property
    def database(self) -> Path:
        """The file that holds everything but blobs."""
        return self.var / "linggong.db"

    def case(self, stage: Callable[..., Case], kind: str = "market") -> str:
        """Return the number of a new case that has come as far as a stage of `tests.factories.filings`."""
        return str(self.change(lambda session: stage(session, kind).no))

    def shared_case(self, stage: Callable[..., Case], kind: str = "market") -> str:
        """Return such a case, the same one at each call: for tests that only look."""
        if (stage, kind) not in self._prepared:
            self._prepared[stage, kind] = self.case(stage, kind)
        return self._prepared[stage, kind]

    def finish_background_work(self) -> None:
        """Seal what waits for its seal and handle what is overdue, without waiting for the server's worker.

        In a thread of its own: the browser's event loop runs in this one, and sealing needs one too.
        """
        with ThreadPoolExecutor(max_workers=1) as thread:
            thread.submit(self._run_worker).result()

    def _run_worker(self) -> None:
        worker = make_worker(self.app)
        last = time.monotonic() + _LONGEST_WORK
        with self.app.app_context():
            worker.run_until_idle()
            while self._is_leased() and time.monotonic() < last:  # the server's own worker is at it
                time.sleep(0.2)
                worker.run_until_idle()

    @staticmethod
    def _is_leased() -> bool:
        with read_only() as session:
            now = clock.now()
            held = select(Job.id).where(Job.failed_at.is_(None), Job.lease_until > now)
            return session.scalar(held.limit(1)) is not None

    def _serve(self) -> subprocess.Popen[bytes]:
        given = {f"LINGGONG_{name.upper()}": _plain(value) for name, value in self._settings.items()}
        with (self.var / "server.log").open("wb") as log:
            server = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "gunicorn",
                    "--config",
                    "gunicorn.conf.py",
                    "tests.journeys.served:app",
                ],
                cwd=ROOT,
                env={
                    **os.environ,
                    **given,
                    "LINGGONG_VAR": str(self.var),
                    "LINGGONG_BIND": self.url.removeprefix("http://"),
                    "LINGGONG_WORKER_POLL_SECONDS": "0.2",
                },
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait_until_ready(server)
        return server

    def _wait_until_ready(self, server: subprocess.Popen[bytes]) -> None:
        last = time.monotonic() + _LONGEST_START
        asked = "readyz" if self.app.extensions[SETTINGS].embedded_worker else "healthz"
        while time.monotonic() < last and server.poll() is None:
            try:
                with urlopen(f"{self.url}/{asked}", timeout=5):
                    return
            except (URLError, OSError):
                time.sleep(0.2)
        server.kill()
        raise RuntimeError("The server did not start:\n" + (self.var / "server.log").read_text()[-4000:])


def copied(source: Path, target: Path) -> Path:
    """Copy a database as a whole, also while others have it open, and return the copy."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
    return target


def _plain(value: Any) -> str:
    return str(value.get_secret_value() if isinstance(value, SecretStr) else value)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
