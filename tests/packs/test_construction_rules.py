"""The rules of 综合性零工市场建设项目: one case for each line that fails it alone (Policy: TZ-2.1, TZ-5.1)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.packs.opened import tongzhou
from webapp import dmn

FILE = "construction.dmn"
GOOD: dict[str, Any] = {
    "gathering": [{"peak": Decimal(420)}, {"peak": Decimal(180)}],
    "siting": {"demand": True, "trades": True, "similar": True, "transport": True, "area": Decimal(5000)},
    "budget_total": Decimal(2100000),
    "funds_total": Decimal(2100000),
    "requested": Decimal(1200000),
    "targets": [{"indicator": "年撮合上岗人次", "target": "20000"}],
    "procurement": {"way": "公开招标"},
}


def site(**changes):
    return {"siting": GOOD["siting"] | changes}


FAULTS: dict[str, dict[str, Any]] = {
    "gathering_found": {"gathering": []},
    "siting_demand": site(demand=False),
    "siting_trades": site(trades=False),
    "siting_similar": site(similar=False),
    "siting_transport": site(transport=None),
    "planned_area": site(area=Decimal("4999.99")),
    "funds_balanced": {"funds_total": Decimal("2099999.99")},
    "support_requested": {"requested": Decimal(0)},
    "targets_set": {"targets": []},
    "procurement_named": {"procurement": {"way": None}},
}


def decide(decision, facts):
    return dmn.evaluate(tongzhou().rules[FILE], decision, {"facts": facts})


def unmet(result):
    table = next(trace for trace in result.trace.decisions if trace.id == "conditions")
    return [rule.id for rule in table.rules if not rule.matched]


def test_a_good_project_meets_every_condition():
    result = decide("admissible", {"construction_filing": GOOD})
    assert (result.outputs, unmet(result)) == (True, [])


@pytest.mark.parametrize("rule", FAULTS)
def test_a_project_that_lacks_one_thing_fails_on_that_line_alone(rule):
    result = decide("admissible", {"construction_filing": GOOD | FAULTS[rule]})
    assert (result.outputs, unmet(result)) == (False, [rule])


def test_every_line_has_a_case_that_fails_it():
    table = dmn.read(tongzhou().rules[FILE]).decision("conditions").table
    assert {rule.id for rule in table.rules} == FAULTS.keys()


@pytest.mark.parametrize(("ceiling", "fundable"), [("0", False), ("0.01", True), ("1200000", True)])
def test_what_is_funded_as_a_whole_is_not_funded_again(ceiling, fundable):
    facts = {"construction_duplicates": {"ceiling": Decimal(ceiling)}}
    assert decide("fundable", facts).outputs is fundable


def test_the_area_is_a_clause_and_the_sums_are_ours():
    table = dmn.read(tongzhou().rules[FILE]).decision("conditions").table
    bases = {rule.id: rule.annotations["依据"] for rule in table.rules}
    assert bases["planned_area"] == "TZ-2.1"
    assert bases["funds_balanced"].startswith("本地缺省：")
