"""Where figures are taken: throw-away applications on SQLite and on PostgreSQL."""

from __future__ import annotations

import logging
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import structlog
from flask_migrate import upgrade
from psycopg import sql
from sqlalchemy.engine import make_url

from tests.application import test_settings
from tests.databases import PostgresServer
from webapp.app import create_app
from webapp.extensions import db

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

ROOT = Path(__file__).absolute().parents[1]
VAR = ROOT / "var"
SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass(frozen=True)
class Place:
    """An application on an empty database of its own.

    Attributes:
        name: `sqlite` or `postgresql`.
        url: SQLAlchemy URL of the database.
        folder: Throw-away folder of everything that is not in the database.
    """

    name: str
    app: Flask
    url: str
    folder: Path


def quiet() -> None:
    """Let the log of requests and jobs say nothing: it would stand between the figures."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


class Places:
    """Makes applications to measure; stops the database server at the end."""

    def __init__(self) -> None:
        self._server: PostgresServer | None = None
        self._made = 0

    @property
    def server(self) -> PostgresServer:
        """The PostgreSQL server of this run, started when first asked for."""
        if self._server is None:
            self._server = PostgresServer()
        return self._server

    @contextmanager
    def open(self, name: str, **settings: Any) -> Iterator[Place]:
        """Open an application on an empty, migrated database, inside its context; all is removed after."""
        VAR.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="bench-", dir=VAR) as made:
            folder = Path(made)
            url = self._database() if name == POSTGRESQL else f"sqlite:///{folder / 'bench.db'}"
            app = create_app(test_settings(folder, url, **settings))
            with app.app_context():
                upgrade()
                try:
                    yield Place(name, app, url, folder)
                finally:
                    db.engine.dispose()

    def each(self, **settings: Any) -> Iterator[Place]:
        """Yield an application on SQLite, then one on PostgreSQL."""
        for name in (SQLITE, POSTGRESQL):
            with self.open(name, **settings) as place:
                yield place

    def _database(self) -> str:
        """Make an empty database and return its URL."""
        self._made += 1
        admin = make_url(self.server.url)
        plain = admin.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            made = sql.Identifier(f"bench{self._made}")
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(made))
        return admin.set(database=f"bench{self._made}").render_as_string(hide_password=False)

    def close(self) -> None:
        """Stop the server."""
        if self._server is not None:
            self._server.stop()
