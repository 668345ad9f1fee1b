"""What waits in a running procedure, told in the engine's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from webapp.engine.events import VALUE, BoundaryEvent, CatchEvent, Message, Timer, Watch
from webapp.engine.items import ITEMS
from webapp.engine.nodes import HumanTask, ServiceTask
from webapp.engine.resting import INDEX
from webapp.engine.results import ClosedTask, Effect, OpenMessage, OpenTask, OpenTimer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from webapp.engine.definition import Definition, Step


def points(top: Any) -> Iterator[Any]:
    """Yield every task that waits for something from outside."""
    for workflow in top.active():
        for task in workflow.tasks.values():
            if is_human(task) or is_effect(task) or is_timer(task) or is_message(task):
                yield task


def is_human(task: Any) -> bool:
    """Tell whether a task waits for a person."""
    return isinstance(task.task_spec, HumanTask) and task.has_state(TaskState.READY)


def is_effect(task: Any) -> bool:
    """Tell whether a task waits for an effect's result."""
    spec = task.task_spec
    return isinstance(spec, ServiceTask) and task.has_state(TaskState.READY) and not spec.automatic()


def is_work(task: Any) -> bool:
    """Tell whether a task waits for a person or for an effect's result."""
    return is_human(task) or is_effect(task)


def is_timer(task: Any) -> bool:
    """Tell whether a task is an armed timer."""
    return _awaits(task, Timer)


def is_message(task: Any) -> bool:
    """Tell whether a task waits for a message."""
    return _awaits(task, Message)


def _awaits(task: Any, kind: type) -> bool:
    spec = task.task_spec
    return (
        isinstance(spec, CatchEvent) and isinstance(spec.awaited, kind) and task.has_state(TaskState.WAITING)
    )


def tasks(among: Iterable[Any], definition: Definition) -> tuple[OpenTask, ...]:
    """Describe the human steps among the tasks."""
    return tuple(_open_task(task, definition) for task in among if is_human(task))


def _open_task(task: Any, definition: Definition) -> OpenTask:
    step = definition.step(task.task_spec.bpmn_id)
    lane, agency = _place(task, step, definition)
    index = task.internal_data.get(INDEX)
    return OpenTask(
        task_id=str(task.id),
        element_id=step.id,
        name=step.name or step.id,
        lane=lane,
        agency=agency,
        properties=step.properties,
        item=None if index is None else task.parent.internal_data[ITEMS][index],
        number=None if index is None else index + 1,
    )


def _place(task: Any, step: Step, definition: Definition) -> tuple[str, str]:
    """Return lane and agency; where a called process has no lanes, those of the call."""
    workflow = task.workflow
    while not step.lane and workflow.parent_task_id is not None:
        caller = workflow.top_workflow.get_task_from_id(workflow.parent_task_id)
        step, workflow = definition.step(caller.task_spec.bpmn_id), caller.workflow
    return step.lane, step.agency


def closed(task_id: str, task: Any) -> ClosedTask:
    """Describe a task that waited and does not any more."""
    done = task.has_state(TaskState.COMPLETED)
    return ClosedTask(task_id, task.task_spec.bpmn_id, "completed" if done else "cancelled")


def effects(among: Iterable[Any], definition: Definition) -> tuple[Effect, ...]:
    """Describe the effects among the tasks, parameters evaluated."""
    return tuple(
        Effect(
            task_id=str(task.id),
            element_id=task.task_spec.bpmn_id,
            operator=task.task_spec.operator,
            parameters=task.task_spec.evaluated(task),
            result_variable=task.task_spec.result_variable,
            properties=definition.step(task.task_spec.bpmn_id).properties,
        )
        for task in among
        if is_effect(task)
    )


def timers(among: Iterable[Any], definition: Definition) -> tuple[OpenTimer, ...]:
    """Describe the armed timers among the tasks."""
    return tuple(
        OpenTimer(
            task_id=str(task.id),
            element_id=task.task_spec.bpmn_id,
            kind=task.task_spec.awaited.kind,
            value=task.internal_data[VALUE],
            attached_to=definition.step(task.task_spec.bpmn_id).attached_to,
            interrupting=_interrupts(task),
            properties=definition.step(task.task_spec.bpmn_id).properties,
        )
        for task in among
        if is_timer(task)
    )


def messages(among: Iterable[Any], definition: Definition) -> tuple[OpenMessage, ...]:
    """Describe the awaited messages among the tasks."""
    return tuple(
        OpenMessage(
            task_id=str(task.id),
            element_id=task.task_spec.bpmn_id,
            name=task.task_spec.awaited.name,
            attached_to=definition.step(task.task_spec.bpmn_id).attached_to,
            interrupting=_interrupts(task),
            properties=definition.step(task.task_spec.bpmn_id).properties,
        )
        for task in among
        if is_message(task)
    )


def _interrupts(task: Any) -> bool:
    return isinstance(task.task_spec, BoundaryEvent) and task.task_spec.interrupting


def passed(task: Any, definition: Definition) -> Iterator[str]:
    """Yield the ids of the element that a task has passed and of the flows that it took."""
    element = task.task_spec.bpmn_id
    if element is None or INDEX in task.internal_data:
        return
    yield element
    for child in task.children:
        flow = definition.passages.get((element, _element(child)))
        if flow is not None and not child.has_state(TaskState.PREDICTED_MASK):
            yield flow


def _element(task: Any) -> str:
    """Return the id of the element that a task stands for; for one that is watched, the step itself."""
    spec = task.task_spec
    if isinstance(spec, Watch):
        return str(spec.outputs[0].bpmn_id)
    return str(spec.bpmn_id)
