"""Match patterns that refer back to what a group has matched.

No bound on time proportional to the text is possible for these, so every state that is tried is remembered,
never tried twice, and paid for from the budget; a hostile pattern uses its budget up and no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webapp.feel.pattern_program import BACK, CHAR, JUMP, MATCH, SAVE, SPLIT, Step, holds, replaced

if TYPE_CHECKING:
    from webapp.feel.limits import Budget

_STATE: Final = 8
"""Steps that a remembered state costs, besides one for each saved place."""


class Backtracker:
    """One search of a pattern with back-references."""

    def __init__(
        self,
        program: list[Step],
        text: str,
        budget: Budget,
        ignore_case: bool,  # noqa: FBT001 as the pattern's flags say
    ) -> None:
        self._program = program
        self._text = text
        self._budget = budget
        self._ignore_case = ignore_case
        self._pending: list[tuple[int, int, list[int]]] = []
        self._tried: set[tuple[int, ...]] = set()

    def run(self, start: int, groups: int, *, multiline: bool) -> list[int] | None:
        """Find the first match from a place on: start and end of the whole and of every group, or null.

        Raises:
            FeelLimitExceeded: when the search costs too much.
        """
        for at in range(start, len(self._text) + 1):
            self._pending = [(0, at, [at, *[-1] * (2 * groups + 1)])]
            self._tried = set()
            found = self._follow(multiline=multiline)
            if found is not None:
                return found
        return None

    def _follow(self, *, multiline: bool) -> list[int] | None:
        while self._pending:
            pc, at, saved = self._pending.pop()
            state = (pc, at, *saved)
            self._budget.tick(_STATE + len(saved))
            if state in self._tried:
                continue
            self._tried.add(state)
            step = self._program[pc]
            if step.op == MATCH:
                return replaced(saved, 1, at)
            self._step(step, pc, at, saved, multiline=multiline)
        return None

    def _step(self, step: Step, pc: int, at: int, saved: list[int], *, multiline: bool) -> None:
        """Put what may follow on the pile, the preferred on top."""
        if step.op == JUMP:
            self._pending.append((step.first, at, saved))
        elif step.op == SPLIT:
            self._pending.append((step.second, at, saved))
            self._pending.append((step.first, at, saved))
        elif step.op == SAVE:
            self._pending.append((pc + 1, at, replaced(saved, step.first, at)))
        elif step.op == CHAR:
            character = self._text[at : at + 1]
            if character and step.test is not None and step.test(character):
                self._pending.append((pc + 1, at + 1, saved))
        elif step.op == BACK:
            self._back(step.first, pc, at, saved)
        elif holds(step.op, self._text, at, multiline=multiline):
            self._pending.append((pc + 1, at, saved))

    def _back(self, group: int, pc: int, at: int, saved: list[int]) -> None:
        """Match what a group matched; a group that matched nothing stands for the empty text."""
        start, end = saved[2 * group : 2 * group + 2]
        wanted = self._text[start:end] if 0 <= start <= end else ""
        found = self._text[at : at + len(wanted)]
        self._budget.tick(len(wanted))
        if self._same(found, wanted):
            self._pending.append((pc + 1, at + len(wanted), saved))

    def _same(self, found: str, wanted: str) -> bool:
        if not self._ignore_case:
            return found == wanted
        return found.lower() == wanted.lower() or found.upper() == wanted.upper()
