"""Check a decision model before anyone relies on it."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final

from webapp.dmn.check_tables import check_table, known_type
from webapp.dmn.errors import DmnError, DmnSyntaxError
from webapp.dmn.findings import Finding
from webapp.dmn.linking import Linked, link
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
from webapp.dmn.model import Decision, Definitions, ItemType, Knowledge, Service
from webapp.dmn.texts import TextChecker
from webapp.feel import Budget, FeelError, Limits

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from webapp.dmn.findings import Severity

SCOPE: Final = ("case", "market", "facts", "settings")
"""Names that every expression of the platform sees."""
_NONE: Final[Mapping[str, bytes | str]] = {}
_LIMITS: Final = Limits(steps=6_000_000, seconds=8.0)
_MAX_FINDINGS: Final = 200


def check(
    source: bytes | str, *, names: Collection[str] = SCOPE, imports: Mapping[str, bytes | str] = _NONE
) -> list[Finding]:
    """Look for everything that would make a decision fail or answer wrongly. Never raises for a bad source.

    What was found is cached by content.

    Args:
        source: the DMN model.
        names: names that expressions may use besides those that the model declares.
        imports: sources of the models that the model imports, by any names.

    Returns:
        Findings in the order of the document, at most 200.
    """
    return list(_checked(source, frozenset(names), tuple(imports.items())))


@lru_cache(maxsize=64)
def _checked(
    source: bytes | str, names: frozenset[str], imports: tuple[tuple[str, bytes | str], ...]
) -> tuple[Finding, ...]:
    try:
        linked = link(source, dict(imports))
    except DmnSyntaxError as error:
        return (Finding(error.element or "definitions", error.reason, "改正文件后重新提交", "error"),)
    checker = TextChecker(linked, names | linked.odd_names, Budget(_LIMITS))
    return tuple(islice(_findings(checker), _MAX_FINDINGS))


def _findings(checker: TextChecker) -> Iterator[Finding]:
    model = checker.model
    if not model.decisions and not model.knowledge:
        yield Finding(model.id or "definitions", "文件里没有决策", "至少写一个决策", "error")
    yield from _names(model)
    yield from _types(checker)
    logics: tuple[Decision | Knowledge, ...] = (*model.knowledge, *model.decisions)
    for element in logics:
        yield from _requirements(checker.linked, element)
        yield from _logic(checker, element)
    for service in model.services:
        yield from _service(checker.linked, service)


def _names(model: Definitions) -> Iterator[Finding]:
    """Variables must differ, or one hides the other."""
    seen: dict[str, str] = {}
    for element in model.elements.values():
        if element.variable in seen:
            reason = f"“{element.variable}”与“{seen[element.variable]}”同名"
            yield Finding(element.id, reason, "改用不同的变量名", "error")
        seen[element.variable] = element.id


def _types(checker: TextChecker) -> Iterator[Finding]:
    model = checker.model
    for element in model.elements.values():
        yield from known_type(checker.types, element.id, f"“{element.name}”", element.type)
    for item in model.types.values():
        yield from _item_type(checker, item)


def _item_type(checker: TextChecker, item: ItemType) -> Iterator[Finding]:
    yield from known_type(checker.types, item.name, f"类型“{item.name}”", item.base)
    if item.allowed is not None:
        yield from checker.cell(item.name, f"类型“{item.name}”的允许值", item.allowed)
    for part in item.components.values():
        yield from _item_type(checker, part)


def _requirements(linked: Linked, element: Decision | Knowledge) -> Iterator[Finding]:
    yield from _missing(linked, element, element.requires, "依赖的")
    if linked.reaches(element):
        yield Finding(element.id, f"“{element.name}”的依赖成环", "断开循环依赖", "error")


def _service(linked: Linked, service: Service) -> Iterator[Finding]:
    yield from _missing(linked, service, (*service.outputs, *service.parameters), "中的")
    if not service.outputs:
        yield Finding(service.id, f"决策服务“{service.name}”没有输出的决策", "补上输出的决策", "error")


def _missing(
    linked: Linked, element: Decision | Knowledge | Service, keys: tuple[str, ...], relation: str
) -> Iterator[Finding]:
    for key in keys:
        if linked.find(key) is None:
            reason = f"“{element.name}”{relation}“{key}”不存在"
            yield Finding(element.id, reason, "改正依赖或删去", "error")


def _logic(checker: TextChecker, element: Decision | Knowledge) -> Iterator[Finding]:
    logic = element.expression if isinstance(element, Decision) else element.function
    if logic is None:
        given = any(element.id in service.parameters for service in checker.model.services)
        severity: Severity = "warning" if given else "error"
        yield Finding(element.id, f"“{element.name}”没有逻辑", "补上决策表或表达式", severity)
        return
    found = [part for part in map(checker.linked.find, element.requires) if part is not None]
    required = [part.prefix or part.element.variable for part in found]
    try:
        yield from _expression(checker.seeing(required), logic, f"“{element.name}”")
    except (DmnError, FeelError) as error:
        yield Finding(element.id, str(error), "改正后重新检查", "error")


def _expression(checker: TextChecker, expression: Expression, place: str) -> Iterator[Finding]:
    for what, name in _type_names(expression):
        yield from known_type(checker.types, expression.id, f"{place}{what}", name)
    yield from _inside(checker, expression, place)


def _type_names(expression: Expression) -> Iterator[tuple[str, str | None]]:
    """Give the types that an expression names itself."""
    if isinstance(expression, FunctionExpression):
        yield from ((f"的参数“{name}”", wanted) for name, wanted in expression.parameters)
        return
    yield "的结果", expression.type
    if isinstance(expression, ContextExpression):
        yield from ((f"中“{entry.name or '结果'}”", entry.type) for entry in expression.entries)


def _inside(checker: TextChecker, expression: Expression, place: str) -> Iterator[Finding]:
    if isinstance(expression, DecisionTable):
        yield from check_table(checker, expression, place)
    elif isinstance(expression, LiteralExpression):
        yield from checker.expression(expression.id, f"{place}的表达式", expression.text)
    elif isinstance(expression, ContextExpression):
        for entry in expression.entries:
            yield from _expression(checker, entry.value, f"{place}中“{entry.name or '结果'}”")
            checker = checker.seeing([entry.name or ""])
    elif isinstance(expression, FunctionExpression):
        parameters = [name for name, _ in expression.parameters]
        yield from _expression(checker.seeing(parameters), expression.body, place)
    elif isinstance(expression, Iteration):
        yield from _expression(checker, expression.source, place)
        yield from _expression(checker.seeing([expression.variable, "partial"]), expression.body, place)
    elif isinstance(expression, FilterExpression):
        yield from _expression(checker, expression.source, place)
        yield from _filter_condition(checker.seeing(["item"]), expression.condition, place)
    else:
        for part in _parts(expression):
            yield from _expression(checker, part, place)


def _filter_condition(checker: TextChecker, condition: Expression, place: str) -> Iterator[Finding]:
    """Check a filter's condition, where any name may be an entry of the item."""
    if isinstance(condition, LiteralExpression):
        yield from checker.expression(condition.id, f"{place}的筛选条件", condition.text, unknown="warning")
    else:
        yield from _expression(checker, condition, place)


def _parts(expression: Conditional | Invocation | ListExpression | Relation) -> Iterator[Expression]:
    if isinstance(expression, Conditional):
        yield from (expression.condition, expression.yes, expression.no)
    elif isinstance(expression, Invocation):
        yield expression.function
        for _, value in expression.bindings:
            yield value
    elif isinstance(expression, ListExpression):
        yield from expression.items
    else:
        for row in expression.rows:
            yield from row
