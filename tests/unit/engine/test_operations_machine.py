"""Any sequence of completing, returning, taking back and passing, reloaded before each: it stays sound."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.unit.engine import shapes
from tests.unit.engine.play import Case, load
from webapp import engine

JOURNEY = load(shapes.journey(), shapes.correction())
PEOPLE = {step.id for step in JOURNEY.steps if step.kind == "userTask"}


class Operations(RuleBasedStateMachine):
    """A case, and how often each step has been completed."""

    def __init__(self) -> None:
        super().__init__()
        self.done: Counter[str] = Counter()
        self.undoable: tuple[str, list[str]] | None = None

    @initialize()
    def begin(self) -> None:
        self.case = Case(JOURNEY)

    @precondition(lambda self: self.case.finished)
    @rule()
    def begin_another(self) -> None:
        self.teardown()
        self.done.clear()
        self.undoable = None
        self.begin()

    def people(self) -> list[str]:
        return [key for key in self.waiting() if self.case.rows[key] in PEOPLE]

    def waiting(self) -> list[str]:
        """All that waits, in an order that does not depend on ids."""
        return sorted(self.case.rows, key=self.case.rows.__getitem__)

    def answer(self, element: str, *, left: bool, right: bool) -> dict[str, Any]:
        self.done[element] += 1
        if element == "visit":
            return {"one": self.done[element]}
        more = {"ask": {"x": left, "y": right}, "sign": {"again": left and right}}.get(element, {})
        return {f"by_{element}": self.done[element], **more}

    def settle(self) -> None:
        """Answer effects, as the services do at once."""
        while "number" in self.case.open:
            self.case.deliver("number", no="1号")

    @precondition(lambda self: not self.case.finished)
    @rule(place=st.integers(0, 9), left=st.booleans(), right=st.booleans())
    def complete(self, *, place: int, left: bool, right: bool) -> None:
        people = self.people()
        task = people[place % len(people)]
        element = self.case.rows[task]
        result = self.answer(element, left=left, right=right)
        before = set(self.case.rows)
        self.case.move(lambda run: run.complete(task, result))
        self.settle()
        opened = [key for key in self.people() if key not in before]
        self.undoable = None if element == "visit" or self.case.finished else (element, opened)

    @precondition(lambda self: not self.case.finished)
    @rule(place=st.integers(0, 9), choice=st.integers(0, 30))
    def send_back(self, place: int, choice: int) -> None:
        people = self.people()
        task = people[place % len(people)]
        run = engine.resume(JOURNEY, self.case.state, {})
        targets = run.returnable(task)
        if targets:
            chosen = targets[choice % len(targets)]
            result = self.case.move(lambda run: run.return_to(task, chosen))
            assert {opened.element_id for opened in result.opened} == {chosen}
            self.undoable = None

    @precondition(lambda self: self.undoable is not None)
    @rule()
    def take_back(self) -> None:
        element, opened = self.undoable or ("", [])
        result = self.case.move(lambda run: run.take_back(element, opened))
        assert [task.element_id for task in result.opened] == [element]
        assert self.case.token(element)[f"by_{element}"] == self.done[element]
        self.undoable = None

    @precondition(lambda self: not self.case.finished)
    @rule(place=st.integers(0, 9))
    def skip(self, place: int) -> None:
        waiting = self.waiting()
        task = waiting[place % len(waiting)]
        self.case.move(lambda run: run.skip(task, {}))
        self.settle()
        self.undoable = None

    @invariant()
    def no_step_is_open_twice(self) -> None:
        if hasattr(self, "case"):
            counts = Counter(self.case.rows.values())
            assert counts.pop("visit", 0) <= 3
            assert all(count == 1 for count in counts.values()), counts

    @invariant()
    def tokens_are_what_waits_and_joins(self) -> None:
        if hasattr(self, "case"):
            tokens = engine.resume(JOURNEY, self.case.state, {}).tokens
            assert {token.id for token in tokens if token.kind != "join"} == {
                key for key, name in self.case.rows.items() if "late" not in name
            }

    def teardown(self) -> None:
        """Whatever has happened, it can be brought to its end, with all that was entered."""
        for _ in range(40):
            if self.case.finished:
                break
            task = self.people()[0]
            result = self.answer(self.case.rows[task], left=True, right=False)
            self.case.move(lambda run, task=task, result=result: run.complete(task, result))
            self.settle()
        assert self.case.finished
        entered = {key: value for key, value in self.case.data.items() if key.startswith("by_")}
        assert entered == {f"by_{name}": count for name, count in self.done.items() if name != "visit"}


TestOperations = Operations.TestCase
TestOperations.settings = settings(
    max_examples=80, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
