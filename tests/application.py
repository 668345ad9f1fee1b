"""Fixtures for tests that need the whole application: each runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
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

    from tests.databases import Backend

PASSWORD = "Ceshi-2026-x"
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


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def backend(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Backend:
    """The database that a test runs on."""
    if request.param == "sqlite":
        return SQLiteBackend(tmp_path_factory.mktemp("sqlite"))
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main") + f"_{os.getpid()}"
    return PostgresBackend(request.getfixturevalue("postgres_url"), worker)


@pytest.fixture(scope="session")
def _app(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(test_settings(tmp_path_factory.mktemp("var"), backend.url))
    app.test_client_class = Browser
    with app.app_context():
        upgrade()
        backend.save("empty", db.engine)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(_app: Flask, backend: Backend) -> Iterator[Flask]:
    """The application with an empty database, inside its context."""
    with _app.app_context():
        backend.restore("empty", db.engine)
        install_process_state(_app.extensions[SETTINGS])  # another test may have made another application
        yield _app
        assert not uow.is_open(), "a unit of work was left open"
        assert db.engine.pool.checkedout() == 0, "a database connection was not given back"


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
