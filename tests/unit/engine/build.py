# ruff: noqa: A001, A002 - `id` is the word of BPMN
"""Small BPMN documents for tests, without diagrams."""

from __future__ import annotations

from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
    ' id="definitions" targetNamespace="urn:test">'
)


def properties(**values: str) -> str:
    """Extension elements with these properties."""
    if not values:
        return ""
    inner = "".join(
        f"<spiffworkflow:property name={quoteattr(k)} value={quoteattr(v)}/>" for k, v in values.items()
    )
    return f"<bpmn:extensionElements><spiffworkflow:properties>{inner}</spiffworkflow:properties></bpmn:extensionElements>"


def timer(expression: str, tag: str = "timeDuration") -> str:
    """A timer definition."""
    return (
        f'<bpmn:timerEventDefinition><bpmn:{tag} xsi:type="bpmn:tFormalExpression">{escape(expression)}'
        f"</bpmn:{tag}></bpmn:timerEventDefinition>"
    )


def items(
    collection: str = "",
    cardinality: str = "",
    *,
    item: str = "",
    output: str = "",
    output_item: str = "",
    until: str = "",
    sequential: bool = False,
) -> str:
    """Multi-instance characteristics."""
    inner = (
        f'<bpmn:loopCardinality xsi:type="bpmn:tFormalExpression">{escape(cardinality)}</bpmn:loopCardinality>'
        if cardinality
        else ""
    )
    inner += f"<bpmn:loopDataInputRef>{collection}</bpmn:loopDataInputRef>" if collection else ""
    inner += f"<bpmn:loopDataOutputRef>{output}</bpmn:loopDataOutputRef>" if output else ""
    inner += f'<bpmn:inputDataItem id="{item}" name="{item}"/>' if item else ""
    inner += f'<bpmn:outputDataItem id="{output_item}" name="{output_item}"/>' if output_item else ""
    if until:
        inner += f'<bpmn:completionCondition xsi:type="bpmn:tFormalExpression">{escape(until)}</bpmn:completionCondition>'
    kind = "true" if sequential else "false"
    return f'<bpmn:multiInstanceLoopCharacteristics isSequential="{kind}">{inner}</bpmn:multiInstanceLoopCharacteristics>'


class Nodes:
    """Flow nodes and flows of a process or subprocess."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.count = 0
        self.prefix = "f"

    def node(self, tag: str, id: str, inner: str = "", **attributes: str) -> str:
        """Any element."""
        shown = "".join(f" {key.rstrip('_')}={quoteattr(value)}" for key, value in attributes.items())
        self.parts.append(f'<bpmn:{tag} id="{id}"{shown}>{inner}</bpmn:{tag}>')
        return id

    def start(self, id: str = "start") -> str:
        return self.node("startEvent", id)

    def end(self, id: str = "end", *, terminate: bool = False) -> str:
        return self.node("endEvent", id, "<bpmn:terminateEventDefinition/>" if terminate else "")

    def user(self, id: str, inner: str = "", **values: str) -> str:
        return self.node("userTask", id, properties(**values) + inner, name=id)

    def service(self, id: str, operator: str, result: str = "", **parameters: str) -> str:
        inner = "".join(
            f'<spiffworkflow:parameter id={quoteattr(k)} type="any" value={quoteattr(v)}/>'
            for k, v in parameters.items()
        )
        variable = f" resultVariable={quoteattr(result)}" if result else ""
        return self.node(
            "serviceTask",
            id,
            f'<bpmn:extensionElements><spiffworkflow:serviceTaskOperator id="{operator}"{variable}>'
            f"<spiffworkflow:parameters>{inner}</spiffworkflow:parameters>"
            "</spiffworkflow:serviceTaskOperator></bpmn:extensionElements>",
            name=id,
        )

    def rule(self, id: str, decision: str, result: str = "") -> str:
        return self.node("businessRuleTask", id, properties(decision=decision, result=result), name=id)

    def gateway(self, id: str, kind: str = "exclusive", default: str = "") -> str:
        return self.node(f"{kind}Gateway", id, **({"default": default} if default else {}))

    def boundary(self, id: str, on: str, expression: str, *, interrupting: bool = True) -> str:
        return self.node(
            "boundaryEvent",
            id,
            timer(expression),
            attachedToRef=on,
            cancelActivity="true" if interrupting else "false",
        )

    def flow(self, source: str, target: str, condition: str = "", id: str = "") -> str:
        self.count += 1
        id = id or f"{self.prefix}{self.count}"
        inner = (
            f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(condition)}</bpmn:conditionExpression>'
            if condition
            else ""
        )
        self.parts.append(
            f'<bpmn:sequenceFlow id="{id}" sourceRef="{source}" targetRef="{target}">{inner}</bpmn:sequenceFlow>'
        )
        return id

    def chain(self, *ids: str) -> None:
        for source, target in pairwise(ids):
            self.flow(source, target)

    def sub(self, id: str, inner: Nodes, extra: str = "") -> str:
        return self.node("subProcess", id, extra + "".join(inner.parts), name=id)

    def call(self, id: str, process: str) -> str:
        return self.node("callActivity", id, calledElement=process, name=id)


class Process(Nodes):
    """A process document."""

    def __init__(self, id: str = "p", **values: str) -> None:
        super().__init__()
        self.id = id
        self.values = values
        self.lanes: list[tuple[str, dict[str, str], tuple[str, ...]]] = []
        self.globals = ""

    def lane(self, name: str, *ids: str, **values: str) -> None:
        self.lanes.append((name, values, ids))

    def message(self, id: str, name: str) -> None:
        self.globals += f'<bpmn:message id="{id}" name="{name}"/>'

    def xml(self) -> bytes:
        lanes = "".join(
            f'<bpmn:lane id="lane{place}" name={quoteattr(name)}>{properties(**values)}'
            + "".join(f"<bpmn:flowNodeRef>{id}</bpmn:flowNodeRef>" for id in ids)
            + "</bpmn:lane>"
            for place, (name, values, ids) in enumerate(self.lanes)
        )
        laid = f'<bpmn:laneSet id="lanes">{lanes}</bpmn:laneSet>' if lanes else ""
        return (
            f'{_HEAD}{self.globals}<bpmn:process id="{self.id}" name="{self.id}" isExecutable="true">'
            f"{properties(**self.values)}{laid}{''.join(self.parts)}</bpmn:process></bpmn:definitions>"
        ).encode()
