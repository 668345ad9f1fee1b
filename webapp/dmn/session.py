"""Work out decisions with all that they require."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, TypeAlias

from webapp.dmn.boxes import fitted, function_of, run
from webapp.dmn.errors import DecisionError
from webapp.dmn.frame import Frame, Problems, blaming
from webapp.dmn.functions import SERVICE_LEVELS, ModelFunction
from webapp.dmn.linking import Found, Linked, input_value
from webapp.dmn.logic import DecisionTable, LiteralExpression
from webapp.dmn.model import Decision, InputData, Knowledge, Service
from webapp.dmn.tables import TableRun, run_table
from webapp.dmn.trace import DecisionTrace
from webapp.feel import Budget, Root, Value, from_python, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from webapp.dmn.logic import Expression

_MAX_REQUIREMENTS: Final = 40
_KINDS: Final = {"DecisionTable": "table", "LiteralExpression": "literal"}
_Key: TypeAlias = tuple[str, str]
"""Namespace and id of an element."""


class Session:
    """One evaluation: what has been worked out so far.

    Attributes:
        traces: the decisions that were worked out, in order.
        problems: what becomes of errors.
    """

    def __init__(
        self,
        inputs: Mapping[str, object],
        budget: Budget,
        problems: Problems,
        given: Mapping[_Key, Value] | None = None,
    ) -> None:
        self.traces: list[DecisionTrace] = []
        self.problems = problems
        self._budget = budget
        self._inputs = dict(inputs)
        self._values: dict[_Key, Value] = dict(given or {})
        self._waiting: list[_Key] = []

    def decide(self, linked: Linked, decision: Decision) -> Value:
        """Give the value of a decision, working it out the first time.

        Raises:
            DecisionError: when it gives no answer.
        """
        key = (linked.model.namespace, decision.id)
        if key not in self._values:
            if key in self._waiting or len(self._waiting) > _MAX_REQUIREMENTS:
                raise DecisionError(f"“{decision.name}”的依赖成环或层数过多", element=decision.id)
            self._waiting.append(key)
            try:
                self._values[key] = self.problems.attempt(lambda: self._decided(linked, decision))
            finally:
                self._waiting.pop()
        return self._values[key]

    def _decided(self, linked: Linked, decision: Decision) -> Value:
        frame = self._frame(linked, decision)
        if decision.expression is None:
            raise DecisionError(f"决策“{decision.name}”没有逻辑", element=decision.id)
        try:
            ran = self._run(decision.expression, decision.name, frame)
        except DecisionError as error:
            raise DecisionError(f"决策“{decision.name}”：{error.reason}", element=error.element) from error
        value = fitted(ran.value, decision.type, frame, f"决策“{decision.name}”的结果", decision.id)
        self.traces.append(_trace(decision, value, ran))
        return value

    def _run(self, logic: Expression, name: str, frame: Frame) -> TableRun:
        if isinstance(logic, DecisionTable):
            ran = run_table(logic, frame)
            value = fitted(ran.value, logic.type, frame, "决策表的结果", logic.id)
            return TableRun(value, ran.inputs, ran.rules)
        value = run(logic, frame, name)
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

    def _frame(self, linked: Linked, element: Decision | Knowledge) -> Frame:
        """Gather what an element may see: its requirements, and every value that the caller gave."""
        values: dict[str, Value] = {}
        imported: dict[str, dict[str, Value]] = {}
        for key in element.requires:
            found = linked.find(key)
            if found is None:
                raise DecisionError(f"“{element.name}”依赖的“{key}”不存在", element=element.id)
            place = imported.setdefault(found.prefix, {}) if found.prefix else values
            place[found.element.variable] = self.value(found)
        values.update(imported)
        root = Root({**self._inputs, **values})
        root.known.update(values)
        root.named_types = linked.types.named
        names = frozenset(root.given) | linked.odd_names
        self._budget.tick(1 + len(names) // 16)
        return Frame(root, names, linked.types, self._budget, self.problems)

    def value(self, found: Found) -> Value:
        """Give the value of an element: a decision's result, an input, or a function.

        Raises:
            DecisionError: when there is none.
        """
        linked, element = found.linked, found.element
        if isinstance(element, Decision):
            return self.decide(linked, element)
        key = (linked.model.namespace, element.id)
        if key not in self._values:
            if isinstance(element, InputData):
                self._values[key] = self._taken(found)
            elif isinstance(element, Service):
                self._values[key] = self._service(linked, element)
            else:
                self._values[key] = self._knowledge(linked, element)
        return self._values[key]

    def _taken(self, found: Found) -> Value:
        """Take the value of an input, or of a decision that the caller decides, from the caller."""
        linked, element = found.linked, found.element

        def work() -> Value:
            with blaming(element.id, f"输入“{element.name}”"):
                value = from_python(input_value(element, linked.model.namespace, self._inputs), self._budget)
                return linked.types.checked(value, element.type, self._budget)

        return self.problems.attempt(work)

    def _knowledge(self, linked: Linked, element: Knowledge) -> Value:
        """Make the function of a business knowledge model; what it sees is gathered when it is first called.

        So knowledge may call itself, within the depth that a budget allows.
        """
        if element.function is None:
            raise DecisionError(f"业务知识“{element.name}”没有逻辑", element=element.id)
        frame = cache(lambda: self._frame(linked, element))
        result = linked.types.result_of(element.type)
        return function_of(element.variable, element.function, frame, linked.types, result)

    def _service(self, linked: Linked, service: Service) -> ModelFunction:
        """Make the function of a decision service; it knows nothing of what is decided outside of it."""
        outputs = _decisions(linked, service)
        parameters = _parameters(linked, service)

        def body(values: Mapping[str, Value], budget: Budget) -> Value:
            given = {_key(found): values[found.element.variable] for found in parameters}
            inner = Session({**self._inputs, **values}, budget, self.problems, given)
            return inner.decide_all(outputs)

        return ModelFunction(
            tuple((found.element.variable, _type_name(found)) for found in parameters),
            linked.types.result_of(service.type),
            linked.types,
            body,
            levels=SERVICE_LEVELS,
        )

    def serve(self, linked: Linked, service: Service) -> Value:
        """Give the result of a decision service whose parameters are the inputs of this evaluation.

        Raises:
            DecisionError: when a parameter is not of its type, or a decision gives no answer.
        """
        for found in _parameters(linked, service):
            self._values[_key(found)] = self._taken(found)
        value = self.decide_all(_decisions(linked, service))
        wanted = linked.types.result_of(service.type)

        def work() -> Value:
            with blaming(service.id, f"决策服务“{service.name}”的结果"):
                return linked.types.checked(value, wanted, self._budget)

        return self.problems.attempt(work)

    def decide_all(self, decisions: tuple[tuple[Linked, Decision], ...]) -> Value:
        """Give the value of one decision, or those of several as a context."""
        values = {decision.variable: self.decide(linked, decision) for linked, decision in decisions}
        return next(iter(values.values())) if len(values) == 1 else values


def _parts(linked: Linked, service: Service, keys: tuple[str, ...]) -> tuple[Found, ...]:
    parts = []
    for key in keys:
        found = linked.find(key)
        if found is None:
            raise DecisionError(f"决策服务“{service.name}”中的“{key}”不存在", element=service.id)
        parts.append(found)
    return tuple(parts)


def _decisions(linked: Linked, service: Service) -> tuple[tuple[Linked, Decision], ...]:
    parts = _parts(linked, service, service.outputs)
    decisions = tuple((part.linked, part.element) for part in parts if isinstance(part.element, Decision))
    if not decisions:
        raise DecisionError(f"决策服务“{service.name}”没有输出的决策", element=service.id)
    return decisions


def _parameters(linked: Linked, service: Service) -> tuple[Found, ...]:
    parts = _parts(linked, service, service.parameters)
    return tuple(part for part in parts if isinstance(part.element, InputData | Decision))


def _key(found: Found) -> _Key:
    return found.linked.model.namespace, found.element.id


def _type_name(found: Found) -> str | None:
    """Name the type of an element as the model that reached it does."""
    name = found.element.type
    if not found.prefix or name is None or found.linked.types.find(name) is None:
        return name
    return f"{found.prefix}.{name}"


def _trace(decision: Decision, value: Value, ran: TableRun) -> DecisionTrace:
    table = decision.table
    policy = None
    if table is not None:
        policy = f"{table.hit_policy} {table.aggregation}" if table.aggregation else table.hit_policy
    kind = type(decision.expression).__name__
    return DecisionTrace(
        id=decision.id,
        name=decision.name,
        kind=_KINDS.get(kind, kind.removesuffix("Expression").lower()),
        hit_policy=policy,
        inputs=ran.inputs,
        rules=ran.rules,
        output=value,
    )
