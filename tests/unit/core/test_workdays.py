"""Legal time, with dates worked out by hand on the State Council's calendar for 2026."""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.core import clock
from webapp.core.workdays import (
    Pause,
    WorkCalendar,
    due_instant,
    elapsed,
    elapsed_workdays,
    reminder_instant,
)


def _span(first: date, last: date) -> set[date]:
    return {first + timedelta(days=n) for n in range((last - first).days + 1)}


CALENDAR_2026 = WorkCalendar(
    name="国务院办公厅关于2026年部分节假日安排",
    holidays=frozenset(
        _span(date(2026, 1, 1), date(2026, 1, 3))
        | _span(date(2026, 2, 15), date(2026, 2, 23))
        | _span(date(2026, 4, 4), date(2026, 4, 6))
        | _span(date(2026, 5, 1), date(2026, 5, 5))
        | _span(date(2026, 6, 19), date(2026, 6, 21))
        | _span(date(2026, 9, 25), date(2026, 9, 27))
        | _span(date(2026, 10, 1), date(2026, 10, 7))
    ),
    workdays=frozenset(
        {
            date(2026, 1, 4),
            date(2026, 2, 14),
            date(2026, 2, 28),
            date(2026, 5, 9),
            date(2026, 9, 20),
            date(2026, 10, 10),
        }
    ),
    version="2026",
)


def beijing(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=clock.BEIJING)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 2, 14), True),  # a Saturday worked in exchange
        (date(2026, 2, 15), False),  # Sunday, first day of the Spring Festival
        (date(2026, 2, 23), False),  # Monday, last day of it
        (date(2026, 2, 24), True),
        (date(2026, 2, 28), True),  # a Saturday worked in exchange
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),  # Saturday
        (date(2026, 10, 11), False),  # Sunday
    ],
)
def test_workday_follows_published_table(day, worked):
    assert CALENDAR_2026.is_workday(day) is worked


@pytest.mark.parametrize(
    ("start", "amount", "due"),
    [
        # Thu 12 Feb: Fri 13, Sat 14 (worked) | holidays to 23 | Tue 24
        (date(2026, 2, 12), 3, date(2026, 2, 24)),
        # Wed 30 Sep: holidays 1-7 | Thu 8, Fri 9, Sat 10 (worked) | Sun | Mon 12, Tue 13
        (date(2026, 9, 30), 5, date(2026, 10, 13)),
        (date(2026, 9, 30), 0, date(2026, 9, 30)),
        # backwards from Tue 24 Feb: Sat 14, Fri 13
        (date(2026, 2, 24), -2, date(2026, 2, 13)),
    ],
)
def test_add_workdays(start: date, amount: int, due: date):
    assert CALENDAR_2026.add_workdays(start, amount) == due


def test_count_workdays_of_october():
    # after 30 Sep: 8, 9, 10 | 12-16 | 19-23 | 26-30 = 3 + 5 + 5 + 5
    assert CALENDAR_2026.count_workdays(date(2026, 9, 30), date(2026, 10, 31)) == 18
    assert CALENDAR_2026.count_workdays(date(2026, 10, 31), date(2026, 9, 30)) == -18


def test_due_day_ends_at_midnight_in_beijing():
    # filed late on Thu 19 Nov 2026 in Beijing; 5 working days: Fri 20, Mon 23 ... Thu 26
    due = due_instant(beijing(2026, 11, 19, 23, 50), 5, "workday", CALENDAR_2026)
    assert due == datetime(2026, 11, 26, 16, 0, tzinfo=UTC)
    assert due.tzinfo is UTC


def test_evening_in_utc_is_already_the_next_day_in_beijing():
    # 18:00 UTC on Thu 19 Nov is 02:00 on Fri 20 Nov in Beijing, so Friday is the day that does not count
    due = due_instant(datetime(2026, 11, 19, 18, 0, tzinfo=UTC), 1, "workday", CALENDAR_2026)
    assert due == beijing(2026, 11, 24)


def test_calendar_days_roll_to_the_next_working_day():
    # ten days from 21 Sep end on 1 Oct, the first of seven days off: 8 Oct is the last day
    assert due_instant(beijing(2026, 9, 21, 9), 10, "day", CALENDAR_2026) == beijing(2026, 10, 9)


def test_hours_run_through_nights_and_add_the_time_paused():
    start = beijing(2026, 10, 1, 9)
    pause = Pause(beijing(2026, 10, 1, 12), beijing(2026, 10, 1, 14, 30))
    later = Pause(beijing(2026, 10, 5, 0), beijing(2026, 10, 6, 0))
    assert due_instant(start, 24, "hour", CALENDAR_2026) == beijing(2026, 10, 2, 9)
    assert due_instant(start, 24, "hour", CALENDAR_2026, [later, pause]) == beijing(2026, 10, 2, 11, 30)


def test_pause_takes_its_working_days_out():
    # Mon 2 Nov + 5 = Mon 9 Nov. Paused on Wed 4 (which counts) until Tue 10 (which does not):
    # Tue 3, Wed 4 | Wed 11, Thu 12, Fri 13
    start = beijing(2026, 11, 2, 10)
    pause = Pause(beijing(2026, 11, 4, 15), beijing(2026, 11, 10, 9))
    assert due_instant(start, 5, "workday", CALENDAR_2026) == beijing(2026, 11, 10)
    assert due_instant(start, 5, "workday", CALENDAR_2026, [pause]) == beijing(2026, 11, 14)


def test_overlapping_pauses_count_once():
    start = beijing(2026, 11, 2, 10)
    one = Pause(beijing(2026, 11, 4, 15), beijing(2026, 11, 10, 9))
    two = Pause(beijing(2026, 11, 5, 8), beijing(2026, 11, 6, 9))
    with_one = due_instant(start, 5, "workday", CALENDAR_2026, [one])
    assert due_instant(start, 5, "workday", CALENDAR_2026, [two, one, one]) == with_one


def test_open_pause_gives_the_earliest_possible_end():
    start = beijing(2026, 11, 2, 10)
    closed = Pause(beijing(2026, 11, 4, 15), beijing(2026, 11, 10, 9))
    still_open = Pause(beijing(2026, 11, 4, 15))
    assert due_instant(
        start, 5, "workday", CALENDAR_2026, [still_open], as_of=beijing(2026, 11, 10, 9)
    ) == due_instant(start, 5, "workday", CALENDAR_2026, [closed])


def test_elapsed_says_which_day_it_is():
    start = beijing(2026, 9, 30, 10)
    assert elapsed_workdays(start, beijing(2026, 9, 30, 18), CALENDAR_2026) == 0
    assert elapsed_workdays(start, beijing(2026, 10, 7, 18), CALENDAR_2026) == 0
    assert elapsed_workdays(start, beijing(2026, 10, 10, 8), CALENDAR_2026) == 3
    pause = [Pause(beijing(2026, 10, 8, 9))]
    assert elapsed_workdays(start, beijing(2026, 10, 12, 8), CALENDAR_2026, pause) == 1


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="时区"):
        due_instant(datetime(2026, 11, 2), 5, "workday", CALENDAR_2026)  # noqa: DTZ001 - that is the point
    with pytest.raises(ValueError, match="时限"):
        due_instant(beijing(2026, 11, 2), -1, "workday", CALENDAR_2026)
    with pytest.raises(ValueError, match="单位"):
        due_instant(beijing(2026, 11, 2), 1, "week", CALENDAR_2026)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="2026-05-09"):
        WorkCalendar("坏表", frozenset({date(2026, 5, 9)}), frozenset({date(2026, 5, 9)}))


instants = st.integers(min_value=0, max_value=395 * 24 * 60).map(
    lambda minutes: datetime(2025, 12, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
amounts = st.integers(min_value=0, max_value=60)
pause_lists = st.lists(
    st.tuples(instants, st.integers(min_value=0, max_value=40 * 24)).map(
        lambda pair: Pause(pair[0], pair[0] + timedelta(hours=pair[1]))
    ),
    max_size=3,
)


@settings(deadline=None)  # the machine may be busy
@given(instants, amounts, st.sampled_from(["workday", "day", "hour"]), pause_lists)
def test_never_depends_on_the_time_zone_of_the_process(start, amount, unit, pauses):
    results = []
    before = os.environ.get("TZ")
    try:
        for zone in ("UTC", "America/Los_Angeles", "Pacific/Kiritimati"):
            os.environ["TZ"] = zone
            time.tzset()
            results.append(
                (
                    due_instant(start, amount, unit, CALENDAR_2026, pauses),
                    elapsed_workdays(start, start + timedelta(days=40), CALENDAR_2026, pauses),
                    clock.beijing_date(start),
                )
            )
    finally:
        os.environ.pop("TZ", None) if before is None else os.environ.update(TZ=before)
        time.tzset()
    assert results[0] == results[1] == results[2]


@settings(deadline=None)  # the machine may be busy
@given(instants, st.integers(min_value=1, max_value=60), pause_lists)
def test_the_due_day_is_the_last_day_used(start, amount, pauses):
    due = due_instant(start, amount, "workday", CALENDAR_2026, pauses)
    last_moment = due - timedelta(seconds=1)
    known = [p for p in pauses if p.start <= last_moment]
    assert elapsed_workdays(start, last_moment, CALENDAR_2026, known) == amount
    assert CALENDAR_2026.is_workday(clock.beijing_date(last_moment))


@settings(deadline=None)  # the machine may be busy
@given(instants, amounts, pause_lists)
def test_a_pause_never_brings_the_end_forward(start, amount, pauses):
    for unit in ("workday", "day", "hour"):
        assert due_instant(start, amount, unit, CALENDAR_2026, pauses) >= due_instant(
            start, amount, unit, CALENDAR_2026
        )


@settings(deadline=None)  # the machine may be busy
@given(st.dates(date(2026, 1, 1), date(2026, 12, 1)), amounts)
def test_add_and_count_agree(day, amount):
    assert CALENDAR_2026.count_workdays(day, CALENDAR_2026.add_workdays(day, amount)) == amount


def test_a_reminder_comes_with_the_day_on_which_so_many_are_left():
    # Thu 19 Nov + 5: Fri 20, Mon 23, Tue 24, Wed 25, Thu 26. Two are left on Tue 24, after Fri, Mon and it.
    start = beijing(2026, 11, 19, 9)
    assert reminder_instant(start, 5, "workday", CALENDAR_2026, before=2) == beijing(2026, 11, 24)
    assert reminder_instant(start, 5, "workday", CALENDAR_2026) == beijing(2026, 11, 26)
    assert reminder_instant(start, 24, "hour", CALENDAR_2026, before=6) == beijing(2026, 11, 20, 3)
    assert reminder_instant(start, 24, "hour", CALENDAR_2026) == beijing(2026, 11, 20, 8)


def test_elapsed_days_and_hours_leave_pauses_out_once():
    start = beijing(2026, 11, 2, 10)
    pauses = [
        Pause(beijing(2026, 11, 4, 15), beijing(2026, 11, 10, 9)),
        Pause(beijing(2026, 11, 5, 8), beijing(2026, 11, 6, 9)),
    ]
    # 3 and 4 count, 5 to 10 do not, 11 and 12 do
    assert elapsed(start, beijing(2026, 11, 12, 8), "day", CALENDAR_2026, pauses) == 4
    # 53 hours before the pause, 1 after it
    assert elapsed(start, beijing(2026, 11, 10, 10, 30), "hour", CALENDAR_2026, pauses) == 54
    assert elapsed(start, beijing(2026, 11, 2, 9), "hour", CALENDAR_2026) == 0


def test_a_year_is_published_when_its_national_day_is_in_the_table():
    assert CALENDAR_2026.is_published(2026)
    assert not CALENDAR_2026.is_published(2027)
    one_local_day = WorkCalendar("本地", frozenset({date(2027, 3, 1)}), frozenset())
    assert not one_local_day.is_published(2027)


@settings(deadline=None)  # the machine may be busy
@given(
    instants,
    st.integers(min_value=1, max_value=40),
    st.integers(min_value=0, max_value=40),
    st.sampled_from(["workday", "day", "hour"]),
    pause_lists,
)
def test_reminders_come_in_order_and_never_after_the_end(start, amount, before, unit, pauses):
    due = due_instant(start, amount, unit, CALENDAR_2026, pauses)
    warning = reminder_instant(start, amount, unit, CALENDAR_2026, pauses, before=before)
    assert warning <= reminder_instant(start, amount, unit, CALENDAR_2026, pauses) < due
