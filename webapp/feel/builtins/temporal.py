"""Functions that make dates, times and durations, or tell about them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from webapp.core.clock import BEIJING, now
from webapp.feel.builtin import REGISTRY
from webapp.feel.far import FarDateTime, FarTime, alike, civil, clock_in, combined, day_in, parts
from webapp.feel.temporal import date_of, parse_date, parse_date_time, parse_duration, parse_time, time_of
from webapp.feel.values import NUMBERS, Value, YearMonthDuration, kind

if TYPE_CHECKING:
    from webapp.feel.far import Clock, Day
    from webapp.feel.limits import Budget

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_SMALL: Final = 9
_MONTHS_IN_YEAR: Final = 12


def _whole(value: Decimal) -> int | None:
    """A whole number of reasonable size, else null."""
    return int(value) if value.adjusted() < _SMALL and value == value.to_integral_value() else None


@REGISTRY.add("date", "from: string|date|datetime")
def _date(_budget: Budget, value: Value) -> Value:
    if isinstance(value, str):
        return parse_date(value)
    return day_in(value)


@REGISTRY.add("date", "year: number, month: number, day: number")
def _date_of(_budget: Budget, year: Decimal, month: Decimal, day: Decimal) -> Value:
    years, months, days = (_whole(part) for part in (year, month, day))
    if years is None or months is None or days is None:
        return None
    return date_of(years, months, days)


@REGISTRY.add("date and time", "date: date|datetime, time: time")
def _date_and_time_of(_budget: Budget, day: Day, clock: Clock) -> Value:
    return combined(day, clock)


@REGISTRY.add("date and time", "from: string|datetime")
def _date_and_time(_budget: Budget, value: Value) -> Value:
    return parse_date_time(value) if isinstance(value, str) else value


@REGISTRY.add(
    "date and time",
    "year: number, month: number, day: number, hour: number, minute: number, second: number,"
    " offset?: days|null",
)
def _date_and_time_parts(budget: Budget, *parts: Value) -> Value:
    day = _date_of(budget, *parts[:3])
    clock = _time_of(budget, *parts[3:])
    return None if day is None or clock is None else combined(day, clock)


@REGISTRY.add("time", "from: string|time|date|datetime")
def _time(_budget: Budget, value: Value) -> Value:
    if isinstance(value, str):
        return parse_time(value)
    if isinstance(value, datetime | FarDateTime):
        return clock_in(value)
    return value if isinstance(value, time | FarTime) else time(tzinfo=UTC)


@REGISTRY.add("time", "hour: number, minute: number, second: number, offset?: days|null")
def _time_of(
    _budget: Budget, hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None = None
) -> Value:
    hours, minutes, seconds = _whole(hour), _whole(minute), _whole(second.to_integral_value(ROUND_FLOOR))
    if hours is None or minutes is None or seconds is None:
        return None
    nanos = int(NUMBERS.scaleb(NUMBERS.remainder(second, Decimal(1)), 9))
    try:
        zone = None if offset is None else timezone(offset)
    except ValueError:
        return None
    return time_of(hours, minutes, seconds, nanos, zone)


@REGISTRY.add("duration", "from: string|days|months")
def _duration(_budget: Budget, value: Value) -> Value:
    return parse_duration(value) if isinstance(value, str) else value


@REGISTRY.add("years and months duration", "from: date|datetime, to: date|datetime")
def _years_and_months(_budget: Budget, start: Day, end: Day) -> Value:
    """Count the whole months between two days."""
    year, month, day = civil(parts(start).days or 0)
    end_year, end_month, end_day = civil(parts(end).days or 0)
    months = (end_year - year) * _MONTHS_IN_YEAR + end_month - month
    if months > 0 and end_day < day:
        months -= 1
    elif months < 0 and end_day > day:
        months += 1
    return YearMonthDuration(months)


@REGISTRY.add("day of year", "date: date|datetime")
def _day_of_year(_budget: Budget, day: Day) -> Value:
    return Decimal(alike(day).timetuple().tm_yday)


@REGISTRY.add("day of week", "date: date|datetime")
def _day_of_week(_budget: Budget, day: Day) -> Value:
    return _DAYS[alike(day).weekday()]


@REGISTRY.add("month of year", "date: date|datetime")
def _month_of_year(_budget: Budget, day: Day) -> Value:
    return _MONTHS[alike(day).month - 1]


@REGISTRY.add("week of year", "date: date|datetime")
def _week_of_year(_budget: Budget, day: Day) -> Value:
    return Decimal(alike(day).isocalendar().week)


@REGISTRY.add("now")
def _now(_budget: Budget) -> Value:
    return now().astimezone(BEIJING)


@REGISTRY.add("today")
def _today(_budget: Budget) -> Value:
    return now().astimezone(BEIJING).date()


@REGISTRY.add("is", "value1: any, value2: any")
def _is(_budget: Budget, one: Value, two: Value) -> Value:
    """Whether two values are the same element of the value space: kind, and offset or zone, included."""
    if kind(one) != kind(two):
        return False
    if isinstance(one, datetime | time):
        return one.replace(tzinfo=None) == two.replace(tzinfo=None) and _same_zone(one, two)
    return bool(one == two)


def _same_zone(one: datetime | time, two: datetime | time) -> bool:
    if isinstance(one.tzinfo, ZoneInfo) or isinstance(two.tzinfo, ZoneInfo):
        return one.tzinfo == two.tzinfo
    return one.utcoffset() == two.utcoffset()
