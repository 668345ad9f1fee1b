"""What a version of a pack changes in another: file by file, and which procedures it touches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webapp.packs.comparing import entries, flows, lines, tables
from webapp.packs.comparing.changes import Change as Change
from webapp.packs.comparing.changes import Detail as Detail
from webapp.packs.comparing.changes import FileChange as FileChange
from webapp.packs.comparing.changes import Part as Part
from webapp.packs.comparing.touched import TouchedProcess as TouchedProcess
from webapp.packs.comparing.touched import touched as touched
from webapp.packs.paths import editor_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from webapp.packs.paths import Editor

_READERS: Final[Mapping[Editor, Callable[[str, str], list[Part] | None]]] = {
    "bpmn": flows.compare,
    "dmn": tables.compare,
    "form": entries.compare_forms,
    "toml": entries.compare_toml,
}
"""How files of a kind are compared; others, and what cannot be read, line by line."""


def compare(before: Mapping[str, str], after: Mapping[str, str]) -> list[FileChange]:
    """Return the files that differ between two versions of a pack, by path.

    Args:
        before: Path to text of the old version.
        after: Path to text of the new version.
    """
    return [
        _compared(path, before.get(path), after.get(path))
        for path in sorted({*before, *after})
        if before.get(path) != after.get(path)
    ]


def _compared(path: str, before: str | None, after: str | None) -> FileChange:
    kind = editor_of(path)
    if before is None or after is None:
        return FileChange(path, kind, "added" if before is None else "removed")
    read = _READERS.get(kind)
    parts = read(before, after) if read is not None else None
    return FileChange(path, kind, "changed", tuple(lines.compare(before, after) if parts is None else parts))
