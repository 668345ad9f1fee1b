"""What changed between two texts, line by line, with a little of what stands around it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

AROUND = 3
"""Unchanged lines that are shown before and after a change."""
MOST_LINES = 20_000
"""Longer texts are compared as a whole: matching their lines would take too long."""


@dataclass(frozen=True, slots=True)
class LineChange:
    """One line of a comparison; a gap stands for unchanged lines that are left out."""

    kind: Literal["added", "removed", "same", "gap"]
    text: str


def line_changes(before: str, after: str) -> list[LineChange]:
    """Return the lines that were removed and added, in order; nothing if the texts are the same."""
    if before == after:
        return []
    old, new = before.splitlines(), after.splitlines()
    if len(old) + len(new) > MOST_LINES:
        return [*_lines("removed", old), *_lines("added", new)]
    found: list[LineChange] = []
    end = 0
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(AROUND):
        if group[0][1] > end:
            found.append(LineChange("gap", f"… 略去 {group[0][1] - end} 行 …"))
        end = group[-1][2]
        for act, i1, i2, j1, j2 in group:
            if act == "equal":
                found += _lines("same", old[i1:i2])
            else:
                found += [*_lines("removed", old[i1:i2]), *_lines("added", new[j1:j2])]
    return found


def _lines(kind: Literal["added", "removed", "same"], texts: Sequence[str]) -> Iterator[LineChange]:
    return (LineChange(kind, text) for text in texts)
