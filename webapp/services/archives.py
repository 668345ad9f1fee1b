"""归档: a finished case gets its retention period and its disclosure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.core import clock as time
from webapp.queries.facts import facts_of
from webapp.queries.releases import definition_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.models.case import Case


def archive(session: Session, case: Case) -> None:
    """Close the file. The section's choice of 公开属性 goes before the process's default."""
    process = definition_of(session, case.process_version)
    chosen = facts_of(session, case).get("draft_opinion", {}).get("disclosure")
    case.archived_at = time.now()
    case.retention = process.properties.get("retention")
    case.disclosure = str(chosen or process.properties.get("disclosure") or "")
