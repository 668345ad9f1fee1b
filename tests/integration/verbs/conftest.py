"""The office of the pack of shapes in a fresh database for each test, and cases at a place in every shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.application import at_work
from tests.shapes import office
from webapp import uow
from webapp.services import events
from webapp.uow import read_only, unit_of_work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from flask import Flask

    from tests.conftest import FrozenClock
    from tests.databases import Backend


class Places:
    """Brings the database to any place in the shapes; the way to each is played once only."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def bring(self, place: str) -> UUID:
        """Replace the database by one with a single case at a place; return the case's id."""

        def play() -> UUID:
            self.people()
            return office.at(place)

        return self._backend.bring(f"shape_{place}", play)

    def people(self) -> None:
        """Replace the database by one with the office and no case."""
        self._backend.bring("shape_people", self._seed)

    def _seed(self) -> None:
        self._backend.bring("empty", lambda: None)
        with unit_of_work() as session:
            office.seed(session)


@pytest.fixture(scope="session")
def places(_app: Flask, backend: Backend) -> Places:
    return Places(backend)


@pytest.fixture
def app(
    request: pytest.FixtureRequest, _app: Flask, places: Places, frozen_clock: FrozenClock
) -> Iterator[Flask]:
    """The application with the office; afterwards its chain must be whole."""
    with at_work(_app):
        if "shapes_case" not in request.fixturenames:
            places.people()
        yield _app
        assert not uow.is_open(), "a unit of work was left open"
        with read_only() as session:
            assert not any(events.verify_all(session).values()), "the chain does not hold"


@pytest.fixture
def shapes_case(app: Flask, places: Places) -> Callable[[str], UUID]:
    """Return a case that stands at a place of `office.AT`; call it first in a test, and once."""
    return places.bring
