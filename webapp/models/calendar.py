"""Working-day calendars: versions of a jurisdiction's table of days off and days worked in exchange."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.account import Person
from webapp.models.base import Base, InJurisdiction, Row
from webapp.models.types import JSONDoc


class CalendarVersion(Row, InJurisdiction, Base):
    """工作日历. Never changed, only followed by the next version; the newest is in force."""

    __tablename__ = "calendar_version"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "number"),)

    number: Mapped[int]
    name: Mapped[str]
    source: Mapped[str]
    """The published notice that it follows, or why it departs from one."""
    holidays: Mapped[list[str]] = mapped_column(JSONDoc)
    """Days off as ISO dates, Beijing."""
    workdays: Mapped[list[str]] = mapped_column(JSONDoc)
    """Weekend days worked in exchange (调休)."""
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """`None` for the one that came with the pack."""

    made_by: Mapped[Person | None] = relationship()
