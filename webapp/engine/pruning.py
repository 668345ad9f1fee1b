# ruff: noqa: SLF001 - the library has no public way to take a finished task out of its tree
"""Finished history dropped after each move, so that a state is as large as what is open.

The rest of the system keeps the history; the engine needs only what is open, the points where open
branches part (their data are the base of a merge), and whatever holds open children together.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.util.task import TaskState

from webapp.engine.events import Watch
from webapp.engine.resting import parents_first


def prune(top: Any) -> None:
    """Drop finished tasks and ended inner processes from a workflow."""
    held = {task_id for workflow in (top, *top.subprocesses.values()) for task_id in workflow.tasks}
    for task_id in [key for key in top.subprocesses if key not in held]:
        del top.subprocesses[task_id]
    _prune(top)
    for task_id in list(top.subprocesses):
        inner = top.subprocesses[task_id]
        if inner.completed:
            del top.subprocesses[task_id]
        else:
            _prune(inner)


def _prune(workflow: Any) -> None:
    order = parents_first(workflow)
    for task in reversed(order):
        if task is not workflow.task_tree and task.has_state(TaskState.FINISHED_MASK):
            _splice(workflow, task)
    workflow.tasks = {task.id: task for task in parents_first(workflow)}


def _splice(workflow: Any, task: Any) -> None:
    """Take a finished task out if it is a dead end, or only one link of a chain.

    The root stands for all that is finished: what everything open comes from lends it its data.
    """
    parent = workflow.tasks[task._parent]
    if len(task._children) > 1 or _watches(task) or (task._children and _watches(parent)):
        return
    if parent is workflow.task_tree and len(parent._children) == 1:
        parent.data = task.data
    place = parent._children.index(task.id)
    parent._children[place : place + 1] = task._children
    for child in task._children:
        workflow.tasks[child]._parent = parent.id
    del workflow.tasks[task.id]


def _watches(task: Any) -> bool:
    """Tell whether a task holds an open step and its boundary events together."""
    return isinstance(task.task_spec, Watch) and any(
        not child.has_state(TaskState.FINISHED_MASK) for child in task.children
    )
