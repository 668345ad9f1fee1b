"""The demonstration in a fresh database for each test, and cases brought to any stage of the procedure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.application import at_work
from tests.factories import filings
from tests.integration.recognition import desk
from webapp.services import accounts, demo
from webapp.uow import unit_of_work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from flask import Flask

    from tests.application import Browser
    from tests.conftest import FrozenClock
    from tests.databases import Backend
    from webapp.models.case import Case


class Stages:
    """Brings the database to any stage of the procedure; each is played once only."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def bring(self, stage: str, kind: str) -> UUID:
        """Replace the database by one with a single case at a stage; return the case's id."""

        def play() -> UUID:
            self.fresh()
            with unit_of_work() as session:
                case: Case = getattr(filings, stage)(session, kind)
                return case.id

        return self._backend.bring(f"{kind}_{stage}", play)

    def fresh(self) -> None:
        """Replace the database by one with the demonstration's people and no case."""
        self._backend.bring("people", self._seed)

    def _seed(self) -> None:
        self._backend.bring("empty", lambda: None)
        with unit_of_work() as session:
            demo.seed(session)


@pytest.fixture(scope="session")
def stages(_app: Flask, backend: Backend) -> Stages:
    return Stages(backend)


@pytest.fixture
def app(
    request: pytest.FixtureRequest, _app: Flask, stages: Stages, frozen_clock: FrozenClock
) -> Iterator[Flask]:
    """The application with the demonstration's people, on Friday 2026-11-20, 10:00 in Beijing."""
    with at_work(_app):
        if "at" not in request.fixturenames:
            stages.fresh()
        yield _app


@pytest.fixture
def at(app: Flask, stages: Stages) -> Callable[..., UUID]:
    """Return a case that stands at a stage (a function of `filings`); call it first in a test, and once."""
    return lambda stage, kind="market": stages.bring(stage, kind)


@pytest.fixture
def sealed(
    app: Flask, at: Callable[..., UUID], played: Callable[[str, Callable[[], UUID]], UUID]
) -> Callable[[], UUID]:
    """Return how to bring a case that ended in a recognised market, with all its papers sealed."""

    def play() -> UUID:
        case_id = at("recognised")
        desk.work(app)
        return case_id

    return lambda: played("recognised and sealed", play)


@pytest.fixture
def browse(app: Flask) -> Callable[..., Browser]:
    """Return a browser in which a demonstration person is signed in, or nobody."""

    def opened(username: str | None = None) -> Browser:
        fresh = app.test_client()
        if username is not None:
            assert fresh.sign_in(username, accounts.DEMO_PASSWORD).status_code == 302
        return fresh

    return opened
