"""The bounds within which every expression is read and evaluated.

Cost is counted where it can grow, not at every node: a loop pays the weight of its body for each turn,
a function call pays its body, a list or string operation pays for what it makes or walks. Straight-line
code is bounded by the length of the text itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import Final

from webapp.feel.errors import FeelLimitExceeded

MAX_TEXT: Final = 20_000
"""Longest expression, in characters."""
MAX_NESTING: Final = 48
"""Deepest nesting that the parser follows."""
MAX_TREE: Final = 140
"""Deepest syntax tree that is compiled; evaluation nests as deep as the tree."""
_BETWEEN_LOOKS: Final = 2_000
_CHARACTERS_PER_STEP: Final = 16


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one evaluation may use.

    Attributes:
        steps: units of work; a loop turn costs the number of nodes in its body.
        depth: levels of the trees of all functions active at once.
        size: longest list (items), string (characters) and result (values in all).
        seconds: wall-clock time.
    """

    steps: int = 200_000
    depth: int = 240
    size: int = 50_000
    seconds: float = 1.0


DEFAULT: Final = Limits()


class Budget:
    """What is left of the limits during one evaluation."""

    __slots__ = ("_deadline", "_look_at", "depth_left", "size", "steps_left")

    def __init__(self, limits: Limits = DEFAULT) -> None:
        self.steps_left = limits.steps
        self.depth_left = limits.depth
        self.size = limits.size
        self._look_at = max(limits.steps - _BETWEEN_LOOKS, 0)
        self._deadline = perf_counter() + limits.seconds

    def tick(self, steps: int = 1) -> None:
        """Pay for work.

        Raises:
            FeelLimitExceeded: when steps or time are used up.
        """
        self.steps_left -= steps
        if self.steps_left < self._look_at:
            self._look()

    def _look(self) -> None:
        if self.steps_left < 0:
            raise FeelLimitExceeded("表达式的计算步数超出上限")
        if perf_counter() > self._deadline:
            raise FeelLimitExceeded("表达式的计算时间超出上限")
        self._look_at = max(self.steps_left - _BETWEEN_LOOKS, 0)

    def enter(self, levels: int) -> None:
        """Go down into a function body of that many levels; `leave` gives them back.

        Raises:
            FeelLimitExceeded: when functions call each other too deeply.
        """
        if levels > self.depth_left:
            raise FeelLimitExceeded("函数调用的层数超出上限")
        self.depth_left -= levels

    def leave(self, levels: int) -> None:
        """Come back from a function body."""
        self.depth_left += levels

    def fits(self, count: int) -> None:
        """Check the length of a list that grows.

        Raises:
            FeelLimitExceeded: when the list is too long.
        """
        if count > self.size:
            raise FeelLimitExceeded("列表的长度超出上限")

    def items(self, count: int) -> None:
        """Pay for a list of that many items, before it is made.

        Raises:
            FeelLimitExceeded: when the list is too long.
        """
        self.fits(count)
        self.tick(count)

    def characters(self, count: int) -> None:
        """Pay for a string of that many characters, before it is made.

        Raises:
            FeelLimitExceeded: when the string is too long.
        """
        self.fits_text(count)
        self.tick(count // _CHARACTERS_PER_STEP)

    def fits_text(self, count: int) -> None:
        """Check the length of a string that grows.

        Raises:
            FeelLimitExceeded: when the string is too long.
        """
        if count > self.size:
            raise FeelLimitExceeded("文本的长度超出上限")
