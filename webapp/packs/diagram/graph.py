"""The flow graph of a BPMN file: what is to be drawn, without any coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from webapp.core.errors import Invalid
from webapp.packs.sources import BPMN

if TYPE_CHECKING:
    from collections.abc import Mapping

TASK_WIDTH, TASK_HEIGHT = 128, 74
GATEWAY_SIZE = 50
EVENT_SIZE = 36

_BOXES = frozenset({"subProcess", "callActivity", "transaction", "adHocSubProcess", "task"})


@dataclass(frozen=True, slots=True)
class Node:
    """One flow node.

    Attributes:
        id: Element id.
        kind: Element name, such as ``userTask``.
        name: Text shown.
        lane: Index of its lane.
        host: Id of the activity that a boundary event sits on.
    """

    id: str
    kind: str
    name: str
    lane: int
    host: str | None

    @property
    def is_gateway(self) -> bool:
        """True for every kind of gateway."""
        return self.kind.endswith("Gateway")

    @property
    def is_event(self) -> bool:
        """True for every kind of event."""
        return self.kind.endswith("Event")

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        if self.is_gateway:
            return GATEWAY_SIZE, GATEWAY_SIZE
        if self.is_event:
            return EVENT_SIZE, EVENT_SIZE
        return TASK_WIDTH, TASK_HEIGHT

    @property
    def has_outside_label(self) -> bool:
        """True if its name stands beside it and not in it."""
        return bool(self.name) and (self.is_gateway or self.is_event)


@dataclass(frozen=True, slots=True)
class Flow:
    """One sequence flow between two nodes."""

    id: str
    source: str
    target: str
    name: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane; the only one without an id stands for a process without lanes."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Graph:
    """One process as it is drawn.

    Attributes:
        nodes: Nodes by id in document order.
        flows: Flows in document order.
        lanes: Lanes from top to bottom; at least one.
        pool: Id and name of the participant, if there is one.
        plane: Id of the element that the drawing stands for.
    """

    nodes: Mapping[str, Node]
    flows: tuple[Flow, ...]
    lanes: tuple[Lane, ...]
    pool: tuple[str, str] | None
    plane: str

    def place_of(self, node: str) -> str:
        """Return the node whose place counts: the host of a boundary event, else the node itself."""
        return self.nodes[node].host or node

    def related(self, one: Flow, other: Flow) -> bool:
        """Tell whether two flows may run on the same line: they begin or end at the same node."""
        return one.source == other.source or one.target == other.target


def read_graph(root: etree._Element) -> Graph:
    """Read the one drawn process of a BPMN file.

    Raises:
        Invalid: If there is no process or it has no nodes.
    """
    participant = root.find(f".//{{{BPMN}}}participant[@processRef]")
    process = _process(root, participant)
    lanes, members = _lanes(process)
    nodes = _nodes(process, members)
    if not nodes:
        raise Invalid("流程中没有可以绘制的步骤。")
    collaboration = root.find(f"{{{BPMN}}}collaboration")
    return Graph(
        nodes=nodes,
        flows=_flows(process, nodes),
        lanes=lanes,
        pool=None if participant is None else (participant.get("id", ""), participant.get("name", "")),
        plane=(process if collaboration is None else collaboration).get("id", ""),
    )


def _process(root: etree._Element, participant: etree._Element | None) -> etree._Element:
    processes = root.findall(f"{{{BPMN}}}process")
    wanted = None if participant is None else participant.get("processRef")
    for process in processes:
        if wanted is None or process.get("id") == wanted:
            return process
    raise Invalid("文件中没有流程（process），或泳池指向的流程不存在。")


def _lanes(process: etree._Element) -> tuple[tuple[Lane, ...], dict[str, int]]:
    leaves = [
        lane for lane in process.iter(f"{{{BPMN}}}lane") if lane.find(f"{{{BPMN}}}childLaneSet") is None
    ]
    members = {
        (reference.text or "").strip(): index
        for index, lane in enumerate(leaves)
        for reference in lane.findall(f"{{{BPMN}}}flowNodeRef")
    }
    found = tuple(Lane(lane.get("id", ""), lane.get("name", "")) for lane in leaves)
    return found or (Lane("", ""),), members


def _nodes(process: etree._Element, members: Mapping[str, int]) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for element in process.iterchildren(tag=etree.Element):
        kind = etree.QName(element).localname
        if kind in _BOXES or kind.endswith(("Task", "Gateway", "Event")):
            key = element.get("id", "")
            host = element.get("attachedToRef")
            found[key] = Node(key, kind, element.get("name", ""), members.get(host or key, 0), host)
    for node in found.values():
        if node.host is not None and node.host not in found:
            raise Invalid(f"边界事件“{node.name or node.id}”所附的步骤不存在。", field=node.id)
    return found


def _flows(process: etree._Element, nodes: Mapping[str, Node]) -> tuple[Flow, ...]:
    found = []
    for element in process.findall(f"{{{BPMN}}}sequenceFlow"):
        flow = Flow(
            element.get("id", ""),
            element.get("sourceRef", ""),
            element.get("targetRef", ""),
            element.get("name", ""),
        )
        for end in (flow.source, flow.target):
            if end not in nodes:
                raise Invalid(f"连线 {flow.id} 指向不存在的步骤“{end}”。", field=flow.id)
        found.append(flow)
    return tuple(found)
