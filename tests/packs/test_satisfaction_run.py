"""满意度调查 with nothing but engine and rules: every way through it, and a case for each rule.

Policy: TZ-3.4.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

import forms
from tests.packs.opened import tongzhou
from webapp import dmn, engine

PLAN = {"period": "2026", "closes_on": date(2026, 11, 30), "employers": Decimal(20), "workers": Decimal(60)}


class Walk:
    """One survey, moved by hand; making invitations does nothing, counting gives what it is told."""

    def __init__(self, employers: int, workers: int) -> None:
        process = tongzhou().processes["satisfaction"]
        settings = {key: spec.value for key, spec in tongzhou().settings.items()}
        self.facts: dict[str, Any] = {"satisfaction_plan": PLAN}
        self.case: dict[str, Any] = {"decisions": {}}
        scope = {"case": self.case, "market": {}, "facts": self.facts, "settings": settings}
        self.counted = {
            "n_employers": employers,
            "n_workers": workers,
            "score_employers": Decimal("84.00") if employers else None,
            "score_workers": Decimal("80.00") if workers else None,
        }
        self.effects: list[tuple[str, dict[str, Any]]] = []
        self.run = engine.start(engine.load(dict(process.sources), process.process_id), {}, scope)
        self._take(self.run.step())

    @property
    def open(self) -> set[str]:
        return {task.element_id for task in self.run.tasks}

    def act(self, element: str, **entered: Any) -> None:
        (task,) = (task for task in self.run.tasks if task.element_id == element)
        self._take(self.run.complete(task.task_id, entered))

    def end_of_day(self) -> date:
        """Let the timer go off; return the day that it was set for."""
        (timer,) = self.run.timers
        self._take(self.run.fire(timer.task_id))
        return timer.value

    def _take(self, result: engine.StepResult) -> None:
        self._note(result)
        waiting = list(result.effects)
        while waiting:
            effect = waiting.pop(0)
            self.effects.append((effect.operator, dict(effect.parameters)))
            told = self.counted if effect.operator == "count_answers" else {}
            after = self.run.deliver(effect.task_id, told)
            self._note(after)
            waiting.extend(after.effects)

    def _note(self, result: engine.StepResult) -> None:
        for decided in result.decisions:
            self.case["decisions"][decided.element_id] = decided.result.outputs


def test_the_end_date_closes_it_and_the_confirmed_result_goes_to_the_file():
    walk = Walk(10, 30)
    walk.act("plan")
    assert walk.effects[0][0] == "make_invitations"
    assert walk.effects[0][1]["closes_on"] == date(2026, 11, 30)
    assert [(group["key"], group["number"]) for group in walk.effects[0][1]["groups"]] == [
        ("employers", 20),
        ("workers", 60),
    ]
    assert walk.open == {"collect"}
    assert walk.end_of_day() == date(2026, 12, 1)
    assert walk.open == {"confirm"}
    walk.act("confirm", decision="confirm")
    assert walk.run.finished
    entered = dict(walk.effects)["enter_record"]
    assert entered == {"kind": "satisfaction", "period": "2026", **walk.counted, "enough": True}
    assert walk.effects[-1] == ("archive_case", {"outcome": "approved", "label": "已完成"})


def test_the_clerk_may_close_it_before_and_too_few_answers_are_said():
    walk = Walk(3, 30)
    walk.act("plan")
    walk.act("collect")
    assert not walk.run.timers
    walk.act("confirm", decision="confirm")
    assert dict(walk.effects)["enter_record"]["enough"] is False
    assert walk.effects[-1][1]["label"] == "已完成（样本不足）"


@pytest.mark.parametrize("answer", ["extend", None, "anything"])
def test_whatever_is_no_clear_confirmation_goes_on_collecting(answer):
    walk = Walk(3, 3)
    walk.act("plan")
    walk.act("collect")
    walk.facts["satisfaction_confirm"] = {"extended_to": date(2026, 12, 15)}
    walk.act("confirm", decision=answer)
    assert walk.open == {"collect"}
    assert walk.effects[-1][1]["closes_on"] == date(2026, 12, 15)
    assert walk.run.timers[0].value == date(2026, 12, 16)


SAMPLES = {
    "both_enough": (10, 30, True),
    "few_employers": (9, 30, False),
    "few_workers": (10, 29, False),
    "both_few": (0, 0, False),
}


@pytest.mark.parametrize("rule", SAMPLES)
def test_the_sample_is_enough_where_both_groups_are(rule):
    employers, workers, enough = SAMPLES[rule]
    settings = {"survey_employers_min": 10, "survey_workers_min": 30}
    result = dmn.evaluate(
        tongzhou().rules["satisfaction.dmn"],
        "satisfaction_sample",
        {"n_employers": employers, "n_workers": workers, "settings": settings},
    )
    assert result.outputs["enough"] is enough
    assert [line.id for line in result.trace.decisions[0].rules if line.matched] == [rule]


def test_every_rule_has_a_case():
    table = dmn.read(tongzhou().rules["satisfaction.dmn"]).decision("satisfaction_sample").table
    assert {rule.id for rule in table.rules} == set(SAMPLES)


@pytest.mark.parametrize("form", ["satisfaction_employers", "satisfaction_workers"])
def test_questions_are_marks_of_one_to_five_and_one_free_field(form):
    schema = forms.read(tongzhou().forms[form])
    marks = [field for field in schema.fields if field.path != "comment"]
    assert len(marks) >= 5
    for field in marks:
        assert [option.value for option in field.options] == ["5", "4", "3", "2", "1"]
        assert field.required
    assert schema.personal_paths == frozenset(), "nobody is asked who they are"
