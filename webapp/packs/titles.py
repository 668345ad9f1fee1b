"""What a file of a pack is called by people: read off its text, also of one that cannot be understood."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

from webapp.packs.paths import name_of, suffix_of

LONGEST: Final = 40
_KNOWN: Final = {
    "pack.toml": "单位、岗位、流程、公文、参数、日历",
    "clauses.toml": "条款",
    "policy.txt": "政策原文",
    "notices.toml": "消息模板",
}
_JSON = re.compile(r'"title"\s*:\s*"([^"\\]{1,200})"')
_PATTERNS: Final = {
    ".bpmn": re.compile(r'<(?:\w+:)?process\b[^>]{0,400}?\bname="([^"]{1,200})"'),
    ".dmn": re.compile(r'<(?:\w+:)?definitions\b[^>]{0,1000}?\sname="([^"]{1,200})"'),
    ".json": _JSON,
    ".md": re.compile(r'^标题:[ \t]*"?([^"\n]{1,200})', re.MULTILINE),
}
_FILLED = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_HEAD: Final = 20_000
"""So much of a text is looked at; titles stand at the top."""


def label_of(path: str, text: str) -> str:
    """Return the title of a file, or its name if it says none."""
    return title_of(path, text) or name_of(path)


def title_of(path: str, text: str) -> str:
    """Return the title of a file, empty if it says none; what is filled in later reads ….

    Args:
        path: Path below the project.
        text: What the file holds, whether or not it can be read.
    """
    if name_of(path) in _KNOWN:
        return _KNOWN[name_of(path)]
    pattern = _PATTERNS.get(suffix_of(path))
    found = pattern.search(text, 0, _HEAD) if pattern is not None else None
    if found is None:
        return ""
    title = _FILLED.sub("…", unescape(found[1])).strip()
    return title if len(title) <= LONGEST else f"{title[:LONGEST]}…"
