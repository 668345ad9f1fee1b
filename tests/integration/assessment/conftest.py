"""The demonstration in a fresh database for each test, on Friday 2026-11-20, 10:00 in Beijing."""

from tests.integration.recognition.conftest import (  # noqa: F401 - fixtures are found by name
    app,
    at,
    browse,
    stages,
)
