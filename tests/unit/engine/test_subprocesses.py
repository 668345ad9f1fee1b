"""Embedded subprocesses and calls of other processes."""

import pytest

from tests.unit.engine.build import Nodes, Process
from tests.unit.engine.play import Case, load
from webapp import engine


def inner(prefix: str = "i", *, terminate: bool = False) -> Nodes:
    nodes = Nodes()
    nodes.prefix = f"{prefix}_flow"
    nodes.start(f"{prefix}_start")
    nodes.gateway(f"{prefix}_split", "parallel")
    nodes.user(f"{prefix}_one")
    nodes.user(f"{prefix}_two")
    nodes.end(f"{prefix}_end", terminate=terminate)
    nodes.end(f"{prefix}_end2")
    nodes.chain(f"{prefix}_start", f"{prefix}_split", f"{prefix}_one", f"{prefix}_end")
    nodes.chain(f"{prefix}_split", f"{prefix}_two", f"{prefix}_end2")
    return nodes


def outer(*, terminate: bool = False) -> Process:
    process = Process()
    process.start()
    process.user("before")
    process.sub("meeting", inner(terminate=terminate))
    process.user("after", result="again")
    process.gateway("g", default="out")
    process.end()
    process.chain("start", "before", "meeting", "after", "g")
    process.flow("g", "meeting", "again")
    process.flow("g", "end", id="out")
    return process


def test_data_go_in_and_what_every_branch_changed_comes_out():
    case = Case(load(outer()), {"x": 0})
    case.complete("before", x=1)
    assert case.open == ["i_one", "i_two"]
    case.complete("i_one", x=2)
    case.complete("i_two", y=3)
    assert case.open == ["after"]
    assert case.token("after") == {"x": 2, "y": 3}


def test_a_subprocess_can_be_entered_again():
    case = Case(load(outer()))
    case.complete("before")
    for number in range(3):
        case.complete("i_two", y=number)
        case.complete("i_one", x=number)
        assert case.token("after") | {"again": 0} == {"x": number, "y": number, "again": 0}
        case.complete("after", again=number < 2)
    assert case.finished


def test_a_terminating_end_inside_ends_the_subprocess_only():
    case = Case(load(outer(terminate=True)))
    case.complete("before")
    other = case.id("i_two")
    result = case.complete("i_one", x=2)
    assert engine.ClosedTask(other, "i_two", "cancelled") in result.closed
    assert case.open == ["after"]
    assert case.token("after") == {"x": 2}


def test_cancelling_the_case_reaches_inside():
    case = Case(load(outer()))
    case.complete("before")
    assert len(case.move(lambda run: run.cancel()).closed) == 2


def test_a_timer_on_a_subprocess_closes_what_is_inside():
    process = outer()
    process.boundary("late", "meeting", 'duration("P3D")')
    process.flow("late", "after")
    case = Case(load(process))
    case.complete("before", x=1)
    case.complete("i_one", x=2)
    result = case.fire("late")
    assert {(closed.element_id, closed.state) for closed in result.closed} == {
        ("late", "completed"),
        ("i_two", "cancelled"),
    }
    assert case.open == ["after"]
    assert case.token("after") == {"x": 1}


def test_a_terminating_end_outside_closes_what_is_inside():
    process = Process()
    process.start()
    process.gateway("s", "parallel")
    process.sub("meeting", inner())
    process.user("stop")
    process.end("end1")
    process.end("end2", terminate=True)
    process.chain("start", "s", "meeting", "end1")
    process.chain("s", "stop", "end2")
    case = Case(load(process))
    assert case.complete("stop").finished
    assert case.open == []


def test_subprocesses_nest():
    deepest = inner("c")
    middle = Nodes()
    middle.prefix = "m"
    middle.start("ms")
    middle.sub("deep", deepest)
    middle.end("me")
    middle.chain("ms", "deep", "me")
    process = Process()
    process.start()
    process.sub("mid", middle)
    process.user("after")
    process.end()
    process.chain("start", "mid", "after", "end")
    case = Case(load(process))
    case.complete("c_one", x=1)
    case.complete("c_two", y=2)
    assert case.token("after") == {"x": 1, "y": 2}


def called() -> Process:
    """The correction that several procedures call; it has no lanes."""
    process = Process("common_correction", data="reason")
    process.start("c_start")
    process.prefix = "c"
    process.user("correct", form="correction")
    process.end("c_end")
    process.chain("c_start", "correct", "c_end")
    return process


def calling() -> Process:
    process = Process("main")
    process.start()
    process.call("first", "common_correction")
    process.call("second", "common_correction")
    process.end()
    process.chain("start", "first", "second", "end")
    process.lane("乡镇", "first", agency="township")
    process.lane("区人力社保局", "second", agency="hrss")
    return process


def test_a_called_process_takes_lane_and_data_from_its_call():
    case = Case(load(calling(), called()), {"reason": "缺图"})
    assert case.last.opened[0].agency == "township"
    assert case.token("correct") == {"reason": "缺图"}
    opened = case.complete("correct", fixed=1).opened[0]
    assert (opened.element_id, opened.lane, opened.agency) == ("correct", "区人力社保局", "hrss")
    case.complete("correct", fixed=2)
    assert case.finished
    assert case.data == {"reason": "缺图", "fixed": 2}


def test_steps_of_called_processes_come_after_those_of_the_process():
    definition = load(calling(), called())
    assert [step.id for step in definition.steps] == [
        "start",
        "first",
        "second",
        "end",
        "c_start",
        "correct",
        "c_end",
    ]
    assert definition.step("correct").process == "common_correction"


def test_a_call_of_nothing_is_refused():
    with pytest.raises(engine.DefinitionError, match="common_correction"):
        load(calling())


def test_an_id_used_in_caller_and_called_is_refused():
    clashing = Process("common_correction")
    clashing.start()
    clashing.prefix = "c"
    clashing.user("correct")
    clashing.end("c_end")
    clashing.chain("start", "correct", "c_end")
    with pytest.raises(engine.DefinitionError, match="start"):
        load(calling(), clashing)


def test_processes_that_call_each_other_for_ever_are_refused():
    one, two = Process("one"), Process("two")
    for process, other in ((one, "two"), (two, "one")):
        process.prefix = process.id
        process.start(f"{process.id}_s")
        process.call(f"{process.id}_c", other)
        process.end(f"{process.id}_e")
        process.chain(f"{process.id}_s", f"{process.id}_c", f"{process.id}_e")
    with pytest.raises(engine.DefinitionError, match="one → two → one"):
        load(one, two)
