# ruff: noqa: SLF001 - the ways into a join are the library's own field
"""退回: a token goes back to an earlier step and keeps its data; no second token stays behind.

A token can go back on its own way. What splits after the target have made is withdrawn. Where the target
lies inside a block that is over, tokens are put back at its parallel joins for the other ways in. A step
of another branch, whose own token is elsewhere, is no place to go back to.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from webapp.engine import placing
from webapp.engine.chart import entry, inner_process
from webapp.engine.errors import EngineError
from webapp.engine.evaluation import title
from webapp.engine.gateways import VIA
from webapp.engine.items import ItemTask
from webapp.engine.nodes import HumanTask, ServiceTask, Subprocess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from webapp.engine.chart import Arrival, Chart, Place
    from webapp.engine.definition import Definition

_TARGETS: Final = (HumanTask, ServiceTask, Subprocess, ItemTask)


@dataclass(frozen=True, slots=True)
class Way:
    """Where a token goes back to.

    Attributes:
        last: the task whose data count last.
        bearer: the task that holds its token on the level where it goes back.
        withdrawn: every task whose token is taken away, that one last.
        steps: the target; before it, the calls that have to be entered again to get there.
        arrivals: for each of the steps, the tokens to put back at joins of its level.
    """

    last: Any
    bearer: Any
    withdrawn: tuple[Any, ...]
    steps: tuple[Any, ...]
    arrivals: tuple[frozenset[Arrival], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """What counts as going back.

    Attributes:
        definition: the process.
        verb: how people call it.
        follows: whether a token stands where a token of the step could have come to.
        renewed: whether a split lies between a step and a token, so that it will run again.
        spares: whether a token that has ended stays although its split will run again.
    """

    definition: Definition
    verb: str
    follows: Callable[[Any, Any], bool]
    renewed: Callable[[Any, Any, str], bool]
    spares: Callable[[Any, Any], bool]

    def chart(self, workflow: Any) -> Chart:
        """Return the chart of a level."""
        return self.definition.charts[workflow.spec.name]

    def refusal(self, task: Any, target_id: str, reason: str) -> EngineError:
        """Say that a token cannot go back to a step, and why."""
        step = self.definition.find(target_id)
        name = step.name if step is not None and step.name else target_id
        return EngineError(f"不能从“{title(task)}”{self.verb}到“{name}”：{reason}。")


def to_earlier(definition: Definition) -> Rule:
    """Return the rule of 退回: to any earlier step, loops back left aside."""
    charts = definition.charts

    def follows(spec: Any, task: Any) -> bool:
        chart = charts[task.workflow.spec.name]
        return spec is not task.task_spec and chart.leads(entry(spec).name, task.task_spec.name)

    def renewed(spec: Any, task: Any, split: str) -> bool:
        return charts[task.workflow.spec.name].leads(entry(spec).name, split)

    return Rule(definition, "退回", follows, renewed, spares=lambda _spec, _task: False)


def find(task: Any, target_id: str, rule: Rule) -> Way:
    """Return the way back from a task to a step: on its own level, inside a call before it, or outside.

    Raises:
        EngineError: if there is none; the message says why.
    """
    for standing in standings(task):
        way = on_level(task, standing, target_id, rule)
        if way is not None:
            return way
    raise rule.refusal(task, target_id, "它不是前面的办理步骤")


def standings(task: Any) -> Iterator[Any]:
    """Yield the tasks that hold a task's token on its own level, on the one around, and so on."""
    standing = placing.bearer(task)
    while standing is not None:
        yield standing
        around = placing.caller(standing.workflow)
        standing = None if around is None else placing.bearer(around)


def on_level(task: Any, standing: Any, target_id: str, rule: Rule) -> Way | None:
    """Return the way back on one level; none if nothing there leads back to the step.

    Raises:
        EngineError: if the step is there, but its token cannot go back; the message says why.
    """
    level = standing.workflow.spec
    if target_id in level.task_specs:
        return _way(task, standing, (level.task_specs[target_id],), rule)
    calls = [level.task_specs[call] for call in rule.definition.holders[level.name].get(target_id, ())]
    before = [spec for spec in calls if rule.follows(spec, standing)]
    if not before:
        return None
    return _way(task, standing, _descent(before, task, target_id, rule), rule)


def go(way: Way) -> None:
    """Take the tokens away and put the one that goes back, with its data, down at the target."""
    before = placing.behind(way.bearer)
    workflow = way.bearer.workflow
    data = placing.gathered(way.withdrawn, way.last)
    for task in way.withdrawn:
        placing.withdraw(task)
    for spec, arrivals in zip(way.steps, way.arrivals, strict=True):
        task = placing.enter(placing.fork(before, data, arrivals), spec, data)
        if spec is not way.steps[-1]:
            before = placing.emptied(placing.held(task), data)
    workflow.update_waiting_tasks()


def _descent(calls: list[Any], task: Any, target_id: str, rule: Rule) -> tuple[Any, ...]:
    """Return the calls to enter one inside the other, and the target inside the last."""
    steps: list[Any] = []
    while calls:
        steps.append(_nearest(calls, task, target_id, rule))
        if isinstance(steps[-1], ItemTask):
            raise rule.refusal(task, target_id, f"它在逐项办理的“{_label(steps[-1])}”里面")
        process = str(inner_process(steps[-1]))
        inside = rule.definition.specs[process].task_specs
        calls = [inside[call] for call in rule.definition.holders[process].get(target_id, ())]
        if target_id in inside:
            break
    return (*steps, inside[target_id])


def _nearest(calls: list[Any], task: Any, target_id: str, rule: Rule) -> Any:
    """Return the call that all the others come before: the step was last done there."""
    chart = rule.definition.charts[calls[0]._wf_spec.name]
    for call in calls:
        if all(other is call or chart.leads(entry(other).name, call.name) for other in calls):
            return call
    names = "、".join(f"“{_label(call)}”" for call in calls)
    raise rule.refusal(task, target_id, f"{names}中都有它，无法确定是哪一处")


def _label(spec: Any) -> str:
    return str(spec.bpmn_name or spec.bpmn_id)


def _way(task: Any, standing: Any, steps: tuple[Any, ...], rule: Rule) -> Way:
    first, target = steps[0], steps[-1]
    chart = rule.chart(standing.workflow)
    if not isinstance(target, _TARGETS):
        raise rule.refusal(task, target.name, "它不是办理步骤")
    there = chart.places.get(entry(first).name, {})
    here = {
        split: exits
        for split, exits in placing.place(standing, chart).items()
        if not rule.renewed(first, standing, split)
    }
    if any(not exits <= here.get(split, exits) for split, exits in there.items()):
        raise rule.refusal(task, target.name, "它在另一条分支上，那条分支有自己的进度")
    if not rule.follows(first, standing):
        raise rule.refusal(task, target.name, "它不在这一步之前")
    withdrawn, others = _parted(first, standing, rule)
    arrivals = _owed(chart, first, here)
    reason = _obstacle(first, others, arrivals, chart)
    if reason:
        raise rule.refusal(task, target.name, reason)
    deeper = [
        _owed(rule.definition.charts[str(inner_process(call))], step, {}) for call, step in pairwise(steps)
    ]
    return Way(task, standing, withdrawn, steps, (arrivals, *deeper))


def _parted(first: Any, standing: Any, rule: Rule) -> tuple[tuple[Any, ...], list[Any]]:
    """Return the tokens to take away, that of the task last, and those that stay."""
    chart = rule.chart(standing.workflow)
    withdrawn: list[Any] = []
    stay: list[Any] = []
    for each in placing.bearers(standing.workflow):
        if each is not standing:
            gone = any(rule.renewed(first, standing, split) for split in placing.place(each, chart))
            spared = placing.is_over(each) and rule.spares(first, each)
            (withdrawn if gone and not spared else stay).append(each)
    return (*withdrawn, standing), stay


def _owed(chart: Chart, step: Any, here: Place) -> frozenset[Arrival]:
    """Return the tokens that stand for the other ways of the blocks that a step lies in."""
    name = entry(step).name
    return chart.arrivals(
        name,
        {
            split: here.get(split, chart.exits(split)) - exits
            for split, exits in chart.places.get(name, {}).items()
            if chart.parallel(split)
        },
    )


def _obstacle(step: Any, others: list[Any], arrivals: frozenset[Arrival], chart: Chart) -> str:
    """Return why a token at a step would not fit the others that stay; empty when it fits."""
    there = chart.places.get(entry(step).name, {})
    for other in others:
        if not placing.is_over(other) and not chart.apart(there, placing.place(other, chart)):
            return f"“{title(other)}”也在办理，两处会重复"
    waiting = {(each.task_spec.name, each.internal_data[VIA]) for each in others if placing.arrived(each)}
    names = [entry(step).name, *(each.task_spec.name for each in others)]
    if waiting & arrivals or chart.starves(entry(step).name, names, waiting | arrivals):
        return "它所在的并行分支无法恢复到汇合以前"
    return ""


def targets(task: Any, definition: Definition) -> Iterator[str]:
    """Yield the ids of the human steps that a task's token can go back to, in document order."""
    rule = to_earlier(definition)
    for step in definition.steps:
        if step.kind == "userTask" and _possible(task, step.id, rule):
            yield step.id


def _possible(task: Any, target_id: str, rule: Rule) -> bool:
    try:
        find(task, target_id, rule)
    except EngineError:
        return False
    return True
