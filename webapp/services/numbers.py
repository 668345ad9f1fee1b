"""Numbers without gaps: the row of a register is locked while it counts, and a rollback gives it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from webapp.core.clock import now
from webapp.core.identifiers import uuid7
from webapp.models.document import NumberSeries

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session


def draw(session: Session, jurisdiction_id: UUID, series: str, year: int) -> int:
    """Draw the next number of a series and year, starting at 1.

    Runs inside the caller's transaction: nobody else draws from the series until it ends, and when it is
    rolled back the number was never drawn.
    """
    wanted = (
        NumberSeries.jurisdiction_id == jurisdiction_id,
        NumberSeries.series == series,
        NumberSeries.year == year,
    )
    row = session.scalar(select(NumberSeries).where(*wanted).with_for_update())
    if row is None:
        _open_register(session, jurisdiction_id, series, year)
        row = session.scalars(select(NumberSeries).where(*wanted).with_for_update()).one()
    row.last += 1
    session.flush()
    return row.last


def _open_register(session: Session, jurisdiction_id: UUID, series: str, year: int) -> None:
    """Open a register; of two transactions that do so at once, the second waits and finds the first's."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(NumberSeries)
        .values(
            id=uuid7(), jurisdiction_id=jurisdiction_id, series=series, year=year, last=0, created_at=now()
        )
        .on_conflict_do_nothing()
    )
