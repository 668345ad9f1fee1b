"""A clock for a system under test: it runs on from a known Monday and can be moved forwards."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

START = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
"""Monday, 09:30 in Beijing; no day off follows until the end of the year."""


class MovingClock:
    """The time of one site, shared through a file by every process that belongs to it."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def begin(self) -> None:
        """Start at `START`, now."""
        self._write(time.time())

    def __call__(self) -> datetime:
        return START + timedelta(seconds=time.time() - float(self.file.read_text(encoding="ascii")))

    def move(self, **by: float) -> None:
        """Move on by days, hours or minutes."""
        self._write(float(self.file.read_text(encoding="ascii")) - timedelta(**by).total_seconds())

    def move_to(self, day: str) -> None:
        """Let it be half past nine in Beijing on a day, also an earlier one."""
        wanted = datetime.fromisoformat(f"{day}T09:30:00+08:00")
        self.move(seconds=(wanted - self()).total_seconds())

    def _write(self, origin: float) -> None:
        fresh = self.file.with_suffix(".new")
        fresh.write_text(repr(origin), encoding="ascii")
        fresh.replace(self.file)
