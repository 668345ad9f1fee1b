"""Names that must exist elsewhere: operators, forms, templates, clauses, positions, decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.core.clauses import Basis
from webapp.engine import source as xml
from webapp.engine.lint import expressions
from webapp.engine.lint.elements import about

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from webapp.engine.findings import Finding
    from webapp.engine.operators import OperatorSignature
    from webapp.engine.source import Element


@dataclass(frozen=True, slots=True)
class References:
    """What a process may refer to. What is None is not checked.

    Attributes:
        operators: signatures by operator name.
        forms: names of forms; as a mapping, name to the keys of its fields, results are checked too.
        templates: names of document templates.
        clauses: clause ids.
        positions: position keys.
        decisions: decisions as `file.dmn#decision-id`.
        agencies: agency keys; `township` is always known.
        processes: ids of processes that may be called.
    """

    operators: Mapping[str, OperatorSignature] | None = None
    forms: Collection[str] | None = None
    templates: Collection[str] | None = None
    clauses: Collection[str] | None = None
    positions: Collection[str] | None = None
    decisions: Collection[str] | None = None
    agencies: Collection[str] | None = None
    processes: Collection[str] | None = None


_APPLICANT = "township"
_TEMPLATE = "template"


def check(root: Element, references: References) -> Iterator[Finding]:
    """Yield names that lead nowhere."""
    for process in xml.processes(root):
        yield from _clauses(process, references)
        for lane in process.iter(xml.bpmn("lane")):
            agency = xml.properties(lane).get("agency", "")
            if agency not in ("", _APPLICANT):
                yield from _known(lane, "单位", agency, references.agencies)
        for element in xml.flow_nodes(process):
            yield from _clauses(element, references)
            yield from _step(element, references)


def _step(element: Element, references: References) -> Iterator[Finding]:
    found, kind = xml.properties(element), xml.local(element)
    if kind == "userTask":
        yield from _known(element, "表单", found.get("form", ""), references.forms)
        yield from _known(element, "岗位", found.get("position", ""), references.positions)
        yield from _results(element, found, references.forms)
    elif kind == "businessRuleTask":
        yield from _known(element, "决策", found.get("decision", ""), references.decisions)
    elif kind == "callActivity":
        yield from _known(element, "流程", element.get("calledElement", ""), references.processes)
    elif kind == "serviceTask":
        yield from _operator(element, references)


def _known(element: Element, word: str, name: str, names: Collection[str] | None) -> Iterator[Finding]:
    if name and names is not None and name not in names:
        yield about(element, f"{word}“{name}”不存在", f"改成已有的{word}，或先建立它")


def _results(element: Element, found: Mapping[str, str], forms: Collection[str] | None) -> Iterator[Finding]:
    """Check that a step takes its results from fields that its form has."""
    fields = forms.get(found.get("form", "")) if isinstance(forms, Mapping) else None
    if fields is None:
        return
    for key in xml.split_list(found.get("result", "")):
        if key not in fields:
            yield about(
                element, f"结果“{key}”不是表单“{found['form']}”的字段", "改成表单中的字段名，或在表单中加上它"
            )


def _clauses(element: Element, references: References) -> Iterator[Finding]:
    if references.clauses is None:
        return
    for stated in Basis.parts(xml.properties(element).get("basis", "")):
        try:
            clause = Basis.parse(stated).clause
        except ValueError:
            continue
        if clause is not None and clause not in references.clauses:
            yield about(element, f"条款“{clause}”不存在", "改成条款库中的条款号，或写“本地缺省：理由”")


def _operator(element: Element, references: References) -> Iterator[Finding]:
    operator = xml.operator(element)
    if operator is None:
        return
    given = xml.parameters(operator)
    yield from _signature(element, operator, given, references.operators)
    template = given.get(_TEMPLATE)
    if template is not None:
        literal = expressions.constant(expressions.Expression(element, "value", "参数", template))
        if isinstance(literal, str):
            yield from _known(element, "文书模板", literal, references.templates)


def _signature(
    element: Element,
    operator: Element,
    given: Mapping[str, str],
    operators: Mapping[str, OperatorSignature] | None,
) -> Iterator[Finding]:
    name = operator.get("id", "")
    if operators is None or not name:
        return
    signature = operators.get(name)
    if signature is None:
        yield about(element, f"操作“{name}”没有登记", "选择一个登记过的操作")
        return
    for missing in sorted(signature.required - given.keys()):
        yield about(element, f"操作“{name}”缺少参数“{missing}”", "补上这个参数")
    if not signature.open_ended:
        for extra in sorted(given.keys() - signature.required - signature.optional):
            yield about(element, f"操作“{name}”没有参数“{extra}”", "删去这个参数，或改成正确的名称")
    if operator.get("resultVariable") and not signature.returns:
        yield about(
            element, f"操作“{name}”没有结果，不能放进“{operator.get('resultVariable')}”", "删去结果名称"
        )
