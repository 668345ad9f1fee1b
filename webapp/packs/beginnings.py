"""What a new file of a pack begins with, so that its editor has something to open."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from webapp.packs.paths import kind_of, name_of, suffix_of

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).resolve().parents[2] / "workflows" / "beginnings"
_NAME, _PACK = "NAME", "PACK"

PLACES: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "form": ("表单", "forms", ".json"),
        "flow": ("流程", "workflows", ".bpmn"),
        "rule": ("规则", "workflows", ".dmn"),
        "template": ("公文", "docs_templates", ".md"),
    }
)
"""Kinds of files that somebody may begin: what it is called, its room, its suffix."""


def path_of(kind: str, name: str, pack_key: str) -> str:
    """Return where a new file of a kind lies; the name as it was typed if the kind is unknown.

    Args:
        kind: One of :data:`PLACES`.
        name: What the file is called, without suffix.
        pack_key: Name of the pack's folder.
    """
    if kind not in PLACES:
        return name
    _, room, suffix = PLACES[kind]
    return f"{room}/{pack_key}/{name.removesuffix(suffix)}{suffix}"


def text_of(path: str) -> str:
    """Return the text with which a file of this path begins; empty for kinds that begin empty."""
    file = FOLDER / f"begin{suffix_of(path)}"
    if not suffix_of(path) or not file.is_file() or kind_of(path) not in PLACES:
        return ""
    stem = name_of(path).removesuffix(suffix_of(path))
    text = file.read_text(encoding="utf-8")
    return text.replace(_NAME, stem).replace(_PACK, path.split("/")[1])
