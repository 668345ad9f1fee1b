"""Functions that sum a list up: least, greatest, total, average and the like."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from webapp.feel.builtin import REGISTRY
from webapp.feel.operators import arithmetic, compare
from webapp.feel.values import NUMBERS, Value, number

if TYPE_CHECKING:
    from webapp.feel.limits import Budget


@REGISTRY.add("min", "list: list", variadic=True)
def _min(budget: Budget, items: list[Value]) -> Value:
    return _extreme(budget, items, "<")


@REGISTRY.add("max", "list: list", variadic=True)
def _max(budget: Budget, items: list[Value]) -> Value:
    return _extreme(budget, items, ">")


def _extreme(budget: Budget, items: list[Value], op: str) -> Value:
    budget.tick(len(items))
    if not items or compare("<=", items[0], items[0]) is None:
        return None
    best = items[0]
    for item in items[1:]:
        better = compare(op, item, best)
        if better is None:
            return None
        if better:
            best = item
    return best


@REGISTRY.add("sum", "list: list", variadic=True)
def _sum(budget: Budget, items: list[Value]) -> Value:
    return _total(budget, items)


def _total(budget: Budget, items: list[Value]) -> Value:
    """Add numbers, or durations of one kind."""
    budget.tick(len(items))
    if not items or type(items[0]) is str:
        return None
    total = items[0]
    for item in items[1:]:
        total = arithmetic("+", total, item, budget)
    return (
        total if type(total) is type(items[0]) and arithmetic("-", total, total, budget) is not None else None
    )


@REGISTRY.add("mean", "list: list", variadic=True)
def _mean(budget: Budget, items: list[Value]) -> Value:
    return arithmetic("/", _total(budget, items), Decimal(len(items)), budget)


def _numbers(budget: Budget, items: list[Value]) -> bool:
    budget.tick(len(items))
    return all(type(item) is Decimal for item in items)


@REGISTRY.add("product", "list: list", variadic=True)
def _product(budget: Budget, items: list[Value]) -> Value:
    if not items or not _numbers(budget, items):
        return None
    result = Decimal(1)
    for item in items:
        result = NUMBERS.multiply(result, item)
    return number(result)


@REGISTRY.add("median", "list: list", variadic=True)
def _median(budget: Budget, items: list[Value]) -> Value:
    if not items or not _numbers(budget, items):
        return None
    budget.tick(len(items))
    ordered = sorted(items)
    middle, odd = divmod(len(ordered), 2)
    if odd:
        return ordered[middle]
    return number(NUMBERS.divide(NUMBERS.add(ordered[middle - 1], ordered[middle]), Decimal(2)))


@REGISTRY.add("stddev", "list: list", variadic=True)
def _stddev(budget: Budget, items: list[Value]) -> Value:
    """Give the standard deviation of a sample."""
    if len(items) < 2 or not _numbers(budget, items):  # noqa: PLR2004 a sample of one has none
        return None
    total = Decimal(0)
    for item in items:
        total = NUMBERS.add(total, item)
    mean = NUMBERS.divide(total, Decimal(len(items)))
    squares = Decimal(0)
    for item in items:
        squares = NUMBERS.add(squares, NUMBERS.power(NUMBERS.subtract(item, mean), Decimal(2)))
    return number(NUMBERS.sqrt(NUMBERS.divide(squares, Decimal(len(items) - 1))))


@REGISTRY.add("mode", "list: list", variadic=True)
def _mode(budget: Budget, items: list[Value]) -> Value:
    """Give the most frequent numbers, in ascending order."""
    if not _numbers(budget, items):
        return None
    counts: dict[Decimal, int] = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(item for item, count in counts.items() if count == most)


@REGISTRY.add("all", "list: list", variadic=True)
def _all(budget: Budget, items: list[Value]) -> Value:
    return _decide(budget, items, decisive=False)


@REGISTRY.add("any", "list: list", variadic=True)
def _any(budget: Budget, items: list[Value]) -> Value:
    return _decide(budget, items, decisive=True)


def _decide(budget: Budget, items: list[Value], *, decisive: bool) -> bool | None:
    budget.tick(len(items))
    if any(item is decisive for item in items):
        return decisive
    return None if any(item is not (not decisive) for item in items) else not decisive


@REGISTRY.add("not", "negand: any")
def _not(_budget: Budget, value: Value) -> Value:
    return not value if isinstance(value, bool) else None
