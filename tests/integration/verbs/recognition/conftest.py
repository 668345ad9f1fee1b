"""The demonstration in a fresh database for each test."""

from tests.integration.recognition.conftest import app, at, browse, stages  # noqa: F401 - found by name
