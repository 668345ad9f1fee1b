"""The page 工作日历: a year at a glance, its versions, and what a change would move."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.core import calendar_text
from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.core.errors import Missing
from webapp.core.workdays import WorkCalendar
from webapp.models.calendar import CalendarVersion
from webapp.queries.calendars import in_force, read_calendar
from webapp.queries.settings import pack_in_force

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

_WEEK = "一二三四五六日"
_SATURDAY = 5
WORDS = {"work": "上班", "weekend": "周末休息", "holiday": "放假", "exchange": "调休上班"}


@dataclass(frozen=True, slots=True)
class DayCell:
    """One day of the year's page.

    Attributes:
        day: The date.
        kind: `work`, `weekend`, `holiday` or `exchange`.
        departs: Whether it departs from the week: a weekday off, or a weekend day worked.
        label: The day in full: `10月1日 星期四 放假`.
        is_today: Whether it is today in Beijing.
    """

    day: date
    kind: str
    departs: bool
    label: str
    is_today: bool

    @property
    def mark(self) -> str:
        """The word in its corner if it is chosen: 休 for a weekday off, 班 for a weekend day worked."""
        return "班" if self.day.weekday() >= _SATURDAY else "休"


@dataclass(frozen=True, slots=True)
class Month:
    """One month: its weeks from Monday, `None` where a week reaches over its ends."""

    number: int
    weeks: list[list[DayCell | None]]
    workdays: int


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version in the list."""

    number: int
    source: str
    by: str
    at: datetime
    in_force: bool


@dataclass(frozen=True, slots=True)
class YearPage:
    """The page of one year.

    Attributes:
        year: Which.
        number: The version shown.
        newest: The version in force; days may be changed only when it is the one shown.
        name: Name of the version.
        published: Whether the yearly notice for the year is in the table.
        months: The twelve months.
        workdays: Working days in the year.
        text: Its days off and exchanged days, a line for each run.
        versions: All versions, the newest first.
        offered: Whether the pack has a calendar that no version holds.
    """

    year: int
    number: int
    newest: int
    name: str
    published: bool
    months: list[Month]
    workdays: int
    text: str
    versions: list[VersionRow]
    offered: bool


@dataclass(frozen=True, slots=True)
class DayChange:
    """One day that a change would make another."""

    day: date
    weekday: str
    before: str
    after: str


def year_page(session: Session, actor: Actor, year: int, number: int | None = None) -> YearPage:
    """Return the page of a year, by the version in force or an earlier one.

    Raises:
        Missing: If the year is out of bounds or there is no such version.
    """
    if not calendar_text.FIRST_YEAR <= year <= calendar_text.LAST_YEAR:
        raise Missing(f"工作日历只到 {calendar_text.FIRST_YEAR} 至 {calendar_text.LAST_YEAR} 年。")
    rows = _versions(session, actor.jurisdiction_id)
    newest, calendar = in_force(session, actor.jurisdiction_id)
    if number is not None and number != newest:
        calendar = read_calendar(_numbered(rows, number))
    shown = [_month(calendar, year, month) for month in range(1, 13)]
    return YearPage(
        year=year,
        number=newest if number is None else number,
        newest=newest,
        name=calendar.name,
        published=calendar.is_published(year),
        months=shown,
        workdays=sum(month.workdays for month in shown),
        text=calendar_text.write_text(calendar_text.year_of(calendar, year)),
        versions=[_version_row(row, newest) for row in rows],
        offered=offered(session, actor.jurisdiction_id) is not None,
    )


def offered(session: Session, jurisdiction_id: UUID) -> WorkCalendar | None:
    """Return the calendar of the pack in force if no version holds it: it waits for the administrator."""
    wanted = pack_in_force(session, jurisdiction_id).calendar
    for row in _versions(session, jurisdiction_id):
        known = read_calendar(row)
        if (known.holidays, known.workdays) == (wanted.holidays, wanted.workdays):
            return None
    return wanted


def with_year(calendar: WorkCalendar, year: int, days: calendar_text.YearDays) -> WorkCalendar:
    """Return a calendar in which one year is replaced."""
    return WorkCalendar(
        calendar.name,
        frozenset(day for day in calendar.holidays if day.year != year) | days.holidays,
        frozenset(day for day in calendar.workdays if day.year != year) | days.workdays,
        calendar.version,
    )


def chosen_days(calendar: WorkCalendar, year: int, chosen: Iterable[date]) -> calendar_text.YearDays:
    """Return a year in which exactly the chosen days depart from the week.

    Weekend days that the notice names as days off stay named, unless they are worked now.
    """
    departing = frozenset(day for day in chosen if day.year == year)
    workdays = frozenset(day for day in departing if day.weekday() >= _SATURDAY)
    named = {day for day in calendar.holidays if day.year == year and day.weekday() >= _SATURDAY}
    return calendar_text.YearDays((departing | named) - workdays, workdays)


def day_changes(before: WorkCalendar, after: WorkCalendar) -> list[DayChange]:
    """Return the days that differ, in order."""
    touched = (before.holidays ^ after.holidays) | (before.workdays ^ after.workdays)
    return [
        DayChange(day, f"星期{_WEEK[day.weekday()]}", WORDS[_kind(before, day)], WORDS[_kind(after, day)])
        for day in sorted(touched)
    ]


def _versions(session: Session, jurisdiction_id: UUID) -> list[CalendarVersion]:
    query = select(CalendarVersion).where(CalendarVersion.jurisdiction_id == jurisdiction_id)
    shown = query.options(joinedload(CalendarVersion.made_by)).order_by(CalendarVersion.number.desc())
    return list(session.scalars(shown))


def _numbered(rows: list[CalendarVersion], number: int) -> CalendarVersion:
    for row in rows:
        if row.number == number:
            return row
    raise Missing("没有找到该版本的工作日历。")


def _version_row(row: CalendarVersion, newest: int) -> VersionRow:
    by = row.made_by.name if row.made_by else "政策包"
    return VersionRow(row.number, row.source, by, row.created_at, row.number == newest)


def _month(calendar: WorkCalendar, year: int, month: int) -> Month:
    weeks = [
        [_cell(calendar, day) if day.month == month else None for day in week]
        for week in months.Calendar().monthdatescalendar(year, month)
    ]
    cells = [cell for week in weeks for cell in week if cell is not None]
    return Month(month, weeks, sum(calendar.is_workday(cell.day) for cell in cells))


def _cell(calendar: WorkCalendar, day: date) -> DayCell:
    kind = _kind(calendar, day)
    return DayCell(
        day=day,
        kind=kind,
        departs=calendar.is_workday(day) == (day.weekday() >= _SATURDAY),
        label=f"{day.month}月{day.day}日 星期{_WEEK[day.weekday()]} {WORDS[kind]}",
        is_today=day == beijing_date(time.now()),
    )


def _kind(calendar: WorkCalendar, day: date) -> str:
    if day in calendar.workdays:
        return "exchange"
    if day in calendar.holidays:
        return "holiday"
    return "weekend" if day.weekday() >= _SATURDAY else "work"
