"""Compile what runs a body many times: `for`, `some`, `every` and filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Iterator as Turns
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeAlias

from webapp.feel.compile_values import number_literal
from webapp.feel.compiler import ITEM, Code, Compiler, Rule, Scope
from webapp.feel.nodes import Filter, For, Iterator, Name, Quantified, mentions
from webapp.feel.values import Range, Value

if TYPE_CHECKING:
    from webapp.feel.limits import Budget

_PARTIAL: Final = "partial"
_DIGITS: Final = 30
_Bindings: TypeAlias = Callable[[Scope], Turns[Scope]]


class _NothingToIterateError(Exception):
    """The source of a loop is not a list or range; the loop is null."""


def _for(compiler: Compiler, node: For) -> Code:
    turns = _turns(compiler, node.iterators)
    with compiler.binding([_PARTIAL, *(iterator.name for iterator in node.iterators)]):
        body, weight = compiler.weighed(node.body)
    wants_partial = mentions(node.body, Name, _PARTIAL)

    def run(scope: Scope) -> Value:
        results: list[Value] = []
        budget = scope.budget
        try:
            for inner in turns(scope):
                budget.tick(weight)
                if wants_partial:
                    budget.items(len(results))
                    inner.locals[_PARTIAL] = list(results)
                results.append(body(inner))
                budget.fits(len(results))
        except _NothingToIterateError:
            return None
        return results

    return run


def _quantified(compiler: Compiler, node: Quantified) -> Code:
    turns = _turns(compiler, node.iterators)
    with compiler.binding([iterator.name for iterator in node.iterators]):
        condition, weight = compiler.weighed(node.condition)
    decisive = node.op == "some"

    def run(scope: Scope) -> Value:
        result: bool | None = not decisive
        try:
            for inner in turns(scope):
                scope.budget.tick(weight)
                value = condition(inner)
                if value is decisive:
                    return decisive
                if value is not (not decisive):
                    result = None
        except _NothingToIterateError:
            return None
        return result

    return run


def _turns(compiler: Compiler, iterators: tuple[Iterator, ...]) -> _Bindings:
    """Compile the iterators of a loop; the later ones see and run inside the earlier ones."""
    sources = []
    known: list[str] = []
    for iterator in iterators:
        with compiler.binding(known):
            sources.append(_source(compiler, iterator))
        known.append(iterator.name)

    def nested(index: int, scope: Scope) -> Turns[Scope]:
        name, values = sources[index]
        last = index + 1 == len(sources)
        for value in values(scope):
            scope.budget.tick()
            inner = scope.bind(name, value)
            if last:
                yield inner
            else:
                yield from nested(index + 1, inner)

    return lambda scope: nested(0, scope)


def _source(compiler: Compiler, iterator: Iterator) -> tuple[str, Callable[[Scope], Iterable[Value]]]:
    start, _ = compiler.weighed(iterator.source)
    if iterator.end is None:
        return iterator.name, lambda scope: _values(start(scope))
    end = compiler.compile(iterator.end)
    return iterator.name, lambda scope: _span(start(scope), end(scope))


def _values(value: Value) -> Iterable[Value]:
    if type(value) is list:
        return value
    if type(value) is Range:
        return _range_values(value)
    if value is None:
        raise _NothingToIterateError
    return (value,)


def items_of(value: Value, budget: Budget) -> list[Value] | None:
    """Give what a loop over a value goes through; null when a loop over it makes no sense.

    Raises:
        FeelLimitExceeded: when there are too many items.
    """
    items: list[Value] = []
    try:
        for item in _values(value):
            budget.tick()
            budget.fits(len(items) + 1)
            items.append(item)
    except _NothingToIterateError:
        return None
    return items


def _range_values(interval: Range) -> Iterable[Value]:
    return (
        value
        for value in _span(interval.start, interval.end)
        if (interval.start_included or value != interval.start)
        and (interval.end_included or value != interval.end)
    )


def _span(start: Value, end: Value) -> Iterable[Value]:
    """Count from one end to the other, upwards or downwards, in whole numbers or days."""
    if type(start) is date and type(end) is date:
        return _days(start, end)
    if type(start) is Decimal and type(end) is Decimal and _whole(start) and _whole(end):
        step = 1 if start <= end else -1
        return (Decimal(value) for value in range(int(start), int(end) + step, step))
    raise _NothingToIterateError


def _whole(value: Decimal) -> bool:
    return value.adjusted() < _DIGITS and value == value.to_integral_value()


def _days(start: date, end: date) -> Iterable[date]:
    step = 1 if start <= end else -1
    return (start + timedelta(days=offset) for offset in range(0, (end - start).days + step, step))


def _filter(compiler: Compiler, node: Filter) -> Code:
    base = compiler.compile(node.base)
    constant = number_literal(node.condition)
    if constant is not None:
        place = constant
        return lambda scope: _item_at(_listed(base(scope)), place)
    with compiler.filtering() as key, compiler.binding(()):
        condition, weight = compiler.weighed(node.condition)

    def select(scope: Scope) -> Value:
        items = _listed(base(scope))
        budget = scope.budget
        kept: list[Value] = []
        for item in items or [{}]:
            budget.tick(weight + 1)
            local = {**scope.locals, key: item, ITEM: item}
            value = condition(Scope(scope.root, local, budget))
            if type(value) is Decimal:
                return _item_at(items, value)
            if value is True and items:
                kept.append(item)
        return kept

    return select


def _listed(value: Value) -> list[Value]:
    if type(value) is list:
        return value
    return [] if value is None else [value]


def _item_at(items: list[Value], place: Decimal) -> Value:
    """Take an item by its place, from 1, or from -1 backwards; null when there is none."""
    if not _whole(place):
        return None
    index = int(place)
    if 0 < index <= len(items):
        return items[index - 1]
    return items[index] if -len(items) <= index < 0 else None


RULES: Final[dict[type, Rule]] = {
    For: _for,
    Quantified: _quantified,
    Filter: _filter,
}
