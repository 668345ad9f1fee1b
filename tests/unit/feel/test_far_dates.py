"""Years beyond 1 to 9999 and nanoseconds, which FEEL has and Python has not."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.feel import YearMonthDuration, evaluate, kind, text_of
from webapp.feel.far import Parts, civil, day_of, joined, parts


@pytest.mark.parametrize(
    "text",
    [
        "-2017-12-31",
        "-0044-03-15",
        "0000-02-29",
        "10000-01-01",
        "999999999-12-31",
        "-999999999-12-31",
        "11:22:33.123456789",
        "11:22:33.000000001Z",
        "-2017-12-31T11:22:33",
        "-2017-12-31T11:22:33.456+01:35",
        "2017-01-01T23:59:01.123456789@Asia/Shanghai",
        "99999-12-31T11:22:33@Europe/Paris",
        "999999999-12-31T23:59:59.999999999@Europe/Paris",
    ],
)
def test_is_written_as_it_is_read(text):
    assert text_of(evaluate(f'@"{text}"', {})) == text


@pytest.mark.parametrize(
    "text",
    [
        "1000000000-01-01",
        "-0000-01-01",
        "01000-01-01",
        "+2026-01-01",
        "-2017-02-30",
        "-1-01-01",
        "11:22:33.1234567890",
    ],
)
def test_what_is_no_date_or_time_is_null(text):
    assert evaluate(f'date("{text}")', {}) is None
    assert evaluate(f'time("{text}")', {}) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('@"9999-12-31" + @"P1D"', "10000-01-01"),
        ('@"10000-01-01" - @"P1D"', "9999-12-31"),
        ('@"0001-01-01" - @"P1D"', "0000-12-31"),
        ('@"-0001-03-01" - @"P1D"', "-0001-02-28"),
        ('@"0000-03-01" - @"P1D"', "0000-02-29"),
        ('@"-2021-01-01T10:10:10+11:00" + @"P1M"', "-2021-02-01T10:10:10+11:00"),
        ('@"P1Y" + @"-2021-01-01T10:10:10"', "-2020-01-01T10:10:10"),
        ('@"-2021-01-31" + @"P1M"', "-2021-02-28"),
        ('@"-2021-01-01T00:00:00" - @"PT1S"', "-2022-12-31T23:59:59"),
        ('@"9999-12-31T23:59:59" + @"PT1S"', "10000-01-01T00:00:00"),
        ('@"10:00:00.000000001" + @"PT14H"', "00:00:00.000000001"),
        ('date and time("9999-12-31T24:00:00")', "10000-01-01T00:00:00"),
        ('date(@"-2017-12-31T11:22:33")', "-2017-12-31"),
        ('time(@"-2017-12-31T11:22:33.5Z")', "11:22:33.5Z"),
        ('date and time(@"-2017-12-31", @"11:22:33")', "-2017-12-31T11:22:33"),
        ('date and time(@"2017-12-31", @"11:22:33.000000001")', "2017-12-31T11:22:33.000000001"),
        ("date(-5, 1, 2)", "-0005-01-02"),
        ("time(1, 2, 3.000000004)", "01:02:03.000000004"),
        ('@"999999999-12-31" + @"P1D"', "null"),
        ('@"-2021-01-01" + 1', "null"),
        ('@"-2021-01-01" + @"-2021-01-01"', "null"),
        ('@"-2021-01-01" * 2', "null"),
    ],
)
def test_arithmetic_and_functions(text, expected):
    """Years count through 0 as in ISO 8601: year 0 is a leap year, year -1 is not."""
    assert text_of(evaluate(text, {})) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('@"0001-01-01" - @"-0001-01-01"', timedelta(days=366 + 365)),
        ('@"10000-01-01" - @"9999-12-31"', timedelta(days=1)),
        ('@"10000-01-01T00:00:00Z" - @"9999-12-31"', timedelta(days=1)),
        ('@"10000-01-01T00:00:00Z" - @"9999-12-31T00:00:00"', None),
        ('@"10:00:00.000002000" - @"10:00:00.000000500"', timedelta(microseconds=1)),
        ('@"999999999-01-01" - @"-999999999-01-01"', None),
        ('years and months duration(@"-2016-01-30", @"-2017-02-28")', YearMonthDuration(-11)),
        ('years and months duration(@"2014-12-31", @"-2019-10-01")', YearMonthDuration(-(4033 * 12 + 2))),
        ('@"-2017-12-31" < @"2017-01-01"', True),
        ('@"10000-01-01" > @"9999-12-31"', True),
        ('@"-2017-12-31" = @"-2017-12-31"', True),
        ('@"-2017-12-31" = @"2017-12-31"', False),
        ('@"-2017-12-31" != null', True),
        ('@"-2017-12-31" = "x"', None),
        ('@"-2017-12-31" < @"-2017-12-31T00:00:00"', None),
        ('@"-2017-12-31T01:00:00+01:00" = @"-2017-12-31T00:00:00Z"', True),
        ('@"-2017-12-31T01:00:00" = @"-2017-12-31T01:00:00Z"', False),
        ('@"-2017-12-31" in [@"-2018-01-01"..@"2018-01-01"]', True),
        ('max([@"-2017-12-31", @"2017-12-31"]) = @"2017-12-31"', True),
        ('is(@"10:00:00.000000001", @"10:00:00.000000002")', False),
        ('is(@"-2017-12-31", @"-2017-12-31")', True),
        ('@"-2017-12-31" instance of date', True),
        ('@"-2017-12-31T00:00:00" instance of date and time', True),
        ('@"10:00:00.000000001" instance of time', True),
    ],
)
def test_differences_and_order(text, expected):
    assert evaluate(text, {}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('@"-2017-12-31".year', -2017),
        ('@"-2017-12-31".month', 12),
        ('@"-2017-12-31".day', 31),
        ('@"12026-11-20".weekday', 5),
        ('@"2026-11-20".weekday', 5),
        ('day of week(@"12026-11-20")', "Friday"),
        ('day of year(@"0000-12-31")', 366),
        ('month of year(@"-2017-12-31")', "December"),
        ('week of year(@"12026-11-20")', 47),
        ('@"10:20:30.000000001".second', 30),
        ('@"-2017-12-31T10:20:30.5+02:00".hour', 10),
        ('@"-2017-12-31T10:20:30.5+02:00".minute', 20),
        ('@"-2017-12-31T10:20:30.5+02:00".time offset', timedelta(hours=2)),
        ('@"12026-11-20T10:20:30@Asia/Shanghai".time offset', timedelta(hours=8)),
        ('@"12026-11-20T10:20:30@Asia/Shanghai".timezone', "Asia/Shanghai"),
        ('@"-2017-12-31T10:20:30".timezone', None),
    ],
)
def test_parts(text, expected):
    """The calendar repeats after 400 years, so 12026-11-20 is a Friday of week 47 as 2026-11-20 is."""
    found = evaluate(text, {})
    if text.endswith("second"):
        assert text_of(found) == "30.000000001"
    else:
        assert found == expected


def test_whatever_python_can_hold_is_of_pythons_types():
    assert evaluate('@"-0001-12-31" + @"P2Y"', {}) == date(1, 12, 31)
    assert evaluate('@"10000-01-01T00:00:00Z" - @"PT1S"', {}) == datetime(
        9999, 12, 31, 23, 59, 59, tzinfo=UTC
    )
    assert evaluate('@"10:00:00.000001000"', {}) == time(10, 0, 0, 1)


def test_a_far_value_comes_back_in_as_it_went_out():
    far = evaluate('@"-2017-12-31"', {})
    assert kind(far) == "date"
    assert evaluate('day + @"P1D" = @"-2016-01-01"', {"day": far}) is True


@given(st.dates())
def test_the_calendar_is_pythons_where_python_has_one(day):
    days = day_of(day.year, day.month, day.day)
    assert days == day.toordinal()
    assert civil(days) == (day.year, day.month, day.day)
    assert joined(parts(day)) == day


@given(st.integers(-365_000_000_000, 365_000_000_000))
def test_the_calendar_counts_every_day_once(days):
    assert day_of(*civil(days)) == days
    year, month, day = civil(days + 1)
    assert (year, month, day) > civil(days)
    assert parts(joined(Parts(days, None, None))).days == days
