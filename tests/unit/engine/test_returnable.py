"""What a step can go back to, as a list for the page."""

from __future__ import annotations

import pytest

from tests.unit.engine import shapes
from tests.unit.engine.build import Process
from tests.unit.engine.play import Case, load
from webapp import engine

BLOCK = ("file", "check", "a1", "b", "a2", "sign")
MEETING = ("before", "m_one", "m_two", "m_three", "d_one", "d_two")


@pytest.mark.parametrize(
    ("shape", "done", "source", "targets"),
    [
        (shapes.block, (), "file", []),
        (shapes.block, BLOCK[:1], "check", ["file"]),
        (shapes.block, BLOCK[:3], "a2", ["file", "check", "a1"]),
        (shapes.block, BLOCK[:3], "b", ["file", "check"]),
        (shapes.block, BLOCK[:5], "sign", ["file", "check", "a1", "a2", "b"]),
        (shapes.nested, ("file", "b1", "c1", "d"), "c2", ["file", "b1", "c1"]),
        (shapes.nested, ("file", "b1"), "a", ["file"]),
        (shapes.ragged, ("file", "a", "b"), "ab", ["file", "a", "b"]),
        (shapes.visits, ("plan",), "visit", ["plan"]),
        (shapes.visits, ("plan", "visit", "visit", "visit"), "review", ["plan", "visit"]),
        (shapes.meeting, MEETING, "d_three", ["before", "m_one", "m_two", "m_three", "d_one"]),
        (shapes.meeting, MEETING[:2], "m_two", ["before", "m_one"]),
    ],
)
def test_the_steps_in_document_order(shape, done, source, targets):
    case = Case(load(shape()))
    for name in done:
        case.complete(name)
    found = case.returnable(source)
    assert sorted(found) == sorted(targets)
    order = [step.id for step in case.definition.steps]
    assert found == sorted(found, key=order.index)


@pytest.mark.parametrize("shape", [shapes.block, shapes.nested, shapes.ragged, shapes.chosen, shapes.meeting])
def test_it_names_exactly_what_returning_accepts(shape):
    """Walk to the end; at each point try every element of the drawing as a target."""
    case = Case(load(shape()))
    while not case.finished:
        open_steps = [name for name in case.open if "late" not in name]
        for source in open_steps:
            allowed = []
            for step in case.definition.steps:
                run = engine.resume(case.definition, case.state, {})
                try:
                    run.return_to(case.id(source), step.id)
                except engine.EngineError:
                    continue
                if step.kind == "userTask":
                    allowed.append(step.id)
            assert case.returnable(source) == allowed
        case.complete(open_steps[-1], x=True, y=True, z=True, again=False)


def forty() -> Process:
    process = Process("forty")
    process.start()
    before = "start"
    for part in range(4):
        process.gateway(f"s{part}", "parallel")
        process.gateway(f"j{part}", "parallel")
        process.user(f"u{part}")
        process.chain(before, f"u{part}", f"s{part}")
        for branch in range(3):
            names = [process.user(f"u{part}_{branch}_{place}") for place in range(3)]
            process.chain(f"s{part}", *names, f"j{part}")
        before = f"j{part}"
    process.end()
    process.flow(before, "end")
    return process


def test_it_finds_them_all_in_a_process_of_forty_steps():
    case = Case(load(forty()))
    for _ in range(37):
        case.complete(case.open[0])
    run = engine.resume(case.definition, case.state, {})
    task = run.tasks[0].task_id
    assert len(run.returnable(task)) > 30
