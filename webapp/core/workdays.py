"""Legal time: working days with 调休, pauses, due instants.

All days are Beijing days, whatever the time zone of the machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, Literal

from webapp.core import clock

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

Unit = Literal["workday", "day", "hour"]

MAX_AMOUNT = 36_600
_FRIDAY = 4
_ONE_DAY = timedelta(days=1)
_NATIONAL_DAY: Final = (10, 1)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """A published calendar of working days.

    Attributes:
        name: Name for people, such as ``国务院办公厅2026年安排``.
        holidays: Weekdays (or any days) that are not worked.
        workdays: Weekend days that are worked in exchange (调休).
        version: Which edition of the table this is.
    """

    name: str
    holidays: frozenset[date]
    workdays: frozenset[date]
    version: str = "1"

    def __post_init__(self) -> None:
        both = self.holidays & self.workdays
        if both:
            raise ValueError(f"{min(both)} 不能既是放假日又是调休上班日。")

    def is_published(self, year: int) -> bool:
        """Tell whether the yearly notice for a year is in the table.

        It is when 1 October is: the National Day is in every notice, and no office sets it by itself.
        Until then a year has weekends only.
        """
        return date(year, *_NATIONAL_DAY) in self.holidays

    def is_workday(self, day: date) -> bool:
        """Tell whether a Beijing date is worked: Monday to Friday, unless the table says otherwise."""
        if day in self.workdays:
            return True
        return day not in self.holidays and day.weekday() <= _FRIDAY

    def add_workdays(self, day: date, amount: int) -> date:
        """Return the ``amount``-th working day after ``day`` (before it, if negative).

        The day itself never counts; zero gives the day itself, worked or not.

        Raises:
            ValueError: If the amount is unreasonably large.
        """
        _check_amount(abs(amount))
        step = _ONE_DAY if amount >= 0 else -_ONE_DAY
        left = abs(amount)
        while left:
            day += step
            left -= self.is_workday(day)
        return day

    def count_workdays(self, first: date, last: date) -> int:
        """Count working days after ``first`` to ``last`` inclusive; negative if ``last`` is earlier."""
        if last < first:
            return -self.count_workdays(last, first)
        return sum(self.is_workday(day) for day in _days_after(first, last))


@dataclass(frozen=True, slots=True)
class Pause:
    """A time that does not count, for instance while materials are completed.

    Attributes:
        start: Aware instant at which the clock stopped.
        end: Aware instant at which it went on; ``None`` while it still stands still.
    """

    start: datetime
    end: datetime | None = None


def due_instant(
    start: datetime,
    amount: int,
    unit: Unit,
    calendar: WorkCalendar,
    pauses: Iterable[Pause] = (),
    *,
    as_of: datetime | None = None,
) -> datetime:
    """Return the instant at which a period ends, UTC-aware.

    Days are Beijing days. The day of the start does not count, and a period of days ends at
    24:00 of its last day, that is 00:00 of the next. A period of calendar days that would end
    on a day off ends on the next working day (民法典第二百零一条、第二百零三条). Hours run through.

    A pause follows the same rule as a start: the day on which it begins still counts, the day on
    which it ends does not. A pause that is still open is taken as lasting until ``as_of``, so the
    answer is then the earliest possible one.

    Args:
        start: Aware instant of the event that starts the period.
        amount: Number of units, not negative.
        unit: ``workday``, ``day`` (calendar day) or ``hour``.
        calendar: The working days.
        pauses: Times that do not count, in any order; they may overlap.
        as_of: Aware instant for open pauses; the present by default.

    Raises:
        ValueError: If an instant is naive, the amount out of bounds or the unit unknown.
    """
    _check_amount(amount)
    spans = _spans(pauses, as_of)
    if unit == "hour":
        return _due_hours(start, amount, spans)
    if unit not in ("workday", "day"):
        raise ValueError(f"不认识的时限单位“{unit}”，请用 workday、day 或 hour。")
    idle = _idle_days(spans)
    day = clock.beijing_date(start)
    left = amount
    while left:
        day += _ONE_DAY
        left -= day not in idle and (unit == "day" or calendar.is_workday(day))
    while unit == "day" and not calendar.is_workday(day):
        day += _ONE_DAY
    return datetime.combine(day + _ONE_DAY, time.min, clock.BEIJING).astimezone(UTC)


def reminder_instant(
    start: datetime,
    amount: int,
    unit: Unit,
    calendar: WorkCalendar,
    pauses: Iterable[Pause] = (),
    *,
    before: int = 0,
    as_of: datetime | None = None,
) -> datetime:
    """Return the instant from which only ``before`` whole units are left after the present one, UTC-aware.

    For days this is 0:00 in Beijing of the day on which that is so: with ``before=0`` the last day
    begins. For hours it is so many hours before the end, with ``before=0`` one hour. A period that is
    not longer than that is at this point when it starts.

    Raises:
        ValueError: As :func:`due_instant`.
    """
    if unit == "hour":
        counted = max(0, amount - max(1, before))
        return due_instant(start, counted, unit, calendar, pauses, as_of=as_of)
    counted = max(0, amount - before)
    return due_instant(start, counted, unit, calendar, pauses, as_of=as_of) - _ONE_DAY


def elapsed(
    start: datetime,
    now: datetime,
    unit: Unit,
    calendar: WorkCalendar,
    pauses: Iterable[Pause] = (),
) -> int:
    """Count the units used so far: days with the present one and without that of the start, whole hours.

    Pauses count as in :func:`due_instant`, overlapping ones once; an open one lasts until ``now``.

    Raises:
        ValueError: If an instant is naive.
    """
    if unit == "workday":
        return elapsed_workdays(start, now, calendar, pauses)
    spans = _spans(pauses, now)
    if unit == "day":
        idle = _idle_days(spans)
        return sum(day not in idle for day in _days_after(clock.beijing_date(start), clock.beijing_date(now)))
    begin, end = clock.utc(start), clock.utc(now)
    stood = sum((max(timedelta(), min(b, end) - max(a, begin)) for a, b in spans), timedelta())
    return max(timedelta(), end - begin - stood) // timedelta(hours=1)


def elapsed_workdays(
    start: datetime,
    now: datetime,
    calendar: WorkCalendar,
    pauses: Iterable[Pause] = (),
) -> int:
    """Count the working days used so far, the present day included and the day of the start not.

    On the last day of a period of n working days the answer is n. Pauses count as in
    :func:`due_instant`; an open one lasts until ``now``.

    Raises:
        ValueError: If an instant is naive.
    """
    idle = _idle_days(_spans(pauses, now))
    days = _days_after(clock.beijing_date(start), clock.beijing_date(now))
    return sum(calendar.is_workday(day) and day not in idle for day in days)


def _check_amount(amount: int) -> None:
    if not 0 <= amount <= MAX_AMOUNT:
        raise ValueError(f"时限必须在 0 到 {MAX_AMOUNT} 之间。")


def _days_after(first: date, last: date) -> Iterator[date]:
    for offset in range(1, (last - first).days + 1):
        yield first + timedelta(days=offset)


def _spans(pauses: Iterable[Pause], as_of: datetime | None) -> list[tuple[datetime, datetime]]:
    """Merge pauses into ordered, separate spans of UTC instants."""
    until = clock.utc(as_of or clock.now())
    merged: list[tuple[datetime, datetime]] = []
    for start, end in sorted((clock.utc(p.start), clock.utc(p.end or until)) for p in pauses):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif end > start:
            merged.append((start, end))
    return merged


def _idle_days(spans: Iterable[tuple[datetime, datetime]]) -> Collection[date]:
    return {
        day for start, end in spans for day in _days_after(clock.beijing_date(start), clock.beijing_date(end))
    }


def _due_hours(start: datetime, amount: int, spans: Iterable[tuple[datetime, datetime]]) -> datetime:
    begin = clock.utc(start)
    due = begin + timedelta(hours=amount)
    for paused, resumed in spans:
        if paused < due and resumed > begin:
            due += resumed - max(paused, begin)
    return due
