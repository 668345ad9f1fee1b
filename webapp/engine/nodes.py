# mypy: allow-subclassing-any
# ruff: noqa: SLF001 - these classes are the library's own kind and work through its inner methods
"""The library's task specs, with our rules for how a token enters, waits and leaves.

The library lays out every possible future when a token enters a step; branches multiply that future
at each join. Here a step lays out its direct exits only, when a token enters it. It also copies the
parent's data each time a waiting step is looked at; here a step takes its data once, on entering.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.mixins import SubWorkflowTaskMixin
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.util.task import TaskState

from webapp.engine import operators
from webapp.engine.errors import EngineError
from webapp.engine.evaluation import evaluator, title
from webapp.engine.values import checked

if TYPE_CHECKING:
    from collections.abc import Mapping

UNENTERED = TaskState.FUTURE | TaskState.PREDICTED_MASK


class Node(BpmnSpecMixin):
    """Base of every step. A token that enters passes through at once."""

    def _predict(self, my_task: Any, seen: Any = None, looked_ahead: int = 0, mask: int = UNENTERED) -> None:
        del seen, looked_ahead
        if my_task.has_state(mask):
            self._predict_hook(my_task)

    def _update(self, my_task: Any) -> None:
        if my_task.has_state(UNENTERED):
            self.enter(my_task, self.inherited(my_task))
        else:
            self.admit(my_task)

    def enter(self, my_task: Any, data: Mapping[str, Any]) -> None:
        """Bring a token with these data into the step."""
        my_task._set_state(TaskState.FUTURE)
        my_task.data = dict(data)
        self._predict_hook(my_task)
        self.admit(my_task)

    def admit(self, my_task: Any) -> None:
        """Let the token run if the step need not wait."""
        if self._update_hook(my_task):
            my_task._ready()

    def inherited(self, my_task: Any) -> Mapping[str, Any]:
        """Return the data that a token brings along."""
        data: Mapping[str, Any] = my_task.parent.data
        return data

    def automatic(self) -> bool:
        """Tell whether the step runs by itself once its token is ready."""
        return True

    def _update_hook(self, my_task: Any) -> bool:
        del my_task
        return True

    def _on_complete_hook(self, my_task: Any) -> None:
        around = my_task.parent
        if around is not None:
            around.task_spec.child_completed(around, my_task)

    def child_completed(self, my_task: Any, child: Any) -> None:
        """Hear that a task right below this one has completed."""

    def test(self) -> None:
        """Connections are proven once, by the lint, and not again at each step."""


class Start(Node):
    """Where the token of a process or subprocess begins."""


class Finish(Node):
    """Where the last token of a process or subprocess ends."""


class HumanTask(Node):
    """A userTask: waits until a person's result is handed over."""

    def automatic(self) -> bool:
        """Never: it waits for a person."""
        return False


class ServiceTask(Node):
    """A serviceTask: an effect that the caller performs, unless its operator is registered as pure."""

    def __init__(
        self,
        wf_spec: Any,
        bpmn_id: str,
        *,
        operator: str,
        parameters: Mapping[str, str],
        result_variable: str | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.operator = operator
        self.parameters = parameters
        self.result_variable = result_variable

    def automatic(self) -> bool:
        """Only a pure operator runs inside the step; an effect makes the token wait."""
        return operators.is_pure(self.operator)

    def evaluated(self, my_task: Any) -> dict[str, Any]:
        """Evaluate the parameters for this occurrence."""
        engine = evaluator(my_task)
        return {name: engine.evaluate(my_task, text) for name, text in self.parameters.items()}

    def _run_hook(self, my_task: Any) -> bool:
        if self.automatic():
            value = self._computed(my_task)
            if self.result_variable:
                my_task.data.update(checked({self.result_variable: value}))
        return True

    def _computed(self, my_task: Any) -> Any:
        try:
            return operators.pure(self.operator)(**self.evaluated(my_task))
        except (TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise EngineError(
                f"步骤“{title(my_task)}”的操作“{self.operator}”无法得出结果：{error}"
            ) from error


class Subprocess(SubWorkflowTaskMixin, Node):
    """An embedded subprocess: a token of its own inside, with the same data."""

    def _update_hook(self, my_task: Any) -> bool:
        top = my_task.workflow.top_workflow
        inner = top.subprocesses.get(my_task.id)
        if inner is not None:
            return bool(inner.completed)
        inner = top.create_subprocess(my_task, self.spec)
        self.follow(my_task, inner)
        inner.task_tree.data = dict(my_task.data)
        my_task._set_state(TaskState.STARTED)
        return False

    def follow(self, my_task: Any, inner: Any) -> None:
        """Hear of the end of the process inside."""
        inner.completed_event.connect(self._on_subworkflow_completed, my_task)

    def update_data(self, my_task: Any, subworkflow: Any) -> None:
        """Take over the data that the last token inside ended with."""
        my_task.data = dict(subworkflow.last_task.data)

    def _on_cancel(self, my_task: Any) -> None:
        """Nothing: what is inside is cancelled first, by `workflow.retire`."""
