"""Evaluate boxed expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from webapp.dmn.errors import DecisionError
from webapp.dmn.frame import Frame, blaming
from webapp.dmn.functions import LEVELS, ModelFunction
from webapp.dmn.logic import (
    Conditional,
    ContextExpression,
    DecisionTable,
    Expression,
    FilterExpression,
    FunctionExpression,
    Invocation,
    Iteration,
    ListExpression,
    LiteralExpression,
    Relation,
)
from webapp.dmn.tables import run_table
from webapp.feel import Budget, Function, Value, items_of, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from webapp.dmn.typing import Types


def run(expression: Expression, frame: Frame, name: str) -> Value:
    """Evaluate any boxed expression; `name` is what messages call it.

    Raises:
        DecisionError: when it cannot be evaluated, or its value is not of its type.
    """

    def work() -> Value:
        value = _RUNS[type(expression)](expression, frame, name)
        if isinstance(expression, FunctionExpression):
            return value
        return fitted(value, expression.type, frame, f"“{name}”", expression.id)

    return frame.problems.attempt(work)


def fitted(value: Value, wanted: str | None, frame: Frame, place: str, element: str) -> Value:
    """Fit a value to a type.

    Raises:
        DecisionError: when it is not of that type.
    """
    if wanted is None:
        return value
    value = frame.types.coerced(value, wanted, frame.budget)
    problem = frame.types.misfit(value, wanted, frame.budget)
    if problem is not None:
        raise DecisionError(f"{place}{problem}", element=element)
    return value


def function_of(
    name: str, function: FunctionExpression, frame: Callable[[], Frame], types: Types, result: str | None
) -> ModelFunction:
    """Make the function value of a boxed function; `frame` gives what its body sees."""

    def body(values: Mapping[str, Value], budget: Budget) -> Value:
        return run(function.body, frame().spending(budget).with_names(values), name)

    return ModelFunction(function.parameters, result, types, body)


def _literal(expression: LiteralExpression, frame: Frame, name: str) -> Value:
    with blaming(expression.id, f"“{name}”的表达式"):
        return parse(expression.text or "null", frame.names).evaluate(frame.root, limits=frame.budget)


def _table(expression: DecisionTable, frame: Frame, _name: str) -> Value:
    return run_table(expression, frame).value


def _context(expression: ContextExpression, frame: Frame, name: str) -> Value:
    """Evaluate the lines in order, each seeing those before; a line without name is the result."""
    made: dict[str, Value] = {}
    for entry in expression.entries:
        place = entry.name or name

        def line(entry: Any = entry, place: str = place, inner: Frame = frame) -> Value:
            return fitted(run(entry.value, inner, place), entry.type, inner, f"“{place}”", expression.id)

        value = frame.problems.attempt(line)
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


def _list(expression: ListExpression, frame: Frame, name: str) -> Value:
    return [run(item, frame, name) for item in expression.items]


def _relation(expression: Relation, frame: Frame, name: str) -> Value:
    return [
        {column: run(cell, frame, name) for column, cell in zip(expression.columns, row, strict=True)}
        for row in expression.rows
    ]


def _function(expression: FunctionExpression, frame: Frame, name: str) -> Value:
    return function_of(name, expression, lambda: frame, frame.types, None)


def _conditional(expression: Conditional, frame: Frame, name: str) -> Value:
    condition = run(expression.condition, frame, name)
    if condition is not None and not isinstance(condition, bool):
        raise DecisionError(f"“{name}”的条件既不是真也不是假", element=expression.id)
    return run(expression.yes if condition else expression.no, frame, name)


def _turns(expression: FilterExpression | Iteration, frame: Frame, name: str) -> list[Value]:
    """Give what a boxed loop or filter goes through.

    Raises:
        DecisionError: when it is neither a list nor a range that can be counted.
    """
    items = items_of(run(expression.source, frame, name), frame.budget)
    if items is None:
        raise DecisionError(f"“{name}”要逐项处理的不是列表", element=expression.id)
    return items


def _holds(condition: Expression, frame: Frame, name: str) -> bool:
    """Evaluate the condition of one turn.

    Raises:
        DecisionError: when it is neither true nor false.
    """
    value = run(condition, frame, name)
    if not isinstance(value, bool):
        raise DecisionError(f"“{name}”的逐项条件既不是真也不是假", element=condition.id)
    return value


def _filter(expression: FilterExpression, frame: Frame, name: str) -> Value:
    kept = []
    for item in _turns(expression, frame, name):
        frame.budget.tick(LEVELS)
        entries = item if type(item) is dict else {}
        if _holds(expression.condition, frame.with_names({**entries, "item": item}), name):
            kept.append(item)
    return kept


def _iteration(expression: Iteration, frame: Frame, name: str) -> Value:
    results: list[Value] = []
    for item in _turns(expression, frame, name):
        frame.budget.tick(LEVELS)
        values = {expression.variable: item}
        if expression.wants_partial:
            frame.budget.items(len(results))
            values["partial"] = list(results)
        inner = frame.with_names(values)
        turn = run if expression.kind == "for" else _holds
        results.append(turn(expression.body, inner, name))
    if expression.kind == "for":
        return results
    return any(results) if expression.kind == "some" else all(results)


_RUNS: Final[dict[type, Callable[[Any, Frame, str], Value]]] = {
    LiteralExpression: _literal,
    DecisionTable: _table,
    ContextExpression: _context,
    Invocation: _invocation,
    ListExpression: _list,
    Relation: _relation,
    FunctionExpression: _function,
    Conditional: _conditional,
    FilterExpression: _filter,
    Iteration: _iteration,
}
