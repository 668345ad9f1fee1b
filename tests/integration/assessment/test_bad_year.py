"""年度考核 that ends badly: heard, decided, rectification opened, appealed (Policy: TZ-3.3, TZ-3.4)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests import stories
from tests.integration.assessment import desk
from tests.integration.recognition import desk as office
from webapp.core.errors import Invalid
from webapp.models.case import Case
from webapp.uow import unit_of_work

APPEAL = stories.said("assessment")["appeal"]


@pytest.fixture
def failing(at):
    """A case with 51.75 points, of which the market was told before anything is decided."""
    case_id = desk.marked(desk.listed(at("recognised")), good=False)
    desk.agreed(case_id)
    return case_id


def statement(case_id, *indicators):
    values = {"choice": "陈述申辩", "indicators": [*indicators], "statement": "请复核（演示）"}
    office.act(case_id, desk.TOWNSHIP, "hear_market", values, position="clerk")


def test_the_market_is_heard_before_it_fails(failing):
    assert office.open_steps(failing) == {"hear_market"}
    notice = office.documents(failing)[-1]
    assert notice.template_key == "assess_hearing_notice"
    told = "".join(text for _, text in notice.outline)
    assert "51.75分" in told
    assert "2026年11月27日" in told  # five working days from Friday the 20th
    assert desk.records(failing) == []


def test_what_the_market_says_is_answered_and_may_change_the_scores(failing):
    statement(failing, "reports")
    assert office.open_steps(failing) == {"answer_hearing"}
    office.act(failing, desk.CHIEF, "answer_hearing", {"reply": "部分采纳（演示）", "adopted": True})
    assert office.open_steps(failing) == {"review_scores"}
    office.act(failing, desk.CHIEF, "review_scores", desk.changed(reports="90"))
    # Heard once: the result, still below 60, goes to the meeting. 数据监测报送: 90 × 3 ÷ 100 = 2.70.
    assert office.open_steps(failing) == {"meeting"}
    desk.met(failing, heard="已采纳一项（演示）")
    assert desk.records(failing)[0]["values"] == {"grade": "不合格", "score": Decimal("54.45")}


def test_what_is_not_adopted_goes_to_the_meeting_as_it_was(failing):
    statement(failing, "matching")
    office.act(failing, desk.CHIEF, "answer_hearing", {"reply": "依据充分（演示）", "adopted": False})
    assert office.open_steps(failing) == {"meeting"}
    with pytest.raises(Invalid) as refused:
        desk.met(failing)
    assert list(refused.value.errors) == ["heard"]


def test_silence_gives_the_hearing_up(app, failing, frozen_clock):
    frozen_clock.move(days=7, hours=14)
    office.work(app)
    assert office.open_steps(failing) == {"meeting"}


def test_a_failed_year_is_made_known_and_opens_rectification(at):
    case_id = desk.bad_year(desk.listed(at("recognised")))
    assert [paper.template_key for paper in office.documents(case_id)][1:] == [
        *("assess_hearing_notice", "assess_sheet", "assessment_circular")
    ]
    assert desk.records(case_id)[0]["values"] == {"grade": "不合格", "score": Decimal("51.75")}
    (rectification,) = desk.cases_of("rectification")
    assert rectification.origin_id == case_id
    assert rectification.market_id == office.case_of(case_id).market_id
    desk.no_appeal(case_id)
    case = office.case_of(case_id)
    assert (case.outcome, case.outcome_label) == ("refused", "考核不合格")
    assert case.market is not None
    assert case.market.status == "recognised"


def test_an_appeal_that_fails_leaves_the_result(at):
    case_id = desk.bad_year(desk.listed(at("recognised")))
    office.act(case_id, desk.TOWNSHIP, "appeal_result", APPEAL, position="clerk")
    kept = {"result": "维持", "reply": "原结果依据充分（演示）", "secrecy": "不涉密"}
    office.act(case_id, desk.LEADER, "decide_appeal", kept)
    reply = office.documents(case_id)[-1]
    assert reply.template_key == "assess_appeal_reply"
    assert any("维持原考核结果：得分51.75分，等次不合格" in text for _, text in reply.outline)
    assert desk.records(case_id)[0]["values"]["grade"] == "不合格"
    assert office.case_of(case_id).status == "finished"


def test_an_appeal_that_succeeds_corrects_record_sheet_and_circular(at):
    case_id = desk.bad_year(desk.listed(at("recognised")))
    office.act(case_id, desk.TOWNSHIP, "appeal_result", APPEAL, position="clerk")
    decided = {"result": "变更", "reply": "两项数据核对属实（演示）", "secrecy": "不涉密"}
    decided |= desk.changed(matching="100", reports="100")
    office.act(case_id, desk.LEADER, "decide_appeal", decided)
    with pytest.raises(Invalid) as refused:
        office.act(case_id, desk.CHIEF, "check_correction", {"checked": True})
    assert list(refused.value.errors) == ["follow_up"]
    assert office.open_steps(desk.cases_of("rectification")[0].id) != set()
    told = {"checked": True, "follow_up": "向市场说明并致歉（演示）"}
    office.act(case_id, desk.CHIEF, "check_correction", told)
    # 51.75 + 7.20 (撮合上岗 12.00 instead of 4.80) + 3.00 (数据监测报送 3.00 instead of 0.00).
    assert desk.records(case_id)[0]["values"] == {"grade": "合格", "score": Decimal("61.95")}
    assert [paper.template_key for paper in office.documents(case_id)][-3:] == [
        *("assess_appeal_reply", "assess_sheet", "assessment_circular")
    ]
    reply, sheet, circular = office.documents(case_id)[-3:]
    assert any("由51.75分变更为61.95分，等次由不合格变更为合格" in text for _, text in reply.outline)
    assert any("（更正）" in text for _, text in sheet.outline)
    assert any("61.95" in text for _, text in circular.outline)
    assert any("以本通报为准" in text for _, text in circular.outline)
    assert office.case_of(case_id).outcome_label == "考核合格（申诉变更）"


def appealed(case_id, **scores):
    office.act(case_id, desk.TOWNSHIP, "appeal_result", APPEAL, position="clerk")
    decided = {"result": "变更", "reply": "核对属实（演示）", "secrecy": "不涉密"}
    office.act(case_id, desk.LEADER, "decide_appeal", decided | desk.changed(**scores))
    told = {"checked": True, "follow_up": "向市场说明（演示）"}
    office.act(case_id, desk.CHIEF, "check_correction", told)


def test_an_appeal_that_lifts_the_failure_ends_the_rectification_and_history_tells(at, browse):
    case_id = desk.bad_year(desk.listed(at("recognised")))
    appealed(case_id, matching="100", reports="100")
    (rectification,) = desk.cases_of("rectification")
    assert rectification.status == "terminated"
    assert office.open_steps(rectification.id) == set()
    assert rectification.hold_reason == "2026年度考核经申诉由不合格变更为合格，本件失去依据"
    page = browse("renshe-kz").get(f"/cases/{rectification.no}").text
    assert "经申诉由不合格变更为合格" in page
    told = browse("renshe-kz").get(f"/cases/{office.case_of(case_id).no}").text
    assert f"终止由本件发起的“整改”，办件编号 {rectification.no}" in told


def test_an_appeal_that_changes_scores_only_leaves_the_rectification(at):
    case_id = desk.bad_year(desk.listed(at("recognised")))
    # 51.75 + 0.60 (撮合上岗 45 instead of 40 of 100 points, weight 12) + 0.03: still below 60.
    appealed(case_id, matching="45", reports="1")
    assert desk.records(case_id)[0]["values"] == {"grade": "不合格", "score": Decimal("52.38")}
    (rectification,) = desk.cases_of("rectification")
    assert rectification.status == "running"


def test_a_rectification_that_was_decided_already_stays_as_it_is(at):
    case_id = desk.bad_year(desk.listed(at("recognised")))
    (rectification,) = desk.cases_of("rectification")
    with unit_of_work() as session:
        session.get_one(Case, rectification.id).decided_at = rectification.started_at
    appealed(case_id, matching="100", reports="100")
    assert office.case_of(rectification.id).status == "running"


def test_an_appeal_names_what_it_is_about_and_only_that_is_changed(at):
    case_id = desk.bad_year(desk.listed(at("recognised")))
    with pytest.raises(Invalid) as refused:
        office.act(case_id, desk.TOWNSHIP, "appeal_result", {"appeals": True}, position="clerk")
    assert set(refused.value.errors) == {"statement", "lines"}
    office.act(case_id, desk.TOWNSHIP, "appeal_result", APPEAL, position="clerk")
    half = {"result": "变更", "reply": "部分属实（演示）", "secrecy": "不涉密"} | desk.changed(matching="100")
    with pytest.raises(Invalid) as refused:
        office.act(case_id, desk.LEADER, "decide_appeal", half)
    assert {path.split(".")[0] for path in refused.value.errors} == {"reports"}
