"""What the documentation says, as data: its pages, code, links, tables and words in bold."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
READMES = ("README.md", "README.zh-CN.md")
PAGES = [
    *(ROOT / name for name in (*READMES, "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_PACK = "tongzhou"
EVERYWHERE = ("webapp", "forms", "workflows", "docs_templates", "scripts", "tests")
ON_PAGES = ("webapp", "forms", "workflows")


def named(path: Path) -> str:
    """Name a page in a message."""
    return str(path.relative_to(ROOT))


def read(path: Path | str) -> str:
    """Return the text of a page."""
    return (ROOT / path).read_text(encoding="utf-8")


def prose(text: str) -> str:
    """Return a page without its fenced blocks."""
    return _FENCE.sub("", text)


def code(text: str) -> list[str]:
    """Return what is set as code: spans, and the lines of fenced blocks that are no drawing."""
    lines = [
        line.strip()
        for kind, block in _FENCE.findall(text)
        if kind != "mermaid"
        for line in block.splitlines()
        if line.strip()
    ]
    return [*_SPAN.findall(prose(text)), *lines]


def links(text: str) -> list[str]:
    """Return the targets of links and pictures."""
    return re.findall(r"\]\(([^)\s]+)\)", prose(text))


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings."""
    heads = re.findall(r"^#+ (.+)$", prose(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def bold(text: str) -> list[str]:
    """Return what is set in bold."""
    return re.findall(r"\*\*(.+?)\*\*", prose(text))


def rows(text: str) -> list[list[str]]:
    """Return the cells of every table row, heads included."""
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        for line in prose(text).splitlines()
        if line.startswith("|") and set(line) - set("|-: ")
    ]


def exists(path: str) -> bool:
    """Tell whether a path is there, from the top or below `webapp`; `<pack>` and `*` stand for something."""
    pattern = re.sub(r"<[^>]*>", "*", path.replace("<pack>", _PACK)).strip("/")
    return any(any(folder.glob(pattern)) for folder in (ROOT, ROOT / "webapp"))


@lru_cache
def sources(*suffixes: str, folders: tuple[str, ...] = EVERYWHERE) -> str:
    """Return the text of every source with one of these endings."""
    found = [
        path
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in suffixes and not {"node_modules", "dist", "docs"} & set(path.parts)
    ]
    top = ("Makefile", "gunicorn.conf.py", "wsgi.py", "pyproject.toml", ".ci/run")
    return "\n".join([path.read_text(encoding="utf-8") for path in found] + [read(name) for name in top])
