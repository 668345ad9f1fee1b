# mypy: allow-subclassing-any
"""Steps that ask a decision of a DMN file."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from webapp import dmn, feel
from webapp.engine.errors import EngineError, InvalidValue
from webapp.engine.evaluation import evaluator, title
from webapp.engine.nodes import Node
from webapp.engine.results import Decided
from webapp.engine.values import checked_value

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    _Read = Callable[[str, Collection[str]], feel.Expression]


class DecisionTask(Node):
    """A businessRuleTask: its decision's value goes into the token under the key that it names."""

    def __init__(self, wf_spec: Any, bpmn_id: str, *, decision: str, result: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.file, _, self.decision = decision.partition("#")
        self.result = result

    def _run_hook(self, my_task: Any) -> bool:
        engine = evaluator(my_task)
        tables = engine.definition.decisions
        source, context = tables[self.file], engine.context(my_task)
        imports = {name: tables[name] for name in dmn.needed(source, tables)}
        try:
            result = dmn.evaluate(source, self.decision, context, imports=imports)
        except (dmn.DmnError, feel.FeelError) as error:
            raise EngineError(f"步骤“{title(my_task)}”的决策无法得出结果：{error}") from error
        self._keep(my_task, result.outputs)
        engine.answers[self.bpmn_id] = _as_kept(result.outputs)
        engine.decided.append(
            Decided(
                task_id=str(my_task.id),
                element_id=self.bpmn_id,
                decision_id=self.decision,
                name=title(my_task),
                source_hash=result.source_hash,
                result=result,
                inputs=_looked_at((source, *imports.values()), result.trace, context),
            )
        )
        return True

    def _keep(self, my_task: Any, value: Any) -> None:
        if not self.result:
            return
        try:
            my_task.data[self.result] = checked_value(self.result, value, lists=True)
        except InvalidValue as error:
            raise EngineError(f"步骤“{title(my_task)}”的决策结果不能放入流程数据：{error.message}") from error


def _as_kept(value: Any) -> Any:
    """Return an answer as history keeps it and `case.decisions` tells it: numbers and dates as text."""
    if isinstance(value, Mapping):
        return {key: _as_kept(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_as_kept(entry) for entry in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


def _looked_at(sources: Iterable[bytes], trace: dmn.Trace, context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts that the answer rests on, by path, and no others: they are kept for good."""
    models = [dmn.read(source) for source in sources]
    names = frozenset(context) | {element.name for model in models for element in model.elements.values()}
    decisions = {decision.id: decision for model in reversed(models) for decision in model.decisions}
    facts: dict[str, Any] = {}
    for decided in trace.decisions:
        for read, text in _texts(decisions[decided.id], decided):
            for path in _paths(read, text, names):
                # The value of another decision has its own place in the trace; here it has none.
                with suppress(feel.FeelError):
                    facts[path] = feel.evaluate(path, context)
    return facts


def _paths(read: _Read, text: str, names: Collection[str]) -> tuple[str, ...]:
    """Return what a text refers to; where it cannot be read without its table's types, nothing."""
    try:
        return read(text, names).references
    except feel.FeelError:
        return ()


def _texts(decision: dmn.Decision, decided: dmn.DecisionTrace) -> Iterator[tuple[_Read, str]]:
    """Yield a decision's expressions and cells, each with what parses it."""
    for _, expression, _ in decided.inputs:
        yield feel.parse, expression
    for rule in decision.table.rules if decision.table else ():
        yield from ((feel.parse_unary, test) for test in rule.tests)
        yield from ((feel.parse, output) for output in rule.outputs)
