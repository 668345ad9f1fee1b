"""The usual fragments of a process, ready to be put into a drawing."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from webapp.packs.sources import BPMN, parse_xml

FOLDER = Path(__file__).resolve().parents[2] / "workflows" / "fragments"


@cache
def fragments() -> tuple[dict[str, str], ...]:
    """Return every fragment with key, title, help and BPMN text, in the order of their files."""
    return tuple(_fragment(file) for file in sorted(FOLDER.glob("*.bpmn")))


def _fragment(file: Path) -> dict[str, str]:
    text = file.read_text(encoding="utf-8")
    root = parse_xml(text)
    process = None if root is None else root.find(f"{{{BPMN}}}process")
    if process is None:
        raise ValueError(f"{file.name} is no process")
    return {
        "key": file.stem.partition("_")[2],
        "title": process.get("name", ""),
        "help": process.findtext(f"{{{BPMN}}}documentation", "").strip(),
        "text": text,
    }
