"""Whether a case goes on: the one check that every act on a step makes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.core.errors import Forbidden, Locked

if TYPE_CHECKING:
    from webapp.models.case import Case
    from webapp.queries.actors import Actor

RUNNING, SUSPENDED = "running", "suspended"
OPEN = frozenset({RUNNING, SUSPENDED})
"""States in which a case is not over."""
_OVER = {
    "finished": "本件已经办结。",
    "withdrawn": "本件已由申请单位撤回。",
    "terminated": "本件已终止：{reason}。",
}


def require_running(case: Case) -> None:
    """Let an act on a case go on only while the case does; the case row is locked.

    Raises:
        Locked: If the case is suspended or over, with the reason.
    """
    if case.status == SUSPENDED:
        raise Locked(f"本件已暂停：{_why(case)}。")
    if case.status != RUNNING:
        words = _OVER.get(case.status, "本件已经办结。")
        raise Locked(words.format(reason=_why(case)))


def require_undecided(case: Case, act: str) -> None:
    """Let a case be ended before its end only while nothing was decided, even if papers are still to follow.

    Raises:
        Locked: If it was decided; the market is in the directory by then, or the refusal has been sent.
    """
    if case.decided_at is not None:
        raise Locked(f"本件已作出决定，不能{act}。")


def require_covered(actor: Actor, case: Case) -> None:
    """Let a substitute act only in the procedure that they stand in for, if their substitution names one.

    Raises:
        Forbidden: If the case is of another procedure.
    """
    if actor.process_key is not None and actor.process_key != case.process_key:
        raise Forbidden(f"您只代{actor.for_person_name or '本人'}办理另一项业务，不能办理本件。")


def _why(case: Case) -> str:
    return (case.hold_reason or "未写明原因").rstrip("。")
