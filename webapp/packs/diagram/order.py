"""The reading order of a process: which flows go back, what is on the way and what is a detour."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from webapp.packs.diagram.graph import Flow, Graph


@dataclass(frozen=True, slots=True)
class Order:
    """The reading order of one process. Boundary events count as their host.

    Attributes:
        forward: Flows from each place, those that go back left out.
        backward: Ids of the flows that go back.
        sequence: Places, each after all that lead to it.
        remaining: Longest number of steps still to go from each place.
        detours: Places from which every way goes back, such as 补正.
    """

    forward: Mapping[str, tuple[Flow, ...]]
    backward: frozenset[str]
    sequence: tuple[str, ...]
    remaining: Mapping[str, int]
    detours: frozenset[str]


def find_order(graph: Graph) -> Order:
    """Work out the reading order of a process."""
    outgoing: dict[str, list[Flow]] = defaultdict(list)
    for flow in graph.flows:
        outgoing[graph.place_of(flow.source)].append(flow)
    places = [key for key, node in graph.nodes.items() if node.host is None]
    backward = _backward(places, outgoing, graph)
    forward = {key: tuple(flow for flow in outgoing[key] if flow.id not in backward) for key in places}
    sequence = _sequence(places, forward)
    return Order(
        forward=forward,
        backward=backward,
        sequence=sequence,
        remaining=_remaining(sequence, forward),
        detours=_detours(sequence, forward, outgoing),
    )


def _backward(places: list[str], outgoing: Mapping[str, list[Flow]], graph: Graph) -> frozenset[str]:
    """Flows to a place that is still being walked: the return of a loop."""
    starts = [key for key in places if graph.nodes[key].kind == "startEvent"]
    open_places: set[str] = set()
    seen: set[str] = set()
    back: set[str] = set()
    for start in starts + places:
        if start in seen:
            continue
        seen.add(start)
        open_places.add(start)
        trail: list[tuple[str, Iterator[Flow]]] = [(start, iter(outgoing[start]))]
        while trail:
            place, flows = trail[-1]
            flow = next(flows, None)
            if flow is None:
                open_places.discard(place)
                trail.pop()
            elif flow.target in open_places:
                back.add(flow.id)
            elif flow.target not in seen:
                seen.add(flow.target)
                open_places.add(flow.target)
                trail.append((flow.target, iter(outgoing[flow.target])))
    return frozenset(back)


def _sequence(places: list[str], forward: Mapping[str, tuple[Flow, ...]]) -> tuple[str, ...]:
    waiting = dict.fromkeys(places, 0)
    for flows in forward.values():
        for flow in flows:
            waiting[flow.target] += 1
    ready = [key for key in places if not waiting[key]]
    found = []
    while ready:
        place = ready.pop(0)
        found.append(place)
        for flow in forward[place]:
            waiting[flow.target] -= 1
            if not waiting[flow.target]:
                ready.append(flow.target)
    return tuple(found)


def _remaining(sequence: tuple[str, ...], forward: Mapping[str, tuple[Flow, ...]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place in reversed(sequence):
        found[place] = 1 + max((found[flow.target] for flow in forward[place]), default=0)
    return found


def _detours(
    sequence: tuple[str, ...],
    forward: Mapping[str, tuple[Flow, ...]],
    outgoing: Mapping[str, list[Flow]],
) -> frozenset[str]:
    arrives: set[str] = set()
    for place in reversed(sequence):
        if not outgoing[place] or any(flow.target in arrives for flow in forward[place]):
            arrives.add(place)
    return frozenset(set(sequence) - arrives)
