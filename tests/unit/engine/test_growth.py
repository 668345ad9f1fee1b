"""What is stored stays as small as what is open, however long a case lasts."""

import pytest

from tests.unit.engine.build import Process
from tests.unit.engine.play import Case, load
from webapp import engine


def blocks(count: int = 5, width: int = 5) -> Process:
    """Blocks of parallel reviews one after the other, each review with a reminder."""
    process = Process("blocks")
    process.start()
    process.user("begin")
    process.flow("start", "begin")
    before = "begin"
    for block in range(count):
        split, join = f"s{block}", f"j{block}"
        process.gateway(split, "parallel")
        process.gateway(join, "parallel")
        process.flow(before, split)
        for place in range(width):
            step = f"r{block}_{place}"
            process.user(step)
            process.boundary(f"b{block}_{place}", step, 'duration("P3D")', interrupting=False)
            process.end(f"e{block}_{place}")
            process.flow(f"b{block}_{place}", f"e{block}_{place}")
            process.chain(split, step, join)
        before = join
    process.end()
    process.flow(before, "end")
    return process


def test_five_blocks_of_five_reviews_stay_small():
    case = Case(load(blocks()))
    case.complete("begin")
    sizes, tasks = [], []
    for block in range(5):
        for place in range(5):
            sizes.append(len(case.state))
            run = engine.resume(case.definition, case.state, {})
            tasks.append(len(run._workflow.tasks))
            case.complete(f"r{block}_{place}", **{f"opinion_{block}_{place}": "agree"})
    assert case.finished
    assert max(tasks) <= 40
    assert max(sizes) < 2_000


def test_blocks_without_joins_do_not_multiply_before_they_are_reached():
    """The library lays out 5 to the power of 6 futures here when the case starts."""
    process = Process("unjoined")
    process.start()
    before = "start"
    for block in range(6):
        process.gateway(f"s{block}", "parallel")
        process.gateway(f"m{block}")
        process.flow(before, f"s{block}")
        for place in range(5):
            process.user(f"r{block}_{place}")
            process.chain(f"s{block}", f"r{block}_{place}", f"m{block}")
        before = f"m{block}"
    process.end()
    process.flow(before, "end")
    case = Case(load(process))
    assert len(engine.resume(case.definition, case.state, {})._workflow.tasks) < 20


def returns() -> Process:
    process = Process("returns")
    process.start()
    process.user("file")
    process.user("check", result="ok")
    process.gateway("g", default="back")
    process.end()
    process.chain("start", "file", "check", "g")
    process.flow("g", "end", "ok")
    process.flow("g", "file", id="back")
    return process


def test_a_thousand_returns_leave_the_state_as_it_was():
    definition = load(returns())
    run = engine.start(definition, {}, {})
    opened = run.step().opened
    sizes = set()
    for number in range(1_000):
        opened = run.complete(opened[0].task_id, {"round": number % 10}).opened
        opened = run.complete(opened[0].task_id, {"ok": False}).opened
        if number % 100 == 0:
            state = run.state()
            sizes.add(len(state))
            run = engine.resume(definition, state, {})
            opened = run.tasks
    assert max(sizes) - min(sizes) <= 2
    opened = run.complete(opened[0].task_id, {}).opened
    assert run.complete(opened[0].task_id, {"ok": True}).finished


def test_returns_in_one_branch_leave_the_state_flat_while_another_branch_waits():
    process = Process("branch")
    process.start()
    process.gateway("s", "parallel")
    process.gateway("j", "parallel")
    process.user("slow")
    process.user("file")
    process.user("check", result="ok")
    process.gateway("g", default="back")
    process.user("after")
    process.end()
    process.chain("start", "s", "slow", "j", "after", "end")
    process.chain("s", "file", "check", "g")
    process.flow("g", "j", "ok")
    process.flow("g", "file", id="back")
    definition = load(process)
    run = engine.start(definition, {}, {})
    run.step()
    sizes = set()
    for _ in range(400):
        for name in ("file", "check"):
            task = next(task for task in run.tasks if task.element_id == name)
            run.complete(task.task_id, {"ok": False})
        sizes.add(len(run.state()))
    assert len(run._workflow.tasks) < 12
    assert max(sizes) - min(sizes) <= 2
    for name in ("slow", "file", "check"):
        task = next(task for task in run.tasks if task.element_id == name)
        run.complete(task.task_id, {"ok": True} if name == "check" else {})
    assert [task.element_id for task in run.tasks] == ["after"]


def test_an_automatic_loop_ends_in_an_error_and_not_in_a_completed_case(monkeypatch):
    """Loading refuses it; were one to slip through, the limit stops it."""
    process = Process("loop")
    process.start()
    process.gateway("again", default="back")
    process.node("intermediateThrowEvent", "pass")
    process.end()
    process.chain("start", "pass", "again")
    process.flow("again", "end", "false")
    process.flow("again", "pass", id="back")
    with pytest.raises(engine.DefinitionError, match="自动运行"):
        load(process)
    monkeypatch.setattr("webapp.engine.loading.safety", lambda root: iter(()))
    with pytest.raises(engine.StepLimitExceeded):
        Case(load(process))


def test_many_automatic_steps_in_a_row_are_no_loop():
    process = Process("long")
    process.start()
    names = [process.node("intermediateThrowEvent", f"m{place}") for place in range(150)]
    process.user("a")
    process.end()
    process.chain("start", *names, "a", "end")
    case = Case(load(process))
    assert case.open == ["a"]
    assert len(engine.resume(case.definition, case.state, {})._workflow.tasks) <= 3


def test_an_ended_case_keeps_its_data_and_little_else():
    case = Case(load(returns()))
    case.complete("file", note="x")
    case.complete("check", ok=True)
    assert len(case.state) < 150
    assert case.data == {"note": "x", "ok": True}
