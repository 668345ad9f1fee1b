"""Every way through 名录信息变更, run with nothing but the engine (Policy: TZ-3.2)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.packs.opened import tongzhou
from webapp import engine

_FILED: dict[str, Any] = {
    "kind": "信息变更",
    "changed": {"address": None, "hours": "5:00–21:00", "public_phone": None, "services": None, "area": None},
    "operator": {"has": None},
    "closing": {"start": None, "end": None},
}


class Walk:
    """One case, moved by hand; every effect is answered at once and written down."""

    def __init__(self, *, paper_review: bool = True, **filed: Any) -> None:
        process = tongzhou().processes["register_change"]
        definition = engine.load(dict(process.sources), process.process_id)
        settings = {key: spec.value for key, spec in tongzhou().settings.items()}
        settings["paper_review"] = paper_review
        facts = {"change_filing": _FILED | filed}
        scope = {"case": {}, "market": {"closed_from": None}, "facts": facts, "settings": settings}
        self.effects: list[tuple[str, dict[str, Any]]] = []
        self.run = engine.start(definition, {}, scope)
        self._take(self.run.step())

    @property
    def open(self) -> set[str]:
        return {task.element_id for task in self.run.tasks}

    @property
    def documents(self) -> list[str]:
        return [given["template"] for name, given in self.effects if name == "issue_document"]

    def act(self, element: str, **entered: Any) -> None:
        (task,) = (task for task in self.run.tasks if task.element_id == element)
        keys = [key for key in task.properties.get("result", "").split(",") if key]
        self._take(self.run.complete(task.task_id, {key: entered.get(key) for key in keys}))

    def send(self) -> None:
        self.act("file")
        self.act("change_review", **{"pass": True})
        self.act("change_sign", **{"pass": True})

    def check(self, conclusion: str) -> None:
        self.act("change_check", conclusion=conclusion)
        self.act("paper_review", **{"pass": True})

    def _take(self, result: engine.StepResult) -> None:
        waiting = list(result.effects)
        while waiting:
            effect = waiting.pop(0)
            self.effects.append((effect.operator, dict(effect.parameters)))
            waiting.extend(self.run.deliver(effect.task_id, {}).effects)


def test_an_approved_change_goes_to_the_register_with_only_what_changes():
    walk = Walk()
    walk.send()
    walk.check("approve")
    walk.act("change_decision", decision="approve")
    assert walk.run.finished
    (given,) = (given for name, given in walk.effects if name == "change_register")
    assert {key: value for key, value in given.items() if value not in {None, False}} == {
        "opening_hours": "5:00–21:00"
    }
    assert walk.documents == ["change_report", "change_notice"]
    assert walk.effects[-1] == ("archive_case", {"outcome": "approved", "label": "准予变更"})


def test_a_refused_change_never_reaches_the_register():
    walk = Walk()
    walk.send()
    walk.check("approve")
    walk.act("change_decision", decision="refuse")
    assert walk.run.finished
    assert "change_register" not in [name for name, _ in walk.effects]
    assert walk.documents[-1] == "change_refusal"
    assert walk.effects[-1] == ("archive_case", {"outcome": "refused", "label": "不予变更"})


def test_a_correction_stops_the_clock_and_comes_back_to_the_check():
    walk = Walk()
    walk.send()
    walk.check("correct")
    assert walk.open == {"correction"}
    walk.act("correction")
    assert walk.open == {"change_check"}
    assert [name for name, _ in walk.effects][2:] == ["issue_document", "pause_clock", "resume_clock"]


@pytest.mark.parametrize("answer", ["return", None, "anything"])
def test_whatever_is_no_clear_decision_goes_back_to_the_check(answer):
    walk = Walk()
    walk.send()
    walk.check("refuse")
    walk.act("change_decision", decision=answer)
    assert walk.open == {"change_check"}


@pytest.mark.parametrize("step", ["change_review", "change_sign"])
def test_the_township_sends_its_own_draft_back(step):
    walk = Walk()
    walk.act("file")
    if step == "change_sign":
        walk.act("change_review", **{"pass": True})
    walk.act(step, **{"pass": False})
    assert walk.open == {"file"}
    assert walk.documents == []


@pytest.mark.parametrize("conclusion", ["approve", "refuse", "correct"])
def test_the_section_chief_reads_every_paper_before_it_goes_on(conclusion):
    walk = Walk()
    walk.send()
    walk.act("change_check", conclusion=conclusion)
    assert walk.open == {"paper_review"}
    walk.act("paper_review", **{"pass": False})
    assert walk.open == {"change_check"}
    assert walk.documents == ["change_report"]


def test_an_office_may_go_without_that_reading():
    walk = Walk(paper_review=False)
    walk.send()
    walk.act("change_check", conclusion="approve")
    assert walk.open == {"change_decision"}
