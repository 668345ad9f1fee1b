"""存证: what proves the history of a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from webapp.models.event import ChainCheck, Event, digest

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from webapp.models.case import Case

_NEWEST = 50
"""How many of a case's newest links are computed anew whenever its page is looked at."""


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

    Its newest links, and all that the last walk along the chain did not reach, are computed anew from
    their content and compared with the link before and the link after them, whichever case those belong
    to. Of older ones it says what that walk found.
    """
    of_case = (Event.jurisdiction_id == case.jurisdiction_id, Event.case_id == case.id)
    count = session.scalar(select(func.count(Event.id)).where(*of_case)) or 0
    walked = session.get(ChainCheck, case.jurisdiction_id)
    newest = select(Event.seq).where(*of_case).order_by(Event.seq.desc()).limit(1).offset(_NEWEST - 1)
    since = min(session.scalar(newest) or 0, walked.up_to + 1 if walked else 0)
    found = _links(session, case, since)
    head = found[-1][0].hash if found else ""
    return Evidence(
        chain_ok=all(_holds(*link) for link in found) and not _was_broken(session, of_case, walked),
        head=f"{head[:4]}…{head[-4:]}" if head else "",
        version=f"第 {case.process_version.version} 版",
        count=count,
    )


def _links(session: Session, case: Case, since: int) -> list[tuple[Event, str | None, str | None]]:
    """Return a case's links from a number on: each, the hash before it, what the next one says of it."""
    before, after = aliased(Event), aliased(Event)
    rows = session.execute(
        select(Event, before.hash, after.prev_hash)
        .outerjoin(before, and_(before.jurisdiction_id == Event.jurisdiction_id, before.seq == Event.seq - 1))
        .outerjoin(after, and_(after.jurisdiction_id == Event.jurisdiction_id, after.seq == Event.seq + 1))
        .where(Event.jurisdiction_id == case.jurisdiction_id, Event.case_id == case.id, Event.seq >= since)
        .order_by(Event.seq)
    )
    return [(row, hash_before, named_after) for row, hash_before, named_after in rows]


def _was_broken(
    session: Session, of_case: tuple[ColumnElement[bool], ...], walked: ChainCheck | None
) -> bool:
    """Tell whether the last walk along the chain found a break at one of a case's links."""
    if walked is None or not walked.breaks:
        return False
    places = [place["seq"] for place in walked.breaks]
    return session.scalar(select(Event.id).where(*of_case, Event.seq.in_(places)).limit(1)) is not None


def _holds(row: Event, hash_before: str | None, named_after: str | None) -> bool:
    follows = row.seq == 1 or row.prev_hash == hash_before
    return digest(row) == row.hash and follows and named_after in {None, row.hash}
