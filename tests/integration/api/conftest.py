"""The demonstration in a fresh database for each test, and the API as its people call it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.api.office import Office
from tests.integration.recognition.conftest import app, at, stages  # noqa: F401 - fixtures are found by name

if TYPE_CHECKING:
    from flask import Flask


@pytest.fixture
def office(app: Flask) -> Office:  # noqa: F811 - the fixture of this name
    return Office(app)
