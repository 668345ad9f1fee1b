"""What stands after a dot: entries of contexts and of lists of them, parts of dates and durations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from webapp.feel.far import SECOND, FarDate, FarDateTime, FarTime, alike, civil, parts
from webapp.feel.temporal import seconds_of
from webapp.feel.values import NUMBERS, Range, Value, YearMonthDuration

if TYPE_CHECKING:
    from webapp.feel.limits import Budget

_Part = Callable[[Value], Value]


def step(value: Value, name: str, budget: Budget) -> Value:
    """Take one step of a path; null when there is nothing of that name."""
    if type(value) is dict:
        return value.get(name)
    if type(value) is list:
        budget.items(len(value))
        return [step(item, name, budget) for item in value]
    part = _PARTS.get((type(value), name))
    return None if part is None else part(value)


def _zone(value: datetime | time) -> str | None:
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None


def _seconds(value: datetime | time) -> Decimal:
    return NUMBERS.add(Decimal(value.second), NUMBERS.scaleb(Decimal(value.microsecond), -6))


def _signed(length: timedelta, part: _Part) -> Decimal:
    """Take a part of a duration; every part of a negative duration is negative."""
    negative = length < timedelta()
    size = Decimal(part(-length if negative else length))
    return NUMBERS.minus(size) if negative else size


def _years(length: YearMonthDuration) -> Decimal:
    return Decimal(int(length.months / 12))


def _rest_seconds(length: timedelta) -> Decimal:
    return NUMBERS.remainder(seconds_of(length), Decimal(60))


def _far_zone(value: FarTime | FarDateTime) -> str | None:
    return value.zone.key if isinstance(value.zone, ZoneInfo) else None


_FAR_DATE_PARTS: Final[dict[str, _Part]] = {
    "year": lambda day: Decimal(civil(day.days)[0]),
    "month": lambda day: Decimal(civil(day.days)[1]),
    "day": lambda day: Decimal(civil(day.days)[2]),
    "weekday": lambda day: Decimal(alike(day).isoweekday()),
}
_FAR_TIME_PARTS: Final[dict[str, _Part]] = {
    "hour": lambda clock: Decimal(clock.nanos // SECOND // 3600),
    "minute": lambda clock: Decimal(clock.nanos // SECOND // 60 % 60),
    "second": lambda clock: NUMBERS.scaleb(Decimal(clock.nanos % (60 * SECOND)), -9),
    "time offset": lambda clock: parts(clock).offset(),
    "timezone": _far_zone,
}
_DATE_PARTS: Final[dict[str, _Part]] = {
    "year": lambda day: Decimal(day.year),
    "month": lambda day: Decimal(day.month),
    "day": lambda day: Decimal(day.day),
    "weekday": lambda day: Decimal(day.isoweekday()),
}
_TIME_PARTS: Final[dict[str, _Part]] = {
    "hour": lambda clock: Decimal(clock.hour),
    "minute": lambda clock: Decimal(clock.minute),
    "second": _seconds,
    "time offset": lambda clock: clock.utcoffset(),
    "timezone": _zone,
}
_DAYS_PARTS: Final[dict[str, _Part]] = {
    "days": lambda length: _signed(length, lambda positive: positive.days),
    "hours": lambda length: _signed(length, lambda positive: positive.seconds // 3600),
    "minutes": lambda length: _signed(length, lambda positive: positive.seconds // 60 % 60),
    "seconds": _rest_seconds,
}
_MONTHS_PARTS: Final[dict[str, _Part]] = {
    "years": _years,
    "months": lambda length: Decimal(length.months) - 12 * _years(length),
}
_RANGE_PARTS: Final[dict[str, _Part]] = {
    "start": lambda interval: interval.start,
    "end": lambda interval: interval.end,
    "start included": lambda interval: interval.start_included,
    "end included": lambda interval: interval.end_included,
}
_PARTS: Final[dict[tuple[type, str], _Part]] = {
    (kind, name): part
    for kind, named in (
        (date, _DATE_PARTS),
        (time, _TIME_PARTS),
        (datetime, {**_DATE_PARTS, **_TIME_PARTS}),
        (FarDate, _FAR_DATE_PARTS),
        (FarTime, _FAR_TIME_PARTS),
        (FarDateTime, {**_FAR_DATE_PARTS, **_FAR_TIME_PARTS}),
        (timedelta, _DAYS_PARTS),
        (YearMonthDuration, _MONTHS_PARTS),
        (Range, _RANGE_PARTS),
    )
    for name, part in named.items()
}
