"""What can be told about unary tests without running them: their constants, and what else counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.feel.nodes import (
    Between,
    Call,
    Compare,
    In,
    Logic,
    Name,
    Node,
    Placeholder,
    Test,
    Tests,
    children,
    mentions,
)
from webapp.feel.values import Range, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Profile:
    """What unary tests depend on.

    Attributes:
        constants: the constant values that the tests compare with.
        regular: the outcome can change only at these constants, so it is the same for all values between two
            neighbours.
    """

    constants: tuple[Value, ...]
    regular: bool


def profile(tests: Node, value_of: Callable[[Node], Value]) -> Profile:
    """Describe the tests of a cell; `value_of` evaluates a tree without free names."""
    constants: list[Value] = []
    for part in _closed(tests):
        _collect(value_of(part), constants)
    parts = tests.tests if isinstance(tests, Tests) else (tests,)
    return Profile(tuple(constants), all(_is_regular(part) for part in parts))


def _collect(value: Value, constants: list[Value]) -> None:
    if isinstance(value, list):
        for item in value:
            _collect(item, constants)
    elif isinstance(value, Range):
        constants.extend(end for end in (value.start, value.end) if end is not None)
    elif value is not None:
        constants.append(value)


def _is_closed(part: object) -> bool:
    """Whether a tree has a value of its own: no `?` and no names but those of called functions."""
    if isinstance(part, Call):
        arguments_closed = all(_is_closed(argument) for argument in part.arguments)
        return isinstance(part.function, Name) and arguments_closed
    return not mentions(part, Name) and not mentions(part, Placeholder)


def _closed(part: object) -> Iterator[Node]:
    """Give the largest trees that have a value of their own."""
    if isinstance(part, Node) and not isinstance(part, Tests | Test) and _is_closed(part):
        yield part
        return
    for child in children(part):
        yield from _closed(child)


def _is_regular(part: Node) -> bool:
    if isinstance(part, Test):
        return _is_closed(part.operand)
    if isinstance(part, Compare):
        return isinstance(part.left, Placeholder) and _is_closed(part.right)
    if isinstance(part, Logic):
        return all(_is_regular(operand) for operand in part.operands)
    if isinstance(part, Between):
        return isinstance(part.value, Placeholder) and _is_closed((part.low, part.high))
    if isinstance(part, In):
        return isinstance(part.value, Placeholder) and all(_is_regular(test) for test in part.tests)
    if isinstance(part, Call) and isinstance(part.function, Name) and part.function.name == "not":
        return all(_is_regular(argument) for argument in part.arguments)
    return _is_closed(part)
