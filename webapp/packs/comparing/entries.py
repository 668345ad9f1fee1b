"""Compares two versions of forms and of tables of names: what is data already, component by component."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

from webapp.packs.comparing.changes import Part, Thing, differing, reordered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MAX_DEPTH = 40
_KEYS = ("key", "id", "kind", "path")
"""What tells the entries of a list apart, the first that each of them has."""
_WORDS = {
    "label": "标签",
    "type": "类型",
    "title": "标题",
    "name": "名称",
    "basis": "依据",
    "description": "说明",
    "value": "值",
    "values": "选项",
    "text": "内容",
    "reads": "读取的表单",
}


def compare_forms(before: str, after: str) -> list[Part] | None:
    """Return what differs between two versions of a form, field by field; ``None`` if one is no object."""
    old, new = (_form(text) for text in (before, after))
    if old is None or new is None:
        return None
    return _compared(old, new)


def compare_toml(before: str, after: str) -> list[Part] | None:
    """Return what differs between two versions, entry by entry; ``None`` if one is no TOML."""
    try:
        old, new = (dict(_tables(tomllib.loads(text))) for text in (before, after))
    except (ValueError, RecursionError):
        return None
    return _compared(old, new)


def _compared(old: Mapping[str, Thing], new: Mapping[str, Thing]) -> list[Part]:
    parts = list(differing(old, new))
    told = {part.id for part in parts}
    parts += [Part(key, new[key].name, "moved") for key in reordered(old, new) if key not in told]
    return parts


def _form(text: str) -> dict[str, Thing] | None:
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(raw, dict):
        return None
    own = {key: value for key, value in raw.items() if key != "components"}
    return {"": Thing("表单", dict(_flat(own))), **dict(_components(raw.get("components"), "", 0))}


def _components(found: Any, above: str, depth: int) -> Iterator[tuple[str, Thing]]:
    for number, item in enumerate(found if isinstance(found, list) else [], start=1):
        if not isinstance(item, dict) or depth > _MAX_DEPTH:
            continue
        own = item.get("key") or item.get("path") or item.get("id")
        path = f"{above}{own or f'第{number}项'}"
        facets = {key: value for key, value in item.items() if key not in {"components", "id", "layout"}}
        yield path, Thing(f"{item.get('label') or '组件'}（{path}）", dict(_flat(facets)))
        yield from _components(item.get("components"), f"{path}.", depth + 1)


def _tables(raw: Mapping[str, Any], above: str = "", depth: int = 0) -> Iterator[tuple[str, Thing]]:
    """Yield the tables of a TOML file, each with its own values."""
    own: dict[str, Any] = {}
    inner: list[tuple[str, Thing]] = []
    for key, value in raw.items():
        path = f"{above}.{key}" if above else key
        if isinstance(value, dict) and depth < _MAX_DEPTH:
            inner += _tables(value, path, depth + 1)
        elif isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
            for name, entry in _named(value):
                inner += _tables(entry, f"{path}.{name}", depth + 1)
        else:
            own[key] = value
    if own:
        title = str(raw.get("title") or raw.get("name") or raw.get("label") or "")
        yield above, Thing(f"{above}（{title}）" if title else above or "开头", dict(_flat(own)))
    yield from inner


def _named(entries: list[Any]) -> list[tuple[str, Any]]:
    """Name the entries of a list by what tells them apart, else by their place."""
    for key in _KEYS:
        names = [str(each.get(key, "")) for each in entries]
        if all(names) and len(set(names)) == len(names):
            return list(zip(names, entries, strict=True))
    return [(f"第{number}项", entry) for number, entry in enumerate(entries, start=1)]


def _flat(raw: Mapping[str, Any], above: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield what a table says, with dotted labels for tables within."""
    for key, value in raw.items():
        label = f"{above}{_WORDS.get(key, key)}"
        if isinstance(value, dict) and depth < _MAX_DEPTH:
            yield from _flat(value, f"{label}.", depth + 1)
        else:
            yield label, _shown(value)


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_shown(each) for each in value)
    if isinstance(value, dict):
        return "，".join(f"{_WORDS.get(key, key)}：{_shown(each)}" for key, each in value.items())
    return str(value)
