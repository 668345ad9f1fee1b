"""The scenarios that are kept with the pack of 通州区, and what is told when one goes another way."""

from __future__ import annotations

import dataclasses
import itertools
import json
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.packs.opened import tongzhou
from webapp import packs, sandbox
from webapp.packs.checks import scenarios as scenario_checks
from webapp.packs.scenarios import read_scenario
from webapp.sandbox import playing

PACK = tongzhou()
GOOD = "recognition_good"
WAYS = (
    "assessment_excluded",
    "assessment_failed",
    "assessment_good",
    "exit_kept",
    "exit_ordered",
    "recognition_correction",
    GOOD,
    "recognition_refused",
    "rectification_failed",
    "rectification_good",
    "subsidy_good",
    "subsidy_refused",
)
_SHORT_WAY = "workflows/tongzhou/scenarios/assessment_excluded.json"
SHORT = packs.read(
    {path: text for path, text in PACK.files.items() if "/scenarios/" not in path or path == _SHORT_WAY}
)
"""The pack with one short scenario."""


@pytest.fixture(scope="module")
def results():
    return {result.name: result for result in sandbox.play_all(PACK, seconds=300)}


def test_every_scenario_of_the_pack_passes(results):
    assert {name: result.problems for name, result in results.items()} == dict.fromkeys(WAYS, ())


@pytest.mark.parametrize("process", ["recognition", "assessment", "rectification", "exit", "subsidy"])
def test_procedures_that_decide_about_a_market_are_kept_with_a_good_way_and_a_refusal(process, results):
    outcomes = {result.came.outcome for name, result in results.items() if name.startswith(process)}
    assert outcomes >= ({"refused"} if process == "exit" else {"approved", "refused"})


def test_a_market_whose_problems_stay_is_ordered_to_leave(results):
    """The case that is told began as a rectification; the second one, that it opened, ends in the register."""
    came = results["exit_ordered"].came
    assert (came.ends, came.outcome) == (("failed",), "refused")
    assert "exit_decision" in came.documents
    assert came.market["status"] == "left"


def test_the_work_of_others_on_the_machine_is_not_counted(monkeypatch):
    """An hour passes between any two looks at the clock on the wall."""
    wall = itertools.count(step=3600)
    monkeypatch.setattr(
        playing, "machine", SimpleNamespace(thread_time=time.thread_time, monotonic=lambda: next(wall))
    )
    assert [result.problems for result in sandbox.play_all(SHORT)] == [()]


def test_a_good_filing_ends_in_the_register(results):
    came = results[GOOD].came
    assert came.ends == ("recognised",)
    assert came.market == {
        "status": "recognised",
        "name": "通州区马驹桥镇零工市场",
        "kind": "综合性零工市场",
    }
    assert came.documents[-1] == "recognition_reply"


def test_the_same_scenario_comes_to_the_same_twice(results):
    again = sandbox.play(PACK, read_scenario(GOOD, PACK.scenarios[GOOD]))
    assert dataclasses.replace(again, seconds=0) == dataclasses.replace(results[GOOD], seconds=0)


def changed_scenario(change):
    told = json.loads(PACK.scenarios[GOOD])
    change(told)
    return read_scenario("changed", json.dumps(told))


def test_a_field_that_is_refused_is_told_at_its_move():
    def forget_the_reason(told):
        told["moves"][0]["values"]["need"]["reason"] = ""

    result = sandbox.play(PACK, changed_scenario(forget_the_reason))
    assert [(problem.move, problem.element_id) for problem in result.problems] == [(1, "file")]
    assert result.problems[0].reason.startswith("need.reason：")
    assert result.came.waiting == ("file",)


def test_a_step_of_another_position_is_told():
    def ask_the_police(told):
        told["moves"][1]["as"] = "police.clerk"

    problem = sandbox.play(PACK, changed_scenario(ask_the_police)).problems[0]
    assert (problem.move, problem.element_id) == (2, "township_review")
    assert "马驹桥镇" in problem.reason
    assert "police.clerk" in problem.reason


def test_another_end_than_expected_is_told_after_the_last_move():
    def stop_early(told):
        told["moves"] = told["moves"][:1]

    result = sandbox.play(PACK, changed_scenario(stop_early))
    assert {problem.move for problem in result.problems} == {2}
    reasons = "".join(problem.reason for problem in result.problems)
    assert "办件状态：预期“finished”，实际“running”。" in reasons
    assert "仍在等待的环节：预期“无”，实际“township_review”。" in reasons


def test_time_that_is_up_is_told_and_nothing_hangs():
    results = sandbox.play_all(PACK, seconds=0)
    assert {result.passed for result in results} == {False}
    assert all("超过上限" in result.problems[0].reason for result in results)


def test_the_clock_brings_about_what_falls_due():
    """The opinions are asked for on one day; whoever does not answer in time is presumed to agree."""

    def answer_nobody(told):
        moves = told["moves"]
        kept = [move for move in moves[:5] if move["do"] == "submit"]
        told["moves"] = [*kept, *({"do": "wait", "until": "workday"} for _ in range(12))]

    result = sandbox.play(PACK, changed_scenario(answer_nobody))
    assert result.came.waiting == ("site_check",)


def test_scenarios_are_files_of_the_pack():
    assert "workflows/tongzhou/scenarios/recognition_good.json" in PACK.files
    assert packs.read(PACK.files).scenarios == PACK.scenarios
    folder = Path(__file__).parents[2] / "workflows/tongzhou/scenarios"
    for file in folder.glob("*.json"):
        assert read_scenario(file.stem, file.read_text(encoding="utf-8")).as_text() == file.read_text(
            encoding="utf-8"
        )


def findings_of(change):
    told = json.loads(PACK.scenarios[GOOD])
    change(told)
    path = f"workflows/tongzhou/scenarios/{GOOD}.json"
    pack = packs.read({**PACK.files, path: json.dumps(told)})
    return [(finding.file, finding.reason) for finding in scenario_checks.check(pack)]


def test_the_check_of_the_pack_names_what_a_scenario_names_wrongly():
    file = f"scenarios/{GOOD}.json"
    assert findings_of(lambda told: None) == []
    assert findings_of(lambda told: told.update(process="gift")) == [(file, "没有流程“gift”。")]
    assert findings_of(lambda told: told.update(starter="majuqiao.chief")) == [
        (file, "没有岗位“majuqiao.chief”。")
    ]
    assert findings_of(lambda told: told["moves"][0].update(step="hand_in")) == [
        (file, "流程“零工市场（驿站）申请认定”没有环节“hand_in”。")
    ]
    assert "moves 应有 1 至 200 步" in findings_of(lambda told: told.update(moves=[]))[0][1]
