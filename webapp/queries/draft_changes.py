"""What a draft changes in the version that it is compared with, file by file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.queries.line_changes import LineChange, line_changes

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file that differs.

    Attributes:
        path: Path below the project.
        change: `added`, `changed` or `removed`.
        lines: The lines that differ.
    """

    path: str
    change: str
    lines: list[LineChange]


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[FileChange]:
    """Return the files that differ between two versions of a pack, by path."""
    return [
        FileChange(path, _kind(before, after, path), line_changes(before.get(path, ""), after.get(path, "")))
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    ]


def _kind(before: Mapping[str, str], after: Mapping[str, str], path: str) -> str:
    return "added" if path not in before else "removed" if path not in after else "changed"
