"""What a check has to say about a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect, or something that is probably one.

    Attributes:
        element: id of the element, or its name when it has none.
        reason: what is wrong, with the place and an example input where there is one.
        mend: what to do about it.
        severity: `error` when the decision would fail or answer wrongly, `warning` when it may.
    """

    element: str
    reason: str
    mend: str
    severity: Severity
