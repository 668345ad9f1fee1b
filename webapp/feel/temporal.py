"""Read and write dates, times and durations; their parts, and arithmetic with them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from webapp.feel.far import (
    MAX_YEAR,
    SECOND,
    Clock,
    Day,
    FarDate,
    FarTime,
    Moment,
    Parts,
    civil,
    combined,
    day_of,
    joined,
    parts,
    shifted,
)
from webapp.feel.values import NUMBERS, Value, YearMonthDuration

_DATE: Final = re.compile(r"((?!-0000)-?(?:\d{4}|[1-9]\d{4,8}))-(\d{2})-(\d{2})", re.ASCII)
_TIME: Final = re.compile(
    r"(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2}(?::\d{2})?|@[A-Za-z0-9_+\-/]{1,64})?",
    re.ASCII,
)
_YEARS_MONTHS: Final = re.compile(r"(-)?P(?=\d)(?:(\d{1,10})Y)?(?:(\d{1,11})M)?", re.ASCII)
_DAYS_TIME: Final = re.compile(
    r"(-)?P(?=[\dT])(?:(\d{1,10})D)?"
    r"(?:T(?=\d)(?:(\d{1,12})H)?(?:(\d{1,13})M)?(?:(\d{1,15})(?:\.(\d{0,9}))?S)?)?",
    re.ASCII,
)
_MICROSECOND: Final = timedelta(microseconds=1)
_MAX_OFFSET_HOURS: Final = 14
_MINUTES: Final = 60


def parse_literal(text: str) -> Value:
    """Read what stands after `@`: a date, time, date and time or duration; null for anything else."""
    for parse in (parse_date, parse_time, parse_date_time, parse_duration):
        value = parse(text)
        if value is not None:
            return value
    return None


def parse_date(text: str) -> Day | None:
    """Read `2026-11-20`, with a year of up to nine digits and a sign; null for anything else."""
    found = _DATE.fullmatch(text)
    return None if found is None else date_of(int(found[1]), int(found[2]), int(found[3]))


def date_of(year: int, month: int, day: int) -> Day | None:
    """Make a date; null when there is no such day, or its year is out of range."""
    days = day_of(year, month, day) if abs(year) <= MAX_YEAR else None
    made = None if days is None else joined(Parts(days, None, None))
    return made if isinstance(made, date | FarDate) else None


def time_of(hour: int, minute: int, second: int, nanos: int, zone: tzinfo | None) -> Clock | None:
    """Make a time of day; null when there is no such time."""
    try:
        whole = time(hour, minute, second)
    except ValueError:
        return None
    made = joined(Parts(None, (parts(whole).nanos or 0) + nanos, zone))
    return made if isinstance(made, time | FarTime) else None


def parse_time(text: str) -> Clock | None:
    """Read `10:30:00`, with an optional fraction and offset or zone; null for anything else."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    zone = _zone(found[5]) if found[5] else None
    if found[5] and zone is None:
        return None
    nanos = int((found[4] or "0").ljust(9, "0"))
    return time_of(int(found[1]), int(found[2]), int(found[3]), nanos, zone)


def parse_date_time(text: str) -> Moment | None:
    """Read `2026-11-20T10:30:00`, with an optional offset or zone, or a date alone; null otherwise."""
    day_text, separator, time_text = text.partition("T")
    day = parse_date(day_text)
    if day is None:
        return None
    if not separator:
        return combined(day, time())
    if time_text.startswith("24:00:00"):
        return _next_midnight(day, "00" + time_text[2:])
    clock = parse_time(time_text)
    return None if clock is None else combined(day, clock)


def _next_midnight(day: Day, time_text: str) -> Moment | None:
    clock = parse_time(time_text)
    following = shifted(day, timedelta(days=1))
    if clock is None or parts(clock).nanos or not isinstance(following, date | FarDate):
        return None
    return combined(following, clock)


def _zone(text: str) -> tzinfo | None:
    if text == "Z":
        return UTC
    if text.startswith("@"):
        try:
            return ZoneInfo(text[1:])
        except (ValueError, OSError, KeyError):
            return None
    parts = [int(part) for part in text[1:].split(":")]
    if parts[0] > _MAX_OFFSET_HOURS or any(part >= _MINUTES for part in parts[1:]):
        return None
    offset = timedelta(hours=parts[0], minutes=parts[1], seconds=sum(parts[2:]))
    return timezone(-offset if text.startswith("-") else offset)


def parse_duration(text: str) -> timedelta | YearMonthDuration | None:
    """Read `P1Y2M` or `P1DT2H3M4S`; null for anything else."""
    found = _YEARS_MONTHS.fullmatch(text)
    if found is not None:
        months = int(found[2] or 0) * 12 + int(found[3] or 0)
        return YearMonthDuration(-months if found[1] else months)
    found = _DAYS_TIME.fullmatch(text)
    if found is None:
        return None
    days, hours, minutes, seconds = (int(found[n] or 0) for n in (2, 3, 4, 5))
    micro = int((found[6] or "0").ljust(6, "0")[:6])
    try:
        length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds, microseconds=micro)
    except OverflowError:
        return None
    return -length if found[1] else length


def temporal_text(value: Value) -> str:
    """Write a date, time or duration in the form in which it is read."""
    if isinstance(value, YearMonthDuration):
        return _years_months_text(value.months)
    if isinstance(value, timedelta):
        return _days_time_text(value)
    made = parts(value)
    day = "" if made.days is None else _day_text(made.days)
    clock = "" if made.nanos is None else _clock_text(made.nanos) + _zone_text(made)
    return f"{day}T{clock}" if day and clock else day or clock


def _day_text(days: int) -> str:
    year, month, day = civil(days)
    return f"{'-' if year < 0 else ''}{abs(year):04}-{month:02}-{day:02}"


def _clock_text(nanos: int) -> str:
    seconds, rest = divmod(nanos, SECOND)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{rest:09}".rstrip("0") if rest else text


def _zone_text(made: Parts) -> str:
    if isinstance(made.zone, ZoneInfo):
        return f"@{made.zone.key}"
    offset = made.offset()
    if offset is None:
        return ""
    return _offset_text(offset) if offset else "Z"


def _offset_text(offset: timedelta) -> str:
    seconds = int(offset.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("+", seconds)
    text = f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return text + (f":{seconds % 60:02}" if seconds % 60 else "")


def _years_months_text(months: int) -> str:
    sign, months = ("-", -months) if months < 0 else ("", months)
    years, rest = divmod(months, 12)
    text = (f"{years}Y" if years else "") + (f"{rest}M" if rest else "")
    return f"{sign}P{text or '0M'}"


def _days_time_text(length: timedelta) -> str:
    sign, length = ("-", -length) if length < timedelta() else ("", length)
    hours, rest = divmod(length.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{length.microseconds:06}".rstrip("0") if length.microseconds else ""
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if seconds or fraction:
        clock += f"{seconds}{fraction}S"
    day = f"{length.days}D" if length.days else ""
    if not day and not clock:
        clock = "0S"
    return f"{sign}P{day}{'T' + clock if clock else ''}"


def instant(value: datetime) -> Decimal:
    """Seconds since the year 1, so that exact differences can be formed; UTC when a zone is known."""
    offset = value.utcoffset() or timedelta()
    return seconds_of(value.replace(tzinfo=None) - datetime(1, 1, 1) - offset)  # noqa: DTZ001 local by design


def seconds_of(length: timedelta) -> Decimal:
    """Length in seconds, exact to the microsecond."""
    return NUMBERS.scaleb(Decimal(length // _MICROSECOND), -6)


def seconds_of_day(value: time) -> Decimal:
    """Seconds since midnight; UTC when an offset is known."""
    offset = value.utcoffset() or timedelta()
    return seconds_of(
        timedelta(
            hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
        )
        - offset
    )


def duration_of(seconds: Decimal) -> timedelta | None:
    """The duration of that many seconds; null when it is out of range."""
    micro = NUMBERS.to_integral_value(NUMBERS.scaleb(seconds, 6))
    try:
        return timedelta(microseconds=int(micro)) if micro.is_finite() and micro.adjusted() < 21 else None  # noqa: PLR2004
    except OverflowError:
        return None
