"""What an administrator sees, moves and passes by hand."""

import pytest

from tests.unit.engine import shapes
from tests.unit.engine.build import Nodes, Process
from tests.unit.engine.play import Case, load
from webapp import engine

BLOCK = load(shapes.block())
VISITS = load(shapes.visits())
MEETING = load(shapes.meeting())


def at(definition: engine.Definition, *done: str) -> Case:
    case = Case(definition, {"x": 0})
    for name in done:
        case.complete(name, **{f"by_{name}": 1})
    return case


def standing(case: Case) -> list[tuple[str, str, tuple[str, ...], int | None]]:
    run = engine.resume(case.definition, case.state, case.scope)
    return [(token.element_id, token.kind, token.level, token.number) for token in run.tokens]


def token(case: Case, element: str) -> str:
    run = engine.resume(case.definition, case.state, case.scope)
    return next(each.id for each in run.tokens if each.element_id == element)


def moved(case: Case, source: str, target: str) -> engine.StepResult:
    identity = token(case, source)
    return case.move(lambda run: run.move(identity, target))


def skipped(case: Case, element: str, **result: object) -> engine.StepResult:
    found = [key for key, name in case.rows.items() if name == element]
    identity = found[0] if found else token(case, element)
    return case.move(lambda run: run.skip(identity, result))


def test_tokens_are_people_and_joins_but_not_what_only_watches():
    case = at(BLOCK, "file", "check", "b")
    assert standing(case) == [("a1", "human", (), None), ("j", "join", (), None)]
    assert {case.rows[key] for key in case.rows} == {"a1", "a_late"}


def test_tokens_inside_calls_and_items_tell_where_they_are():
    case = at(MEETING, "before", "m_one", "m_two", "m_three", "d_one", "d_two")
    assert standing(case) == [
        ("d_j", "join", ("mid", "deep"), None),
        ("d_three", "human", ("mid", "deep"), None),
    ]
    case = at(VISITS, "plan", "visit")
    assert standing(case) == [("visit", "human", (), 2), ("visit", "human", (), 3)]


def waits() -> Process:
    """Four branches: a person, an effect, a message and a timer; two of them end by themselves."""
    process = Process("waits")
    process.message("reply", "答复")
    process.start()
    process.gateway("s", "parallel")
    process.user("a", result="agreed")
    process.service("e", "issue_document", "number")
    process.node("receiveTask", "m", messageRef="reply")
    process.node(
        "intermediateCatchEvent",
        "t",
        '<bpmn:timerEventDefinition><bpmn:timeDuration>duration("P3D")</bpmn:timeDuration>'
        "</bpmn:timerEventDefinition>",
    )
    process.gateway("j", "parallel")
    process.user("after")
    for name in ("end", "end_m", "end_t"):
        process.end(name)
    process.flow("start", "s")
    process.chain("s", "a", "j", "after", "end")
    process.chain("s", "e", "j")
    process.chain("s", "m", "end_m")
    process.chain("s", "t", "end_t")
    return process


def test_each_kind_of_waiting_is_told_and_can_be_passed():
    case = Case(load(waits()))
    assert [(name, kind) for name, kind, _, _ in standing(case)] == [
        ("a", "human"),
        ("e", "effect"),
        ("m", "message"),
        ("t", "timer"),
    ]
    skipped(case, "a")
    assert ("j", "join", (), None) in standing(case)
    skipped(case, "e", number="7号")
    assert case.token("after") == {"agreed": None, "number": "7号"}
    skipped(case, "m", reply="好")
    skipped(case, "t")
    assert standing(case) == [
        ("after", "human", (), None),
        ("end_m", "join", (), None),
        ("end_t", "join", (), None),
    ]
    assert skipped(case, "after").finished
    assert case.data == {"agreed": None, "number": "7号", "reply": "好"}
    assert standing(case) == []


def test_a_timer_that_watches_can_be_passed_and_closes_its_step():
    case = at(BLOCK, "file")
    skipped(case, "late")
    assert case.open == ["a1", "a_late", "b"]


def test_what_waits_for_others_is_not_passed():
    case = at(BLOCK, "file", "check", "b")
    identity = token(case, "j")
    case.refuses("不能跳过", lambda run: run.skip(identity, {}))


def test_what_is_not_there_is_unknown():
    case = at(BLOCK)
    for act in (lambda run: run.skip("nothing", {}), lambda run: run.move("nothing", "check")):
        with pytest.raises(engine.UnknownTask):
            case.move(act)


@pytest.mark.parametrize("target", ["sign", "close"])
def test_forward_over_steps(target):
    case = at(BLOCK, "file")
    result = moved(case, "check", target)
    assert {(closed.element_id, closed.state) for closed in result.closed} == {
        ("check", "cancelled"),
        ("late", "cancelled"),
    }
    assert case.open == [target]
    assert case.token(target) == {"x": 0, "by_file": 1}


def test_before_a_split_the_branches_begin():
    case = at(BLOCK, "file")
    moved(case, "check", "s")
    assert case.open == ["a1", "a_late", "b"]
    for name in ("a1", "a2", "b", "sign"):
        case.complete(name)
    assert case.complete("close").finished


def test_before_a_join_it_comes_by_the_way_that_lies_ahead():
    case = at(BLOCK, "file", "check")
    moved(case, "a1", "j")
    assert case.open == ["b"]
    case.complete("b", by_b=1)
    assert case.open == ["sign"]
    assert case.token("sign") == {"x": 0, "by_file": 1, "by_check": 1, "by_b": 1}


def test_the_last_one_moved_before_a_join_completes_it():
    case = at(BLOCK, "file", "check", "b")
    moved(case, "a1", "j")
    assert case.open == ["sign"]


def test_a_token_that_waits_at_a_join_can_be_moved_back():
    case = at(BLOCK, "file", "check", "b")
    moved(case, "j", "b")
    assert case.open == ["a1", "a_late", "b"]
    assert case.token("b")["by_b"] == 1


def test_into_another_branch_one_is_left_waiting_until_it_is_moved_as_well():
    """Not sound, but an administrator's to decide; the tokens show what is left over."""
    case = at(BLOCK, "file", "check")
    moved(case, "a1", "b")
    assert case.open == ["b", "b"]
    case.complete("b")
    assert sorted(name for name, _, _, _ in standing(case)) == ["b", "j"]
    moved(case, "b", "a2")
    case.complete("a2")
    assert case.open == ["sign"]


def test_to_the_end():
    case = at(BLOCK, "file")
    assert moved(case, "check", "end").finished
    assert case.data == {"x": 0, "by_file": 1}


def test_to_the_end_of_a_subprocess_the_caller_goes_on():
    case = at(MEETING, "before", "m_one", "m_two", "m_three", "d_one", "d_two")
    moved(case, "d_three", "d_end")
    assert ("d_end", "join", ("mid", "deep"), None) in standing(case)
    moved(case, "d_j", "d_end")
    assert case.open == ["after"]


def test_to_a_subprocess_it_is_entered():
    process = Process("into")
    inner = Nodes()
    inner.prefix = "i"
    inner.start("is")
    inner.user("one")
    inner.end("ie")
    inner.chain("is", "one", "ie")
    process.start()
    process.user("a")
    process.user("b")
    process.sub("sub", inner)
    process.end()
    process.chain("start", "a", "b", "sub", "end")
    case = Case(load(process), {"x": 1})
    moved(case, "a", "sub")
    assert standing(case) == [("one", "human", ("sub",), None)]
    assert case.complete("one").finished


def test_an_inclusive_join_goes_on_when_the_one_it_waited_for_is_moved_past_it():
    case = Case(load(shapes.chosen()))
    case.complete("ask", x=True, y=True, z=False)
    case.complete("y1")
    moved(case, "x1", "decide")
    assert case.open == ["decide", "decide"]


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("nowhere", "没有"),
        ("*join", "没有"),
        ("late", "看守"),
        ("d_one", "同一层"),
    ],
)
def test_a_target_must_be_an_element_of_the_same_level(target, reason):
    case = at(MEETING)
    identity = token(case, "before")
    case.refuses(reason, lambda run: run.move(identity, target))


def test_one_item_is_not_moved_by_itself():
    case = at(VISITS, "plan")
    identity = token(case, "visit")
    case.refuses("逐项", lambda run: run.move(identity, "review"))


def test_where_nothing_would_wait_any_more_it_is_a_deadlock():
    case = at(BLOCK, "file")
    identity = token(case, "check")
    run = engine.resume(case.definition, case.state, {})
    with pytest.raises(engine.Deadlock):
        run.move(identity, "j")
    with pytest.raises(engine.EngineError):
        run.state()
