# mypy: allow-subclassing-any
"""FEEL as the one language of a running procedure: everything that is evaluated passes here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NoReturn

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine

from webapp import feel
from webapp.engine.errors import ConditionError, EngineError
from webapp.engine.values import RESERVED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from webapp.engine.definition import Definition
    from webapp.engine.results import Decided

MAX_ITEMS: Final = 1_000
"""How many items one step may run for."""


class Evaluator(PythonScriptEngine):
    """What the library takes for its script engine. It answers in FEEL and never runs a script.

    Attributes:
        definition: the process that runs; decision files are found here.
        scope: read-only names of every expression: `case`, `market`, `facts`, `settings`.
        decided: decisions taken since the caller last emptied the list.
        answers: what they said, by step, as the scope will tell it as `case.decisions` from the next move on.
    """

    def __init__(self, definition: Definition, scope: Mapping[str, Any]) -> None:
        super().__init__(environment=_NoScripts())
        self.definition = definition
        self.scope = scope
        self.decided: list[Decided] = []
        self.answers: dict[str, Any] = {}
        self._unset: dict[str, Any] = dict.fromkeys(definition.keys)
        self._absent: dict[str, Any] = dict.fromkeys(RESERVED)

    def context(self, task: Any, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return every name that an expression of this task may use.

        A token key that some step declares is null until it is set; the scope cannot be shadowed.
        """
        return {**self._unset, **task.data, **(more or {}), **self._absent, **self._seen()}

    def _seen(self) -> Mapping[str, Any]:
        """Return the scope with what was decided in this very move."""
        case = self.scope.get("case")
        if not self.answers or not isinstance(case, dict):
            return self.scope
        decisions = {**(case.get("decisions") or {}), **self.answers}
        return {**self.scope, "case": {**case, "decisions": decisions}}

    def evaluate(self, task: Any, expression: str, external_context: Mapping[str, Any] | None = None) -> Any:
        """Evaluate FEEL text for a task.

        Raises:
            EngineError: if it cannot be evaluated; the message names the step.
        """
        try:
            return feel.evaluate(expression, self.context(task, external_context))
        except feel.FeelError as error:
            raise EngineError(f"步骤“{title(task)}”的表达式“{expression}”无法计算：{error}") from error

    def holds(self, task: Any, expression: str, more: Mapping[str, Any] | None = None) -> bool:
        """Evaluate a condition.

        Raises:
            ConditionError: unless it is exactly true or exactly false.
        """
        try:
            value = self.evaluate(task, expression, more)
        except EngineError as error:
            raise ConditionError(error.message) from error
        if isinstance(value, bool):
            return value
        shown = "空值" if value is None else f"“{value}”"
        raise ConditionError(f"步骤“{title(task)}”的条件“{expression}”得到{shown}，而条件只能是真或假。")

    def execute(self, task: Any, script: str, external_context: Mapping[str, Any] | None = None) -> NoReturn:
        """Refuse: no script is ever run."""
        del script, external_context
        raise EngineError(f"步骤“{title(task)}”含有脚本，本系统不执行任何脚本。")

    def call_service(self, task: Any, **kwargs: Any) -> NoReturn:
        """Refuse: service tasks are effects or pure operators, and never come here."""
        del kwargs
        raise EngineError(f"步骤“{title(task)}”不能直接调用外部服务。")


class _NoScripts:
    """The environment of the script engine. Nothing may reach it past the evaluator."""

    def evaluate(self, *_: Any, **__: Any) -> NoReturn:
        raise EngineError("表达式只能由流程引擎计算。")

    execute = call_service = evaluate


def title(task: Any) -> str:
    """Name the step of a task for people."""
    spec = task.task_spec
    return str(getattr(spec, "bpmn_name", None) or getattr(spec, "bpmn_id", None) or spec.name)


def evaluator(task: Any) -> Evaluator:
    """Return the evaluator of the run that a task belongs to."""
    engine: Evaluator = task.workflow.script_engine
    return engine
