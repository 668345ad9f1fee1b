"""存证: what proves the history of a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.models.event import Event, digest

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.models.case import Case


@dataclass(frozen=True, slots=True)
class Evidence:
    """The newest link of a case in the chain of events, and whether its links hold."""

    chain_ok: bool
    head: str
    version: str
    count: int


def evidence_of(session: Session, case: Case) -> Evidence:
    """Return the evidence of a case: each of its links is computed anew from its content."""
    rows = session.scalars(
        select(Event)
        .where(Event.jurisdiction_id == case.jurisdiction_id, Event.case_id == case.id)
        .order_by(Event.seq)
    ).all()
    head = rows[-1].hash if rows else ""
    return Evidence(
        chain_ok=all(digest(row) == row.hash for row in rows),
        head=f"{head[:4]}…{head[-4:]}" if head else "",
        version=f"第 {case.process_version.version} 版",
        count=len(rows),
    )
