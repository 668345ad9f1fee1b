"""FEEL types: what `instance of` asks and parameters demand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webapp.feel.errors import FeelError
from webapp.feel.values import Function, Range, Value, kind

if TYPE_CHECKING:
    from webapp.feel.compiler import NamedTypes
    from webapp.feel.limits import Budget
    from webapp.feel.nodes import TypeNode

_ALIASES: Final = {"dateTime": "date and time", "dayTimeDuration": "days and time duration",
                   "yearMonthDuration": "years and months duration"}  # fmt: skip
_SIMPLE: Final = frozenset({
    "number", "string", "boolean", "date", "time", "date and time",
    "days and time duration", "years and months duration", "list", "context", "function", "range",
})  # fmt: skip


def is_instance(value: Value, wanted: TypeNode, budget: Budget, named: NamedTypes | None = None) -> bool:
    """Whether a value is of a type; null is of none but `Null`. Types that FEEL lacks are asked of `named`.

    Raises:
        FeelError: for a type that does not exist.
    """
    name = _ALIASES.get(wanted.name, wanted.name)
    if name == "Any":
        return value is not None
    if name == "Null":
        return value is None
    if name not in _SIMPLE:
        return _named_fits(value, name, budget, named)
    if kind(value) != name:
        return False
    return _inner_fits(value, wanted, budget, named)


def _named_fits(value: Value, name: str, budget: Budget, named: NamedTypes | None) -> bool:
    found = None if named is None else named(value, name, budget)
    if found is None:
        raise FeelError(f"未知的类型“{name}”")
    return found and value is not None


def _inner_fits(value: Value, wanted: TypeNode, budget: Budget, named: NamedTypes | None) -> bool:
    if isinstance(value, list) and wanted.inner:
        budget.tick(len(value))
        return all(_may_be(item, wanted.inner[0], budget, named) for item in value)
    if isinstance(value, dict):
        budget.tick(len(wanted.keys))
        pairs = zip(wanted.keys, wanted.inner, strict=False)
        return all(key in value and _may_be(value[key], inner, budget, named) for key, inner in pairs)
    if isinstance(value, Range) and wanted.inner:
        ends = [end for end in (value.start, value.end) if end is not None]
        return all(is_instance(end, wanted.inner[0], budget, named) for end in ends)
    if isinstance(value, Function) and wanted.inner:
        return len(value.parameters) == len(wanted.inner) - 1
    return True


def _may_be(value: Value, wanted: TypeNode, budget: Budget, named: NamedTypes | None) -> bool:
    """Whether a part conforms; null conforms to every type."""
    return value is None or is_instance(value, wanted, budget, named)


def coerced(value: Value, wanted: TypeNode, budget: Budget, named: NamedTypes | None = None) -> Value:
    """Fit an argument to its parameter's type as the standard allows: [x] and x for each other; else null."""
    if value is None or is_instance(value, wanted, budget, named):
        return value
    if isinstance(value, list) and len(value) == 1 and is_instance(value[0], wanted, budget, named):
        return value[0]
    return [value] if is_instance([value], wanted, budget, named) else None
