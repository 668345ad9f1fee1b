"""工作日历: the version in force, by which every period is counted."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.core.recent import Recent
from webapp.core.workdays import WorkCalendar
from webapp.models.calendar import CalendarVersion
from webapp.queries.releases import pack_of_case

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.case import Case

_READ: Recent[UUID, WorkCalendar] = Recent(500)
"""Calendars by the row that they were read from; rows never change."""
_IN_FORCE = "calendars_in_force"


def calendar_of(session: Session, case: Case) -> WorkCalendar:
    """Return the calendar that a case counts by: the newest of its jurisdiction, else that of its pack."""
    number, calendar = in_force(session, case.jurisdiction_id)
    return calendar if number else pack_of_case(session, case).calendar


def in_force(session: Session, jurisdiction_id: UUID) -> tuple[int, WorkCalendar]:
    """Return number and content of the newest version; number 0 and weekends only if there is none.

    The number is looked up once in a session, so that all that one transaction or page counts, it counts
    by the same version; no process keeps it longer.
    """
    known = session.info.setdefault(_IN_FORCE, {})
    if jurisdiction_id not in known:
        newest = session.execute(
            select(CalendarVersion.id, CalendarVersion.number)
            .where(CalendarVersion.jurisdiction_id == jurisdiction_id)
            .order_by(CalendarVersion.number.desc())
            .limit(1)
        ).first()
        known[jurisdiction_id] = (
            (0, _WEEKENDS) if newest is None else (newest[1], _content(session, newest[0]))
        )
    found: tuple[int, WorkCalendar] = known[jurisdiction_id]
    return found


def forget(session: Session) -> None:
    """Look the version in force up again: it was changed in this session."""
    session.info.pop(_IN_FORCE, None)


def read_calendar(row: CalendarVersion) -> WorkCalendar:
    """Return the content of a version."""
    return WorkCalendar(row.name, days_of(row.holidays), days_of(row.workdays), str(row.number))


def days_of(texts: Iterable[str]) -> frozenset[date]:
    """Return ISO dates as dates."""
    return frozenset(date.fromisoformat(text) for text in texts)


def newest_version(session: Session, jurisdiction_id: UUID) -> CalendarVersion | None:
    """Return the version in force, if there is one."""
    query = select(CalendarVersion).where(CalendarVersion.jurisdiction_id == jurisdiction_id)
    return session.scalars(query.order_by(CalendarVersion.number.desc()).limit(1)).first()


_WEEKENDS = WorkCalendar("周末休息", frozenset(), frozenset(), "0")


def _content(session: Session, version_id: UUID) -> WorkCalendar:
    return _READ.of(version_id, lambda: read_calendar(session.get_one(CalendarVersion, version_id)))
