"""A procedure played as the platform plays it: reloaded from its state before every move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from webapp import engine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.unit.engine.build import Process


def load(*processes: Process, **files: bytes) -> engine.Definition:
    """Load the first process; the others may be called. Keyword files are decisions (`x_dmn` is `x.dmn`)."""
    sources = {f"{process.id}.bpmn": process.xml() for process in processes}
    sources |= {name.replace("_dmn", ".dmn"): content for name, content in files.items()}
    return engine.load(sources, processes[0].id)


class Case:
    """Keeps rows as the services would, from the step results alone, and proves them right each time."""

    def __init__(
        self,
        definition: engine.Definition,
        data: Mapping[str, Any] | None = None,
        scope: Mapping[str, Any] | None = None,
    ) -> None:
        self.definition = definition
        self.scope = dict(scope or {})
        self.rows: dict[str, str] = {}
        self.trail: list[str] = []
        self.decided: list[engine.Decided] = []
        self.finished = False
        run = engine.start(definition, data or {}, self.scope)
        self.last = self._apply(run, run.step())

    def _apply(self, run: engine.Run, result: engine.StepResult) -> engine.StepResult:
        for closed in result.closed:
            del self.rows[closed.task_id]
        for opened in (*result.opened, *result.effects, *result.timers, *result.messages):
            assert opened.task_id not in self.rows
            self.rows[opened.task_id] = opened.element_id
        self.trail.extend(result.trail)
        self.decided.extend(result.decisions)
        self.finished = result.finished
        self.state = run.state()
        self.data = dict(run.data)
        again = engine.resume(self.definition, self.state, self.scope)
        waiting = (*again.tasks, *again.effects, *again.timers, *again.messages)
        assert {each.task_id: each.element_id for each in waiting} == self.rows
        assert again.finished is result.finished
        assert again.state() == self.state
        self.last = result
        return result

    @property
    def open(self) -> list[str]:
        """Element ids of all that waits, in alphabetical order."""
        return sorted(self.rows.values())

    def id(self, element: str, place: int = 0) -> str:
        """The task id of an element that waits."""
        return [task for task, name in self.rows.items() if name == element][place]

    def move(self, action: Callable[[engine.Run], engine.StepResult]) -> engine.StepResult:
        """Reload, make one move, store."""
        run = engine.resume(self.definition, self.state, self.scope)
        return self._apply(run, action(run))

    def complete(self, element: str, place: int = 0, **result: Any) -> engine.StepResult:
        task = self.id(element, place)
        return self.move(lambda run: run.complete(task, result))

    def deliver(self, element: str, **result: Any) -> engine.StepResult:
        task = self.id(element)
        return self.move(lambda run: run.deliver(task, result))

    def fire(self, element: str) -> engine.StepResult:
        task = self.id(element)
        return self.move(lambda run: run.fire(task))

    def receive(self, element: str, **result: Any) -> engine.StepResult:
        task = self.id(element)
        return self.move(lambda run: run.receive(task, result))

    def token(self, element: str) -> dict[str, Any]:
        """The data of the token that waits at an element."""
        return dict(engine.resume(self.definition, self.state, self.scope).token(self.id(element)))

    def back(self, source: str, target: str, place: int = 0) -> engine.StepResult:
        """退回 from a step that waits to an earlier one."""
        task = self.id(source, place)
        return self.move(lambda run: run.return_to(task, target))

    def take_back(self, element: str, *opened: str) -> engine.StepResult:
        """拿回 a step whose completion opened these, each of them named once for each task."""
        tasks = [self.id(name, opened[:place].count(name)) for place, name in enumerate(opened)]
        return self.move(lambda run: run.take_back(element, tasks))

    def refuses(self, match: str, action: Callable[[engine.Run], engine.StepResult]) -> None:
        """Prove that a move is refused for a reason and that nothing has moved."""
        run = engine.resume(self.definition, self.state, self.scope)
        with pytest.raises(engine.EngineError, match=match):
            action(run)
        assert run.state() == self.state

    def returnable(self, element: str, place: int = 0) -> list[str]:
        """The steps that a step can go back to."""
        run = engine.resume(self.definition, self.state, self.scope)
        return list(run.returnable(self.id(element, place)))
