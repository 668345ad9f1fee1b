"""The demonstration in a fresh database for each test, on Friday 2026-11-20, 10:00 in Beijing."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.factories.accounts import (
    PASSWORD,
    make_agency,
    make_jurisdiction,
    make_person,
    make_position,
)
from tests.integration.recognition.conftest import (  # noqa: F401 - fixtures are found by name
    app,
    at,
    browse,
    stages,
)
from tests.integration.studio import desk
from webapp import sandbox
from webapp.models.account import Position
from webapp.services import accounts
from webapp.uow import unit_of_work

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.application import Browser


@pytest.fixture
def second_editor(app: Flask) -> Browser:  # noqa: F811 - the fixture
    """A browser of a second administrator of the same jurisdiction."""
    with unit_of_work() as session:
        position = session.query(Position).filter_by(key="admin").one()
        person = accounts.create_person(
            session, username="admin-2", name="演示另一管理员", password=PASSWORD, must_change_password=False
        )
        accounts.appoint(session, person, position, starts_on=date(2025, 6, 1))
    return signed_in(app, "admin-2")


@pytest.fixture
def elsewhere(app: Flask) -> Browser:  # noqa: F811 - the fixture
    """A browser of an administrator of another jurisdiction who may edit and release."""
    with unit_of_work() as session:
        agency = make_agency(session, make_jurisdiction(session, key="faraway"))
        rights = ("studio.edit", "studio.release")
        make_person(session, make_position(session, agency, key="admin", rights=rights), username="faraway")
    return signed_in(app, "faraway")


def signed_in(app: Flask, username: str) -> Browser:  # noqa: F811
    """Return a browser in which somebody is signed in."""
    fresh = app.test_client()
    assert fresh.sign_in(username, PASSWORD).status_code == 302
    return fresh


@pytest.fixture
def no_scenarios(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what has tests of its own and takes long: the scenarios before a release."""
    monkeypatch.setattr(sandbox, "require_passed", lambda _: None)


@pytest.fixture
def admin(browse: Callable[[str], Browser]) -> Browser:  # noqa: F811 - the fixture of that name
    """Who edits packs."""
    return browse(desk.EDITOR)


@pytest.fixture
def chief(browse: Callable[[str], Browser]) -> Browser:  # noqa: F811 - the fixture of that name
    """Who approves a release."""
    return browse(desk.RELEASER)
