"""A server of the demonstration's own: set up in a fresh folder, run while it is needed, ended after it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from demo_client import Browser, DemoFailed, check

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
READY_SECONDS = 60
BEIJING = ZoneInfo("Asia/Shanghai")


@contextmanager
def server(var: Path, **more: str) -> Iterator[str]:
    """Set up and run a server of one's own; yield its address when it is ready, end it at the end.

    Args:
        var: Folder of everything that it writes.
        more: Further settings by their names without the prefix.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    base = f"http://{place}"
    settings = {
        "ENV": "demo",
        "VAR": str(var),
        "DATABASE_URL": "",  # never a database that the environment happens to name
        "BIND": place,
        "PUBLIC_URL": base,
        "EMBEDDED_WORKER": "true",
        **more,
    }
    environment = os.environ | {f"LINGGONG_{name}": value for name, value in settings.items()}
    log = var / "server.log"
    with log.open("ab") as written:
        streams: dict[str, Any] = {"cwd": ROOT, "env": environment, "stdout": written, "stderr": written}
        flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
        for command in (["db", "upgrade"], ["demo", "seed", "--without-cases"]):
            done = subprocess.run([*flask, *command], check=False, **streams)  # noqa: S603 - our own commands
            check(done.returncode == 0, f"flask {' '.join(command)} 失败，见 {log}")
        running = subprocess.Popen([sys.executable, "-m", "gunicorn"], **streams)
        try:
            wait_until_ready(base, running)
            yield base
        except DemoFailed as failed:
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-30:]
            raise DemoFailed(f"{failed}\n\n服务器日志末尾（{log}）：\n" + "\n".join(lines)) from failed
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(60)


def wait_until_ready(base: str, running: subprocess.Popen[bytes]) -> None:
    """Wait until the server says that database, migrations and background work are in order."""
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and running.poll() is None:
        try:
            Browser(base).send("/readyz")
        except (OSError, DemoFailed):
            time.sleep(0.3)
        else:
            return
    raise DemoFailed(f"服务器没有在 {READY_SECONDS} 秒内就绪")
