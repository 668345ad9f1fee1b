"""One running procedure: handed a state and facts, it answers what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState

from webapp.engine import codec, moving, resting, returning, taking_back, waiting
from webapp.engine.errors import Deadlock, EngineError, StepLimitExceeded, UnknownTask
from webapp.engine.evaluation import Evaluator, title
from webapp.engine.pruning import prune
from webapp.engine.results import StepResult
from webapp.engine.values import checked
from webapp.engine.workflow import Workflow

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from webapp.engine.definition import Definition
    from webapp.engine.results import Effect, OpenMessage, OpenTask, OpenTimer, Token

STEP_LIMIT: Final = 2_000
"""How many automatic steps one move may take."""


def start(definition: Definition, data: Mapping[str, Any], scope: Mapping[str, Any]) -> Run:
    """Begin a procedure; call `Run.step` to bring it to its first waiting steps.

    Args:
        definition: what to run.
        data: flat token keys to begin with.
        scope: read-only names of every expression: `case`, `market`, `facts`, `settings`.

    Raises:
        InvalidValue: if a value may not travel with the token.
    """
    evaluator = Evaluator(definition, scope)
    main = definition.specs[definition.id]
    workflow = Workflow(main, dict(definition.specs), script_engine=evaluator)
    workflow.task_tree.data = checked(data, lists=True)
    return Run(definition, workflow, evaluator)


def resume(definition: Definition, state: bytes, scope: Mapping[str, Any]) -> Run:
    """Take up a procedure where `Run.state` left it.

    Raises:
        StateError: if the state cannot be read or belongs to another definition.
    """
    evaluator = Evaluator(definition, scope)
    return Run(definition, codec.load(state, definition, evaluator), evaluator)


class Run:
    """A running procedure in memory. Not for use by two threads at once.

    After any exception the run is spoilt: throw it away and resume from the stored state.
    """

    def __init__(self, definition: Definition, workflow: Workflow, evaluator: Evaluator) -> None:
        self.definition = definition
        self._workflow = workflow
        self._evaluator = evaluator
        self._spoilt = False
        self._trail: list[str] = []
        self._open = self._waiting()

    @property
    def scope(self) -> Mapping[str, Any]:
        """Read-only names of every expression; may be replaced between calls."""
        return self._evaluator.scope

    @scope.setter
    def scope(self, scope: Mapping[str, Any]) -> None:
        self._evaluator.scope = scope

    @property
    def finished(self) -> bool:
        """Whether the procedure has ended."""
        return bool(self._workflow.completed)

    @property
    def data(self) -> Mapping[str, Any]:
        """The token's data: at the end, or at the latest point that all open branches come from."""
        last = self._workflow.last_task if self.finished else None
        return dict((last or self._workflow.task_tree).data)

    @property
    def tasks(self) -> tuple[OpenTask, ...]:
        """Every human step that waits now."""
        self._rouse()
        return waiting.tasks(self._open.values(), self.definition)

    @property
    def effects(self) -> tuple[Effect, ...]:
        """Every effect that waits now, with parameters evaluated against the present scope."""
        return waiting.effects(self._open.values(), self.definition)

    @property
    def timers(self) -> tuple[OpenTimer, ...]:
        """Every timer that is armed now."""
        return waiting.timers(self._open.values(), self.definition)

    @property
    def messages(self) -> tuple[OpenMessage, ...]:
        """Every message that is waited for now."""
        return waiting.messages(self._open.values(), self.definition)

    @property
    def tokens(self) -> tuple[Token, ...]:
        """Every place where the procedure stands, those inside a call in the place of the call.

        Events that merely watch a step hold no token and are not among them.
        """
        self._rouse()
        return tuple(moving.tokens(self._workflow))

    def token(self, task_id: str) -> Mapping[str, Any]:
        """Return the data of the token that waits at a task.

        Raises:
            UnknownTask: if nothing of that id waits.
        """
        return dict(self._task(task_id).data)

    def step(self) -> StepResult:
        """Run whatever can run by itself; the first call after `start`."""
        return self._move(_nothing)

    def complete(self, task_id: str, result: Mapping[str, Any]) -> StepResult:
        """Complete a human step with its result.

        Args:
            task_id: the engine's id of the open task.
            result: flat token keys that the step sets; keys of its property `result` that are missing
                become null.

        Raises:
            UnknownTask: if it does not wait (any more).
            InvalidValue: if a value may not travel with the token.
            EngineError: if the procedure cannot go on.
        """
        return self._finish(task_id, result, waiting.is_human)

    def deliver(self, task_id: str, result: Mapping[str, Any]) -> StepResult:
        """Answer an effect. A result variable that is not among the keys becomes null.

        Raises:
            UnknownTask: if it does not wait (any more).
            InvalidValue: if a value may not travel with the token.
            EngineError: if the procedure cannot go on.
        """
        return self._finish(task_id, result, waiting.is_effect)

    def fire(self, task_id: str) -> StepResult:
        """Let a due timer go off.

        Raises:
            UnknownTask: if it does not wait (any more).
            EngineError: if the procedure cannot go on.
        """
        task = self._task(task_id, waiting.is_timer)
        return self._move(lambda: task.task_spec.fire(task, {}))

    def receive(self, task_id: str, result: Mapping[str, Any]) -> StepResult:
        """Let a message arrive, with the flat token keys that it sets.

        Raises:
            UnknownTask: if it is not waited for (any more).
            InvalidValue: if a value may not travel with the token.
            EngineError: if the procedure cannot go on.
        """
        task = self._task(task_id, waiting.is_message)
        keys = {**self._unanswered(task), **checked(result)}
        return self._move(lambda: task.task_spec.fire(task, keys))

    def cancel(self) -> StepResult:
        """End the procedure (撤回, 终止); everything open is cancelled."""
        return self._move(self._workflow.abandon)

    def return_to(self, task_id: str, target_element_id: str) -> StepResult:
        """Close a human step unfinished and open an earlier one; the token's data stay (退回).

        Whatever splits after the target have made is withdrawn. A target inside a block that is over
        stands there alone; for the other ways in, tokens are put back at the block's parallel joins. A
        call or subprocess is left, or entered again, as the target asks. Timers of the target start anew.

        Args:
            task_id: the engine's id of the open task.
            target_element_id: the step to open again; it lies before the task, loops back left aside.

        Raises:
            UnknownTask: if the task does not wait (any more).
            EngineError: if the token cannot go back there: the step does not come before it, lies on
                another branch, or inside a step that runs per item.
        """
        task = self._task(task_id, waiting.is_human)
        self._rouse()
        way = returning.find(task, target_element_id, returning.to_earlier(self.definition))
        return self._move(lambda: returning.go(way))

    def returnable(self, task_id: str) -> tuple[str, ...]:
        """Return the ids of the human steps that `return_to` accepts from a task, in document order.

        It looks at the drawing and at what is open, not at history: a step on an exclusive way that this
        case did not take is among them.

        Raises:
            UnknownTask: if the task does not wait (any more).
        """
        task = self._task(task_id, waiting.is_human)
        self._rouse()
        return tuple(returning.targets(task, self.definition))

    def take_back(self, element_id: str, opened: Collection[str]) -> StepResult:
        """Undo the last completion of a human step: its token returns there with its data (拿回).

        The caller has made sure that the step was completed last by whoever takes it back. Effects and
        decisions passed on the way are no obstacle here: whether a paper already issued may be taken
        back is the caller's to judge.

        Args:
            element_id: the step whose completion is undone.
            opened: ids of all tasks that the completion opened; they still wait. Empty when the token
                only waits for others at a join.

        Raises:
            UnknownTask: if one of them does not wait (any more).
            EngineError: if the token cannot be told for certain, or somebody has taken a further step
                since, or the step runs once per item.
        """
        self._rouse()
        way = taking_back.find([self._task(task_id) for task_id in opened], element_id, self._workflow)
        return self._move(lambda: returning.go(way))

    def move(self, token_id: str, target_element_id: str) -> StepResult:
        """Put a token elsewhere on its own level, as an administrator does when nothing else helps.

        Whether the procedure still makes sense is not looked at: a branch may be left waiting for ever
        at a join while another goes on. Other tokens stay where they are; the token keeps its data. Put
        before a join it counts as having come by a way that nobody else has come by.

        Args:
            token_id: id of a token of `tokens`.
            target_element_id: any step, event or gateway of the level, but no event that watches a step.

        Raises:
            UnknownTask: if no token of that id is there (any more).
            EngineError: if the target is not on the token's level, or the token is that of one item.
            Deadlock: if nothing would wait any more and the end is not reached.
        """
        self._rouse()
        task = moving.task(self._workflow, token_id)
        moving.check(task, target_element_id)
        return self._move(lambda: moving.go(task, target_element_id))

    def skip(self, token_id: str, result: Mapping[str, Any]) -> StepResult:
        """Pass a waiting point of any kind, as an administrator does: as if it had been answered so.

        Args:
            token_id: id of a token, or of a timer or message that watches a step.
            result: flat token keys to set; those that a person or an effect should give and that are
                missing become null.

        Raises:
            UnknownTask: if it does not wait (any more).
            InvalidValue: if a value may not travel with the token.
            EngineError: if it waits for other branches, or the procedure cannot go on.
        """
        self._rouse()
        task = self._open.get(token_id)
        if task is None:
            moving.refuse_join(moving.task(self._workflow, token_id))
        elif waiting.is_message(task):
            return self.receive(token_id, result)
        elif waiting.is_timer(task):
            keys = checked(result)
            return self._move(lambda: task.task_spec.fire(task, keys))
        return self._finish(token_id, result, waiting.is_work)

    def state(self) -> bytes:
        """Return the state to store, small and versioned.

        Raises:
            EngineError: after an exception, when there is nothing sound to store.
        """
        if self._spoilt:
            raise EngineError("这次办理中途出错，不能保存；请从已保存的状态重新开始。")
        return codec.dump(self._workflow, self.definition)

    def _finish(self, task_id: str, result: Mapping[str, Any], kind: Callable[[Any], bool]) -> StepResult:
        task = self._task(task_id, kind)
        keys = checked(result)

        def run() -> None:
            task.data.update({**self._unanswered(task), **keys})
            self._run(task)

        return self._move(run)

    def _unanswered(self, task: Any) -> dict[str, None]:
        """Return the keys that a step sets as null: an answer of an earlier round must not stand for it."""
        variable = getattr(task.task_spec, "result_variable", None)
        declared = self.definition.step(task.task_spec.bpmn_id).results
        return dict.fromkeys((variable, *declared) if variable else declared)

    def _task(self, task_id: str, kind: Callable[[Any], bool] | None = None) -> Any:
        task = self._open.get(task_id) or resting.rouse_one(self._workflow, task_id)
        if task is None or (kind is not None and not kind(task)):
            raise UnknownTask("这一步已经办结、撤销或不存在，请刷新后再看。")
        return task

    def _rouse(self) -> None:
        """Have every occurrence of a step as a task, where more than one of them may be concerned."""
        if resting.rouse_all(self._workflow):
            self._workflow.roused.clear()
            self._open = self._waiting()

    def _waiting(self) -> dict[str, Any]:
        return {str(task.id): task for task in waiting.points(self._workflow)}

    def _move(self, action: Callable[[], object]) -> StepResult:
        if self._spoilt:
            raise EngineError("这次办理中途出错，不能继续；请从已保存的状态重新开始。")
        self._trail.clear()
        self._evaluator.decided.clear()
        self._spoilt = True
        try:
            action()
            self._advance()
            result = self._result()
        except SpiffWorkflowException as error:
            raise EngineError(f"流程引擎无法继续：{error}") from error
        except RecursionError:
            raise EngineError("流程嵌套过深，无法继续。") from None
        self._spoilt = False
        return result

    def _advance(self) -> None:
        taken = 0
        while ready := self._next_ready():
            for task in ready:
                if not task.has_state(TaskState.READY):
                    continue
                taken += 1
                if taken > STEP_LIMIT:
                    raise StepLimitExceeded(
                        f"流程在“{title(task)}”附近自动运行超过 {STEP_LIMIT} 步仍没有停下，可能是死循环。"
                    )
                self._run(task)

    def _next_ready(self) -> list[Any]:
        """Return the automatic tasks that can run: those of the innermost workflow that has any."""
        for workflow in self._workflow.active():
            ready = list(_ready(workflow))
            if ready:
                return ready
        return []

    def _run(self, task: Any) -> None:
        task.run()
        self._trail.extend(waiting.passed(task, self.definition))

    def _result(self) -> StepResult:
        roused = {str(task.id): task for task in self._workflow.roused}
        self._workflow.roused.clear()
        before, now = self._open | roused, self._waiting()
        opened = [task for key, task in now.items() if key not in before]
        closed = tuple(waiting.closed(key, task) for key, task in before.items() if key not in now)
        if not now and not self.finished and not resting.is_any(self._workflow):
            raise Deadlock(f"流程“{self.definition.name}”停住了：没有任何一步在等待办理，也没有到达终点。")
        result = StepResult(
            opened=waiting.tasks(opened, self.definition),
            closed=closed,
            effects=waiting.effects(opened, self.definition),
            timers=waiting.timers(opened, self.definition),
            messages=waiting.messages(opened, self.definition),
            decisions=tuple(self._evaluator.decided),
            trail=tuple(self._trail),
            finished=self.finished,
        )
        if not self.finished:
            prune(self._workflow)
        self._open = now
        return result


def _nothing() -> None:
    """Begin a move that only lets automatic steps run."""


def _ready(workflow: Any) -> Iterator[Any]:
    for task in workflow.tasks.values():
        if task.has_state(TaskState.READY) and task.task_spec.automatic():
            yield task
