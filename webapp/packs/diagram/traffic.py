"""What already runs on the lines, and what it costs to meet it."""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from webapp.packs.diagram.graph import Flow, Graph
    from webapp.packs.diagram.lines import Grid

Vertex = tuple[int, int]
Heading = tuple[int, int]
Port = tuple[str, Heading]
Turn = tuple[Heading, Heading]

FORBIDDEN = 1e5
"""So dear that it is never taken while there is any other way; yet a crowded process still gets drawn."""

CROSSING = 90.0
TOUCHING, FACING = 45.0, 160.0
CROWDED = 8.0
TOGETHER, MISREAD = 0.7, 1.6
MIXED_PORT = 400.0
SHARED_LABEL = 250.0


class Traffic:
    """The flows on each stretch, at each vertex and at each side of each node."""

    def __init__(self, graph: Graph, grid: Grid) -> None:
        self._graph, self._grid = graph, grid
        self._stretches: dict[tuple[Vertex, Vertex], dict[str, Flow]] = defaultdict(dict)
        self._vertices: dict[Vertex, dict[str, tuple[Flow, Heading, Heading]]] = defaultdict(dict)
        self._ports: dict[Port, dict[str, tuple[Flow, bool]]] = defaultdict(dict)

    def add(self, flow: Flow, way: tuple[Vertex, ...]) -> None:
        """Put a flow on its way."""
        for stretch in _stretches(way):
            self._stretches[stretch][flow.id] = flow
        for vertex, coming, going in _turns(way):
            self._vertices[vertex][flow.id] = (flow, coming, going)
        for port, leaving in _ports(flow, way):
            self._ports[port][flow.id] = (flow, leaving)

    def remove(self, flow: Flow, way: tuple[Vertex, ...]) -> None:
        """Take a flow off its way."""
        for stretch in _stretches(way):
            self._stretches[stretch].pop(flow.id, None)
        for vertex, _, _ in _turns(way):
            self._vertices[vertex].pop(flow.id, None)
        for port, _ in _ports(flow, way):
            self._ports[port].pop(flow.id, None)

    def line_cost(self, flow: Flow, one: Vertex, other: Vertex) -> float:
        """Cost of running beside others: forbidden on middle lines, small where there are tracks."""
        strangers = [
            rival
            for rival in self._stretches.get(_stretch(one, other), {}).values()
            if not self._graph.related(flow, rival)
        ]
        if not strangers:
            return 0.0
        line = self._grid.xs[one[0]] if one[0] == other[0] else self._grid.ys[one[1]]
        return CROWDED * len(strangers) if line.kind == "between" else FORBIDDEN

    def company(self, flow: Flow, one: Vertex, other: Vertex) -> float:
        """Factor on the length of a stretch: related flows like to run together, but not with a labelled one.

        A label stands over a level line and speaks for one way only: what joins that line could be misread.
        """
        rivals = [
            rival
            for rival in self._stretches.get(_stretch(one, other), {}).values()
            if rival.id != flow.id and self._graph.related(flow, rival)
        ]
        level = one[1] == other[1]
        if level and any((rival.name or flow.name) and rival.source != flow.source for rival in rivals):
            return MISREAD
        return TOGETHER if rivals else 1

    def vertex_cost(self, flow: Flow, vertex: Vertex, coming: Heading, going: Heading) -> float:
        """Cost of meeting others at a vertex: a clear crossing, or a corner that could be misread."""
        cost = 0.0
        for rival, its_coming, its_going in self._vertices.get(vertex, {}).values():
            if self._graph.related(flow, rival):
                continue
            straight = coming == going and its_coming == its_going
            if straight and _is_across(coming, its_coming):
                cost += CROSSING
            elif not straight:
                cost += self._corner_cost(vertex, (coming, going), (its_coming, its_going))
        return cost

    def port_cost(self, flow: Flow, node: str, heading: Heading, *, leaving: bool) -> float:
        """Cost of a side of a node that others use: in and out must not mix, labels must not pile up."""
        side = heading if leaving else (-heading[0], -heading[1])
        cost = 0.0
        for rival, rival_leaving in self._ports.get((node, side), {}).values():
            if rival.id == flow.id:
                continue
            if rival_leaving != leaving:
                cost += MIXED_PORT
            elif leaving and (rival.name or flow.name):
                cost += SHARED_LABEL
        return cost

    def _corner_cost(self, vertex: Vertex, turn: Turn, other: Turn) -> float:
        """Tracks can part two corners at one vertex; if they swap sides twice, nothing can."""
        upright = self._grid.xs[vertex[0]].kind == "between"
        level = self._grid.ys[vertex[1]].kind == "between"
        if not upright and not level:
            return FORBIDDEN
        if upright and level:
            return TOUCHING
        arms, other_arms = _arms(turn), _arms(other)
        across = ((1, 0), (-1, 0)) if upright else ((0, 1), (0, -1))
        faces = any(one in arms and two in other_arms for one, two in (across, across[::-1]))
        return FACING if faces else TOUCHING


def _arms(turn: Turn) -> set[Heading]:
    """The sides of a vertex that a way uses."""
    coming, going = turn
    return {(-coming[0], -coming[1]), going}


def _stretch(one: Vertex, other: Vertex) -> tuple[Vertex, Vertex]:
    return (one, other) if one < other else (other, one)


def _stretches(way: tuple[Vertex, ...]) -> Iterator[tuple[Vertex, Vertex]]:
    for one, other in itertools.pairwise(way):
        yield _stretch(one, other)


def _turns(way: tuple[Vertex, ...]) -> Iterator[tuple[Vertex, Heading, Heading]]:
    for before, vertex, after in zip(way, way[1:], way[2:], strict=False):
        yield vertex, _heading(before, vertex), _heading(vertex, after)


def _ports(flow: Flow, way: tuple[Vertex, ...]) -> Iterator[tuple[Port, bool]]:
    out = _heading(way[0], way[1])
    into = _heading(way[-2], way[-1])
    yield (flow.source, out), True
    yield (flow.target, (-into[0], -into[1])), False


def _heading(one: Vertex, other: Vertex) -> Heading:
    return (other[0] - one[0], other[1] - one[1])


def _is_across(one: Heading, other: Heading) -> bool:
    return (one[0] == 0) != (other[0] == 0)
