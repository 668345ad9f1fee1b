"""Walks one of the procedures of monitoring with nothing but the engine, and asks their rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.packs.opened import tongzhou
from webapp import dmn, engine

if TYPE_CHECKING:
    from collections.abc import Mapping


def settings() -> dict[str, Any]:
    """What the pack chooses until the office decides otherwise."""
    return {key: spec.value for key, spec in tongzhou().settings.items()}


def ask(file: str, decision: str, facts: Mapping[str, Any], market: Any = None) -> dmn.Result:
    """Ask a rule of the pack about the facts of a case."""
    given = {"facts": facts, "market": market, "settings": settings()}
    return dmn.evaluate(tongzhou().rules[file], decision, given)


class Walk:
    """One case, moved by hand; every effect is answered at once and written down."""

    def __init__(self, process: str, facts: dict[str, Any], market: Any = None, **case: Any) -> None:
        found = tongzhou().processes[process]
        definition = engine.load(dict(found.sources), found.process_id)
        self.facts = facts = dict(facts)
        scope = {"case": case, "market": market, "facts": facts, "settings": settings()}
        self.effects: list[tuple[str, dict[str, Any]]] = []
        self.decided: dict[str, Any] = {}
        self.run = engine.start(definition, {}, scope)
        self._take(self.run.step())

    @property
    def open(self) -> set[str]:
        return {task.element_id for task in self.run.tasks}

    @property
    def documents(self) -> list[tuple[str, str]]:
        """Template and issuing agency of every document, in order."""
        return [
            (given["template"], given["agency"]) for name, given in self.effects if name == "issue_document"
        ]

    @property
    def outcome(self) -> str | None:
        """What the procedure calls its end, once it is reached."""
        return next((given["label"] for name, given in self.effects if name == "archive_case"), None)

    def entered(self) -> list[dict[str, Any]]:
        """What went into the file of the market."""
        return [given for name, given in self.effects if name == "enter_record"]

    def act(self, element: str, **entered: Any) -> None:
        """Complete a step as its person: only what its `result` names reaches the token."""
        (task,) = (task for task in self.run.tasks if task.element_id == element)
        keys = [key.strip() for key in task.properties.get("result", "").split(",") if key.strip()]
        self._take(self.run.complete(task.task_id, {key: entered.get(key) for key in keys}))

    def _take(self, result: engine.StepResult) -> None:
        waiting = list(result.effects)
        self._note(result)
        while waiting:
            effect = waiting.pop(0)
            self.effects.append((effect.operator, dict(effect.parameters)))
            after = self.run.deliver(effect.task_id, {})
            self._note(after)
            waiting.extend(after.effects)

    def _note(self, result: engine.StepResult) -> None:
        for decided in result.decisions:
            self.decided[decided.element_id] = decided.result.outputs
