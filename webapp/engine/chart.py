# ruff: noqa: SLF001 - names of neighbours are read from the library's own fields, without looking the specs up
"""What the drawing of one process alone says: what lies before what, and which branch a step is on.

A *branch* is told by the exits of splits: a token stands "on" the exits that it came by and that no join
has closed again. Two tokens can be under way together only on different exits of some split. Everything
here depends on the definition only, is worked out once per compiled process, and is then looked up.
"""

from __future__ import annotations

from functools import partial, reduce
from typing import TYPE_CHECKING, Any, Final

from webapp.engine.events import BoundaryEvent, CatchEvent, Watch
from webapp.engine.gateways import InclusiveGateway, Join, ParallelGateway
from webapp.engine.items import ItemTask
from webapp.engine.nodes import HumanTask, Subprocess

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

Place = dict[str, frozenset[int]]
"""Where a token stands: the exits that it accounts for, by the name of each split still open."""

Arrival = tuple[str, str]
"""A token that waits at a join: the join's name, and the name of the step that it came from."""

_EVENT: Final = frozenset({0})
"""The one exit of a boundary event that lets its step go on."""


def makes_tokens(spec: Any) -> bool:
    """Tell whether a spec is a gateway that can send more than one token."""
    return isinstance(spec, ParallelGateway | InclusiveGateway) and len(spec.outputs) > 1


def entry(spec: Any) -> Any:
    """Return where a token enters a step: the watch, where boundary events are attached."""
    return next((before for before in spec.inputs if isinstance(before, Watch)), spec)


def inner_process(spec: Any) -> str | None:
    """Return the id of the process that a step holds or calls, be it once or per item."""
    if isinstance(spec, ItemTask):
        spec = spec._wf_spec.task_specs[spec.task_spec]
    return spec.spec if isinstance(spec, Subprocess) else None


def holders(specs: Mapping[str, Any]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return, for each process, which of its calls and subprocesses hold an element, however deep."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}

    def held(process: str) -> dict[str, tuple[str, ...]]:
        if process not in found:
            inside: dict[str, list[str]] = {}
            for name, spec in specs[process].task_specs.items():
                inner = inner_process(spec)
                # What runs once for an item has the element's own id, but another name.
                if inner is not None and name == spec.bpmn_id:
                    for element in (*specs[inner].task_specs, *held(inner)):
                        inside.setdefault(element, []).append(name)
            found[process] = {element: tuple(dict.fromkeys(names)) for element, names in inside.items()}
        return found[process]

    for process in specs:
        held(process)
    return found


class Chart:
    """The graph of one process or subprocess.

    Attributes:
        shape: the kind of each step and the steps right after it.
        places: where a token at each step stands; steps that no token can reach are missing.
    """

    def __init__(self, spec: Any) -> None:
        self._specs: Mapping[str, Any] = spec.task_specs
        self.shape = {name: (type(each), *each._outputs) for name, each in self._specs.items()}
        self._start: str = spec.start.name
        self._order = _order(self._specs, self._start)
        self._after = _without_returns(self._specs, self._order)
        self._rank = {name: rank for rank, name in enumerate(self._order)}
        self._reach = self._reached()
        self._joins = [
            name
            for name in self._order
            if isinstance(self._specs[name], ParallelGateway) and len(self._specs[name]._inputs) > 1
        ]
        self.places: dict[str, Place] = {}
        for name in self._order:
            self.places[name] = self._placed(name)
        self._arrivals: dict[tuple[str, frozenset[tuple[str, frozenset[int]]]], frozenset[Arrival]] = {}

    def leads(self, before: str, after: str) -> bool:
        """Tell whether some way, loops back left out, goes from one step to another."""
        if before not in self._reach or after not in self._rank:
            return False
        return self._reach[before] >> self._rank[after] & 1 == 1

    def way(self, via: str, target: str) -> Place:
        """Return where a token stands that came to a join by one of its ways in."""
        found: Place = {}
        for exit_number, after in enumerate(self._outputs(via)):
            if after == target:
                found = self._left(via, exit_number, after)
        return found

    def apart(self, left: Place, right: Place) -> bool:
        """Tell whether two tokens may be under way at the same time."""
        if any(split in right and exits.isdisjoint(right[split]) for split, exits in left.items()):
            return True
        return any(self.watches(split) for split in left.keys() ^ right.keys())

    def watches(self, split: str) -> bool:
        """Tell whether what makes another token is an event that watches a step, and no gateway."""
        return isinstance(self._specs[split], BoundaryEvent)

    def starves(self, target: str, names: Iterable[str], waiting: Collection[Arrival]) -> bool:
        """Tell whether a parallel join ahead of a step, or there, would wait for ever.

        Args:
            target: name of the step or join.
            names: names of all steps where tokens are under way, that one among them.
            waiting: the tokens that wait at joins.
        """
        ahead = 0
        for name in names:
            ahead |= self._reach[name] | 1 << self._rank[name]
        return any(
            (join, via) not in waiting and not ahead >> self._rank[via] & 1
            for join in self._joins
            if join == target or self.leads(target, join)
            for via in self._specs[join]._inputs
        )

    def meet_at_joins(self, left: str, right: str) -> bool:
        """Tell whether tokens at two steps can come together only where a join waits for both."""
        ahead = [self._reach.get(name, 0) | 1 << self._rank.get(name, 0) for name in (left, right)]
        common = ahead[0] & ahead[1]
        for name in self._order:
            if common >> self._rank[name] & 1 and not isinstance(self._specs[name], Join):
                before = (other for other in self._order if name in self._after[other])
                if name in (left, right) or any(not common >> self._rank[each] & 1 for each in before):
                    return False
        return True

    def first(self, split: str, exit_number: int) -> str:
        """Return the step that an exit of a split leads to."""
        return self._outputs(split)[exit_number]

    def exits(self, split: str) -> frozenset[int]:
        """Return all exits of a split."""
        return frozenset(range(len(self._outputs(split))))

    def parallel(self, split: str) -> bool:
        """Tell whether a split sends a token along each exit, always."""
        return isinstance(self._specs[split], ParallelGateway)

    def arrivals(self, target: str, owed: Mapping[str, frozenset[int]]) -> frozenset[Arrival]:
        """Return where tokens on other exits would wait for one that stands at the target.

        Args:
            target: name of the step where the one token stands.
            owed: the other exits, by split.
        """
        key = (target, frozenset(owed.items()))
        if key not in self._arrivals:
            self._arrivals[key] = frozenset(self._walked(target, owed))
        return self._arrivals[key]

    def onward(
        self, name: str, charts: Mapping[str, Chart], shut: Collection[str] = frozenset()
    ) -> frozenset[str]:
        """Return every step that a token leaving this one can come to without anybody being asked.

        Effects and decisions count as passed; people, timers and messages are asked, and come last.

        Args:
            name: the step that it leaves.
            charts: those of all processes of the definition.
            shut: steps that it does not pass, though it may come to them.
        """
        found: set[str] = set()
        queue = list(self._outputs(name))
        while queue:
            after = queue.pop()
            if after not in found:
                found.add(after)
                if after not in shut and self.passable(after, charts):
                    queue.extend(self._outputs(after))
        return frozenset(found)

    def begins(self, charts: Mapping[str, Chart]) -> frozenset[str]:
        """Return every step that a token can come to right after the start."""
        return self.onward(self._start, charts)

    def passable(self, name: str, charts: Mapping[str, Chart]) -> bool:
        """Tell whether a token can pass a step without anybody being asked."""
        spec = self._specs[name]
        if isinstance(spec, Subprocess):
            return ends(charts[spec.spec].begins(charts))
        return not isinstance(spec, HumanTask | ItemTask | CatchEvent)

    def _outputs(self, name: str) -> Sequence[str]:
        outputs: Sequence[str] = self._specs[name]._outputs
        return outputs

    def _reached(self) -> dict[str, int]:
        """Return the steps ahead of each step as bits by rank."""
        reach = dict.fromkeys(self._order, 0)
        changed = True
        while changed:
            changed = False
            for name in reversed(self._order):
                ahead = 0
                for after in self._after[name]:
                    ahead |= reach[after] | 1 << self._rank[after]
                changed = changed or ahead != reach[name]
                reach[name] = ahead
        return reach

    def _placed(self, name: str) -> Place:
        joins = isinstance(self._specs[name], ParallelGateway | InclusiveGateway)
        ways = [
            self._left(before, exit_number, name)
            for before in dict.fromkeys(self._specs[name]._inputs)
            if before in self.places and name in self._after[before]
            for exit_number, after in enumerate(self._outputs(before))
            if after == name
        ]
        joined: dict[str, frozenset[int]] = {}
        for way in ways:
            for split, numbers in way.items():
                joined[split] = joined.get(split, frozenset()) | numbers
        return {
            split: numbers
            for split, numbers in joined.items()
            if not self._closed(split, numbers, ways, joins=joins)
        }

    def _closed(self, split: str, numbers: frozenset[int], ways: Iterable[Place], *, joins: bool) -> bool:
        """Tell whether nothing of a split is left beside a token that has come together here."""
        if self.watches(split):
            return joins and any(split not in way for way in ways)
        return numbers == self.exits(split)

    def _left(self, name: str, exit_number: int, after: str) -> Place:
        """Return where a token stands once it has left a step by an exit."""
        place = self.places.get(name, {})
        spec = self._specs[after]
        if isinstance(spec, BoundaryEvent) and not spec.interrupting:
            return {**place, after: _EVENT}
        return {**place, name: frozenset({exit_number})} if makes_tokens(self._specs[name]) else place

    def _walked(self, target: str, owed: Mapping[str, frozenset[int]]) -> set[Arrival]:
        ahead = {name for name in self._order if self.leads(target, name)}
        near = self._distances(ahead)
        found: set[Arrival] = set()
        seen: set[str] = set()
        queue = [
            (split, self._outputs(split)[number]) for split, numbers in owed.items() for number in numbers
        ]
        while queue:
            via, name = queue.pop()
            if name in ahead:
                if isinstance(self._specs[name], ParallelGateway):
                    found.add((name, via))
            elif name not in seen:
                seen.add(name)
                queue.extend((name, after) for after in self._taken(name, near))
        return found

    def _taken(self, name: str, near: Mapping[str, int]) -> Collection[str]:
        """Return where a token would go on: everywhere from a parallel gateway, else the nearest way."""
        after = self._after[name]
        if isinstance(self._specs[name], ParallelGateway):
            return after
        if isinstance(self._specs[name], Watch):
            return after[:1]
        return [min(after, key=lambda each: near.get(each, len(self._order)))] if after else []

    def _distances(self, ahead: set[str]) -> dict[str, int]:
        """Return how far each step is from the joins ahead, not counting ways that lead past them."""
        joins = ParallelGateway | InclusiveGateway
        near = {name: 0 for name in ahead if isinstance(self._specs[name], joins)}
        for name in reversed(self._order):
            known = [near[after] for after in self._after[name] if after in near]
            if known and name not in ahead:
                near[name] = 1 + min(known)
        return near


def ends(onward: frozenset[str]) -> bool:
    """Tell whether the end of a process is among the steps."""
    return "*finish" in onward


def _order(specs: Mapping[str, Any], start: str) -> list[str]:
    """Return the steps that a token can reach, each before what follows it, loops left aside."""
    order: list[str] = []
    seen = {start}
    stack = [(start, iter(specs[start]._outputs))]
    while stack:
        name, rest = stack[-1]
        for after in rest:
            if after not in seen:
                seen.add(after)
                stack.append((after, iter(specs[after]._outputs)))
                break
        else:
            stack.pop()
            order.append(name)
    return order[::-1]


def _without_returns(specs: Mapping[str, Any], order: list[str]) -> dict[str, list[str]]:
    """Return what follows each step, without the ways that lead back into a loop's first step."""
    rank = {name: place for place, name in enumerate(order)}
    above = _dominators(specs, order, rank)

    def dominates(first: str, name: str) -> bool:
        while rank[name] > rank[first]:
            name = above[name]
        return name == first

    return {
        name: [after for after in dict.fromkeys(specs[name]._outputs) if not dominates(after, name)]
        for name in order
    }


def _dominators(specs: Mapping[str, Any], order: list[str], rank: Mapping[str, int]) -> dict[str, str]:
    """Return, for each step, the nearest one that every way to it passes (Cooper, Harvey, Kennedy)."""
    above = {order[0]: order[0]}
    changed = True
    while changed:
        changed = False
        for name in order[1:]:
            known = [before for before in specs[name]._inputs if before in above]
            found = reduce(partial(_meeting, above, rank), known)
            changed = changed or above.get(name) != found
            above[name] = found
    return above


def _meeting(above: Mapping[str, str], rank: Mapping[str, int], left: str, right: str) -> str:
    """Return the nearest step above two steps, or one of them if it lies above the other."""
    while left != right:
        if rank[left] > rank[right]:
            left = above[left]
        else:
            right = above[right]
    return left
