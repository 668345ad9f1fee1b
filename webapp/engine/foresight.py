"""What lies ahead of the tokens of a running procedure asks for, and whether anything will answer it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from webapp import feel
from webapp.engine import placing
from webapp.engine.chart import inner_process
from webapp.engine.decisions import DecisionTask
from webapp.engine.events import CatchEvent, Timer
from webapp.engine.gateways import Gateway
from webapp.engine.items import ItemTask
from webapp.engine.nodes import ServiceTask

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from webapp.engine.definition import Definition


def unanswered(old: Definition, new: Definition, top: Any, specs: Mapping[Any, Any]) -> Iterator[str]:
    """Say which expressions ahead need what only steps already behind would have entered.

    Args:
        old: the version that the procedure runs under; what it lacks itself is not held against the new.
        new: the version to go on with.
        top: the running procedure, on the old version.
        specs: the step of the new version for each open task, by the task's id.
    """
    tasks = list(_open(top))
    known = frozenset[str]().union(*(task.data for task in tasks))
    before = _needs(old, [(task.workflow.spec.name, task.task_spec) for task in tasks], known)
    after = _needs(new, [(specs[task.id]._wf_spec.name, specs[task.id]) for task in tasks], known)  # noqa: SLF001
    for key, spec in after.items():
        if key not in before:
            label = spec.bpmn_name or spec.bpmn_id
            yield f"新流程的“{label}”要用到“{key}”，而填写它的步骤本件已经办过"


def _open(top: Any) -> Iterator[Any]:
    """Yield every task that holds a token on any level."""
    for workflow in () if top.completed else top.active():
        yield from placing.bearers(workflow)


def _needs(definition: Definition, spots: Iterable[tuple[str, Any]], known: frozenset[str]) -> dict[str, Any]:
    """Return the keys that steps ahead use, that no token has and that no step ahead gives."""
    ahead = list(_ahead(definition, spots))
    given = known.union(*(_gives(definition, spec) for spec in ahead))
    found: dict[str, Any] = {}
    for spec in ahead:
        for text in _expressions(spec):
            for key in _names(text, definition.keys):
                if key not in given:
                    found.setdefault(key, spec)
    return found


def _ahead(definition: Definition, spots: Iterable[tuple[str, Any]]) -> Iterator[Any]:
    """Yield the steps where tokens stand and all that lie ahead of them, inside calls too."""
    seen: set[tuple[str, str]] = set()
    queue = list(spots)
    while queue:
        process, spec = queue.pop()
        specs = definition.specs[process].task_specs
        chart = definition.charts[process]
        for name in (spec.name, *(other for other in specs if chart.leads(spec.name, other))):
            if (process, name) not in seen:
                seen.add((process, name))
                yield specs[name]
                inner = inner_process(specs[name])
                if inner is not None:
                    queue.append((inner, definition.specs[inner].start))


def _expressions(spec: Any) -> Iterator[str]:
    if isinstance(spec, Gateway):
        yield from (way.condition for way in spec.exits if way.condition)
    elif isinstance(spec, ItemTask):
        yield from (text for text in (spec.collection, spec.cardinality, spec.condition) if text)
    elif isinstance(spec, CatchEvent) and isinstance(spec.awaited, Timer):
        yield spec.awaited.expression


def _names(text: str, keys: frozenset[str]) -> Iterator[str]:
    try:
        used = feel.parse(text, keys).names
    except feel.FeelError:
        return
    yield from (name for name in sorted(used) if name in keys)


def _gives(definition: Definition, spec: Any) -> set[str]:
    step = definition.find(spec.bpmn_id) if spec.bpmn_id else None
    given = set(step.results) if step is not None else set()
    if isinstance(spec, ServiceTask) and spec.result_variable:
        given.add(spec.result_variable)
    if isinstance(spec, ItemTask) and spec.output:
        given.add(spec.output)
    if isinstance(spec, DecisionTask) and spec.result:
        given.add(spec.result)
    return given
