"""Rules as boxes in a space of sample values: which overlap, what no box covers, which box others hide.

Every input is a dimension with a few sample values, chosen so that all values between two neighbours behave
alike. A rule is, for each dimension, the set of samples that it lets pass, kept as the bits of an int.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webapp.feel import Budget

Box: TypeAlias = tuple[int, ...]
"""One bit set for each dimension."""

_MAX_PAIRS: Final = 400_000
_MAX_VISITS: Final = 20_000


def bits(mask: int) -> list[int]:
    """Give the places of the bits that are set."""
    return [place for place in range(mask.bit_length()) if mask >> place & 1]


def common(one: Box, two: Box) -> Box | None:
    """Give what two boxes share, or None."""
    shared = tuple(left & right for left, right in zip(one, two, strict=True))
    return shared if all(shared) else None


def overlaps(boxes: Sequence[Box], most: int, budget: Budget) -> tuple[list[tuple[int, int, Box]], bool]:
    """Find pairs of boxes that share something, and say whether all pairs were looked at."""
    found: list[tuple[int, int, Box]] = []
    pairs = 0
    for second in range(1, len(boxes)):
        budget.tick(second)
        for first in range(second):
            pairs += 1
            if pairs > _MAX_PAIRS or len(found) >= most:
                return found, False
            shared = common(boxes[first], boxes[second])
            if shared is not None:
                found.append((first, second, shared))
    return found, True


@dataclass(slots=True)
class Cover:
    """Searches a space for what a set of boxes leaves open.

    Attributes:
        boxes: what covers.
        space: the samples of each dimension that are of interest.
        most: how many open regions are wanted.
        budget: what the search may use.
        complete: the search came to its end.
    """

    boxes: Sequence[Box]
    space: Box
    most: int
    budget: Budget
    complete: bool = True
    _visits: int = 0
    _covered: set[tuple[int, frozenset[int]]] = field(default_factory=set)

    def gaps(self) -> list[Box]:
        """Give regions that no box covers, not overlapping each other."""
        found: list[Box] = []
        self._visit(0, frozenset(range(len(self.boxes))), (), found)
        return found

    def _visit(self, dimension: int, active: frozenset[int], region: Box, found: list[Box]) -> None:
        """Split one dimension by the boxes that reach there, and go on where some still do."""
        if not active:
            found.append(region + self.space[dimension:])
            return
        if dimension == len(self.space) or (dimension, active) in self._covered:
            return
        before = len(found)
        for mask, reaching in self._split(dimension, active).items():
            self._visits += 1
            if self._visits > _MAX_VISITS or len(found) >= self.most:
                self.complete = False
                return
            self._visit(dimension + 1, reaching, (*region, mask), found)
        if len(found) == before:
            self._covered.add((dimension, active))

    def _split(self, dimension: int, active: frozenset[int]) -> dict[int, frozenset[int]]:
        """Group the samples of a dimension by the boxes that contain them."""
        groups: dict[frozenset[int], int] = {}
        self.budget.tick(len(active) * self.space[dimension].bit_count())
        for sample in bits(self.space[dimension]):
            reaching = frozenset(box for box in active if self.boxes[box][dimension] >> sample & 1)
            groups[reaching] = groups.get(reaching, 0) | 1 << sample
        return {mask: reaching for reaching, mask in groups.items()}
