"""What a draft changes in the version that it is compared with: file by file, and on the drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from webapp.core.errors import Missing
from webapp.packs import comparing
from webapp.packs.sources import BPMN, parse_xml
from webapp.packs.titles import title_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from webapp.packs.comparing import FileChange, Part

Side = Literal["before", "after"]
WORDS = {"added": "新增", "changed": "有修改", "removed": "删除", "moved": "只移动了位置"}
_BADGES = {"added": "增", "changed": "改", "removed": "删"}


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """One file that differs, with its title and what differs in it.

    Attributes:
        change: The comparison.
        title: What people call the file.
        drawn: Whether there is a drawing on which the change can be seen.
    """

    change: FileChange
    title: str
    drawn: bool


def changed_files(before: Mapping[str, str], after: Mapping[str, str]) -> list[ChangedFile]:
    """Return the files that differ between two versions of a pack, by path."""
    return [
        ChangedFile(
            change,
            title_of(change.path, after.get(change.path, before.get(change.path, ""))),
            change.kind == "bpmn" and change.change == "changed",
        )
        for change in comparing.compare(before, after)
    ]


def marks(before: Mapping[str, str], after: Mapping[str, str], path: str, side: Side) -> dict[str, Any]:
    """Return what to paint over the drawing of a process: each badge says what was done to its element.

    Args:
        before: Path to text of the version that is compared with.
        after: Path to text of the draft.
        path: The process file.
        side: Which drawing is shown; what is new is on the later one only, what is gone on the former.

    Raises:
        Missing: If the file is not in both.
    """
    if path not in before or path not in after:
        raise Missing("没有可以比较的流程图。")
    pair = [{path: texts[path]} for texts in (before, after)]
    parts = [part for change in comparing.compare(*pair) for part in change.parts]
    shown = [part for part in parts if part.change != ("added" if side == "before" else "removed")]
    lines = _flow_ids(before[path]) | _flow_ids(after[path])
    return {
        "done": [part.id for part in shown if part.change == "added"],
        "active": [part.id for part in shown if part.change == "changed"],
        "late": [part.id for part in shown if part.change == "removed"],
        "flows": [part.id for part in shown if part.id in lines and part.change != "moved"],
        "tokens": {
            part.id: _badge(part) for part in shown if part.change in _BADGES and part.id not in lines
        },
    }


def _flow_ids(text: str) -> set[str]:
    """Lines of a drawing: they are painted, since a badge on each would cover the steps beside them."""
    root = parse_xml(text)
    return set() if root is None else {line.get("id", "") for line in root.iter(f"{{{BPMN}}}sequenceFlow")}


def _badge(part: Part) -> dict[str, str]:
    gone = part.change == "removed"
    return {"initial": _BADGES[part.change], "text": WORDS[part.change], "tone": "late" if gone else "ok"}
