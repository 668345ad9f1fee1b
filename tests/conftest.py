"""What every test may use. The application and its databases are in `tests/application.py`:
unit tests have neither.
"""

from __future__ import annotations

import gc
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from webapp.core import clock

if TYPE_CHECKING:
    from collections.abc import Iterator


def pytest_collection_finish() -> None:
    """Keep the collector of garbage from walking through all the tests again and again."""
    gc.collect()
    gc.freeze()


class FrozenClock:
    """A clock that stands still until it is moved."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def __call__(self) -> datetime:
        return self.instant

    def move(self, **by: float) -> datetime:
        """Move on by days, hours, minutes or seconds."""
        self.instant += timedelta(**by)
        return self.instant


@pytest.fixture
def frozen_clock() -> Iterator[FrozenClock]:
    """Friday 2026-11-20, 10:00 in Beijing, standing still."""
    frozen = FrozenClock(datetime(2026, 11, 20, 2, 0, tzinfo=UTC))
    clock.set_clock(frozen)
    try:
        yield frozen
    finally:
        clock.set_clock(None)
