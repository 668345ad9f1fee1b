"""拿回 where a case goes round: what belongs to the round before stays."""

from tests.unit.engine import shapes
from tests.unit.engine.build import Process
from tests.unit.engine.play import Case, load


def again() -> Process:
    """Two bodies; the second completes the join, and if it says so both are asked again at once."""
    process = Process(data="more")
    process.start()
    process.gateway("m")
    process.gateway("s", "parallel")
    process.gateway("j", "parallel")
    process.gateway("g", default="out")
    for name in ("a", "b"):
        process.user(name)
    process.end()
    process.chain("start", "m", "s", "a", "j", "g")
    process.chain("s", "b", "j")
    process.flow("g", "m", "more = true")
    process.flow("g", "end", id="out")
    return process


def test_a_round_begun_by_the_completion_is_taken_back_whole():
    case = Case(load(again()))
    case.complete("a")
    case.complete("b", more=True)
    assert case.open == ["a", "b"]
    case.take_back("b", "a", "b")
    assert case.open == ["b"]
    assert case.complete("b", more=False).finished


def test_in_such_a_round_a_branch_that_waits_is_taken_back_alone():
    case = Case(load(again()))
    case.complete("a")
    case.complete("b", more=True)
    other = case.id("b")
    case.complete("a")
    case.take_back("a")
    assert case.open == ["a", "b"]
    assert case.id("b") == other


def at(process: Process, *done: str) -> Case:
    case = Case(load(process))
    for name in done:
        case.complete(name)
    return case


def test_what_ended_or_was_begun_by_a_timer_in_an_earlier_round_stays():
    process = shapes.block()
    process.parts = [
        part.replace('sourceRef="close" targetRef="end"', 'sourceRef="close" targetRef="g"')
        for part in process.parts
    ]
    process.gateway("g", default="out")
    process.flow("g", "m", "again = true")
    process.flow("g", "end", id="out")
    process.values["data"] = "again"
    case = at(process, "file", "check")
    case.fire("a_late")
    for name in ("a1", "b", "a2", "sign"):
        case.complete(name)
    case.complete("close", again=True)
    case.take_back("close", "a1", "b")
    assert case.open == ["close"]
    assert case.complete("close", again=False).finished


def test_a_branch_that_ends_by_itself_is_taken_back_in_the_round_it_ended():
    process = again()
    process.user("note")
    process.end("noted")
    process.chain("s", "note", "noted")
    case = at(process, "note", "a")
    case.complete("b", more=True)
    case.complete("note", text="second")
    case.take_back("note")
    assert case.open == ["a", "b", "note"]
    assert case.token("note")["text"] == "second"
    case.complete("note")
    case.complete("a")
    assert case.complete("b", more=False).finished
