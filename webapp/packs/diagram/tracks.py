"""Gives the flows that share a gutter or a channel their parallel tracks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations, pairwise, permutations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from webapp.packs.diagram.graph import Flow, Graph
    from webapp.packs.diagram.lines import Grid

Vertex = tuple[int, int]

_MOST_PERMUTED = 6
_ON_TOP = 100


@dataclass(frozen=True, slots=True)
class End:
    """One end of a segment.

    Attributes:
        at: Index of the crossing line that it is on.
        side: Whether the way goes on to the lower (-1) or the higher (1) lines; 0 where it begins or ends.
        fixed: Whether that crossing line is a middle line, which has one track only.
    """

    at: int
    side: int
    fixed: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """One straight part of a way.

    Attributes:
        flow: The flow.
        number: Which part of its way, from 0.
        vertical: Whether it runs up or down.
        line: Index of the line that it runs on.
        first: Lower end, as the index of a crossing line.
        last: Upper end.
        ends: Both ends.
    """

    flow: Flow
    number: int
    vertical: bool
    line: int
    first: int
    last: int
    ends: tuple[End, End]

    def meets(self, other: Segment) -> bool:
        """Tell whether two segments of a line overlap or touch."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class Tracks:
    """The tracks of all gutters and channels.

    Attributes:
        level: Track of a segment, from the left or the top, by flow id and segment number; 0 on middle lines.
        count: Number of tracks by (vertical, line index).
    """

    level: Mapping[tuple[str, int], int]
    count: Mapping[tuple[bool, int], int]


def corners(way: Sequence[Vertex]) -> list[Vertex]:
    """Return the ends and bends of a way."""
    kept = [way[0]]
    for before, vertex, after in zip(way, way[1:], way[2:], strict=False):
        if (vertex[0] - before[0], vertex[1] - before[1]) != (after[0] - vertex[0], after[1] - vertex[1]):
            kept.append(vertex)
    return [*kept, way[-1]]


def segments(grid: Grid, flow: Flow, way: Sequence[Vertex]) -> list[Segment]:
    """Cut a way into its straight parts."""
    points = corners(way)
    found = []
    for number, (one, other) in enumerate(pairwise(points)):
        vertical = one[0] == other[0]
        along = 1 if vertical else 0
        crossing = grid.ys if vertical else grid.xs
        beyond = (points[number - 1] if number else one, points[min(number + 2, len(points) - 1)])
        ends = tuple(
            End(end[along], _sign(onward[1 - along] - end[1 - along]), crossing[end[along]].kind != "between")
            for end, onward in zip((one, other), beyond, strict=True)
        )
        low, high = sorted((one[along], other[along]))
        found.append(Segment(flow, number, vertical, one[1 - along], low, high, (ends[0], ends[1])))
    return found


def assign_tracks(graph: Graph, grid: Grid, ways: Mapping[str, Sequence[Vertex]]) -> Tracks:
    """Give every segment in a gutter or a channel a track, with as few crossings as can be found."""
    shared: dict[tuple[bool, int], list[Segment]] = defaultdict(list)
    for flow in graph.flows:
        for segment in segments(grid, flow, ways[flow.id]):
            line = grid.xs[segment.line] if segment.vertical else grid.ys[segment.line]
            if line.kind == "between":
                shared[segment.vertical, segment.line].append(segment)
    level: dict[tuple[str, int], int] = {}
    count: dict[tuple[bool, int], int] = {}
    for key, members in shared.items():
        ordered = _ordered(_bundles(graph, members))
        levels = _levels(ordered)
        count[key] = max(levels) + 1
        for bundle, number in zip(ordered, levels, strict=True):
            for segment in bundle:
                level[segment.flow.id, segment.number] = number
    return Tracks(level, count)


def _bundles(graph: Graph, members: Iterable[Segment]) -> list[list[Segment]]:
    """Segments of related flows that meet run on one track, unless a stranger is among them."""
    bundles: list[list[Segment]] = []
    for segment in sorted(members, key=lambda one: (one.first, one.last, one.flow.id)):
        for bundle in bundles:
            meeting = [other for other in bundle if segment.meets(other)]
            if meeting and all(graph.related(segment.flow, other.flow) for other in meeting):
                bundle.append(segment)
                break
        else:
            bundles.append([segment])
    return bundles


def _ordered(bundles: list[list[Segment]]) -> list[list[Segment]]:
    if len(bundles) <= _MOST_PERMUTED:
        return list(min(permutations(bundles), key=_disorder))
    ordered: list[list[Segment]] = []
    for bundle in bundles:
        options = [[*ordered[:at], bundle, *ordered[at:]] for at in range(len(ordered) + 1)]
        ordered = min(options, key=_disorder)
    return ordered


def _disorder(order: Iterable[list[Segment]]) -> int:
    return sum(
        _conflicts(low, high)
        for lower, higher in combinations(order, 2)
        for low in lower
        for high in higher
        if low.meets(high)
    )


def _conflicts(low: Segment, high: Segment) -> int:
    """Crossings, and stretches on top of each other, if ``low`` has the lower track."""
    crossings = sum(end.side < 0 and low.first < end.at < low.last for end in high.ends)
    crossings += sum(end.side > 0 and high.first < end.at < high.last for end in low.ends)
    on_top = sum(
        _ON_TOP if end.fixed else 1
        for end in low.ends
        for other in high.ends
        if end.at == other.at and end.side > 0 > other.side
    )
    return crossings + on_top


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def _levels(ordered: Sequence[list[Segment]]) -> list[int]:
    levels: list[int] = []
    for number, bundle in enumerate(ordered):
        below = [
            levels[earlier] + 1
            for earlier in range(number)
            if any(one.meets(other) for one in bundle for other in ordered[earlier])
        ]
        levels.append(max(below, default=0))
    return levels
