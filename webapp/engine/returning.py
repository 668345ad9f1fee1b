# ruff: noqa: SLF001 - the library has no way to move a token back and keep its data
"""退回: a token goes back to an earlier step and keeps its data, where that is safe.

Safe means that no other token is left astray: the way back does not cross a parallel or inclusive
gateway, or nothing else is under way and every path to the present step led through the target.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from webapp.engine.errors import EngineError
from webapp.engine.evaluation import title
from webapp.engine.events import BoundaryEvent, CatchEvent, Watch
from webapp.engine.gateways import InclusiveGateway, ParallelGateway, tokens
from webapp.engine.items import INDEX, ItemTask
from webapp.engine.nodes import HumanTask, ServiceTask, Subprocess
from webapp.engine.workflow import retire

if TYPE_CHECKING:
    from collections.abc import Iterable

_TARGETS = (HumanTask, ServiceTask, Subprocess, ItemTask)


def check(task: Any, target_id: str) -> None:
    """Make sure that the token may go back to a step.

    Raises:
        EngineError: if not; the message says why.
    """
    target = task.workflow.spec.task_specs.get(target_id)
    if not isinstance(target, _TARGETS):
        raise EngineError(f"不能退回到“{target_id}”：它不是同一层流程中的办理步骤。")
    if INDEX in task.internal_data:
        raise EngineError(f"“{title(task)}”正在逐项办理，其中一项不能单独退回。")
    if not (_within_branch(task, target) or _alone_after(task, target)):
        raise EngineError(
            f"不能从“{title(task)}”退回到“{target.bpmn_name or target_id}”：中间隔着并行的分支。"
        )


def move(task: Any, target_id: str) -> None:
    """Close the task and bring its token, with its data, to the target."""
    data, workflow = dict(task.data), task.workflow
    behind = task.parent
    retire(task)
    if isinstance(behind.task_spec, Watch):
        retire(behind)
        behind = behind.parent
    specs = workflow.spec.task_specs
    entry = _entry(specs[target_id])
    again = behind._add_child(entry, TaskState.FUTURE)
    again.triggered = True
    entry.enter(again, data)


def _entry(spec: Any) -> Any:
    """Return where a token enters a step: the watch, where boundary events are attached."""
    return next((before for before in spec.inputs if isinstance(before, Watch)), spec)


def _within_branch(task: Any, target: Any) -> bool:
    """Tell whether some way from the target to the task crosses no gateway that splits or joins."""
    crossed = _reached([_entry(target)], without=_parallel(task.workflow.spec.task_specs.values()))
    return task.task_spec.name in crossed


def _parallel(specs: Iterable[Any]) -> set[str]:
    """Return the names of steps that make or unite tokens, or belong to a second token."""
    return {
        spec.name
        for spec in specs
        if isinstance(spec, ParallelGateway | InclusiveGateway)
        or (isinstance(spec, BoundaryEvent) and not spec.interrupting)
    }


def _alone_after(task: Any, target: Any) -> bool:
    """Tell whether nothing else is under way and every way to the task leads through the target."""
    others = [
        other
        for other in tokens(task.workflow)
        if other is not task and not (isinstance(other.task_spec, CatchEvent) and other.parent is task.parent)
    ]
    spec = task.workflow.spec
    return not others and task.task_spec.name not in _reached([spec.start], without={target.name})


def _reached(begin: list[Any], without: set[str]) -> set[str]:
    seen: set[str] = set()
    queue = list(begin)
    while queue:
        spec = queue.pop()
        if spec.name not in seen and spec.name not in without:
            seen.add(spec.name)
            queue.extend(spec.outputs)
    return seen
