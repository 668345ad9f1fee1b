"""The demonstration in a fresh database for each test, and cases brought to any stage of the procedure."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from weakref import WeakKeyDictionary

import pytest

from tests.factories import filings
from webapp import uow
from webapp.app import install_process_state
from webapp.config import SETTINGS
from webapp.extensions import db
from webapp.services import accounts, demo
from webapp.uow import unit_of_work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from flask import Flask

    from tests.application import Browser
    from tests.conftest import FrozenClock
    from tests.databases import Backend


class Stages:
    """Keeps the database of each stage, so that it is played once only.

    There is one for each database: several folders of tests use this fixture, each has its own copy of
    it, and all of them write snapshots of the same names.
    """

    _of: ClassVar[WeakKeyDictionary[Backend, Stages]] = WeakKeyDictionary()

    @classmethod
    def of(cls, backend: Backend) -> Stages:
        """Return the stages of a database, whichever folder asks."""
        return cls._of.setdefault(backend, cls(backend))

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._kept: dict[str, UUID] = {}
        self._has_people = False

    def bring(self, stage: str, kind: str) -> UUID:
        """Replace the database by one with a single case at a stage; return the case's id."""
        name = f"{kind}_{stage}"
        if name in self._kept:
            self._backend.restore(name, db.engine)
            return self._kept[name]
        self.fresh()
        with unit_of_work() as session:
            self._kept[name] = getattr(filings, stage)(session, kind).id
        self._backend.save(name, db.engine)
        return self._kept[name]

    def fresh(self) -> None:
        """Replace the database by one with the demonstration's people and no case."""
        self._backend.restore("people" if self._has_people else "empty", db.engine)
        if not self._has_people:
            with unit_of_work() as session:
                demo.seed(session)
            self._backend.save("people", db.engine)
            self._has_people = True


@pytest.fixture(scope="session")
def stages(_app: Flask, backend: Backend) -> Stages:
    return Stages.of(backend)


@pytest.fixture
def app(
    request: pytest.FixtureRequest, _app: Flask, stages: Stages, frozen_clock: FrozenClock
) -> Iterator[Flask]:
    """The application with the demonstration's people, on Friday 2026-11-20, 10:00 in Beijing."""
    with _app.app_context():
        install_process_state(_app.extensions[SETTINGS])  # another test may have made another application
        if "at" not in request.fixturenames:
            stages.fresh()
        yield _app
        assert not uow.is_open(), "a unit of work was left open"
        assert db.engine.pool.checkedout() == 0, "a database connection was not given back"


@pytest.fixture
def at(app: Flask, stages: Stages) -> Callable[..., UUID]:
    """Return a case that stands at a stage (a function of `filings`); call it first in a test, and once."""
    return lambda stage, kind="market": stages.bring(stage, kind)


@pytest.fixture
def browse(app: Flask) -> Callable[..., Browser]:
    """Return a browser in which a demonstration person is signed in, or nobody."""

    def opened(username: str | None = None) -> Browser:
        fresh = app.test_client()
        if username is not None:
            assert fresh.sign_in(username, accounts.DEMO_PASSWORD).status_code == 302
        return fresh

    return opened
