"""Values of a form in storage: plain JSON, and personal data apart from the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from forms import codec
from webapp.core.errors import Invalid

if TYPE_CHECKING:
    from forms.schema import Component, FormSchema


def from_json(schema: FormSchema, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Turn stored JSON back into typed values; keys that are absent stay absent.

    Raises:
        Invalid: If a value is not what its field stores, with the path.
    """
    return _read(schema.components, stored, "")


def from_draft(schema: FormSchema, entered: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a draft into typed values; what cannot be read stays the text that was typed."""
    return _read(schema.components, entered, "", strict=False)


def fill(schema: FormSchema, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return typed values with every key of the form there.

    What is absent, because it was hidden, is null, an empty list or false. Rules and document
    templates can then name any field.

    Raises:
        Invalid: As :func:`from_json`.
    """
    return _fill(schema.components, from_json(schema, values))


def split_personal(schema: FormSchema, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Take personal data out of the values.

    Returns:
        The rest as plain JSON, and the personal values as plain JSON by concrete path
        (``staff.0.name``).
    """
    rest: dict[str, Any] = deepcopy(codec.to_json(values))
    personal: dict[str, Any] = {}
    _take_out(schema.components, rest, "", personal)
    return rest, personal


def merge_personal(rest: Mapping[str, Any], personal: Mapping[str, Any] | None) -> dict[str, Any]:
    """Put personal data back where :func:`split_personal` took it; unknown places are left out."""
    merged: dict[str, Any] = deepcopy(dict(rest))
    for path, value in (personal or {}).items():
        *parents, key = path.split(".")
        holder = _descend(merged, parents)
        if isinstance(holder, dict):
            holder[key] = value
    return merged


def _descend(holder: Any, parts: Sequence[str]) -> Any:
    for part in parts:
        if isinstance(holder, list) and part.isdecimal() and int(part) < len(holder):
            holder = holder[int(part)]
        elif isinstance(holder, dict):
            holder = holder.get(part)
        else:
            return None
    return holder


def _take_out(
    components: Sequence[Component], values: dict[str, Any], path: str, personal: dict[str, Any]
) -> None:
    for component in components:
        inner = values if component.key is None else values.get(component.key)
        place = f"{path}{component.key}." if component.key else path
        if component.personal and component.key in values:
            personal[place[:-1]] = values.pop(component.key)
        elif component.type == "group" and isinstance(inner, dict):
            _take_out(component.children, inner, place, personal)
        elif component.type == "dynamiclist" and isinstance(inner, list):
            for number, row in enumerate(inner):
                if isinstance(row, dict):
                    _take_out(component.children, row, f"{place}{number}.", personal)


def _read(
    components: Sequence[Component], stored: Mapping[str, Any], path: str, *, strict: bool = True
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for component in components:
        if component.key is None:
            found |= _read(component.children, stored, path, strict=strict)
        elif component.key in stored:
            place = path + component.key
            found[component.key] = _read_one(component, stored[component.key], place, strict=strict)
    return found


def _read_one(component: Component, value: Any, path: str, *, strict: bool) -> Any:
    if component.type == "group":
        inner = value if isinstance(value, Mapping) else {}
        return _read(component.children, inner, f"{path}.", strict=strict)
    if component.type == "dynamiclist":
        rows = value if isinstance(value, list | tuple) else []
        return [
            _read(component.children, row, f"{path}.{number}.", strict=strict)
            for number, row in enumerate(rows)
            if isinstance(row, Mapping)
        ]
    try:
        return codec.from_json_value(component, value)
    except ValueError as error:
        if not strict:
            return "，".join(text for text in codec.as_texts(value) if text)
        raise Invalid(str(error), field=path) from None


def _fill(components: Sequence[Component], values: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for component in components:
        if component.type == "group":
            inner = values if component.key is None else values.get(component.key, {})
            filled = _fill(component.children, inner)
            found |= filled if component.key is None else {component.key: filled}
        elif component.type == "dynamiclist":
            found[str(component.key)] = [
                _fill(component.children, row) for row in values.get(str(component.key), [])
            ]
        elif component.key is not None:
            found[component.key] = values.get(component.key, _empty(component))
    return found


def _empty(component: Component) -> Any:
    if component.type in ("checklist", "filepicker"):
        return []
    return False if component.type == "checkbox" else None
