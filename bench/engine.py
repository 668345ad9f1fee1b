"""One completion at engine level: take up, complete, store; against the library's way, and as it grows."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer import DEFAULT_CONFIG
from SpiffWorkflow.util.task import TaskState

from bench import procedure
from bench.measuring import processor_seconds, undisturbed
from bench.report import Figure, Goal
from webapp import engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.engine.build import Process

LIBRARY, GROWTH, MANY_GROWTH = Goal(10, at_least=True), Goal(1.5), Goal(3.0)
RETURNS = 2_000
AT_ENGINE = "engine alone"
_MANY_SAMPLES = 63
"""How many items a run completes; fifteen runs come to nearly a thousand."""
_ANSWER = {"passed": False}


class Ours:
    """A procedure as the platform keeps it between two moves: as the bytes of its state."""

    def __init__(self, process: Process) -> None:
        self.definition = engine.load({f"{process.id}.bpmn": process.xml()}, process.id)
        run = engine.start(self.definition, {}, {})
        self.open: list[str] = []
        self._keep(run, run.step())

    def complete(self) -> None:
        """Take it up, complete the step that has been open longest, store it."""
        run = engine.resume(self.definition, self.state, {})
        self._keep(run, run.complete(self.open[0], _ANSWER))

    def _keep(self, run: engine.Run, result: engine.StepResult) -> None:
        """Keep the state, and the ids of what is open as the services keep them: as told by each move."""
        closed = {task.task_id for task in result.closed}
        self.open = [key for key in self.open if key not in closed]
        self.open += [task.task_id for task in result.opened]
        self.state = run.state()


class Library:
    """The same procedure as the library offers to keep it: as its JSON, the definition inside."""

    def __init__(self, process: Process) -> None:
        parser = SpiffBpmnParser()
        parser.add_bpmn_xml(etree.fromstring(process.xml()))
        main, inner = parser.get_spec(process.id), parser.get_subprocess_specs(process.id)
        self._serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(DEFAULT_CONFIG))
        workflow = BpmnWorkflow(main, inner)
        workflow.do_engine_steps()
        self.state: str = self._serializer.serialize_json(workflow)

    def complete(self) -> None:
        """Take it up, complete the first open step, store it."""
        workflow: Any = self._serializer.deserialize_json(self.state)
        task = workflow.get_next_task(state=TaskState.READY, manual=True)
        task.data.update(_ANSWER)
        task.run()
        workflow.do_engine_steps()
        self.state = self._serializer.serialize_json(workflow)


def measure(*, quick: bool) -> Iterator[Figure]:
    """Measure all; no database has a part in it."""
    runs = 3 if quick else 15
    yield _against_library(runs)
    yield Figure("blocks_growth", _blocks(runs), goal=GROWTH, part=AT_ENGINE)
    yield Figure("returns_growth", _returns(runs), goal=GROWTH, part=AT_ENGINE)
    yield _many(runs)


def _against_library(runs: int) -> Figure:
    """Play the procedure of twenty-five steps both ways, step by step in turn."""
    found, theirs, ours, sizes = [], [], [], []
    for _ in range(runs):
        library, own = Library(procedure.long_process()), Ours(procedure.long_process())
        upper, lower = [], []
        with undisturbed():
            for _ in range(procedure.LONG_STEPS):
                upper.append(processor_seconds(library.complete))
                lower.append(processor_seconds(own.complete))
                sizes.append((len(library.state), len(own.state)))
        if own.open:
            raise RuntimeError("The procedure should have ended.")
        found.append(median(upper) / median(lower))
        theirs += upper
        ours += lower
    about = {
        "library_ms": 1000 * median(theirs),
        "ours_ms": 1000 * median(ours),
        "library_bytes": median(size for size, _ in sizes),
        "ours_bytes": median(size for _, size in sizes),
    }
    return Figure("completion_vs_library", found, goal=LIBRARY, about=about)


def _blocks(runs: int) -> list[float]:
    """Complete all reviews of five blocks in a row, and of five procedures of one block each."""
    found = []
    for _ in range(runs):
        many = _reviews(procedure.block_process(5, procedure.BLOCKS))
        one = [taken for _ in range(5) for taken in _reviews(procedure.block_process(1, procedure.ONE_BLOCK))]
        found.append(median(many) / median(one))
    return found


def _reviews(process: Process) -> list[float]:
    run = Ours(process)
    run.complete()
    taken = []
    with undisturbed():
        while run.open:
            taken.append(processor_seconds(run.complete))
    return taken


def _returns(runs: int) -> list[float]:
    """Go on with a procedure that was sent back 2 000 times, and with one that never was."""
    old = Ours(procedure.return_process())
    for _ in range(2 * RETURNS):
        old.complete()
    found = []
    for _ in range(runs):
        fresh = Ours(procedure.return_process())
        upper, lower = [], []
        with undisturbed():
            for _ in range(10):
                upper.append(processor_seconds(old.complete))
                lower.append(processor_seconds(fresh.complete))
        found.append(median(upper) / median(lower))
    return found


def _many(runs: int) -> Figure:
    """Complete one of a thousand items and one of ten, in turn, until nearly all of them are done."""
    few, many = procedure.MANY_SIZES
    large = _items(many)
    found, among_many, among_few = [], [], []
    for _ in range(runs):
        upper, lower = [], []
        with undisturbed():
            for _ in range(_MANY_SAMPLES // (few - 1)):
                small = _items(few)
                for _ in range(few - 1):
                    upper.append(processor_seconds(large.complete))
                    lower.append(processor_seconds(small.complete))
        found.append(median(upper) / median(lower))
        among_many += upper
        among_few += lower
    about = {"of_1000_ms": 1000 * median(among_many), "of_10_ms": 1000 * median(among_few)}
    return Figure("multi_instance_growth", found, goal=MANY_GROWTH, part=AT_ENGINE, about=about)


def _items(count: int) -> Ours:
    own = Ours(procedure.many_process(count))
    own.complete()
    return own
