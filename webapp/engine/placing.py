# ruff: noqa: SLF001 - the library has no way to take a token up and put it down elsewhere
"""Tokens taken up and put down again in the tree of tasks, with their data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from webapp.engine.chart import entry
from webapp.engine.events import BoundaryEvent, Watch
from webapp.engine.gateways import ORDER, VIA, EndJoin, Join, tokens, united
from webapp.engine.resting import INDEX
from webapp.engine.workflow import retire

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from webapp.engine.chart import Arrival, Chart, Place


def bearers(workflow: Any) -> Iterator[Any]:
    """Yield the tasks that hold a token on this level; a step that runs per item holds one for all items."""
    for task in tokens(workflow):
        if not isinstance(task.task_spec, BoundaryEvent) and INDEX not in task.internal_data:
            yield task


def bearer(task: Any) -> Any:
    """Return the task that holds the token of a task: for one occurrence of several, the step itself."""
    return task.parent if INDEX in task.internal_data else task


def occurrences(task: Any) -> list[Any]:
    """Return the open occurrences of a step that runs per item; none of any other step."""
    return [
        child
        for child in task.children
        if INDEX in child.internal_data and not child.has_state(TaskState.FINISHED_MASK)
    ]


def caller(workflow: Any) -> Any:
    """Return the task whose inner process this is, or None at the top."""
    parent_id = workflow.parent_task_id
    return None if parent_id is None else workflow.top_workflow.get_task_from_id(parent_id)


def held(task: Any) -> Any:
    """Return the process that runs inside a task, or None."""
    return task.workflow.top_workflow.subprocesses.get(task.id)


def resting(task: Any) -> Iterator[Any]:
    """Yield the tasks where a token really waits: inside a call, and for each item."""
    inner = held(task)
    within = list(bearers(inner)) if inner is not None else occurrences(task)
    if not within:
        yield task
    for each in within:
        yield from resting(each)


def everywhere(top: Any) -> Iterator[Any]:
    """Yield the tasks where the tokens of a procedure wait, those inside calls and items too."""
    if not top.completed:
        for task in bearers(top):
            yield from resting(task)


def element(task: Any) -> str:
    """Return the id of the element where a token waits; one that has ended stands at its end event."""
    return str(task.internal_data[VIA] if is_over(task) else task.task_spec.bpmn_id)


def arrived(task: Any) -> bool:
    """Tell whether a token waits at a join."""
    return isinstance(task.task_spec, Join) and VIA in task.internal_data


def place(task: Any, chart: Chart) -> Place:
    """Return where a token stands; at a join that depends on the way it came by."""
    if arrived(task):
        return chart.way(task.internal_data[VIA], task.task_spec.name)
    return chart.places.get(task.task_spec.name, {})


def is_over(task: Any) -> bool:
    """Tell whether a token has come to an end and only waits for others to do so."""
    return isinstance(task.task_spec, EndJoin)


def content(task: Any, last: Any) -> Mapping[str, Any]:
    """Return the data that a token holds now, also what tokens inside it have changed; `last` counts last."""
    inner = held(task)
    if inner is None or task is last:
        return dict(task.data)
    return gathered(bearers(inner), last)


def gathered(tasks: Iterable[Any], last: Any) -> dict[str, Any]:
    """Unite what several tokens hold: arrivals in their order, and what contains `last` at the end."""
    around = set(_enclosing(last))
    ordered = sorted(tasks, key=lambda task: (task.id in around, task.internal_data.get(ORDER, 0)))
    return united(ordered, [content(task, last) for task in ordered])


def _enclosing(task: Any) -> Iterator[Any]:
    """Yield the ids of the tasks that a task lies in, itself first."""
    while task is not None:
        yield task.id
        yield bearer(task).id
        task = caller(task.workflow)


def behind(task: Any) -> Any:
    """Return the finished task that a token came from, past what watches it."""
    before = task.parent
    return before.parent if isinstance(before.task_spec, Watch) else before


def withdraw(task: Any) -> None:
    """Take a token away, with everything inside it and the events that watch it."""
    before = task.parent
    retire(task)
    if isinstance(before.task_spec, Watch):
        retire(before)


def enter(before: Any, spec: Any, data: Mapping[str, Any]) -> Any:
    """Bring a token into a step from a finished task, and return the task of the step itself."""
    first = entry(spec)
    task = before._add_child(first, TaskState.FUTURE)
    task.triggered = True
    first.enter(task, data)
    if first is spec:
        return task
    task.run()
    return next(child for child in task.children if child.task_spec is spec)


def fork(before: Any, data: Mapping[str, Any], arrivals: Iterable[Arrival]) -> Any:
    """Put tokens down at joins, and return the finished task where one more token may set out beside them.

    All of them start from the same data, so that the join takes over just what the one token changes.
    """
    waiting = sorted(arrivals)
    if not waiting:
        return before
    specs = before.workflow.spec.task_specs
    parting = before._add_child(before.workflow.spec.start, TaskState.COMPLETED)
    parting.data = dict(data)
    for join, via in waiting:
        arrive(parting, specs[join], via, data)
    return parting


def arrive(before: Any, join: Any, via: str, data: Mapping[str, Any]) -> Any:
    """Put a token down at a join without looking whether the join is complete now."""
    others = [
        task.internal_data[ORDER]
        for task in before.workflow.tasks.values()
        if task.task_spec is join and ORDER in task.internal_data
    ]
    task = before._add_child(join, TaskState.WAITING)
    task.triggered = True
    task.data = dict(data)
    task.internal_data.update({VIA: via, ORDER: 1 + max(others, default=0)})
    return task


def emptied(workflow: Any, data: Mapping[str, Any]) -> Any:
    """Take away the first token of a process that was just entered, and return the task it set out from."""
    root = workflow.task_tree
    root._drop_children(force=True)
    root._set_state(TaskState.COMPLETED)
    root.data = dict(data)
    return root
