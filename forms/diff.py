"""What changed between two fillings of a form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from forms import codec, storage
from forms.display import EMPTY, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from forms.schema import Component, FormSchema


@dataclass(frozen=True, slots=True)
class Change:
    """One changed value.

    Attributes:
        path: Concrete path, such as ``staff.0.name``.
        label: Section and field, for lists with the row number.
        before: Old value as text; ``—`` where there was none.
        after: New value as text.
    """

    path: str
    label: str
    before: str
    after: str


def diff(
    schema: FormSchema,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    reveal: bool = False,
) -> list[Change]:
    """List changes in the order of the form; rows of lists are compared by number.

    Personal data is masked unless revealed: two values that differ may then look alike.

    Raises:
        Invalid: If stored values do not fit the schema.
    """
    pair = (storage.from_json(schema, before), storage.from_json(schema, after))
    return list(_changes(schema.components, pair, "", "", reveal=reveal))


_Pair = tuple["Mapping[str, Any]", "Mapping[str, Any]"]


def _changes(
    components: Sequence[Component], pair: _Pair, path: str, label: str, *, reveal: bool
) -> Iterator[Change]:
    for component in components:
        if component.key is None:
            yield from _changes(component.children, pair, path, component.label, reveal=reveal)
            continue
        place = path + component.key
        old, new = (side.get(component.key) for side in pair)
        if component.type == "group":
            yield from _changes(
                component.children, (old or {}, new or {}), f"{place}.", component.label, reveal=reveal
            )
        elif component.type == "dynamiclist":
            yield from _rows(component, old or [], new or [], place, reveal=reveal)
        elif codec.to_json(old) != codec.to_json(new):
            name = f"{label}：{component.label}" if label else component.label
            yield Change(
                place, name, _text(component, old, reveal=reveal), _text(component, new, reveal=reveal)
            )


def _rows(
    component: Component, old: Sequence[Any], new: Sequence[Any], path: str, *, reveal: bool
) -> Iterator[Change]:
    for number in range(max(len(old), len(new))):
        pair = tuple(side[number] if number < len(side) else {} for side in (old, new))
        heading = f"{component.label}第 {number + 1} 行"
        yield from _changes(
            component.children, (pair[0], pair[1]), f"{path}.{number}.", heading, reveal=reveal
        )


def _text(component: Component, value: Any, *, reveal: bool) -> str:
    return EMPTY if value is None else text_of(component, value, reveal=reveal)
