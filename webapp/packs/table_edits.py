"""Edits of a TOML file entry by entry; everything that is not edited keeps its bytes, comments included."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, InlineTable, Table

from webapp.core.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tomlkit import TOMLDocument

MOST_EDITS = 200
_DATE = "date"
_ONE_LINE = 12
"""Entries of an array that still stand on one line."""


def read_tables(text: str) -> dict[str, Any]:
    """Return what a TOML file says, as JSON values: dates as ``{"date": "2026-01-01"}``.

    Raises:
        Invalid: If it is no TOML; the message names line and column.
    """
    found = _plain(_parse(text).unwrap())
    return found if isinstance(found, dict) else {}


def apply_edits(text: str, edits: Sequence[Mapping[str, Any]]) -> str:
    """Return the text after some edits, in turn.

    Args:
        text: The file.
        edits: Each with ``at`` (keys and numbers that lead to an entry) and one of ``set`` (a JSON value for
            it), ``remove`` (true), ``insert`` (an entry of an array, put at that number), ``move`` (the
            number in its array that it goes to).

    Raises:
        Invalid: If the file is no TOML, or an edit leads nowhere or holds what TOML cannot.
    """
    if len(edits) > MOST_EDITS:
        raise Invalid(f"一次最多修改 {MOST_EDITS} 处。")
    document = _parse(text)
    for edit in edits:
        try:
            _apply(document, edit)
        except (TOMLKitError, KeyError, IndexError, TypeError, ValueError) as fault:
            raise Invalid(f"这处改动不能写入文件：{_where(edit)}。") from fault
    return tomlkit.dumps(document)


def _parse(text: str) -> TOMLDocument:
    try:
        return tomlkit.parse(text)
    except (TOMLKitError, ValueError, RecursionError) as fault:
        raise Invalid(f"文件不是有效的 TOML：{fault}。请在“全文”中改正。") from fault


def _where(edit: Mapping[str, Any]) -> str:
    at = edit.get("at")
    return " ".join(str(part) for part in at) if isinstance(at, list) else "没有写明位置"


def _apply(document: TOMLDocument, edit: Mapping[str, Any]) -> None:
    *above, last = edit["at"]
    holder: Any = document
    if "insert" in edit and len(above) == 1:
        document.setdefault(above[0], tomlkit.aot())
    for part in above:
        holder = holder[part]
    if "set" in edit:
        _set(holder, last, edit["set"])
    elif "insert" in edit:
        _insert(holder, int(last), edit["insert"])
    elif "move" in edit:
        entry = holder.pop(last)
        holder.insert(int(edit["move"]), entry)
    elif edit.get("remove") is True:
        holder.pop(last)
    else:
        raise ValueError(edit)


def _set(holder: Any, key: Any, value: Any) -> None:
    if value is None:
        holder.pop(key, None)
    elif isinstance(value, dict) and _DATE not in value and not isinstance(holder, Array | InlineTable):
        holder[key] = _table(value).add(tomlkit.nl())
    else:
        holder[key] = _item(value)


def _insert(holder: Any, index: int, value: Any) -> None:
    if isinstance(holder, AoT):
        table = _table(value)
        table.add(tomlkit.nl())
        holder.insert(index, table)
    else:
        holder.insert(index, _item(value))


def _table(value: Mapping[str, Any]) -> Table:
    table = tomlkit.table()
    for key, entry in value.items():
        table.add(key, _item(entry))
    return table


def _item(value: Any) -> Any:
    if isinstance(value, dict):
        return _inline(value)
    if isinstance(value, list):
        array = tomlkit.array()
        for entry in value:
            array.append(_item(entry))
        return array.multiline(len(value) > _ONE_LINE)
    if isinstance(value, str):
        return tomlkit.string(value, multiline="\n" in value)
    if isinstance(value, bool | int | float):
        return tomlkit.item(value)
    raise TypeError(value)


def _inline(value: Mapping[str, Any]) -> Any:
    if set(value) == {_DATE}:
        return tomlkit.item(date.fromisoformat(value[_DATE]))
    table = tomlkit.inline_table()
    for key, entry in value.items():
        table.append(key, _item(entry))
    return table


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    return {_DATE: value.isoformat()} if isinstance(value, date) else value
