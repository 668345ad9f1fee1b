"""A process as pages, checks and the engine see it: steps, lanes and flows."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from webapp.engine import source as xml
from webapp.engine.chart import Chart, holders
from webapp.engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Step:
    """A flow node: a task, gateway, event, subprocess or call.

    Attributes:
        kind: BPMN element name, such as `userTask`.
        lane: name of the lane it lies in; empty when in none.
        agency: the lane's agency key; empty when the lane names none.
        process: id of the process it belongs to (called processes have their own).
        parent: id of the subprocess around it; empty at the top of its process.
        attached_to: id of the step that a boundary event watches, else empty.
    """

    id: str
    name: str
    kind: str
    lane: str = ""
    agency: str = ""
    properties: Mapping[str, str] = field(default_factory=dict, hash=False)
    documentation: str = ""
    process: str = ""
    parent: str = ""
    attached_to: str = ""

    @property
    def results(self) -> tuple[str, ...]:
        """Token keys that the step sets."""
        return tuple(xml.split_list(self.properties.get("result", "")))


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane of the diagram."""

    id: str
    name: str
    properties: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow. `condition` is FEEL text, empty when there is none."""

    id: str
    name: str
    source: str
    target: str
    condition: str = ""
    is_default: bool = False


@dataclass(frozen=True, eq=False)
class Definition:
    """A process that may run, with all that it calls. Immutable, and safe to share between threads.

    Attributes:
        id: id of the process.
        content_hash: SHA-256 over the process, the processes it calls and the decisions it asks,
            hexadecimal; the same content has the same hash wherever its files lie.
        properties: the process's own properties (title, starters, ...).
        steps: flow nodes in document order, those of called processes after them.
        keys: token keys that its steps say they set; in expressions they are null until set.
        decisions: decision files by name.
        specs: the library's compiled processes by id, for the engine alone.
    """

    id: str
    name: str
    content_hash: str
    properties: Mapping[str, str]
    documentation: str
    steps: tuple[Step, ...]
    lanes: tuple[Lane, ...]
    flows: tuple[Flow, ...]
    keys: frozenset[str]
    decisions: Mapping[str, bytes] = field(repr=False)
    specs: Mapping[str, Any] = field(repr=False)

    @cached_property
    def _by_id(self) -> dict[str, Step]:
        return {step.id: step for step in self.steps}

    @cached_property
    def passages(self) -> Mapping[tuple[str, str], str]:
        """Flow ids by the steps that they join."""
        return {(flow.source, flow.target): flow.id for flow in reversed(self.flows)}

    @cached_property
    def charts(self) -> Mapping[str, Chart]:
        """What the drawing of each compiled process says, by its id."""
        return {identity: Chart(spec) for identity, spec in self.specs.items()}

    @cached_property
    def holders(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """For each compiled process, the calls and subprocesses in it that hold an element, by element id."""
        return holders(self.specs)

    def find(self, element_id: str) -> Step | None:
        """Return a step, or none if the process has no such step."""
        return self._by_id.get(element_id)

    def step(self, element_id: str) -> Step:
        """Return a step.

        Raises:
            EngineError: if the process has no such step.
        """
        found = self.find(element_id)
        if found is None:
            raise EngineError(f"流程“{self.name}”中没有步骤“{element_id}”。")
        return found


@dataclass(frozen=True, slots=True)
class Outline:
    """The steps, lanes and flows of one process element."""

    steps: tuple[Step, ...]
    lanes: tuple[Lane, ...]
    flows: tuple[Flow, ...]
    keys: frozenset[str]


def outline(process: xml.Element) -> Outline:
    """Read the steps, lanes, flows and token keys of a process element."""
    lanes = tuple(_lanes(process))
    places = _places(process)
    steps = tuple(_step(element, process, places) for element in xml.flow_nodes(process))
    return Outline(steps, lanes, tuple(_flows(process)), frozenset(declared_keys(process)))


def declared_keys(process: xml.Element) -> Iterator[str]:
    """Yield the token keys that a process says it sets, or (`data`) is given at its start.

    Steps name theirs in the property `result`, service tasks in `resultVariable`, steps that run per
    item in their output collection.
    """
    yield from xml.split_list(xml.properties(process).get("data", ""))
    for element in xml.flow_nodes(process):
        yield from xml.split_list(xml.properties(element).get("result", ""))
        operator = xml.operator(element)
        if operator is not None and operator.get("resultVariable"):
            yield operator.get("resultVariable")
        for output in element.iterfind(
            f"{xml.bpmn('multiInstanceLoopCharacteristics')}/{xml.bpmn('loopDataOutputRef')}"
        ):
            yield xml.text(output)


def _lanes(process: xml.Element) -> Iterator[Lane]:
    for element in process.iter(xml.bpmn("lane")):
        yield Lane(element.get("id", ""), element.get("name", ""), xml.properties(element))


def _places(process: xml.Element) -> dict[str, xml.Element]:
    """Map element ids to their innermost lane: an inner lane comes later in the document."""
    return {
        xml.text(reference): lane
        for lane in process.iter(xml.bpmn("lane"))
        for reference in lane.iterchildren(xml.bpmn("flowNodeRef"))
    }


def _step(element: xml.Element, process: xml.Element, places: Mapping[str, xml.Element]) -> Step:
    lane = _lane_of(element, process, places)
    around = element.getparent()
    return Step(
        id=element.get("id", ""),
        name=element.get("name", ""),
        kind=xml.local(element),
        lane=lane.get("name", "") if lane is not None else "",
        agency=xml.properties(lane).get("agency", "") if lane is not None else "",
        properties=xml.properties(element),
        documentation=xml.text(xml.child(element, "documentation")),
        process=process.get("id", ""),
        parent="" if around is process else around.get("id", ""),
        attached_to=element.get("attachedToRef", ""),
    )


def _lane_of(
    element: xml.Element, process: xml.Element, places: Mapping[str, xml.Element]
) -> xml.Element | None:
    """Find the lane of an element; what lies in a subprocess is in the subprocess's lane."""
    while element is not None and element is not process:
        lane = places.get(element.get("id", ""))
        if lane is not None:
            return lane
        element = element.getparent()
    return None


def _flows(process: xml.Element) -> Iterator[Flow]:
    defaults = {element.get("default") for element in xml.flow_nodes(process)}
    for element in process.iter(xml.bpmn("sequenceFlow")):
        identity = element.get("id", "")
        yield Flow(
            id=identity,
            name=element.get("name", ""),
            source=element.get("sourceRef", ""),
            target=element.get("targetRef", ""),
            condition=xml.text(xml.child(element, "conditionExpression")),
            is_default=identity in defaults,
        )
