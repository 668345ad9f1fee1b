"""A running state carried over to a changed process, as it stands."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.engine import shapes
from tests.unit.engine.build import Nodes, Process, items
from tests.unit.engine.play import Case, load
from tests.unit.engine.shapes import edited, lengthened
from webapp import engine


def at(process: Process, *done: str, more: tuple[Process, ...] = ()) -> Case:
    case = Case(load(process, *more), {"x": 0})
    for name in done:
        case.complete(name, **{f"by_{name}": 1})
    return case


def plan(case: Case, new: engine.Definition, **mapping: str) -> engine.MigrationPlan:
    return engine.plan_migration(case.definition, case.state, new, mapping)


def carry(case: Case, new: engine.Definition, **mapping: str) -> None:
    """Migrate in place, and prove that everything open is as it was."""
    before = dict(case.rows)
    case.state = engine.migrate(case.definition, case.state, new, mapping)
    case.definition = new
    run = engine.resume(new, case.state, {})
    waiting = (*run.tasks, *run.effects, *run.timers, *run.messages)
    case.rows = {each.task_id: each.element_id for each in waiting}
    renamed = {key: mapping.get(name, name) for key, name in before.items()}
    assert case.rows.items() <= renamed.items()
    assert {key for key, name in renamed.items() if key not in case.rows} <= {
        key for key, name in renamed.items() if "late" in name
    }
    assert run.state() == case.state


def test_a_step_added_later_is_done_by_the_running_case():
    case = at(shapes.block(), "file", "check", "b")
    new = load(lengthened(shapes.block(), "sign", "archive", "close"))
    found = plan(case, new)
    assert (found.verdict, found.open, found.missing, found.reasons) == ("safe", ("j", "a1"), (), ())
    carry(case, new)
    for name in ("a1", "a2", "sign", "archive"):
        case.complete(name)
    assert case.complete("close").finished
    assert case.data["by_b"] == 1


def test_a_step_added_in_the_open_branch_and_one_in_another():
    case = at(shapes.block(), "file", "check", "a1")
    new = lengthened(shapes.block(), "a2", "a3", "j")
    carry(case, load(lengthened(new, "b", "b2", "j")))
    for name in ("a2", "b", "b2"):
        case.complete(name)
        assert "sign" not in case.open
    case.complete("a3")
    assert case.open == ["sign"]


def test_timers_keep_their_value_although_the_new_one_would_be_another():
    case = at(shapes.block(), "file")
    task = case.id("late")
    carry(case, load(edited(shapes.block(), ("P5D", "P9D"))))
    run = engine.resume(case.definition, case.state, {})
    assert [(timer.task_id, timer.value) for timer in run.timers] == [(task, timedelta(days=5))]
    case.complete("check")
    assert case.open == ["a1", "a_late", "b"]


def without_limit() -> Process:
    process = shapes.block()
    process.parts = [part for part in process.parts if '"late"' not in part]
    return process


def test_a_time_limit_taken_out_of_the_process_is_dropped_and_said():
    case = at(shapes.block(), "file")
    found = plan(case, load(without_limit()))
    assert found.verdict == "safe"
    assert "late" in found.notes[0]
    carry(case, load(without_limit()))
    assert case.open == ["check"]
    case.complete("check")
    assert case.open == ["a1", "a_late", "b"]


def test_a_time_limit_added_is_for_those_who_come_later():
    case = at(without_limit(), "file")
    new = load(shapes.block())
    assert "late" in plan(case, new).notes[0]
    carry(case, new)
    assert case.open == ["check"]
    case.back("check", "file")
    case.complete("file")
    assert case.open == ["check", "late"]


def test_a_renamed_step_needs_a_mapping():
    case = at(shapes.block(), "file", "check", "b")
    new = load(edited(shapes.block(), ('"a1"', '"first"')))
    found = plan(case, new)
    assert (found.verdict, found.missing) == ("mapping", ("a1",))
    assert "a1" in found.reasons[0]
    with pytest.raises(engine.EngineError, match="a1"):
        engine.migrate(case.definition, case.state, new)
    assert plan(case, new, a1="first").verdict == "safe"
    carry(case, new, a1="first")
    assert case.open == ["a_late", "first"]
    for name in ("first", "a2"):
        case.complete(name)
    assert case.open == ["sign"]


@pytest.mark.parametrize("wrong", ["nowhere", "j", "start", "a_late"])
def test_a_mapping_to_something_else_is_none(wrong):
    case = at(shapes.block(), "file", "check")
    new = load(edited(shapes.block(), ('"a1"', '"first"')))
    found = plan(case, new, a1=wrong)
    assert (found.verdict, found.missing) == ("mapping", ("a1",))
    assert wrong in found.reasons[0]


def test_a_mapping_into_another_branch_is_blocked():
    case = at(shapes.block(), "file", "check")
    new = load(edited(shapes.block(), ('"a1"', '"first"')))
    assert plan(case, new, a1="b").verdict == "blocked"


def test_a_step_that_became_something_else_needs_a_mapping():
    process = shapes.block()
    process.parts = [part for part in process.parts if 'id="sign"' not in part]
    process.service("sign", "sign_by_machine")
    case = at(shapes.block(), "file", "check", "a1", "b", "a2")
    found = plan(case, load(process))
    assert (found.verdict, found.missing) == ("mapping", ("sign",))


def test_the_way_by_which_somebody_came_to_a_join_is_gone():
    case = at(shapes.block(), "file", "check", "b")
    new = load(edited(shapes.block(), ('"b"', '"other"')))
    found = plan(case, new)
    assert (found.verdict, found.missing) == ("mapping", ("b",))
    carry(case, new, b="other")
    for name in ("a1", "a2"):
        case.complete(name)
    assert case.open == ["sign"]


def test_a_step_added_behind_what_waits_at_a_join_is_told():
    case = at(shapes.block(), "file", "check", "b")
    new = load(lengthened(shapes.block(), "b", "b2", "j"))
    found = plan(case, new)
    assert (found.verdict, found.missing) == ("mapping", ("b",))
    assert "汇合" in found.reasons[0]
    carry(case, new, b="b2")
    case.complete("a1")
    case.complete("a2")
    assert case.open == ["sign"]


def three() -> Process:
    process = shapes.block()
    process.user("c")
    process.chain("s", "c", "j")
    return process


def one_after_the_other() -> Process:
    process = Process()
    process.start()
    for name in ("file", "check", "a1", "a2", "b", "sign", "close"):
        process.user(name)
    process.end()
    process.chain("start", "file", "check", "a1", "a2", "b", "sign", "close", "end")
    return process


def unjoined() -> Process:
    process = edited(shapes.block(), ('<bpmn:parallelGateway id="j"', '<bpmn:exclusiveGateway id="j"'))
    return edited(process, ('id="j"></bpmn:parallelGateway>', 'id="j"></bpmn:exclusiveGateway>'))


@pytest.mark.parametrize(
    ("new", "done", "reason"),
    [
        (three, ("file", "check"), "“c”在本件中没有开始"),
        (three, ("file", "check", "b"), "“c”在本件中没有开始"),
        (one_after_the_other, ("file", "check"), "不能同时办理"),
        (unjoined, ("file", "check"), "没有汇合"),
    ],
)
def test_a_changed_block_around_what_is_open_is_blocked_with_its_reason(new, done, reason):
    case = at(shapes.block(), *done)
    found = plan(case, load(new()))
    assert found.verdict == "blocked"
    assert any(reason in each for each in found.reasons), found.reasons
    with pytest.raises(engine.EngineError, match=reason):
        engine.migrate(case.definition, case.state, load(new()))


@pytest.mark.parametrize("new", [three, one_after_the_other])
@pytest.mark.parametrize("done", [("file",), ("file", "check", "a1", "b", "a2")])
def test_the_same_change_before_or_after_the_block_is_safe(new, done):
    case = at(without_limit(), *done)
    carry(case, load(new()))
    for _ in range(12):
        if not case.finished:
            case.complete(next(name for name in case.open if "late" not in name))
    assert case.finished


def test_a_line_that_became_a_block_is_blocked():
    case = at(one_after_the_other(), "file", "check")
    found = plan(case, load(shapes.block()))
    assert found.verdict == "blocked"
    assert "“b”在本件中没有开始" in found.reasons[0]


def test_nested_blocks_with_arrivals_in_both_joins():
    case = at(shapes.nested(), "file", "a", "b1", "d")
    new = load(lengthened(shapes.nested(), "b2", "b3", "j1"))
    assert plan(case, new).open == ("j1", "j2", "c1")
    carry(case, new)
    for name in ("c1", "c2", "b2", "b3"):
        case.complete(name)
    assert case.open == ["after"]
    assert case.token("after")["by_d"] == 1


def test_chosen_branches():
    case = Case(load(shapes.chosen()))
    case.complete("ask", x=True, y=True, z=False)
    case.complete("y1", by_y=1)
    process = shapes.chosen()
    process.user("w1")
    process.flow("s", "w1", "x")
    process.flow("w1", "j")
    carry(case, load(process))
    case.complete("x1")
    case.complete("x2")
    assert case.open == ["decide"]
    assert case.token("decide")["by_y"] == 1


# --- items, subprocesses, calls ---


def test_items_keep_their_numbers_and_results():
    case = at(shapes.visits(), "plan", "visit")
    numbers = [(task.task_id, task.number) for task in engine.resume(case.definition, case.state, {}).tasks]
    carry(case, load(edited(shapes.visits(), (">3<", ">7<"))))
    run = engine.resume(case.definition, case.state, {})
    assert [(task.task_id, task.number) for task in run.tasks] == numbers
    case.complete("visit", one="b")
    case.complete("visit", one="c")
    assert case.token("review")["found"] == [None, "b", "c"]


def changed_items(loop: str) -> Process:
    process = Process()
    process.start()
    process.user("plan")
    process.user("visit", loop)
    process.user("review")
    process.end()
    process.chain("start", "plan", "visit", "review", "end")
    return process


@pytest.mark.parametrize("loop", ["", items(cardinality="3", sequential=True)])
def test_a_step_that_runs_per_item_in_another_way_is_blocked(loop):
    case = at(shapes.visits(), "plan")
    found = plan(case, load(changed_items(loop)))
    assert (found.verdict, found.open) == ("blocked", ("visit",))
    assert "逐项" in found.reasons[0]
    before = at(shapes.visits())
    assert plan(before, load(changed_items(loop))).verdict == "safe"


MEETING = ("before", "m_one", "m_two", "m_three", "d_one", "d_two")


def test_inside_subprocesses_everything_stays_where_it_is():
    case = at(shapes.meeting(), *MEETING)
    process = lengthened(shapes.meeting(), "after", "archive", "end")
    carry(case, load(process))
    case.complete("d_three")
    case.complete("after")
    assert case.complete("archive").finished


def test_an_inner_process_that_is_gone_is_blocked():
    case = at(shapes.meeting(), *MEETING)
    process = Process()
    process.start()
    for name in ("before", "d_three", "after"):
        process.user(name)
    process.end()
    process.chain("start", "before", "d_three", "after", "end")
    found = plan(case, load(process))
    assert found.verdict == "blocked"
    assert "mid" in found.reasons[0]


def test_a_renamed_subprocess_needs_a_mapping():
    case = at(shapes.meeting(), *MEETING)
    new = load(edited(shapes.meeting(), ('"mid"', '"middle"')))
    found = plan(case, new)
    assert (found.verdict, found.missing) == ("mapping", ("mid",))
    carry(case, new, mid="middle")
    case.complete("d_three")
    assert case.open == ["after"]


def test_a_call_of_another_process_with_the_same_steps():
    case = at(shapes.calling(), "file", "ask_papers", more=(shapes.correction(),))
    called = shapes.correction()
    called.id = "correction_2026"
    caller = edited(shapes.calling(), ('calledElement="correction"', 'calledElement="correction_2026"'))
    carry(case, load(caller, called))
    case.complete("bring_papers")
    assert case.open == ["check"]


def test_a_step_that_moved_to_another_level_needs_a_mapping():
    inner = Nodes()
    inner.prefix = "i"
    inner.start("is")
    inner.user("check")
    inner.end("ie")
    inner.chain("is", "check", "ie")
    process = Process()
    process.start()
    process.user("file")
    process.sub("sub", inner)
    process.end()
    process.chain("start", "file", "sub", "end")
    case = at(one_after_the_other(), "file")
    found = plan(case, load(process))
    assert (found.verdict, found.missing) == ("mapping", ("check",))
    assert "另一层" in found.reasons[0]


# --- what lies ahead ---


def asking(condition: str, result: str) -> Process:
    process = Process("asking")
    process.start()
    process.user("file", result=result)
    process.user("check", result="ok")
    process.gateway("g", default="no")
    process.user("large")
    process.end()
    process.chain("start", "file", "check", "g")
    process.flow("g", "large", condition)
    process.flow("g", "end", id="no")
    process.flow("large", "end")
    return process


def test_a_condition_ahead_on_what_the_case_was_never_asked_is_blocked():
    case = at(asking("ok", "area"), "file")
    found = plan(case, load(asking("ok and seats > 50", "area, seats")))
    assert found.verdict == "blocked"
    assert "“g”要用到“seats”" in found.reasons[0]
    assert plan(at(asking("ok", "area")), load(asking("ok and seats > 50", "area, seats"))).verdict == "safe"
    assert plan(case, load(asking("ok and area > 50", "area, seats"))).verdict == "safe"


def test_an_ended_case_is_carried_as_it_ended():
    case = at(one_after_the_other(), "file", "check", "a1", "a2", "b", "sign", "close")
    found = plan(case, load(shapes.block()))
    assert (found.verdict, found.open) == ("safe", ())
    carry(case, load(shapes.block()))
    run = engine.resume(case.definition, case.state, {})
    assert run.finished
    assert run.data["by_close"] == 1


def test_a_state_of_neither_version_is_refused():
    case = at(shapes.nested())
    with pytest.raises(engine.StateError):
        engine.plan_migration(load(shapes.block()), case.state, load(shapes.nested()))
