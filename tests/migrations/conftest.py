"""Migrations run on SQLite and on PostgreSQL."""

from tests.application import _app, app, backend, postgres_url  # noqa: F401 - fixtures are found by name
