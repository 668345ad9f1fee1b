"""Gives every node a column, and a row inside its lane."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from webapp.packs.diagram.order import Order, find_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from webapp.packs.diagram.graph import Flow, Graph

Cell = tuple[int, int]
"""Column and row of the whole drawing, both from 0."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where everything stands, in columns and rows.

    Attributes:
        cells: Column and row of each node; a boundary event has its host's.
        columns: Number of columns.
        row_lanes: Lane index of each row from top to bottom.
        backward: Ids of the flows that go back.
    """

    cells: Mapping[str, Cell]
    columns: int
    row_lanes: tuple[int, ...]
    backward: frozenset[str]

    @property
    def occupied(self) -> frozenset[Cell]:
        """Cells that hold a node."""
        return frozenset(self.cells.values())


def place(graph: Graph) -> Placement:
    """Place the nodes of a process.

    The way with most steps stays on one row; shorter branches go to the rows beside it. A detour (a
    branch that only leads back) is folded back over the steps that it returns to.
    """
    order = find_order(graph)
    board = _Board(graph, order)
    main = [key for key in order.sequence if key not in order.detours]
    board.rank(main)
    for key in main:
        board.settle(key)
    for chain in _chains(order):
        board.fold(chain)
    return board.finish()


@dataclass(frozen=True, slots=True)
class _Chain:
    """A detour without branches, from the node that it leaves to the node that it returns to."""

    leaves: str
    nodes: tuple[str, ...]


def _chains(order: Order) -> Iterator[_Chain]:
    entries = [
        (place, flow.target)
        for place in order.sequence
        if place not in order.detours
        for flow in order.forward[place]
        if flow.target in order.detours
    ]
    seen: set[str] = set()
    for leaves, first in entries:
        nodes: list[str] = []
        waiting = [first]
        while waiting:
            place = waiting.pop(0)
            if place in seen:
                continue
            seen.add(place)
            nodes.append(place)
            waiting.extend(flow.target for flow in order.forward[place])
        if nodes:
            yield _Chain(leaves, tuple(nodes))
    for place in order.sequence:
        if place in order.detours and place not in seen:
            yield _Chain(place, (place,))


@dataclass
class _Board:
    """The cells that are taken so far. Rows are counted from 0 in each lane and may be negative."""

    graph: Graph
    order: Order
    column: dict[str, int] = field(default_factory=dict)
    row: dict[str, int] = field(default_factory=dict)
    taken: set[tuple[int, int, int]] = field(default_factory=set)
    lines: set[tuple[int, int, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.incoming: dict[str, list[Flow]] = defaultdict(list)
        for flows in self.order.forward.values():
            for flow in flows:
                self.incoming[flow.target].append(flow)

    def rank(self, places: Iterable[str]) -> None:
        """Columns by the longest way that leads to each place."""
        for key in places:
            before = [self.column[self.graph.place_of(flow.source)] + 1 for flow in self.incoming[key]]
            self.column[key] = max(before, default=0)

    def settle(self, key: str) -> None:
        """Give a place its row."""
        lane = self.graph.nodes[key].lane
        self._take(
            key, lane, next(row for row in _spiral(*self._preference(key)) if self._fits(key, lane, row))
        )

    def fold(self, chain: _Chain) -> None:
        """Place a detour: on to the right in the lane that it leaves, then back to the left."""
        graph = self.graph
        home = graph.nodes[chain.leaves].lane
        leaving = 0
        while leaving < len(chain.nodes) and graph.nodes[chain.nodes[leaving]].lane == home:
            leaving += 1
        turns = leaving < len(chain.nodes)
        at = self.column.get(chain.leaves, 0)
        for step, key in enumerate(chain.nodes):
            if turns and step < leaving:
                column = at + step
            else:
                column = at + max(leaving - 1, 0) * turns - (step - leaving if turns else step)
            self.column[key] = max(column, 0)
        side = self._side(home, [graph.nodes[key].lane for key in chain.nodes], default=-1)
        for key in chain.nodes:
            lane = graph.nodes[key].lane
            start = self.row.get(chain.leaves, 0) + side if lane == home else 0
            self._take(key, lane, next(row for row in _spiral(start, side) if self._is_free(key, lane, row)))

    def finish(self) -> Placement:
        """Number the rows of all lanes from top to bottom."""
        lanes = range(len(self.graph.lanes))
        used: dict[int, set[int]] = {lane: {0} for lane in lanes}
        for key, row in self.row.items():
            used[self.graph.nodes[key].lane].add(row)
        numbers = [(lane, row) for lane in lanes for row in sorted(used[lane])]
        index = {place: number for number, place in enumerate(numbers)}
        cells = {}
        for key, node in self.graph.nodes.items():
            place = self.graph.place_of(key)
            cells[key] = (self.column[place], index[node.lane, self.row[place]])
        return Placement(
            cells=cells,
            columns=max(self.column.values()) + 1,
            row_lanes=tuple(lane for lane, _ in numbers),
            backward=self.order.backward,
        )

    def _preference(self, key: str) -> tuple[int, int]:
        """The row that a place would like, and the side to look on if that is taken."""
        lane = self.graph.nodes[key].lane
        options: list[tuple[int, int]] = []
        for flow in self.incoming[key]:
            before = self.graph.place_of(flow.source)
            if self.graph.nodes[before].lane == lane:
                side = self._side(lane, self._lanes_after(key), default=1)
                hosted = self.graph.nodes[flow.source].host is not None
                beside = 0 if not hosted and self._heir(before) == key else (1 if hosted else side)
                options.append((self.row[before] + beside, side))
        return min(options, key=lambda option: (abs(option[0]), option[0] < 0), default=(0, 1))

    def _heir(self, key: str) -> str | None:
        """The successor in the same lane with the longest way still to go; it keeps the row."""
        lane = self.graph.nodes[key].lane
        heirs = [
            flow.target
            for flow in self.order.forward[key]
            if flow.source == key
            and self.graph.nodes[flow.target].lane == lane
            and flow.target not in self.order.detours
        ]
        return max(heirs, key=lambda heir: self.order.remaining[heir], default=None)

    def _lanes_after(self, key: str) -> list[int]:
        return [self.graph.nodes[flow.target].lane for flow in self.order.forward[key]]

    def _side(self, lane: int, lanes: Iterable[int], *, default: int) -> int:
        others = [other for other in lanes if other != lane]
        if not others:
            return default
        return -1 if others[0] < lane else 1

    def _fits(self, key: str, lane: int, row: int) -> bool:
        return self._is_free(key, lane, row) and not any(
            (lane, row, between) in self.taken for between in self._run(key, lane, row)
        )

    def _is_free(self, key: str, lane: int, row: int) -> bool:
        cell = (lane, row, self.column[key])
        return cell not in self.taken and cell not in self.lines

    def _run(self, key: str, lane: int, row: int) -> Iterator[int]:
        """Columns that the straight line from the step before would pass."""
        for flow in self.incoming[key]:
            before = self.graph.place_of(flow.source)
            same_row = self.graph.nodes[before].lane == lane and self.row.get(before) == row
            if same_row and self._heir(before) == key:
                yield from range(self.column[before] + 1, self.column[key])

    def _take(self, key: str, lane: int, row: int) -> None:
        self.lines.update((lane, row, between) for between in self._run(key, lane, row))
        self.row[key] = row
        self.taken.add((lane, row, self.column[key]))


def _spiral(start: int, side: int) -> Iterator[int]:
    """Rows outward from a start, the preferred side first."""
    yield start
    for distance in count(1):
        yield start + side * distance
        yield start - side * distance
