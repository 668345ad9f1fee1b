"""Two answers of rules compared line by line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from webapp.queries.decision_views import CONDITION, REQUIREMENT

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST: Final = 20
"""Lines that are told of one decision."""


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line of a table that makes a difference.

    Attributes:
        label: What the line is about.
        figure: What was found in the case.
        before: What the line asked and whether that was met; empty if there was no such line.
        after: The same of the draft; empty if it has no such line.
    """

    label: str
    figure: str
    before: str
    after: str


def changed_lines(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[LineChange]:
    """Return the lines that matched before and do not match now, or the reverse, and those that came or went.

    Args:
        before: The trace that a decision kept.
        after: The trace of the draft's answer.
    """
    old, new = _lines(before), _lines(after)
    found = [
        LineChange(
            label=_label(new.get(key) or old[key]),
            figure=_figure(new.get(key) or old[key]),
            before=_said(old.get(key)),
            after=_said(new.get(key)),
        )
        for key in dict.fromkeys([*old, *new])
        if _differs(old.get(key), new.get(key))
    ]
    return found[:MOST]


def _lines(trace: Mapping[str, Any]) -> dict[tuple[str, str], Mapping[str, Any]]:
    return {
        (table["id"], rule["id"] or str(rule["index"])): rule
        for table in trace.get("decisions", [])
        for rule in table.get("rules", [])
    }


def _differs(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> bool:
    if old is None or new is None:
        rule = old or new or {}
        return bool(rule.get("matched")) or CONDITION in rule.get("outputs", {})
    return old["matched"] != new["matched"] or (bool(new["matched"]) and old["outputs"] != new["outputs"])


def _label(rule: Mapping[str, Any]) -> str:
    return str(rule["outputs"].get(CONDITION) or f"第 {rule['index']} 条")


def _figure(rule: Mapping[str, Any]) -> str:
    tested = [cell for cell in rule["cells"] if cell.get("test") not in {"-", ""}]
    return "；".join(f"{cell['label']}：{_text(cell.get('value'))}" for cell in tested)


def _said(rule: Mapping[str, Any] | None) -> str:
    if rule is None:
        return ""
    tests = "；".join(str(cell["test"]) for cell in rule["cells"] if cell.get("test") not in {"-", ""})
    asked = str(rule["outputs"].get(REQUIREMENT) or tests)
    return f"{asked}（{'符合' if rule['matched'] else '不符合'}）"


def _text(value: Any) -> str:
    if value is None or value in ("", []):
        return "未填写"
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(map(_text, value)) if isinstance(value, list) else str(value)
