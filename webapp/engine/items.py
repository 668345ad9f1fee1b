# mypy: allow-subclassing-any
# ruff: noqa: SLF001 - these classes are the library's own kind and work through its inner methods
"""Steps that run once per item (multi-instance).

For work that differs by item only: who signs one and the same step is a matter of rows, not of items.
Each occurrence has its own data: what leaves it is the output item, collected in the order of the
items. The library's classes cannot be entered a second time after a return; these start afresh.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from webapp.engine.errors import EngineError, InvalidValue
from webapp.engine.evaluation import MAX_ITEMS, evaluator, title
from webapp.engine.nodes import Node
from webapp.engine.resting import BASE, INDEX, identity, rouse
from webapp.engine.values import checked_value
from webapp.engine.workflow import retire

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ITEMS = "items"
RESULTS = "results"


class ItemTask(Node):
    """Holds the occurrences of a step that runs once per item.

    Attributes:
        task_spec: name of the spec of one occurrence.
        condition: FEEL text that ends the step early when true; it sees `nrOfInstances`,
            `nrOfCompletedInstances`, `nrOfActiveInstances` and `results`, the output items so far.
    """

    sequential = False

    def __init__(
        self,
        wf_spec: Any,
        bpmn_id: str,
        *,
        task_spec: str,
        cardinality: str | None = None,
        data_input: Any = None,
        data_output: Any = None,
        input_item: Any = None,
        output_item: Any = None,
        condition: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.task_spec = task_spec
        self.cardinality = cardinality
        self.collection = _name(data_input)
        self.output = _name(data_output)
        self.input_item = _name(input_item)
        self.output_item = _name(output_item)
        self.condition = condition

    def _update_hook(self, my_task: Any) -> bool:
        if my_task.has_state(TaskState.STARTED):
            return False
        items = self._items(my_task)
        my_task.internal_data[ITEMS] = items
        my_task.internal_data[BASE] = uuid4().hex
        my_task.internal_data[RESULTS] = {}
        if not items:
            self._collect(my_task)
            return True
        my_task._set_state(TaskState.STARTED)
        for index in range(1 if self.sequential else len(items)):
            self.begin(my_task, index)
        return False

    def _items(self, my_task: Any) -> Sequence[Any]:
        if self.cardinality is not None:
            return range(1, self._count(my_task) + 1)
        value = evaluator(my_task).evaluate(my_task, self.collection or "null")
        if not isinstance(value, list):
            raise EngineError(f"步骤“{title(my_task)}”要逐项办理的“{self.collection}”不是列表。")
        try:
            checked_value(self.collection or "", value, lists=True)
        except InvalidValue as error:
            raise EngineError(f"步骤“{title(my_task)}”不能逐项办理：{error.message}") from error
        return value

    def _count(self, my_task: Any) -> int:
        value = evaluator(my_task).evaluate(my_task, self.cardinality or "")
        whole = isinstance(value, Decimal) and value == value.to_integral_value()
        if not whole or not 0 <= value <= MAX_ITEMS:
            raise EngineError(
                f"步骤“{title(my_task)}”的办理次数“{self.cardinality}”应为 0 到 {MAX_ITEMS} 的整数。"
            )
        return int(value)

    def begin(self, my_task: Any, index: int) -> Any:
        """Open one occurrence and return its task."""
        spec = my_task.workflow.spec.task_specs[self.task_spec]
        child = Task(my_task.workflow, spec, my_task, TaskState.FUTURE, identity(my_task, index))
        child.thread_id = my_task.thread_id
        child.triggered = True
        child.internal_data[INDEX] = index
        spec.enter(child, self.item_data(my_task, index))
        return child

    def item_data(self, my_task: Any, index: int) -> dict[str, Any]:
        """Return what an occurrence begins with."""
        data = dict(my_task.data)
        if self.input_item:
            data[self.input_item] = my_task.internal_data[ITEMS][index]
        if self.output_item:
            data.pop(self.output_item, None)
        return data

    def child_completed(self, my_task: Any, child: Any) -> None:
        """Keep what an occurrence gives, and go on with the next one or leave the step."""
        if INDEX not in child.internal_data or not my_task.has_state(TaskState.STARTED):
            return
        results = my_task.internal_data[RESULTS]
        results[str(child.internal_data[INDEX])] = (
            child.data.get(self.output_item) if self.output_item else None
        )
        total = len(my_task.internal_data[ITEMS])
        if len(results) == total or self._satisfied(my_task):
            self._leave(my_task)
        elif self.sequential:
            self.begin(my_task, len(results))

    def _satisfied(self, my_task: Any) -> bool:
        if self.condition is None:
            return False
        total, done = len(my_task.internal_data[ITEMS]), len(my_task.internal_data[RESULTS])
        counts: Mapping[str, Any] = {
            "nrOfInstances": total,
            "nrOfCompletedInstances": done,
            "nrOfActiveInstances": (1 if done < total else 0) if self.sequential else total - done,
            "results": self._gathered(my_task),
        }
        return evaluator(my_task).holds(my_task, self.condition, counts)

    def _leave(self, my_task: Any) -> None:
        rouse(my_task)
        for child in my_task.children:
            if not child.has_state(TaskState.FINISHED_MASK) and INDEX in child.internal_data:
                retire(child)
        self._collect(my_task)
        my_task._set_state(TaskState.READY)

    def _collect(self, my_task: Any) -> None:
        if self.output:
            my_task.data[self.output] = self._gathered(my_task)
        my_task.internal_data.clear()

    def _gathered(self, my_task: Any) -> list[Any]:
        results = my_task.internal_data[RESULTS]
        return [results[key] for key in sorted(results, key=int)]


def _name(reference: Any) -> str | None:
    """Return the name that the author gave; ids must differ in a file, names need not."""
    return (reference.bpmn_name or reference.bpmn_id) if reference is not None else None


class SequentialItemTask(ItemTask):
    """One item after the other."""

    sequential = True
