"""归档: a finished case gets its retention period and its disclosure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.core import clock as time
from webapp.models.document import Document
from webapp.queries.facts import facts_of
from webapp.queries.releases import definition_of, pack_of_case

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.models.case import Case


PERIODS = ("10年", "30年", "永久")
"""保管期限, the shortest first; a file is kept as long as the paper in it that is kept longest."""


def archive(session: Session, case: Case) -> None:
    """Close the file. The section's choice of 公开属性 goes before the process's default."""
    process = definition_of(session, case.process_version)
    market = pack_of_case(session, case).market
    said = facts_of(session, case).get(market.opinion_form, {}) if market else {}
    case.archived_at = time.now()
    case.retention = _retention(session, case, process.properties.get("retention"))
    case.disclosure = str(said.get("disclosure") or process.properties.get("disclosure") or "")


def _retention(session: Session, case: Case, default: str | None) -> str | None:
    """The longest of the process's default and the periods of the documents that the case issued."""
    of_papers = session.scalars(select(Document.retention).where(Document.case_id == case.id).distinct())
    periods = [period for period in (default, *of_papers) if period]
    return max(periods, key=_rank, default=None)


def _rank(period: str) -> int:
    return PERIODS.index(period) if period in PERIODS else -1
