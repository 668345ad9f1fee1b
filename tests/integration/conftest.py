"""Integration tests run on SQLite and on PostgreSQL."""

from tests.application import (  # noqa: F401 - fixtures are found by name
    _app,
    _installations,
    _installed,
    app,
    backend,
    client,
    new_client,
    played,
    postgres_url,
    session,
)
