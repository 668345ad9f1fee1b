"""Check a decision table: its columns, its cells, and what its rules cover."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webapp.dmn.coverage import Column, coverage
from webapp.dmn.findings import Finding
from webapp.dmn.typing import CHINESE, KINDS
from webapp.feel import Budget, Expression, FeelError, Value, equal, evaluate, kind, parse, parse_unary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from webapp.dmn.logic import DecisionTable, InputClause, OutputClause, Rule
    from webapp.dmn.model import Definitions
    from webapp.dmn.texts import TextChecker
    from webapp.dmn.typing import Types

_MOST_NARROWINGS: Final = 20


def check_table(checker: TextChecker, table: DecisionTable, place: str) -> Iterator[Finding]:
    """Check a table; what its rules cover is looked at only when its cells are in order."""
    found = [
        *_inputs(checker, table, place),
        *_outputs(checker, table, place),
        *(finding for rule in table.rules for finding in _cells(checker, table, rule)),
    ]
    yield from found
    if not table.rules:
        yield Finding(table.id, f"{place}的决策表没有规则", "至少写一条规则", "warning")
    if not any(finding.severity == "error" for finding in found):
        columns = [_column(checker, table, index) for index in range(len(table.inputs))]
        yield from coverage(table, columns, checker.budget)


def known_type(types: Types, element: str, where: str, name: str | None) -> Iterator[Finding]:
    """Report a type that neither FEEL nor the model knows."""
    if name is not None and not types.knows(name):
        yield Finding(element, f"{where}的类型“{name}”没有定义", "改用已有类型，或先定义该类型", "error")


def _inputs(checker: TextChecker, table: DecisionTable, place: str) -> Iterator[Finding]:
    for column in table.inputs:
        where, element = f"{place}输入“{column.label}”", column.id or table.id
        yield from checker.expression(element, f"{where}的表达式", column.expression)
        yield from known_type(checker.types, element, where, column.type)
        if column.allowed is not None:
            yield from checker.cell(element, f"{where}的允许值", column.allowed)


def _outputs(checker: TextChecker, table: DecisionTable, place: str) -> Iterator[Finding]:
    names = [output.name or output.label for output in table.outputs]
    if len(names) > 1 and (len(set(names)) < len(names) or not all(names)):
        reason = f"{place}的多个输出没有名称或名称重复"
        yield Finding(table.id, reason, "给每个输出起不同的名称", "error")
    ordered = table.hit_policy in {"PRIORITY", "OUTPUT ORDER"}
    if ordered and not any(output.values for output in table.outputs):
        reason = f"{place}按优先级命中，却没有列出输出的取值"
        yield Finding(table.id, reason, "按优先次序列出输出的取值", "error")
    if table.aggregation not in {None, "COUNT"} and len(table.outputs) > 1:
        yield Finding(table.id, f"{place}有多个输出，不能汇总", "只留一个输出，或不汇总", "error")
    for output in table.outputs:
        yield from _output(checker, output, output.id or table.id, f"{place}输出“{output.label}”")


def _output(checker: TextChecker, output: OutputClause, element: str, where: str) -> Iterator[Finding]:
    yield from known_type(checker.types, element, where, output.type)
    if output.values is not None:
        yield from checker.expression(element, f"{where}的取值", f"[{output.values}]", unknown="error")
    if output.default is not None:
        found = list(checker.expression(element, f"{where}的默认值", output.default, unknown="error"))
        yield from found
        if not found:
            yield from _output_value(checker, output, output.default, element, f"{where}的默认值")


def _cells(checker: TextChecker, table: DecisionTable, rule: Rule) -> Iterator[Finding]:
    for column, text in zip(table.inputs, rule.tests, strict=True):
        where = f"第{rule.index}条规则“{column.label}”列"
        found = list(checker.cell(rule.id, where, text))
        yield from found or _constants(checker, column, text, rule.id, where)
    for output, text in zip(table.outputs, rule.outputs, strict=True):
        where = f"第{rule.index}条规则“{output.label}”列"
        if not text:
            yield Finding(rule.id, f"{where}是空的，结果将是空值", "写上结果", "warning")
            continue
        found = list(checker.expression(rule.id, where, text, unknown="error"))
        yield from found or _output_value(checker, output, text, rule.id, where)


def _constants(
    checker: TextChecker, column: InputClause, text: str, element: str, where: str
) -> Iterator[Finding]:
    """Compare the constants of a cell with the type of its column."""
    wanted = feel_type(column.type or _declared(checker.model, column.expression), checker.types)
    if wanted is None:
        return
    try:
        profile = parse_unary(text, checker.names).profile()
    except FeelError as error:
        yield Finding(element, f"{where}写错了：{error}", "改正常量", "error")
        return
    for constant in profile.constants if profile.regular else ():
        if kind(constant) != wanted:
            reason = f"{where}应为{CHINESE[wanted]}，却写了{CHINESE[kind(constant)]}"
            yield Finding(element, reason, f"改为{CHINESE[wanted]}，或改正该列的类型", "error")


def _output_value(
    checker: TextChecker, output: OutputClause, text: str, element: str, where: str
) -> Iterator[Finding]:
    """Check a constant result: its type, and that it is one of the values listed."""
    if parse(text).names:
        return
    budget = checker.budget
    try:
        value = evaluate(text, {})
        problem = checker.types.misfit(value, output.type, budget)
        listed = evaluate(f"[{output.values}]", {}) if output.values else None
    except FeelError as error:
        yield Finding(element, f"{where}：{error}", "改正结果", "error")
        return
    if problem is not None:
        yield Finding(element, f"{where}的结果{problem}", "改正结果或该列的类型", "error")
    elif listed is not None and not _among(value, listed, budget):
        yield Finding(element, f"{where}的结果不在该列列出的取值中", "改正结果，或把它加进取值", "error")


def _among(value: Value, listed: list[Value], budget: Budget) -> bool:
    return any(equal(value, item, budget) is True for item in listed)


def _declared(model: Definitions, expression: str) -> str | None:
    """The type of the input data or decision that an expression names, if it is just a name."""
    for element in model.elements.values():
        if element.variable == expression:
            return element.type
    return None


def feel_type(name: str | None, types: Types) -> str | None:
    """Give the FEEL type behind a type name; None when it is not a simple type."""
    for _ in range(_MOST_NARROWINGS):
        found = None if name is None or name in KINDS else types.find(name)
        if found is None:
            break
        types, item = found
        name = None if item.collection else item.base
    feel = KINDS.get(name or "")
    return None if feel in {"context", "list", "range", "function"} else feel


def _column(checker: TextChecker, table: DecisionTable, index: int) -> Column:
    model, clause = checker.model, table.inputs[index]
    name = clause.type or _declared(model, clause.expression)
    return Column(
        expression=clause.expression,
        label=clause.label,
        type=feel_type(name, checker.types),
        tests=tuple(parse_unary(rule.tests[index], checker.names) for rule in table.rules),
        allowed=_allowed(checker.types, clause, name),
    )


def _allowed(types: Types, clause: InputClause, name: str | None) -> Expression | None:
    """The tests that every value of an input passes: those of its column, else those of its type."""
    found = types.find(name or "")
    item = None if found is None or found[1].collection else found[1]
    text = clause.allowed or (None if item is None else item.allowed or item.whole)
    return None if text is None else parse_unary(text)
