"""One process with threads by default: SQLite has one writer, and background work runs beside it.

With PostgreSQL, raise `WEB_CONCURRENCY`; every process then has a worker thread of its own.
"""

from __future__ import annotations

import os
from typing import Any

from webapp import worker as background
from webapp.config import SETTINGS

bind = os.environ.get("LINGGONG_BIND", "127.0.0.1:8000")
wsgi_app = "wsgi:app"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
threads = 8
timeout = 120
graceful_timeout = 30
keepalive = 5
accesslog = None
control_socket_disable = True
umask = 0o077


def post_worker_init(worker: Any) -> None:
    """Start background work in the process that serves, not in the one that only watches it."""
    app = worker.app.wsgi()
    if app.extensions[SETTINGS].embedded_worker:
        background.start_embedded(app)


def worker_exit(_server: Any, _worker: Any) -> None:
    """Let background work finish what it is doing."""
    background.stop_embedded()
