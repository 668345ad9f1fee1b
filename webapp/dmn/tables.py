"""Evaluate decision tables: which rules match, and what the hit policy makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from webapp.dmn.errors import DecisionError
from webapp.dmn.frame import Frame, blaming
from webapp.dmn.trace import CellTrace, RuleTrace
from webapp.feel import (
    Budget,
    Expression,
    FeelError,
    FeelLimitExceeded,
    Value,
    equal,
    evaluate,
    parse,
    parse_unary,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from webapp.dmn.logic import DecisionTable, Rule


@dataclass(frozen=True, slots=True, eq=False)
class CompiledTable:
    """A table whose texts are parsed for certain names.

    Attributes:
        names: key of each output in a result of several outputs.
        priorities: possible values of each output, most preferred first; empty when none are listed.
    """

    table: DecisionTable
    names: tuple[str, ...]
    inputs: tuple[Expression, ...]
    allowed: tuple[Expression | None, ...]
    tests: tuple[tuple[Expression, ...], ...]
    outputs: tuple[tuple[Expression, ...], ...]
    defaults: tuple[Expression | None, ...]
    priorities: tuple[tuple[Value, ...], ...]


@lru_cache(maxsize=256)
def compiled(table: DecisionTable, names: frozenset[str]) -> CompiledTable:
    """Parse all texts of a table.

    Raises:
        DecisionError: when one is not FEEL; names rule and column.
    """
    inputs = []
    allowed = []
    for column in table.inputs:
        with blaming(table.id, f"输入“{column.label}”的表达式"):
            inputs.append(parse(column.expression or "null", names))
        with blaming(table.id, f"输入“{column.label}”的允许值"):
            allowed.append(None if column.allowed is None else parse_unary(column.allowed, names))
    defaults = []
    priorities = []
    for result in table.outputs:
        with blaming(table.id, f"输出“{result.label}”的默认值或取值表"):
            defaults.append(None if result.default is None else parse(result.default, names))
            priorities.append(tuple(evaluate(f"[{result.values}]", {})) if result.values else ())
    return CompiledTable(
        table=table,
        names=tuple(output.name or output.label for output in table.outputs),
        inputs=tuple(inputs),
        allowed=tuple(allowed),
        tests=tuple(_tests(table, rule, names) for rule in table.rules),
        outputs=tuple(_outputs(table, rule, names) for rule in table.rules),
        defaults=tuple(defaults),
        priorities=tuple(priorities),
    )


def _tests(table: DecisionTable, rule: Rule, names: frozenset[str]) -> tuple[Expression, ...]:
    tests = []
    for column, text in zip(table.inputs, rule.tests, strict=True):
        with blaming(table.id, f"第{rule.index}条规则“{column.label}”列"):
            tests.append(parse_unary(text, names))
    return tuple(tests)


def _outputs(table: DecisionTable, rule: Rule, names: frozenset[str]) -> tuple[Expression, ...]:
    outputs = []
    for column, text in zip(table.outputs, rule.outputs, strict=True):
        with blaming(table.id, f"第{rule.index}条规则“{column.label}”列"):
            outputs.append(parse(text or "null", names))
    return tuple(outputs)


@dataclass(frozen=True, slots=True)
class TableRun:
    """What came of an evaluation: its value, its inputs as (heading, expression, value), a table's rules."""

    value: Value
    inputs: tuple[tuple[str, str, Value], ...]
    rules: tuple[RuleTrace, ...]


def run_table(table: DecisionTable, frame: Frame) -> TableRun:
    """Evaluate a table.

    Raises:
        DecisionError: for a value that is not allowed, a faulty cell, or rules that the hit policy forbids
            to match together.
    """
    ready = compiled(table, frame.names)
    values = tuple(_input_value(ready, index, frame) for index in range(len(table.inputs)))
    rules = tuple(_run_rule(ready, rule, values, frame) for rule in table.rules)
    hits = [rule for rule in rules if rule.matched]
    value = _POLICIES[table.hit_policy](ready, hits, frame.budget) if hits else _no_hit(ready, frame)
    seen = tuple(
        (column.label, column.expression, value) for column, value in zip(table.inputs, values, strict=True)
    )
    return TableRun(value, seen, rules)


def _input_value(ready: CompiledTable, index: int, frame: Frame) -> Value:
    column, allowed = ready.table.inputs[index], ready.allowed[index]
    with blaming(ready.table.id, f"输入“{column.label}”"):
        value = ready.inputs[index].evaluate(frame.root, limits=frame.budget)
        value = frame.types.coerced(value, column.type, frame.budget)
        problem = frame.types.misfit(value, column.type, frame.budget)
        if problem is None and allowed is not None and value is not None:
            passes = allowed.test(value, frame.root, limits=frame.budget)
            problem = None if passes else "不在允许的取值之内"
    if problem is not None:
        raise DecisionError(f"输入“{column.label}”{problem}", element=ready.table.id)
    return value


def _run_rule(ready: CompiledTable, rule: Rule, values: tuple[Value, ...], frame: Frame) -> RuleTrace:
    columns = ready.table.inputs
    cells: list[CellTrace] = []
    matched = True

    def place() -> str:
        return f"第{rule.index}条规则“{columns[len(cells)].label}”列"

    with blaming(ready.table.id, place):
        tests = ready.tests[rule.index - 1]
        for column, text, test, value in zip(columns, rule.tests, tests, values, strict=True):
            passed = test.always or _passes(test, value, frame, place)
            matched = matched and passed
            cells.append(CellTrace(column.label, text or "-", value, passed))
    frame.budget.tick(len(cells))
    outputs = _output_values(ready, rule, frame, matched=matched)
    return RuleTrace(rule.index, rule.id, matched, tuple(cells), outputs, rule.annotations)


def _passes(test: Expression, value: Value, frame: Frame, place: Callable[[], str]) -> bool:
    """Evaluate the tests of a cell; where errors give null, a faulty cell does not match."""
    if frame.problems.strict:
        return test.test_value(value, frame.root, frame.budget) is True
    try:
        return test.test_value(value, frame.root, frame.budget) is True
    except FeelLimitExceeded:
        raise
    except FeelError as error:
        frame.problems.note(f"{place()}：{error}")
        return False


def _output_values(ready: CompiledTable, rule: Rule, frame: Frame, *, matched: bool) -> dict[str, Value]:
    """Evaluate the outputs; of a rule that did not match only what can be evaluated is shown."""
    outputs: dict[str, Value] = {}
    columns = zip(ready.names, ready.table.outputs, ready.outputs[rule.index - 1], strict=True)
    for name, column, expression in columns:
        place = f"第{rule.index}条规则“{column.label}”列"
        try:
            with blaming(ready.table.id, place):
                value = expression.evaluate(frame.root, limits=frame.budget)
                outputs[name] = frame.types.checked(value, column.type, frame.budget)
        except DecisionError as error:
            if matched and frame.problems.strict:
                raise
            outputs[name] = None
            if matched:
                frame.problems.note(error.reason)
    return outputs


def _result(ready: CompiledTable, outputs: dict[str, Value]) -> Value:
    """A single output is its value; several are a context."""
    return outputs[ready.names[0]] if len(ready.names) == 1 else dict(outputs)


def _no_hit(ready: CompiledTable, frame: Frame) -> Value:
    """Give the defaults when no rule matches: null without any, an empty list for lists."""
    if not any(ready.defaults):
        several = ready.table.hit_policy in {"RULE ORDER", "OUTPUT ORDER", "COLLECT"}
        return [] if several and ready.table.aggregation is None else None
    with blaming(ready.table.id, "默认值"):
        values = [
            None if default is None else default.evaluate(frame.root, limits=frame.budget)
            for default in ready.defaults
        ]
    return _result(ready, dict(zip(ready.names, values, strict=True)))


def _numbers(hits: list[RuleTrace]) -> str:
    return "、".join(str(hit.index) for hit in hits)


def _unique(ready: CompiledTable, hits: list[RuleTrace], _budget: Budget) -> Value:
    if len(hits) > 1:
        raise DecisionError(f"命中策略为“唯一”，但第{_numbers(hits)}条规则同时命中", element=ready.table.id)
    return _result(ready, dict(hits[0].outputs))


def _any(ready: CompiledTable, hits: list[RuleTrace], budget: Budget) -> Value:
    first = dict(hits[0].outputs)
    if any(equal(first, dict(hit.outputs), budget) is not True for hit in hits[1:]):
        raise DecisionError(
            f"命中策略为“任一”，但同时命中的第{_numbers(hits)}条规则结果不同", element=ready.table.id
        )
    return _result(ready, first)


def _first(ready: CompiledTable, hits: list[RuleTrace], _budget: Budget) -> Value:
    return _result(ready, dict(hits[0].outputs))


def _priority(ready: CompiledTable, hits: list[RuleTrace], budget: Budget) -> Value:
    return _result(ready, dict(_by_preference(ready, hits, budget)[0].outputs))


def _rule_order(ready: CompiledTable, hits: list[RuleTrace], _budget: Budget) -> Value:
    return [_result(ready, dict(hit.outputs)) for hit in hits]


def _output_order(ready: CompiledTable, hits: list[RuleTrace], budget: Budget) -> Value:
    return _rule_order(ready, _by_preference(ready, hits, budget), budget)


def _by_preference(ready: CompiledTable, hits: list[RuleTrace], budget: Budget) -> list[RuleTrace]:
    """Order rules by the place of their outputs in the value lists, the first output first."""
    if not any(ready.priorities):
        raise DecisionError("按优先级命中的决策表没有列出输出的取值", element=ready.table.id)

    def place(hit: RuleTrace, name: str, preferred: tuple[Value, ...]) -> int:
        for index, value in enumerate(preferred):
            if equal(hit.outputs[name], value, budget) is True:
                return index
        return len(preferred)

    def preference(hit: RuleTrace) -> tuple[int, ...]:
        return tuple(place(hit, *pair) for pair in zip(ready.names, ready.priorities, strict=True))

    return sorted(hits, key=preference)


_AGGREGATES: Final = {kind: f"{kind.lower()}(values)" for kind in ("SUM", "MIN", "MAX", "COUNT")}


def _collect(ready: CompiledTable, hits: list[RuleTrace], budget: Budget) -> Value:
    values = _rule_order(ready, hits, budget)
    if ready.table.aggregation is None:
        return values
    if len(ready.names) > 1 and ready.table.aggregation != "COUNT":
        raise DecisionError("有多个输出的决策表不能汇总", element=ready.table.id)
    with blaming(ready.table.id, "汇总"):
        total = parse(_AGGREGATES[ready.table.aggregation], ("values",)).evaluate(
            {"values": values}, limits=budget
        )
        if total is None:
            raise FeelError("各条规则的结果不能汇总")
    return total


_POLICIES: Final[dict[str, Callable[[CompiledTable, list[RuleTrace], Budget], Value]]] = {
    "UNIQUE": _unique,
    "ANY": _any,
    "FIRST": _first,
    "PRIORITY": _priority,
    "RULE ORDER": _rule_order,
    "OUTPUT ORDER": _output_order,
    "COLLECT": _collect,
}
