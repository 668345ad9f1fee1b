"""Whether a process always comes to its end, once: every way that its tokens can go is played through.

Looked for are joins that wait for ever, steps that several branches come to, ends that are reached while
other branches go on, and steps that are never reached. Each fault comes with the shortest way on which it
shows. What people send back (退回) is not part of the game: the engine takes back what was begun behind the
target, so that such a case stands where it stood before.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from webapp.engine import source as xml
from webapp.engine.lint.elements import about
from webapp.engine.lint.token_game import TokenGame

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from webapp.engine.findings import Finding
    from webapp.engine.lint.graph import Graph
    from webapp.engine.lint.token_game import Move, Position

_MAX_POSITIONS: Final = 5_000
_MAX_WORK: Final = 200_000
"""Tokens looked at in all moves together: about a second."""
_NAMED_STEPS: Final = 6
"""Steps of the way that a message names; the finding holds all of them."""
_TOLD_STEPS: Final = 10
"""Steps that are told of as never reached."""


def check(graph: Graph, *, strict: bool = True) -> Iterator[Finding]:
    """Yield what keeps a process from coming to its end, once, on some way through it.

    Args:
        graph: a process or subprocess without faults of structure.
        strict: what the engine can run, though not as its author will have meant it, is an error too. Not so
            for a process that is in force already.
    """
    play = _Play(graph)
    play.explore()
    yield from _stuck(play)
    for finding in (*_crowded(play), *_ended_early(play), *_unreached(play)):
        yield finding if strict else replace(finding, severity="warning")
    if not play.complete:
        reason = f"流程的走法太多，只检查了 {play.positions} 种情形，其余的会不会停住或重复办理没有检查"
        yield about(graph.container, reason, "拆成子流程或调用的流程，再检查一次", warning=True)


class _Play:
    """The exploration of one process.

    Attributes:
        complete: every position was looked at.
        visited: nodes and flows that some token passed.
        stuck: joins that wait for ever, each with the position in which nothing can move any more.
        crowded: steps that two tokens are about to enter, each with the position.
        ended_early: end events that a second branch came to, each with the way there.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.game = TokenGame(graph)
        self.complete = True
        self.visited: set[str] = set()
        self.stuck: dict[str, Position] = {}
        self.crowded: dict[str, Position] = {}
        self.ended_early: dict[str, tuple[str, ...]] = {}
        self._before: dict[Position, tuple[Position | None, tuple[str, ...]]] = {}
        self._work = 0

    @property
    def positions(self) -> int:
        """How many positions were reached."""
        return len(self._before)

    def explore(self) -> None:
        """Look at every position, those that are fewest moves away first."""
        queue: deque[Position] = deque()
        self._reach([self.game.first()], None, queue)
        while queue and self.complete:
            position = queue.popleft()
            crowd = self.game.crowd(position)
            if crowd:
                for step in crowd:
                    self.crowded.setdefault(step, position)
                continue
            moves = list(self.game.moves(position))
            self._work += len(moves) * len(position)
            self._reach(moves, position, queue)
            if not moves:
                for token, _ in position:
                    if token.target:
                        self.stuck.setdefault(token.target, position)

    def way(self, position: Position | None) -> tuple[str, ...]:
        """Return what tokens passed on the shortest way to a position, in order."""
        parts: list[tuple[str, ...]] = []
        while position is not None:
            position, passed = self._before[position]
            parts.append(passed)
        return tuple(each for part in reversed(parts) for each in part)

    def named(self, identities: Iterable[str]) -> str:
        """Name steps for people."""
        found = dict.fromkeys(identity for identity in identities if identity in self.graph.nodes)
        return "、".join(f"“{xml.label(self.graph.nodes[identity])}”" for identity in found)

    def shown(self, identity: str, reason: str, mend: str, way: tuple[str, ...]) -> Finding:
        """Return a finding with the way on which it shows: its words stop before the element."""
        before = way[:-1] if way and way[-1] == identity else way
        found = about(self.graph.nodes[identity], f"{reason}{self._told(before)}", mend)
        return replace(found, trace=way)

    def _told(self, way: tuple[str, ...]) -> str:
        """Tell the last steps of a way that have names."""
        nodes = self.graph.nodes
        names = [nodes[each].get("name") or each for each in way if each in nodes and _is_step(nodes[each])]
        shown = names[-_NAMED_STEPS:]
        return f"（走法：{'…… → ' if len(names) > len(shown) else ''}{' → '.join(shown)}）" if shown else ""

    def _reach(self, moves: list[Move], before: Position | None, queue: deque[Position]) -> None:
        for move in moves:
            self.visited.update(move.passed)
            if move.ended_again and move.ended_again not in self.ended_early:
                self.ended_early[move.ended_again] = (*self.way(before), *move.passed)
            if move.position not in self._before:
                self._before[move.position] = (before, move.passed)
                queue.append(move.position)
        self.complete = self.positions <= _MAX_POSITIONS and self._work <= _MAX_WORK


def _stuck(play: _Play) -> Iterator[Finding]:
    for identity, position in play.stuck.items():
        way = play.way(position)
        always = identity not in play.visited
        words = ("", "，后面的步骤都办理不到") if always else ("可能", "")
        missing = play.named(play.game.missing(position, identity)) or "别的分支"
        yield play.shown(
            identity,
            f"{words[0]}永远等不齐：前面的分支不一定都会走到这里，{missing}没有来{words[1]}",
            "让并行汇合只合并由并行网关拆出的分支，或改用包容网关、排他网关汇合",
            (*way, identity),
        )


def _crowded(play: _Play) -> Iterator[Finding]:
    for identity, position in play.crowded.items():
        yield play.shown(
            identity,
            "同时进行的几条分支没有汇合就走到这里，从这里起会重复办理",
            "在这之前用并行网关或包容网关汇合各分支",
            (*play.way(position), identity),
        )


def _ended_early(play: _Play) -> Iterator[Finding]:
    for identity, way in play.ended_early.items():
        yield play.shown(
            identity,
            "到达这个结束事件之前，另一条分支已经结束：几条分支各自结束，没有汇合",
            "先用并行网关或包容网关汇合各分支再结束；如果一条分支结束时其余的不再办理，改为终止结束事件",
            way,
        )


def _unreached(play: _Play) -> Iterator[Finding]:
    """Yield steps that no token comes to though lines lead there, if all was played to the end."""
    if not play.complete or play.crowded or play.stuck:
        return
    idle = [each for each, node in play.graph.nodes.items() if each not in play.visited and _is_step(node)]
    for identity in idle[:_TOLD_STEPS]:
        yield about(
            play.graph.nodes[identity],
            "永远办理不到：流程总在走到这一步之前结束",
            "检查前面的终止结束事件和汇合",
        )


def _is_step(element: xml.Element) -> bool:
    """Tell whether people know the node as something that happens, and not as a gateway alone."""
    return xml.local(element) not in xml.GATEWAYS or bool(element.get("name"))
