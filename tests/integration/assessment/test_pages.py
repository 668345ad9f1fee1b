"""What the people of an assessment see on their pages, and taking one back (Policy: TZ-3.3)."""

from __future__ import annotations

import re

import pytest

from tests.factories.assessments import GOOD, MERIT
from tests.integration.assessment import desk
from tests.integration.recognition import desk as office


def page_of(browser, case_id, element_id):
    (item,) = [item for item in office.items(case_id, element_id) if item.status == "open"]
    answer = browser.get(f"/cases/{office.case_of(case_id).no}/tasks/{item.id}", follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


def test_the_township_sees_every_score_with_its_weight_and_every_deduction_with_its_reason(at, browse):
    case_id = desk.marked(desk.listed(at("recognised")))
    page = page_of(browse(desk.TOWNSHIP), case_id, "dispute_scores")
    for told in ("撮合上岗", "87.5", "10.5", "网络舆情监测处置", "2.72", "检查记录（演示）", "-12.5", "+80"):
        assert told in page


def test_the_section_chief_sees_what_is_disputed_and_only_that_to_decide(at, browse):
    case_id = desk.marked(desk.listed(at("recognised")))
    desk.disputed(case_id, "matching")
    page = page_of(browse(desk.CHIEF), case_id, "review_scores")
    assert "数据有误（演示）" in page
    sections = re.findall(r'<fieldset class="form-section"[^>]*?( hidden)?>\s*<legend>([^<]+?)\s*<', page)
    assert len(sections) == 16
    assert [legend for hidden, legend in sections if not hidden] == ["服务效能：撮合上岗"]


def test_the_meeting_sees_the_result_and_the_scorer_what_the_market_says(at, browse):
    case_id = desk.opened(desk.listed(at("recognised")))
    desk.assessed_themselves(case_id)
    scorer = page_of(browse(desk.SCORERS["hrss"]), case_id, "marks_hrss")
    assert "运行正常（演示）" in scorer
    assert "6100" in scorer
    desk.scored(case_id, GOOD, MERIT)
    desk.agreed(case_id)
    page = page_of(browse(desk.OFFICE), case_id, "meeting")
    for told in ("91.82", "优秀", "创新与特色服务", "12.35"):
        assert told in page


def test_the_life_of_the_market_tells_the_result_and_so_does_the_directory(at, browse):
    no = desk.listed(at("recognised"))
    desk.good_year(no)
    officer = browse(desk.CLERK).get(f"/markets/{no}").text
    assert "年度考核评价：考核优秀" in officer
    for told in ("<dt>等次</dt><dd>优秀</dd>", "<dt>得分</dt><dd>91.82</dd>"):
        assert told in officer
    assert "2026 · 等次：优秀 · 得分：91.82" in browse().get(f"/directory/{no}").text


@pytest.mark.parametrize("scored", [False, True])
def test_an_assessment_that_was_opened_by_mistake_is_taken_back(at, scored):
    no = desk.listed(at("recognised"))
    case_id = desk.marked(no) if scored else desk.opened(no)
    office.withdraw(case_id, desk.CLERK, "年度填错（演示）")
    assert office.case_of(case_id).status == "withdrawn"
    assert desk.records(case_id) == []
    assert office.open_steps(desk.opened(no)) == {"self_assessment"}
