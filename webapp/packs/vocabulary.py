"""What an editor may choose from in a draft: every name of its pack, with the words that people know it by.

A draft may be half written. Each part is read by itself, and one that cannot be read gives no names; the
check of the pack says what is wrong with it.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from forms import kinds
from webapp import dmn
from webapp.core.errors import DomainError
from webapp.packs.operator_words import operator_words
from webapp.packs.rights import RIGHTS
from webapp.packs.sources import BPMN, parse_xml
from webapp.packs.titles import title_of

if TYPE_CHECKING:
    Rows = list[dict[str, Any]]

CASE_NAMES = (
    ("case.no", "办件编号"),
    ("case.kind", "市场种类"),
    ("case.corrections", "补正次数"),
    ("case.applicant", "申请单位名称"),
    ("case.applicant_key", "申请单位代号"),
    ("case.started_on", "发起日期"),
    ("case.submitted_on", "收件日期"),
)
"""What every expression may ask of the case."""

_HOLDERS = frozenset({"group", "dynamiclist"})
_DEEPEST = 6
_NAMED = re.compile(r"\b(?:facts\.[a-z]\w*(?:\.[a-z]\w*)*|settings\.[a-z]\w*)")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_LAYOUT = re.compile(r"^版式: *\"?([^\"\n]+)", re.MULTILINE)


def vocabulary_of(files: Mapping[str, str]) -> dict[str, Any]:
    """Return the names of a draft as JSON values.

    Args:
        files: Path below the project to text, as :attr:`webapp.packs.Pack.files` keeps them.

    Returns:
        Lists under ``agencies``, ``kinds``, ``positions``, ``rights``, ``documents``, ``templates``,
        ``operators``, ``decisions``, ``clauses``, ``settings``, ``records``, ``processes``, ``called``,
        ``facts`` and ``calendars``, the ``case_prefix``, under ``forms`` title and fields of each form, and
        under ``form_…`` what forms may be made of.
    """
    manifest = _toml(files, "/pack.toml")
    read = dict(_forms(files))
    return {
        "agencies": _rows(manifest, "agencies", "key", "name", "short", "kind"),
        "kinds": sorted({row["kind"] for row in _rows(manifest, "agencies", "kind")}),
        "positions": _positions(manifest),
        "rights": [{"key": key, "title": title} for key, title in RIGHTS.items()],
        "forms": read,
        "documents": _rows(manifest, "documents", "key", "title", "template", "series"),
        "templates": list(_templates(files)),
        "operators": [asdict(words) for words in operator_words()],
        "decisions": list(_decisions(files)),
        "clauses": _rows(_toml(files, "/clauses.toml"), "clause", "id", "title"),
        "settings": list(_settings(manifest)),
        "records": _rows(manifest, "records", "key", "title"),
        "processes": _rows(manifest, "processes", "key", "title", "file"),
        "called": list(_called(files)),
        "facts": list(_facts(read, manifest)),
        "calendars": [_calendar(manifest)],
        "form_kinds": _form_kinds(),
        "form_formats": _named(kinds.FORMATS),
        "form_masks": _named(kinds.MASKS),
        "form_widths": _named(kinds.WIDTHS),
        "case_prefix": _text(_table(manifest, "jurisdiction").get("case_prefix")),
    }


def _form_kinds() -> Rows:
    """Return what forms are made of, as lists so that the order survives."""
    return [
        {
            "type": name,
            "label": kind.label,
            "group": kind.group,
            "start": dict(kind.start),
            "formats": list(kind.formats),
            "filled": kind.is_filled_in,
        }
        for name, kind in kinds.KINDS.items()
    ]


def _named(words: Mapping[str, str]) -> Rows:
    return [{"key": key, "title": title} for key, title in words.items()]


def _toml(files: Mapping[str, str], ending: str) -> Mapping[str, Any]:
    for path, text in sorted(files.items()):
        if path.startswith("workflows/") and path.endswith(ending):
            try:
                return tomllib.loads(text)
            except (ValueError, RecursionError):
                return {}
    return {}


def _table(source: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = source.get(name)
    return found if isinstance(found, Mapping) else {}


def _tables(source: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = source.get(name)
    return [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []


def _rows(source: Mapping[str, Any], name: str, *keys: str) -> Rows:
    """Return the named texts of each table that has the first of them."""
    return [
        {key: _text(row.get(key)) for key in keys} for row in _tables(source, name) if _text(row.get(keys[0]))
    ]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _texts(row: Mapping[str, Any], key: str) -> list[str]:
    value = row.get(key)
    given = value if isinstance(value, list) else [value]
    return [text for text in given if isinstance(text, str)]


def _positions(manifest: Mapping[str, Any]) -> Rows:
    agencies = _rows(manifest, "agencies", "key", "kind")
    found = []
    for row in _tables(manifest, "positions"):
        named = _texts(row, "agency")
        keys = [each["key"] for each in agencies if each["key"] in named or each["kind"] in named]
        if _text(row.get("key")):
            found.append({"key": row["key"], "name": _text(row.get("name")), "agencies": keys})
    return found


def _forms(files: Mapping[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Read titles and fields only: a form with a slip in a condition still has its fields."""
    for path, text in sorted(files.items()):
        if path.startswith("forms/") and path.endswith(".json"):
            try:
                raw = json.loads(text)
            except (ValueError, RecursionError):
                continue
            if isinstance(raw, Mapping):
                fields = list(_fields(raw.get("components"), "", 0))
                yield (
                    path.rpartition("/")[2].removesuffix(".json"),
                    {"title": _text(raw.get("title")), "fields": fields},
                )


def _fields(components: Any, prefix: str, depth: int) -> Iterator[dict[str, Any]]:
    if not isinstance(components, list) or depth > _DEEPEST:
        return
    for raw in components:
        if not isinstance(raw, Mapping):
            continue
        kind = _text(raw.get("type"))
        key = _text(raw.get("path" if kind in _HOLDERS else "key"))
        if key and kind != "group":
            personal = _mapping(raw, "properties").get("personal") in (True, "true")
            label = _text(raw.get("label")) or _text(raw.get("dateLabel"))
            yield {
                "path": prefix + key,
                "label": label,
                "type": kind,
                "personal": personal,
                "choices": _choices(raw),
            }
        inner = f"{prefix}{key}{'.*' if kind == 'dynamiclist' else ''}." if key else prefix
        yield from _fields(raw.get("components"), inner, depth + 1)


def _choices(raw: Mapping[str, Any]) -> Rows:
    """What a field may be answered with, where its form lists it."""
    return [
        {"value": row.get("value"), "label": _text(row.get("label"))}
        for row in _tables(raw, "values")
        if isinstance(row.get("value"), str | bool | int | float)
    ]


def _templates(files: Mapping[str, str]) -> Iterator[dict[str, str]]:
    for path, text in sorted(files.items()):
        if path.startswith("docs_templates/") and path.endswith(".md"):
            layout = _LAYOUT.search(text)
            yield {
                "key": path.rpartition("/")[2].removesuffix(".md"),
                "title": title_of(path, text) or (layout[1] if layout else ""),
                "path": path,
                "layout": layout[1] if layout else "",
            }


def _decisions(files: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for path, text in sorted(files.items()):
        if path.endswith(".dmn"):
            yield from _decisions_in(path.rpartition("/")[2], text)


@lru_cache(maxsize=64)
def _decisions_in(name: str, text: str) -> tuple[dict[str, Any], ...]:
    """Read one model; kept, since an editor asks again and again and few of them change."""
    try:
        model = dmn.read(text.encode())
    except DomainError:
        return ()
    return tuple(
        {
            "key": f"{name}#{decision.id}",
            "title": decision.name,
            "inputs": [column.label for column in decision.table.inputs] if decision.table else [],
            "outputs": [column.label for column in decision.table.outputs] if decision.table else [],
        }
        for decision in model.decisions
    )


def _settings(manifest: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for key, row in _mapping(manifest, "settings").items():
        if isinstance(row, Mapping):
            value = row.get("value")
            kind = {bool: "boolean", int: "number"}.get(type(value), "string")
            yield {"key": key, "label": _text(row.get("label")), "type": kind}


def _mapping(source: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = source.get(name)
    return found if isinstance(found, Mapping) else {}


def _called(files: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Processes that a call activity may name."""
    for path, text in sorted(files.items()):
        root = parse_xml(text) if path.endswith(".bpmn") else None
        for process in root.iter(f"{{{BPMN}}}process") if root is not None else ():
            yield {"key": process.get("id", ""), "title": process.get("name", ""), "path": path}


def _facts(read: Mapping[str, Mapping[str, Any]], manifest: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Names that an expression may use; personal data is not among them."""
    for name, label in CASE_NAMES:
        yield {"path": name, "label": label}
    for key, form in read.items():
        for field in form["fields"]:
            if not field["personal"]:
                path = f"facts.{key}.{field['path'].replace('.*', '')}"
                yield {"path": path, "label": f"{form['title']} · {field['label']}"}
    for row in _settings(manifest):
        yield {"path": f"settings.{row['key']}", "label": f"设置 · {row['label']}"}


def _calendar(manifest: Mapping[str, Any]) -> dict[str, str]:
    table = _mapping(manifest, "calendar")
    return {"name": _text(table.get("name")), "version": _text(table.get("version"))}


def unknown_names(text: str, vocabulary: Mapping[str, Any]) -> list[str]:
    """Return the fields and settings that an expression names and the draft does not have, each once.

    Args:
        text: FEEL.
        vocabulary: From :func:`vocabulary_of`.
    """
    known = {entry["path"] for entry in vocabulary["facts"]}
    personal = {
        f"facts.{key}.{field['path'].replace('.*', '')}"
        for key, form in vocabulary["forms"].items()
        for field in form["fields"]
    }
    paths = known | personal
    named = dict.fromkeys(_NAMED.findall(_QUOTED.sub('""', text)))
    return [name for name in named if not _leads_somewhere(name, paths)]


def _leads_somewhere(name: str, paths: set[str]) -> bool:
    """A section above a field is known too, and so is a part below one (``site.address.text``)."""
    return any(path == name or path.startswith(f"{name}.") or name.startswith(f"{path}.") for path in paths)
