"""拿回: one's own last completion is undone while nobody has gone on from it."""

import pytest

from tests.unit.engine import shapes
from tests.unit.engine.build import Process
from tests.unit.engine.play import Case, load
from webapp import engine

BLOCK = load(shapes.block())
NESTED = load(shapes.nested())
CHOSEN = load(shapes.chosen())
VISITS = load(shapes.visits())
MEETING = load(shapes.meeting())
CALLING = load(shapes.calling(), shapes.correction())


def at(definition: engine.Definition, *done: str) -> Case:
    case = Case(definition, {"x": 0})
    for name in done:
        case.complete(name, **{f"by_{name}": 1})
    return case


def test_along_the_line_with_the_data_entered():
    case = at(BLOCK, "file")
    result = case.take_back("file", "check")
    assert {(closed.element_id, closed.state) for closed in result.closed} == {
        ("check", "cancelled"),
        ("late", "cancelled"),
    }
    assert [opened.element_id for opened in result.opened] == ["file"]
    assert case.token("file") == {"x": 0, "by_file": 1}


def test_a_timer_that_was_opened_may_be_named_too():
    case = at(BLOCK, "file")
    case.take_back("file", "late", "check")
    assert case.open == ["file"]


def test_before_a_split_all_branches_are_taken_back():
    case = at(BLOCK, "file", "check")
    case.take_back("check", "a1", "b")
    assert case.open == ["check", "late"]
    assert case.token("check") == {"x": 0, "by_file": 1, "by_check": 1}
    for name in ("check", "a1", "a2", "b", "sign"):
        case.complete(name)
    assert case.complete("close").finished


def test_in_a_branch_that_waits_at_its_join():
    case = at(BLOCK, "file", "check", "b")
    other = case.id("a1")
    case.take_back("b")
    assert case.open == ["a1", "a_late", "b"]
    assert case.id("a1") == other
    assert case.token("b")["by_b"] == 1
    for name in ("b", "a1", "a2"):
        assert "sign" not in case.open
        case.complete(name)
    assert case.open == ["sign"]


def test_the_last_branch_that_completed_the_join_the_others_wait_there_again():
    case = at(BLOCK, "file", "check", "b", "a1", "a2")
    case.take_back("a2", "sign")
    assert case.open == ["a2"]
    case.complete("a2", by_a2=2)
    assert case.open == ["sign"]
    assert case.token("sign") == {"x": 0, "by_a2": 2} | {f"by_{n}": 1 for n in ("file", "check", "a1", "b")}


def test_both_joins_of_nested_blocks_completed_at_once():
    process = Process()
    process.start()
    for name in ("s1", "s2", "j1", "j2"):
        process.gateway(name, "parallel")
    for name in ("a", "b", "c", "after"):
        process.user(name)
    process.end()
    process.chain("start", "s1", "a", "j1", "after", "end")
    process.chain("s1", "s2", "b", "j2", "j1")
    process.chain("s2", "c", "j2")
    case = at(load(process), "a", "b", "c")
    case.take_back("c", "after")
    assert case.open == ["c"]
    case.complete("c")
    assert case.open == ["after"]


def test_a_loop_back_within_the_line():
    process = Process()
    process.start()
    process.user("file")
    process.user("check", result="ok")
    process.gateway("g", default="back")
    process.end()
    process.chain("start", "file", "check", "g")
    process.flow("g", "end", "ok")
    process.flow("g", "file", id="back")
    case = Case(load(process))
    case.complete("file")
    case.complete("check", ok=False)
    case.take_back("check", "file")
    assert case.open == ["check"]
    assert case.complete("check", ok=True).finished


def test_what_a_timer_has_begun_since_is_an_obstacle():
    process = shapes.block()
    process.user("told")
    process.parts = [part.replace('targetRef="a_told"', 'targetRef="told"') for part in process.parts]
    process.flow("told", "a_told")
    case = at(load(process), "file", "check")
    case.fire("a_late")
    tasks = [case.id("a1"), case.id("b")]
    case.refuses("不能拿回", lambda run: run.take_back("check", tasks))


def test_chosen_branches():
    case = Case(CHOSEN)
    case.complete("ask", x=True, y=True, z=False)
    case.take_back("ask", "x1", "y1")
    assert case.open == ["ask"]
    case.complete("ask", x=True, y=True, z=False)
    case.complete("y1")
    case.take_back("y1")
    assert case.open == ["x1", "y1"]
    for name in ("x1", "y1", "x2"):
        case.complete(name, **{f"by_{name}": 1})
    case.take_back("x2", "decide")
    assert case.open == ["x2"]
    case.complete("x2")
    assert case.open == ["decide"]
    assert case.token("decide")["by_y1"] == 1
    case.complete("decide", again=True)
    case.take_back("decide", "ask")
    assert case.open == ["decide"]


def test_the_end_of_a_called_process():
    case = at(CALLING, "file", "ask_papers", "bring_papers")
    case.take_back("bring_papers", "check")
    assert case.open == ["bring_papers"]
    case.complete("bring_papers")
    case.complete("check")
    assert case.open == ["ask_papers"]
    case.take_back("check", "ask_papers")
    assert case.open == ["check"]


def test_the_end_of_one_call_that_led_straight_into_the_next():
    process = Process("twice")
    process.start()
    process.call("first", "correction")
    process.call("second", "correction")
    process.end()
    process.chain("start", "first", "second", "end")
    case = Case(load(process, shapes.correction()))
    case.complete("ask_papers")
    case.complete("bring_papers", n=1)
    case.take_back("bring_papers", "ask_papers")
    assert case.open == ["bring_papers"]
    case.complete("bring_papers")
    case.complete("ask_papers")
    assert case.complete("bring_papers").finished


@pytest.mark.parametrize(
    ("done", "step", "opened"),
    [
        (("before",), "before", ["m_one"]),
        (("before", "m_one", "m_two"), "m_two", []),
        (("before", "m_one", "m_two", "m_three"), "m_three", ["d_one"]),
        (("before", "m_one", "m_two", "m_three", "d_one"), "d_one", ["d_two", "d_three"]),
        (("before", "m_one", "m_two", "m_three", "d_one", "d_two", "d_three"), "d_three", ["after"]),
    ],
)
def test_over_the_borders_of_subprocesses(done, step, opened):
    case = at(MEETING, *done)
    before = [name for name in case.open if name not in {*opened, "late"}]
    data = case.token(opened[0]) if opened else None
    case.take_back(step, *opened)
    assert [name for name in case.open if name != "late"] == sorted([*before, step])
    assert data is None or case.token(step) == data
    case.complete(step)
    assert [name for name in case.open if name != "late"] == sorted([*before, *opened])


def test_a_step_that_opened_one_task_for_each_item():
    case = at(VISITS, "plan")
    case.take_back("plan", "visit", "visit", "visit")
    assert case.open == ["plan"]
    case.complete("plan")
    assert case.open == ["late", "visit", "visit", "visit"]


def passing() -> Process:
    """After filing: an effect, then a timer to wait for, then a check."""
    process = Process("passing")
    process.start()
    process.user("file")
    process.service("number", "draw_number", "no")
    process.user("check")
    process.service("send", "send_letter")
    process.node(
        "intermediateCatchEvent",
        "wait",
        '<bpmn:timerEventDefinition><bpmn:timeDuration>duration("P3D")</bpmn:timeDuration>'
        "</bpmn:timerEventDefinition>",
    )
    process.user("sign")
    process.end()
    process.chain("start", "file", "number", "check", "send", "wait", "sign", "end")
    return process


def test_an_effect_passed_on_the_way_is_no_obstacle_here():
    case = at(load(passing()), "file")
    case.deliver("number", no="1号")
    case.take_back("file", "check")
    assert case.open == ["file"]
    assert case.token("file") == {"x": 0, "by_file": 1, "no": "1号"}


def test_where_it_waits_for_an_effect_or_a_timer_it_is_taken_back():
    case = at(load(passing()), "file")
    case.take_back("file")
    assert case.open == ["file"]
    case.complete("file")
    case.deliver("number")
    case.complete("check")
    case.take_back("check")
    case.complete("check")
    case.deliver("send")
    assert case.open == ["wait"]
    case.take_back("check")
    assert case.open == ["check"]


def test_a_timer_that_has_gone_off_since_is_an_obstacle():
    case = at(load(passing()), "file")
    case.deliver("number")
    case.complete("check")
    case.deliver("send")
    case.fire("wait")
    task = case.id("sign")
    case.refuses("不能拿回", lambda run: run.take_back("check", [task]))


@pytest.mark.parametrize(
    ("done", "step", "opened"),
    [
        (("file", "check", "a1"), "check", ["b"]),
        (("file", "check", "a1"), "check", ["a2", "b"]),
        (("file", "check", "a1"), "check", []),
        (("file", "check"), "check", ["a1"]),
        (("file", "check"), "file", ["a1", "b"]),
        (("file", "check"), "b", []),
        (("file", "check"), "b", ["b"]),
        (("file", "check", "b", "a1", "a2", "sign"), "a2", ["close"]),
        (("file",), "start", ["check"]),
        (("file",), "nowhere", ["check"]),
    ],
)
def test_after_anybody_has_gone_on_it_is_refused(done, step, opened):
    case = at(BLOCK, *done)
    tasks = [case.id(name) for name in opened]
    case.refuses("不能拿回", lambda run: run.take_back(step, tasks))


def test_what_waits_no_longer_is_unknown():
    case = at(BLOCK, "file")
    task = case.id("check")
    case.complete("check")
    with pytest.raises(engine.UnknownTask):
        case.move(lambda run: run.take_back("file", [task]))


@pytest.mark.parametrize("done", [("plan", "visit"), ("plan", "visit", "visit", "visit")])
def test_a_step_that_ran_per_item_is_refused(done):
    case = at(VISITS, *done)
    tasks = [case.id("review")] if "review" in case.open else []
    case.refuses("逐项", lambda run: run.take_back("visit", tasks))


def test_items_of_which_one_is_done_are_an_obstacle():
    case = at(VISITS, "plan", "visit")
    tasks = [case.id("visit", 0), case.id("visit", 1)]
    case.refuses("不能拿回", lambda run: run.take_back("plan", tasks))


def test_where_two_tokens_could_be_meant_it_is_refused():
    process = Process("beside")
    process.start()
    process.gateway("s", "parallel")
    process.gateway("j", "parallel")
    for name in ("first", "second"):
        process.call(name, "correction")
        process.chain("s", name, "j")
    process.user("third")
    process.flow("start", "s")
    process.chain("s", "third", "j")
    process.end()
    process.flow("j", "end")
    case = Case(load(process, shapes.correction()))
    case.complete("ask_papers")
    case.complete("bring_papers")
    case.take_back("bring_papers")
    assert case.open == ["ask_papers", "bring_papers", "third"]
    for name in ("ask_papers", "bring_papers", "bring_papers"):
        case.complete(name)
    case.refuses("无法确定", lambda run: run.take_back("bring_papers", []))
