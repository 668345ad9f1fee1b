"""Whatever a case has gone through: a plan that says safe keeps its word."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.engine import shapes
from tests.unit.engine.everything import DATA, RULES, SCOPE, everything
from tests.unit.engine.play import load
from tests.unit.engine.shapes import edited, lengthened
from tests.unit.engine.test_everything import MOVES, move, told, waiting
from tests.unit.engine.test_migration import one_after_the_other, three, unjoined, without_limit
from webapp import engine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.unit.engine.build import Process

EVERYTHING = load(everything(), rules_dmn=RULES)


def renewed() -> Process:
    """The same process under another title: another version by its content."""
    process = everything()
    process.values["title"] = "新版"
    return process


SAME = load(renewed(), rules_dmn=RULES)


@settings(max_examples=60, deadline=None)
@given(MOVES, st.integers(0, 40))
def test_a_case_that_changes_to_an_equal_version_goes_on_as_if_it_had_not(moves, when):
    stays = engine.start(EVERYTHING, DATA, SCOPE)
    changes = engine.start(EVERYTHING, DATA, SCOPE)
    assert told(stays.step()) == told(changes.step())
    for number, (place, first, second) in enumerate(moves):
        if number == when:
            changes = moved_over(changes)
        left, right = waiting(stays), waiting(changes)
        if not left:
            break
        chosen = place % len(left)
        assert told(move(stays, *left[chosen], first=first, second=second)) == told(
            move(changes, *right[chosen], first=first, second=second)
        )
    assert stays.finished == changes.finished
    assert dict(stays.data) == dict(changes.data)


def moved_over(run: engine.Run) -> engine.Run:
    state = run.state()
    plan = engine.plan_migration(EVERYTHING, state, SAME)
    assert (plan.verdict, plan.missing, plan.reasons, plan.notes) == ("safe", (), (), ())
    carried = engine.resume(SAME, engine.migrate(EVERYTHING, state, SAME), SCOPE)
    for kind in ("tasks", "effects", "timers", "messages", "tokens"):
        assert getattr(carried, kind) == getattr(run, kind)
    return carried


def chosen_by_all() -> Process:
    process = shapes.block()
    for gate in ("s", "j"):
        edited(
            process,
            (
                f'<bpmn:parallelGateway id="{gate}"></bpmn:parallelGateway>',
                f'<bpmn:inclusiveGateway id="{gate}"></bpmn:inclusiveGateway>',
            ),
        )
    process.parts = [part for part in process.parts if 'sourceRef="s"' not in part]
    process.flow("s", "a1", "true")
    process.flow("s", "b", "true")
    return process


def inner_block() -> Process:
    """Where a2 was there is a block of a2 and e."""
    process = lengthened(shapes.block(), "a1", "a15", "a2")
    process.gateway("s9", "parallel")
    process.gateway("j9", "parallel")
    process.user("e")
    edited(
        process,
        ('sourceRef="a15" targetRef="a2"', 'sourceRef="a15" targetRef="s9"'),
        ('sourceRef="a2" targetRef="j"', 'sourceRef="a2" targetRef="j9"'),
    )
    process.flow("s9", "a2")
    process.chain("s9", "e", "j9", "j")
    return process


VERSIONS: Sequence[Callable[[], Process]] = (
    shapes.block,
    three,
    one_after_the_other,
    unjoined,
    without_limit,
    chosen_by_all,
    inner_block,
    lambda: lengthened(shapes.block(), "sign", "archive", "close"),
    lambda: lengthened(shapes.block(), "b", "b2", "j"),
    lambda: lengthened(shapes.block(), "a1", "a15", "a2"),
    lambda: lengthened(lengthened(shapes.block(), "b", "b2", "j"), "a2", "a3", "j"),
)
LOADED = [load(make()) for make in VERSIONS]


@pytest.mark.parametrize("first", range(len(VERSIONS)))
@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, len(VERSIONS) - 1),
    st.lists(st.integers(0, 5), max_size=9),
    st.randoms(use_true_random=False),
)
def test_what_is_called_safe_comes_to_its_end_and_opens_nothing_twice(first, second, order, random):
    old, new = LOADED[first], LOADED[second]
    run = engine.start(old, {}, {})
    run.step()
    done: Counter[str] = Counter()
    for place in order:
        complete(run, place, done)
    state = run.state()
    plan = engine.plan_migration(old, state, new)
    if plan.verdict != "safe":
        assert plan.reasons
        with pytest.raises(engine.EngineError):
            engine.migrate(old, state, new)
        return
    crowded = crowds(old) or crowds(new)
    run = engine.resume(new, engine.migrate(old, state, new), {})
    while not run.finished:
        assert crowded or max(Counter(task.element_id for task in run.tasks).values()) == 1
        complete(run, random.randrange(6), done)
        run = engine.resume(new, run.state(), {})
    if crowded:
        return
    assert max(done.values()) == 1
    assert {key: value for key, value in run.data.items() if key.startswith("by_")} == {
        f"by_{name}": count for name, count in done.items()
    }


def crowds(definition: engine.Definition) -> bool:
    """Whether the version itself does steps twice, as the unjoined one does."""
    return definition is LOADED[VERSIONS.index(unjoined)]


def complete(run: engine.Run, place: int, done: Counter[str]) -> Any:
    tasks = sorted(run.tasks, key=lambda task: task.element_id)
    if tasks:
        task = tasks[place % len(tasks)]
        done[task.element_id] += 1
        run.complete(task.task_id, {f"by_{task.element_id}": done[task.element_id]})
