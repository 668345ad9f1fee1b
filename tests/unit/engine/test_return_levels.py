"""退回 over the borders of steps that run per item, subprocesses and called processes."""

import pytest

from tests.unit.engine import shapes
from tests.unit.engine.build import Process, items
from tests.unit.engine.play import Case, load

VISITS = load(shapes.visits())
MEETING = load(shapes.meeting())
CALLING = load(shapes.calling(), shapes.correction())


def test_from_one_item_back_to_before_withdraws_all_items():
    case = Case(VISITS, {"x": 0})
    case.complete("plan", x=1)
    case.complete("visit", one="first", x=99)
    result = case.back("visit", "plan", place=1)
    assert sorted(closed.element_id for closed in result.closed) == ["late", "visit", "visit"]
    assert case.open == ["plan"]
    assert case.token("plan") == {"x": 1}
    case.complete("plan")
    assert case.open == ["late", "visit", "visit", "visit"]
    for number in range(3):
        case.complete("visit", one=number)
    assert case.token("review")["found"] == [0, 1, 2]


def test_back_to_a_step_that_runs_per_item_begins_it_anew():
    case = Case(VISITS)
    case.complete("plan")
    for number in range(3):
        case.complete("visit", one=number)
    case.back("review", "visit")
    assert case.open == ["late", "visit", "visit", "visit"]
    for number in (7, 8, 9):
        assert "review" not in case.open
        case.complete("visit", one=number)
    assert case.token("review")["found"] == [7, 8, 9]
    assert case.complete("review").finished


def test_items_one_after_the_other():
    process = Process()
    process.start()
    process.user("plan")
    process.user("visit", items(cardinality="3", output="found", output_item="one", sequential=True))
    process.user("review")
    process.end()
    process.chain("start", "plan", "visit", "review", "end")
    case = Case(load(process))
    case.complete("plan")
    case.complete("visit", one=1)
    case.back("visit", "plan")
    assert case.open == ["plan"]
    case.complete("plan")
    for number in (1, 2, 3):
        case.complete("visit", one=number)
    case.back("review", "visit")
    assert case.open == ["visit"]


def test_one_item_cannot_go_back_to_its_own_step():
    case = Case(VISITS)
    case.complete("plan")
    task = case.id("visit")
    case.refuses("退回", lambda run: run.return_to(task, "visit"))


def per_item_meeting() -> Process:
    process = Process()
    process.start()
    process.user("plan")
    process.sub("each", shapes.inside("i"), items(cardinality="2", output="texts", output_item="text"))
    process.user("review")
    process.end()
    process.chain("start", "plan", "each", "review", "end")
    return process


def test_inside_one_item_back_on_its_own_level_leaves_the_other_item_alone():
    case = Case(load(per_item_meeting()))
    case.complete("plan")
    case.complete("i_one", by=1)
    case.complete("i_two")
    case.back("i_three", "i_one")
    assert case.open == ["i_one", "i_one"]
    for _ in range(2):
        case.complete("i_one")
        case.complete("i_two")
        case.complete("i_three", text="ok")
    assert case.token("review") == {"texts": ["ok", "ok"]}


def test_from_inside_one_item_to_before_withdraws_all_items():
    case = Case(load(per_item_meeting()))
    case.complete("plan", x=1)
    case.complete("i_one", x=2)
    case.back("i_three", "plan")
    assert case.open == ["plan"]
    assert case.token("plan") == {"x": 1}


def test_into_one_of_the_items_nobody_can_go_back():
    case = Case(load(per_item_meeting()))
    case.complete("plan")
    for _ in range(2):
        for name in ("i_one", "i_two", "i_three"):
            case.complete(name)
    task = case.id("review")
    case.refuses("逐项办理", lambda run: run.return_to(task, "i_one"))
    assert case.returnable("review") == ["plan"]


def inside_the_meeting(*done: str) -> Case:
    case = Case(MEETING, {"x": 0})
    for name in done:
        case.complete(name, **{f"by_{name}": 1})
    return case


FIRST = ("before", "m_one", "m_two", "m_three")
ALL = (*FIRST, "d_one", "d_two", "d_three")


def test_from_inside_to_a_step_of_the_same_level():
    case = inside_the_meeting(*FIRST, "d_one", "d_two")
    case.back("d_three", "d_one")
    assert case.open == ["d_one", "late"]
    assert case.token("d_one")["by_d_two"] == 1


def test_from_inside_to_one_level_out_withdraws_the_inner_process():
    case = inside_the_meeting(*FIRST, "d_one", "d_two")
    case.back("d_three", "m_one")
    assert case.open == ["late", "m_one"]
    assert case.token("m_one")["by_d_two"] == 1
    for name in ("m_one", "m_three", "m_two"):
        case.complete(name)
    assert case.open == ["d_one", "late"]


def test_from_inside_to_a_branch_of_the_level_around_puts_tokens_back_there():
    case = inside_the_meeting(*FIRST, "d_one")
    case.back("d_three", "m_two")
    assert case.open == ["late", "m_two"]
    case.complete("m_two")
    assert case.open == ["d_one", "late"]


def test_from_the_innermost_to_the_outermost():
    case = inside_the_meeting(*FIRST, "d_one", "d_two")
    result = case.back("d_three", "before")
    assert {closed.element_id for closed in result.closed} == {"d_three", "late"}
    assert case.open == ["before"]
    assert case.token("before") == {"x": 0, **{f"by_{name}": 1 for name in (*FIRST, "d_one", "d_two")}}
    for name in ALL:
        case.complete(name)
    assert case.complete("after").finished


@pytest.mark.parametrize(
    ("target", "rest"),
    [
        ("d_three", ["d_three"]),
        ("d_one", ["d_one", "d_two", "d_three"]),
        ("m_two", ["m_two", "d_one", "d_three", "d_two"]),
        ("m_one", list(ALL[1:])),
    ],
)
def test_from_after_into_any_depth_the_processes_around_stand_again(target, rest):
    case = inside_the_meeting(*ALL)
    data = case.token("after")
    case.back("after", target)
    assert case.open == sorted(["late", target])
    assert case.token(target) == data
    for name in rest:
        assert "after" not in case.open
        case.complete(name, **{f"by_{name}": 2})
    assert case.open == ["after"]
    assert case.token("after") == data | {f"by_{name}": 2 for name in rest}
    assert case.complete("after").finished


def test_a_subprocess_can_be_named_as_the_place_to_go_back_to():
    case = inside_the_meeting(*ALL)
    case.back("after", "mid")
    assert case.open == ["late", "m_one"]
    case.complete("m_one")
    case.back("m_two", "before")
    assert case.open == ["before"]


def test_the_time_limit_around_a_process_that_was_entered_again_still_closes_it():
    case = inside_the_meeting(*ALL)
    case.back("after", "d_three")
    case.fire("late")
    assert case.open == ["after"]
    assert case.complete("after").finished


def called(*done: str) -> Case:
    case = Case(CALLING)
    for name in done:
        case.complete(name)
    return case


def test_from_inside_a_call_to_the_caller_and_to_a_call_before():
    case = called("file", "ask_papers", "bring_papers", "check", "ask_papers")
    case.back("bring_papers", "check")
    assert case.open == ["check"]
    case.back("check", "bring_papers")
    assert case.open == ["bring_papers"]
    case.back("bring_papers", "ask_papers")
    case.back("ask_papers", "file")
    assert case.open == ["file"]


def test_a_step_that_was_done_in_two_calls_means_the_later_one():
    case = called("file", "ask_papers", "bring_papers", "check", "ask_papers", "bring_papers")
    case.back("sign", "ask_papers")
    case.complete("ask_papers")
    case.complete("bring_papers")
    assert case.open == ["sign"]


def test_a_step_in_two_calls_side_by_side_means_neither():
    process = Process("beside")
    process.start()
    process.gateway("s", "parallel")
    process.gateway("j", "parallel")
    process.call("first", "correction")
    process.call("second", "correction")
    process.user("sign")
    process.end()
    process.chain("start", "s", "first", "j", "sign", "end")
    process.chain("s", "second", "j")
    case = Case(load(process, shapes.correction()))
    for name in ("ask_papers", "ask_papers", "bring_papers", "bring_papers"):
        case.complete(name)
    task = case.id("sign")
    case.refuses("无法确定", lambda run: run.return_to(task, "ask_papers"))
    assert case.returnable("sign") == []
