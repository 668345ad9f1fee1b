# mypy: allow-subclassing-any
"""From BPMN elements to the engine's own specs. What is not in the table cannot be parsed at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.task_parsers import SubprocessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.specs import WorkflowSpec
from SpiffWorkflow.spiff.parser.process import VALIDATOR

from webapp.engine import decisions, events, gateways, items, nodes
from webapp.engine import source as xml
from webapp.engine.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_START, _JOIN, _FINISH = "*start", "*join", "*finish"
"""Names of the specs that no element stands for; no XML id can be one of them."""


class ProcessSpec(BpmnProcessSpec):
    """A compiled process, framed by our own start and end."""

    def __init__(self, name: str, description: str, filename: str | None) -> None:
        WorkflowSpec.__init__(self, name=name, filename=filename)
        self.start = nodes.Start(self, _START)
        self.end = gateways.EndJoin(self, _JOIN)
        self.finish = nodes.Finish(self, _FINISH)
        self.end.add_exit(self.finish, "", is_default=False)
        self.description = description
        self.svg = self.io_specification = None
        self.data_objects: dict[str, Any] = {}
        self.data_stores: dict[str, Any] = {}
        self.correlation_keys: dict[str, Any] = {}
        self.bpmn_start_events: list[Any] = []
        for frame in (self.start, self.end, self.finish):
            frame.bpmn_id = None


class _ProcessReader(ProcessParser):
    def create_spec(self) -> ProcessSpec:
        return ProcessSpec(self.bpmn_id, self.get_name(), self.filename)

    def get_position(self, node_id: str) -> dict[str, float]:
        """Give every shape one place: the order of exits is the document's, not the drawing's."""
        del node_id
        return {"x": 0.0, "y": 0.0}


class _Reader(TaskParser):
    """Reads an activity."""

    PARALLEL_MI_CLASS = items.ItemTask
    SEQUENTIAL_MI_CLASS = items.SequentialItemTask

    def create_task(self) -> Any:
        return self.spec_class(self.spec, self.bpmn_id, **self.bpmn_attributes, **self.arguments())

    def arguments(self) -> dict[str, Any]:
        """Return what the spec of this element needs beyond its name."""
        return {}

    def _add_boundary_event(self, children: Iterable[Any]) -> Any:
        watch = events.Watch(self.spec, f"{self.bpmn_id}.BoundaryEventSplit")
        watch.bpmn_id = None
        watch.connect(self.task)
        for event in children:
            watch.connect(self.process_parser.parse_node(event))
        return watch


class _ServiceReader(_Reader):
    def arguments(self) -> dict[str, Any]:
        operator = xml.operator(self.node)
        if operator is None:
            raise ValidationException("服务任务没有指定操作")
        return {
            "operator": operator.get("id", ""),
            "parameters": xml.parameters(operator),
            "result_variable": operator.get("resultVariable") or None,
        }


class _DecisionReader(_Reader):
    def arguments(self) -> dict[str, Any]:
        found = xml.properties(self.node)
        return {"decision": found.get("decision", ""), "result": found.get("result", "")}


class _SubprocessReader(_Reader):
    def arguments(self) -> dict[str, Any]:
        return {"subworkflow_spec": SubprocessParser.get_subprocess_spec(self)}


class _CallReader(_Reader):
    def arguments(self) -> dict[str, Any]:
        return {"subworkflow_spec": self.node.get("calledElement")}


class _GatewayReader(_Reader):
    def handles_multiple_outgoing(self) -> bool:
        return True

    def connect_outgoing(self, outgoing_task: Any, sequence_flow_node: Any, is_default: bool) -> None:  # noqa: FBT001 - the library's signature
        condition = xml.text(xml.child(sequence_flow_node, "conditionExpression"))
        self.task.add_exit(outgoing_task, condition, is_default=is_default)


class _StartReader(_Reader):
    def create_task(self) -> Any:
        task = super().create_task()
        self.spec.start.connect(task)
        return task


class _EndReader(_Reader):
    def arguments(self) -> dict[str, Any]:
        return {"terminating": xml.child(self.node, "terminateEventDefinition") is not None}

    def create_task(self) -> Any:
        task = super().create_task()
        task.connect(self.spec.end)
        return task


class _CatchReader(_Reader):
    def arguments(self) -> dict[str, Any]:
        return {"awaited": self.awaited()}

    def awaited(self) -> events.Timer | events.Message:
        """Read what the event waits for."""
        timer = xml.child(self.node, "timerEventDefinition")
        if timer is None:
            definition = xml.child(self.node, "messageEventDefinition")
            return events.Message(self._message(self.node if definition is None else definition))
        for tag, kind in _TIMERS.items():
            expression = xml.child(timer, tag)
            if expression is not None:
                return events.Timer(kind, xml.text(expression))
        raise ValidationException("定时事件没有写时长或日期")

    def _message(self, holder: Any) -> str:
        reference = holder.get("messageRef")
        name = self.process_parser.parser.messages.get(reference)
        if not name:
            raise ValidationException("没有指定等待的消息")
        return str(name)


_TIMERS: Mapping[str, Literal["duration", "date"]] = {"timeDuration": "duration", "timeDate": "date"}


class _BoundaryReader(_CatchReader):
    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "interrupting": self.node.get("cancelActivity", "true") != "false"}


class _FileReader(BpmnParser):
    """The library's parser with our table of elements and nothing else."""

    PROCESS_PARSER_CLASS = _ProcessReader
    PARSER_CLASSES: ClassVar[dict[str, tuple[type, type]]] = {
        xml.bpmn(name): classes
        for name, classes in {
            "userTask": (_Reader, nodes.HumanTask),
            "serviceTask": (_ServiceReader, nodes.ServiceTask),
            "businessRuleTask": (_DecisionReader, decisions.DecisionTask),
            "receiveTask": (_CatchReader, events.CatchEvent),
            "subProcess": (_SubprocessReader, nodes.Subprocess),
            "callActivity": (_CallReader, nodes.Subprocess),
            "exclusiveGateway": (_GatewayReader, gateways.ExclusiveGateway),
            "parallelGateway": (_GatewayReader, gateways.ParallelGateway),
            "inclusiveGateway": (_GatewayReader, gateways.InclusiveGateway),
            "startEvent": (_StartReader, nodes.Node),
            "endEvent": (_EndReader, events.EndEvent),
            "intermediateThrowEvent": (_Reader, nodes.Node),
            "intermediateCatchEvent": (_CatchReader, events.CatchEvent),
            "boundaryEvent": (_BoundaryReader, events.BoundaryEvent),
        }.items()
    }


def compiled(process_id: str, roots: Iterable[xml.Element]) -> dict[str, ProcessSpec]:
    """Compile a process and all that it calls.

    Args:
        process_id: id of the process.
        roots: root elements of the files that hold it and what it calls.

    Returns:
        Specs by process and subprocess id.

    Raises:
        DefinitionError: if the schema or the library refuses a file.
    """
    parser = _FileReader(validator=VALIDATOR)
    try:
        for root in roots:
            parser.add_bpmn_xml(root.getroottree())
        specs = {process_id: parser.get_spec(process_id), **parser.get_subprocess_specs(process_id)}
    except RecursionError:
        raise DefinitionError("流程一条路上的步骤太多，请拆成子流程。") from None
    except ValidationException as error:
        raise DefinitionError(f"流程文件不合规范：{error}") from error
    for spec in specs.values():
        for task_spec in spec.task_specs.values():
            if isinstance(task_spec, gateways.InclusiveGateway):
                task_spec.prepare()
    return specs
