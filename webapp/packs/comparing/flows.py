"""Compares two versions of a process file, element by element."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from webapp.packs.comparing.changes import Thing, differing
from webapp.packs.sources import BPMN, SPIFF, attributes_of, parse_xml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from webapp.packs.comparing.changes import Part

_KINDS: Final[Mapping[str, str]] = {
    "process": "流程",
    "participant": "泳池",
    "lane": "泳道",
    "userTask": "用户任务",
    "serviceTask": "服务任务",
    "businessRuleTask": "决策任务",
    "receiveTask": "接收任务",
    "subProcess": "子流程",
    "callActivity": "调用流程",
    "exclusiveGateway": "排他网关",
    "parallelGateway": "并行网关",
    "inclusiveGateway": "包容网关",
    "startEvent": "开始事件",
    "endEvent": "结束事件",
    "intermediateCatchEvent": "等待事件",
    "intermediateThrowEvent": "中间事件",
    "boundaryEvent": "边界事件",
    "sequenceFlow": "连线",
    "message": "消息",
    "textAnnotation": "注释",
}
_WORDS: Final[Mapping[str, str]] = {
    "name": "名称",
    "sourceRef": "起点",
    "targetRef": "终点",
    "default": "默认出口",
    "attachedToRef": "挂在",
    "calledElement": "调用的流程",
    "cancelActivity": "中断步骤",
    "conditionExpression": "条件",
    "documentation": "说明",
    "timeDuration": "时长",
    "timeDate": "日期",
    "terminateEventDefinition": "终止",
    "multiInstanceLoopCharacteristics": "逐项办理",
    "basis": "依据",
    "form": "表单",
    "position": "办理岗位",
    "phase": "阶段",
    "result": "结果",
    "due": "时限",
    "warn": "提醒",
    "overdue": "逾期处理",
    "presume": "视为提交",
    "signers": "签署人数",
    "not_by": "不相容步骤",
    "decision": "决策",
    "agency": "单位",
    "starters": "发起岗位",
    "case_due": "整件时限",
    "title": "标题",
    "editable": "可改内容",
    "readers": "查看范围",
}
_TOLD: Final = frozenset(_KINDS)
_POINTING: Final = frozenset({"sourceRef", "targetRef", "attachedToRef", "default"})
_SKIPPED: Final = frozenset({"incoming", "outgoing", "flowNodeRef", "extensionElements", "laneSet"})


def compare(before: str, after: str) -> list[Part] | None:
    """Return what differs between two versions; ``None`` if one of them is no XML.

    Args:
        before: BPMN XML of the old version.
        after: BPMN XML of the new version.
    """
    roots = [parse_xml(text) for text in (before, after)]
    if any(root is None for root in roots):
        return None
    old, new = (_things(root) for root in roots if root is not None)
    return list(differing(old, new))


def _things(root: etree._Element) -> dict[str, Thing]:
    places, lanes, names = _places(root), _lanes(root), _names(root)
    found: dict[str, Thing] = {}
    for element in root.iter(f"{{{BPMN}}}*"):
        kind, identity = etree.QName(element).localname, element.get("id", "")
        if kind not in _TOLD or not identity:
            continue
        facets = {"类型": _KINDS[kind], **dict(_facets(element, names))}
        if identity in lanes:
            facets["泳道"] = lanes[identity]
        found[identity] = Thing(_title(element, kind, names), facets, places.get(identity, ""))
    return found


def _title(element: etree._Element, kind: str, names: Mapping[str, str]) -> str:
    name = element.get("name") or element.get("id") or ""
    if kind == "sequenceFlow" and not element.get("name"):
        ends = (element.get("sourceRef", ""), element.get("targetRef", ""))
        name = " → ".join(names.get(end, end) for end in ends)
    return f"{_KINDS[kind]} {name}"


def _facets(element: etree._Element, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield everything that an element says of itself, those inside it that are told apart left out."""
    for key, value in attributes_of(element).items():
        if key != "id":
            yield _word(etree.QName(key).localname), names.get(value, value) if key in _POINTING else value
    for entry in element.findall(f"{{{BPMN}}}extensionElements/{{{SPIFF}}}properties/{{{SPIFF}}}property"):
        yield _word(entry.get("name", "")), entry.get("value", "")
    for operator in element.findall(f"{{{BPMN}}}extensionElements/{{{SPIFF}}}serviceTaskOperator"):
        yield "操作", operator.get("id", "")
        if operator.get("resultVariable"):
            yield "操作结果", operator.get("resultVariable", "")
        for entry in operator.iter(f"{{{SPIFF}}}parameter"):
            yield f"参数 {entry.get('id', '')}", entry.get("value", "")
    for inner in element.iterchildren(tag=etree.Element):
        name = etree.QName(inner).localname
        if name not in _TOLD | _SKIPPED:
            yield _word(name), _text(inner)


def _text(element: etree._Element) -> str:
    """What an inner element says: its texts, or what it is where it has none."""
    parts = [
        f"{_word(etree.QName(inner).localname)} {' '.join((inner.text or '').split())}"
        if inner is not element
        else " ".join((inner.text or "").split())
        for inner in element.iter(tag=etree.Element)
        if inner is element or (inner.text or "").strip()
    ]
    marks = [
        f"{key}={value}"
        for key, value in attributes_of(element).items()
        if key in {"isSequential", "messageRef"}
    ]
    return "，".join(filter(None, (*parts, *marks))) or "有"


def _word(name: str) -> str:
    return _WORDS.get(name, name)


def _names(root: etree._Element) -> dict[str, str]:
    return {
        element.get("id", ""): element.get("name") or element.get("id") or ""
        for element in root.iter(f"{{{BPMN}}}*")
        if element.get("id")
    }


def _lanes(root: etree._Element) -> dict[str, str]:
    return {
        (reference.text or "").strip(): lane.get("name") or lane.get("id") or ""
        for lane in root.iter(f"{{{BPMN}}}lane")
        for reference in lane.findall(f"{{{BPMN}}}flowNodeRef")
    }


def _places(root: etree._Element) -> dict[str, str]:
    """Where each element is drawn."""
    found: dict[str, str] = {}
    for shape in root.iter("{*}BPMNShape", "{*}BPMNEdge"):
        drawn = [
            ",".join(f"{key}={value}" for key, value in sorted(attributes_of(inner).items()))
            for inner in shape.iter("{*}Bounds", "{*}waypoint")
        ]
        found[shape.get("bpmnElement", "")] = ";".join(drawn)
    return found
