"""Finds a way for every flow over the lines between and through the nodes.

Each way is a cheapest path: short, with few bends, few crossings and natural ends. It can never cross a
box, because the vertices under nodes are closed to all flows but their own.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from webapp.packs.diagram.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from webapp.packs.diagram.graph import Flow, Graph
    from webapp.packs.diagram.lines import Grid

Vertex = tuple[int, int]
Heading = tuple[int, int]
State = tuple[int, int, Heading]

RIGHT, LEFT, DOWN, UP = (1, 0), (-1, 0), (0, 1), (0, -1)
HEADINGS: tuple[Heading, ...] = (RIGHT, DOWN, UP, LEFT)

BEND = 60.0
OUTSIDE_LANES, THROUGH_LANES, TARGET_LANE = 1.5, 1.05, 1.02
AGAINST = 300.0
AROUND = 60.0
SIDEWAYS_GATEWAY, SIDEWAYS_BOX = 10.0, 45.0
PASSES = 2


def route(graph: Graph, grid: Grid, backward: frozenset[str]) -> dict[str, tuple[Vertex, ...]]:
    """Return the vertices of every flow from end to end, every vertex on the way included."""
    router = _Router(graph, grid, Traffic(graph, grid))
    # Straight lines first, then those with a label, which need a side of their own; returns come last.
    flows = sorted(
        graph.flows,
        key=lambda flow: (
            flow.id in backward,
            not router.is_level(flow),
            not flow.name,
            router.distance(flow),
        ),
    )
    for _ in range(PASSES):
        for flow in flows:
            router.lead(flow)
    return router.ways


@dataclass
class _Router:
    """The ways that were found so far."""

    graph: Graph
    grid: Grid
    traffic: Traffic
    ways: dict[str, tuple[Vertex, ...]] = field(default_factory=dict)

    def distance(self, flow: Flow) -> float:
        """Length of the shortest way that could be."""
        return self._between(self.grid.nodes[flow.source], self.grid.nodes[flow.target])

    def is_level(self, flow: Flow) -> bool:
        """Tell whether both ends stand on one row."""
        return self.grid.nodes[flow.source][1] == self.grid.nodes[flow.target][1]

    def lead(self, flow: Flow) -> None:
        """Find the way of a flow, anew if it has one."""
        if flow.id in self.ways:
            self.traffic.remove(flow, self.ways[flow.id])
        way = _Search(self, flow).run()
        self.ways[flow.id] = way
        self.traffic.add(flow, way)

    def _between(self, one: Vertex, other: Vertex) -> float:
        xs, ys = self.grid.xs, self.grid.ys
        return abs(xs[one[0]].at - xs[other[0]].at) + abs(ys[one[1]].at - ys[other[1]].at)


class _Search:
    """The cheapest path of one flow."""

    def __init__(self, router: _Router, flow: Flow) -> None:
        self.grid, self.graph, self.traffic, self.flow = router.grid, router.graph, router.traffic, flow
        self.start, self.goal = router.grid.nodes[flow.source], router.grid.nodes[flow.target]
        self.between = router._between  # noqa: SLF001 - the search is a part of the router
        self.own_lanes = (self.graph.nodes[flow.source].lane, self.graph.nodes[flow.target].lane)
        self.lanes = range(min(self.own_lanes), max(self.own_lanes) + 1)
        self.hosted = self.graph.nodes[flow.source].host is not None

    def run(self) -> tuple[Vertex, ...]:
        """Return the vertices from the source to the target."""
        best: dict[State, float] = {}
        came: dict[State, State | None] = {}
        queue: list[tuple[float, int, float, State, State | None]] = []
        count = 0
        for state, cost in self._first():
            heapq.heappush(queue, (cost + self.between(state[:2], self.goal), count, cost, state, None))
            count += 1
        while queue:
            _, _, cost, state, before = heapq.heappop(queue)
            if state in came:
                continue
            came[state] = before
            if state[:2] == self.goal:
                return self._trace(state, came)
            for following, step in self._steps(state):
                total = cost + step
                if following not in came and total < best.get(following, inf):
                    best[following] = total
                    count += 1
                    estimate = total + self.between(following[:2], self.goal)
                    heapq.heappush(queue, (estimate, count, total, following, state))
        raise AssertionError(f"no way for {self.flow.id}")

    def _first(self) -> Iterator[tuple[State, float]]:
        for heading in (DOWN,) if self.hosted else HEADINGS:
            cost = self._end_cost(self.flow.source, heading, leaving=True)
            cost += self.traffic.port_cost(self.flow, self.flow.source, heading, leaving=True)
            vertex = (self.start[0] + heading[0], self.start[1] + heading[1])
            yield from self._entered(vertex, heading, cost, self.start)

    def _steps(self, state: State) -> Iterator[tuple[State, float]]:
        vertex, heading = (state[0], state[1]), state[2]
        for turned in HEADINGS:
            if turned == (-heading[0], -heading[1]):
                continue
            if turned != heading and not self._may_turn(vertex):
                continue
            cost = self.traffic.vertex_cost(self.flow, vertex, heading, turned)
            if turned != heading:
                cost += BEND
            following = (vertex[0] + turned[0], vertex[1] + turned[1])
            yield from self._entered(following, turned, cost, vertex)

    def _entered(
        self, vertex: Vertex, heading: Heading, cost: float, before: Vertex
    ) -> Iterator[tuple[State, float]]:
        if not (0 <= vertex[0] < len(self.grid.xs) and 0 <= vertex[1] < len(self.grid.ys)):
            return
        if vertex != self.goal and not self._is_open(vertex, heading):
            return
        cost += self.traffic.line_cost(self.flow, before, vertex)
        cost += self._length(before, vertex)
        if vertex == self.goal:
            cost += self._end_cost(self.flow.target, heading, leaving=False)
            cost += self.traffic.port_cost(self.flow, self.flow.target, heading, leaving=False)
        yield (vertex[0], vertex[1], heading), cost

    def _is_open(self, vertex: Vertex, heading: Heading) -> bool:
        """A node closes its own vertex, and the boundary lines that run through its box."""
        if vertex in self.grid.taken:
            return False
        line = self.grid.xs[vertex[0]]
        return line.kind != "boundary" or heading in {LEFT, RIGHT} or not self._box_at(vertex)

    def _may_turn(self, vertex: Vertex) -> bool:
        return self.grid.xs[vertex[0]].kind != "boundary" or not self._box_at(vertex)

    def _box_at(self, vertex: Vertex) -> bool:
        """Tell whether the box of a node covers this place of a boundary line."""
        column = self.grid.xs[vertex[0]].index
        return any(
            taken[1] == vertex[1] and self.grid.xs[taken[0]].index == column
            for taken in self.grid.taken
            if self.grid.xs[taken[0]].kind == "middle"
        )

    def _length(self, one: Vertex, other: Vertex) -> float:
        length = self.between(one, other) * self.traffic.company(self.flow, one, other)
        lane = self.grid.ys[other[1]].lane
        if lane not in self.lanes:
            return length * OUTSIDE_LANES
        if lane == self.own_lanes[0]:
            return length
        return length * (TARGET_LANE if lane == self.own_lanes[1] else THROUGH_LANES)

    def _end_cost(self, node: str, heading: Heading, *, leaving: bool) -> float:
        """What it costs to leave or enter a node on this side; natural is from left to right."""
        across = self.goal[0] - self.start[0]
        if heading in {UP, DOWN}:
            if across == 0 or (self.hosted and leaving):
                return 0.0
            return SIDEWAYS_GATEWAY if self.graph.nodes[node].is_gateway else SIDEWAYS_BOX
        if heading == RIGHT:
            return 0.0 if across > 0 else AROUND
        return 0.0 if across < 0 else AGAINST

    def _trace(self, state: State, came: Mapping[State, State | None]) -> tuple[Vertex, ...]:
        way: list[Vertex] = []
        at: State | None = state
        while at is not None:
            way.append((at[0], at[1]))
            at = came[at]
        way.append(self.start)
        return tuple(reversed(way))
