"""Values of the API, turned into what the page would have sent for them.

Page and API thus run through one and the same reading and checking. Only what JSON knows and a page
does not is settled here: types, unknown keys, shapes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from forms import codec
from forms.validators import quotable

if TYPE_CHECKING:
    from forms.schema import Component, FormSchema

MAX_UNKNOWN = 20
_KEY_SHOWN = 60


class Page:
    """Texts by name, as WTForms reads them from a request."""

    def __init__(self) -> None:
        self._texts: dict[str, list[str]] = {}

    def add(self, name: str, texts: Iterable[str]) -> None:
        """Add texts under a name; a name without texts is still there."""
        self._texts.setdefault(name, []).extend(texts)

    def getlist(self, name: str) -> list[str]:
        """Return the texts under a name."""
        return list(self._texts.get(name, ()))

    def __contains__(self, name: object) -> bool:
        return name in self._texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


@dataclass
class Sent:
    """What the API was given.

    Attributes:
        page: The same as a page would have sent it.
        wrong: Messages by path about types, shapes and unknown keys.
        given: Paths for which there was a value.
    """

    page: Page = field(default_factory=Page)
    wrong: dict[str, list[str]] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)


def flatten(schema: FormSchema, values: object) -> Sent:
    """Flatten nested JSON values; never raises, mistakes are collected."""
    sent = Sent()
    if isinstance(values, Mapping):
        _mapping(schema.components, values, "", "", sent)
    else:
        sent.wrong[""] = ["应为各项名称和值的对应表（JSON 对象）。"]
    return sent


def _mapping(
    components: Sequence[Component], values: Mapping[Any, Any], path: str, prefix: str, sent: Sent
) -> None:
    known = _known(components)
    for key in [key for key in values if key not in known][:MAX_UNKNOWN]:
        sent.wrong[f"{path}{str(key)[:_KEY_SHOWN]}"] = ["表单里没有这一项，请删去或核对名称。"]
    for key, component in known.items():
        if key in values:
            _one(component, values[key], path + key, prefix + key, sent)


def _known(components: Sequence[Component]) -> dict[str, Component]:
    found: dict[str, Component] = {}
    for component in components:
        if component.key:
            found[component.key] = component
        elif component.type == "group":
            found |= _known(component.children)
    return found


def _one(component: Component, value: Any, path: str, name: str, sent: Sent) -> None:
    sent.given.add(path)
    if component.type == "group":
        _section(component, value, path, name, sent)
    elif component.type == "dynamiclist":
        _rows(component, value, path, name, sent)
    else:
        _leaf(component, value, path, name, sent)


def _section(component: Component, value: Any, path: str, name: str, sent: Sent) -> None:
    if isinstance(value, Mapping):
        _mapping(component.children, value, f"{path}.", f"{name}-", sent)
    elif value is not None:
        sent.wrong[path] = [f"“{quotable(component.label)}”应为各项名称和值的对应表（JSON 对象）。"]


def _rows(component: Component, value: Any, path: str, name: str, sent: Sent) -> None:
    if value is None:
        return
    if not isinstance(value, list | tuple):
        sent.wrong[path] = [f"“{quotable(component.label)}”应为列表。"]
        return
    if len(value) > component.max_rows:
        sent.wrong[path] = [f"“{quotable(component.label)}”最多 {component.max_rows} 行，请删去多余的。"]
        return
    for number, row in enumerate(value):
        if not isinstance(row, Mapping) or all(_empty(component, key, row[key]) for key in row):
            sent.wrong[f"{path}.{number}"] = [f"第 {number + 1} 行没有内容，请删去这一行。"]
        else:
            _mapping(component.children, row, f"{path}.{number}.", f"{name}-{number}-", sent)


def _leaf(component: Component, value: Any, path: str, name: str, sent: Sent) -> None:
    try:
        texts = codec.to_texts(component, value)
    except ValueError as error:
        sent.wrong[path] = [f"“{quotable(component.label)}”：{error}"]
        return
    if component.format == "address" and texts:
        for part, text in zip(codec.ADDRESS_PARTS, texts, strict=True):
            sent.page.add(f"{name}-{part}", [text])
    elif component.type != "expression":
        sent.page.add(name, texts)


def _empty(rows: Component, key: object, cell: object) -> bool:
    if cell is False:
        return any(column.key == key and column.type == "checkbox" for column in rows.children)
    return cell is None or (isinstance(cell, str) and not cell.strip()) or cell in ([], {})
