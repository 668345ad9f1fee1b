"""Only what is on the list: elements, attributes, events, identifiers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from lxml import etree

from webapp.engine import source as xml
from webapp.engine.findings import Finding
from webapp.engine.lint import vocabulary as words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from webapp.engine.source import Element

_DRAWING: Final = "http://www.omg.org/spec/BPMN/20100524/DI"
_RESERVED_ENDING: Final = ".BoundaryEventSplit"
_INNER: Final = frozenset(
    {
        "timeDuration",
        "timeDate",
        "timeCycle",
        "loopCardinality",
        "completionCondition",
        "inputDataItem",
        "outputDataItem",
        "ioSpecification",
        "documentation",
    }
)
_MULTIPLE: Final = frozenset({"userTask", "serviceTask", "subProcess", "callActivity"})


def check(root: Element) -> Iterator[Finding]:
    """Yield what is not on the list."""
    if root.tag != xml.bpmn("definitions"):
        yield Finding("流程文件", "不是 BPMN 流程文件", "请上传用 BPMN 设计器保存的文件")
        return
    for element in _drawn(root):
        yield from _element(element)
    yield from _identifiers(root)


def _drawn(root: Element) -> Iterator[Element]:
    """Yield every element but the drawing."""
    stack = [root]
    while stack:
        element = stack.pop()
        if isinstance(element.tag, str) and etree.QName(element).namespace != _DRAWING:
            yield element
            stack.extend(reversed(element))


def _element(element: Element) -> Iterator[Finding]:
    namespace = etree.QName(element).namespace
    if namespace == xml.BPMN:
        yield from _standard(element)
    elif namespace == xml.SPIFF:
        yield from _extension(element)
    else:
        yield about(
            element,
            f"含有其他工具的扩展“{xml.local(element)}”，它在本系统中不起作用",
            "删去，改用 spiffworkflow:properties 中的属性",
        )


def _standard(element: Element) -> Iterator[Finding]:
    name = xml.local(element)
    allowed = words.ATTRIBUTES.get(name)
    if allowed is None:
        reason, mend = words.REFUSED.get(name, (f"元素“{name}”不能使用", "删去，或改用允许的元素"))
        yield about(element, reason, mend)
        return
    yield from _attributes(element, name, allowed)
    if name in words.EVENT_DEFINITIONS:
        yield from _event(element, name)
    if name == "multiInstanceLoopCharacteristics" and xml.local(element.getparent()) not in _MULTIPLE:
        yield about(element, "这种步骤不能逐项办理", "只有用户任务、服务任务、子流程和调用可以逐项办理")


def _attributes(element: Element, name: str, allowed: frozenset[str]) -> Iterator[Finding]:
    for key, value in element.attrib.items():
        attribute = etree.QName(key)
        if attribute.namespace == xml.XSI or (attribute.namespace and name == "definitions"):
            continue
        if attribute.namespace or attribute.localname not in allowed:
            yield about(element, f"属性“{attribute.localname}”在本系统中不起作用", "删去这个属性")
            continue
        fixed = words.FIXED.get((name, key))
        if fixed is not None and value not in fixed[0]:
            yield about(element, fixed[1], fixed[2])


def _extension(element: Element) -> Iterator[Finding]:
    name = xml.local(element)
    allowed = words.EXTENSIONS.get(name)
    if allowed is None:
        unknown = (f"扩展“{name}”在本系统中不起作用", "删去")
        reason, mend = words.REFUSED_EXTENSIONS.get(name, unknown)
        yield about(element, reason, mend)
        return
    for key in element.attrib:
        if key not in allowed:
            yield about(element, f"扩展“{name}”的属性“{key}”在本系统中不起作用", "删去这个属性")
    if name == "property" and not element.get("name"):
        yield about(element, "有一个属性没有名称", "给属性写上名称，或删去")


def _event(element: Element, name: str) -> Iterator[Finding]:
    found = [xml.local(inner) for inner in element if xml.local(inner).endswith("EventDefinition")]
    allowed = words.EVENT_DEFINITIONS[name]
    if len(found) > 1:
        yield about(element, "一个事件只能有一种定义", "拆成几个事件")
    for kind in found:
        if kind not in allowed and kind not in words.REFUSED:
            yield about(
                element,
                "这种事件不能用在这个位置",
                "定时和消息只能等待（中间事件、边界事件），终止只能用于结束",
            )
    if not found and name in {"intermediateCatchEvent", "boundaryEvent"}:
        yield about(element, "没有说明等待什么，引擎会直接通过", "设为定时或消息")


def _identifiers(root: Element) -> Iterator[Finding]:
    named = [element for element in _drawn(root) if xml.is_bpmn(element) and element.get("id") is not None]
    counts = Counter(element.get("id") for element in named)
    foreign = {element.get("id") for element in _drawn(root) if not xml.is_bpmn(element)}
    for element in named:
        identity = element.get("id")
        if counts.pop(identity, 1) > 1:
            yield about(element, f"编号“{identity}”重复", "给每个元素不同的编号")
        if identity in foreign:  # the library looks elements up by id, whatever their namespace
            yield about(element, f"编号“{identity}”与自动服务或参数同名", "换一个编号")
        if identity.endswith(_RESERVED_ENDING):
            yield about(element, f"编号不能以“{_RESERVED_ENDING}”结尾", "换一个编号")
    for element in _drawn(root):
        needs_id = xml.is_bpmn(element) and xml.local(element) in (*xml.FLOW_NODES, "process", "sequenceFlow")
        if needs_id and not element.get("id"):
            yield about(element, "没有编号", "给它一个编号")


def about(element: Element, reason: str, mend: str, *, warning: bool = False) -> Finding:
    """Report something about an element, or about the step that it belongs to."""
    holder = element
    while holder is not None and not _tellable(holder):
        holder = holder.getparent()
    if holder is None:
        return Finding("流程文件", reason, mend, "warning" if warning else "error")
    return Finding(xml.label(holder), reason, mend, "warning" if warning else "error", holder.get("id", ""))


def _tellable(element: Element) -> bool:
    """Tell whether people know the element: it has an id and is no inner part of a step."""
    name = xml.local(element)
    inner = name in _INNER or name.endswith(("Definition", "Expression", "Characteristics"))
    return xml.is_bpmn(element) and bool(element.get("id")) and not inner
