"""Splits and joins: what waits for what, and whose data count."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.engine.build import Process
from tests.unit.engine.play import Case, load
from webapp import engine

BODIES = ("police", "traffic", "finance", "union", "cac")


def opinions(kind: str = "parallel", **conditions: str) -> Process:
    """Ask five bodies at once, then let the leader decide; back to asking if the leader says so."""
    process = Process()
    process.start()
    process.user("ask", result=", ".join((*(f"ask_{body}" for body in BODIES), "note")))
    process.gateway("split", kind)
    process.gateway("join", kind)
    process.user("decide", result="again")
    process.gateway("more", default="enough")
    process.end()
    process.chain("start", "ask", "split")
    for body in BODIES:
        process.user(body, result=f"opinion_{body}")
        process.flow("split", body, conditions.get(body, ""))
        process.flow(body, "join")
    process.chain("join", "decide", "more")
    process.flow("more", "ask", "again")
    process.flow("more", "end", id="enough")
    return process


ALL = load(opinions())
SOME = load(opinions("inclusive", **{body: f"ask_{body}" for body in BODIES}))


@settings(max_examples=60, deadline=None)
@given(st.permutations(BODIES))
def test_five_branches_end_the_same_in_every_order(order):
    case = Case(ALL)
    case.complete("ask", note="n")
    for body in order:
        assert "decide" not in case.open
        case.complete(body, **{f"opinion_{body}": f"{body} agrees"})
    assert case.open == ["decide"]
    answered = {key: value for key, value in case.token("decide").items() if value is not None}
    assert answered == {"note": "n", **{f"opinion_{body}": f"{body} agrees" for body in BODIES}}


@settings(max_examples=60, deadline=None)
@given(st.sets(st.sampled_from(BODIES), min_size=1), st.randoms(use_true_random=False))
def test_an_inclusive_join_waits_for_exactly_those_that_were_asked(asked, random):
    case = Case(SOME)
    case.complete("ask", **{f"ask_{body}": body in asked for body in BODIES})
    assert case.open == sorted(asked)
    order = sorted(asked)
    random.shuffle(order)
    for body in order:
        assert "decide" not in case.open
        case.complete(body, **{f"opinion_{body}": "ok"})
    assert case.open == ["decide"]
    assert {key for key in case.token("decide") if key.startswith("opinion")} == {
        f"opinion_{b}" for b in asked
    }


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sets(st.sampled_from(BODIES), min_size=1), min_size=2, max_size=5))
def test_rounds_of_opinions_do_not_mix(rounds):
    case = Case(SOME)
    for number, asked in enumerate(rounds, start=1):
        case.complete("ask", **{f"ask_{body}": body in asked for body in BODIES})
        assert case.open == sorted(asked)
        for body in asked:
            case.complete(body, **{f"opinion_{body}": number})
        token = case.token("decide")
        assert all(token[f"opinion_{body}"] == number for body in asked)
        case.complete("decide", again=number < len(rounds))
    assert case.finished


def test_an_opinion_cleared_between_rounds_does_not_come_back():
    case = Case(ALL)
    case.complete("ask")
    for body in BODIES:
        case.complete(body, **{f"opinion_{body}": "reject"})
    case.complete("decide", again=True, **{f"opinion_{body}": None for body in BODIES})
    case.complete("ask")
    for body in BODIES:
        case.complete(body)
    assert {case.token("decide")[f"opinion_{body}"] for body in BODIES} == {None}


def test_a_branch_that_only_carries_a_value_along_does_not_undo_anothers_change():
    case = Case(ALL, {"deadline": "old"})
    case.complete("ask")
    case.complete("police", deadline="new")
    for body in BODIES[1:]:
        case.complete(body)
    assert case.token("decide")["deadline"] == "new"


def test_when_two_branches_change_one_value_the_later_one_counts():
    case = Case(ALL, {"deadline": "old"})
    case.complete("ask")
    case.complete("police", deadline="first")
    case.complete("traffic", deadline="second")
    for body in BODIES[2:]:
        case.complete(body)
    assert case.token("decide")["deadline"] == "second"


def test_a_value_from_before_an_inner_split_does_not_undo_a_change_after_it():
    """All three come together in one join; y carries what b set, and must not put it over x's."""
    process = Process()
    process.start()
    for gate in ("s1", "s2", "j"):
        process.gateway(gate, "parallel")
    for name in ("a", "b", "x", "y", "after"):
        process.user(name)
    process.end()
    process.chain("start", "s1", "a", "j", "after", "end")
    process.chain("s1", "b", "s2", "x", "j")
    process.chain("s2", "y", "j")
    case = Case(load(process), {"deadline": "old"})
    case.complete("b", deadline="of b")
    case.complete("x", deadline="of x")
    case.complete("a")
    case.complete("y")
    assert case.token("after")["deadline"] == "of x"


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_a_number_and_a_truth_value_are_different_values(order):
    process = Process()
    process.start()
    process.gateway("s", "parallel")
    process.gateway("j", "parallel")
    process.user("end_check")
    process.end()
    process.chain("start", "s", "a", "j", "end_check", "end")
    process.chain("s", "b", "j")
    process.user("a")
    process.user("b")
    case = Case(load(process), {"x": 1})
    case.complete(order[0], **({"x": True} if order[0] == "a" else {}))
    case.complete(order[1], **({"x": True} if order[1] == "a" else {}))
    assert case.token("end_check")["x"] is True


def test_an_inclusive_join_waits_for_a_loop_in_a_branch():
    process = Process()
    process.start()
    process.gateway("s", "inclusive")
    process.gateway("j", "inclusive")
    process.user("a")
    process.user("b", result="redo")
    process.gateway("again", default="done")
    process.user("after")
    process.end()
    process.flow("start", "s")
    process.flow("s", "a", "true")
    process.flow("s", "b", "true")
    process.flow("a", "j")
    process.chain("b", "again")
    process.flow("again", "b", "redo")
    process.flow("again", "j", id="done")
    process.chain("j", "after", "end")
    case = Case(load(process))
    case.complete("a")
    for _ in range(3):
        case.complete("b", redo=True)
        assert case.open == ["b"]
    case.complete("b", redo=False)
    assert case.open == ["after"]


def test_an_inclusive_split_may_lead_straight_to_its_join():
    process = Process()
    process.start()
    process.gateway("s", "inclusive", default="skip")
    process.gateway("j", "inclusive")
    process.user("a")
    process.user("after")
    process.end()
    process.flow("start", "s")
    process.flow("s", "j", id="skip")
    process.flow("s", "a", "need")
    process.flow("a", "j")
    process.chain("j", "after", "end")
    definition = load(process)
    assert Case(definition, {"need": False}).open == ["after"]
    case = Case(definition, {"need": True})
    assert case.open == ["a"]
    case.complete("a")
    assert case.open == ["after"]


def test_a_parallel_split_may_lead_straight_to_its_join():
    process = Process()
    process.start()
    process.gateway("s", "parallel")
    process.gateway("j", "parallel")
    process.user("a")
    process.user("after")
    process.end()
    process.chain("start", "s", "j")
    process.chain("s", "a", "j", "after", "end")
    case = Case(load(process))
    assert case.open == ["a"]
    case.complete("a")
    assert case.open == ["after"]


def test_nested_splits_join_inside_out():
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
    case = Case(load(process), {"n": 0})
    case.complete("b", n=1)
    case.complete("a", x=1)
    assert case.open == ["c"]
    case.complete("c", y=2)
    assert case.open == ["after"]
    assert case.token("after") == {"n": 1, "x": 1, "y": 2}


def test_tokens_beyond_one_for_each_way_stay_for_the_next_time():
    """Two tokens come by one way before one comes by the other: the join fires twice, not once."""
    process = Process()
    process.start()
    process.gateway("s", "parallel")
    process.gateway("twice")
    process.gateway("other")
    process.gateway("j", "parallel")
    for name in ("a", "b", "c", "d", "after"):
        process.user(name)
    process.end()
    process.flow("start", "s")
    for name, gate in (("a", "twice"), ("b", "twice"), ("c", "other"), ("d", "other")):
        process.chain("s", name, gate)
    process.chain("twice", "j", "after", "end")
    process.flow("other", "j")
    case = Case(load(process))
    case.complete("a")
    case.complete("b")
    assert "after" not in case.open
    case.complete("c")
    assert case.open == ["after", "d"]
    case.complete("d")
    assert case.open == ["after", "after"]


def stuck():
    process = Process("stuck")
    process.start()
    process.gateway("x", default="d")
    process.user("a")
    process.user("b")
    process.gateway("j", "parallel")
    process.end()
    process.flow("start", "x")
    process.flow("x", "a", "true")
    process.flow("x", "b", id="d")
    process.flow("a", "j")
    process.flow("b", "j")
    process.flow("j", "end")
    return process


def test_a_diagram_whose_join_cannot_be_complete_is_not_loaded():
    with pytest.raises(engine.DefinitionError, match="等不齐"):
        load(stuck())


def test_a_case_that_stops_for_good_says_so(monkeypatch):
    monkeypatch.setattr("webapp.engine.loading.safety", lambda root: iter(()))
    definition = load(stuck())
    case = Case(definition)
    with pytest.raises(engine.Deadlock):
        case.complete("a")


def test_an_inclusive_join_goes_on_when_the_last_missing_branch_turns_away():
    process = Process()
    process.start()
    process.gateway("s", "inclusive")
    process.gateway("j", "inclusive")
    for name in ("a", "b", "c", "after"):
        process.user(name)
    process.gateway("x", default="away")
    process.end()
    process.end("withdrawn")
    process.flow("start", "s")
    for name in ("a", "b", "c"):
        process.flow("s", name, "true")
    process.flow("a", "j")
    process.flow("b", "j")
    process.flow("c", "x")
    process.flow("x", "j", "stays")
    process.flow("x", "withdrawn", id="away")
    process.chain("j", "after", "end")
    case = Case(load(process))
    case.complete("a", by_a=1)
    case.complete("b", by_b=2)
    assert case.open == ["c"]
    case.complete("c", stays=False)
    assert case.open == ["after"]
    assert case.token("after") == {"by_a": 1, "by_b": 2}
    assert case.complete("after").finished
