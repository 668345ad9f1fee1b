"""网络舆情处置: the good way and each bad way (Policy: TZ-6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests import stories
from tests.integration.legal_time.office import kinds, step_clocks
from tests.integration.monitoring import desk
from tests.integration.recognition import desk as office
from webapp.core.errors import Forbidden, Invalid

CAC, POLICE, DEPUTY = "wangxin", "gongan", "renshe-fj"
SAID = stories.said("public_opinion")
CALM = SAID["told"]["spread"]


def told(involve: tuple[str, ...] = (), **spread: Any) -> dict[str, Any]:
    return SAID["told"] | {"spread": CALM | spread, "involve": list(involve)}


def guidance(level: str = "一般", **more: str) -> dict[str, Any]:
    return SAID["guidance"] | {"level": level} | more


FOUND, FACTS, ANSWER = SAID["found"], SAID["facts"], SAID["answer"]
SIGNED, PUBLISHED = SAID["signed"], SAID["published"]


def reported(**values: Any) -> Any:
    case_id = desk.start("public_opinion")
    desk.act(case_id, desk.CLERK, "report", told(**values))
    return case_id


def signed(case_id: Any) -> None:
    """Let the township find the facts, answer and sign."""
    desk.act(case_id, desk.CLERK, "verify", FACTS)
    desk.act(case_id, desk.CLERK, "respond", ANSWER)
    desk.act(case_id, desk.LEADER, "sign", SIGNED)


def look(result: str, **spread: Any) -> dict[str, Any]:
    return SAID["seen"] | {"spread": CALM | spread, "result": result}


def test_a_matter_is_guided_answered_made_known_and_closed(app):
    case_id = reported()
    assert office.open_steps(case_id) == {"guide_normal"}
    desk.act(case_id, CAC, "guide_normal", guidance())
    signed(case_id)
    (paper,) = office.documents(case_id)
    assert (paper.template_key, paper.disclosure) == ("opinionwatch_statement", "主动公开")
    printed = "".join(text for _, text in paper.outline)
    assert "已退还押金（演示）" in printed
    assert "演示账号" not in printed
    desk.act(case_id, desk.CLERK, "publish", PUBLISHED)
    desk.act(case_id, desk.CLERK, "look_again", look("calm"))
    case = office.case_of(case_id)
    assert (case.no, case.status, case.outcome_label) == ("TZ-YQ-2026-0001", "finished", "舆情已平息")


def test_whose_account_it_was_is_personal(app):
    case_id = reported()
    said = office.submission(case_id, "opinionwatch_report")
    assert "author" not in said.data
    assert said.personal is not None


@pytest.mark.parametrize(
    ("field", "value"), [("link", "example.org"), ("seen_at", "24:00"), ("seen_on", "2026-11-21")]
)
def test_source_and_time_are_told_exactly(app, field, value):
    case_id = desk.start("public_opinion")
    with pytest.raises(Invalid) as refused:
        desk.act(case_id, desk.CLERK, "report", told() | {field: value})
    assert list(refused.value.errors) == [field]


@pytest.mark.parametrize(
    ("spread", "step", "hours"),
    [({}, "guide_normal", 24), ({"reads": 10000}, "guide_serious", 4), ({"crowd": True}, "guide_major", 2)],
)
def test_the_graver_the_sooner_and_the_leaders_are_told_when_it_is_late(
    app, frozen_clock, spread, step, hours
):
    case_id = reported(**spread)
    assert office.open_steps(case_id) == {step}
    (clock,) = step_clocks(case_id)
    assert clock.due_at == frozen_clock.instant + timedelta(hours=hours)
    frozen_clock.move(hours=hours, seconds=1)
    office.work(app)
    assert "overdue" in kinds(case_id)
    assert office.open_steps(case_id) == {step}, "nobody is taken to have answered"


def test_another_level_than_the_rule_gives_needs_its_reason(app):
    case_id = reported()
    with pytest.raises(Invalid) as refused:
        desk.act(case_id, CAC, "guide_normal", guidance("重大"))
    assert list(refused.value.errors) == ["reason"]
    desk.act(case_id, CAC, "guide_normal", guidance("重大", reason="有组织转发（演示）"))
    signed(case_id)
    assert office.open_steps(case_id) == {"countersign"}


def test_whoever_is_asked_to_help_answers_before_the_township_sums_up(app):
    case_id = reported(involve=("hrss", "police"))
    desk.act(case_id, CAC, "guide_normal", guidance())
    assert office.open_steps(case_id) == {"hrss_facts", "police_facts"}
    desk.act(case_id, desk.BUREAU, "hrss_facts", FOUND)
    assert office.open_steps(case_id) == {"police_facts"}
    desk.act(case_id, POLICE, "police_facts", FOUND)
    assert office.open_steps(case_id) == {"verify"}


def test_the_gravest_matter_is_countersigned_before_it_is_made_known(app):
    case_id = reported(press=True)
    desk.act(case_id, CAC, "guide_major", guidance("重大"))
    signed(case_id)
    assert office.documents(case_id) == []
    desk.act(case_id, DEPUTY, "countersign", {"pass": False, "opinion": "补充退款情况（演示）"})
    assert office.open_steps(case_id) == {"respond"}
    desk.act(case_id, desk.CLERK, "respond", ANSWER)
    desk.act(case_id, desk.LEADER, "sign", SIGNED)
    desk.act(case_id, DEPUTY, "countersign", {"pass": True})
    assert office.open_steps(case_id) == {"publish"}
    assert len(office.documents(case_id)) == 1


def test_the_leader_returns_an_answer(app):
    case_id = reported()
    desk.act(case_id, CAC, "guide_normal", guidance())
    desk.act(case_id, desk.CLERK, "verify", FACTS)
    desk.act(case_id, desk.CLERK, "respond", ANSWER)
    desk.act(case_id, desk.LEADER, "sign", {"pass": False, "opinion": "语气不妥（演示）"})
    assert office.open_steps(case_id) == {"respond"}
    assert office.documents(case_id) == []


def test_what_goes_on_spreading_is_graded_anew(app):
    case_id = reported()
    desk.act(case_id, CAC, "guide_normal", guidance())
    signed(case_id)
    desk.act(case_id, desk.CLERK, "publish", PUBLISHED)
    desk.act(case_id, desk.CLERK, "look_again", look("spreading", reads=150000))
    assert office.open_steps(case_id) == {"guide_major"}
    desk.act(case_id, CAC, "guide_major", guidance("重大"))
    signed(case_id)
    assert office.open_steps(case_id) == {"countersign"}


@pytest.mark.parametrize("username", [CAC, desk.BUREAU])
def test_only_townships_begin_it(app, username):
    with pytest.raises(Forbidden):
        desk.start("public_opinion", username=username)
