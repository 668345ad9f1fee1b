"""Match regular expressions in time proportional to pattern times text, whatever the pattern.

Python's `re` backtracks and has no time limit, so one short pattern can hold a process for ever. Here all
possibilities are followed at once (Pike's virtual machine), and every step is paid from the budget. Only a
pattern with back-references, which that machine cannot follow, is matched by backtracking; it pays more.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from webapp.feel.pattern_backtrack import Backtracker
from webapp.feel.pattern_program import CHAR, JUMP, MATCH, SAVE, SPLIT, Assembler, Step, holds, replaced
from webapp.feel.pattern_syntax import PatternError, PatternReader

if TYPE_CHECKING:
    from webapp.feel.limits import Budget

_MAX_SOURCE: Final = 1_000
_META: Final = frozenset(r".\?*+{}()[]|^$")
_FLAGS: Final = frozenset("smixq")
_DOLLAR_DIGITS: Final = "0123456789"


class Pattern:
    """A compiled pattern, safe to share between threads.

    Attributes:
        groups: number of groups.
    """

    __slots__ = ("_ignore_case", "_literal", "_looks_back", "_multiline", "_program", "groups")

    def __init__(self, source: str, flags: str, assembler: Assembler) -> None:
        if set(flags) - _FLAGS:
            raise PatternError(flags)
        self._multiline = "m" in flags
        self._ignore_case = "i" in flags
        self._looks_back = False
        plain = "q" in flags or not _META.intersection(source)
        self._literal = source if plain and not set(flags) & set("ix") else None
        self.groups = 0
        self._program: list[Step] = []
        if self._literal is not None:
            return
        reader = PatternReader(_escaped(source) if "q" in flags else source, flags)
        part = reader.read()
        self.groups = reader.groups
        assembler.emit(part)
        assembler.add(Step(MATCH))
        self._program = assembler.program
        self._looks_back = assembler.looks_back

    def search(self, text: str, start: int, budget: Budget) -> list[int] | None:
        """Find the first match from a place on: start and end of the whole and of every group, or null.

        Raises:
            FeelLimitExceeded: when the search costs too much.
        """
        if start > len(text):
            return None
        if self._literal is not None:
            budget.tick(1 + (len(text) - start) // 64)
            at = text.find(self._literal, start)
            return None if at < 0 else [at, at + len(self._literal)]
        if self._looks_back:
            back = Backtracker(self._program, text, budget, self._ignore_case)
            return back.run(start, self.groups, multiline=self._multiline)
        return _Search(self._program, text, budget, multiline=self._multiline).run(start, self.groups)

    def template(self, replacement: str) -> list[str | int] | None:
        """Cut a replacement into text and group numbers; null when `$` or a backslash stands alone."""
        parts: list[str | int] = []
        at = 0
        while at < len(replacement):
            character = replacement[at]
            following = replacement[at + 1 : at + 2]
            if character == "\\":
                if following not in {"\\", "$"} or not following:
                    return None
                parts.append(following)
                at += 2
            elif character == "$":
                if not following or following not in _DOLLAR_DIGITS:
                    return None
                at = self._reference(replacement, at + 1, parts)
            else:
                parts.append(character)
                at += 1
        return parts

    def _reference(self, replacement: str, at: int, parts: list[str | int]) -> int:
        """Read a group number, with as many digits as there are groups for; a missing group is empty."""
        number = int(replacement[at])
        at += 1
        while replacement[at : at + 1] and replacement[at] in _DOLLAR_DIGITS:
            longer = number * 10 + int(replacement[at])
            if longer > self.groups:
                break
            number = longer
            at += 1
        parts.append(number if number <= self.groups else "")
        return at


class _Search:
    """One search: the threads at a place in the text, in order of preference."""

    def __init__(self, program: list[Step], text: str, budget: Budget, *, multiline: bool) -> None:
        self._program = program
        self._text = text
        self._budget = budget
        self._multiline = multiline
        self._threads: list[tuple[int, list[int]]] = []
        self._seen: set[int] = set()

    def run(self, start: int, groups: int) -> list[int] | None:
        best: list[int] | None = None
        empty = [-1] * (2 * groups + 2)
        for at in range(start, len(self._text) + 1):
            if best is None:
                self._add(0, at, empty)
            if not self._threads:
                if best is not None:
                    return best
                self._seen = set()
                continue
            best = self._advance(at, best)
        return best

    def _advance(self, at: int, best: list[int] | None) -> list[int] | None:
        """Step all threads over one character; a match ends the threads that are preferred less."""
        threads, self._threads, self._seen = self._threads, [], set()
        character = self._text[at : at + 1]
        self._budget.tick(1 + len(threads) // 2)
        for pc, saved in threads:
            step = self._program[pc]
            if step.op == MATCH:
                found = list(saved)
                found[1] = at
                return found
            if character and step.test is not None and step.test(character):
                self._add(pc + 1, at + 1, saved)
        return best

    def _add(self, pc: int, at: int, saved: list[int]) -> None:
        """Follow everything that costs no character, to the instructions that do."""
        if pc == 0:
            saved = [at, -1, *saved[2:]]
        pending = [(pc, saved)]
        while pending:
            pc, saved = pending.pop()
            if pc in self._seen:
                continue
            self._seen.add(pc)
            self._budget.tick()
            step = self._program[pc]
            if step.op == JUMP:
                pending.append((step.first, saved))
            elif step.op == SPLIT:
                pending.append((step.second, saved))
                pending.append((step.first, saved))
            elif step.op == SAVE:
                pending.append((pc + 1, replaced(saved, step.first, at)))
            elif step.op in {CHAR, MATCH}:
                self._threads.append((pc, saved))
            elif holds(step.op, self._text, at, multiline=self._multiline):
                pending.append((pc + 1, saved))


def _escaped(source: str) -> str:
    return "".join(f"\\{character}" if character in _META else character for character in source)


def compile_pattern(source: str, flags: str, budget: Budget) -> Pattern | None:
    """Compile a pattern; null when it is no pattern, or one that is too large.

    Raises:
        FeelLimitExceeded: when the budget does not suffice.
    """
    pattern, cost = _compiled(source, flags) if len(source) <= _MAX_SOURCE else (None, 0)
    budget.tick(1 + cost // 4)
    return pattern


@lru_cache(maxsize=128)
def _compiled(source: str, flags: str) -> tuple[Pattern | None, int]:
    """Give the pattern and what its compilation cost."""
    assembler = Assembler()
    try:
        return Pattern(source, flags, assembler), assembler.cost + len(source)
    except PatternError:
        return None, assembler.cost + len(source)
