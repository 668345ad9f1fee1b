# ruff: noqa: SLF001 - a state is carried by its tasks and the fields that hold them together
"""A running procedure carried over to another version of its process, as it stands.

Nothing open is reset or opened again: tasks keep their ids, items their numbers, timers their values, and
those who wait at joins the way that they came by. What stands somewhere that the new process does not
have needs a mapping. Where the branches around what is open have changed, the state is not carried at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from SpiffWorkflow.util.task import TaskState

from webapp.engine import codec, foresight, placing
from webapp.engine.chart import entry
from webapp.engine.errors import EngineError, StateError
from webapp.engine.evaluation import Evaluator, title
from webapp.engine.events import BoundaryEvent, CatchEvent, Watch
from webapp.engine.gateways import VIA
from webapp.engine.items import ItemTask
from webapp.engine.marking import Marking, Spot, misfits
from webapp.engine.nodes import ServiceTask
from webapp.engine.resting import INDEX, rouse_all
from webapp.engine.workflow import retire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from webapp.engine.chart import Chart, Place
    from webapp.engine.definition import Definition

_NO_MAPPING: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class MigrationPlan:
    """Whether and how a running procedure can be carried over.

    Attributes:
        verdict: `safe`: `migrate` will do it; `mapping`: first say where the `missing` elements went;
            `blocked`: it cannot be carried soundly and stays with its version.
        open: ids of the elements where tokens stand, in document order.
        missing: those of them that the new process lacks, or has as something else or elsewhere; of
            what waits at a join, also the step that it came from.
        reasons: why it is not safe, for people; empty when it is.
        notes: what changes for what is open although it is safe, for people.
    """

    verdict: Literal["safe", "mapping", "blocked"]
    open: tuple[str, ...]
    missing: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def plan_migration(
    old: Definition, state: bytes, new: Definition, mapping: Mapping[str, str] = _NO_MAPPING
) -> MigrationPlan:
    """Find out whether a stored state can go on under another version of its process.

    Args:
        old: the version that the state belongs to.
        state: what `Run.state` gave.
        new: the version to go on with.
        mapping: ids of elements in the new version by their ids in the old one, where they differ.

    Raises:
        StateError: if the state cannot be read or does not belong to the old version.
    """
    return _judged(old, state, new, mapping)[0]


def migrate(
    old: Definition, state: bytes, new: Definition, mapping: Mapping[str, str] = _NO_MAPPING
) -> bytes:
    """Return the state as one of the new version, everything open as it is.

    Args:
        old: the version that the state belongs to.
        state: what `Run.state` gave.
        new: the version to go on with.
        mapping: ids of elements in the new version by their ids in the old one, where they differ.

    Raises:
        StateError: if the state cannot be read or does not belong to the old version.
        EngineError: unless `plan_migration` says that it is safe; the message says why.
    """
    plan, carried = _judged(old, state, new, mapping)
    if plan.verdict != "safe":
        raise EngineError(f"不能换用新版流程：{'；'.join(plan.reasons)}。")
    return carried


def _judged(
    old: Definition, state: bytes, new: Definition, mapping: Mapping[str, str]
) -> tuple[MigrationPlan, bytes]:
    """Return the plan and, if it is safe, the state of the new version, which has been read once."""
    migration = _Migration(old, state, new, mapping)
    plan = migration.plan()
    if plan.verdict != "safe":
        return plan, b""
    carried = migration.carried()
    try:
        codec.load(carried, new, Evaluator(new, {}))
    except StateError as error:
        return replace(plan, verdict="blocked", reasons=(error.message.rstrip("。"),)), b""
    return plan, carried


class _Migration:
    """One state on its way from one version to another."""

    def __init__(self, old: Definition, state: bytes, new: Definition, mapping: Mapping[str, str]) -> None:
        self.old = old
        self.new = new
        self.mapping = mapping
        self.workflow = codec.load(state, old, Evaluator(old, {}))
        rouse_all(self.workflow)
        self.specs: dict[Any, Any] = {}
        self.levels: dict[Any, Any] = {}
        self.dropped: list[Any] = []
        self.missing: dict[str, str] = {}
        self.blocked: list[str] = []
        self.notes: list[str] = []

    def plan(self) -> MigrationPlan:
        """Look at everything that is open, level by level."""
        standing = list(placing.everywhere(self.workflow))
        if standing:
            self._level(self.workflow, self.new.specs[self.new.id])
        if not self.blocked and not self.missing:
            self.blocked.extend(foresight.unanswered(self.old, self.new, self.workflow, self.specs))
        order = {step.id: number for number, step in enumerate(self.old.steps)}
        ids = {placing.element(task) for task in standing}
        verdict: Literal["safe", "mapping", "blocked"] = "mapping" if self.missing else "safe"
        return MigrationPlan(
            verdict="blocked" if self.blocked else verdict,
            open=tuple(sorted(ids, key=order.__getitem__)),
            missing=tuple(sorted(self.missing, key=order.__getitem__)),
            reasons=(*self.blocked, *self.missing.values()),
            notes=tuple(self.notes),
        )

    def carried(self) -> bytes:
        """Put every task on its new step and write the state: once, and only if the plan is safe."""
        for task in self.dropped:
            retire(task)
        for workflow, level in self.levels.items():
            for task in workflow.tasks.values():
                task.task_spec = self.specs.get(task.id) or self._past(task, level)
                if VIA in task.internal_data:
                    task.internal_data[VIA] = self._renamed(task.internal_data[VIA])
        return codec.dump(self.workflow, self.new)

    def _renamed(self, name: str) -> str:
        return self.mapping.get(name, name)

    def _past(self, task: Any, level: Any) -> Any:
        """Return what a finished task stands on: its own step if the new process has it, else the start.

        It only holds open tasks together and keeps the data that they came from.
        """
        spec = task.task_spec
        watched = isinstance(spec, Watch)
        name = self._renamed(spec.outputs[0].name if watched else spec.name)
        found = level.task_specs.get(name)
        found = entry(found) if watched and found is not None else found
        return found if type(found) is type(spec) else level.start

    def _level(self, workflow: Any, level: Any) -> None:
        self.levels[workflow] = level
        bearers = list(placing.bearers(workflow))
        for task in bearers:
            self._open(task, level)
        if all(task.id in self.specs for task in bearers):
            charts = self.old.charts[workflow.spec.name], self.new.charts[level.name]
            now = [self._spot(task, placing.place(task, charts[0]), task.task_spec) for task in bearers]
            then = [self._spot(task, self._place(task, charts[1]), self.specs[task.id]) for task in bearers]
            self.blocked.extend(misfits(Marking(charts[0], now), Marking(charts[1], then), self.mapping))
        for task in workflow.tasks.values():
            if isinstance(task.task_spec, BoundaryEvent) and task.has_state(TaskState.WAITING):
                self._watching(task, level)

    def _spot(self, task: Any, place: Place, spec: Any) -> Spot:
        name = self.old.step(placing.element(task)).name or title(task)
        via = self._renamed(task.internal_data[VIA]) if placing.arrived(task) else ""
        return Spot(name, spec.name, place, via, placing.is_over(task))

    def _place(self, task: Any, chart: Chart) -> Place:
        spec = self.specs[task.id]
        if placing.arrived(task):
            return chart.way(self._renamed(task.internal_data[VIA]), spec.name)
        return chart.places.get(spec.name, {})

    def _open(self, task: Any, level: Any) -> None:
        """Find the new step of a token, and of what it holds."""
        if placing.is_over(task):
            self._arrival(task, level.end)
            return
        element = task.task_spec.bpmn_id
        spec = level.task_specs.get(self._renamed(element))
        if spec is None:
            self._lacks(task, element, level)
        elif isinstance(spec, ItemTask) or isinstance(task.task_spec, ItemTask):
            self._items(task, spec)
        elif _sort(spec) != _sort(task.task_spec):
            self._misses(element, "在新流程中换成了别的类型")
        elif placing.arrived(task):
            self._arrival(task, spec)
        else:
            self._step(task, spec)

    def _lacks(self, task: Any, element: str, level: Any) -> None:
        """Note that a step is gone; what runs inside it needs at least something to be mapped to."""
        holds = placing.held(task) is not None
        if holds and not any(_sort(each) == _sort(task.task_spec) for each in level.task_specs.values()):
            self.blocked.append(f"“{title(task)}”里面正在办理，而新流程的这一层没有子流程")
        else:
            self._misses(element, "在新流程中没有，或者在另一层流程中")

    def _step(self, task: Any, spec: Any) -> None:
        self.specs[task.id] = spec
        known = {self._renamed(event.name) for event in _events(task.task_spec)}
        for event in _events(spec):
            if event.name not in known:
                label = event.bpmn_name or event.name
                self.notes.append(f"“{title(task)}”上新加的“{label}”只对以后进入这一步的办理起作用")
        inner = placing.held(task)
        if inner is not None:
            self._level(inner, self.new.specs[spec.spec])

    def _items(self, task: Any, spec: Any) -> None:
        both = isinstance(task.task_spec, ItemTask) and type(spec) is type(task.task_spec)
        if not both or _sort(_single(spec)) != _sort(_single(task.task_spec)):
            self.blocked.append(f"“{title(task)}”正在办理，而它是否逐项办理、怎样逐项办理在新流程中变了")
            return
        self.specs[task.id] = spec
        for child in task.children:
            if INDEX in child.internal_data:
                self._step(child, _single(spec))

    def _arrival(self, task: Any, join: Any) -> None:
        via = task.internal_data[VIA]
        if self._renamed(via) in join._inputs:
            self.specs[task.id] = join
        else:
            self._misses(via, f"已经办过，在新流程中它后面不再直接是“{title(task)}”处的汇合")

    def _misses(self, element: str, reason: str) -> None:
        step = self.old.step(element)
        wanted = self.mapping.get(element)
        told = f"“{step.name or element}”{reason}"
        self.missing[element] = told if wanted is None else f"{told}（对应到的是“{wanted}”）"

    def _watching(self, task: Any, level: Any) -> None:
        """Carry an armed event, or drop it if the new process does not watch the step that way."""
        host = next(
            (each for each in task.parent.children if not isinstance(each.task_spec, CatchEvent)), None
        )
        spec = level.task_specs.get(self._renamed(task.task_spec.name))
        if host is None or host.id not in self.specs:
            return
        if _sort(spec) == _sort(task.task_spec) and entry(self.specs[host.id]) in spec.inputs:
            self.specs[task.id] = spec
        else:
            self.dropped.append(task)
            self.notes.append(f"“{title(host)}”上的“{title(task)}”在新流程中没有了，本件不再计这个期限")


def _events(spec: Any) -> list[Any]:
    """Return the events that watch a step."""
    return [each for each in entry(spec).outputs if isinstance(each, BoundaryEvent) and each is not spec]


def _single(spec: Any) -> Any:
    """Return the spec of one occurrence of a step that runs per item."""
    return spec._wf_spec.task_specs[spec.task_spec]


def _sort(spec: Any) -> tuple[Any, ...]:
    """Tell steps apart by what they wait for."""
    if isinstance(spec, CatchEvent):
        return type(spec), type(spec.awaited), getattr(spec.awaited, "kind", "")
    return type(spec), isinstance(spec, ServiceTask) and spec.automatic()
