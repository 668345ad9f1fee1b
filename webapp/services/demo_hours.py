"""Office hours, so that the demonstration's people work when people work."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from webapp.core.clock import BEIJING, beijing_date

if TYPE_CHECKING:
    from datetime import date

    from webapp.core.workdays import WorkCalendar

OFFICE_HOURS = ((time(9), time(12)), (time(13, 30), time(17, 30)))
"""Beijing time."""
_ONE_DAY = timedelta(days=1)


def morning_before(now: datetime, workdays: int, calendar: WorkCalendar) -> datetime:
    """Return when the office opened so many working days before the present one, UTC-aware."""
    day = beijing_date(now)
    while workdays > 0:
        day -= _ONE_DAY
        workdays -= calendar.is_workday(day)
    return _at(day, OFFICE_HOURS[0][0])


def later(instant: datetime, minutes: int, calendar: WorkCalendar) -> datetime:
    """Return the instant when so many minutes of office hours have passed, UTC-aware."""
    left, day = timedelta(minutes=minutes), beijing_date(instant)
    while True:
        for opens, closes in OFFICE_HOURS if calendar.is_workday(day) else ():
            begins = max(instant, _at(day, opens))
            here = max(_at(day, closes) - begins, timedelta(0))
            if left <= here:
                return begins + left
            left -= here
        day += _ONE_DAY


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, BEIJING).astimezone(UTC)
