"""What a check of a process file reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend.

    Attributes:
        element: the element it is about, its name and id as people see them (`核准（Task_approve）`).
        reason: what is wrong.
        mend: what to do about it.
        severity: an `error` must be mended before the file may run; a `warning` may stand.
        element_id: id of the element for the diagram; empty for the file as a whole.
        trace: ids of the steps and flows of the shortest way on which it shows, in order; empty where none is
            needed.
    """

    element: str
    reason: str
    mend: str
    severity: Severity = "error"
    element_id: str = ""
    trace: tuple[str, ...] = ()
