"""Made-up facts with which a template can be set before any case has given real ones."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from webapp.documents import DocumentError, Template, load_template
from webapp.packs.paths import COMMON
from webapp.packs.specs import APPLICANT_KIND

if TYPE_CHECKING:
    from collections.abc import Mapping

_MADE_UP = "made-up"
_USUAL = "usual"
_MOST_TRIES = 120
_LONGEST = 2.0
"""Seconds that may go into finding fitting values; what does not fit until then is told by the preview."""
_MOST_LOOPS = 200
"""Loops of a template that are looked into for what they ask of a row."""
_DAY, _FIRST = "2026-11-20", date(2026, 1, 1)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")
_TEMPLATES = Path(__file__).resolve().parents[2] / "docs_templates"
_WORDS = {"disclosure": "主动公开", "stars": "三星级"}
# Begun at the start of a word only: from every letter of a long one it would take minutes.
_LISTED = re.compile(r"(?<![\w.])([\w.]+)\s*\|\s*列")
_LOOP = re.compile(r"{%-?\s*for\s+(\w+)\s+in\s+([\w.]+)")
_STANDARD: Mapping[str, Mapping[str, Any]] = {
    "案": {
        "编号": "YS-0000-0001",
        "标题": "演示办件",
        "申请单位": "演示街道办事处",
        "申请单位简称": "演示街道",
        "收件日期": _DAY,
        "受理日期": _DAY,
        "补正次数": 0,
    },
    "市场": {"名称": "演示零工市场", "类别": "综合性零工市场", "编号": "YS-LG-0001"},
    "单位": {
        "代号": "demo",
        "名称": "演示单位",
        "简称": "演示单位",
        "代字": "演示",
        "联系电话": "010-00000000",
    },
    "文": {"字号": "演示〔2026〕1号", "日期": _DAY, "年": 2026, "序号": 1},
}


def offered(path: str) -> list[dict[str, str]]:
    """Return key and label of every sample that a template can be set with, the usual one first.

    Without any, all facts are made up.

    Args:
        path: Path of the template below the project, such as ``docs_templates/tongzhou/letter.md``.
    """
    found = [
        {"key": key, "label": f"示例 {number}{_about(file)}"}
        for number, (key, file) in enumerate(_files(path).items(), start=1)
    ]
    return found or [{"key": _MADE_UP, "label": "编造的数据"}]


def shipped(path: str, key: str = "") -> str:
    """Return a sample that the project has beside a template of this name; empty without one.

    Args:
        path: Path of the template below the project.
        key: Which, as :func:`offered` names it; the usual one without.
    """
    found = _files(path)
    if not found:
        return ""
    return found.get(key, next(iter(found.values()))).read_text(encoding="utf-8")


def _files(path: str) -> dict[str, Path]:
    """Samples of a template by key: its pack's, or those for all; another pack's would show other names."""
    _, _, below = path.partition("/")
    pack, _, file_name = below.partition("/")
    name = file_name.removesuffix(".md")
    if not _NAME.fullmatch(pack) or not _NAME.fullmatch(name):
        return {}
    folders = (_TEMPLATES / folder / "samples" for folder in (pack, COMMON))
    there = ([*folder.glob(f"{name}.json"), *folder.glob(f"{name}.*.json")] for folder in folders)
    keyed = {file.stem.partition(".")[2] or _USUAL: file for file in next(filter(None, there), [])}
    return dict(sorted(keyed.items(), key=lambda entry: (entry[0] != _USUAL, entry[0])))


def _about(file: Path) -> str:
    """Tell what a sample is about: who writes, and about which market."""
    facts = _read(file.read_text(encoding="utf-8"))
    named = [facts[root].get("名称") for root in ("单位", "市场") if isinstance(facts.get(root), dict)]
    return "".join(f" · {name}" for name in named if isinstance(name, str))


def sample_facts(source: str, vocabulary: Mapping[str, Any], sample: str = "") -> dict[str, Any]:
    """Return facts that fill a template: what was given, and made-up values for everything else it names.

    Args:
        source: Text of the template.
        vocabulary: From :func:`webapp.packs.vocabulary.vocabulary_of`; labels and types of fields.
        sample: JSON of facts that somebody wrote for it; what cannot be read counts as none.

    Raises:
        TemplateError: If the template cannot be read.
    """
    template = load_template(source)
    facts: dict[str, Any] = {root: dict(values) for root, values in _STANDARD.items()}
    _merge(facts, _named(vocabulary["agencies"]))
    _merge(facts, _read(sample))
    fields = {
        f"表.{key}.{field['path']}": field
        for key, form in vocabulary["forms"].items()
        for field in form["fields"]
    }
    for name, rows in _rows(source).items():
        _put(facts, name, rows)
    for number, name in enumerate(sorted(template.names), start=1000):
        _put(facts, name, _value(fields.get(name), name, number))
    return _fitting(template, facts)


def _named(agencies: list[Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Return the pack's own names: of the agency that comes first, and of the first one that applies."""
    found: dict[str, dict[str, str]] = {}
    for agency in reversed(agencies):
        if agency["kind"] == APPLICANT_KIND:
            found["案"] = {"申请单位": agency["name"], "申请单位简称": agency["short"]}
        else:
            found["单位"] = {"代号": agency["key"], "名称": agency["name"], "简称": agency["short"]}
    return found


def _read(sample: str) -> dict[str, Any]:
    try:
        value = json.loads(sample or "{}")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _merge(facts: dict[str, Any], given: Mapping[str, Any]) -> None:
    for key, value in given.items():
        held = facts.get(key)
        if isinstance(held, dict) and isinstance(value, dict):
            _merge(held, value)
        else:
            facts[key] = value


def _value(field: Mapping[str, Any] | None, name: str, number: int) -> Any:
    kind = field["type"] if field else ""
    if kind == "datetime":
        return _day(number)
    if kind in {"number", "checkbox", "dynamiclist", "checklist"}:
        return {"number": number, "checkbox": True}.get(kind, [])
    last = name.rpartition(".")[2]
    return _WORDS.get(last) or f"〔{field['label'] if field else last}〕"


def _day(number: int) -> str:
    return (_FIRST + timedelta(days=number)).isoformat()


def _rows(source: str) -> dict[str, list[Any]]:
    """Names that the template goes through, each with one row of what it asks of a row."""
    found: dict[str, list[Any]] = {
        name: [f"〔{name.rpartition('.')[2]}〕"] for name in _LISTED.findall(source)
    }
    for row, name in islice(_LOOP.findall(source), _MOST_LOOPS):
        parts = re.findall(rf"\b{re.escape(row)}\.(\w+)", source)
        found[name] = [{part: f"〔{part}〕" for part in parts} or f"〔{row}〕"]
    return found


def _put(facts: dict[str, Any], name: str, value: Any) -> None:
    """Put a value at a path unless something stands there or in the way."""
    *above, last = name.split(".")
    place: Any = facts
    for part in above:
        if not isinstance(place, dict):
            return
        place = place.setdefault(part, {})
    if isinstance(place, dict):
        place.setdefault(last, value)


def _fitting(template: Template, facts: dict[str, Any]) -> dict[str, Any]:
    """Try other made-up values where a filter wants a date or a number instead of a text."""
    tried: dict[str, int] = {}
    until = perf_counter() + _LONGEST
    for attempt in range(1, _MOST_TRIES):
        try:
            template.fill(facts)
        except DocumentError as problem:
            name = problem.field or ""
            others: tuple[Any, ...] = (_day(500 + attempt), 5000 + attempt, [], True)
            done = tried.get(name, 0)
            if perf_counter() > until or done >= len(others) or not _replace(facts, name, others[done]):
                return facts
            tried[name] = done + 1
        else:
            return facts
    return facts


def _replace(facts: dict[str, Any], name: str, value: Any) -> bool:
    """Put another value where there is one; what stands nowhere cannot be mended here."""
    *above, last = name.split(".")
    place: Any = facts
    for part in above:
        place = _below(place, part)
    if not above or not isinstance(place, dict):
        return False
    place[last] = value
    return True


def _below(place: Any, part: str) -> Any:
    if isinstance(place, list):
        return place[int(part)] if part.isdecimal() and int(part) < len(place) else None
    return place.get(part) if isinstance(place, dict) else None
