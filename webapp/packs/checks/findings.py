"""What the checker of packs reports."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
        element_id: Id of the element in a diagram or of a rule of a table, or path of a component of a form;
            empty for the file as a whole.
        trace: Ids of the steps and flows of the shortest way on which it shows, in order; empty where none
            is needed.
        path: Path of the file below the project, such as ``workflows/tongzhou/recognition.bpmn``.
    """

    file: str
    element: str
    reason: str
    mend: str
    severity: Literal["error", "warning"] = "error"
    element_id: str = ""
    trace: tuple[str, ...] = ()
    path: str = ""


_FOLDERS = {".json": "forms", ".md": "docs_templates"}


def placed(pack: Pack, finding: Finding) -> Finding:
    """Say where the file of a finding lies in the pack."""
    folder = _FOLDERS.get(finding.file[finding.file.rfind(".") :], "workflows")
    own, shared = (f"{folder}/{home}/{finding.file}" for home in (pack.key, "common"))
    return replace(finding, path=shared if shared in pack.files and own not in pack.files else own)


def adopt(file: str, other: Any) -> Finding:
    """Take over what a checker of one kind of file found there."""
    return Finding(
        file,
        other.element,
        other.reason,
        other.mend,
        other.severity,
        element_id=getattr(other, "element_id", ""),
        trace=getattr(other, "trace", ()),
    )


def check_basis(
    pack: Pack, file: str, element: str, basis: Basis | None, element_id: str = ""
) -> Iterator[Finding]:
    """Yield a finding for a 依据 that is missing or names a clause that the pack does not have."""
    if basis is None:
        mend = "请写条款号（如 TZ-3.1），或“本地缺省：理由”。"
        yield Finding(file, element, "没有写依据。", mend, element_id=element_id)
    elif not pack.clauses.knows(basis):
        yield Finding(
            file,
            element,
            f"条款“{basis.clause}”不存在。",
            "请改成 clauses.toml 中的条款号，或写“本地缺省：理由”。",
            element_id=element_id,
        )
