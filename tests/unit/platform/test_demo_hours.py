"""The demonstration's people work in office hours."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from webapp.core.clock import BEIJING
from webapp.core.workdays import WorkCalendar
from webapp.services.demo_hours import later, morning_before

# Friday 2026-11-20; Saturday 2026-11-21 is worked in exchange for Monday 2026-11-23.
CALENDAR = WorkCalendar("试", frozenset({date(2026, 11, 23)}), frozenset({date(2026, 11, 21)}), "1")


def beijing(*parts):
    return datetime(*parts, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("start", "minutes", "wanted"),
    [
        (beijing(2026, 11, 19, 9, 0), 130, beijing(2026, 11, 19, 11, 10)),
        (beijing(2026, 11, 19, 11, 10), 130, beijing(2026, 11, 19, 14, 50)),  # 50 before noon, 80 after 13:30
        (beijing(2026, 11, 19, 3, 0), 1, beijing(2026, 11, 19, 9, 1)),
        (beijing(2026, 11, 19, 17, 0), 60, beijing(2026, 11, 20, 9, 30)),
        (beijing(2026, 11, 21, 17, 30), 10, beijing(2026, 11, 24, 9, 10)),  # Sunday and Monday are free
        (beijing(2026, 11, 19, 9, 0), 420, beijing(2026, 11, 19, 17, 30)),  # one whole day
        (
            datetime(2026, 11, 19, 16, 30, tzinfo=UTC),
            5,
            beijing(2026, 11, 20, 9, 5),
        ),  # after midnight in Beijing
    ],
)
def test_minutes_pass_in_office_hours_only(start, minutes, wanted):
    assert later(start, minutes, CALENDAR) == wanted


@pytest.mark.parametrize(
    ("workdays", "wanted"),
    [(1, (2026, 11, 21, 9, 0)), (2, (2026, 11, 20, 9, 0)), (7, (2026, 11, 13, 9, 0))],
)
def test_working_days_are_counted_back(workdays, wanted):
    assert morning_before(beijing(2026, 11, 24, 8, 0), workdays, CALENDAR) == beijing(*wanted)
