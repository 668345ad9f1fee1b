"""Reads a drawing back from BPMN and says what lies on what."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise

from lxml import etree

NS = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
}


@dataclass(frozen=True)
class Rectangle:
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Rectangle) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def contains(self, other: Rectangle) -> bool:
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )

    def is_crossed_by(self, one: tuple[float, float], other: tuple[float, float]) -> bool:
        """True if a level or upright line has points strictly inside."""
        left, right = sorted((one[0], other[0]))
        top, bottom = sorted((one[1], other[1]))
        return left < self.right and right > self.left and top < self.bottom and bottom > self.top

    def touches(self, point: tuple[float, float]) -> bool:
        x, y = point
        inside = self.left <= x <= self.right and self.top <= y <= self.bottom
        return inside and (x in {self.left, self.right} or y in {self.top, self.bottom})


class Drawn:
    """The drawing of one file."""

    def __init__(self, source: bytes) -> None:
        root = etree.fromstring(source)
        self.root = root
        self.shapes = {s.get("bpmnElement"): _bounds(s) for s in root.iterfind(".//bpmndi:BPMNShape", NS)}
        self.lines = {
            edge.get("bpmnElement"): [
                (float(p.get("x")), float(p.get("y"))) for p in edge.iterfind("di:waypoint", NS)
            ]
            for edge in root.iterfind(".//bpmndi:BPMNEdge", NS)
        }
        self.labels = {
            owner.get("bpmnElement"): _bounds(owner.find("bpmndi:BPMNLabel", NS))
            for owner in root.iterfind(".//bpmndi:BPMNPlane/*", NS)
            if owner.find("bpmndi:BPMNLabel", NS) is not None
        }
        process = root.find("bpmn:process", NS)
        self.flows = {
            f.get("id"): (f.get("sourceRef"), f.get("targetRef"))
            for f in process.iterfind("bpmn:sequenceFlow", NS)
        }
        self.elements = {e.get("id"): e for e in process.iterchildren() if e.get("id")}
        self.hosts = {
            key: e.get("attachedToRef") for key, e in self.elements.items() if e.get("attachedToRef")
        }
        self.lane_of = {
            (ref.text or "").strip(): lane.get("id")
            for lane in process.iter(f"{{{NS['bpmn']}}}lane")
            for ref in lane.iterfind("bpmn:flowNodeRef", NS)
        }
        self.nodes = {
            key: self.shapes[key]
            for key in self.elements
            if key in self.shapes and not key.startswith("lane")
        }

    def lane_box(self, node: str) -> Rectangle:
        return self.shapes[self.lane_of[self.hosts.get(node, node)]]

    def boxes_on_boxes(self) -> list[tuple[str, str]]:
        return [
            (one, other)
            for one, other in combinations(self.nodes, 2)
            if self.nodes[one].overlaps(self.nodes[other])
            and self.hosts.get(other) != one
            and self.hosts.get(one) != other
        ]

    def lines_through_boxes(self) -> list[tuple[str, str]]:
        # A boundary event sits on its host: its own line starts at the circle, outside the host.
        return [
            (flow, node)
            for flow, points in self.lines.items()
            for node, box in self.nodes.items()
            if any(box.is_crossed_by(a, b) for a, b in pairwise(points))
        ]

    def lines_through_labels(self) -> list[tuple[str, str]]:
        return [
            (flow, owner)
            for flow, points in self.lines.items()
            for owner, box in self.labels.items()
            if any(box.is_crossed_by(a, b) for a, b in pairwise(points))
        ]

    def labels_on_boxes(self) -> list[tuple[str, str]]:
        return [
            (owner, node)
            for owner, box in self.labels.items()
            for node, shape in self.nodes.items()
            if (_on_diamond(box, shape) if self._is_gateway(node) else box.overlaps(shape))
        ]

    def _is_gateway(self, node: str) -> bool:
        return self.elements[node].tag.endswith("Gateway")

    def labels_on_labels(self) -> list[tuple[str, str]]:
        return [(a, b) for a, b in combinations(self.labels, 2) if self.labels[a].overlaps(self.labels[b])]

    def strangers_on_one_line(self) -> list[tuple[str, str]]:
        """Flows without a common end that run on top of each other."""
        found = []
        for one, other in combinations(self.flows, 2):
            if set(zip("st", self.flows[one], strict=True)) & set(zip("st", self.flows[other], strict=True)):
                continue
            if any(_on_top(a, b) for a in pairwise(self.lines[one]) for b in pairwise(self.lines[other])):
                found.append((one, other))
        return found

    def slanted(self) -> list[str]:
        return [
            flow
            for flow, points in self.lines.items()
            if any(a[0] != b[0] and a[1] != b[1] for a, b in pairwise(points))
        ]

    def loose_ends(self) -> list[str]:
        return [
            flow
            for flow, (source, target) in self.flows.items()
            if not self.nodes[source].touches(self.lines[flow][0])
            or not self.nodes[target].touches(self.lines[flow][-1])
        ]

    def crossings(self) -> int:
        return sum(
            _cross(a, b)
            for one, other in combinations(self.lines, 2)
            for a in pairwise(self.lines[one])
            for b in pairwise(self.lines[other])
        )


def _bounds(owner: etree._Element) -> Rectangle:
    box = owner.find("dc:Bounds", NS)
    x, y, width, height = (float(box.get(name)) for name in ("x", "y", "width", "height"))
    return Rectangle(x, y, x + width, y + height)


def _on_diamond(box: Rectangle, around: Rectangle) -> bool:
    """True if the box reaches into the diamond that fills a square."""
    x, y = (around.left + around.right) / 2, (around.top + around.bottom) / 2
    nearest = (min(max(x, box.left), box.right), min(max(y, box.top), box.bottom))
    return abs(nearest[0] - x) + abs(nearest[1] - y) < (around.right - around.left) / 2


def _on_top(one, other) -> bool:
    for axis in (0, 1):
        if len({one[0][axis], one[1][axis], other[0][axis], other[1][axis]}) == 1:
            low, high = sorted((one[0][1 - axis], one[1][1 - axis]))
            other_low, other_high = sorted((other[0][1 - axis], other[1][1 - axis]))
            return low < other_high and other_low < high
    return False


def _cross(one, other) -> bool:
    for upright, level in ((one, other), (other, one)):
        if upright[0][0] == upright[1][0] and level[0][1] == level[1][1]:
            top, bottom = sorted((upright[0][1], upright[1][1]))
            left, right = sorted((level[0][0], level[1][0]))
            return left < upright[0][0] < right and top < level[0][1] < bottom
    return False
