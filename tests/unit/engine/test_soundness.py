"""The token game: every fault with the shortest way on which it shows, checked against a plain exploration."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.unit.engine.build import Process
from webapp import engine
from webapp.engine import source as xml
from webapp.engine.lint import soundness
from webapp.engine.lint.graph import Graph, graph
from webapp.engine.lint.token_game import JOINS

if TYPE_CHECKING:
    from collections.abc import Iterator


def drawn(*chains: str, **kinds: str) -> Process:
    """A process from chains such as `s p a j e`; a name is a user task unless its kind is told.

    The flow from `a` to `b` has the id `a_b`; the first flow out of an exclusive or inclusive gateway is its default.
    """
    flows = [
        (one, two) for chain in chains for one, two in zip(chain.split(), chain.split()[1:], strict=False)
    ]
    names = dict.fromkeys(name for flow in flows for name in flow)
    process = Process("whole", basis="TZ-3.1")
    choosing = [name for name in names if kinds.get(name) in {"exclusive", "inclusive"}]
    defaults = {
        name: next(f"{one}_{two}" for one, two in flows if one == name)
        for name in choosing
        if sum(one == name for one, _ in flows) > 1
    }
    for name in names:
        kind = kinds.get(name, {"s": "start", "e": "end"}.get(name, "user"))
        if kind in {"exclusive", "inclusive", "parallel"}:
            process.gateway(name, kind, default=defaults.get(name, ""))
        elif kind in {"end", "terminate"}:
            process.end(name, terminate=kind == "terminate")
        elif kind == "start":
            process.start(name)
        elif kind.startswith(("timer:", "calm:")):
            process.boundary(
                name, kind.split(":")[1], 'duration("P1D")', interrupting=kind.startswith("timer")
            )
        else:
            process.user(name)
    for one, two in dict.fromkeys(flows):
        condition = "1 = 1" if one in defaults and defaults[one] != f"{one}_{two}" else ""
        process.flow(one, two, condition, id=f"{one}_{two}")
    return process


def faults(process: Process) -> dict[str, tuple[str, ...]]:
    """The way of each fault by its element."""
    return {f.element_id: f.trace for f in engine.lint(process.xml()) if f.trace and f.severity == "error"}


def reason(process: Process, element: str) -> str:
    (found,) = [f.reason for f in engine.lint(process.xml()) if f.trace and f.element_id == element]
    return found


def test_a_parallel_join_after_a_choice_is_stuck_on_the_shortest_way():
    process = drawn("s a x b j e", "x c j", x="exclusive", j="parallel")
    # The default leads by b; c never comes.
    assert faults(process) == {"j": ("s", "s_a", "a", "a_x", "x", "x_b", "b", "j")}
    assert "永远等不齐" in reason(process, "j")
    assert "可能" not in reason(process, "j")
    assert "“c（c）”没有来，后面的步骤都办理不到（走法：s → a → b）" in reason(process, "j")


def test_steps_that_a_terminating_end_always_forestalls_are_told_of():
    process = drawn(
        "s p x a j after e", "x c j", "p stop", p="parallel", x="exclusive", j="parallel", stop="terminate"
    )
    assert faults(process) == {}
    told = [f.element_id for f in engine.lint(process.xml()) if "永远办理不到" in f.reason]
    assert told == ["after", "e"]


def test_what_goes_on_beside_a_terminating_end_is_reached():
    process = drawn(
        "s p a stop", "p x b m e", "x c m", p="parallel", x="exclusive", m="exclusive", stop="terminate"
    )
    assert not [f for f in engine.lint(process.xml()) if "永远办理不到" in f.reason]


def test_a_branch_that_can_leave_is_told_with_the_way_on_which_it_leaves():
    process = drawn("s p a j e", "p b x j", "x out", x="exclusive", p="parallel", j="parallel", out="end")
    way = faults(process)["j"]
    assert "out" in way
    assert "a" in way
    assert "“x”没有来" in reason(process, "j")
    assert "可能永远等不齐" in reason(process, "j")


def test_branches_that_merge_without_a_join_are_told_at_the_merge():
    process = drawn("s p a m c e", "p b m", p="parallel", m="exclusive")
    assert set(faults(process)) == {"m"}
    way = faults(process)["m"]
    assert way[0] == "s"
    assert way[-1] == "m"
    assert {"a", "b"} < set(way)
    assert "重复办理" in reason(process, "m")


@pytest.mark.parametrize(("one", "two"), ["ab", "ba"])
def test_branches_that_merge_are_found_whichever_goes_first(one, two):
    process = drawn(
        f"s p {one} n last e", f"p {two} x n", f"x {two}", p="parallel", n="exclusive", x="exclusive"
    )
    assert "n" in faults(process)


def test_branches_that_end_apart_are_told_at_the_second_end():
    process = drawn("s p a e", "p b out", p="parallel", out="end")
    ((element, way),) = faults(process).items()
    assert element in {"e", "out"}
    assert way[0] == "s"
    assert way[-1] == element


def test_a_branch_that_only_reminds_may_end_on_its_own():
    assert faults(drawn("s a e", "late told out", late="calm:a", out="end")) == {}


def test_a_terminating_end_takes_what_is_open_with_it():
    assert faults(drawn("s p a stop", "p b stop2", p="parallel", stop="terminate", stop2="terminate")) == {}


def test_a_timer_that_takes_a_branch_past_its_join_is_told_with_the_timer():
    process = drawn("s p a j e", "p b j", "late out", p="parallel", j="parallel", late="timer:b", out="end")
    assert "late" in faults(process)["j"]


def test_an_automatic_loop_is_told_with_its_ring():
    process = drawn("s m x m", "x e", m="exclusive", x="exclusive")
    (found,) = [f for f in engine.lint(process.xml()) if "一直自动运行" in f.reason]
    assert found.trace in {("m", "m_x", "x", "x_m", "m"), ("x", "x_m", "m", "m_x", "x")}


def test_a_block_inside_a_loop_is_sound():
    assert (
        faults(
            drawn("s m p a j x e", "p b j", "x m", m="exclusive", p="parallel", j="parallel", x="exclusive")
        )
        == {}
    )


def test_a_block_that_is_left_by_a_loop_is_not():
    process = drawn("s m p a x j e", "p b j", "x m", m="exclusive", p="parallel", j="parallel", x="exclusive")
    assert faults(process)


def test_too_many_positions_are_a_message_and_no_silence():
    branches = [f"p a{i} x{i} b{i} y{i} a{i}" for i in range(14)] + [f"x{i} j" for i in range(14)]
    kinds = {f"{kind}{i}": "exclusive" for i in range(14) for kind in ("x", "y")}
    late = {f"t{i}": f"timer:a{i}" for i in range(14)}
    process = drawn(
        "s p",
        *branches,
        *(f"t{i} y{i}" for i in range(14)),
        "j e",
        p="parallel",
        j="parallel",
        **kinds,
        **late,
    )
    (found,) = [f for f in engine.lint(process.xml()) if "走法太多" in f.reason]
    assert found.severity == "warning"
    assert found.element_id == "whole"


class Plain:
    """The same game without any shortcut: each token on its flow, every order tried."""

    def __init__(self, drawing: Graph) -> None:
        self.drawing = drawing
        self.crowded = self.ended_twice = False
        self.stuck: set[str] = set()
        self.whole = True

    def explore(self, most: int = 4_000) -> Plain:
        start = next(each for each in self.drawing.nodes if self.drawing.kind(each) == "startEvent")
        first = frozenset(Counter(self.out(start)).items())
        seen, queue = {(first, 0)}, [(first, 0)]
        while queue:
            position, ended = queue.pop()
            tokens = Counter(dict(position))
            entering = Counter(end for _, end in tokens.elements() if self.drawing.kind(end) not in JOINS)
            if any(count > 1 for end, count in entering.items() if self.drawing.kind(end) != "endEvent"):
                self.crowded = True
                continue
            moves = [(after, min(2, ended + more)) for after, more in self.moves(tokens)]
            if position and not moves:
                self.stuck |= {end for _, end in tokens}
            self.ended_twice |= any(count == 2 for _, count in moves)
            fresh = set(moves) - seen
            seen |= fresh
            queue.extend(fresh)
            if len(seen) > most:
                self.whole = False
                break
        return self

    def out(self, node: str) -> list[tuple[str, str]]:
        return [(flow.get("id"), flow.get("targetRef")) for flow in self.drawing.after[node]]

    def moves(self, tokens: Counter[tuple[str, str]]) -> Iterator[tuple[frozenset, int]]:
        for node in {end for _, end in tokens}:
            kind = self.drawing.kind(node)
            here = [token for token in tokens if token[1] == node]
            if kind == "parallelGateway":
                if len(here) == len(self.drawing.before[node]):
                    yield frozenset((tokens - Counter(here) + Counter(self.out(node))).items()), 0
                continue
            for token in here:
                ways = [[way] for way in self.out(node)] if kind == "exclusiveGateway" else [self.out(node)]
                for way in ways:
                    rest = tokens - Counter([token]) + Counter(way)
                    yield frozenset(rest.items()), int(kind == "endEvent")


def chance(seed: int) -> Process | None:
    """A random graph of a few gateways and tasks; none if not everything hangs together."""
    dice = random.Random(seed)  # noqa: S311 - draws graphs, guards nothing
    kinds = {
        f"n{i}": dice.choice(["user", "exclusive", "parallel", "parallel"]) for i in range(dice.randint(3, 7))
    }
    names = list(kinds)
    chains = ["s n0"]
    for place, name in enumerate(names):
        count = 1 if kinds[name] == "user" else dice.randint(1, 2)
        ahead = [*names[place + 1 :], "e", *(names[1:] if dice.random() < 0.25 else [])]
        chains += [
            f"{name} {target}" for target in dice.sample(sorted(set(ahead)), min(count, len(set(ahead))))
        ]
    process = drawn(*chains, **kinds)
    faulty = [
        f
        for f in engine.lint(process.xml())
        if not f.trace and "指定" not in f.reason and "依据" not in f.reason
    ]
    return None if any(f.severity == "error" and "办理不到" not in f.reason for f in faulty) else process


@pytest.mark.parametrize("block", range(5))
def test_the_game_finds_what_plain_exploration_finds(block):
    compared = 0
    for seed in range(block * 300, block * 300 + 300):
        process = chance(seed)
        if process is None:
            continue
        (element,) = xml.processes(xml.read(process.xml()))
        drawing = graph(element)
        plain = Plain(drawing).explore()
        if not plain.whole:
            continue
        played = soundness._Play(drawing)
        played.explore()
        assert bool(played.crowded) == plain.crowded, seed
        if not plain.crowded:
            assert set(played.stuck) == plain.stuck, seed
            assert bool(played.ended_early) == plain.ended_twice, seed
        compared += 1
    assert compared >= 25
