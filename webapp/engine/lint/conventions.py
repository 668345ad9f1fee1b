"""What the platform asks of a process beyond BPMN: forms, positions, lanes, time limits, basis."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from webapp.core.clauses import Basis
from webapp.engine import source as xml
from webapp.engine.lint.elements import about

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from webapp.engine.findings import Finding
    from webapp.engine.source import Element

_DUE: Final = re.compile(r"([1-9][0-9]{0,3}|[a-z][a-z0-9_]*) (workday|day|hour)")
_DECISION: Final = re.compile(r"[^#]+\.dmn#[^#]+")
_BASIS: Final = "写条款号（如 TZ-3.1），或“本地缺省：理由”"
_CHOOSING: Final = frozenset({"exclusiveGateway", "inclusiveGateway"})


def check_steps(root: Element) -> Iterator[Finding]:
    """Yield steps that cannot work for want of a setting."""
    for process in xml.processes(root):
        for element in xml.flow_nodes(process):
            rule = _NEEDS.get(xml.local(element))
            if rule is not None:
                yield from rule(element)


def check(root: Element) -> Iterator[Finding]:
    """Yield where a process departs from the conventions of packs."""
    for process in xml.processes(root):
        yield from _basis(process, needed=True)
        yield from _lanes(process)
        for element in xml.flow_nodes(process):
            yield from _basis(element, needed=_needs_basis(element))
            if xml.local(element) == "userTask":
                yield from _human(element)


def _service(element: Element) -> Iterator[Finding]:
    operator = xml.operator(element)
    if operator is None or not operator.get("id"):
        yield about(element, "服务任务没有指定操作", "选择一个登记过的操作")
        return
    for parameter in operator.iter(f"{{{xml.SPIFF}}}parameter"):
        if not parameter.get("id"):
            yield about(element, "有一个参数没有名称", "给参数写上名称，或删去")
        elif parameter.get("value") is None:
            yield about(element, f"参数“{parameter.get('id')}”没有值", "按 FEEL 写上值，或删去这个参数")


def _decision(element: Element) -> Iterator[Finding]:
    found = xml.properties(element)
    if not _DECISION.fullmatch(found.get("decision", "")):
        yield about(element, "决策任务没有指定决策", "在属性 decision 中写“文件.dmn#决策编号”")
    if len(xml.split_list(found.get("result", ""))) > 1:
        yield about(element, "决策任务的结果只能放进一个名称", "属性 result 只写一个名称")


def _call(element: Element) -> Iterator[Finding]:
    called = element.get("calledElement")
    if not called:
        yield about(element, "没有指定调用哪个流程", "选择要调用的流程")
    elif called == _process_of(element).get("id"):
        yield about(element, "流程调用了它自己，永远不会结束", "改用网关画出回路")


def _process_of(element: Element) -> Element:
    while element.tag != xml.bpmn("process"):
        element = element.getparent()
    return element


_NEEDS: Final[dict[str, Callable[[Element], Iterator[Finding]]]] = {
    "serviceTask": _service,
    "businessRuleTask": _decision,
    "callActivity": _call,
}


def _human(element: Element) -> Iterator[Finding]:
    found = xml.properties(element)
    for name, word in (("form", "表单"), ("position", "办理岗位")):
        if not found.get(name, "").strip():
            yield about(element, f"用户任务没有指定{word}", f"在属性 {name} 中写上{word}的名称")
    if not element.get("name"):
        yield about(element, "用户任务没有名称，办理人看不出要做什么", "写上名称，例如“受理”")
    due = found.get("due")
    if due is not None and not _DUE.fullmatch(due):
        yield about(
            element,
            f"时限“{due}”写法不对",
            "写成“5 workday”（工作日）、“10 day”（日）或“24 hour”（小时），数字处也可写设置的名称",
        )
    if found.get("overdue") and not due:
        yield about(element, "写了逾期处理却没有时限", "在属性 due 中写上时限，或删去 overdue")
    if found.get("signers") is not None and not re.fullmatch(r"[1-9]", found["signers"]):
        yield about(element, f"签署人数“{found['signers']}”写法不对", "写 1 到 9 的整数")
    yield from _kept_apart(element, found.get("not_by"))
    yield from _presumed(element, found.get("presume"))


def _kept_apart(element: Element, written: str | None) -> Iterator[Finding]:
    """Check which steps the people of this one may not have done."""
    if written is None:
        return
    process = _process_of(element)
    steps = {e.get("id") for e in xml.flow_nodes(process) if xml.local(e) == "userTask"} - {element.get("id")}
    named = xml.split_list(written)
    for wrong in [name for name in named if name not in steps] or ([] if named else ["空白"]):
        yield about(
            element,
            f"须由不同人员办理的步骤（not_by）“{wrong}”不存在",
            "写本流程其他用户任务的编号，用逗号分开",
        )


def _presumed(element: Element, presumed: str | None) -> Iterator[Finding]:
    """Check what the system submits for one who is late."""
    if presumed is None:
        return
    try:
        value = json.loads(presumed)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        yield about(
            element,
            "逾期视为提交的内容（presume）写法不对",
            '在“逾期视为提交”中逐项填写，文件中是 JSON 对象，如 {"opinion": "无意见"}',
        )


def _needs_basis(element: Element) -> bool:
    kind = xml.local(element)
    if kind in _CHOOSING:
        ways = [flow for flow in element.getparent() if xml.local(flow) == "sequenceFlow"]
        return len([flow for flow in ways if flow.get("sourceRef") == element.get("id")]) > 1
    return kind == "userTask"


def _basis(element: Element, *, needed: bool) -> Iterator[Finding]:
    stated = xml.properties(element).get("basis", "")
    if not stated.strip():
        if needed:
            yield about(element, "没有写依据", f"在属性 basis 中{_BASIS}")
        return
    for each in Basis.parts(stated):
        try:
            Basis.parse(each)
        except ValueError:
            yield about(element, f"依据“{each}”写法不对", _BASIS)


def _lanes(process: Element) -> Iterator[Finding]:
    lanes = list(process.iter(xml.bpmn("lane")))
    for lane in lanes:
        if not lane.get("name"):
            yield about(lane, "泳道没有名称", "写上单位的名称")
        if not xml.properties(lane).get("agency") and xml.child(lane, "childLaneSet") is None:
            yield about(lane, "泳道没有指定单位", "在属性 agency 中写上单位的代号")
    if lanes:
        placed = {
            xml.text(reference) for lane in lanes for reference in lane.iterchildren(xml.bpmn("flowNodeRef"))
        }
        for element in xml.flow_nodes(process):
            if xml.local(element) == "userTask" and not _is_placed(element, placed, process):
                yield about(element, "用户任务不在任何泳道中，不知道由哪个单位办理", "把它放进一个泳道")


def _is_placed(element: Element, placed: set[str], process: Element) -> bool:
    while element is not process:
        if element.get("id") in placed:
            return True
        element = element.getparent()
    return False
