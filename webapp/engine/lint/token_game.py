"""The token game of one process: where its tokens can stand, and which moves lead on from there.

Conditions are taken as free: each exit of a choice may be taken, each event of a step may fire once. Steps in
a row are one edge, so that only gateways, merges and watched steps multiply the positions.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from webapp.engine.lint.graph import Graph

_MAX_CHOICES: Final = 6
"""Of an inclusive gateway with more exits, single exits and all together are tried."""


class Token(NamedTuple):
    """Where a token is.

    Attributes:
        flow: the flow that it stands on.
        target: the step that it is about to enter.
        aside: it came from an event that lets its step go on, such as a reminder; it may end on its own.
    """

    flow: str
    target: str
    aside: bool = False


ENDED: Final = Token("", "")
"""Stands in a position for a branch that has come to an end event while others go on."""

Position = frozenset[tuple[Token, int]]
OVER: Final[Position] = frozenset()


class Move(NamedTuple):
    """One move.

    Attributes:
        position: where the tokens stand after it.
        passed: nodes and flows that tokens passed in it, in order.
        ended_again: the end event that a second branch came to in it; empty if none did.
    """

    position: Position
    passed: tuple[str, ...]
    ended_again: str = ""


class _Outcome(NamedTuple):
    """What a node sends out when it has run: its tokens, and the events that fired."""

    tokens: Sequence[Token]
    events: Sequence[str] = ()


class TokenGame:
    """The moves that the tokens of one graph can make."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._ways = {
            identity: [(flow.get("id", ""), flow.get("targetRef", "")) for flow in graph.after[identity]]
            for identity in graph.nodes
        }
        self._reached: dict[tuple[str, str], frozenset[str]] = {}

    def first(self) -> Move:
        """Return where the tokens stand once the process has begun."""
        start = next(identity for identity in self.graph.nodes if self.graph.kind(identity) == "startEvent")
        return self._settled(Counter(self._out(start)), [start])

    def crowd(self, position: Position) -> list[str]:
        """Return the steps that more than one token is about to enter."""
        entering: Counter[str] = Counter()
        for token, count in position:
            if token != ENDED and self.graph.kind(token.target) not in _WAITING:
                entering[token.target] += count
        return [target for target, count in entering.items() if count > 1]

    def moves(self, position: Position) -> Iterator[Move]:
        """Yield what can happen next.

        What happens at a node that can be entered by one way only depends on nothing else, so it goes first,
        alone. Merges, joins and ends that stop everything wait for it, that tokens which can meet do meet;
        all their orders are tried.
        """
        tokens = Counter({token: count for token, count in position if token != ENDED})
        ended = Counter([ENDED] if (ENDED, 1) in position else [])
        ready = [
            token
            for token in sorted(tokens)
            if self.graph.kind(token.target) not in _WAITING and len(self.graph.before[token.target]) <= 1
        ]
        if ready:
            yield from self._entered([ready[0]], tokens, ended)
            return
        for token in sorted(tokens):
            if self.graph.kind(token.target) == "endEvent":
                yield Move(OVER, (token.flow, token.target))
            elif self.graph.kind(token.target) not in JOINS:
                yield from self._entered([token], tokens, ended)
        for target in dict.fromkeys(token.target for token in sorted(tokens)):
            taken = self._joined(target, tokens) if self.graph.kind(target) in JOINS else []
            if taken:
                yield from self._entered(taken, tokens, ended)

    def missing(self, position: Position, join: str) -> list[str]:
        """Return the steps whose branches a parallel join still waits for."""
        here = {token.flow for token, _ in position}
        return [flow.get("sourceRef") for flow in self.graph.before[join] if flow.get("id") not in here]

    def _entered(
        self, taken: Sequence[Token], tokens: Counter[Token], ended: Counter[Token]
    ) -> Iterator[Move]:
        target, aside = taken[0].target, all(token.aside for token in taken)
        for outcome in self._outcomes(target, aside=aside):
            rest = tokens - Counter(taken) + Counter(outcome.tokens) + ended
            yield self._settled(rest, [*(token.flow for token in taken), target, *outcome.events])

    def _out(self, identity: str, *, aside: bool = False) -> list[Token]:
        return [Token(flow, target, aside) for flow, target in self._ways[identity]]

    def _settled(self, tokens: Counter[Token], passed: list[str]) -> Move:
        """Take tokens on through steps that only pass them on, and into ends that stop nothing else."""
        rest: Counter[Token] = Counter({ENDED: tokens.pop(ENDED, 0)})
        again = ""
        for token, count in sorted(tokens.items()):
            last = self._forward(token, passed)
            if last is None:
                continue
            if self.graph.kind(last.target) != "endEvent" or self._terminates(last.target):
                rest[last] += count
                continue
            passed += [last.flow, last.target]
            if not last.aside:
                again = last.target if rest[ENDED] + count > 1 else again
                rest[ENDED] = 1
        return Move(frozenset((+rest).items()), tuple(passed), again)

    def _forward(self, token: Token, passed: list[str]) -> Token | None:
        """Follow a token to the next gateway, merge, watched step or end; a ring of plain steps has none."""
        seen: set[str] = set()
        while token.target not in seen:
            if not self._plain(token.target):
                return token
            seen.add(token.target)
            passed += [token.flow, token.target]
            token = self._out(token.target, aside=token.aside)[0]
        return None

    def _plain(self, identity: str) -> bool:
        """Tell whether a step only passes on the one token that can enter it."""
        single = len(self._ways[identity]) == 1 and len(self.graph.before[identity]) <= 1
        return single and self.graph.kind(identity) not in _FORKS and not self.graph.watched[identity]

    def _terminates(self, identity: str) -> bool:
        element = self.graph.nodes[identity]
        return any(str(inner.tag).endswith("terminateEventDefinition") for inner in element)

    def _outcomes(self, identity: str, *, aside: bool) -> Iterator[_Outcome]:
        """Yield what may leave a node when it has run."""
        ways = self._out(identity, aside=aside)
        kind = self.graph.kind(identity)
        if kind == "exclusiveGateway":
            yield from (_Outcome([way]) for way in ways)
        elif kind == "inclusiveGateway":
            yield from map(_Outcome, _subsets(ways))
        else:
            yield from self._watched_outcomes(identity, ways, aside=aside)

    def _watched_outcomes(self, identity: str, ways: list[Token], *, aside: bool) -> Iterator[_Outcome]:
        yield _Outcome(ways)
        calm = []
        for event in self.graph.watched[identity]:
            if self.graph.nodes[event].get("cancelActivity", "true") == "false":
                calm.append(event)
            else:
                yield _Outcome(self._out(event, aside=aside), [event])
        for fired in _subsets(calm) if calm else ():
            beside = [token for event in fired for token in self._out(event, aside=True)]
            yield _Outcome([*ways, *beside], fired)

    def _joined(self, target: str, tokens: Counter[Token]) -> list[Token]:
        """Return the tokens that a join takes now, one for each way in; none if it has to wait."""
        here = {token.flow: token for token in tokens if token.target == target}
        if self.graph.kind(target) == "parallelGateway":
            return list(here.values()) if len(here) == len(self.graph.before[target]) else []
        for token in tokens:
            if token.target != target and self._awaited(token.target, target, here.keys()):
                return []
        return list(here.values())

    def _awaited(self, at: str, target: str, marked: Collection[str]) -> bool:
        """Tell whether a token elsewhere can still come by an empty way, and by no full one."""
        if (at, target) not in self._reached:
            self._reached[at, target] = self._ways_into(at, target)
        ways = self._reached[at, target]
        return any(way not in marked for way in ways) and not any(way in marked for way in ways)

    def _ways_into(self, at: str, target: str) -> frozenset[str]:
        """Return the flows into a join that a token can reach without passing it."""
        found: set[str] = set()
        seen = {target}
        queue = [at]
        while queue:
            identity = queue.pop()
            if identity not in seen:
                seen.add(identity)
                events = self.graph.watched[identity]
                ways = [*self._ways[identity], *(way for event in events for way in self._ways[event])]
                found.update(flow for flow, end in ways if end == target)
                queue.extend(end for _, end in ways)
        return frozenset(found)


JOINS: Final = frozenset({"parallelGateway", "inclusiveGateway"})
_WAITING: Final = JOINS | {"endEvent"}
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
