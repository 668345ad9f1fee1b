"""退回 on one level: along a line, within, out of and back into blocks; the data stay as they are."""

import pytest

from tests.unit.engine import shapes
from tests.unit.engine.build import Process
from tests.unit.engine.play import Case, load
from webapp import engine

BLOCK = load(shapes.block())
NESTED = load(shapes.nested())
RAGGED = load(shapes.ragged())
CHOSEN = load(shapes.chosen())


def at(definition: engine.Definition, *done: str) -> Case:
    case = Case(definition)
    for name in done:
        case.complete(name, **{f"by_{name}": 1})
    return case


def test_back_along_the_line_keeps_data_and_starts_the_clock_again():
    case = at(BLOCK, "file", "check", "a1", "b", "a2")
    task = case.id("sign")
    case.complete("sign", verdict="pass")
    task = case.id("close")
    result = case.back("close", "sign")
    assert result.closed == (engine.ClosedTask(task, "close", "cancelled"),)
    assert [opened.element_id for opened in result.opened] == ["sign"]
    assert case.token("sign")["verdict"] == "pass"
    case.complete("sign", verdict="pass again")
    assert case.open == ["close"]


def test_back_from_a_step_that_is_watched_dismisses_its_timer_and_coming_again_arms_it():
    case = at(BLOCK, "file")
    result = case.back("check", "file")
    assert case.open == ["file"]
    assert {(closed.element_id, closed.state) for closed in result.closed} == {
        ("check", "cancelled"),
        ("late", "cancelled"),
    }
    assert [armed.element_id for armed in case.complete("file").timers] == ["late"]


def test_back_within_a_branch_leaves_the_other_branch_alone():
    case = at(BLOCK, "file", "check", "a1")
    other = case.id("b")
    case.back("a2", "a1")
    assert case.open == ["a1", "a_late", "b"]
    assert case.id("b") == other
    for name in ("a1", "b", "a2"):
        case.complete(name)
    assert case.open == ["sign"]


@pytest.mark.parametrize("target", ["check", "file"])
def test_back_before_the_split_takes_every_branch_along(target):
    case = at(BLOCK, "file", "check", "a1")
    result = case.back("a2", target)
    assert {(closed.element_id, closed.state) for closed in result.closed} == {
        ("a2", "cancelled"),
        ("b", "cancelled"),
    }
    assert [opened.element_id for opened in result.opened] == [target]
    assert case.token(target) == {"by_file": 1, "by_check": 1, "by_a1": 1}


def test_what_a_branch_entered_before_it_waited_at_the_join_is_kept():
    case = at(BLOCK, "file", "check", "b", "a1")
    case.back("a2", "check")
    assert case.open == ["check", "late"]
    assert case.token("check") == {"by_file": 1, "by_check": 1, "by_a1": 1, "by_b": 1}
    for name in ("check", "a1", "a2", "b"):
        assert "sign" not in case.open
        case.complete(name)
    assert case.open == ["sign"]


def test_a_branch_that_a_timer_began_is_taken_along_too():
    process = shapes.block()
    process.parts = [
        part.replace('<bpmn:endEvent id="a_told"></bpmn:endEvent>', "") for part in process.parts
    ]
    process.user("a_told")
    process.end("told")
    process.flow("a_told", "told")
    case = Case(load(process))
    for name in ("file", "check"):
        case.complete(name)
    case.fire("a_late")
    assert case.open == ["a1", "a_told", "b"]
    case.back("b", "file")
    assert case.open == ["file"]


def test_back_over_a_finished_block_runs_the_block_again():
    case = at(BLOCK, "file", "check", "a1", "b", "a2")
    case.back("sign", "check")
    assert case.open == ["check", "late"]
    for name in ("check", "b", "a1", "a2"):
        assert "sign" not in case.open
        case.complete(name, **{f"by_{name}": 2})
    assert case.token("sign")["by_b"] == 2
    case.complete("sign")
    assert case.complete("close").finished


@pytest.mark.parametrize(("target", "rest"), [("a1", ["a1", "a2"]), ("a2", ["a2"]), ("b", ["b"])])
def test_back_into_one_branch_of_a_finished_block_asks_nobody_else_again(target, rest):
    case = at(BLOCK, "file", "check", "a1", "b", "a2")
    case.back("sign", target)
    assert [name for name in case.open if name != "a_late"] == [target]
    data = case.token(target)
    assert data == {f"by_{name}": 1 for name in ("file", "check", "a1", "b", "a2")}
    for name in rest:
        assert "sign" not in case.open
        case.complete(name, **{f"by_{name}": 2})
    assert case.open == ["sign"]
    assert case.token("sign") == data | {f"by_{name}": 2 for name in rest}


def test_a_value_that_is_set_back_to_what_it_was_long_ago_counts():
    """The tokens put back must not carry the later value over it."""
    case = Case(BLOCK, {"area": 100})
    for name in ("file", "check", "a1", "b"):
        case.complete(name)
    case.complete("a2", area=200)
    case.back("sign", "a2")
    case.complete("a2", area=100)
    assert case.token("sign")["area"] == 100


def test_back_into_a_block_and_from_there_to_before_it():
    case = at(BLOCK, "file", "check", "a1", "b", "a2", "sign")
    case.back("close", "a2")
    case.back("a2", "a1")
    case.back("a1", "check")
    assert case.open == ["check", "late"]
    for name in ("check", "a1", "a2", "b", "sign"):
        case.complete(name)
    assert case.complete("close").finished


@pytest.mark.parametrize(
    ("done", "source", "target"),
    [
        (("file", "check"), "a1", "b"),
        (("file", "check", "b"), "a1", "b"),
        (("file", "check"), "a1", "a2"),
        (("file", "check"), "a1", "sign"),
        (("file", "check"), "a1", "a1"),
        (("file",), "check", "sign"),
        (("file",), "check", "late"),
        (("file",), "check", "start"),
        (("file",), "check", "*start"),
        (("file",), "check", "nowhere"),
        (("file", "check"), "a1", "s"),
        (("file", "check", "a1", "b", "a2"), "sign", "j"),
    ],
)
def test_elsewhere_it_is_refused_with_a_reason_and_nothing_moves(done, source, target):
    case = at(BLOCK, *done)
    task = case.id(source)
    case.refuses("退回", lambda run: run.return_to(task, target))


def test_the_reason_names_the_steps():
    case = at(BLOCK, "file", "check")
    task = case.id("a1")
    case.refuses(
        "不能从“a1”退回到“b”：它在另一条分支上，那条分支有自己的进度。", lambda run: run.return_to(task, "b")
    )


def test_back_can_be_repeated_for_ever():
    case = at(BLOCK, "file", "check", "a1", "b", "a2")
    sizes = set()
    for number in range(40):
        case.back("sign", "b" if number % 2 else "a2")
        sizes.add((number % 2, len(engine.resume(case.definition, case.state, {})._workflow.tasks)))
        case.complete("b" if number % 2 else "a2")
    assert len(sizes) == 2
    assert max(size for _, size in sizes) < 8


# --- blocks inside blocks ---


def test_out_of_an_inner_block_to_before_it_leaves_the_outer_branch_alone():
    case = at(NESTED, "file", "b1", "d")
    other = case.id("a")
    case.back("c1", "b1")
    assert case.open == ["a", "b1"]
    assert case.id("a") == other
    assert case.token("b1")["by_d"] == 1
    for name in ("a", "b1", "c1", "c2", "d", "b2"):
        case.complete(name)
    assert case.open == ["after"]


def test_the_later_of_two_opinions_counts_when_all_branches_go_back():
    case = Case(NESTED)
    for name in ("file", "b1"):
        case.complete(name)
    case.complete("d", opinion="first")
    case.back("c1", "b1")
    case.complete("b1")
    case.complete("d", opinion="second")
    case.back("c1", "file")
    assert case.token("file")["opinion"] == "second"


def test_out_of_an_inner_block_to_before_everything():
    case = at(NESTED, "file", "b1", "c1", "a")
    case.back("d", "file")
    assert case.open == ["file"]
    assert case.token("file") == {f"by_{name}": 1 for name in ("file", "b1", "c1", "a")}
    for name in ("file", "b1", "c1", "a", "d", "c2", "b2"):
        case.complete(name)
    assert case.open == ["after"]


def test_from_after_both_joins_into_the_inner_block_both_joins_get_their_tokens():
    case = at(NESTED, "file", "a", "b1", "c1", "d", "c2", "b2")
    case.back("after", "c1")
    assert case.open == ["c1"]
    for name, then in (("c1", "c2"), ("c2", "b2"), ("b2", "after")):
        case.complete(name, **{f"by_{name}": 2})
        assert case.open == [then]
    assert case.token("after") == {
        **{f"by_{name}": 1 for name in ("file", "a", "b1", "d")},
        **{f"by_{name}": 2 for name in ("c1", "c2", "b2")},
    }
    assert case.complete("after").finished


def test_from_after_the_inner_join_into_the_inner_block_the_outer_branch_goes_on():
    case = at(NESTED, "file", "b1", "c1", "d", "c2")
    case.back("b2", "d")
    assert case.open == ["a", "d"]
    case.complete("a", by_a=2)
    case.complete("d", by_d=2)
    assert case.open == ["b2"]
    case.complete("b2")
    assert case.token("after") == {
        **{f"by_{name}": 1 for name in ("file", "b1", "c1", "c2")},
        "by_a": 2,
        "by_d": 2,
    }


def test_back_into_the_other_outer_branch_from_after_both():
    case = at(NESTED, "file", "a", "b1", "c1", "d", "c2", "b2")
    case.back("after", "a")
    assert case.open == ["a"]
    case.complete("a")
    assert case.open == ["after"]


def test_two_of_three_branches_joined_before_the_third():
    case = at(RAGGED, "file", "a", "b")
    case.back("ab", "a")
    assert case.open == ["a", "c"]
    case.complete("a")
    assert case.open == ["ab", "c"]
    case.complete("c")
    case.complete("ab")
    case.back("after", "b")
    assert case.open == ["b"]
    for name in ("b", "ab"):
        case.complete(name)
    case.back("after", "c")
    assert case.open == ["c"]
    case.complete("c")
    case.back("after", "ab")
    assert case.open == ["ab"]
    case.back("ab", "file")
    assert case.open == ["file"]


def test_the_joined_branches_cannot_go_into_the_third():
    case = at(RAGGED, "file", "a", "b")
    task = case.id("ab")
    case.refuses("另一条分支", lambda run: run.return_to(task, "c"))


# --- branches of one's choice ---


def choosing(**asked: bool) -> Case:
    case = Case(CHOSEN)
    case.complete("ask", **{name: asked.get(name, False) for name in "xyz"})
    return case


def test_back_before_an_inclusive_split_takes_the_chosen_branches_along():
    case = choosing(x=True, y=True)
    case.complete("x1", by_x=1)
    case.back("y1", "ask")
    assert case.open == ["ask"]
    assert case.token("ask")["by_x"] == 1
    case.complete("ask", x=False, y=False, z=True)
    assert case.open == ["z1"]
    case.complete("z1")
    assert case.open == ["decide"]


@pytest.mark.parametrize(("target", "rest"), [("x1", ["x1", "x2"]), ("x2", ["x2"]), ("y1", ["y1"])])
def test_back_into_one_chosen_branch_after_the_inclusive_join(target, rest):
    case = choosing(x=True, y=True)
    for name in ("x1", "y1", "x2"):
        case.complete(name, **{f"by_{name}": 1})
    case.back("decide", target)
    assert case.open == [target]
    for name in rest:
        case.complete(name, **{f"by_{name}": 2})
    assert case.open == ["decide"]
    assert {key: value for key, value in case.token("decide").items() if key.startswith("by_")} == {
        f"by_{name}": 2 if name in rest else 1 for name in ("x1", "x2", "y1")
    }
    assert case.complete("decide", again=False).finished


def test_a_later_step_reached_by_a_loop_is_no_earlier_step():
    case = Case(CHOSEN)
    task = case.id("ask")
    case.refuses("不在这一步之前", lambda run: run.return_to(task, "decide"))


def test_where_two_tokens_may_be_on_one_way_a_second_one_is_refused():
    process = Process()
    process.start()
    process.gateway("s", "parallel")
    process.gateway("m")
    for name in ("file", "a", "b", "after", "last"):
        process.user(name)
    process.end()
    process.chain("start", "file", "s", "a", "m", "after", "last", "end")
    process.chain("s", "b", "m")
    case = Case(load(process))
    for name in ("file", "a", "b", "after"):
        case.complete(name)
    assert case.open == ["after", "last"]
    task = case.id("last")
    for target in ("a", "file"):
        case.refuses("重复", lambda run, target=target: run.return_to(task, target))
