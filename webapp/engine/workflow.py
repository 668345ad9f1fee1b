# mypy: allow-subclassing-any
# ruff: noqa: SLF001 - these classes are the library's own kind and work through its inner methods
"""The library's workflows, without its limits on depth and with cancelling that reaches everywhere."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from webapp.engine.resting import rouse

if TYPE_CHECKING:
    from collections.abc import Iterator

OPEN = TaskState.READY | TaskState.WAITING | TaskState.STARTED

# Below this level the library writes the data of every task into its log records.
for _name in ("spiff", "spiff.task", "spiff.workflow", "spiff.data"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class _Scanning:
    """What both kinds of workflow do in another way than the library."""

    tasks: dict[Any, Any]
    spec: Any
    completed: bool
    success: bool
    last_task: Any
    completed_event: Any

    def get_tasks_iterator(self, first_task: Any = None, **kwargs: Any) -> Any:
        """Iterate without the library's depth of 1 000, past which it sees no task."""
        return super().get_tasks_iterator(first_task, **{"max_depth": sys.maxsize, **kwargs})  # type: ignore[misc]

    def update_waiting_tasks(self) -> None:
        """Look again at what waits; a join may be complete now."""
        for task in [task for task in self.tasks.values() if task.has_state(TaskState.WAITING)]:
            if task.has_state(TaskState.WAITING):
                task.task_spec._update(task)

    def _task_completed_notify(self, task: Any) -> None:
        self.last_task = task
        if task.task_spec is self.spec.finish:
            self.completed = True
        if self.completed:
            self.completed_event(self)
        else:
            self.update_waiting_tasks()

    def terminate(self, my_task: Any) -> None:
        """End this process or subprocess here; whatever else is open in it is cancelled."""
        self.retire_all(but=my_task)
        self.completed = True

    def retire_all(self, but: Any = None) -> None:
        """Cancel every unfinished task."""
        for task in list(self.tasks.values()):
            if task is not but and task.id in self.tasks and not task.has_state(TaskState.FINISHED_MASK):
                retire(task)


class SubWorkflow(_Scanning, BpmnSubWorkflow):
    """What runs inside a subprocess or call."""


class Workflow(_Scanning, BpmnWorkflow):
    """A running procedure.

    Attributes:
        roused: Tasks that were made of what rested, since somebody last emptied the list.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.roused: list[Any] = []
        super().__init__(*args, **kwargs)

    def create_subprocess(self, my_task: Any, spec_name: str) -> SubWorkflow:
        """Begin what a subprocess or call holds."""
        inner = SubWorkflow(self.subprocess_specs[spec_name], my_task.id, self)
        self.subprocesses[my_task.id] = inner
        return inner

    def active(self) -> Iterator[Any]:
        """Yield the workflows that still run, the innermost first."""
        inner = [workflow for workflow in self.subprocesses.values() if not workflow.completed]
        yield from sorted(inner, key=lambda workflow: -int(workflow.depth))
        if not self.completed:
            yield self

    def abandon(self) -> None:
        """End everything here and now."""
        self.retire_all()
        self.completed, self.success = True, False


def retire(task: Any) -> None:
    """Cancel a task and everything that it has begun: items, and processes inside."""
    rouse(task)
    for child in task.children:
        if not child.has_state(TaskState.FINISHED_MASK):
            retire(child)
    top = task.workflow.top_workflow
    inner = top.subprocesses.pop(task.id, None)
    if inner is not None:
        inner.retire_all()
        inner.completed = True
    if not task.has_state(TaskState.FINISHED_MASK):
        task.cancel()
