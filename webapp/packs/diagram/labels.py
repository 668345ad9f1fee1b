"""Finds a place for every label that stands outside a box, relative to the middle of a node.

The places are part of the room that a node takes, so that columns and rows are spread far enough and no
label meets a box, another label or a foreign line.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.packs.diagram.graph import TASK_HEIGHT
from webapp.packs.diagram.lines import boundary_offsets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from webapp.packs.diagram.graph import Flow, Graph, Node

Vertex = tuple[int, int]
Heading = tuple[int, int]

CHARACTER, LINE_HEIGHT, CHARACTERS_PER_LINE = 15, 18, 6
PADDING = 8
GAP = 5
MARKER = 11
"""Room for the stroke that marks a default flow next to its gateway."""

_CORNER_X, _CORNER_Y = 12, 16
"""A label beside a diamond's slope: its nearest corner stays outside the diamond."""

_RIGHT, _LEFT, _DOWN, _UP = (1, 0), (-1, 0), (0, 1), (0, -1)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, relative to the middle of a node or absolute."""

    x: float
    y: float
    width: float
    height: float

    def moved(self, x: float, y: float) -> Box:
        """Return the same box elsewhere."""
        return Box(self.x + x, self.y + y, self.width, self.height)

    def overlaps(self, other: Box) -> bool:
        """Tell whether two boxes share more than an edge."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


@dataclass(frozen=True, slots=True)
class Labels:
    """Places of labels, relative to the middle of the node beside which they stand.

    Attributes:
        names: Box of a node's name, by node id.
        flows: Node and box of a flow's name, by flow id.
    """

    names: Mapping[str, Box]
    flows: Mapping[str, tuple[str, Box]]

    def around(self, node: str) -> list[Box]:
        """Return all boxes that stand beside a node."""
        boxes = [box for owner, box in self.flows.values() if owner == node]
        return boxes + ([self.names[node]] if node in self.names else [])


def text_size(text: str) -> tuple[int, int]:
    """Return width and height in pixels of a label, wrapped as the viewer wraps it."""
    lines = -(-len(text) // CHARACTERS_PER_LINE)
    return min(len(text), CHARACTERS_PER_LINE) * CHARACTER + PADDING, lines * LINE_HEIGHT


def place_labels(graph: Graph, ways: Mapping[str, Sequence[Vertex]]) -> Labels:
    """Place the labels of flows at their ends, then the names of gateways and events around those."""
    exits = {flow.id: _heading(ways[flow.id][0], ways[flow.id][1]) for flow in graph.flows}
    entries = {flow.id: _heading(ways[flow.id][-2], ways[flow.id][-1]) for flow in graph.flows}
    leaving = Counter((flow.source, exits[flow.id]) for flow in graph.flows)
    flows: dict[str, tuple[str, Box]] = {}
    for flow in graph.flows:
        if not flow.name:
            continue
        alone = leaving[flow.source, exits[flow.id]] == 1 and graph.nodes[flow.source].host is None
        node = flow.source if alone else flow.target
        heading = exits[flow.id] if alone else _reverse(entries[flow.id])
        flows[flow.id] = (node, _beside_line(graph.nodes[node], heading, flow.name))
    offsets = boundary_offsets(graph)
    used = _used_sides(graph.flows, exits, entries)
    around: dict[str, list[Box]] = defaultdict(list)
    for node, box in flows.values():
        around[node].append(box)
    names = {
        key: _beside_boundary(node, offsets[key])
        if key in offsets
        else _name_box(node, used[key], around[key])
        for key, node in graph.nodes.items()
        if node.has_outside_label
    }
    return Labels(names, flows)


def _used_sides(
    flows: Iterable[Flow], exits: Mapping[str, Heading], entries: Mapping[str, Heading]
) -> dict[str, set[Heading]]:
    used: dict[str, set[Heading]] = defaultdict(set)
    for flow in flows:
        used[flow.source].add(exits[flow.id])
        used[flow.target].add(_reverse(entries[flow.id]))
    return used


def _beside_line(node: Node, side: Heading, text: str) -> Box:
    """A label above a horizontal line or right of a vertical one, next to a side of the node."""
    width, height = text_size(text)
    half_width, half_height = node.size[0] / 2, node.size[1] / 2
    if side == _RIGHT:
        return Box(half_width + MARKER, -GAP - height, width, height)
    if side == _LEFT:
        return Box(-half_width - MARKER - width, -GAP - height, width, height)
    top = half_height + GAP if side == _DOWN else -half_height - GAP - height
    return Box(GAP + 2, top, width, height)


def _beside_boundary(node: Node, offset: int) -> Box:
    """A label on the outer side of a boundary event, clear of its host and of the line that leaves below."""
    width, height = text_size(node.name)
    reach = node.size[0] / 2 + GAP - 1
    return Box(-reach - width if offset < 0 else reach, GAP, width, height)


def _name_box(node: Node, used: set[Heading], others: Sequence[Box]) -> Box:
    width, height = text_size(node.name)
    half = node.size[1] / 2
    below = Box(-width / 2, half + GAP, width, height)
    above = Box(-width / 2, -half - GAP - height, width, height)
    corners = [
        Box(-_CORNER_X - width, -_CORNER_Y - height, width, height),
        Box(-_CORNER_X - width, _CORNER_Y, width, height),
        Box(_CORNER_X, _CORNER_Y, width, height),
        Box(_CORNER_X, -_CORNER_Y - height, width, height),
    ]
    straight = [box for side, box in ((_DOWN, below), (_UP, above)) if side not in used]
    for box in straight + corners:
        if not any(box.overlaps(other) for other in others):
            return box
    # Every side is busy: stand clear above all that is there.
    top = min([-TASK_HEIGHT / 2, *(other.y for other in others)])
    return Box(-_CORNER_X - width, top - height, width, height)


def _heading(one: Vertex, other: Vertex) -> Heading:
    return (other[0] - one[0], other[1] - one[1])


def _reverse(heading: Heading) -> Heading:
    return (-heading[0], -heading[1])
