"""What a form is filled in with where no scenario tells it: plainly made up, as far as the form lets on."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import forms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from forms import Component, FormSchema

_BY_FORMAT: Final[dict[str, Any]] = {
    "uscc": "91110112MA01ABCD17",
    "resident_id": "110101199003070134",
    "phone": "13800000000",
    "address": {"text": "演示路1号", "lng": "116.656400", "lat": "39.909900"},
}
_TEXTS: Final = frozenset({"textfield", "textarea"})


def made_up_values(schema: FormSchema, there: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Return something for every field that a person fills in, as plain JSON; files by made-up names.

    What depends on other fields, such as sums that must agree, is left to the person.

    Args:
        schema: The form.
        there: What stands in it already, such as what it begins with; it stays.
        today: The Beijing date that dates are set to.
    """
    found: dict[str, Any] = _over(_mapping(schema.components, today), there)
    return found


def _over(made_up: Any, there: Any) -> Any:
    """Return what stands there, and what is made up where nothing does."""
    if isinstance(made_up, dict) and isinstance(there, dict):
        return {**there, **{key: _over(value, there.get(key)) for key, value in made_up.items()}}
    return made_up if there in (None, "", False, [], {}) else there


def _mapping(components: Iterable[Component], today: date) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for component in components:
        if component.type == "group" and component.key is None:
            found |= _mapping(component.children, today)
        elif component.key is not None and (value := _value(component, today)) is not None:
            found[component.key] = value
    return found


def _value(component: Component, today: date) -> Any:
    if component.readonly or component.computed is not None:
        return None
    if component.type == "group":
        return _mapping(component.children, today)
    if component.type == "dynamiclist":
        return [_mapping(component.children, today) for _ in range(max(1, component.min_rows))]
    return forms.to_json(_single(component, today))


def _single(component: Component, today: date) -> Any:
    if component.type in {"select", "radio"}:
        return component.options[0].value if component.options else None
    if component.type == "checklist":
        return [option.value for option in component.options]
    if component.type == "checkbox":
        return True
    if component.type == "filepicker":
        picture = bool(component.accept) and "pdf" not in component.accept
        return [f"{component.label}.{'png' if picture else 'pdf'}"]
    if component.type == "datetime":
        return _within(component, today.isoformat())
    if component.type == "number":
        return component.rules.low if isinstance(component.rules.low, Decimal) else Decimal(1)
    return _text(component) if component.type in _TEXTS else None


def _within(component: Component, day: str) -> str:
    low, high = component.rules.low, component.rules.high
    after = max(day, low) if isinstance(low, str) else day
    return min(after, high) if isinstance(high, str) else after


def _text(component: Component) -> Any:
    known = _BY_FORMAT.get(component.format)
    if known is not None:
        return known
    words = f"演示{component.label}"
    return words.ljust(component.rules.min_length, "。")[: component.rules.max_length]
