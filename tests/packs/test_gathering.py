"""占道聚集联合整治与分流方案: every way through it, its rounds bounded (Policy: TZ-6)."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.packs.monitoring import Walk, settings

ROUNDS = settings()["gathering_rounds"]


def looked(result: str, *, number: int = 1) -> dict[str, Any]:
    return {"gathering_followup": {"result": result, "round": Decimal(number)}}


def agreed() -> Walk:
    """A case whose plan has been agreed with both bodies and sent out."""
    way = Walk("gathering", {}, applicant_key="majuqiao")
    way.act("survey")
    way.act("draft_plan")
    way.act("plan_review", **{"pass": True})
    way.act("opinion_police")
    way.act("opinion_traffic")
    way.act("plan_sign", **{"pass": True})
    return way


def check(way: Walk, result: str, **found: Any) -> None:
    way.act("clear")
    way.facts.update(looked(result, **found))
    way.act("follow_up", result=result)


def test_police_and_traffic_are_asked_together_and_answer_by_letter():
    way = Walk("gathering", {}, applicant_key="majuqiao")
    way.act("survey")
    way.act("draft_plan")
    way.act("plan_review", **{"pass": True})
    assert way.open == {"opinion_police", "opinion_traffic"}
    (asked,) = (given for name, given in way.effects if name == "issue_document")
    assert asked["recipients"] == ["police", "traffic"]
    way.act("opinion_traffic")
    assert way.open == {"opinion_police"}
    way.act("opinion_police")
    assert way.open == {"plan_sign"}
    assert way.documents == [
        ("gathering_request", "township"),
        ("gathering_reply", "traffic"),
        ("gathering_reply", "police"),
    ]


@pytest.mark.parametrize("body", ["police", "traffic"])
def test_one_who_is_late_is_taken_to_have_none_and_writes_no_letter(body):
    way = Walk("gathering", {}, applicant_key="majuqiao")
    way.act("survey")
    way.act("draft_plan")
    way.act("plan_review", **{"pass": True})
    (task,) = (task for task in way.run.tasks if task.element_id == f"opinion_{body}")
    assert (task.properties["due"], task.properties["overdue"]) == ("opinion_days workday", "late_opinion")
    way.act(f"opinion_{body}", **json.loads(task.properties["presume"]))
    other = "traffic" if body == "police" else "police"
    way.act(f"opinion_{other}")
    assert way.open == {"plan_sign"}
    assert ("gathering_reply", body) not in way.documents


@pytest.mark.parametrize("step", ["plan_review", "plan_sign"])
def test_a_plan_that_is_not_agreed_to_is_drafted_again(step):
    way = Walk("gathering", {}, applicant_key="majuqiao")
    way.act("survey")
    way.act("draft_plan")
    if step == "plan_sign":
        way.act("plan_review", **{"pass": True})
        way.act("opinion_police")
        way.act("opinion_traffic")
    way.act(step, **{"pass": False})
    assert way.open == {"draft_plan"}
    assert ("gathering_plan", "township") not in way.documents


def test_a_gathering_that_is_gone_closes_the_case():
    way = agreed()
    assert way.documents[-1] == ("gathering_plan", "township")
    check(way, "settled")
    assert way.run.finished
    assert way.outcome == "占道聚集已消除"


@pytest.mark.parametrize("answer", [None, "anything"])
def test_whatever_is_no_clear_finding_is_looked_at_again(answer):
    way = agreed()
    check(way, answer)
    assert way.open == {"follow_up"}


def test_what_is_left_is_cleared_again_by_the_same_plan():
    way = agreed()
    check(way, "again")
    assert way.open == {"clear"}
    check(way, "settled", number=2)
    assert way.run.finished


def test_a_plan_that_does_not_work_is_changed_and_agreed_anew():
    way = agreed()
    check(way, "replan")
    assert way.open == {"draft_plan"}
    way.act("draft_plan")
    way.act("plan_review", **{"pass": True})
    assert way.open == {"opinion_police", "opinion_traffic"}


@pytest.mark.parametrize("result", ["again", "replan"])
def test_after_the_last_round_the_leader_decides_what_comes_of_it(result):
    way = agreed()
    check(way, result, number=ROUNDS)
    assert way.open == {"decide_rest"}
    way.facts["gathering_closing"] = {"way": "提请区级协调"}
    way.act("decide_rest")
    assert way.run.finished
    assert way.effects[-1] == ("archive_case", {"outcome": "refused", "label": "提请区级协调"})
