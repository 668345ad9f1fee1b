"""存证: what proves the history of a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from webapp.models.event import Event, digest

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.models.case import Case


@dataclass(frozen=True, slots=True)
class Evidence:
    """The newest link of a case in the chain of events.

    Attributes:
        chain_ok: Whether the case's own links hold. It says nothing of the rest of the chain.
    """

    chain_ok: bool
    head: str
    version: str
    count: int


def evidence_of(session: Session, case: Case) -> Evidence:
    """Return the evidence of a case.

    Each of its links is computed anew from its content and compared with the link before and the
    link after it, whichever case those belong to.
    """
    before, after = aliased(Event), aliased(Event)
    found = session.execute(
        select(Event, before.hash, after.prev_hash)
        .outerjoin(before, and_(before.jurisdiction_id == Event.jurisdiction_id, before.seq == Event.seq - 1))
        .outerjoin(after, and_(after.jurisdiction_id == Event.jurisdiction_id, after.seq == Event.seq + 1))
        .where(Event.jurisdiction_id == case.jurisdiction_id, Event.case_id == case.id)
        .order_by(Event.seq)
    ).all()
    rows = [row for row, _, _ in found]
    head = rows[-1].hash if rows else ""
    return Evidence(
        chain_ok=all(_holds(row, hash_before, named_after) for row, hash_before, named_after in found),
        head=f"{head[:4]}…{head[-4:]}" if head else "",
        version=f"第 {case.process_version.version} 版",
        count=len(rows),
    )


def _holds(row: Event, hash_before: str | None, named_after: str | None) -> bool:
    follows = row.seq == 1 or row.prev_hash == hash_before
    return digest(row) == row.hash and follows and named_after in {None, row.hash}
