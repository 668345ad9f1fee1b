"""Migrations run on SQLite and on PostgreSQL, each test in a database of its own that it may change at will."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.application import KINDS, at_work, install, postgres_url
from webapp.extensions import db

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

__all__ = ["app", "postgres_url"]


@pytest.fixture(params=KINDS)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    _, app = install(request, request.param, tmp_path, "migrations")
    with at_work(app):
        yield app
        db.engine.dispose()
