"""The lines that flows may run on: through the middle of columns and rows, and between them.

A line between columns is a gutter, a line between rows a channel. Each stands for as many parallel
tracks as are needed in the end; a middle line stands for itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from webapp.packs.diagram.graph import Graph
    from webapp.packs.diagram.placement import Placement

COLUMN_PITCH, ROW_PITCH, BORDER_GAP = 176, 110, 30
BOUNDARY_OFFSETS = (42, -42, 0)
"""Where boundary events sit on the lower edge of their host, from its middle, in pixels."""

Kind = Literal["middle", "between", "boundary"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the grid.

    Attributes:
        kind: Through nodes, between nodes, or through a boundary event.
        index: Column or row of a middle line; number of a gutter or channel.
        at: Rough position in pixels, for comparing lengths.
        lane: Lane of a row or channel; 0 for vertical lines.
        offset: Distance of a boundary event from the middle of its host.
    """

    kind: Kind
    index: int
    at: float
    lane: int = 0
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Grid:
    """All lines, and where on them each node stands.

    Attributes:
        xs: Vertical lines from left to right.
        ys: Horizontal lines from top to bottom.
        nodes: Vertex (index into ``xs`` and ``ys``) of each node.
        taken: Node that stands on a vertex; boundary events left out.
    """

    xs: tuple[Line, ...]
    ys: tuple[Line, ...]
    nodes: dict[str, tuple[int, int]]
    taken: dict[tuple[int, int], str]


def build_grid(graph: Graph, placement: Placement) -> Grid:
    """Lay the lines for a placement."""
    offsets = boundary_offsets(graph)
    xs = _vertical_lines(placement, offsets)
    ys = _horizontal_lines(placement)
    column_at = {(line.index, line.kind, line.offset): number for number, line in enumerate(xs)}
    row_at = {line.index: number for number, line in enumerate(ys) if line.kind == "middle"}
    nodes, taken = {}, {}
    for key, node in graph.nodes.items():
        column, row = placement.cells[key]
        if node.host is None:
            nodes[key] = (column_at[column, "middle", 0], row_at[row])
            taken[nodes[key]] = key
        else:
            nodes[key] = (column_at[column, "boundary", offsets[key]], row_at[row])
    return Grid(tuple(xs), tuple(ys), nodes, taken)


def boundary_offsets(graph: Graph) -> dict[str, int]:
    """Return where each boundary event sits on its host."""
    seen: dict[str, int] = {}
    found = {}
    for key, node in graph.nodes.items():
        if node.host is not None:
            number = seen.get(node.host, 0)
            seen[node.host] = number + 1
            found[key] = BOUNDARY_OFFSETS[number % len(BOUNDARY_OFFSETS)]
    return found


def _vertical_lines(placement: Placement, offsets: dict[str, int]) -> list[Line]:
    in_column: dict[int, set[int]] = {}
    for key, offset in offsets.items():
        in_column.setdefault(placement.cells[key][0], set()).add(offset)
    lines = []
    for column in range(placement.columns):
        middle = (column + 0.5) * COLUMN_PITCH
        lines.append(Line("between", column, column * COLUMN_PITCH))
        lines.append(Line("middle", column, middle))
        lines.extend(
            Line("boundary", column, middle + offset, offset=offset)
            for offset in in_column.get(column, set())
        )
    lines.append(Line("between", placement.columns, placement.columns * COLUMN_PITCH))
    return sorted(lines, key=lambda line: (line.at, line.kind != "middle"))


def _horizontal_lines(placement: Placement) -> list[Line]:
    lines: list[Line] = []
    at, channel, previous = 0.0, 0, -1
    for row, lane in enumerate(placement.row_lanes):
        if lane != previous:
            if lines:
                lines.append(Line("between", channel, at, previous))
                channel += 1
                at += BORDER_GAP
            previous = lane
        lines.append(Line("between", channel, at, lane))
        channel += 1
        lines.append(Line("middle", row, at + ROW_PITCH / 2, lane))
        at += ROW_PITCH
    lines.append(Line("between", channel, at, previous))
    return lines
