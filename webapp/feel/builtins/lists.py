"""List functions that look into, cut, join or order lists."""

from __future__ import annotations

from decimal import Decimal
from functools import cmp_to_key
from typing import TYPE_CHECKING

from webapp.feel.builtin import REGISTRY
from webapp.feel.compile_calls import invoke
from webapp.feel.operators import compare, equal

if TYPE_CHECKING:
    from webapp.feel.limits import Budget
    from webapp.feel.values import Function, Value


def _index(place: Decimal, length: int) -> int | None:
    """Turn a place, from 1 or from -1 backwards, into an index; null when there is none."""
    if place.adjusted() > 9:  # noqa: PLR2004 no list is that long
        return None
    position = int(place)
    index = position - 1 if position > 0 else length + position
    return index if position and 0 <= index < length else None


def _among(item: Value, items: list[Value], budget: Budget) -> bool:
    budget.tick(len(items))
    return any(equal(item, other, budget) for other in items)


@REGISTRY.add("list contains", "list: list, element: any")
def _list_contains(budget: Budget, items: list[Value], element: Value) -> Value:
    return _among(element, items, budget)


@REGISTRY.add("count", "list: list")
def _count(_budget: Budget, items: list[Value]) -> Value:
    return Decimal(len(items))


@REGISTRY.add("sublist", "list: list, start position: number, length?: number")
def _sublist(budget: Budget, items: list[Value], start: Decimal, length: Decimal | None = None) -> Value:
    index = _index(start, len(items))
    if index is None:
        return None
    if length is None:
        end: int | None = len(items)
    else:
        end = _length(length, len(items) - index, index)
    if end is None:
        return None
    budget.items(end - index)
    return items[index:end]


def _length(length: Decimal, most: int, index: int) -> int | None:
    """The end of a part of that length; null when the length is not whole or goes too far."""
    if length != length.to_integral_value() or not 1 <= length <= most:
        return None
    return index + int(length)


@REGISTRY.add("append", "list: list, item: any")
def _append_named(budget: Budget, items: list[Value], item: Value) -> Value:
    return _append(budget, [items, item])


@REGISTRY.add("append", "lists: any", spread=True)
def _append(budget: Budget, parts: list[Value]) -> Value:
    if not parts or parts[0] is None:
        return None
    items = parts[0] if type(parts[0]) is list else [parts[0]]
    budget.items(len(items) + len(parts) - 1)
    return [*items, *parts[1:]]


@REGISTRY.add("concatenate", "lists: any", spread=True)
def _concatenate(budget: Budget, parts: list[Value]) -> Value:
    joined: list[Value] = []
    for part in parts:
        if part is None:
            return None
        items = part if type(part) is list else [part]
        budget.items(len(joined) + len(items))
        joined.extend(items)
    return joined


@REGISTRY.add("insert before", "list: list, position: number, newItem: any")
def _insert_before(budget: Budget, items: list[Value], position: Decimal, item: Value) -> Value:
    index = _index(position, len(items))
    if index is None:
        return None
    budget.items(len(items) + 1)
    return [*items[:index], item, *items[index:]]


@REGISTRY.add("remove", "list: list, position: number")
def _remove(budget: Budget, items: list[Value], position: Decimal) -> Value:
    index = _index(position, len(items))
    if index is None:
        return None
    budget.items(len(items))
    return [*items[:index], *items[index + 1 :]]


@REGISTRY.add("list replace", "list: list, position: number, newItem: any")
def _replace_at(budget: Budget, items: list[Value], position: Decimal, item: Value) -> Value:
    index = _index(position, len(items))
    if index is None:
        return None
    budget.items(len(items))
    return [*items[:index], item, *items[index + 1 :]]


@REGISTRY.add("list replace", "list: list, match: function, newItem: any")
def _replace_matching(budget: Budget, items: list[Value], match: Function, new: Value) -> Value:
    replaced = []
    for item in items:
        budget.tick()
        chosen = invoke(match, [item, new], budget)
        if not isinstance(chosen, bool):
            return None
        replaced.append(new if chosen else item)
    return replaced


@REGISTRY.add("reverse", "list: list")
def _reverse(budget: Budget, items: list[Value]) -> Value:
    budget.items(len(items))
    return items[::-1]


@REGISTRY.add("index of", "list: list, match: any")
def _index_of(budget: Budget, items: list[Value], match: Value) -> Value:
    budget.tick(len(items))
    return [Decimal(place) for place, item in enumerate(items, 1) if equal(item, match, budget)]


@REGISTRY.add("union", "lists: any", spread=True)
def _union(budget: Budget, parts: list[Value]) -> Value:
    joined = _concatenate(budget, parts)
    return None if joined is None else _distinct(budget, joined)


@REGISTRY.add("distinct values", "list: list")
def _distinct(budget: Budget, items: list[Value]) -> Value:
    kept: list[Value] = []
    for item in items:
        if not _among(item, kept, budget):
            kept.append(item)
    return kept


@REGISTRY.add("flatten", "list: list")
def _flatten(budget: Budget, items: list[Value]) -> Value:
    flat: list[Value] = []
    open_parts = [iter(items)]
    while open_parts:
        for item in open_parts[-1]:
            budget.tick()
            if type(item) is list:
                open_parts.append(iter(item))
                break
            flat.append(item)
        else:
            open_parts.pop()
    budget.items(len(flat))
    return flat


@REGISTRY.add("sort", "list: list, precedes?: function")
def _sort(budget: Budget, items: list[Value], precedes: Function | None = None) -> Value:
    """Order a list; without a function by `<`, and then null if two items have no order."""
    broken = False

    def before(left: Value, right: Value) -> bool:
        nonlocal broken
        budget.tick()
        result = compare("<", left, right) if precedes is None else invoke(precedes, [left, right], budget)
        broken = broken or not isinstance(result, bool)
        return result is True

    def order(left: Value, right: Value) -> int:
        if before(left, right):
            return -1
        return 1 if before(right, left) else 0

    budget.items(len(items))
    ordered = sorted(items, key=cmp_to_key(order))
    return None if broken else ordered
