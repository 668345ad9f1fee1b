"""The program of a regular expression: what the matchers run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from webapp.feel.pattern_syntax import Anchor, Back, Char, Choice, Group, Part, PatternError, Repeat, Sequence

if TYPE_CHECKING:
    from webapp.feel.pattern_syntax import CharTest

_MAX_PROGRAM: Final = 2_000
_MAX_EMISSIONS: Final = 10_000

CHAR, SPLIT, JUMP, SAVE, START, END, MATCH, BACK = range(8)


class Step(NamedTuple):
    """One instruction: `first` and `second` are targets, or `first` is the slot to save in or the group."""

    op: int
    first: int = 0
    second: int = 0
    test: CharTest | None = None


class Assembler:
    """Turns the parts of a pattern into a program.

    Attributes:
        program: the instructions so far.
        cost: parts emitted so far.
        looks_back: the program holds a back-reference.
    """

    def __init__(self) -> None:
        self.program: list[Step] = []
        self.cost = 0
        self.looks_back = False

    def add(self, step: Step) -> int:
        """Add an instruction and give its place.

        Raises:
            PatternError: when the program grows too long.
        """
        if len(self.program) >= _MAX_PROGRAM:
            raise PatternError
        self.program.append(step)
        return len(self.program) - 1

    def emit(self, part: Part) -> None:
        """Add the instructions for a part.

        Raises:
            PatternError: when the program grows too long.
        """
        self.cost += 1
        if self.cost > _MAX_EMISSIONS:
            raise PatternError
        if isinstance(part, Char):
            self.add(Step(CHAR, test=part.test))
        elif isinstance(part, Anchor):
            self.add(Step(END if part.end else START))
        elif isinstance(part, Sequence):
            for inner in part.parts:
                self.emit(inner)
        elif isinstance(part, Group):
            self.add(Step(SAVE, 2 * part.number))
            self.emit(part.part)
            self.add(Step(SAVE, 2 * part.number + 1))
        elif isinstance(part, Back):
            self.add(Step(BACK, part.number))
            self.looks_back = True
        elif isinstance(part, Choice):
            self._choice(part.parts)
        else:
            self._repeat(part)

    def _choice(self, parts: tuple[Part, ...]) -> None:
        exits = []
        for part in parts[:-1]:
            split = self.add(Step(SPLIT))
            self.emit(part)
            exits.append(self.add(Step(JUMP)))
            self.program[split] = Step(SPLIT, split + 1, len(self.program))
        self.emit(parts[-1])
        for at in exits:
            self.program[at] = Step(JUMP, len(self.program))

    def _repeat(self, part: Repeat) -> None:
        for _ in range(part.least):
            self.emit(part.part)
        if part.most is None:
            split = self.add(Step(SPLIT))
            self.emit(part.part)
            self.add(Step(JUMP, split))
            self._branch(split, greedy=part.greedy)
            return
        splits = []
        for _ in range(part.most - part.least):
            splits.append(self.add(Step(SPLIT)))
            self.emit(part.part)
        for split in splits:
            self._branch(split, greedy=part.greedy)

    def _branch(self, split: int, *, greedy: bool) -> None:
        onward, out = split + 1, len(self.program)
        self.program[split] = Step(SPLIT, onward, out) if greedy else Step(SPLIT, out, onward)


def holds(op: int, text: str, at: int, *, multiline: bool) -> bool:
    """Whether an anchor holds at a place."""
    if op == START:
        return at == 0 or (multiline and text[at - 1] == "\n")
    return at == len(text) or (multiline and text[at] == "\n")


def replaced(saved: list[int], slot: int, value: int) -> list[int]:
    """Copy the saved places with another value in one slot."""
    copy = list(saved)
    copy[slot] = value
    return copy
