"""Whether joins can ever be complete: every way that tokens can go is played through.

Conditions are taken as free: each exit of a choice may be taken. Steps in a row are one edge, so only
gateways and boundary events multiply the positions; a diagram with too many of them is not judged.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING, Final, TypeVar

from webapp.engine.lint.elements import about

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from webapp.engine.findings import Finding
    from webapp.engine.lint.graph import Graph

_MAX_POSITIONS: Final = 2_000
_MAX_CHOICES: Final = 6
"""Of an inclusive gateway with more exits, single exits and all together are tried."""
Edge = tuple[str, str]
"""Where a token is: the step it comes from, and the step it is about to enter."""
Position = frozenset[tuple[Edge, int]]


def check(graph: Graph) -> Iterator[Finding]:
    """Yield joins that may wait for ever, and steps that may be open more than once."""
    play = _Play(graph)
    stuck, crowded = play.explore()
    for identity in stuck:
        yield about(
            graph.nodes[identity],
            "可能永远等不齐：前面的分支不一定都会走到这个并行汇合",
            "让并行汇合只合并由并行网关拆出的分支，或改用包容网关、排他网关汇合",
        )
    for identity in crowded:
        yield about(
            graph.nodes[identity],
            "同时进行的几条分支没有汇合就走到这里，后面的步骤会重复办理",
            "在这之前用并行网关或包容网关汇合各分支",
            warning=True,
        )


class _Play:
    """The positions that the tokens of one graph can be in."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.ways = {identity: self._targets(identity) for identity in graph.nodes}
        self._reached: dict[tuple[str, str], frozenset[Edge]] = {}

    def _targets(self, identity: str) -> list[Edge]:
        return [(flow.get("id", ""), flow.get("targetRef")) for flow in self.graph.after[identity]]

    def explore(self) -> tuple[list[str], list[str]]:
        """Return the joins where tokens can be stuck and the steps where they can crowd."""
        start = next(identity for identity in self.graph.nodes if self.graph.kind(identity) == "startEvent")
        first = self._settled(Counter(self.ways[start]))
        seen, queue = {first}, [first]
        stuck: dict[str, None] = {}
        crowded: dict[str, None] = {}
        while queue and len(seen) <= _MAX_POSITIONS:
            position = queue.pop()
            crowd = self._crowd(position)
            crowded.update(dict.fromkeys(crowd))
            moves = [] if crowd else list(self._moves(position))
            if position and not moves and not crowd:
                stuck.update((target, None) for (_, target), _ in position)
            fresh = set(moves) - seen
            seen |= fresh
            queue.extend(fresh)
        return ([], []) if queue else (list(stuck), list(crowded))

    def _crowd(self, position: Position) -> list[str]:
        """Return the steps that more than one token is about to enter."""
        entering: Counter[str] = Counter()
        for (_, target), count in position:
            entering[target] += count if self.graph.kind(target) not in _JOINS else 0
        return [target for target, count in entering.items() if count > 1]

    def _moves(self, position: Position) -> Iterator[Position]:
        """Yield the positions after one move; one step that depends on nothing else goes first, alone."""
        tokens = Counter(dict(position))
        for edge in sorted(tokens):
            kind = self.graph.kind(edge[1])
            if kind not in _JOINS:
                for added in self._results(edge[1]):
                    yield self._settled(tokens - Counter([edge]) + Counter(added))
                return
        for target in dict.fromkeys(target for _, target in sorted(tokens)):
            taken = self._joined(target, tokens)
            if taken:
                for added in self._results(target):
                    yield self._settled(tokens - Counter(taken) + Counter(added))

    def _settled(self, tokens: Counter[Edge]) -> Position:
        """Take tokens on through steps that do nothing but pass them on."""
        rest: Counter[Edge] = Counter()
        ends = False
        for edge, count in tokens.items():
            last = self._forward(edge)
            if last is None:
                continue
            ends = ends or self._terminates(last[1])
            if self.graph.kind(last[1]) != "endEvent":
                rest[last] += count
        return frozenset() if ends else frozenset(rest.items())

    def _forward(self, edge: Edge) -> Edge | None:
        """Follow an edge to the next gateway, watched step or end."""
        seen = set()
        while edge[1] not in seen:
            seen.add(edge[1])
            if not self._plain(edge[1]):
                return edge
            edge = self.ways[edge[1]][0]
        return None

    def _plain(self, identity: str) -> bool:
        """Tell whether a step only passes on the one token that can enter it."""
        single = len(self.ways[identity]) == 1 and len(self.graph.before[identity]) <= 1
        return single and self.graph.kind(identity) not in _FORKS and not self.graph.watched[identity]

    def _terminates(self, identity: str) -> bool:
        element = self.graph.nodes[identity]
        return any(str(inner.tag).endswith("terminateEventDefinition") for inner in element)

    def _results(self, identity: str) -> Iterator[Sequence[Edge]]:
        """Yield the sets of edges that may get tokens when a node has run."""
        ways = self.ways[identity]
        kind = self.graph.kind(identity)
        if kind == "exclusiveGateway":
            yield from ([way] for way in ways)
        elif kind == "inclusiveGateway":
            yield from _subsets(ways)
        else:
            yield from self._watched_results(identity, ways)

    def _watched_results(self, identity: str, ways: list[Edge]) -> Iterator[Sequence[Edge]]:
        calm: list[str] = []
        for event in self.graph.watched[identity]:
            if self.graph.nodes[event].get("cancelActivity", "true") == "false":
                calm.append(event)
            else:
                yield self.ways[event]
        for fired in _subsets(calm) if calm else ():
            yield [*ways, *(way for event in fired for way in self.ways[event])]
        yield ways

    def _joined(self, target: str, tokens: Counter[Edge]) -> list[Edge]:
        """Return the tokens that a join takes now; none if it has to wait."""
        here = [edge for edge in tokens if edge[1] == target]
        if self.graph.kind(target) == "parallelGateway":
            return here if len(here) == len(self.graph.before[target]) else []
        marked = set(here)
        for edge in tokens:
            if edge[1] != target and self._awaited(edge[1], target, marked):
                return []
        return here

    def _awaited(self, at: str, target: str, marked: set[Edge]) -> bool:
        """Tell whether a token elsewhere can still come by an empty way, and by no full one."""
        if (at, target) not in self._reached:
            self._reached[at, target] = self._ways_into(at, target)
        ways = self._reached[at, target]
        return bool(ways - marked) and not ways & marked

    def _ways_into(self, at: str, target: str) -> frozenset[Edge]:
        """Return the ways into a join that a token can reach without passing it."""
        found: set[Edge] = set()
        seen = {target}
        queue = [at]
        while queue:
            identity = queue.pop()
            if identity not in seen:
                seen.add(identity)
                events = self.graph.watched[identity]
                ways = [*self.ways[identity], *(way for event in events for way in self.ways[event])]
                found.update(way for way in ways if way[1] == target)
                queue.extend(way[1] for way in ways)
        return frozenset(found)


_JOINS: Final = frozenset({"parallelGateway", "inclusiveGateway"})
_FORKS: Final = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", "endEvent"})

_T = TypeVar("_T")


def _subsets(ways: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """Yield the non-empty choices among exits."""
    if len(ways) > _MAX_CHOICES:
        yield from ([way] for way in ways)
        yield ways
        return
    for size in range(1, len(ways) + 1):
        yield from combinations(ways, size)
