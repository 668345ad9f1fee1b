"""Evaluate a decision with all that it requires, and tell how the answer came about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webapp.dmn.boxes import BoxedFunction
from webapp.dmn.boxes import run as run_boxed
from webapp.dmn.errors import DecisionError
from webapp.dmn.frame import Frame, blaming
from webapp.dmn.model import (
    Decision,
    DecisionTable,
    Definitions,
    Expression,
    InputData,
    Knowledge,
    LiteralExpression,
)
from webapp.dmn.reading import read
from webapp.dmn.tables import TableRun, run_table
from webapp.dmn.trace import DecisionTrace, Result, Trace
from webapp.dmn.typing import Types
from webapp.feel import Budget, FeelError, Limits, Root, Value, from_python, is_plain, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

LIMITS: Final = Limits(steps=2_000_000, seconds=3.0)
"""What one decision with all its requirements may use."""
_MAX_REQUIREMENTS: Final = 40
_KINDS: Final = {"DecisionTable": "table", "LiteralExpression": "literal"}


def evaluate(
    source: bytes | str, decision: str, inputs: Mapping[str, object], *, limits: Limits = LIMITS
) -> Result:
    """Evaluate a decision.

    Args:
        source: the DMN model.
        decision: id or name.
        inputs: values by the names of the input data; more names are visible to expressions as well. An
            input that is missing is null.
        limits: what the evaluation may use in all.

    Raises:
        DmnSyntaxError: when the source is no DMN model.
        DecisionError: when the decision does not exist or gives no answer; the message names the place.
        FeelLimitExceeded: when a limit is reached.
    """
    model = read(source)
    session = _Session(model, inputs, Budget(limits))
    value = session.decide(model.decision(decision))
    return Result(value, Trace(tuple(session.traces)), model.content_hash)


class _Session:
    """One evaluation: what has been worked out so far."""

    def __init__(self, model: Definitions, inputs: Mapping[str, object], budget: Budget) -> None:
        self.traces: list[DecisionTrace] = []
        self._model = model
        self._types = Types(model.types)
        self._budget = budget
        self._inputs = dict(inputs)
        self._values: dict[str, Value] = {}
        self._open: list[str] = []
        parts = {part for item in model.types.values() for part in item.components}
        self._part_names = frozenset(part for part in parts if not is_plain(part))

    def decide(self, decision: Decision) -> Value:
        """Give the value of a decision, working it out the first time.

        Raises:
            DecisionError: when it gives no answer.
        """
        if decision.id in self._values:
            return self._values[decision.id]
        frame = self._frame(decision.id, decision.name, decision.requires)
        if decision.expression is None:
            raise DecisionError(f"决策“{decision.name}”没有逻辑", element=decision.id)
        try:
            run = self._run(decision.expression, decision.name, frame)
        except DecisionError as error:
            raise DecisionError(f"决策“{decision.name}”：{error.reason}", element=error.element) from error
        value = self._types.coerced(run.value, decision.type, self._budget)
        problem = self._types.misfit(value, decision.type, self._budget)
        if problem is not None:
            raise DecisionError(f"决策“{decision.name}”的结果{problem}", element=decision.id)
        self._values[decision.id] = value
        self._record(decision, value, run)
        return value

    def _run(self, logic: Expression, name: str, frame: Frame) -> TableRun:
        if isinstance(logic, DecisionTable):
            return run_table(logic, frame)
        value = run_boxed(logic, frame, name)
        if not isinstance(logic, LiteralExpression):
            return TableRun(value, (), ())
        with blaming(logic.id, "所依据的数据"):
            return TableRun(value, self._looked_at(logic.text, frame), ())

    def _looked_at(self, text: str, frame: Frame) -> tuple[tuple[str, str, Value], ...]:
        seen = []
        for reference in parse(text or "null", frame.names).references:
            if reference.partition(".")[0] not in frame.root.given:
                continue
            value = parse(reference, frame.names).evaluate(frame.root, limits=self._budget)
            seen.append((reference, reference, value))
        return tuple(seen)

    def _record(self, decision: Decision, value: Value, run: TableRun) -> None:
        table = decision.table
        policy = None
        if table is not None:
            policy = f"{table.hit_policy} {table.aggregation}" if table.aggregation else table.hit_policy
        kind = type(decision.expression).__name__
        self.traces.append(
            DecisionTrace(
                id=decision.id,
                name=decision.name,
                kind=_KINDS.get(kind, kind.removesuffix("Expression").lower()),
                hit_policy=policy,
                inputs=run.inputs,
                rules=run.rules,
                output=value,
            )
        )

    def _frame(self, key: str, name: str, requires: tuple[str, ...]) -> Frame:
        """Gather what an element may see: its requirements, and every value that the caller gave."""
        if key in self._open or len(self._open) > _MAX_REQUIREMENTS:
            raise DecisionError(f"“{name}”的依赖成环或层数过多", element=key)
        self._open.append(key)
        values: dict[str, Value] = {}
        for target in requires:
            element = self._model.elements.get(target)
            if element is None:
                raise DecisionError(f"“{name}”依赖的“{target}”不存在", element=key)
            values[element.variable] = self._required(element)
        self._open.pop()
        root = Root({**self._inputs, **values})
        root.known.update(values)
        root.named_types = self._types.named
        return Frame(root, frozenset(root.given) | self._part_names, self._types, self._budget)

    def _required(self, element: InputData | Decision | Knowledge) -> Value:
        if isinstance(element, Decision):
            return self.decide(element)
        if isinstance(element, InputData):
            return self._input(element)
        if element.function is None:
            raise DecisionError(f"业务知识“{element.name}”没有逻辑", element=element.id)
        frame = self._frame(element.id, element.name, element.requires)
        return BoxedFunction(element.variable, element.function, frame, element.type)

    def _input(self, element: InputData) -> Value:
        with blaming(element.id, f"输入“{element.name}”"):
            value = from_python(self._inputs.get(element.variable), self._budget)
            value = self._types.coerced(value, element.type, self._budget)
            problem = self._types.misfit(value, element.type, self._budget)
            if problem is not None:
                raise FeelError(problem)
        return value
