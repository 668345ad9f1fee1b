"""The office of the pack of shapes in a fresh database for each test, and cases at a place in every shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.shapes import office
from webapp import uow
from webapp.app import install_process_state
from webapp.config import SETTINGS
from webapp.extensions import db
from webapp.services import events
from webapp.uow import read_only, unit_of_work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from flask import Flask

    from tests.conftest import FrozenClock
    from tests.databases import Backend


class Places:
    """Keeps the database of each place, so that it is played once only."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._kept: dict[str, UUID | None] = {}

    def bring(self, place: str) -> UUID:
        """Replace the database by one with a single case at a place; return the case's id."""
        if place not in self._kept:
            self.people()
            self._kept[place] = office.at(place)
            self._backend.save(f"shape_{place}", db.engine)
        else:
            self._backend.restore(f"shape_{place}", db.engine)
        found = self._kept[place]
        assert found is not None
        return found

    def people(self) -> None:
        """Replace the database by one with the office and no case."""
        if "people" in self._kept:
            self._backend.restore("shape_people", db.engine)
            return
        self._backend.restore("empty", db.engine)
        with unit_of_work() as session:
            office.seed(session)
        self._backend.save("shape_people", db.engine)
        self._kept["people"] = None


@pytest.fixture(scope="session")
def places(_app: Flask, backend: Backend) -> Places:
    return Places(backend)


@pytest.fixture
def app(
    request: pytest.FixtureRequest, _app: Flask, places: Places, frozen_clock: FrozenClock
) -> Iterator[Flask]:
    """The application with the office; afterwards its chain must be whole."""
    with _app.app_context():
        install_process_state(_app.extensions[SETTINGS])
        if "shapes_case" not in request.fixturenames:
            places.people()
        yield _app
        assert not uow.is_open(), "a unit of work was left open"
        with read_only() as session:
            assert not any(events.verify_all(session).values()), "the chain does not hold"
        assert db.engine.pool.checkedout() == 0, "a database connection was not given back"


@pytest.fixture
def shapes_case(app: Flask, places: Places) -> Callable[[str], UUID]:
    """Return a case that stands at a place of `office.AT`; call it first in a test, and once."""
    return places.bring
