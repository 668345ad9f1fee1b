# mypy: allow-subclassing-any
# ruff: noqa: SLF001 - these classes are the library's own kind and work through its inner methods
"""Gateways: where a token chooses, splits and joins.

Each token that reaches a join stays there, with the branch that it came by, until the join is complete.
The branches' data are then merged by what each of them changed since they parted; the library merges
whole copies, so that a branch which only carried an old value along undoes another's change.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from webapp.engine.errors import ConditionError
from webapp.engine.evaluation import evaluator, title
from webapp.engine.nodes import Node
from webapp.engine.values import same
from webapp.engine.workflow import OPEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    _Branch = tuple[list[Any], Mapping[str, Any]]
    """The tasks that a branch came by, the oldest first, and its data."""

VIA = "via"
ORDER = "order"


@dataclass(frozen=True, slots=True)
class Exit:
    """One way out of a gateway; without a condition it is unconditional."""

    target: str
    condition: str
    is_default: bool


class Gateway(Node):
    """Base of the gateways: the exits are laid out when the token leaves, not before."""

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.exits: list[Exit] = []

    def add_exit(self, target: Any, condition: str, *, is_default: bool) -> None:
        """Connect a way out, in document order."""
        self.connect(target)
        self.exits.append(Exit(target.name, condition, is_default))

    def chosen(self, my_task: Any) -> Sequence[Exit]:
        """Return the exits that the token takes."""
        del my_task
        return self.exits

    def _predict_hook(self, my_task: Any) -> None:
        del my_task

    def _run_hook(self, my_task: Any) -> bool:
        specs = my_task.workflow.spec.task_specs
        my_task._sync_children([specs[way.target] for way in self.chosen(my_task)], TaskState.FUTURE)
        return True

    def _conditional(self) -> list[Exit]:
        return [way for way in self.exits if way.condition and not way.is_default]

    def _default(self, my_task: Any) -> list[Exit]:
        for way in self.exits:
            if way.is_default or not way.condition:
                return [way]
        raise ConditionError(f"网关“{title(my_task)}”没有一个出口的条件成立，也没有默认出口。")


class ExclusiveGateway(Gateway):
    """Takes the first exit, in document order, whose condition is true, or else the default one."""

    def chosen(self, my_task: Any) -> Sequence[Exit]:
        """Return the one exit to take.

        Raises:
            ConditionError: if a condition is neither true nor false, or no exit can be taken.
        """
        engine = evaluator(my_task)
        for way in self._conditional():
            if engine.holds(my_task, way.condition):
                return [way]
        return self._default(my_task)


class Join(Gateway):
    """Keeps tokens until it is complete, and lets one token go on with what all of them changed."""

    def _update_hook(self, my_task: Any) -> bool:
        workflow = my_task.workflow
        arrivals = self._arrivals(workflow)
        if not my_task.has_state(TaskState.WAITING):
            my_task.internal_data[VIA] = my_task.parent.task_spec.name
            my_task.internal_data[ORDER] = 1 + max(
                (task.internal_data[ORDER] for task in arrivals), default=0
            )
            my_task._set_state(TaskState.WAITING)
            arrivals.append(my_task)
        joined = self.complete(workflow, arrivals)
        if not joined:
            return False
        *others, last = joined
        last.data = merged(joined)
        for task in others:
            task._set_state(TaskState.CANCELLED)
        if last is my_task:
            return True
        last._ready()
        return False

    @abstractmethod
    def complete(self, workflow: Any, arrivals: list[Any]) -> list[Any]:
        """Return the tokens to be joined now, oldest first; none if the join is not complete."""

    def _arrivals(self, workflow: Any) -> list[Any]:
        waiting = [
            task
            for task in workflow.tasks.values()
            if task.task_spec is self and task.has_state(TaskState.WAITING)
        ]
        return sorted(waiting, key=lambda task: int(task.internal_data[ORDER]))


class ParallelGateway(Join):
    """Waits for one token on each way in, then sends one along each way out."""

    def complete(self, workflow: Any, arrivals: list[Any]) -> list[Any]:
        """Return one token for each way in; tokens beyond that stay for the next time."""
        del workflow
        wanted: Counter[str] = Counter(self._inputs)
        joined = []
        for task in arrivals:
            if wanted[task.internal_data[VIA]] > 0:
                wanted[task.internal_data[VIA]] -= 1
                joined.append(task)
        return joined if wanted.total() == 0 else []


class InclusiveGateway(Join):
    """Waits until no token can reach it any more by a way in that is still empty."""

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.reach: Mapping[str, frozenset[str]] = {}

    def prepare(self) -> None:
        """Note, for each step, by which ways in a token there can reach this gateway. Once, at load."""
        found: dict[str, set[str]] = {}
        specs = self._wf_spec.task_specs
        for way in set(self._inputs):
            queue = [way]
            while queue:
                name = queue.pop()
                if way in found.setdefault(name, set()):
                    continue
                found[name].add(way)
                queue.extend(before for before in specs[name]._inputs if before != self.name)
        self.reach = {name: frozenset(ways) for name, ways in found.items()}

    def complete(self, workflow: Any, arrivals: list[Any]) -> list[Any]:
        """Return one token for each way in that has one, once nobody else can come by an empty one."""
        first: dict[str, Any] = {}
        for task in arrivals:
            first.setdefault(task.internal_data[VIA], task)
        marked = set(first)
        for task in tokens(workflow):
            ways = self.reach.get(task.task_spec.name, frozenset())
            if task.task_spec is not self and ways - marked and not ways & marked:
                return []
        return list(first.values())

    def chosen(self, my_task: Any) -> Sequence[Exit]:
        """Return every exit whose condition is true, or else the default one.

        Raises:
            ConditionError: if a condition is neither true nor false, or no exit can be taken.
        """
        engine = evaluator(my_task)
        taken = [way for way in self._conditional() if engine.holds(my_task, way.condition)]
        return taken or self._default(my_task)


class EndJoin(Join):
    """Where all tokens of a process or subprocess end: it waits for the last one."""

    def complete(self, workflow: Any, arrivals: list[Any]) -> list[Any]:
        """Return all that have arrived, once nothing else is under way."""
        if any(task.task_spec is not self for task in tokens(workflow)):
            return []
        return arrivals


def tokens(workflow: Any) -> Iterable[Any]:
    """Yield the tasks that hold a token: what is open, and what a completed task is about to open."""
    for task in workflow.tasks.values():
        if task.has_state(OPEN):
            yield task
        elif not task.has_state(TaskState.FINISHED_MASK):
            before = task.parent
            if before is not None and before.has_state(TaskState.COMPLETED):
                yield task


def merged(branches: Sequence[Any]) -> dict[str, Any]:
    """Merge the data of branches: each one's changes since they parted, in order of arrival."""
    return united(branches, [task.data for task in branches])


def united(branches: Sequence[Any], contents: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Merge data that branches hold now: each one's changes since they parted, in the order given.

    Branches that parted last come together first; else one that never touched a value, but carries it
    from before its own parting, would seem to have changed it.
    """
    lines = [_lineage(task) for task in branches]
    return _united(list(zip(lines, contents, strict=True)))


def _united(branches: Sequence[_Branch]) -> dict[str, Any]:
    if len(branches) == 1:
        return dict(branches[0][1])
    shared = 0
    for level in zip(*(line for line, _ in branches), strict=False):
        if any(task is not level[0] for task in level):
            break
        shared += 1
    base = branches[0][0][shared - 1].data
    result = dict(base)
    for group in _parted(branches, shared):
        content = _united(group)
        result.update(
            {key: value for key, value in content.items() if key not in base or not same(base[key], value)}
        )
    return result


def _parted(branches: Sequence[_Branch], shared: int) -> Iterable[list[_Branch]]:
    """Group branches by the way that they took after the shared part, by the last of each group."""
    groups: dict[Any, list[_Branch]] = {}
    for branch in branches:
        way = branch[0][shared].id
        groups[way] = [*groups.pop(way, []), branch]
    return groups.values()


def _lineage(task: Any) -> list[Any]:
    line = []
    while task is not None:
        line.append(task)
        task = task.parent
    return line[::-1]
