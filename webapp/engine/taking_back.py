"""拿回: the completion of a step is undone, as long as nobody else has gone on from it.

Where the token went is told from the drawing: it can only have come to what lies ahead of the step
without anybody being asked. What it opened there is handed in, and must be all that is taken away.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from webapp.engine import placing, returning
from webapp.engine.chart import ends, entry, inner_process
from webapp.engine.errors import EngineError
from webapp.engine.evaluation import evaluator
from webapp.engine.events import BoundaryEvent
from webapp.engine.gateways import ORDER, VIA
from webapp.engine.items import RESULTS, ItemTask
from webapp.engine.nodes import HumanTask

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from webapp.engine.definition import Definition
    from webapp.engine.returning import Rule, Way


def find(opened: Sequence[Any], element_id: str, top: Any) -> Way:
    """Return the way back to a human step from what its completion opened.

    Raises:
        EngineError: if there is none, or more than one; the message says why.
    """
    definition = evaluator(top.task_tree).definition
    step = definition.find(element_id)
    name = step.name if step is not None and step.name else element_id
    if step is None or step.kind != "userTask":
        raise EngineError(f"不能拿回“{name}”：它不是办理步骤。")
    tasks = [task for task in opened if not isinstance(task.task_spec, BoundaryEvent)]
    for whole in (False, True):
        rule = _undoing(definition, whole=whole)
        found = [way for task in tasks[:1] or _resting(top) for way in _ways(task, tasks, element_id, rule)]
        if len({frozenset(each.id for each in way.withdrawn) for way in found}) > 1:
            raise EngineError(f"不能拿回“{name}”：有几处办理都可能是它送出的，无法确定是哪一处。")
        if found:
            return found[0]
    if any(isinstance(spec, ItemTask) for spec in _specs(definition, element_id)):
        raise EngineError(f"不能拿回“{name}”：它是逐项办理的步骤。")
    raise EngineError(f"不能拿回“{name}”：办结以后流程已经往下走，或者还没有办结。")


def _undoing(definition: Definition, *, whole: bool) -> Rule:
    """Return the rule of 拿回: only over steps that nobody was asked at.

    Args:
        definition: the process.
        whole: whether the token may have come round to its own block again, past joins where others
            wait now. Without, these joins are taken as not complete yet, which is nearly always so.
    """
    charts = definition.charts

    def shut(workflow: Any) -> frozenset[str]:
        waiting = placing.bearers(workflow)
        return frozenset() if whole else frozenset(t.task_spec.name for t in waiting if placing.arrived(t))

    def ahead(spec: Any, task: Any) -> frozenset[str]:
        return charts[task.workflow.spec.name].onward(spec.name, charts, shut(task.workflow))

    def follows(spec: Any, task: Any) -> bool:
        if isinstance(spec, ItemTask):
            return False
        passed = ahead(spec, task)
        if not placing.arrived(task):
            return task.task_spec.name in passed
        via = task.internal_data[VIA]
        chart = charts[task.workflow.spec.name]
        return via == spec.name or (via in passed - shut(task.workflow) and chart.passable(via, charts))

    def renewed(spec: Any, task: Any, split: str) -> bool:
        chart = charts[task.workflow.spec.name]
        own = chart.places.get(entry(spec).name, {})
        passed = split in ahead(spec, task) and chart.passable(split, charts)
        return passed and (whole or split not in own)

    def spares(spec: Any, task: Any) -> bool:
        # A branch of an earlier round may have ended; this completion cannot have ended it.
        return not follows(spec, task)

    return returning.Rule(definition, "拿回", follows, renewed, spares)


def _resting(top: Any) -> Iterator[Any]:
    """Yield the tokens that wait for nobody's work: at joins, for effects, timers and messages.

    Of several that have ended by the same way, in one round after the other, only the latest counts.
    """
    ended: dict[Any, Any] = {}
    for task in placing.everywhere(top):
        if placing.is_over(task):
            key = task.workflow, task.internal_data[VIA]
            ended[key] = max(task, ended.get(key, task), key=lambda each: int(each.internal_data[ORDER]))
        elif not isinstance(task.task_spec, HumanTask):
            yield task
    yield from ended.values()


def _ways(task: Any, opened: Collection[Any], element_id: str, rule: Rule) -> Iterator[Way]:
    for standing in returning.standings(task):
        try:
            way = returning.on_level(task, standing, element_id, rule)
        except EngineError:
            continue
        if way is not None and _undoes(way, opened, rule):
            yield way


def _undoes(way: Way, opened: Collection[Any], rule: Rule) -> bool:
    """Tell whether exactly what the completion opened is taken away, and nothing that came later."""
    taken = [leaf for task in way.withdrawn for leaf in placing.resting(task)]
    people = {task.id for task in taken if isinstance(task.task_spec, HumanTask)}
    known = {task.id for task in opened}
    if not people <= known or not known <= {task.id for task in taken}:
        return False
    charts = rule.definition.charts
    if any(_overdue(task, way, rule) for task in placing.bearers(way.bearer.workflow)):
        return False
    fresh = all(rule.follows(way.steps[0], task) and _untouched(task, rule) for task in way.withdrawn)
    return fresh and all(
        ends(charts[str(inner_process(call))].onward(step.name, charts)) for call, step in pairwise(way.steps)
    )


def _overdue(task: Any, way: Way, rule: Rule) -> bool:
    """Tell whether a token was begun by a timer or message of a step that the completion opened."""
    if task in way.withdrawn or placing.is_over(task):
        return False
    chart = rule.chart(task.workflow)
    ahead = chart.onward(way.steps[0].name, rule.definition.charts)
    return any(chart.watches(split) and split in ahead for split in placing.place(task, chart))


def _untouched(task: Any, rule: Rule) -> bool:
    """Tell whether nothing inside a call or a step that runs per item has been done since it was entered."""
    if task.internal_data.get(RESULTS):
        return False
    inner = placing.held(task)
    if inner is None:
        return all(_untouched(each, rule) for each in placing.occurrences(task))
    first = rule.chart(inner).begins(rule.definition.charts)
    return all(each.task_spec.name in first and _untouched(each, rule) for each in placing.bearers(inner))


def _specs(definition: Definition, element_id: str) -> Iterator[Any]:
    for spec in definition.specs.values():
        if element_id in spec.task_specs:
            yield spec.task_specs[element_id]
