"""Compares two versions of a text, line by line."""

from __future__ import annotations

from difflib import SequenceMatcher

from webapp.packs.comparing.changes import Change, Detail, Part

_MAX_LINES = 20_000


def compare(before: str, after: str) -> list[Part]:
    """Return the runs of lines that differ, each by the number of its first line.

    Args:
        before: The old text.
        after: The new text.
    """
    old, new = before.split("\n"), after.split("\n")
    if len(old) + len(new) > _MAX_LINES:
        return [Part("1", "全文", "changed")]
    changes: dict[str, Change] = {"insert": "added", "delete": "removed", "replace": "changed"}
    parts = []
    for tag, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag in changes:
            number = first + 1 if tag != "delete" else start + 1
            name = f"第 {number} 行" if max(last - first, end - start) == 1 else f"第 {number} 行起"
            detail = Detail("内容", "\n".join(old[start:end]), "\n".join(new[first:last]))
            parts.append(Part(str(number), name, changes[tag], (detail,)))
    return parts
