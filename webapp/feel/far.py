"""Dates and times that Python's own types cannot hold: years before 1 and after 9999, and nanoseconds.

Such a value exists only where Python's type will not do, so that everybody else meets Python's types:
`joined` gives those wherever they hold the value. Everything here counts days from 0001-01-01, which is day
1, by the Gregorian calendar without end, with a year 0; and nanoseconds from midnight.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

MAX_YEAR: Final = 999_999_999
DAY: Final = 86_400_000_000_000
"""Nanoseconds of a day."""
SECOND: Final = 1_000_000_000
_MICRO: Final = 1_000
_CYCLE_YEARS: Final = 400
_CYCLE_DAYS: Final = 146_097
_LAST_DAY: Final = date.max.toordinal()
_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class FarDate:
    """A day."""

    days: int


@dataclass(frozen=True, slots=True)
class FarTime:
    """A time of day with nanoseconds; its zone is an offset or None."""

    nanos: int
    zone: tzinfo | None


@dataclass(frozen=True, slots=True)
class FarDateTime:
    """A date and time."""

    days: int
    nanos: int
    zone: tzinfo | None


Day: TypeAlias = date | FarDate
Clock: TypeAlias = time | FarTime
Moment: TypeAlias = datetime | FarDateTime
Temporal: TypeAlias = Day | Clock | Moment
FAR: Final = frozenset({FarDate, FarTime, FarDateTime})
TEMPORAL: Final = FAR | {date, time, datetime}


@dataclass(frozen=True, slots=True)
class Parts:
    """What any date or time is made of; `days` or `nanos` is None where there is none."""

    days: int | None
    nanos: int | None
    zone: tzinfo | None

    def offset(self) -> timedelta | None:
        """Give the offset from UTC; None when no zone is known, or only its rules and no day."""
        if self.zone is None:
            return None
        day = date(2000, 1, 1) if self.days is None else alike(FarDate(self.days))
        clock = _clock(self.nanos or 0)
        return datetime.combine(day, clock, self.zone).utcoffset() if self._has_offset() else None

    def _has_offset(self) -> bool:
        return self.days is not None or not isinstance(self.zone, ZoneInfo)

    def instant(self) -> int:
        """Nanoseconds since the beginning of day 0, or of the day; in UTC when an offset is known."""
        offset = self.offset() or timedelta()
        shift = offset // timedelta(microseconds=1) * _MICRO
        return (self.days or 0) * DAY + (self.nanos or 0) - shift


def parts(value: Temporal) -> Parts:
    """Take a date or time apart."""
    if isinstance(value, FarDate):
        return Parts(value.days, None, None)
    if isinstance(value, FarTime):
        return Parts(None, value.nanos, value.zone)
    if isinstance(value, FarDateTime):
        return Parts(value.days, value.nanos, value.zone)
    if isinstance(value, datetime):
        return Parts(value.toordinal(), _nanos(value), value.tzinfo)
    if isinstance(value, date):
        return Parts(value.toordinal(), None, None)
    return Parts(None, _nanos(value), value.tzinfo)


def joined(made: Parts) -> Temporal | None:
    """Make a date or time of Python's type where it holds the value; null beyond the last year."""
    days, nanos, zone = made.days, made.nanos, made.zone
    if days is None:
        return FarTime(nanos or 0, zone) if (nanos or 0) % _MICRO else _clock(nanos or 0).replace(tzinfo=zone)
    near = 1 <= days <= _LAST_DAY
    if not near and abs(civil(days)[0]) > MAX_YEAR:
        return None
    if nanos is None:
        return date.fromordinal(days) if near else FarDate(days)
    if not near or nanos % _MICRO:
        return FarDateTime(days, nanos, zone)
    return datetime.combine(date.fromordinal(days), _clock(nanos), zone)


def _nanos(value: datetime | time) -> int:
    seconds = (value.hour * 60 + value.minute) * 60 + value.second
    return seconds * SECOND + value.microsecond * _MICRO


def _clock(nanos: int) -> time:
    seconds, rest = divmod(nanos, SECOND)
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60, rest // _MICRO)


def day_of(year: int, month: int, day: int) -> int | None:
    """Give the number of a day; null when there is no such day."""
    cycles, rest = divmod(year - 1, _CYCLE_YEARS)
    try:
        return cycles * _CYCLE_DAYS + date(rest + 1, month, day).toordinal()
    except ValueError:
        return None


def civil(days: int) -> tuple[int, int, int]:
    """Give year, month and day of a day by its number."""
    cycles, rest = divmod(days - 1, _CYCLE_DAYS)
    day = date.fromordinal(rest + 1)
    return cycles * _CYCLE_YEARS + day.year, day.month, day.day


def alike(value: Day | Moment) -> date:
    """Give a day of Python's type with the same month, day and weekday, in a year of the same length.

    The calendar repeats every 400 years. Years to come are likened to the last ones, as zones change.
    """
    days = parts(value).days or 0
    if 1 <= days <= _LAST_DAY:
        return date.fromordinal(days)
    start = _LAST_DAY - _CYCLE_DAYS if days > 0 else 0
    return date.fromordinal(start + (days - 1 - start) % _CYCLE_DAYS + 1)


def combined(day: Day, clock: Clock) -> Moment | None:
    """Join a day and a time of day."""
    of_clock = parts(clock)
    moment = joined(Parts(parts(day).days, of_clock.nanos, of_clock.zone))
    return moment if isinstance(moment, datetime | FarDateTime) else None


def day_in(value: Day | Moment) -> Temporal | None:
    """Give the day of a date and time."""
    return joined(Parts(parts(value).days, None, None))


def clock_in(value: Moment) -> Temporal | None:
    """Give the time of day of a date and time."""
    of_value = parts(value)
    return joined(Parts(None, of_value.nanos, of_value.zone))


def shifted(value: Temporal, length: timedelta) -> Temporal | None:
    """Move a date or time by a duration; a time goes round the clock, a date moves by whole days."""
    of_value = parts(value)
    nanos = (of_value.nanos or 0) + length // timedelta(microseconds=1) * _MICRO
    extra, nanos = divmod(nanos, DAY)
    days = None if of_value.days is None else of_value.days + extra
    return joined(Parts(days, None if of_value.nanos is None else nanos, of_value.zone))


def shifted_months(value: Temporal, months: int) -> Temporal | None:
    """Move a date by months; a day that the month lacks becomes its last day."""
    of_value = parts(value)
    if of_value.days is None:
        return None
    year, month, day = civil(of_value.days)
    year, month = divmod(year * _MONTHS + month - 1 + months, _MONTHS)
    days = None
    while days is None:
        days = day_of(year, month + 1, day)
        day -= 1
    return joined(Parts(days, of_value.nanos, of_value.zone))


def between(later: Temporal, earlier: Temporal) -> timedelta | None:
    """Give the duration from one date or time to another of its kind; a date counts as midnight in UTC."""
    one, two = _beside(parts(later), parts(earlier)), _beside(parts(earlier), parts(later))
    if not related(one, two):
        return None
    try:
        return timedelta(microseconds=(one.instant() - two.instant()) // _MICRO)
    except OverflowError:
        return None


def _beside(one: Parts, other: Parts) -> Parts:
    """See a date beside a date and time as its beginning in UTC."""
    return Parts(one.days, 0, UTC) if one.nanos is None and other.nanos is not None else one


def related(one: Parts, two: Parts) -> bool:
    """Whether two values are of one kind, both with a zone or both without."""
    same_kind = (one.days is None, one.nanos is None) == (two.days is None, two.nanos is None)
    return same_kind and (one.offset() is None) == (two.offset() is None)
