"""退回: back to an earlier step, with the data as they are."""

import pytest

from tests.unit.engine.build import Nodes, Process, items
from tests.unit.engine.play import Case, load
from webapp import engine


def line() -> Process:
    process = Process()
    process.start()
    for name in ("file", "check", "sign"):
        process.user(name)
    process.boundary("late", "check", 'duration("P5D")')
    process.gateway("s", "parallel")
    process.gateway("j", "parallel")
    for name in ("a1", "a2", "b", "after"):
        process.user(name)
    process.end()
    process.chain("start", "file", "check", "sign", "s", "a1", "a2", "j", "after", "end")
    process.chain("s", "b", "j")
    process.flow("late", "sign")
    return process


def back(case: Case, source: str, target: str) -> engine.StepResult:
    task = case.id(source)
    return case.move(lambda run: run.return_to(task, target))


def test_back_along_the_line_keeps_data_and_starts_the_clock_again():
    case = Case(load(line()))
    case.complete("file", area=1)
    case.complete("check", verdict="pass")
    task = case.id("sign")
    result = back(case, "sign", "check")
    assert result.closed == (engine.ClosedTask(task, "sign", "cancelled"),)
    assert [opened.element_id for opened in result.opened] == ["check"]
    assert [armed.element_id for armed in result.timers] == ["late"]
    assert case.token("check") == {"area": 1, "verdict": "pass"}
    case.complete("check", verdict="pass again")
    assert case.open == ["sign"]


def test_back_from_a_step_that_is_watched_dismisses_its_timer():
    case = Case(load(line()))
    case.complete("file")
    back(case, "check", "file")
    assert case.open == ["file"]
    case.complete("file")
    assert case.open == ["check", "late"]


def test_back_within_a_branch_leaves_the_other_branch_alone():
    case = Case(load(line()), {"x": 0})
    for name in ("file", "check", "sign"):
        case.complete(name)
    case.complete("a1", x=1)
    back(case, "a2", "a1")
    assert case.open == ["a1", "b"]
    for name in ("a1", "b", "a2"):
        case.complete(name)
    assert case.open == ["after"]
    assert case.token("after") == {"x": 1}


def test_back_over_a_finished_block_runs_the_block_again():
    case = Case(load(line()))
    for name in ("file", "check", "sign", "a1", "b", "a2"):
        case.complete(name, **{f"by_{name}": 1})
    back(case, "after", "sign")
    assert case.open == ["sign"]
    for name in ("sign", "b", "a1", "a2"):
        assert "after" not in case.open
        case.complete(name, **{f"by_{name}": 2})
    assert case.token("after")["by_b"] == 2
    assert case.complete("after").finished


def test_back_can_be_repeated_for_ever():
    case = Case(load(line()))
    case.complete("file")
    for _ in range(50):
        case.complete("check")
        back(case, "sign", "check")
    assert len(engine.resume(case.definition, case.state, {})._workflow.tasks) < 8


@pytest.mark.parametrize(
    ("done", "source", "target"),
    [
        (("file", "check", "sign"), "a1", "sign"),
        (("file", "check", "sign", "a1"), "a2", "check"),
        (("file", "check", "sign", "a1", "b", "a2"), "after", "a1"),
        (("file", "check", "sign"), "a1", "b"),
        (("file", "check", "sign"), "a1", "after"),
        (("file",), "check", "sign"),
        (("file",), "check", "late"),
        (("file",), "check", "start"),
        (("file",), "check", "nowhere"),
    ],
)
def test_where_other_tokens_would_go_astray_it_is_refused_and_nothing_moves(done, source, target):
    case = Case(load(line()))
    for name in done:
        case.complete(name)
    before = case.open
    run = engine.resume(case.definition, case.state, {})
    with pytest.raises(engine.EngineError, match="退回"):
        run.return_to(case.id(source), target)
    assert sorted(task.element_id for task in (*run.tasks, *run.timers)) == before


def test_one_item_cannot_go_back_alone():
    process = Process()
    process.start()
    process.user("a")
    process.user("each", items(cardinality="2"))
    process.end()
    process.chain("start", "a", "each", "end")
    case = Case(load(process))
    case.complete("a")
    with pytest.raises(engine.EngineError, match="逐项"):
        back(case, "each", "a")


def test_back_stays_on_its_level():
    inner = Nodes()
    inner.prefix = "i"
    inner.start("is")
    inner.user("one")
    inner.user("two")
    inner.end("ie")
    inner.chain("is", "one", "two", "ie")
    process = Process()
    process.start()
    process.user("a")
    process.sub("sub", inner)
    process.user("b")
    process.end()
    process.chain("start", "a", "sub", "b", "end")
    case = Case(load(process))
    case.complete("a")
    case.complete("one", x=1)
    with pytest.raises(engine.EngineError, match="退回"):
        back(case, "two", "a")
    back(case, "two", "one")
    assert case.token("one") == {"x": 1}
    case.complete("one")
    case.complete("two")
    back(case, "b", "sub")
    assert case.open == ["one"]
