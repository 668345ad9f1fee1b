"""Looking at personal data in full: only with a reason, and never without a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.core.errors import Invalid
from webapp.services.events import record

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.models.case import Case
    from webapp.queries.actors import Actor

SHORTEST_REASON = 4
LONGEST_REASON = 200


def note_look(session: Session, actor: Actor, case: Case, *, reason: str) -> None:
    """Write down that somebody looks at the personal data of a case, and why.

    Raises:
        Invalid: If the reason is missing or says nothing.
    """
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise Invalid(f"请写明查看事由，至少 {SHORTEST_REASON} 个字。", field="reason")
    record(session, "personal.revealed", actor=actor, case=case, data={"reason": reason[:LONGEST_REASON]})
