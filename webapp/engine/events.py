# mypy: allow-subclassing-any
# ruff: noqa: SLF001 - these classes are the library's own kind and work through its inner methods
"""Events: where a token starts, waits for a timer or message, or ends.

A timer does not watch the clock. It is armed once, its value is handed to the caller, whose row says
when it is due, and it goes off when the caller fires it. Messages are delivered the same way.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from SpiffWorkflow.util.task import TaskState

from webapp.engine.errors import EngineError
from webapp.engine.evaluation import evaluator, title
from webapp.engine.nodes import Node
from webapp.engine.workflow import retire
from webapp.feel import YearMonthDuration

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

VALUE = "value"
FIRED = "fired"


class Timer:
    """What a timer event waits for: a length of time from now, or a date.

    Attributes:
        expression: FEEL text that gives a duration, or a date or date and time.
    """

    def __init__(self, kind: Literal["duration", "date"], expression: str) -> None:
        self.kind: Literal["duration", "date"] = kind
        self.expression = expression

    def arm(self, my_task: Any) -> None:
        """Work out the timer's value, once.

        Raises:
            EngineError: if the expression gives anything but a duration (or a date).
        """
        value = evaluator(my_task).evaluate(my_task, self.expression)
        fits = (timedelta, YearMonthDuration) if self.kind == "duration" else (datetime, date)
        if not isinstance(value, fits):
            wanted = "时长" if self.kind == "duration" else "日期"
            raise EngineError(f"定时“{title(my_task)}”的表达式“{self.expression}”没有得到{wanted}。")
        my_task.internal_data[VALUE] = value


class Message:
    """What a message event waits for.

    Attributes:
        name: the message's name.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def arm(self, my_task: Any) -> None:
        """Nothing to work out: the caller knows what the message is."""


class CatchEvent(Node):
    """An intermediate catch event or receive task: waits until it is fired."""

    def __init__(self, wf_spec: Any, bpmn_id: str, *, awaited: Timer | Message, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.awaited = awaited

    def _update_hook(self, my_task: Any) -> bool:
        if my_task.internal_data.get(FIRED):
            return True
        if not my_task.has_state(TaskState.WAITING):
            self.awaited.arm(my_task)
            my_task._set_state(TaskState.WAITING)
        return False

    def fire(self, my_task: Any, result: Mapping[str, Any]) -> None:
        """Let the event happen; what a message brings goes into the token."""
        my_task.data.update(result)
        my_task.internal_data[FIRED] = True
        self.admit(my_task)


class BoundaryEvent(CatchEvent):
    """A timer or message that watches a step while the step is open."""

    def __init__(self, wf_spec: Any, bpmn_id: str, *, interrupting: bool, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.interrupting = interrupting

    def _run_hook(self, my_task: Any) -> bool:
        if self.interrupting:
            _dismiss(sibling for sibling in my_task.parent.children if sibling is not my_task)
        return True


class Watch(Node):
    """Stands before a step that has boundary events, and opens the step and its events together."""

    def child_completed(self, my_task: Any, child: Any) -> None:
        """Dismiss the events once the step itself is done."""
        if not isinstance(child.task_spec, BoundaryEvent):
            _dismiss(sibling for sibling in my_task.children if isinstance(sibling.task_spec, BoundaryEvent))


def _dismiss(tasks: Iterable[Any]) -> None:
    """Cancel those that still wait; what an event has already led to goes on."""
    for task in tasks:
        if not task.has_state(TaskState.FINISHED_MASK):
            retire(task)


class EndEvent(Node):
    """An end event. A terminating one ends its whole process or subprocess."""

    def __init__(self, wf_spec: Any, bpmn_id: str, *, terminating: bool, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.terminating = terminating

    def _on_complete_hook(self, my_task: Any) -> None:
        super()._on_complete_hook(my_task)
        if self.terminating:
            my_task.workflow.terminate(my_task)
