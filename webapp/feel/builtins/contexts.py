"""Context functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.feel.builtin import REGISTRY

if TYPE_CHECKING:
    from webapp.feel.limits import Budget
    from webapp.feel.values import Value


@REGISTRY.add("get value", "m: context, key: string|list")
def _get_value(budget: Budget, context: dict[str, Value], key: str | list[Value]) -> Value:
    """Look an entry up, or follow a list of keys down."""
    if isinstance(key, str):
        return context.get(key)
    value: Value = context
    budget.tick(len(key))
    for name in key:
        if type(value) is not dict or type(name) is not str:
            return None
        value = value.get(name)
    return value if key else None


@REGISTRY.add("get entries", "m: context")
def _get_entries(budget: Budget, context: dict[str, Value]) -> Value:
    budget.items(len(context))
    return [{"key": key, "value": value} for key, value in context.items()]


@REGISTRY.add("context", "entries: list")
def _context(budget: Budget, entries: list[Value]) -> Value:
    """Make a context of `{key, value}` entries; null when a key is missing or comes twice."""
    budget.items(len(entries))
    made: dict[str, Value] = {}
    for entry in entries:
        if type(entry) is not dict or "value" not in entry:
            return None
        key = entry.get("key")
        if type(key) is not str or key in made:
            return None
        made[key] = entry["value"]
    return made


@REGISTRY.add("context put", "context: context, key: string, value: any")
def _context_put(budget: Budget, context: dict[str, Value], key: str, value: Value) -> Value:
    budget.items(len(context) + 1)
    return {**context, key: value}


@REGISTRY.add("context put", "context: context, keys: list, value: any")
def _context_put_deep(budget: Budget, context: dict[str, Value], keys: list[Value], value: Value) -> Value:
    if not keys or any(type(key) is not str for key in keys):
        return None
    budget.items(len(keys))
    levels: list[dict[str, Value]] = [context]
    for key in keys[:-1]:
        inner = levels[-1].get(key)
        if type(inner) is not dict:
            return None
        levels.append(inner)
    for level, key in zip(reversed(levels), reversed(keys), strict=True):
        budget.items(len(level) + 1)
        value = {**level, key: value}
    return value


@REGISTRY.add("context merge", "contexts: list")
def _context_merge(budget: Budget, contexts: list[Value]) -> Value:
    merged: dict[str, Value] = {}
    for context in contexts:
        if type(context) is not dict:
            return None
        budget.items(len(merged) + len(context))
        merged.update(context)
    return merged
