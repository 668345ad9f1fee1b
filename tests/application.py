"""Fixtures for tests that need the whole application: each runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from contextvars import Context
from typing import TYPE_CHECKING, Any

import pytest
from flask.testing import FlaskClient
from flask_migrate import upgrade
from itsdangerous import URLSafeTimedSerializer
from pydantic import SecretStr
from sqlalchemy.orm import Session

from tests.databases import PostgresBackend, PostgresServer, SQLiteBackend
from webapp import uow
from webapp.app import create_app, install_process_state
from webapp.config import SETTINGS, Settings
from webapp.core.crypto import encode_key
from webapp.extensions import db

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask

    from tests.conftest import FrozenClock
    from tests.databases import Backend

    Installation = tuple[Backend, Flask]

PASSWORD = "Ceshi-2026-x"
KINDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))
_TEST_KEY = encode_key(b"test key, never used elsewhere!!")


def test_settings(var: Path, database_url: str, **changes: Any) -> Settings:
    """Settings for tests: cheap hashes, fixed keys, nothing from the environment."""
    values: dict[str, Any] = {
        "env": "test",
        "var": var,
        "database_url": database_url,
        "secret_key": SecretStr("only for tests, only for tests, only for tests"),
        "field_keys": SecretStr(f"1:{_TEST_KEY}"),
        "index_key": SecretStr(_TEST_KEY),
        "argon2_memory_kib": 8,
        "argon2_passes": 1,
        "embedded_worker": False,
    }
    return Settings(_env_file=None, **(values | changes))


test_settings.__test__ = False


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL to make databases in: `TEST_PG_URL`, or a throw-away server. Never skipped."""
    given = os.environ.get("TEST_PG_URL")
    if given:
        yield given.replace("postgresql://", "postgresql+psycopg://", 1)
        return
    server = PostgresServer()
    yield server.url
    server.stop()


def install(request: pytest.FixtureRequest, kind: str, folder: Path, name: str) -> Installation:
    """Install the application on a new database of a kind, without a row.

    Args:
        request: Of the fixture that installs; PostgreSQL is started when it is first asked for.
        kind: One of `KINDS`.
        folder: What is kept in files.
        name: Of the database, where databases have names.
    """
    backend: Backend
    if kind == "sqlite":
        backend = SQLiteBackend(folder)
    else:
        backend = PostgresBackend(request.getfixturevalue("postgres_url"), f"{name}_{os.getpid()}")
    app = create_app(test_settings(folder / "var", backend.url))
    app.test_client_class = Browser
    with app.app_context():
        upgrade()
    return backend, app


@pytest.fixture(scope="session")
def _installations() -> Iterator[dict[str, Installation]]:
    """Those that are kept while tests change from one kind of database to the other and back."""
    kept: dict[str, Installation] = {}
    yield kept
    for _, app in kept.values():
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session", params=KINDS)
def _installed(
    request: pytest.FixtureRequest,
    _installations: dict[str, Installation],
    tmp_path_factory: pytest.TempPathFactory,
) -> Installation:
    kind = request.param
    if kind not in _installations:
        _installations[kind] = install(request, kind, tmp_path_factory.mktemp(kind), "linggong")
    return _installations[kind]


@pytest.fixture(scope="session")
def backend(_installed: Installation) -> Backend:
    """The database that a test runs on."""
    return _installed[0]


@pytest.fixture(scope="session")
def _app(_installed: Installation) -> Flask:
    return _installed[1]


@pytest.fixture
def app(_app: Flask, backend: Backend) -> Iterator[Flask]:
    """The application with an empty database, inside its context."""
    shutil.rmtree(_app.extensions[SETTINGS].var / "sandboxes", ignore_errors=True)
    with at_work(_app):
        backend.bring("empty", lambda: None)
        yield _app


@contextmanager
def at_work(app: Flask) -> Iterator[None]:
    """Be inside an application's context, and see to it that nothing is left open in the end."""
    with app.app_context():
        install_process_state(app.extensions[SETTINGS])  # another test may have made another application
        yield
        assert not uow.is_open(), "a unit of work was left open"
        assert db.engine.pool.checkedout() == 0, "a database connection was not given back"


@pytest.fixture
def played(
    app: Flask, backend: Backend, frozen_clock: FrozenClock
) -> Callable[[str, Callable[[], Any]], Any]:
    """Return how to bring what many tests begin with: played for the first, with all data and the time after.

    What the play returns is plain, such as ids, and its name tells it from every other.
    """

    def bring(name: str, play: Callable[[], Any]) -> Any:
        told, frozen_clock.instant = backend.bring(name, lambda: (play(), frozen_clock.instant))
        return told

    return bring


@pytest.fixture
def session(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A session to prepare rows with; commit it before the code under test is to see them.

    On SQLite it holds the write lock from its first statement to its commit: look at results
    through `read_only`.
    """
    monkeypatch.setattr(uow, "SQLITE_WAIT_SECONDS", 5)
    with Session(db.engine, expire_on_commit=False) as opened:
        yield opened


@pytest.fixture
def client(app: Flask) -> Browser:
    """A browser: keeps cookies, sends form tokens, and fails if a request leaves work uncommitted."""
    return app.test_client()


@pytest.fixture
def new_client(app: Flask) -> Callable[[], Browser]:
    """Another browser for each call."""
    return app.test_client


class Browser(FlaskClient):
    """A test client that behaves as the pages' own forms do."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        method = kwargs.get("method", "GET").upper()
        if method not in {"GET", "HEAD", "OPTIONS"} and kwargs.pop("with_form_token", True):
            headers = dict(kwargs.get("headers") or {})
            headers.setdefault("X-CSRFToken", self.form_token())
            kwargs["headers"] = headers
        own = Context()  # a request shares nothing with the test around it, as on a server
        answer = own.run(super().open, *args, **kwargs)
        assert not own.run(uow.is_open), "the request left a unit of work open"
        assert db.engine.pool.checkedout() == 0, "the request left a transaction open"
        return answer

    def form_token(self) -> str:
        """The token that a page rendered for this browser would carry."""
        with self.session_transaction() as cookie:
            raw = cookie.setdefault("csrf_token", "0" * 40)
        signer = URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token")
        return str(signer.dumps(raw))

    def sign_in(self, username: str, password: str = PASSWORD) -> Any:
        """Sign in as a person does."""
        return self.post("/sign-in", data={"username": username, "password": password})
