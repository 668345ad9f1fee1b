"""年度考核: a good year, a disputed score, a market too young, and who may score (Policy: TZ-3.3)."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby

import pytest

from tests.factories.assessments import GOOD, MERIT
from tests.integration.assessment import desk
from tests.integration.recognition import desk as office
from webapp.core.errors import Forbidden, Invalid, Missing


def test_a_good_year_ends_with_sheet_circular_and_entry(at):
    case_id = desk.good_year(desk.listed(at("recognised")))
    case = office.case_of(case_id)
    assert (case.status, case.outcome, case.outcome_label) == ("finished", "approved", "考核优秀")
    assert [paper.template_key for paper in office.documents(case_id)] == [
        *("notice", "assess_sheet", "assessment_circular")
    ]
    (entry,) = desk.records(case_id)
    assert (entry["period"], entry["values"]) == ("2026", {"grade": "优秀", "score": Decimal("91.82")})
    assert desk.cases_of("rectification") == []


def rows(case_id, kind="assess_sheet"):
    """The cells of the newest printed sheet, row by row."""
    paper = [paper for paper in office.documents(case_id) if paper.template_key == kind][-1]
    return [text.split("\t") for role, text in paper.outline if role == "table-row"]


def recomputed(cells):
    """Work a sheet out anew from nothing but what is printed: scores, weights and the rule it names."""
    lines = [row for row in cells if len(row) == 7]
    cent = Decimal("0.01")
    worked = {
        row[2]: (Decimal(row[4]) * Decimal(row[5]) / 100).quantize(cent, ROUND_HALF_UP) for row in lines
    }
    by_part = {
        part: sum((worked[row[2]] for row in found), Decimal(0))
        for part, found in groupby(lines, key=lambda row: row[1])
    }
    return worked, by_part, sum(by_part.values(), Decimal(0)).quantize(cent)


@pytest.mark.parametrize("good", [True, False])
def test_the_score_recomputed_from_the_printed_sheet_is_the_same_to_the_last_digit(at, good):
    no = desk.listed(at("recognised"))
    case_id = desk.good_year(no) if good else desk.bad_year(no)
    cells = rows(case_id)
    lines = [row for row in cells if len(row) == 7]
    assert len(lines) == 16
    assert sum(Decimal(row[5]) for row in lines) == 100
    worked, by_part, total = recomputed(cells)
    assert {row[2]: Decimal(row[6]) for row in lines} == worked
    assert {row[0]: Decimal(row[2]) for row in cells if len(row) == 3} == by_part
    printed = {row[0]: row[1] for row in cells if len(row) == 2}
    assert printed["考核得分"] == str(total) == ("91.82" if good else "51.75")
    assert printed["考核等次"] == ("优秀" if good else "不合格")
    (entry,) = desk.records(case_id)
    assert entry["values"]["score"] == total


def test_a_disputed_score_is_decided_by_the_section_chief_and_changes_the_result(at):
    case_id = desk.marked(desk.listed(at("recognised")))
    desk.disputed(case_id, "matching", "posts")
    with pytest.raises(Invalid) as refused:
        office.act(case_id, desk.CHIEF, "review_scores", desk.changed(matching="95"))
    assert {path.split(".")[0] for path in refused.value.errors} == {"posts"}
    kept = {"posts": {"decision": "维持", "reason": "依据充分（演示）"}}
    office.act(case_id, desk.CHIEF, "review_scores", desk.changed(matching="95") | kept)
    assert office.open_steps(case_id) == {"meeting"}
    desk.met(case_id)
    # 撮合上岗: 95 × 12 ÷ 100 = 11.40 instead of 10.50.
    assert desk.records(case_id)[0]["values"]["score"] == Decimal("92.72")
    assert recomputed(rows(case_id))[2] == Decimal("92.72")


@pytest.mark.parametrize(
    ("enough", "told", "total"),
    [(True, "服务对象满意度", "92.43"), (False, "服务对象满意度（样本不足，不计入）", "91.82")],
)
def test_a_survey_counts_if_the_office_says_so_and_enough_answered(at, enough, told, total):
    """Policy: TZ-3.4. 撮合上岗 then weighs 7: 87.5 × 7 ÷ 100 = 6.13 instead of 10.50; the survey 5: 99.5 × 5 ÷ 100 = 4.98."""
    recognition = at("recognised")
    no = desk.listed(recognition)
    office.choose(assess_satisfaction=True)
    answers = {"score_employers": 100, "score_workers": 99, "enough": enough}
    desk.entered(recognition, "satisfaction", "2026", **answers)
    case_id = desk.opened(no, cutoff="2026-11-20")
    desk.assessed_themselves(case_id)
    desk.scored(case_id, GOOD, MERIT)
    desk.agreed(case_id)
    desk.met(case_id)
    assert desk.records(case_id)[0]["values"]["score"] == Decimal(total)
    sheet = next(row for row in office.documents(case_id) if row.template_key == "assess_sheet")
    assert any(told in text.split("\n") or told in text for _, text in sheet.outline)


def test_silence_about_the_scores_is_consent(app, at, frozen_clock):
    case_id = desk.marked(desk.listed(at("recognised")))
    # From Friday the 20th, five working days end on Friday the 27th at midnight.
    frozen_clock.move(days=7, hours=13)
    office.work(app)
    assert office.open_steps(case_id) == {"dispute_scores"}
    frozen_clock.move(hours=1)
    office.work(app)
    assert office.open_steps(case_id) == {"meeting"}
    assert office.items(case_id, "dispute_scores")[-1].status == "presumed"


def test_a_market_too_young_is_left_out_with_the_reason(at):
    # Listed on 2026-05-01: six months end on 2026-11-01, a day after the cut-off.
    no = desk.listed(at("recognised"), date(2026, 5, 1))
    case_id = desk.opened(no)
    case = office.case_of(case_id)
    assert (case.status, case.outcome_label) == ("finished", "不参加考核")
    (notice,) = office.documents(case_id)
    assert any("2026年5月1日" in text and "不足6个月" in text for _, text in notice.outline)
    assert desk.records(case_id)[0]["values"] == {"grade": "不参加考核", "note": "运行时间不足6个月"}


def test_a_market_just_old_enough_takes_part(at):
    case_id = desk.opened(desk.listed(at("recognised"), date(2026, 4, 30)))
    assert office.open_steps(case_id) == {"self_assessment"}


def test_the_plan_must_have_been_published_and_the_cut_off_lie_in_the_year(at):
    no = desk.listed(at("recognised"))
    case_id = desk.start(no)
    late = desk.OPENING | {"cutoff": "2025-10-31", "plan": desk.PLAN | {"published_on": "2026-11-21"}}
    with pytest.raises(Invalid) as refused:
        office.act(case_id, desk.CLERK, "open_assessment", late)
    assert set(refused.value.errors) == {"cutoff", "plan.published_on"}


@pytest.mark.parametrize("who", ["majuqiao", "gongan", "caizheng"])
def test_another_agency_cannot_score_and_the_township_never(at, who):
    case_id = desk.opened(desk.listed(at("recognised")))
    desk.assessed_themselves(case_id)
    values = desk.marks("hrss", {}, MERIT)
    with pytest.raises((Forbidden, Missing)):
        office.act(case_id, who, "marks_hrss", values)
    assert office.open_steps(case_id) == {f"marks_{agency}" for agency in desk.SCORERS}


def test_each_indicator_is_scored_by_one_agency_and_none_by_a_township(at):
    case_id = desk.opened(desk.listed(at("recognised")))
    desk.assessed_themselves(case_id)
    assert desk.agencies_of(case_id, "marks_") == {f"marks_{agency}": agency for agency in desk.SCORERS}


def test_nobody_scores_without_declaring_that_they_have_no_interest(at):
    case_id = desk.opened(desk.listed(at("recognised")))
    desk.assessed_themselves(case_id)
    values = desk.marks("police", GOOD["police"]) | {"no_interest": False}
    with pytest.raises(Invalid) as refused:
        office.act(case_id, "gongan", "marks_police", values)
    assert list(refused.value.errors) == ["no_interest"]


def test_every_deduction_has_a_reason_and_evidence_and_none_exceeds_the_whole(at):
    case_id = desk.opened(desk.listed(at("recognised")))
    desk.assessed_themselves(case_id)
    bare = {"no_interest": True, "deductions": [{"indicator": "order", "points": "5"}]}
    with pytest.raises(Invalid) as refused:
        office.act(case_id, "gongan", "marks_police", bare)
    assert set(refused.value.errors) == {"deductions.0.reason", "deductions.0.evidence"}
    twice = desk.marks("police", {"order": "60"})
    twice["deductions"] *= 2
    with pytest.raises(Invalid) as refused:
        office.act(case_id, "gongan", "marks_police", twice)
    assert list(refused.value.errors) == ["scores.order"]


def test_the_meeting_sends_scores_back_to_be_reviewed(at):
    case_id = desk.marked(desk.listed(at("recognised")))
    desk.agreed(case_id)
    desk.met(case_id, "return", indicators=["site"])
    assert office.open_steps(case_id) == {"review_scores"}
    office.act(case_id, desk.CHIEF, "review_scores", desk.changed(site="90"))
    desk.met(case_id)
    # 场所设施和标识: 90 × 13 ÷ 100 = 11.70 instead of 12.35.
    assert desk.records(case_id)[0]["values"]["score"] == Decimal("91.17")


def test_whoever_scored_does_not_review(at):
    case_id = desk.marked(desk.listed(at("recognised")))
    desk.disputed(case_id, "site")
    item = office.items(case_id, "review_scores")[0]
    assert item.properties["not_by"] == "marks_hrss"


def test_reported_figures_are_offered_and_a_difference_must_be_explained(at):
    recognition = at("recognised")
    no = desk.listed(recognition)
    for period, matched in (("2025-12", 900), ("2026-01", 3000), ("2026-10", 3100), ("2026-11", 70)):
        desk.entered(recognition, "data_report", period, seekers=4100, posts=4500, matched=matched)
    case_id = desk.opened(no)
    # January and October lie in the year and before the cut-off: 3000 + 3100.
    assert desk.offered(case_id, "self_assessment")["figures"]["matched"] == Decimal(6100)
    with pytest.raises(Invalid) as refused:
        desk.assessed_themselves(case_id, matched="6200")
    assert list(refused.value.errors) == ["figures.difference"]
    desk.assessed_themselves(case_id, matched="6100")
    assert office.submission(case_id, "assess_self").data["figures"]["reported_matched"] == "6100"
