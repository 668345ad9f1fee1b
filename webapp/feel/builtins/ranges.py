"""How points and ranges lie to each other (Allen's relations), as DMN 1.3 section 10.3.2.14 lists them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from webapp.feel.builtin import REGISTRY
from webapp.feel.errors import FeelLimitExceeded, FeelSyntaxError
from webapp.feel.nodes import Call, Literal, Name, RangeNode
from webapp.feel.operators import both, compare, contains, equal
from webapp.feel.parser import parse_expression
from webapp.feel.values import Range, Value

if TYPE_CHECKING:
    from webapp.feel.limits import Budget
    from webapp.feel.nodes import Node

_MAKERS: Final = frozenset({"date", "date and time", "time", "duration"})
"""Functions that may make the end of a range that is read from a text."""
_Relation = Callable[[Range, Range], bool | None]


def _less(left: Value, right: Value) -> bool | None:
    return compare("<", left, right)


def _same(left: Value, right: Value) -> bool | None:
    return (
        None
        if left is None or right is None
        else both(compare("<=", left, right), compare(">=", left, right))
    )


def _either(left: bool | None, right: bool | None) -> bool | None:  # noqa: FBT001 three-valued logic
    if left is True or right is True:
        return True
    return None if left is None or right is None else False


def _known(*, said: bool) -> bool:
    return said


def _before(one: Range, two: Range) -> bool | None:
    apart = not (one.end_included and two.start_included)
    return _either(_less(one.end, two.start), both(_known(said=apart), _same(one.end, two.start)))


def _meets(one: Range, two: Range) -> bool | None:
    return both(_known(said=one.end_included and two.start_included), _same(one.end, two.start))


def _starts_not_after(one: Range, two: Range) -> bool | None:
    """Whether the first range begins where the second does, or earlier."""
    wide = one.start_included or not two.start_included
    return _either(_less(one.start, two.start), both(_known(said=wide), _same(one.start, two.start)))


def _ends_not_before(one: Range, two: Range) -> bool | None:
    """Whether the first range ends where the second does, or later."""
    wide = one.end_included or not two.end_included
    return _either(_less(two.end, one.end), both(_known(said=wide), _same(one.end, two.end)))


def _touch(one: Range, two: Range) -> bool | None:
    """Whether the first range ends at or after the beginning of the second."""
    closed = one.end_included and two.start_included
    return _either(_less(two.start, one.end), both(_known(said=closed), _same(one.end, two.start)))


def _overlaps(one: Range, two: Range) -> bool | None:
    return both(_touch(one, two), _touch(two, one))


def _overlaps_before(one: Range, two: Range) -> bool | None:
    earlier = _either(
        _less(one.start, two.start),
        both(_known(said=one.start_included and not two.start_included), _same(one.start, two.start)),
    )
    ends_first = _either(
        _less(one.end, two.end),
        both(_known(said=two.end_included or not one.end_included), _same(one.end, two.end)),
    )
    return both(both(earlier, ends_first), _touch(one, two))


def _includes(one: Range, two: Range) -> bool | None:
    return both(_starts_not_after(one, two), _ends_not_before(one, two))


def _starts(one: Range, two: Range) -> bool | None:
    same = _known(said=one.start_included == two.start_included)
    return both(both(_same(one.start, two.start), same), _ends_not_before(two, one))


def _finishes(one: Range, two: Range) -> bool | None:
    same = _known(said=one.end_included == two.end_included)
    return both(both(_same(one.end, two.end), same), _starts_not_after(two, one))


def _coincides(one: Range, two: Range) -> bool | None:
    closed = (one.start_included, one.end_included) == (two.start_included, two.end_included)
    return both(_known(said=closed), both(_same(one.start, two.start), _same(one.end, two.end)))


def _swapped(relation: _Relation) -> _Relation:
    return lambda one, two: relation(two, one)


def _between_ranges(name: str, relation: _Relation) -> None:
    @REGISTRY.add(name, "range1: range, range2: range")
    def _related(_budget: Budget, one: Range, two: Range) -> Value:
        return relation(one, two)


def _with_point(name: str, parameters: str, relation: _Relation) -> None:
    """Register a relation in which a point counts as the range from itself to itself."""

    @REGISTRY.add(name, parameters)
    def _related(_budget: Budget, one: Value, two: Value) -> Value:
        return relation(_as_range(one), _as_range(two))


def _as_range(value: Value) -> Range:
    return value if isinstance(value, Range) else Range(value, value)


def _point_starts(point: Value, interval: Range) -> bool | None:
    return both(_known(said=interval.start_included), _same(point, interval.start))


def _point_finishes(point: Value, interval: Range) -> bool | None:
    return both(_known(said=interval.end_included), _same(point, interval.end))


_POINT = "number|string|date|time|datetime|days|months"

for _name, _relation in {
    "before": _before,
    "after": _swapped(_before),
    "meets": _meets,
    "met by": _swapped(_meets),
    "overlaps": _overlaps,
    "overlaps before": _overlaps_before,
    "overlaps after": _swapped(_overlaps_before),
    "includes": _includes,
    "during": _swapped(_includes),
    "starts": _starts,
    "started by": _swapped(_starts),
    "finishes": _finishes,
    "finished by": _swapped(_finishes),
    "coincides": _coincides,
}.items():
    _between_ranges(_name, _relation)

for _name, _relation in {"before": _before, "after": _swapped(_before)}.items():
    _with_point(_name, f"point1: {_POINT}, point2: {_POINT}", _relation)
    _with_point(_name, f"point: {_POINT}, range: range", _relation)
    _with_point(_name, f"range: range, point: {_POINT}", _relation)


@REGISTRY.add("coincides", f"point1: {_POINT}, point2: {_POINT}")
def _points_coincide(budget: Budget, one: Value, two: Value) -> Value:
    return equal(one, two, budget)


@REGISTRY.add("includes", f"range: range, point: {_POINT}")
def _range_includes(_budget: Budget, interval: Range, point: Value) -> Value:
    return contains(interval, point)


@REGISTRY.add("during", f"point: {_POINT}, range: range")
def _point_during(_budget: Budget, point: Value, interval: Range) -> Value:
    return contains(interval, point)


@REGISTRY.add("starts", f"point: {_POINT}, range: range")
def _starts_point(_budget: Budget, point: Value, interval: Range) -> Value:
    return _point_starts(point, interval)


@REGISTRY.add("started by", f"range: range, point: {_POINT}")
def _started_by_point(_budget: Budget, interval: Range, point: Value) -> Value:
    return _point_starts(point, interval)


@REGISTRY.add("finishes", f"point: {_POINT}, range: range")
def _finishes_point(_budget: Budget, point: Value, interval: Range) -> Value:
    return _point_finishes(point, interval)


@REGISTRY.add("finished by", f"range: range, point: {_POINT}")
def _finished_by_point(_budget: Budget, interval: Range, point: Value) -> Value:
    return _point_finishes(point, interval)


@REGISTRY.add("range", "from: string")
def _range(budget: Budget, text: str) -> Value:
    """Read a range whose ends are constants; null for any other text and for ends in the wrong order."""
    budget.characters(len(text))
    budget.tick(len(text))
    try:
        node = parse_expression(text, ())
    except FeelLimitExceeded:
        raise
    except FeelSyntaxError:
        return None
    if not isinstance(node, RangeNode) or node.symbol:
        return None
    start, end = _end(node.low, budget), _end(node.high, budget)
    if compare("<=", start, end) is not True:
        return None
    return Range(start, end, node.low_closed, node.high_closed)


def _end(node: Node | None, budget: Budget) -> Value:
    """Give the constant that an end is; null when it is none."""
    if isinstance(node, Literal):
        return node.value
    if not isinstance(node, Call) or not isinstance(node.function, Name) or len(node.arguments) != 1:
        return None
    argument = node.arguments[0]
    if node.function.name not in _MAKERS or not isinstance(argument, Literal) or node.names:
        return None
    return REGISTRY[node.function.name].call([argument.value], budget)
