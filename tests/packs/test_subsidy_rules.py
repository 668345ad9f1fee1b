"""The rules of 试运营奖励补贴: bands of the sample, standards, conditions and lines (Policy: TZ-5.1, TZ-5.2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.packs.opened import tongzhou
from webapp import dmn

FILE = "subsidy.dmn"
MARKET, STATION = "综合性零工市场", "零工驿站"
STANDARDS = ["“零工驿站”标识", "免费场地", "开放时间公示", "服务内容公示"]
CLAIMS: dict[str, dict[str, Any]] = {
    MARKET: {
        "claimed": 4000,
        "registered": 9000,
        "gathered_before": 400,
        "gathered_after": 200,
        "planned_days": None,
        "open_days": None,
        "incidents": 0,
    },
    STATION: {
        "claimed": 800,
        "registered": None,
        "gathered_before": None,
        "gathered_after": None,
        "planned_days": 90,
        "open_days": 81,
        "incidents": 0,
    },
}
SAMPLES: dict[str, dict[str, Any]] = {
    MARKET: {"planned": Decimal(200), "sampled": 200, "not_found": 0, "standards": []},
    STATION: {"planned": Decimal(100), "sampled": 100, "not_found": 0, "standards": STANDARDS},
}


def decide(decision, kind=MARKET, claim=(), sample=()):
    typed = [
        {key: Decimal(value) if isinstance(value, int) else value for key, value in given.items()}
        for given in (CLAIMS[kind] | dict(claim), SAMPLES[kind] | dict(sample))
    ]
    facts = {"subsidy_filing": typed[0], "subsidy_sampling": typed[1]}
    return dmn.evaluate(tongzhou().rules[FILE], decision, {"facts": facts, "market": {"kind": kind}})


def unmet(result):
    table = next(trace for trace in result.trace.decisions if trace.id == "conditions")
    return [rule.id for rule in table.rules if rule.cells[0].matched and not rule.matched]


def rules_of(decision):
    return {rule.id for rule in dmn.read(tongzhou().rules[FILE]).decision(decision).table.rules}


def hit(result, decision):
    table = next(trace for trace in result.trace.decisions if trace.id == decision)
    return [rule.id for rule in table.rules if rule.matched]


@pytest.mark.parametrize("kind", [MARKET, STATION])
def test_a_good_claim_meets_every_condition(kind):
    result = decide("entitled", kind)
    assert (result.outputs, unmet(result)) == (True, [])


FAULTS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "market_drop": (MARKET, {"gathered_after": 201}, {}),
    "market_success": (MARKET, {"registered": 13400}, {}),  # 4000 ÷ 13400 = 0.2985
    "market_placed": (MARKET, {"claimed": 2999}, {}),
    "station_sign": (STATION, {}, {"standards": STANDARDS[1:]}),
    "station_space": (STATION, {}, {"standards": [STANDARDS[0], *STANDARDS[2:]]}),
    "station_hours": (STATION, {}, {"standards": [*STANDARDS[:2], STANDARDS[3]]}),
    "station_services": (STATION, {}, {"standards": STANDARDS[:3]}),
    "station_open": (STATION, {"open_days": 80}, {}),
    "no_incidents": (STATION, {"incidents": 1}, {}),
}


@pytest.mark.parametrize("rule", FAULTS)
def test_a_claim_that_lacks_one_thing_fails_on_that_line_alone(rule):
    kind, claim, sample = FAULTS[rule]
    result = decide("entitled", kind, claim, sample)
    assert (result.outputs, unmet(result)) == (False, [rule])
    assert decide("amount", kind, claim, sample).outputs == 0
    names = decide("unmet", kind, claim, sample).outputs
    assert len(names) == 1


def test_too_many_errors_leave_nothing_of_a_station():
    result = decide("entitled", STATION, sample={"not_found": 11})
    assert unmet(result) == ["few_errors"]
    assert decide("amount", STATION, sample={"not_found": 11}).outputs == 0


def test_every_line_has_a_case_that_fails_it():
    assert rules_of("conditions") == {*FAULTS, "few_errors"}


SIZES = {
    "all_of_them": [(1, 1), (100, 100)],
    "one_hundred": [(101, 100), (1000, 100)],
    "two_hundred": [(1001, 200), (5000, 200)],
    "three_hundred": [(5001, 300), (100000, 300)],
}


@pytest.mark.parametrize(
    ("rule", "claimed", "size"), [(rule, *pair) for rule, pairs in SIZES.items() for pair in pairs]
)
def test_the_size_of_the_sample_follows_the_claim(rule, claimed, size):
    result = decide("sample", claim={"claimed": claimed})
    assert (result.outputs, hit(result, "sample")) == (size, [rule])


def test_every_size_has_its_cases():
    assert rules_of("sample") == SIZES.keys()


BANDS = [
    ("as_found", 0, 0),
    ("as_found", 4, 4),  # 0.02
    ("extrapolated", 5, 100),  # 0.025 × 4000
    ("extrapolated", 20, 400),  # 0.1 × 4000
    ("nothing_granted", 21, 4000),
]


@pytest.mark.parametrize(("rule", "missing", "deducted"), BANDS)
def test_what_is_deducted_follows_the_error_rate(rule, missing, deducted):
    result = decide("figures", sample={"not_found": missing})
    assert hit(result, "deduction") == [rule]
    assert (result.outputs["deducted"], result.outputs["verified"]) == (deducted, 4000 - deducted)


def test_every_band_has_its_cases():
    assert rules_of("deduction") == {rule for rule, *_ in BANDS}


def test_a_rate_of_thirds_is_rounded_once_and_the_deduction_upwards():
    """1 of 30 is 0.0333; 1000 × 0.0333 = 33.3, so 34 are deducted."""
    result = decide("figures", claim={"claimed": 1000}, sample={"sampled": 30, "not_found": 1})
    assert (result.outputs["rate"], result.outputs["deducted"]) == (Decimal("0.0333"), 34)


@pytest.mark.parametrize(
    ("rule", "kind", "claimed", "amount"),
    [
        ("market_standard", MARKET, 4000, 80000),
        ("market_standard", MARKET, 15001, 300000),
        ("station_standard", STATION, 800, 38000),
        ("station_standard", STATION, 2001, 50000),
    ],
)
def test_the_amount_follows_the_standard_up_to_its_cap(rule, kind, claimed, amount):
    claim = {"claimed": claimed} | ({"registered": claimed * 2} if kind == MARKET else {})
    result = decide("amount", kind, claim)
    assert (result.outputs, hit(result, "standard")) == (amount, [rule])


def test_every_standard_has_its_cases():
    assert rules_of("standard") == {"market_standard", "station_standard"}


def test_the_lines_name_every_figure_that_the_amount_rests_on():
    lines = decide("lines", sample={"not_found": 7}).outputs
    assert [line["no"] for line in lines] == list(range(1, 15))
    told = "4000 200 200 7 0.035 按差错率推算核减 140 3860 20 0 77200 300000 符合 77200"
    assert [line["value"] for line in lines] == told.split()


def test_every_figure_of_the_subsidy_is_ours():
    for decision in ("sample", "deduction", "standard", "conditions"):
        table = dmn.read(tongzhou().rules[FILE]).decision(decision).table
        assert all(rule.annotations["依据"].startswith("本地缺省：") for rule in table.rules)
