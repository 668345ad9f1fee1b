"""How many stars a score makes, and what else is asked for (Policy: TZ-3.3)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.packs.opened import tongzhou
from webapp import dmn

CONDITIONS = {
    "passed_year": {"grade": "不合格"},
    "no_incident": {"incident": True},
    "no_rectifying": {"rectifying": True},
    "lawful_data": {"lawful": False},
}


def rate(score: str | None = "91.82", grade: str = "优秀", **opening: Any) -> Any:
    said = {"year": "2026", "incident": False, "rectifying": False, "lawful": True} | opening
    values = {"grade": grade, "score": None if score is None else Decimal(score)}
    record = {"kind": "assessment", "period": "2026", "values": values}
    other = {"kind": "assessment", "period": "2025", "values": {"grade": "优秀", "score": Decimal(99)}}
    given = {"facts": {"stars_opening": said}, "market": {"records": [other, record]}}
    return dmn.evaluate(tongzhou().rules["stars.dmn"], "stars", given)


def matched(result: Any, table: str) -> list[str]:
    trace = next(trace for trace in result.trace.decisions if trace.id == table)
    return [rule.id for rule in trace.rules if rule.matched]


BANDS = {
    "five": ("95", "五星级"),
    "four": ("94.99", "四星级"),
    "three": ("89.99", "三星级"),
    "two": ("84.99", "二星级"),
    "one": ("79.99", "一星级"),
    "too_low": ("69.99", "不评星"),
}


@pytest.mark.parametrize("rule", BANDS)
def test_stars_by_score(rule):
    score, stars = BANDS[rule]
    result = rate(score)
    assert (matched(result, "stars"), result.outputs) == ([rule], stars)


@pytest.mark.parametrize(
    ("score", "stars"), [("90", "四星级"), ("85", "三星级"), ("80", "二星级"), ("70", "一星级")]
)
def test_a_band_begins_at_its_lower_bound(score, stars):
    assert rate(score).outputs == stars


@pytest.mark.parametrize("rule", CONDITIONS)
def test_one_condition_that_is_not_met_means_no_star(rule):
    result = rate(**CONDITIONS[rule])
    assert set(matched(result, "conditions")) == CONDITIONS.keys() - {rule}
    assert (matched(result, "stars"), result.outputs) == (["unmet"], "不评星")


def test_a_market_that_was_left_out_of_the_assessment_has_no_star():
    assert rate(None, "不参加考核").outputs == "不评星"


def test_every_rule_has_a_case_and_is_ours():
    model = dmn.read(tongzhou().rules["stars.dmn"])
    tables = {d.id: {rule.id for rule in d.table.rules} for d in model.decisions if d.table}
    assert tables == {"conditions": set(CONDITIONS), "stars": {*BANDS, "unmet"}}
    stated = [rule.annotations["依据"] for d in model.decisions if d.table for rule in d.table.rules]
    assert all(text.startswith("本地缺省：") for text in stated)
