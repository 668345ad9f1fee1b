"""占道聚集联合整治与分流方案: the good way and each bad way (Policy: TZ-6)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.legal_time.office import midnight
from tests.integration.monitoring import desk
from tests.integration.recognition import desk as office
from webapp.core.errors import Forbidden, Invalid, Locked

POLICE, TRAFFIC = "gongan", "jiaotong"
SURVEY = {
    "site": {
        "place": "演示路东口至示范街北口",
        "surveyed_on": "2026-11-18",
        "people": 120,
        "peak": "每日4:30至7:00",
        "trades": ["建筑装修"],
        "hazards": ["占用机动车道"],
        "description": "早间在路口候工（演示）",
    }
}
PLAN = {
    "diversion": {
        "measures": ["现场宣传引导", "安排接驳"],
        "targets": [{"destination": "演示零工市场", "capacity": 300}],
        "steps": "先宣传，后接驳（演示）",
        "begin": "2026-11-25",
        "finish": "2026-12-20",
    },
    "joint": {
        "clearing": "劝离机动车道（演示）",
        "partners": ["police", "traffic"],
        "safety": "设安全员（演示）",
    },
}
AGREES = {
    "duty": {"order": "早高峰巡逻（演示）", "support": "派警力到场（演示）"},
    "conclusion": "同意",
}
TRAFFIC_AGREES = {"duty": {"order": "早高峰疏导（演示）", "hazard": False}, "conclusion": "同意"}
SIGNED = {"pass": True, "secrecy": "不涉密"}


def done(day: str = "2026-11-20") -> dict[str, Any]:
    row = {
        "date": day,
        "agencies": ["街道乡镇", "市公安局通州分局"],
        "guided": 100,
        "remaining": 20,
        "outcome": "多数已进场（演示）",
    }
    return {"actions": [row]}


def seen(day: str, result: str, people: int = 0) -> dict[str, Any]:
    return {"checked_on": day, "people": people, "result": result, "situation": "现场查看（演示）"}


def test_the_place_tells_cases_apart(at):
    at("recognised")
    case_id = desk.start("gathering")
    assert "演示路" not in office.case_of(case_id).title
    desk.act(case_id, desk.CLERK, "survey", SURVEY)
    assert office.case_of(case_id).title.endswith("：演示路东口至示范街北口")


def asked() -> Any:
    """A case on which police and traffic have been asked."""
    case_id = desk.start("gathering")
    desk.act(case_id, desk.CLERK, "survey", SURVEY)
    desk.act(case_id, desk.CLERK, "draft_plan", PLAN)
    desk.act(case_id, desk.REVIEWER, "plan_review", {"pass": True})
    return case_id


def agreed() -> Any:
    """A case whose plan has been signed and sent."""
    case_id = asked()
    desk.act(case_id, POLICE, "opinion_police", AGREES)
    desk.act(case_id, TRAFFIC, "opinion_traffic", TRAFFIC_AGREES)
    desk.act(case_id, desk.LEADER, "plan_sign", SIGNED)
    return case_id


def test_a_case_without_a_market_goes_from_survey_to_a_clear_road(app, frozen_clock):
    case_id = agreed()
    case = office.case_of(case_id)
    assert case.market is None
    assert case.no == "TZ-ZZ-2026-0001"
    papers = office.documents(case_id)
    assert [paper.template_key for paper in papers] == [
        *("gathering_request", "gathering_reply", "gathering_reply", "gathering_plan"),
    ]
    assert [paper.number for paper in papers[1:3]] == ["通公函〔2026〕1号", "通交支函〔2026〕1号"]
    assert any("演示零工市场" in text for _, text in papers[3].outline)
    desk.act(case_id, desk.CLERK, "clear", done())
    frozen_clock.instant = midnight(12, 5)
    desk.act(case_id, desk.CLERK, "follow_up", seen("2026-12-04", "settled"))
    ended = office.case_of(case_id)
    assert (ended.status, ended.outcome_label) == ("finished", "占道聚集已消除")
    found = office.submission(case_id, "gathering_followup").data
    # Fourteen days after the last action on 20 November.
    assert (found["earliest"], found["before"], found["round"]) == ("2026-12-04", "120", "1")


def test_a_check_before_its_day_is_none(app, frozen_clock):
    case_id = agreed()
    desk.act(case_id, desk.CLERK, "clear", done())
    frozen_clock.instant = midnight(12, 4)
    with pytest.raises(Invalid) as refused:
        desk.act(case_id, desk.CLERK, "follow_up", seen("2026-12-03", "settled"))
    assert list(refused.value.errors) == ["checked_on"]
    assert office.open_steps(case_id) == {"follow_up"}


def test_nothing_is_entered_that_has_not_happened_yet(app):
    case_id = agreed()
    with pytest.raises(Invalid) as refused:
        desk.act(case_id, desk.CLERK, "clear", done("2026-11-21"))
    assert list(refused.value.errors) == ["actions.0.date"]


def test_those_who_are_late_are_taken_to_have_no_opinion(app, frozen_clock):
    case_id = asked()
    frozen_clock.instant = midnight(11, 28)
    office.work(app)
    assert office.open_steps(case_id) == {"plan_sign"}
    assert [paper.template_key for paper in office.documents(case_id)] == ["gathering_request"]
    assert office.submission(case_id, "gathering_police").data["conclusion"] == "无意见"


def test_the_office_may_choose_to_wait_for_them(app, frozen_clock):
    office.choose(late_opinion="wait")
    case_id = asked()
    frozen_clock.instant = midnight(11, 28)
    office.work(app)
    assert office.open_steps(case_id) == {"opinion_police", "opinion_traffic"}


def test_the_leader_says_what_became_of_an_objection(app):
    case_id = asked()
    against = AGREES | {"conclusion": "不同意", "reason": "方案缺少警戒安排（演示）"}
    with pytest.raises(Invalid) as refused:
        desk.act(case_id, POLICE, "opinion_police", AGREES | {"conclusion": "不同意"})
    assert list(refused.value.errors) == ["reason"]
    desk.act(case_id, POLICE, "opinion_police", against)
    desk.act(case_id, TRAFFIC, "opinion_traffic", TRAFFIC_AGREES)
    with pytest.raises(Invalid) as refused:
        desk.act(case_id, desk.LEADER, "plan_sign", SIGNED)
    assert list(refused.value.errors) == ["adopted"]
    desk.act(case_id, desk.LEADER, "plan_sign", {"pass": False, "opinion": "按公安意见修改（演示）"})
    assert office.open_steps(case_id) == {"draft_plan"}


def test_rounds_are_counted_and_end(app, frozen_clock):
    office.choose(gathering_rounds=2)
    case_id = agreed()
    desk.act(case_id, desk.CLERK, "clear", done())
    frozen_clock.instant = midnight(12, 5)
    desk.act(case_id, desk.CLERK, "follow_up", seen("2026-12-04", "again", 40))
    assert office.open_steps(case_id) == {"clear"}
    desk.act(case_id, desk.CLERK, "clear", done("2026-12-05"))
    frozen_clock.instant = midnight(12, 20)
    with pytest.raises(Invalid):
        desk.act(case_id, desk.CLERK, "follow_up", seen("2026-12-18", "again", 40))
    desk.act(case_id, desk.CLERK, "follow_up", seen("2026-12-19", "again", 40))
    assert office.submission(case_id, "gathering_followup").data["round"] == "2"
    assert office.open_steps(case_id) == {"decide_rest"}
    rest = {"way": "提请区级协调", "measures": "提请增加城市管理部门参加（演示）"}
    desk.act(case_id, desk.LEADER, "decide_rest", rest)
    assert office.case_of(case_id).outcome_label == "提请区级协调"


def test_a_plan_that_was_sent_is_not_taken_back(app):
    early = asked()
    office.withdraw(early, desk.CLERK)
    assert office.case_of(early).status == "withdrawn"
    with pytest.raises(Locked):
        office.withdraw(agreed(), desk.CLERK)


@pytest.mark.parametrize("username", [POLICE, desk.BUREAU])
def test_only_townships_begin_it(app, username):
    with pytest.raises(Forbidden):
        desk.start("gathering", username=username)
