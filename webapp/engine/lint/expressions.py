"""Every expression of a file: its language, whether it is FEEL, and whether its names are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal

from webapp import feel
from webapp.engine import source as xml
from webapp.engine.definition import declared_keys
from webapp.engine.lint import vocabulary as words
from webapp.engine.lint.elements import about
from webapp.engine.values import RESERVED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from webapp.engine.findings import Finding
    from webapp.engine.source import Element

Kind = Literal["condition", "duration", "date", "number", "collection", "value"]

_TAGS: Final[dict[str, tuple[Kind, str]]] = {
    "conditionExpression": ("condition", "条件"),
    "completionCondition": ("condition", "完成条件"),
    "timeDuration": ("duration", "时长"),
    "timeDate": ("date", "日期"),
    "loopCardinality": ("number", "办理次数"),
    "loopDataInputRef": ("collection", "逐项办理的列表"),
}
_COUNTS: Final = frozenset({"nrOfInstances", "nrOfCompletedInstances", "nrOfActiveInstances", "results"})
_MENDS: Final[dict[Kind, str]] = {
    "condition": '条件写成能判断真假的 FEEL 表达式，例如 decision = "同意"',
    "duration": '时长写成 duration("P3D")（三天）或 duration("PT24H")（二十四小时）',
    "date": '日期写成 date("2026-12-31")，或使用日期类的流程数据',
    "number": "次数写成整数，或得出整数的 FEEL 表达式",
    "collection": "写列表类流程数据的名称，例如 facts.rooms",
    "value": '按 FEEL 写，文字要加英文双引号，例如 "受理通知书"',
}


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression where it stands."""

    element: Element
    kind: Kind
    title: str
    text: str
    local_names: frozenset[str] = frozenset()


def expressions(process: Element) -> Iterator[Expression]:
    """Yield every expression of a process, its subprocesses included."""
    for element in process.iter(f"{{{xml.BPMN}}}*"):
        known = _TAGS.get(xml.local(element))
        if known is not None:
            kind, title = known
            local = _COUNTS if xml.local(element) == "completionCondition" else frozenset()
            yield Expression(element, kind, title, xml.text(element), local | _item_names(element))
        operator = xml.operator(element) if xml.local(element) == "serviceTask" else None
        if operator is not None:
            for name, text in xml.parameters(operator).items():
                yield Expression(element, "value", f"参数“{name}”", text, _item_names(element))


def check_syntax(root: Element) -> Iterator[Finding]:
    """Yield expressions that are not FEEL, or can never give what is wanted."""
    yield from _language(root, "expressionLanguage")
    for process in xml.processes(root):
        for expression in expressions(process):
            yield from _language(expression.element, "language")
            yield from _syntax(expression)


def check_names(root: Element) -> Iterator[Finding]:
    """Yield expressions with names that no step sets."""
    for process in xml.processes(root):
        known = RESERVED | frozenset(declared_keys(process))
        for expression in expressions(process):
            yield from _names(expression, known)


def parsed(expression: Expression, names: frozenset[str] = RESERVED) -> feel.Expression | None:
    """Parse an expression, or return None where it is not FEEL."""
    try:
        return feel.parse(expression.text, names | expression.local_names)
    except feel.FeelError:
        return None


def constant(expression: Expression) -> object:
    """Return the value of an expression that uses no name, else None."""
    found = parsed(expression)
    if found is None or found.names:
        return None
    try:
        return found.evaluate({})
    except feel.FeelError:
        return None


def _language(element: Element, attribute: str) -> Iterator[Finding]:
    language = element.get(attribute)
    if language and language not in words.FEEL_LANGUAGES and language.lower() != "feel":
        yield about(element, f"表达式语言“{language}”不能使用", "改用 FEEL，并删去语言设置")


def _syntax(expression: Expression) -> Iterator[Finding]:
    title, mend = expression.title, _MENDS[expression.kind]
    if len(expression.element) and expression.kind != "value":
        yield about(expression.element, f"{title}中夹有其他标签", "只保留文字")
        return
    if not expression.text:
        yield about(expression.element, f"{title}是空的", mend)
        return
    try:
        found = feel.parse(expression.text, RESERVED | expression.local_names)
    except feel.FeelError as error:
        yield about(expression.element, f"{title}“{expression.text}”不是合格的 FEEL 表达式：{error}", mend)
        return
    for problem, _ in found.problems:
        yield about(expression.element, f"{title}“{expression.text}”有误：{problem}", mend)
    if not found.names and not found.problems:
        yield from _constant(expression, found)


def _constant(expression: Expression, found: feel.Expression) -> Iterator[Finding]:
    """Check the value of an expression that is always the same."""
    try:
        value = found.evaluate({})
    except feel.FeelError as error:
        yield about(
            expression.element,
            f"{expression.title}“{expression.text}”无法计算：{error}",
            _MENDS[expression.kind],
        )
        return
    if not isinstance(value, _FITTING[expression.kind]):
        reason = f"{expression.title}“{expression.text}”得不出所需的结果"
        yield about(expression.element, reason, _MENDS[expression.kind])


_FITTING: Final[dict[Kind, tuple[type, ...]]] = {
    "condition": (bool,),
    "duration": (timedelta, feel.YearMonthDuration),
    "date": (date,),
    "number": (Decimal,),
    "collection": (list,),
    "value": (object,),
}


def _names(expression: Expression, known: frozenset[str]) -> Iterator[Finding]:
    found = parsed(expression, known)
    unknown = sorted(found.unknown) if found is not None else []
    for name in unknown:
        yield about(
            expression.element,
            f"{expression.title}“{expression.text}”用到了“{name}”，而没有一个步骤会填写它",
            "如果是文字请加英文双引号；如果是流程数据，请在填写它的步骤的属性 result 中列出，"
            "或在流程的属性 data 中声明",
        )


def _item_names(element: Element) -> frozenset[str]:
    """Return the names that steps around an element give to their items."""
    found: set[str] = set()
    holder = element
    while holder is not None:
        loop = xml.child(holder, "multiInstanceLoopCharacteristics")
        for tag in ("inputDataItem", "outputDataItem") if loop is not None else ():
            item = xml.child(loop, tag)
            if item is not None:
                found.add(item.get("name") or item.get("id", ""))
        holder = holder.getparent()
    return frozenset(found)
