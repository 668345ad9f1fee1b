"""Unforeseen answers in 整改 and 退出 take the stricter or the safer way; run with nothing but the engine.

Policy: TZ-3.4.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.packs.opened import tongzhou
from tests.packs.test_rectification_rules import facts
from webapp import engine

OPERATED = {
    "operator": "演示公司",
    "township": "演示镇",
    "name": "演示市场",
    "records": [{"kind": "rectification", "values": {"result": "整改不力"}}],
}
ALONE = OPERATED | {"operator": None, "records": []}


def rectified(**more: Any) -> dict[str, Any]:
    """What is known of a rectification, with the texts that its papers print."""
    said = facts(**more)
    for item in said["rectify_items"]["problems"]:
        item |= {"problem": "演示", "clause": "二（一）", "unit": "街道乡镇"}
    said["rectify_items"] |= {"joined": [], "checked_on": date(2026, 11, 18), "occasion": "演示检查"}
    said["rectify_report"] |= {"summary": "演示"}
    said["rectify_result"] = {"follow_up": None, "consequence": "演示", "conclusion": "演示"}
    return said


class Walk:
    """One case, moved by hand; every effect is answered at once and written down."""

    def __init__(self, process: str, market: dict[str, Any], said: dict[str, Any]) -> None:
        spec = tongzhou().processes[process]
        settings = {key: setting.value for key, setting in tongzhou().settings.items()}
        scope = {"case": {"no": "演示"}, "market": market, "facts": said, "settings": settings}
        self.effects: list[tuple[str, dict[str, Any]]] = []
        self.run = engine.start(engine.load(dict(spec.sources), spec.process_id), {}, scope)
        self._take(self.run.step())

    @property
    def open(self) -> set[str]:
        return {task.element_id for task in self.run.tasks}

    @property
    def operators(self) -> list[str]:
        return [name for name, _ in self.effects]

    def act(self, element: str, **entered: Any) -> None:
        (task,) = (task for task in self.run.tasks if task.element_id == element)
        keys = [key.strip() for key in task.properties.get("result", "").split(",") if key.strip()]
        self._take(self.run.complete(task.task_id, {key: entered.get(key) for key in keys}))

    def _take(self, result: engine.StepResult) -> None:
        waiting = list(result.effects)
        while waiting:
            effect = waiting.pop(0)
            self.effects.append((effect.operator, dict(effect.parameters)))
            waiting.extend(self.run.deliver(effect.task_id, {"document_number": "演示1号"}).effects)


PASS = {"pass": True}


def reported(market: dict[str, Any] = OPERATED, **more: Any) -> Walk:
    walk = Walk("rectification", market, rectified(**more))
    walk.act("list_problems")
    walk.act("review_problems", **PASS)
    walk.act("sign_problems", **PASS)
    walk.act("report_rectification", matter="report")
    walk.act("forward_report", **PASS)
    return walk


def concluded(market: dict[str, Any], done: set[int]) -> Walk:
    walk = reported(market, done=done)
    walk.act("check_rectification", closed="5", total="5")
    walk.act("site_recheck")
    walk.act("propose_result")
    walk.act("sign_result", **PASS)
    return walk


def test_the_notice_tells_each_item_with_its_unit_and_day():
    walk = reported()
    told = next(given for _, given in walk.effects if given.get("template") == "rectification_notice")
    assert (
        told["problems"][0]
        == "演示（重要事项，依据实施意见二（一），责任单位：演示镇，2026年12月18日前完成）"
    )
    assert (told["due"], len(told["problems"])) == (date(2026, 12, 18), 5)


@pytest.mark.parametrize(
    ("market", "done", "operators", "label"),
    [
        (OPERATED, {1, 2, 3, 4, 5}, ["enter_record", "archive_case"], "整改合格"),
        (OPERATED, {2}, ["enter_record", "open_case", "archive_case"], "整改不力，转入责令退出"),
        (ALONE, {2}, ["enter_record", "archive_case"], "整改不力，由属地继续整改"),
    ],
)
def test_a_rectification_ends_in_one_of_three_ways(market, done, operators, label):
    walk = concluded(market, done)
    assert walk.run.finished
    assert walk.operators[-len(operators) :] == operators
    assert walk.effects[-1][1]["label"] == label


@pytest.mark.parametrize("step", ["review_problems", "sign_problems", "forward_report", "sign_result"])
def test_whoever_does_not_agree_sends_it_back(step):
    walk = Walk("rectification", OPERATED, rectified())
    back = {"forward_report": "report_rectification", "sign_result": "propose_result"}.get(
        step, "list_problems"
    )
    walk.act("list_problems")
    for element in ("review_problems", "sign_problems", "report_rectification", "forward_report"):
        if element == step:
            break
        walk.act(element, matter="report", **PASS)
    else:
        walk.act("check_rectification", closed="5", total="5")
        walk.act("site_recheck")
        walk.act("propose_result")
    walk.act(step, **{"pass": None})
    assert walk.open == {back}


def exited(said: dict[str, Any] | None = None) -> Walk:
    views = {f"exit_{body}": {"conclusion": "无意见"} for body in ("police", "traffic", "union")}
    told = views | {"exit_evaluation": {"reason": "演示"}} | (said or {})
    walk = Walk("exit", OPERATED, told)
    walk.act("state_case")
    for element in sorted(walk.open):
        walk.act(element)
    return walk


def test_three_bodies_are_asked_at_once_and_all_are_waited_for():
    walk = Walk("exit", OPERATED, {})
    walk.act("state_case")
    assert walk.open == {"police_view", "traffic_view", "union_view"}
    assert walk.effects[1][1]["recipients"] == ["police", "traffic", "union"]


def test_a_body_that_is_late_issues_no_letter():
    walk = Walk("exit", OPERATED, {"exit_evaluation": {"reason": "演示"}})
    walk.act("state_case")
    walk.act("police_view", presumed=True)
    walk.act("traffic_view")
    assert walk.open == {"union_view"}
    walk.act("union_view", presumed=True)
    assert walk.open == {"evaluate"}
    letters = [given["agency"] for name, given in walk.effects if name == "issue_document"]
    assert letters == ["hrss", "traffic"]


def test_an_evaluation_that_is_not_clear_is_made_again():
    walk = exited()
    walk.act("evaluate", conclusion="anything")
    walk.act("sign_evaluation", **PASS)
    assert walk.open == {"evaluate"}


@pytest.mark.parametrize(
    ("kind", "step"),
    [("放弃陈述申辩", "review_law"), ("提出陈述申辩", "hear_defence"), (None, "hear_defence")],
)
def test_only_a_waiver_or_silence_spares_the_hearing(kind, step):
    walk = exited()
    walk.act("evaluate", conclusion="exit")
    walk.act("sign_evaluation", **PASS)
    walk.act("defend", kind=kind)
    assert walk.open == {step}


def test_nothing_leaves_the_register_before_its_settlement_was_checked():
    meeting = {"attendants": [{"name": "演示"}] * 5, "members": Decimal(7), "agree": Decimal(4)}
    meeting |= {
        "against": Decimal(1),
        "abstain": Decimal(0),
        "name": "会议",
        "held_on": None,
        "chair": "演示",
    }
    service = {"delivered_on": date(2026, 11, 20), "delivered_time": "10:30"}
    walk = exited(
        {
            "exit_meeting": meeting | {"main_points": "演示"},
            "exit_service": service,
            "exit_settle": {"workers": "演示"},
        }
    )
    walk.act("evaluate", conclusion="exit")
    walk.act("sign_evaluation", **PASS)
    walk.act("defend", kind="放弃陈述申辩")
    walk.act("review_law", lawful=True)
    walk.act("study")
    walk.act("sign_exit", **PASS)
    walk.act("serve")
    walk.act("settle", succession="close")
    walk.act("sign_settlement", **PASS)
    assert "leave_register" not in walk.operators
    walk.act("check_settlement", **{"pass": None})
    assert walk.open == {"settle"}
    walk.act("settle", succession="close")
    walk.act("sign_settlement", **PASS)
    walk.act("check_settlement", **PASS)
    assert walk.operators[-3:] == ["leave_register", "enter_record", "archive_case"]
    assert walk.run.finished


@pytest.mark.parametrize("answer", ["return", None, "anything"])
def test_whatever_is_no_clear_decision_goes_back_to_the_check(answer):
    said = {"leaving_filing": {"reason": "演示", "planned_on": date(2026, 12, 31), "workers": "演示"}}
    walk = Walk("leaving", OPERATED, said | {"leaving_decision": {"comment": "演示"}})
    walk.act("apply")
    walk.act("sign_leaving", **PASS)
    walk.act("check_leaving", conclusion="submit")
    walk.act("decide_leaving", decision=answer)
    assert walk.open == {"check_leaving"}
    walk.act("check_leaving", conclusion="submit")
    walk.act("decide_leaving", decision="approve")
    assert walk.operators[-4:] == ["leave_register", "issue_document", "enter_record", "archive_case"]
