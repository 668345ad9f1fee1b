"""Conditions that give no answer where nobody filled in what they look at, whichever way leads there."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.unit.engine.build import Process
from webapp.packs.checks import undecided
from webapp.packs.checks.steps import read_steps


def told(process: Process) -> list[tuple[str, tuple[str, ...]]]:
    source = process.xml()
    pack = SimpleNamespace(flows={"p.bpmn": source})
    return [(f.element_id, f.trace) for f in undecided.check(pack, {"p.bpmn": read_steps(source)})]


def choice(condition: str) -> Process:
    """Either `ask` is done before the choice `x`, or it is passed over."""
    process = Process()
    process.start("s")
    process.gateway("first", default="first_x0")
    process.user("ask", form="ask", result="days")
    process.gateway("x0")
    process.gateway("x", default="x_e")
    process.end("e")
    process.end("f")
    process.flow("s", "first", id="s_first")
    process.flow("first", "ask", "1 = 1", id="first_ask")
    process.flow("ask", "x0", id="ask_x0")
    process.flow("first", "x0", id="first_x0")
    process.flow("x0", "x", id="x0_x")
    process.flow("x", "f", condition, id="x_f")
    process.flow("x", "e", id="x_e")
    return process


WAY = ("s", "s_first", "first", "first_x0", "x0", "x0_x", "x", "x_f")


@pytest.mark.parametrize(
    "condition", ["days > 5", "facts.ask.days > 5", "facts.ask.good", "facts.ask.days > days"]
)
def test_what_is_null_on_one_way_gives_no_answer_there(condition):
    assert told(choice(condition)) == [("x_f", WAY)]


@pytest.mark.parametrize(
    "condition",
    [
        *("days = 5", "facts.ask.good = true", "facts.ask = null", "days != null and days > 5"),
        # Whether these are null is not known here.
        *("case.days > 5", "settings.bar", "facts.ask.days > settings.bar", "other > 5"),
    ],
)
def test_what_gives_an_answer_or_cannot_be_judged_is_left_alone(condition):
    assert told(choice(condition)) == []


def test_behind_a_parallel_join_each_branch_has_been_gone():
    process = Process()
    process.start("s")
    process.gateway("p", "parallel")
    process.user("ask", form="ask", result="days")
    process.user("look", form="look")
    process.gateway("j", "parallel")
    process.gateway("x", default="x_e")
    process.end("e")
    process.end("f")
    process.chain("s", "p", "ask", "j", "x")
    process.chain("p", "look", "j")
    process.flow("x", "f", "days > 5", id="x_f")
    process.flow("x", "e", id="x_e")
    assert told(process) == []
