"""Read the boxed expressions of DMN: tables, literals, contexts, calls, lists, functions, loops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webapp.dmn.errors import DmnSyntaxError
from webapp.dmn.logic import (
    Conditional,
    ContextEntry,
    ContextExpression,
    DecisionTable,
    Expression,
    FilterExpression,
    FunctionExpression,
    InputClause,
    Invocation,
    Iteration,
    ListExpression,
    LiteralExpression,
    OutputClause,
    Relation,
    Rule,
)
from webapp.dmn.xml import attribute, child, children, local, name_of, text_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml import etree

HIT_POLICIES: Final = ("UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER")
AGGREGATIONS: Final = ("SUM", "COUNT", "MIN", "MAX")
_MAX_NESTING: Final = 30
_LANGUAGES: Final = ("", "feel")


def type_name(element: etree._Element, name: str = "typeRef") -> str | None:
    """Give the type that an attribute of an element refers to, without a prefix."""
    return attribute(element, name).rpartition(":")[2] or None


def expression_in(element: etree._Element, depth: int = 0) -> Expression | None:
    """Read the boxed expression inside an element, if there is one.

    Raises:
        DmnSyntaxError: for logic that is not FEEL or that is malformed.
    """
    box = child(element, *_READERS)
    return None if box is None else _expression(box, depth)


def _required(element: etree._Element, depth: int) -> Expression:
    found = expression_in(element, depth)
    return found if found is not None else LiteralExpression(attribute(element, "id"), "null")


def _expression(box: etree._Element, depth: int) -> Expression:
    if depth > _MAX_NESTING:
        raise DmnSyntaxError("决策逻辑的嵌套层数超出上限")
    return _READERS[local(box)](box, depth)


def _literal(box: etree._Element, _depth: int) -> LiteralExpression:
    language = attribute(box, "expressionLanguage")
    if not language.rstrip("/").lower().endswith("feel") and language:
        raise DmnSyntaxError(f"表达式语言只能是 FEEL，不能是“{language}”", element=attribute(box, "id"))
    return LiteralExpression(attribute(box, "id"), text_in(box), type_name(box))


def _context(box: etree._Element, depth: int) -> ContextExpression:
    entries = tuple(_entry(part, depth) for part in children(box, "contextEntry"))
    return ContextExpression(attribute(box, "id"), entries, type_name(box))


def _entry(element: etree._Element, depth: int) -> ContextEntry:
    variable = child(element, "variable")
    if variable is None:
        return ContextEntry(None, None, _required(element, depth + 1))
    name = name_of(variable)
    return ContextEntry(name, type_name(variable), _required(element, depth + 1))


def _invocation(box: etree._Element, depth: int) -> Invocation:
    bindings = []
    for binding in children(box, "binding"):
        parameter = child(binding, "parameter")
        name = "" if parameter is None else name_of(parameter)
        bindings.append((name, _required(binding, depth + 1)))
    function = _required(box, depth + 1)
    return Invocation(attribute(box, "id"), function, tuple(bindings), type_name(box))


def _list(box: etree._Element, depth: int) -> ListExpression:
    items = tuple(_expression(part, depth + 1) for part in children(box, *_READERS))
    return ListExpression(attribute(box, "id"), items, type_name(box))


def _conditional(box: etree._Element, depth: int) -> Conditional:
    condition, yes, no = (_part(box, name, depth) for name in ("if", "then", "else"))
    return Conditional(attribute(box, "id"), condition, yes, no, type_name(box))


def _filter(box: etree._Element, depth: int) -> FilterExpression:
    source, condition = _part(box, "in", depth), _part(box, "match", depth)
    return FilterExpression(attribute(box, "id"), source, condition, type_name(box))


def _iteration(box: etree._Element, depth: int) -> Iteration:
    kind = local(box)
    return Iteration(
        id=attribute(box, "id"),
        kind=kind,
        variable=" ".join(attribute(box, "iteratorVariable").split()),
        source=_part(box, "in", depth),
        body=_part(box, "return" if kind == "for" else "satisfies", depth),
        wants_partial=kind == "for" and any("partial" in str(text) for text in box.itertext()),
        type=type_name(box),
    )


def _part(box: etree._Element, name: str, depth: int) -> Expression:
    """Read the expression inside a named part of a box.

    Raises:
        DmnSyntaxError: when the part is missing.
    """
    part = child(box, name)
    if part is None:
        raise DmnSyntaxError(f"“{local(box)}”缺少“{name}”", element=attribute(box, "id"))
    return _required(part, depth + 1)


def _relation(box: etree._Element, depth: int) -> Relation:
    columns = tuple(name_of(column) for column in children(box, "column"))
    rows = tuple(
        tuple(_expression(cell, depth + 1) for cell in children(row, *_READERS))
        for row in children(box, "row")
    )
    if any(len(row) != len(columns) for row in rows):
        raise DmnSyntaxError("关系表的单元格数与列数不一致", element=attribute(box, "id"))
    return Relation(attribute(box, "id"), columns, rows, type_name(box))


def function_in(box: etree._Element, depth: int = 0) -> FunctionExpression:
    """Read a boxed function.

    Raises:
        DmnSyntaxError: for a function that is not written in FEEL.
    """
    if attribute(box, "kind") not in {"", "FEEL"}:
        raise DmnSyntaxError("不支持外部函数", element=attribute(box, "id"))
    parameters = tuple(
        (name_of(parameter), type_name(parameter)) for parameter in children(box, "formalParameter")
    )
    return FunctionExpression(attribute(box, "id"), parameters, _required(box, depth + 1))


def _table(box: etree._Element, _depth: int) -> DecisionTable:
    key = attribute(box, "id")
    policy = attribute(box, "hitPolicy") or "UNIQUE"
    aggregation = attribute(box, "aggregation") or None
    if policy not in HIT_POLICIES:
        raise DmnSyntaxError(f"未知的命中策略“{policy}”", element=key)
    if aggregation is not None and (aggregation not in AGGREGATIONS or policy != "COLLECT"):
        raise DmnSyntaxError(f"命中策略“{policy}”不能使用汇总方式“{aggregation}”", element=key)
    inputs = tuple(_input(column) for column in children(box, "input"))
    outputs = tuple(_output(column) for column in children(box, "output"))
    if not outputs:
        raise DmnSyntaxError("决策表没有输出列", element=key)
    headings = tuple(attribute(column, "name") for column in children(box, "annotation"))
    rules = tuple(
        _rule(row, index, len(inputs), len(outputs), headings)
        for index, row in enumerate(children(box, "rule"), 1)
    )
    return DecisionTable(key, policy, aggregation, inputs, outputs, rules, type_name(box))


def _input(column: etree._Element) -> InputClause:
    expression = child(column, "inputExpression")
    text = text_in(expression)
    return InputClause(
        id=attribute(column, "id"),
        label=attribute(column, "label") or text,
        expression=text,
        type=None if expression is None else type_name(expression),
        allowed=text_in(child(column, "inputValues")) or None,
    )


def _output(column: etree._Element) -> OutputClause:
    name = name_of(column)
    return OutputClause(
        id=attribute(column, "id"),
        name=name,
        label=attribute(column, "label") or name,
        type=type_name(column),
        values=text_in(child(column, "outputValues")) or None,
        default=text_in(child(column, "defaultOutputEntry")) or None,
    )


def _rule(row: etree._Element, index: int, inputs: int, outputs: int, headings: tuple[str, ...]) -> Rule:
    key = attribute(row, "id") or f"rule-{index}"
    tests = tuple(text_in(cell) for cell in children(row, "inputEntry"))
    results = tuple(text_in(cell) for cell in children(row, "outputEntry"))
    if len(tests) != inputs or len(results) != outputs:
        raise DmnSyntaxError(f"第{index}条规则的单元格数与列数不一致", element=key)
    notes = [text_in(cell) for cell in children(row, "annotationEntry")]
    annotations = dict(zip(headings, notes, strict=False))
    description = child(row, "description")
    if description is not None and description.text and "说明" not in annotations:
        annotations["说明"] = description.text.strip()
    return Rule(index, key, tests, results, annotations)


_READERS: Final[dict[str, Callable[[etree._Element, int], Expression]]] = {
    "literalExpression": _literal,
    "decisionTable": _table,
    "context": _context,
    "invocation": _invocation,
    "list": _list,
    "relation": _relation,
    "functionDefinition": function_in,
    "conditional": _conditional,
    "filter": _filter,
    "for": _iteration,
    "some": _iteration,
    "every": _iteration,
}
