# ruff: noqa: SLF001 - tasks are put into the library's tree where they would stand had they been read
"""Occurrences of a step that runs per item and that nobody has touched: one bit each, and no task.

A thousand items that wait at once would be a thousand tasks to read and write at each move, though a
move concerns one of them. So a state keeps of the others only which they are; an occurrence becomes a
task again when somebody asks for it, or for all. Its id follows from its place among the items.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from SpiffWorkflow.util.task import TaskState

from webapp.engine.nodes import HumanTask
from webapp.engine.values import same

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

INDEX: Final = "index"
BASE: Final = "base"
"""Note of a step that runs per item: the id that those of its occurrences are counted from."""
RESTING: Final = "resting"
"""Note of a step that runs per item: the occurrences that are not tasks now, a bit for each place."""


def identity(holder: Any, index: int) -> UUID | None:
    """Return the id of an occurrence; none for a step that was begun when ids were drawn by lot."""
    base = holder.internal_data.get(BASE)
    return None if base is None else UUID(int=(UUID(hex=base).int + index) % (1 << 128))


def is_any(top: Any) -> bool:
    """Tell whether anything rests in a running procedure."""
    return any(True for _ in _holders(top))


def rouse(holder: Any) -> None:
    """Make tasks of all that rests in a step."""
    mask = holder.internal_data.pop(RESTING, 0)
    if not mask:
        return
    for index in _places(mask):
        _wake(holder, index)
    holder._children.sort(key=lambda key: _place(holder.workflow.tasks[key]))


def rouse_all(top: Any) -> bool:
    """Make tasks of all that rests anywhere; tell whether anything did."""
    holders = list(_holders(top))
    for holder in holders:
        rouse(holder)
    for workflow in {holder.workflow for holder in holders}:
        workflow.tasks = {task.id: task for task in parents_first(workflow)}
    return bool(holders)


def rouse_one(top: Any, task_id: str) -> Any:
    """Make a task of the one occurrence with that id; return it, or None if none of that id rests."""
    try:
        wanted = UUID(task_id).int
    except ValueError:
        return None
    for holder in _holders(top):
        index = wanted - UUID(hex=holder.internal_data[BASE]).int
        mask = holder.internal_data[RESTING]
        if 0 <= index < mask.bit_length() and (mask >> index) & 1:
            _keep(holder, mask & ~(1 << index))
            return _wake(holder, index)
    return None


def untouched(holder: Any) -> dict[Any, int]:
    """Return the occurrences of a step that need no task, by id, with their places among the items."""
    if BASE not in holder.internal_data:
        return {}
    return {child.id: child.internal_data[INDEX] for child in holder.children if _is_untouched(holder, child)}


def noted(holder: Any, places: Iterable[int]) -> int:
    """Return the bits of what rests in a step together with more that may rest now."""
    mask: int = holder.internal_data.get(RESTING, 0)
    for index in places:
        mask |= 1 << index
    return mask


def parents_first(workflow: Any) -> list[Any]:
    """Return the tasks of a process, parents before their children, in the order of the tree."""
    order: list[Any] = []
    stack = [workflow.task_tree]
    while stack:
        task = stack.pop()
        order.append(task)
        stack.extend(workflow.tasks[child] for child in reversed(task._children))
    return order


def _is_untouched(holder: Any, child: Any) -> bool:
    index = child.internal_data.get(INDEX)
    return (
        isinstance(child.task_spec, HumanTask)
        and child.has_state(TaskState.READY)
        and index is not None
        and len(child.internal_data) == 1
        and not child._children
        and child.id == identity(holder, index)
        and _is_same(child.data, holder.task_spec.item_data(holder, index))
    )


def _is_same(data: dict[str, Any], other: dict[str, Any]) -> bool:
    return data.keys() == other.keys() and all(same(value, other[key]) for key, value in data.items())


def _holders(top: Any) -> Iterator[Any]:
    for workflow in (top, *top.subprocesses.values()):
        for task in workflow.tasks.values():
            if task.internal_data.get(RESTING):
                yield task


def _keep(holder: Any, mask: int) -> None:
    if mask:
        holder.internal_data[RESTING] = mask
    else:
        del holder.internal_data[RESTING]


def _wake(holder: Any, index: int) -> Any:
    child = holder.task_spec.begin(holder, index)
    holder.workflow.top_workflow.roused.append(child)
    return child


def _places(mask: int) -> Iterator[int]:
    return (index for index in range(mask.bit_length()) if (mask >> index) & 1)


def _place(task: Any) -> int:
    return int(task.internal_data.get(INDEX, -1))
