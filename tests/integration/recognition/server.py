"""The real web server with its background worker, in processes that can be killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from webapp.config import Settings

ROOT = Path(__file__).parents[3]
STARTS_WITHIN_SECONDS = 90


class Gone(Exception):  # noqa: N818 - what is the case
    """The server died before it answered; whether it did what was asked is not known."""


class Server:
    """One gunicorn that shares database, files and keys with the test."""

    def __init__(self, settings: Settings) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        self._log = settings.var / "server.log"
        self._environment = os.environ | {
            "PYTHONPATH": str(ROOT),
            "LINGGONG_BIND": self.address,
            "LINGGONG_ENV": "demo",
            "LINGGONG_VAR": str(settings.var),
            "LINGGONG_DATABASE_URL": settings.database_uri,
            "LINGGONG_SECRET_KEY": settings.secret_key.get_secret_value(),
            "LINGGONG_FIELD_KEYS": settings.field_keys.get_secret_value(),
            "LINGGONG_INDEX_KEY": settings.index_key.get_secret_value(),
            "LINGGONG_WORKER_POLL_SECONDS": "0.05",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "gunicorn", "--preload", "-c", str(ROOT / "gunicorn.conf.py")]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self._log.parent,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        waits_until = time.monotonic() + STARTS_WITHIN_SECONDS
        while time.monotonic() < waits_until:
            try:
                self._ask("GET", "/healthz")
            except Gone:
                assert self._process.poll() is None, self._log.read_text(encoding="utf-8")[-3000:]
                time.sleep(0.05)
            else:
                return
        raise AssertionError(self._log.read_text(encoding="utf-8")[-3000:])

    def kill_worker(self) -> None:
        """End the process that serves and works, without a chance to finish anything; a new one follows."""
        assert self._process is not None
        master = self._process.pid
        for child in Path(f"/proc/{master}/task/{master}/children").read_text(encoding="ascii").split():
            os.kill(int(child), signal.SIGKILL)

    def kill(self) -> None:
        """End all of its processes at once."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def complete(self, item_id: object, key: dict[str, str], **body: Any) -> tuple[int, str]:
        """Complete a task through the API; return status and answer.

        Raises:
            Gone: If the server died meanwhile.
        """
        return self._ask("POST", f"/api/v1/tasks/{item_id}/complete", key, body)

    def _ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: Any = None
    ) -> tuple[int, str]:
        data = None if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json"} | (headers or {})
        asked = Request(f"http://{self.address}{path}", data, sent, method=method)
        try:
            with urlopen(asked, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()
        except (URLError, OSError, ValueError) as broken:
            raise Gone from broken
