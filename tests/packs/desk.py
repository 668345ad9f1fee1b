"""Runs a process of the pack with nothing but the engine: people and effects answer from here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.packs.filings import filing
from tests.packs.opened import tongzhou
from webapp import engine

if TYPE_CHECKING:
    from webapp.engine import Effect, OpenTask, StepResult


class Desk:
    """One case, moved by hand; every effect is answered at once and written down."""

    def __init__(self, kind: str, **settings: Any) -> None:
        process = tongzhou().processes["recognition"]
        self.definition = engine.load(dict(process.sources), process.process_id)
        chosen = {key: spec.value for key, spec in tongzhou().settings.items()} | settings
        self.facts: dict[str, Any] = {"filing": filing(kind)}
        self.scope = {"case": {}, "market": None, "facts": self.facts, "settings": chosen}
        self.done: list[str] = []
        self.effects: list[tuple[str, dict[str, Any]]] = []
        self.decided: dict[str, Any] = {}
        self.run = engine.start(self.definition, {}, self.scope)
        self._take(self.run.step())

    @property
    def open(self) -> dict[str, OpenTask]:
        return {task.element_id: task for task in self.run.tasks}

    @property
    def documents(self) -> list[tuple[str, str]]:
        """Template and issuing agency of every document, in order."""
        return [
            (given["template"], given["agency"]) for name, given in self.effects if name == "issue_document"
        ]

    @property
    def operators(self) -> list[str]:
        return [name for name, _ in self.effects]

    def act(self, element: str, **entered: Any) -> None:
        """Complete a step as its person: only what its `result` names reaches the token."""
        task = self.open[element]
        keys = [key.strip() for key in task.properties.get("result", "").split(",") if key.strip()]
        self._take(self.run.complete(task.task_id, {key: entered.get(key) for key in keys}))
        self.done.append(element)

    def presume(self, element: str) -> None:
        """Answer for one who is late, with what the process says."""
        self.act(element, **json.loads(self.open[element].properties["presume"]))

    def reach_acceptance(self) -> None:
        self.act("file")
        self.act("township_review", **{"pass": True})
        self.act("township_sign", **{"pass": True})

    def examine(self, decision: str) -> None:
        """Let the clerk decide about the filing, and the section's chief pass the papers."""
        self.act("acceptance", decision=decision)
        self.act("paper_review", **{"pass": True})

    def reach_draft(self) -> None:
        self.reach_acceptance()
        self.examine("accept")
        for element in sorted(self.open):
            self.act(element)
        self.act("site_check")

    def reload(self) -> None:
        """Store the state and take it up again, as between two requests."""
        self.run = engine.resume(self.definition, self.run.state(), self.scope)

    def _take(self, result: StepResult) -> None:
        waiting: list[Effect] = list(result.effects)
        self._note(result)
        while waiting:
            effect = waiting.pop(0)
            self.effects.append((effect.operator, dict(effect.parameters)))
            answer = {effect.result_variable: "TZ-M-0001"} if effect.result_variable else {}
            after = self.run.deliver(effect.task_id, answer)
            self._note(after)
            waiting.extend(after.effects)

    def _note(self, result: StepResult) -> None:
        for decided in result.decisions:
            self.decided[decided.element_id] = decided.result.outputs
