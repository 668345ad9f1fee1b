"""A process with everything: random walks with and without reloading, and states of earlier programs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.engine.everything import DATA, RULES, SCOPE, everything
from tests.unit.engine.play import load
from webapp import engine
from webapp.engine.values import same

GOLDEN = Path(__file__).parent / "golden"
DEFINITION = load(everything(), rules_dmn=RULES)
ANSWERS: dict[str, dict[str, Any]] = {
    "ask_police": {"opinion_police": "同意"},
    "ask_traffic": {"opinion_traffic": Decimal("1.0")},
    "inspect": {"finding": "合格"},
    "issue": {"number": "1号"},
    "answer": {"answer": "无异议"},
}
MOVES = st.lists(st.tuples(st.integers(0, 20), st.booleans(), st.booleans()), max_size=40)


def waiting(run: engine.Run) -> list[tuple[str, Any]]:
    """What waits, in an order that does not depend on ids."""
    kinds = {"task": run.tasks, "effect": run.effects, "timer": run.timers, "message": run.messages}
    found = [
        (f"{each.element_id}:{getattr(each, 'number', '')}", kind, each)
        for kind, group in kinds.items()
        for each in group
    ]
    return [(kind, each) for _, kind, each in sorted(found, key=lambda item: item[:2])]


def move(
    run: engine.Run, kind: str, each: Any, *, first: bool = False, second: bool = False
) -> engine.StepResult:
    if kind == "timer":
        return run.fire(each.task_id)
    answer = dict(ANSWERS.get(each.element_id, {}))
    if each.element_id == "file":
        answer = {"police": first, "traffic": second}
    if each.element_id == "lead":
        answer = {"again": first}
    ways = {"task": run.complete, "effect": run.deliver, "message": run.receive}
    return ways[kind](each.task_id, answer)


def told(result: engine.StepResult) -> tuple[Any, ...]:
    """A step result without ids."""
    return (
        sorted((task.element_id, task.lane, str(task.item), task.number or 0) for task in result.opened),
        sorted((closed.element_id, closed.state) for closed in result.closed),
        [(effect.operator, dict(effect.parameters)) for effect in result.effects],
        sorted((timer.element_id, str(timer.value)) for timer in result.timers),
        sorted(message.name for message in result.messages),
        [decided.result.outputs for decided in result.decisions],
        result.trail,
        result.finished,
    )


@settings(max_examples=60, deadline=None)
@given(MOVES)
def test_reloading_before_every_step_changes_nothing(moves):
    kept = engine.start(DEFINITION, DATA, SCOPE)
    stored = engine.start(DEFINITION, DATA, SCOPE)
    assert told(kept.step()) == told(stored.step())
    for number, first, second in moves:
        stored = engine.resume(DEFINITION, stored.state(), SCOPE)
        left, right = waiting(kept), waiting(stored)
        assert [kind for kind, _ in left] == [kind for kind, _ in right]
        if not left:
            break
        place = number % len(left)
        assert told(move(kept, *left[place], first=first, second=second)) == told(
            move(stored, *right[place], first=first, second=second)
        )
        assert len(stored.state()) < 2_500
    assert kept.finished == stored.finished
    assert kept.data.keys() == stored.data.keys()
    assert all(same(value, stored.data[key]) for key, value in kept.data.items())


@settings(max_examples=40, deadline=None)
@given(MOVES)
def test_whatever_has_happened_the_case_can_be_brought_to_its_end(moves):
    run = engine.start(DEFINITION, DATA, SCOPE)
    run.step()
    for number, first, second in moves:
        left = waiting(run)
        if left:
            move(run, *left[number % len(left)], first=first, second=second)
    for _ in range(60):
        run = engine.resume(DEFINITION, run.state(), SCOPE)
        left = [(kind, each) for kind, each in waiting(run) if kind != "timer"]
        if not left:
            break
        move(run, *left[0])
    assert run.finished
    assert run.data["number"] == "1号"


def golden() -> engine.Definition:
    sources = {name: (GOLDEN / "v1" / name).read_bytes() for name in ("process.bpmn", "rules.dmn")}
    return engine.load(sources, "everything")


STATES = {
    "1_filing": ["file"],
    "2_opinions": ["ask_police", "ask_traffic", "give_up", "remind"],
    "3_one_opinion": ["ask_traffic", "give_up", "remind"],
    "4_visiting": ["answer", "inspect", "remind"],
    "5_waiting_for_answer": ["answer"],
    "6_issuing": ["issue"],
    "7_ended": [],
}


@pytest.mark.parametrize("name", STATES)
def test_states_of_format_1_can_still_be_read_and_finished(name):
    run = engine.resume(golden(), (GOLDEN / "v1" / f"{name}.state").read_bytes(), SCOPE)
    assert [each.element_id for _, each in waiting(run)] == STATES[name]
    while not run.finished:
        kind, each = next((kind, each) for kind, each in waiting(run) if kind != "timer")
        move(run, kind, each)
    expected = {
        "text": "乡镇“申请”",
        "truth": True,
        "count": 3,
        "large": 1180591620717411303424,
        "area": Decimal("5000.50"),
        "day": date(2026, 11, 20),
        "moment": datetime(2026, 11, 20, 8, 30, tzinfo=UTC),
        "nothing": None,
        "typename": "date",
        "kind": "综合性",
        "answer": "无异议",
        "again": False,
    }
    assert all(same(run.data[key], value) for key, value in expected.items())
    assert len(run.data["findings"]) == 2
