"""What the checker of packs reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from webapp.core.clauses import Basis
    from webapp.packs.specs import Pack


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend.

    Attributes:
        file: File of the pack that it is in, such as ``recognition.bpmn``.
        element: Step, rule, field or entry that it is about, as people see it.
        reason: What is wrong.
        mend: What to do about it.
        severity: An ``error`` must be mended before the pack may be put in force; a ``warning`` may stand.
        element_id: Id of the element in a diagram, where there is one.
    """

    file: str
    element: str
    reason: str
    mend: str
    severity: Literal["error", "warning"] = "error"
    element_id: str = ""


def adopt(file: str, other: Any) -> Finding:
    """Take over what a checker of one kind of file found there."""
    return Finding(
        file, other.element, other.reason, other.mend, other.severity, getattr(other, "element_id", "")
    )


def check_basis(pack: Pack, file: str, element: str, basis: Basis | None) -> Iterator[Finding]:
    """Yield a finding for a 依据 that is missing or names a clause that the pack does not have."""
    if basis is None:
        yield Finding(file, element, "没有写依据。", "请写条款号（如 TZ-3.1），或“本地缺省：理由”。")
    elif not pack.clauses.knows(basis):
        yield Finding(
            file,
            element,
            f"条款“{basis.clause}”不存在。",
            "请改成 clauses.toml 中的条款号，或写“本地缺省：理由”。",
        )
