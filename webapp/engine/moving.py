"""What an administrator sees and moves when a procedure has to be set right by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NoReturn

from webapp.engine import placing, waiting
from webapp.engine.errors import EngineError, UnknownTask
from webapp.engine.evaluation import evaluator
from webapp.engine.events import BoundaryEvent
from webapp.engine.gateways import VIA, InclusiveGateway, ParallelGateway
from webapp.engine.resting import INDEX
from webapp.engine.results import Token

if TYPE_CHECKING:
    from collections.abc import Iterator

_Kind = Literal["human", "effect", "timer", "message", "join"]


def tokens(top: Any) -> Iterator[Token]:
    """Describe every place where a procedure stands, those inside a call in the place of the call."""
    for task in placing.everywhere(top):
        index = task.internal_data.get(INDEX)
        yield Token(
            id=str(task.id),
            element_id=placing.element(task),
            kind=_kind(task),
            level=tuple(_level(task.workflow))[::-1],
            number=None if index is None else index + 1,
        )


def _label(task: Any) -> str:
    step = evaluator(task).definition.step(placing.element(task))
    return step.name or step.id


def _kind(task: Any) -> _Kind:
    if waiting.is_human(task):
        return "human"
    if waiting.is_effect(task):
        return "effect"
    if waiting.is_timer(task):
        return "timer"
    return "message" if waiting.is_message(task) else "join"


def _level(workflow: Any) -> Iterator[str]:
    """Yield the ids of the steps that a process lies in, innermost first."""
    around = placing.caller(workflow)
    while around is not None:
        yield around.task_spec.bpmn_id
        around = placing.caller(around.workflow)


def task(top: Any, token_id: str) -> Any:
    """Return the task where a token waits.

    Raises:
        UnknownTask: if no token of that id is there.
    """
    for found in placing.everywhere(top):
        if str(found.id) == token_id:
            return found
    raise UnknownTask("这一处办理已经不在了，请刷新后再看。")


def check(token: Any, target_id: str) -> None:
    """Make sure that a token can be moved to an element.

    Raises:
        EngineError: if not; the message says why.
    """
    step = evaluator(token).definition.find(target_id)
    spec = token.workflow.spec.task_specs.get(target_id)
    if step is None:
        raise EngineError(f"不能移动：流程中没有“{target_id}”。")
    name = step.name or target_id
    if spec is None:
        raise EngineError(f"不能把“{_label(token)}”处的办理移到“{name}”：不在同一层流程中。")
    if isinstance(spec, BoundaryEvent):
        raise EngineError(f"不能把“{_label(token)}”处的办理移到“{name}”：它只看守别的步骤。")
    if INDEX in token.internal_data:
        raise EngineError(f"“{_label(token)}”正在逐项办理，其中一项不能单独移动。")


def go(token: Any, target_id: str) -> None:
    """Take a token away and put it, with its data, down before an element of its level."""
    workflow, before, data = token.workflow, placing.behind(token), dict(token.data)
    spec = workflow.spec.task_specs[target_id]
    via = _way_in(token, spec)
    placing.withdraw(token)
    if via is None:
        placing.enter(before, spec, data)
    else:
        placing.arrive(before, spec, via, data)
    workflow.update_waiting_tasks()


def _way_in(token: Any, spec: Any) -> str | None:
    """Return the way by which a token comes to a join: an empty one, if it can, that lies before it."""
    if not isinstance(spec, ParallelGateway | InclusiveGateway):
        return None
    taken = {
        other.internal_data[VIA]
        for other in placing.bearers(token.workflow)
        if other is not token and other.task_spec is spec
    }
    ways: list[str] = [before.name for before in spec.inputs]
    empty = [way for way in ways if way not in taken] or ways
    here = token.internal_data.get(VIA, token.task_spec.name)
    chart = evaluator(token).definition.charts[token.workflow.spec.name]
    return next((way for way in empty if way == here or chart.leads(here, way)), empty[0])


def refuse_join(token: Any) -> NoReturn:
    """Say that a token which waits for others is not passed by hand.

    Raises:
        EngineError: always.
    """
    raise EngineError(f"“{_label(token)}”处在等待其他分支，不能跳过；需要时请移动到后面的步骤。")
