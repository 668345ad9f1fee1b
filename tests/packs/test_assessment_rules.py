"""Who is assessed, how a score comes about line by line, and which grade it makes (Policy: TZ-3.3)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.factories.assessments import GOOD, MERIT, scores
from tests.packs.opened import tongzhou
from webapp import dmn

MARKET, STATION = "综合性零工市场", "零工驿站"
BY_AGENCY = scores(GOOD, MERIT)
WEIGHTS = {
    "site_market": 13,
    "platform": 6,
    "care": 6,
    "rules": 10,
    "free": 4,
    "data": 4,
    "order": 5,
    "traffic": 4,
    "sentiment": 3,
    "matching": 12,
    "posts": 6,
    "rights": 6,
    "mediation": 3,
    "reports": 3,
    "innovation": 8,
    "feature": 7,
}

SURVEY_LINES = {"survey_counted", "survey_few", "survey_none"}


def decide(
    decision: str,
    *,
    kind: str = MARKET,
    marks: dict[str, Any] | None = None,
    surveys: list[dict[str, Any]] | None = None,
    **facts: Any,
) -> Any:
    """Decide; with `surveys`, even none, the office counts them."""
    said = {f"assess_score_{agency}": {"scores": of} for agency, of in (marks or BY_AGENCY).items()}
    said["assess_opening"] = {"year": "2026", "cutoff": date(2026, 10, 31)}
    market = {"kind": kind, "records": surveys or []}
    given = {
        "facts": said | facts,
        "market": market,
        "settings": {"assess_satisfaction": surveys is not None},
    }
    return dmn.evaluate(tongzhou().rules["assessment.dmn"], decision, given)


def all_at(score: str) -> dict[str, Any]:
    return {agency: dict.fromkeys(of, Decimal(score)) for agency, of in BY_AGENCY.items()}


def matched(result: Any, table: str) -> list[str]:
    trace = next(trace for trace in result.trace.decisions if trace.id == table)
    return [rule.id for rule in trace.rules if rule.matched]


@pytest.mark.parametrize(
    ("listed_on", "rule"),
    [(date(2026, 4, 30), "old_enough"), (date(2026, 5, 1), "too_young"), (None, "too_young")],
)
def test_a_market_takes_part_after_its_least_time(listed_on, rule):
    given = {
        "facts": {"assess_opening": {"cutoff": date(2026, 10, 31)}},
        "market": {"kind": MARKET, "recognised_on": listed_on},
        "settings": {"assess_min_months": 6},
    }
    result = dmn.evaluate(tongzhou().rules["assessment.dmn"], "participation", given)
    assert matched(result, "participation") == [rule]
    assert result.outputs == {"old_enough": "参加考核", "too_young": "运行时间不足"}[rule]


@pytest.mark.parametrize("kind", [MARKET, STATION])
def test_each_kind_has_its_sixteen_indicators_and_their_weights_make_a_hundred(kind):
    result = decide("lines", kind=kind)
    rules = {"site_station" if rule == "site_market" and kind == STATION else rule for rule in WEIGHTS}
    assert set(matched(result, "indicators")) == rules
    assert [line["权重"] for line in result.outputs] == [Decimal(weight) for weight in WEIGHTS.values()]
    assert sum(WEIGHTS.values()) == 100


@pytest.mark.parametrize("key", [key.removesuffix("_market") for key in WEIGHTS])
def test_each_indicator_counts_with_its_own_score_and_weight_alone(key):
    marks = all_at("100")
    (agency,) = [agency for agency, of in BY_AGENCY.items() if key in of]
    marks[agency][key] = Decimal(0)
    weight = WEIGHTS.get(key) or WEIGHTS[f"{key}_market"]
    assert decide("total", marks=marks).outputs == Decimal(100 - weight)


def test_every_rule_of_every_table_has_a_case():
    model = dmn.read(tongzhou().rules["assessment.dmn"])
    tables = {d.id: {rule.id for rule in d.table.rules} for d in model.decisions if d.table}
    assert tables == {
        "participation": {"old_enough", "too_young"},
        "indicators": {*WEIGHTS, "site_station", "matching_surveyed", *SURVEY_LINES},
        "grade": {"excellent", "good", "passing", "failing"},
    }


def survey(*, enough: bool = True, day: date = date(2026, 10, 31), period: str = "2026-06") -> dict[str, Any]:
    values = {"enough": enough, "score_employers": Decimal(80), "score_workers": Decimal("71.25")}
    return {"kind": "satisfaction", "period": period, "recorded_on": day, "values": values}


def test_a_survey_counts_where_the_office_says_so():
    # Without: 100 for all but 撮合上岗, which has nothing and weighs 12. With: 撮合上岗 weighs 7, and
    # (80 + 71.25) / 2 = 75.625, so 75.63, weighs 5: 93 + 3.78 (3.7815 rounded).
    marks = all_at("100")
    marks["hrss"]["matching"] = Decimal(0)
    assert decide("total", marks=marks).outputs == Decimal(88)
    result = decide("sheet", marks=marks, surveys=[survey()])
    assert result.outputs["total"] == Decimal("91.78")
    assert {"matching_surveyed", "survey_counted"} < set(matched(result, "indicators"))
    assert sum(line["权重"] for line in result.outputs["lines"]) == 100
    (line,) = [line for line in result.outputs["lines"] if line["评分单位"] == "满意度调查"]
    assert (line["指标"], line["得分"], line["加权得分"]) == (
        "服务对象满意度",
        Decimal("75.63"),
        Decimal("3.78"),
    )


@pytest.mark.parametrize(
    ("surveys", "rule", "told"),
    [
        ([survey(enough=False)], "survey_few", "样本不足，不计入"),
        ([survey(), survey(enough=False, period="2026-10")], "survey_few", "样本不足，不计入"),
        ([], "survey_none", "没有调查结果，不计入"),
        ([survey(day=date(2026, 11, 1))], "survey_none", "没有调查结果，不计入"),
        ([survey(period="2025")], "survey_none", "没有调查结果，不计入"),
    ],
)
def test_too_few_answers_or_none_are_told_and_do_not_count(surveys, rule, told):
    result = decide("sheet", surveys=surveys)
    assert rule in matched(result, "indicators")
    assert result.outputs["total"] == Decimal("91.82")
    assert [line["评分单位"] for line in result.outputs["lines"] if told in line["指标"]] == ["满意度调查"]
    assert sum(line["权重"] for line in result.outputs["lines"]) == 100


def test_score_worked_out_by_hand():
    # 基础建设 12.35+5.40+5.40; 运营管理 9.25+4+4+4.75+4+2.72 (2.715 rounded up);
    # 服务效能 10.50+5.40+5.70+3+3; 创新与特色服务 6.40+5.95.
    sheet = decide("sheet").outputs
    assert {row["维度"]: row["得分"] for row in sheet["dimensions"]} == {
        "基础建设": Decimal("23.15"),
        "运营管理": Decimal("28.72"),
        "服务效能": Decimal("27.60"),
        "创新与特色服务": Decimal("12.35"),
    }
    assert {row["维度"]: row["权重"] for row in sheet["dimensions"]} == {
        "基础建设": 25,
        "运营管理": 30,
        "服务效能": 30,
        "创新与特色服务": 15,
    }
    assert sheet["total"] == Decimal("91.82")
    (line,) = [line for line in sheet["lines"] if line["指标"] == "网络舆情监测处置"]
    assert (line["得分"], line["权重"], line["加权得分"]) == (Decimal("90.5"), 3, Decimal("2.72"))


@pytest.mark.parametrize(
    ("score", "rule", "grade"),
    [
        *(("100", "excellent", "优秀"), ("90", "excellent", "优秀"), ("89.9", "good", "良好")),
        *(("80", "good", "良好"), ("79.9", "passing", "合格"), ("60", "passing", "合格")),
        *(("59.9", "failing", "不合格"), ("0", "failing", "不合格")),
    ],
)
def test_grade_by_its_lower_bound(score, rule, grade):
    result = decide("grade", marks=all_at(score))
    assert matched(result, "grade") == [rule]
    assert result.outputs == grade


def test_an_appeal_goes_before_a_review_and_a_review_before_the_first_score():
    review = {"matching": {"decision": "调整", "score": Decimal(50)}, "posts": {"decision": "维持"}}
    appeal = {"matching": {"decision": "调整", "score": Decimal(75)}}
    everywhere = all_at("100")
    # 撮合上岗 weighs 12: 50 points less are 6.00, 25 points less are 3.00.
    assert decide("total", marks=everywhere, assess_review=review).outputs == Decimal("94.00")
    both = decide("total", marks=everywhere, assess_review=review, assess_appeal_decision=appeal)
    assert both.outputs == Decimal("97.00")


def test_no_weight_or_band_is_shown_as_policy():
    model = dmn.read(tongzhou().rules["assessment.dmn"])
    stated = [rule.annotations["依据"] for d in model.decisions if d.table for rule in d.table.rules]
    assert all(text.startswith("本地缺省：") for text in stated)
