"""Processes of every shape that a token can go back in."""

from __future__ import annotations

from tests.unit.engine.build import Nodes, Process, items


def block() -> Process:
    """File and check (watched); two branches at once, one of two steps; then sign and close."""
    process = Process()
    process.start()
    for name in ("file", "check"):
        process.user(name)
    process.boundary("late", "check", 'duration("P5D")')
    process.gateway("s", "parallel")
    process.gateway("j", "parallel")
    for name in ("a1", "a2", "b", "sign", "close"):
        process.user(name)
    process.boundary("a_late", "a1", 'duration("P1D")', interrupting=False)
    process.end("a_told")
    process.end()
    process.gateway("m")
    process.chain("start", "file", "check", "m", "s", "a1", "a2", "j", "sign", "close", "end")
    process.chain("s", "b", "j")
    process.flow("late", "m")
    process.flow("a_late", "a_told")
    return process


def nested() -> Process:
    """Branch a; branch b with an inner block of c and d between b1 and b2."""
    process = Process()
    process.start()
    for name in ("s1", "s2", "j1", "j2"):
        process.gateway(name, "parallel")
    for name in ("file", "a", "b1", "c1", "c2", "d", "b2", "after"):
        process.user(name)
    process.end()
    process.chain("start", "file", "s1", "a", "j1", "after", "end")
    process.chain("s1", "b1", "s2", "c1", "c2", "j2", "b2", "j1")
    process.chain("s2", "d", "j2")
    return process


def ragged() -> Process:
    """Three branches; two of them join first, then the third joins."""
    process = Process()
    process.start()
    process.gateway("s", "parallel")
    process.gateway("j1", "parallel")
    process.gateway("j2", "parallel")
    for name in ("file", "a", "b", "c", "ab", "after"):
        process.user(name)
    process.end()
    process.chain("start", "file", "s", "a", "j1", "ab", "j2", "after", "end")
    process.chain("s", "b", "j1")
    process.chain("s", "c", "j2")
    return process


def chosen() -> Process:
    """Ask whom one chooses, of three bodies; the leader may have them asked again."""
    process = Process()
    process.start()
    process.user("ask", result="x, y, z")
    process.gateway("s", "inclusive", default="nobody")
    process.gateway("j", "inclusive")
    for name in ("x1", "x2", "y1", "z1", "decide"):
        process.user(name)
    process.gateway("more", default="enough")
    process.end()
    process.chain("start", "ask", "s")
    for name in "xyz":
        process.flow("s", f"{name}1", name)
    process.flow("s", "j", id="nobody")
    process.chain("x1", "x2", "j")
    process.flow("y1", "j")
    process.flow("z1", "j")
    process.chain("j", "decide", "more")
    process.flow("more", "ask", "again = true")
    process.flow("more", "end", id="enough")
    process.values["data"] = "again"
    return process


def visits() -> Process:
    """Plan, visit each of three places, review; the visits have a time limit."""
    process = Process()
    process.start()
    process.user("plan")
    process.user("visit", items(cardinality="3", item="n", output="found", output_item="one"))
    process.boundary("late", "visit", 'duration("P3D")')
    process.user("review")
    process.end()
    process.chain("start", "plan", "visit", "review", "end")
    process.flow("late", "review")
    return process


def inside(prefix: str) -> Nodes:
    """Two steps, the second of them beside a third; there is a join."""
    nodes = Nodes()
    nodes.prefix = f"{prefix}_flow"
    nodes.start(f"{prefix}_start")
    nodes.gateway(f"{prefix}_s", "parallel")
    nodes.gateway(f"{prefix}_j", "parallel")
    for name in ("one", "two", "three"):
        nodes.user(f"{prefix}_{name}")
    nodes.end(f"{prefix}_end")
    nodes.chain(*(f"{prefix}_{name}" for name in ("start", "one", "s", "two", "j", "end")))
    nodes.chain(*(f"{prefix}_{name}" for name in ("s", "three", "j")))
    return nodes


def meeting(extra: str = "") -> Process:
    """A subprocess inside a subprocess, with a time limit around."""
    middle = inside("m")
    middle.sub("deep", inside("d"))
    middle.parts = [part.replace('sourceRef="m_j"', 'sourceRef="deep"') for part in middle.parts]
    middle.flow("m_j", "deep")
    process = Process()
    process.start()
    process.user("before")
    process.sub("mid", middle, extra)
    process.boundary("late", "mid", 'duration("P9D")')
    process.user("after")
    process.end()
    process.chain("start", "before", "mid", "after", "end")
    process.flow("late", "after")
    return process


def correction() -> Process:
    """What others call: ask for papers, bring them."""
    process = Process("correction")
    process.prefix = "c"
    process.start("c_start")
    process.user("ask_papers")
    process.user("bring_papers")
    process.end("c_end")
    process.chain("c_start", "ask_papers", "bring_papers", "c_end")
    return process


def calling() -> Process:
    """File, correct, check, correct once more, sign."""
    process = Process("calling")
    process.start()
    for name in ("file", "check", "sign"):
        process.user(name)
    process.call("first", "correction")
    process.call("second", "correction")
    process.end()
    process.chain("start", "file", "first", "check", "second", "sign", "end")
    return process


def edited(process: Process, *changes: tuple[str, str]) -> Process:
    for old, new in changes:
        assert any(old in part for part in process.parts), old
        process.parts = [part.replace(old, new) for part in process.parts]
    return process


def lengthened(process: Process, before: str, name: str, way: str) -> Process:
    """Put a new step between a step and what follows it."""
    edited(process, (f'sourceRef="{before}" targetRef="{way}"', f'sourceRef="{before}" targetRef="{name}"'))
    process.user(name)
    process.flow(name, way)
    return process


def journey() -> Process:
    """Every shape one after the other; the last step may send it round again."""
    process = Process("journey", data="again")
    process.start()
    for name in ("file", "check"):
        process.user(name)
    process.boundary("late", "check", 'duration("P5D")')
    process.gateway("m")
    for gate in ("s1", "s2", "j2", "j1"):
        process.gateway(gate, "parallel")
    for name in ("a1", "a2", "b1", "c", "d", "b2"):
        process.user(name)
    process.boundary("b_late", "b1", 'duration("P1D")', interrupting=False)
    process.end("b_told")
    process.user("ask", result="x, y")
    process.gateway("i", "inclusive", default="nobody")
    process.gateway("k", "inclusive")
    for name in ("x1", "y1", "y2"):
        process.user(name)
    process.user("visit", items(cardinality="3", output="found", output_item="one"))
    process.call("call", "correction")
    process.service("number", "draw_number", "no")
    process.user("sign")
    process.gateway("g", default="enough")
    process.end()
    process.chain("start", "file", "m", "check", "s1", "a1", "a2", "j1", "ask", "i")
    process.chain("s1", "b1", "s2", "c", "j2", "b2", "j1")
    process.chain("s2", "d", "j2")
    process.chain("late", "ask")
    process.chain("b_late", "b_told")
    process.flow("i", "x1", "x = true")
    process.flow("i", "y1", "y = true")
    process.flow("i", "k", id="nobody")
    process.chain("x1", "k")
    process.chain("y1", "y2", "k")
    process.chain("k", "visit", "call", "number", "sign", "g")
    process.flow("g", "m", "again = true")
    process.flow("g", "end", id="enough")
    return process
