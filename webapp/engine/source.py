"""Process files as XML: read safely, and looked at through one vocabulary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from webapp.engine.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Iterator

BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF: Final = "http://spiffworkflow.org/bpmn/schema/1.0/core"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
NAMESPACES: Final = {"bpmn": BPMN, "spiffworkflow": SPIFF}

MAX_BYTES: Final = 2 * 1024 * 1024

ACTIVITIES: Final = (
    "userTask",
    "serviceTask",
    "businessRuleTask",
    "receiveTask",
    "subProcess",
    "callActivity",
)
GATEWAYS: Final = ("exclusiveGateway", "parallelGateway", "inclusiveGateway")
EVENTS: Final = (
    "startEvent",
    "endEvent",
    "intermediateCatchEvent",
    "intermediateThrowEvent",
    "boundaryEvent",
)
FLOW_NODES: Final = frozenset((*ACTIVITIES, *GATEWAYS, *EVENTS))

Element = Any
"""An lxml element; the library has no types of its own."""


def bpmn(name: str) -> str:
    """Return the full tag of a BPMN element."""
    return f"{{{BPMN}}}{name}"


def read(source: bytes | str, file: str = "") -> Element:
    """Parse one file and return its root element. Comments and processing instructions are left out.

    Raises:
        DefinitionError: if it is too large, is no XML, or carries a document type.
    """
    label = f"文件“{file}”" if file else "流程文件"
    try:
        raw = source.encode() if isinstance(source, str) else bytes(source)
    except UnicodeEncodeError:
        raise DefinitionError(f"{label}中有无法识别的字符。") from None
    if len(raw) > MAX_BYTES:
        raise DefinitionError(f"{label}超过 2 MB，请拆分或精简后再上传。")
    try:
        root = etree.fromstring(raw, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DefinitionError(f"{label}不是合格的 XML：{error}") from None
    if root is None:
        raise DefinitionError(f"{label}是空的。")
    if root.getroottree().docinfo.internalDTD is not None:
        raise DefinitionError(f"{label}带有文档类型声明（DOCTYPE），出于安全考虑不予接受，请删去。")
    return root


def _parser() -> Any:
    """A parser that fetches nothing, expands nothing, and joins text around comments."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def local(element: Element) -> str:
    """Return the tag without its namespace; empty for what is not an element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def is_bpmn(element: Element) -> bool:
    """Tell whether the element belongs to BPMN itself."""
    return isinstance(element.tag, str) and etree.QName(element.tag).namespace == BPMN


def child(element: Element, name: str) -> Element | None:
    """Return the first BPMN child of that name."""
    return element.find(bpmn(name))


def text(element: Element | None) -> str:
    """Return the element's own text without surrounding space; empty when there is none."""
    return (element.text or "").strip() if element is not None else ""


def properties(element: Element) -> dict[str, str]:
    """Return the `spiffworkflow:properties` of an element, in document order."""
    path = "./bpmn:extensionElements/spiffworkflow:properties/spiffworkflow:property"
    found = element.xpath(path, namespaces=NAMESPACES)
    return {item.get("name", ""): item.get("value", "") for item in found if item.get("name")}


def operator(element: Element) -> Element | None:
    """Return the `spiffworkflow:serviceTaskOperator` of a service task."""
    return element.find(f"./{bpmn('extensionElements')}/{{{SPIFF}}}serviceTaskOperator")


def parameters(operator_element: Element) -> dict[str, str]:
    """Return an operator's parameters, name to FEEL text, in document order."""
    found = operator_element.iter(f"{{{SPIFF}}}parameter")
    return {item.get("id", ""): item.get("value", "") for item in found}


def processes(root: Element) -> list[Element]:
    """Return the process elements of a file."""
    return list(root.iterchildren(bpmn("process")))


def flow_nodes(container: Element) -> Iterator[Element]:
    """Yield every flow node of a process or subprocess, those of its subprocesses too, in document order."""
    for element in container.iter(f"{{{BPMN}}}*"):
        if element is not container and local(element) in FLOW_NODES:
            yield element


def label(element: Element) -> str:
    """Name an element for people: its name and id."""
    name, identity = element.get("name"), element.get("id", "")
    if name and identity:
        return f"{name}（{identity}）"
    return name or identity or local(element) or "流程文件"


def split_list(value: str) -> list[str]:
    """Read a comma-separated list; full-width commas count too."""
    return [part.strip() for part in value.replace("，", ",").split(",") if part.strip()]
