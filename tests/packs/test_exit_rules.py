"""When an operator may be ordered out, and what a vote comes to (Policy: TZ-3.4)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.packs.opened import tongzhou
from webapp import dmn

FOR, AGAINST, NONE = "建议责令退出", "不建议退出", "无意见"


def decide(decision: str, **given: Any) -> dmn.Result:
    return dmn.evaluate(tongzhou().rules["exit.dmn"], decision, {"facts": {}, "market": {}} | given)


def conditions(
    operator: str | None = "演示公司",
    results: tuple[str, ...] = ("整改不力",),
    views: tuple[str, str, str] = (FOR, FOR, NONE),
) -> dmn.Result:
    records = [{"kind": "rectification", "values": {"result": result}} for result in results]
    market = {"operator": operator, "records": [{"kind": "assessment", "values": {}}, *records]}
    said = {
        f"exit_{body}": {"conclusion": view}
        for body, view in zip(("police", "traffic", "union"), views, strict=True)
    }
    return decide("exit_due", market=market, facts=said)


def unmet(result: dmn.Result) -> list[str]:
    table = next(trace for trace in result.trace.decisions if trace.id == "exit_conditions")
    return [rule.id for rule in table.rules if not rule.matched]


FAULTS = {
    "operated": {"operator": None},
    "poorly_rectified": {"results": ("整改不力", "整改合格")},  # the last one counts
    "joint_view": {"views": (AGAINST, AGAINST, FOR)},
}


def test_all_conditions_together_allow_an_exit():
    assert conditions().outputs is True


@pytest.mark.parametrize("line", FAULTS)
def test_each_condition_alone_stops_it(line):
    result = conditions(**FAULTS[line])
    assert unmet(result) == [line]
    assert result.outputs is False


def test_every_condition_has_a_case_that_fails_it():
    table = dmn.read(tongzhou().rules["exit.dmn"]).decision("exit_conditions").table
    assert {rule.id for rule in table.rules} == FAULTS.keys()


def test_what_the_clause_asks_and_what_is_ours_are_told_apart():
    table = dmn.read(tongzhou().rules["exit.dmn"]).decision("exit_conditions").table
    stated = {rule.id: rule.annotations["依据"] for rule in table.rules}
    assert (stated["operated"], stated["poorly_rectified"]) == ("TZ-3.4", "TZ-3.4")
    assert stated["joint_view"].startswith("本地缺省")


@pytest.mark.parametrize("views", [(NONE, NONE, NONE), (FOR, AGAINST, NONE)])
def test_as_many_for_as_against_do_not_stop_it(views):
    assert conditions(views=views).outputs is True


def test_a_market_that_was_never_rectified_cannot_be_left():
    assert unmet(conditions(results=())) == ["poorly_rectified"]


VOTES = {
    "no_quorum": (3, 7, 3, "到会人数不足"),  # 3 ÷ 7 is below half
    "carried": (4, 8, 3, "责令退出"),  # exactly half came, 3 of 4 agree
    "not_carried": (6, 7, 3, "不予责令退出"),  # 3 of 6 are no majority
}


@pytest.mark.parametrize("line", VOTES)
def test_a_vote_comes_to_what_its_figures_say(line):
    present, members, agree, outcome = VOTES[line]
    meeting = {
        "attendants": [{"name": "演示"}] * present,
        "members": Decimal(members),
        "agree": Decimal(agree),
    }
    result = decide("resolved", facts={"exit_meeting": meeting})
    assert result.outputs == outcome
    (table,) = result.trace.decisions
    assert [rule.id for rule in table.rules if rule.matched] == [line]


def test_every_line_of_the_vote_has_a_case():
    table = dmn.read(tongzhou().rules["exit.dmn"]).decision("resolved").table
    assert {rule.id for rule in table.rules} == VOTES.keys()
