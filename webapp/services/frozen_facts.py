"""Facts that a decision kept, read again with their types: numbers and dates were kept as text."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import forms

if TYPE_CHECKING:
    from collections.abc import Iterator


def readings(context: Mapping[str, Any], frozen: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield contexts in which the frozen facts hold, the likeliest first.

    What the forms still say in the same words has its type there. For the rest, such as what only the token
    of the flow held, a text that looks like a number or a date may be one.

    Args:
        context: The names that expressions saw, as far as they can be read again.
        frozen: The facts that were kept, by path.
    """
    yield overlaid(context, {path: _alike(_at(context, path), kept) for path, kept in frozen.items()})
    yield overlaid(context, {path: _typed(_at(context, path), kept) for path, kept in frozen.items()})


def overlaid(context: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a context with other values at some paths; the one given stays as it is."""
    changed = dict(context)
    for path, value in values.items():
        head, _, rest = path.partition(".")
        inner = changed.get(head)
        if not rest:
            changed[head] = value
        elif isinstance(inner, Mapping) or inner is None:
            changed[head] = overlaid(inner or {}, {rest: value})
    return changed


def _at(context: Any, path: str) -> Any:
    for key in path.split("."):
        context = context.get(key) if isinstance(context, Mapping) else None
    return context


def _alike(now: Any, kept: Any) -> Any:
    """Return a kept value with the type of what stands there now."""
    if forms.to_json(now) == kept:
        return now
    if isinstance(now, Decimal | date) and isinstance(kept, str):
        return _read(kept)
    if isinstance(kept, dict) and isinstance(now, Mapping):
        return {key: _alike(now.get(key), entry) for key, entry in kept.items()}
    if isinstance(kept, list) and isinstance(now, list):
        return [_alike(_like(now, entry), entry) for entry in kept]
    return kept


def _like(now: list[Any], kept: Any) -> Any:
    """Return the entry of a list as it is now that is a kept one, or else one of its shape.

    Lists grow: the file of a market has entries today that it had not when the decision was made.
    """
    if (same := next((entry for entry in now if forms.to_json(entry) == kept), None)) is not None:
        return same
    shape = kept.keys() if isinstance(kept, dict) else None
    return next((entry for entry in now if isinstance(entry, Mapping) and entry.keys() == shape), None)


def _typed(now: Any, kept: Any) -> Any:
    return now if forms.to_json(now) == kept else _read(kept)


def _read(kept: Any) -> Any:
    if isinstance(kept, list):
        return [_read(entry) for entry in kept]
    if isinstance(kept, dict):
        return {key: _read(entry) for key, entry in kept.items()}
    if isinstance(kept, str):
        with suppress(InvalidOperation):
            return Decimal(kept)
        with suppress(ValueError):
            return date.fromisoformat(kept)
    return kept
