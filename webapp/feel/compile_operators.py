"""Compile operators, conditions and unary tests."""

from __future__ import annotations

import operator
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from webapp.feel.compile_values import number_literal
from webapp.feel.compiler import PLACEHOLDER, Code, Compiler, Rule, Scope
from webapp.feel.nodes import (
    Arithmetic,
    Between,
    Call,
    Compare,
    If,
    In,
    InstanceOf,
    Logic,
    Negate,
    Node,
    Placeholder,
    Quantified,
    RangeNode,
    Test,
    Tests,
    children,
)
from webapp.feel.operators import DECIMAL, arithmetic, both, compare, contains, equal, negate
from webapp.feel.values import Range, Value

if TYPE_CHECKING:
    from collections.abc import Callable

_ORDER: Final[dict[str, Callable[[Decimal, Decimal], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_CONDITIONS: Final = (Compare, Logic, Between, In, InstanceOf, Quantified, Call)
"""Nodes that state a condition, so that in a cell their truth counts rather than their value."""


def _arithmetic(compiler: Compiler, node: Arithmetic) -> Code:
    first = compiler.compile(node.first)
    rest = tuple((op, DECIMAL[op], compiler.compile(operand)) for op, operand in node.rest)

    def calculate(scope: Scope) -> Value:
        value = first(scope)
        for op, exact, operand in rest:
            other = operand(scope)
            if type(value) is Decimal and type(other) is Decimal:
                value = exact(value, other)
                if not value.is_finite():
                    value = None
            else:
                value = arithmetic(op, value, other, scope.budget)
        return value

    return calculate


def _negate(compiler: Compiler, node: Negate) -> Code:
    operand = compiler.compile(node.operand)
    return lambda scope: negate(operand(scope))


def _compare(compiler: Compiler, node: Compare) -> Code:
    left = compiler.compile(node.left)
    constant = number_literal(node.right)
    right = compiler.compile(node.right)
    if node.op in _ORDER:
        return _ordered(node.op, left, right) if constant is None else _ordered_to(node.op, left, constant)
    if node.op == "=":
        return lambda scope: equal(left(scope), right(scope), scope.budget)
    return lambda scope: _inverted(equal(left(scope), right(scope), scope.budget))


def _ordered(op: str, left: Code, right: Code) -> Code:
    exact = _ORDER[op]

    def ordered(scope: Scope) -> Value:
        value, other = left(scope), right(scope)
        if type(value) is Decimal and type(other) is Decimal:
            return exact(value, other)
        return compare(op, value, other)

    return ordered


def _ordered_to(op: str, left: Code, constant: Decimal) -> Code:
    exact = _ORDER[op]

    def ordered(scope: Scope) -> Value:
        value = left(scope)
        return exact(value, constant) if type(value) is Decimal else None

    return ordered


def _inverted(value: Value) -> bool | None:
    return not value if isinstance(value, bool) else None


def _logic(compiler: Compiler, node: Logic) -> Code:
    codes = tuple(compiler.compile(operand) for operand in node.operands)
    decisive = node.op == "or"

    def decide(scope: Scope) -> Value:
        result: bool | None = not decisive
        for code in codes:
            value = code(scope)
            if value is decisive:
                return decisive
            if value is not (not decisive):
                result = None
        return result

    return decide


def _between(compiler: Compiler, node: Between) -> Code:
    value, low, high = (compiler.compile(part) for part in (node.value, node.low, node.high))

    def between(scope: Scope) -> Value:
        middle = value(scope)
        return both(compare(">=", middle, low(scope)), compare("<=", middle, high(scope)))

    return between


def _if(compiler: Compiler, node: If) -> Code:
    condition, yes, no = (compiler.compile(part) for part in (node.condition, node.yes, node.no))
    return lambda scope: yes(scope) if condition(scope) is True else no(scope)


def _in(compiler: Compiler, node: In) -> Code:
    value = compiler.compile(node.value)
    with compiler.binding((PLACEHOLDER,)):
        any_of = _any_of(compiler, node.tests)
    return lambda scope: any_of(scope.bind(PLACEHOLDER, value(scope)))


def _tests(compiler: Compiler, node: Tests) -> Code:
    if not node.tests:
        return lambda _scope: True
    any_of = _any_of(compiler, node.tests)
    return (lambda scope: _inverted(any_of(scope))) if node.negated else any_of


def _any_of(compiler: Compiler, tests: tuple[Node, ...]) -> Code:
    codes = tuple(_one_test(compiler, test) for test in tests)
    if len(codes) == 1:
        return codes[0]

    def any_of(scope: Scope) -> Value:
        result: bool | None = False
        for code in codes:
            value = code(scope)
            if value is True:
                return True
            if value is None:
                result = None
        return result

    return any_of


def _one_test(compiler: Compiler, node: Node) -> Code:
    if isinstance(node, Test):
        return _operator_test(compiler, node)
    code = compiler.compile(node)
    condition = isinstance(node, _CONDITIONS)
    truth = _uses_placeholder(node)

    def passes(scope: Scope) -> Value:
        wanted = code(scope)
        if wanted is None and isinstance(node, RangeNode):
            return None
        if truth:
            return wanted if isinstance(wanted, bool) else None
        value = scope.locals[PLACEHOLDER]
        if condition and isinstance(wanted, bool) and not isinstance(value, bool):
            return wanted
        return matches(value, wanted, scope)

    return passes


def matches(value: Value, wanted: Value, scope: Scope) -> bool | None:
    """Whether a value is, or is among, what a test names."""
    if type(wanted) is Range:
        return contains(wanted, value)
    if type(wanted) is not list:
        return equal(value, wanted, scope.budget)
    scope.budget.tick(len(wanted))
    result = equal(value, wanted, scope.budget) if type(value) is list else False
    for item in wanted:
        same = contains(item, value) if type(item) is Range else equal(value, item, scope.budget)
        if same is True:
            return True
    return result


def _operator_test(compiler: Compiler, node: Test) -> Code:
    op = node.op
    operand = compiler.compile(node.operand)
    if op in _ORDER:
        return lambda scope: compare(op, scope.locals[PLACEHOLDER], operand(scope))
    if op == "=":
        return lambda scope: equal(scope.locals[PLACEHOLDER], operand(scope), scope.budget)
    return lambda scope: _inverted(equal(scope.locals[PLACEHOLDER], operand(scope), scope.budget))


def _uses_placeholder(node: object) -> bool:
    """Whether `?` stands anywhere in a tree; `in` has its own."""
    if isinstance(node, Placeholder):
        return True
    if isinstance(node, In):
        return _uses_placeholder(node.value)
    return any(_uses_placeholder(child) for child in children(node))


RULES: Final[dict[type, Rule]] = {
    Arithmetic: _arithmetic,
    Negate: _negate,
    Compare: _compare,
    Logic: _logic,
    Between: _between,
    If: _if,
    In: _in,
    Tests: _tests,
}
