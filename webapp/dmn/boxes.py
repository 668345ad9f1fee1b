"""Evaluate boxed expressions."""

from __future__ import annotations

from typing import Final

from webapp.dmn.errors import DecisionError
from webapp.dmn.frame import Frame, blaming
from webapp.dmn.model import (
    ContextExpression,
    DecisionTable,
    Expression,
    FunctionExpression,
    Invocation,
    ListExpression,
    LiteralExpression,
    Relation,
)
from webapp.dmn.tables import run_table
from webapp.feel import Budget, Function, Value, parse

_LEVELS: Final = 12
"""What a call of a boxed function takes from the depth."""


class BoxedFunction(Function):
    """A function whose body is a boxed expression, with what it sees where it was defined."""

    __slots__ = ("_frame", "_function", "_name", "_type")

    def __init__(self, name: str, function: FunctionExpression, frame: Frame, result: str | None) -> None:
        super().__init__(tuple(parameter for parameter, _ in function.parameters))
        self._name = name
        self._function = function
        self._frame = frame
        self._type = result

    def call(self, arguments: list[Value], budget: Budget) -> Value:
        """Evaluate the body; null when the number or types of the arguments are wrong."""
        parameters = self._function.parameters
        if len(arguments) != len(parameters):
            return None
        types = self._frame.types
        values: dict[str, Value] = {}
        for (name, wanted), argument in zip(parameters, arguments, strict=True):
            values[name] = types.coerced(argument, wanted, budget)
            if types.misfit(values[name], wanted, budget) is not None:
                return None
        budget.tick(_LEVELS)
        budget.enter(_LEVELS)
        inner = self._frame.with_names(values)
        frame = Frame(inner.root, inner.names, inner.types, budget)
        result = run(self._function.body, frame, self._name)
        budget.leave(_LEVELS)
        fitted = types.coerced(result, self._type, budget)
        return fitted if types.misfit(fitted, self._type, budget) is None else None


def run(expression: Expression, frame: Frame, name: str) -> Value:
    """Evaluate any boxed expression; `name` is what messages call it.

    Raises:
        DecisionError: when it cannot be evaluated.
    """
    if isinstance(expression, LiteralExpression):
        with blaming(expression.id, f"“{name}”的表达式"):
            return parse(expression.text or "null", frame.names).evaluate(frame.root, limits=frame.budget)
    if isinstance(expression, DecisionTable):
        return run_table(expression, frame).value
    if isinstance(expression, ContextExpression):
        return _context(expression, frame, name)
    if isinstance(expression, Invocation):
        return _invocation(expression, frame, name)
    if isinstance(expression, ListExpression):
        return [run(item, frame, name) for item in expression.items]
    if isinstance(expression, Relation):
        return _relation(expression, frame, name)
    return BoxedFunction(name, expression, frame, None)


def _context(expression: ContextExpression, frame: Frame, name: str) -> Value:
    """Evaluate the lines in order, each seeing those before; a line without name is the result."""
    made: dict[str, Value] = {}
    for entry in expression.entries:
        value = run(entry.value, frame, entry.name or name)
        value = frame.types.coerced(value, entry.type, frame.budget)
        problem = frame.types.misfit(value, entry.type, frame.budget)
        if problem is not None:
            raise DecisionError(f"“{entry.name or name}”{problem}", element=expression.id)
        if entry.name is None:
            return value
        made[entry.name] = value
        frame = frame.with_names({entry.name: value})
    return made


def _invocation(expression: Invocation, frame: Frame, name: str) -> Value:
    function = run(expression.function, frame, name)
    if not isinstance(function, Function):
        raise DecisionError(f"“{name}”所调用的不是函数", element=expression.id)
    given = {parameter: run(value, frame, parameter) for parameter, value in expression.bindings}
    if not given.keys() <= set(function.parameters):
        raise DecisionError(f"“{name}”调用函数时的参数名称不符", element=expression.id)
    with blaming(expression.id, f"“{name}”"):
        return function.call([given.get(parameter) for parameter in function.parameters], frame.budget)


def _relation(expression: Relation, frame: Frame, name: str) -> Value:
    return [
        {column: run(cell, frame, name) for column, cell in zip(expression.columns, row, strict=True)}
        for row in expression.rows
    ]
