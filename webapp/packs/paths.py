"""Which files a pack is made of: where each lies, what it is, how large it may be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMON = "common"
"""Folder beside the packs' own that all of them share."""

SUFFIXES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"workflows": (".toml", ".bpmn", ".dmn", ".txt"), "forms": (".json",), "docs_templates": (".md",)}
)
"""What is read of each of the three rooms of the project."""

SCENARIOS = "scenarios"
"""Folder below `workflows/<pack>` with what was played once and is played again before a release."""

MAX_FILE_BYTES = 1_000_000
MAX_FILES = 1_000
MAX_TOTAL_BYTES = 16_000_000

Kind = Literal["flow", "rule", "form", "template", "clauses", "basics", "scenario"]
Editor = Literal["bpmn", "dmn", "form", "template", "toml", "text"]

_NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}"
_PATH = re.compile(rf"(?P<room>workflows|forms|docs_templates)/(?P<pack>[a-z][a-z0-9_-]{{0,39}})/{_NAME}")
_SCENARIO = re.compile(rf"workflows/(?P<pack>[a-z][a-z0-9_-]{{0,39}})/{SCENARIOS}/{_NAME}\.json")
_CLAUSES = frozenset({"clauses.toml"})
_NOTES = "README.md"


@dataclass(frozen=True, slots=True)
class _What:
    kind: Kind
    editor: Editor


_BY_SUFFIX = {
    ".bpmn": _What("flow", "bpmn"),
    ".dmn": _What("rule", "dmn"),
    ".json": _What("form", "form"),
    ".md": _What("template", "template"),
    ".txt": _What("clauses", "text"),
    ".toml": _What("basics", "toml"),
}


def kind_of(path: str) -> Kind:
    """Return what a file of a pack is, by its path."""
    if f"/{SCENARIOS}/" in path:
        return "scenario"
    if name_of(path) in _CLAUSES:
        return "clauses"
    return _BY_SUFFIX[suffix_of(path)].kind


def editor_of(path: str) -> Editor:
    """Return with which editor a file of a pack is changed."""
    return "text" if kind_of(path) == "scenario" else _BY_SUFFIX[suffix_of(path)].editor


def name_of(path: str) -> str:
    """Return the file name of a path."""
    return path.rpartition("/")[2]


def suffix_of(path: str) -> str:
    """Return the suffix of a path with its dot, empty if it has none."""
    stem, dot, suffix = name_of(path).rpartition(".")
    return f".{suffix}" if stem and dot else ""


def is_shared(path: str) -> bool:
    """Tell whether a file belongs to what all packs share."""
    return path.split("/")[1:2] == [COMMON]


def path_fault(path: str, pack_key: str) -> str:
    """Say why a file of this path is none of a pack; empty if it may be.

    Args:
        path: Path below the project.
        pack_key: Name of the pack's folder.
    """
    scenario = _SCENARIO.fullmatch(path)
    if scenario:
        return "" if scenario["pack"] == pack_key else f"文件应当放在 workflows/{pack_key} 之下。"
    found = _PATH.fullmatch(path)
    if found is None or ".." in path:
        return "文件名只用英文字母、数字、点、横线和下划线，放在 workflows、forms 或 docs_templates 之下。"
    if found["pack"] not in {pack_key, COMMON}:
        return f"文件应当放在本政策包的文件夹“{pack_key}”中。"
    if suffix_of(path) not in SUFFIXES[found["room"]] or name_of(path) == _NOTES:
        return f"{found['room']} 之下只能放 {'、'.join(SUFFIXES[found['room']])} 文件。"
    return ""


def text_fault(text: str) -> str:
    """Say why a text cannot be kept as a file; empty if it can."""
    if "\0" in text:
        return "文件中有空字符，不是文字文件。"
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        return "文件中有不能写成 UTF-8 的字符。"
    return f"单个文件不超过 {MAX_FILE_BYTES // 1_000_000} MB。" if size > MAX_FILE_BYTES else ""
