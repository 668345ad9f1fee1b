"""The one clock: instants are UTC-aware in code, Asia/Shanghai on paper."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from webapp.core.scoping import standing_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

BEIJING = ZoneInfo("Asia/Shanghai")


class _Source:
    """Where the time of this process comes from; tests and demonstrations put their own in."""

    read: Callable[[], datetime] | None = None


_HERE: ContextVar[Callable[[], datetime] | None] = ContextVar("clock", default=None)
"""The clock of this context; it goes before that of the process."""


def now() -> datetime:
    """Return this instant, UTC-aware.

    Raises:
        ValueError: If a clock put in by :func:`set_clock` or :func:`clock_of` gives a naive datetime.
    """
    read = _HERE.get() or _Source.read
    return utc(read() if read is not None else datetime.now(UTC))


def set_clock(read: Callable[[], datetime] | None) -> None:
    """Replace the clock of this process, or put the real one back with ``None``."""
    _Source.read = staticmethod(read) if read is not None else None


def clock_of(read: Callable[[], datetime]) -> AbstractContextManager[None]:
    """Let another clock count in this context, until the block ends: a sandbox has a time of its own."""
    return standing_in(_HERE, read)


def ahead_by(file: Path) -> Callable[[], datetime]:
    """Return a clock that is ahead of the true time by the seconds that a file says, read anew each time.

    A file that is missing or says no number leaves the true time.
    """

    def read() -> datetime:
        try:
            ahead = timedelta(seconds=float(file.read_text(encoding="ascii")))
        except (OSError, ValueError):
            ahead = timedelta()
        return datetime.now(UTC) + ahead

    return read


def utc(instant: datetime) -> datetime:
    """Return an aware instant in UTC.

    Raises:
        ValueError: If the instant is naive: its meaning would depend on the machine.
    """
    if instant.utcoffset() is None:
        raise ValueError("时刻必须带时区。")
    return instant.astimezone(UTC)


def beijing_date(instant: datetime) -> date:
    """Return the calendar date in Beijing at an aware instant.

    Raises:
        ValueError: If the instant is naive.
    """
    return utc(instant).astimezone(BEIJING).date()


def official_date(day: date) -> str:
    """Write a date as official documents do: ``2026年3月5日``, without leading zeros.

    An aware datetime is taken at its Beijing date.

    Raises:
        ValueError: If a datetime is naive.
    """
    if isinstance(day, datetime):
        day = beijing_date(day)
    return f"{day.year}年{day.month}月{day.day}日"
