"""Turns columns, rows and tracks into pixels."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.packs.diagram.graph import TASK_HEIGHT
from webapp.packs.diagram.labels import Box
from webapp.packs.diagram.lines import boundary_offsets
from webapp.packs.diagram.tracks import corners, segments

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from webapp.packs.diagram.graph import Graph, Node
    from webapp.packs.diagram.labels import Labels
    from webapp.packs.diagram.lines import Grid
    from webapp.packs.diagram.placement import Placement
    from webapp.packs.diagram.tracks import Segment, Tracks

Point = tuple[float, float]
Vertex = tuple[int, int]

ORIGIN_X, ORIGIN_Y = 160, 80
HEADER = 30
TRACK = 14
GUTTER = 18
CHANNEL = 13
LANE_MARGIN = 18
ROW_GAP = 24
_HEADER_CHARACTER = 17


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything in pixels.

    Attributes:
        nodes: Box of each node.
        labels: Box of each outside label, by node or flow id.
        lines: Points of each flow.
        lanes: Box of each lane, in order.
        pool: Box of the pool.
    """

    nodes: Mapping[str, Box]
    labels: Mapping[str, Box]
    lines: Mapping[str, Sequence[Point]]
    lanes: Sequence[Box]
    pool: Box


def draw(
    graph: Graph,
    placement: Placement,
    grid: Grid,
    *,
    ways: Mapping[str, Sequence[Vertex]],
    tracks: Tracks,
    labels: Labels,
) -> Drawing:
    """Work out every position.

    Args:
        graph: What is drawn.
        placement: Column and row of each node.
        grid: The lines of that placement.
        ways: Vertices of each flow on the grid.
        tracks: Parallel tracks of those ways.
        labels: Labels beside the nodes.
    """
    room = _Room(graph, placement, labels)
    across = _Across(grid, tracks, room)
    down = _Down(graph, grid, tracks, room)
    middles = {
        key: (across.middle[placement.cells[key][0]], down.middle[placement.cells[key][1]])
        for key in graph.nodes
    }
    offsets = boundary_offsets(graph)
    for key, offset in offsets.items():
        x, y = middles[key]
        middles[key] = (x + offset, y + TASK_HEIGHT / 2)
    nodes = {key: _around(middles[key], node) for key, node in graph.nodes.items()}
    left = ORIGIN_X + (HEADER if graph.pool else 0)
    lanes = [Box(left, top, across.right - left, bottom - top) for top, bottom in down.lanes]
    pool = Box(ORIGIN_X, ORIGIN_Y, across.right - ORIGIN_X, down.lanes[-1][1] - ORIGIN_Y)
    boxes = {key: box.moved(*middles[key]) for key, box in labels.names.items()}
    boxes |= {key: box.moved(*middles[node]) for key, (node, box) in labels.flows.items()}
    lines = {}
    for flow in graph.flows:
        points = _points(segments(grid, flow, ways[flow.id]), corners(ways[flow.id]), across, down, tracks)
        points[0] = _touch(nodes[flow.source], points[0], points[1])
        points[-1] = _touch(nodes[flow.target], points[-1], points[-2])
        lines[flow.id] = points
    return Drawing(nodes, boxes, lines, lanes, pool)


class _Room:
    """How far nodes and their labels reach from the middle of each column and row."""

    def __init__(self, graph: Graph, placement: Placement, labels: Labels) -> None:
        self.left: dict[int, float] = defaultdict(float)
        self.right: dict[int, float] = defaultdict(float)
        self.above: dict[int, float] = defaultdict(lambda: TASK_HEIGHT / 2)
        self.below: dict[int, float] = defaultdict(lambda: TASK_HEIGHT / 2)
        offsets = boundary_offsets(graph)
        for key, node in graph.nodes.items():
            column, row = placement.cells[key]
            shift = (offsets[key], TASK_HEIGHT / 2) if key in offsets else (0, 0)
            for box in [_around((0, 0), node), *labels.around(key)]:
                moved = box.moved(*shift)
                self.left[column] = max(self.left[column], -moved.x)
                self.right[column] = max(self.right[column], moved.x + moved.width)
                self.above[row] = max(self.above[row], -moved.y)
                self.below[row] = max(self.below[row], moved.y + moved.height)


class _Across:
    """Horizontal positions."""

    def __init__(self, grid: Grid, tracks: Tracks, room: _Room) -> None:
        self.middle: dict[int, float] = {}
        self._at: dict[int, float] = {}
        x = float(ORIGIN_X + 2 * HEADER)
        for number, line in enumerate(grid.xs):
            if line.kind == "between":
                self._at[number] = x + GUTTER
                x += 2 * GUTTER + TRACK * max(0, tracks.count.get((True, number), 0) - 1)
                if line.index in room.left or line.index in room.right:
                    self.middle[line.index] = round(x + room.left[line.index])
                    x = self.middle[line.index] + room.right[line.index]
            else:
                self._at[number] = self.middle[line.index] + line.offset
        self.right = x

    def at(self, number: int, track: int) -> float:
        """Position of a track of a line."""
        return self._at[number] + TRACK * track


class _Down:
    """Vertical positions, lane by lane."""

    def __init__(self, graph: Graph, grid: Grid, tracks: Tracks, room: _Room) -> None:
        self.middle: dict[int, float] = {}
        self.lanes: list[tuple[float, float]] = []
        self._at: dict[int, float] = {}
        self._grid, self._tracks, self._room = grid, tracks, room
        top = float(ORIGIN_Y)
        for index, lane in enumerate(graph.lanes):
            numbers = [number for number, line in enumerate(grid.ys) if line.lane == index]
            height = self._lay(numbers, 0)
            # The name stands upright in the lane's header and must fit.
            spare = max(0, len(lane.name) * _HEADER_CHARACTER + LANE_MARGIN - height)
            bottom = self._lay(numbers, top + spare // 2) + spare - spare // 2
            self.lanes.append((top, bottom))
            top = bottom

    def at(self, number: int, track: int) -> float:
        """Position of a track of a line."""
        return self._at[number] + TRACK * track

    def _lay(self, numbers: Sequence[int], y: float) -> float:
        for number in numbers:
            line = self._grid.ys[number]
            if line.kind == "middle":
                self.middle[line.index] = self._at[number] = y = round(y + self._room.above[line.index])
                y += self._room.below[line.index]
                continue
            count = self._tracks.count.get((False, number), 0)
            free = LANE_MARGIN if number in {numbers[0], numbers[-1]} else ROW_GAP
            self._at[number] = y + CHANNEL
            y += 2 * CHANNEL + TRACK * (count - 1) if count else free
        return y


def _around(middle: Point, node: Node) -> Box:
    width, height = node.size
    return Box(middle[0] - width / 2, middle[1] - height / 2, width, height)


def _points(
    parts: Sequence[Segment], bends: Sequence[Vertex], across: _Across, down: _Down, tracks: Tracks
) -> list[Point]:
    """Where a way begins, bends and ends; the ends still in the middle of their nodes."""
    points = []
    for number, vertex in enumerate(bends):
        x, y = across.at(vertex[0], 0), down.at(vertex[1], 0)
        for part in parts[max(number - 1, 0) : number + 1]:
            track = tracks.level.get((part.flow.id, part.number), 0)
            if part.vertical:
                x = across.at(part.line, track)
            else:
                y = down.at(part.line, track)
        points.append((x, y))
    return points


def _touch(box: Box, end: Point, beyond: Point) -> Point:
    """Move the end of a line from the middle of a node to its edge."""
    if end[0] == beyond[0]:
        return (end[0], box.y if beyond[1] < end[1] else box.y + box.height)
    return (box.x if beyond[0] < end[0] else box.x + box.width, end[1])
