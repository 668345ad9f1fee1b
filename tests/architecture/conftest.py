"""One application, to be looked at and not used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.application import test_settings
from webapp.app import create_app
from webapp.extensions import db

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    made = create_app(test_settings(tmp_path_factory.mktemp("var"), ""))
    yield made
    with made.app_context():
        db.engine.dispose()
