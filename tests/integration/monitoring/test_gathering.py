"""占道聚集联合整治与分流方案: the good way and each bad way (Policy: TZ-6)."""

from __future__ import annotations

from typing import Any

import pytest

from tests import stories
from tests.integration.legal_time.office import midnight
from tests.integration.monitoring import desk
from tests.integration.recognition import desk as office
from webapp.core.errors import Forbidden, Invalid, Locked

POLICE, TRAFFIC = "gongan", "jiaotong"
SAID = stories.said("gathering")
SURVEY, PLAN = SAID["survey"], SAID["plan"]
AGREES, TRAFFIC_AGREES = SAID["police"], SAID["traffic"]
SIGNED = SAID["signed"]


def done(day: str = "2026-11-20") -> dict[str, Any]:
    (row,) = SAID["cleared"]["actions"]
    return {"actions": [row | {"date": day}]}


def seen(day: str, result: str, people: int = 0) -> dict[str, Any]:
    return SAID["seen"] | {"checked_on": day, "people": people, "result": result}


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
    desk.act(case_id, desk.LEADER, "decide_rest", SAID["rest"])
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
