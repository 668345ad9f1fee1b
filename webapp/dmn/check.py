"""Check a decision model before anyone relies on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webapp.dmn.check_tables import check_table, known_type
from webapp.dmn.errors import DmnError, DmnSyntaxError
from webapp.dmn.findings import Finding
from webapp.dmn.model import (
    ContextExpression,
    Decision,
    DecisionTable,
    Definitions,
    Expression,
    FunctionExpression,
    InputData,
    Invocation,
    ItemType,
    Knowledge,
    ListExpression,
    LiteralExpression,
    Relation,
)
from webapp.dmn.reading import read
from webapp.dmn.texts import TextChecker
from webapp.feel import Budget, FeelError, Limits

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

SCOPE: Final = ("case", "market", "facts", "settings")
"""Names that every expression of the platform sees."""
_LIMITS: Final = Limits(steps=6_000_000, seconds=8.0)
_MAX_FINDINGS: Final = 200


def check(source: bytes | str, *, names: Collection[str] = SCOPE) -> list[Finding]:
    """Look for everything that would make a decision fail or answer wrongly. Never raises for a bad source.

    Args:
        source: the DMN model.
        names: names that expressions may use besides those that the model declares.

    Returns:
        Findings in the order of the document, at most 200.
    """
    try:
        model = read(source)
    except DmnSyntaxError as error:
        return [Finding(error.element or "definitions", error.reason, "改正文件后重新提交", "error")]
    findings: list[Finding] = []
    for finding in _findings(TextChecker(model, frozenset(names), Budget(_LIMITS))):
        if len(findings) >= _MAX_FINDINGS:
            break
        findings.append(finding)
    return findings


def _findings(checker: TextChecker) -> Iterator[Finding]:
    model = checker.model
    if not model.decisions:
        yield Finding(model.id or "definitions", "文件里没有决策", "至少写一个决策", "error")
    yield from _names(model)
    yield from _types(checker)
    logics: tuple[Decision | Knowledge, ...] = (*model.knowledge, *model.decisions)
    for element in logics:
        yield from _requirements(model, element)
        yield from _logic(checker, element)


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
        yield from known_type(model, element.id, f"“{element.name}”", element.type)
    for item in model.types.values():
        yield from _item_type(checker, item)


def _item_type(checker: TextChecker, item: ItemType) -> Iterator[Finding]:
    yield from known_type(checker.model, item.name, f"类型“{item.name}”", item.base)
    if item.allowed is not None:
        yield from checker.cell(item.name, f"类型“{item.name}”的允许值", item.allowed)
    for part in item.components.values():
        yield from _item_type(checker, part)


def _requirements(model: Definitions, element: Decision | Knowledge) -> Iterator[Finding]:
    for target in element.requires:
        if target not in model.elements:
            yield Finding(element.id, f"“{element.name}”依赖的“{target}”不存在", "改正依赖或删去", "error")
    if _reaches(model, element.id, element.requires):
        yield Finding(element.id, f"“{element.name}”的依赖成环", "断开循环依赖", "error")


def _reaches(model: Definitions, goal: str, start: tuple[str, ...]) -> bool:
    seen: set[str] = set()
    pending = list(start)
    while pending:
        key = pending.pop()
        if key == goal:
            return True
        element = model.elements.get(key)
        if key not in seen and element is not None and not isinstance(element, InputData):
            pending.extend(element.requires)
        seen.add(key)
    return False


def _logic(checker: TextChecker, element: Decision | Knowledge) -> Iterator[Finding]:
    logic = element.expression if isinstance(element, Decision) else element.function
    if logic is None:
        yield Finding(element.id, f"“{element.name}”没有逻辑", "补上决策表或表达式", "error")
        return
    elements = checker.model.elements
    required = [elements[key].variable for key in element.requires if key in elements]
    try:
        yield from _expression(checker.seeing(required), logic, f"“{element.name}”")
    except (DmnError, FeelError) as error:
        yield Finding(element.id, str(error), "改正后重新检查", "error")


def _expression(checker: TextChecker, expression: Expression, place: str) -> Iterator[Finding]:
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
    else:
        for part in _parts(expression):
            yield from _expression(checker, part, place)


def _parts(expression: Invocation | ListExpression | Relation) -> Iterator[Expression]:
    if isinstance(expression, Invocation):
        yield expression.function
        for _, value in expression.bindings:
            yield value
    elif isinstance(expression, ListExpression):
        yield from expression.items
    else:
        for row in expression.rows:
            yield from row
