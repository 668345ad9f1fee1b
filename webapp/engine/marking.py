"""All tokens of one level together: whether they fit a drawing, and each other in it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from webapp.engine.chart import Chart, Place


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one token stands in a drawing.

    Attributes:
        label: the step's name, for people.
        name: the spec's name.
        place: the exits of open splits that the token accounts for.
        via: the step that it came from, if it waits at a join.
        over: whether it has come to an end and only waits for others to do so.
    """

    label: str
    name: str
    place: Place
    via: str
    over: bool


@dataclass(frozen=True, slots=True)
class Marking:
    """The tokens of one level in one drawing."""

    chart: Chart
    spots: Sequence[Spot]

    def clashes(self) -> set[tuple[int, int]]:
        """Return the pairs of tokens, by number, that this drawing never has under way together."""
        return {
            (left, right)
            for left, right in self._pairs()
            if not self.chart.apart(self.spots[left].place, self.spots[right].place)
        }

    def crowding(self) -> set[tuple[int, int]]:
        """Return the pairs that can come to one step without a join between."""
        return {
            (left, right)
            for left, right in self._pairs()
            if not self.chart.meet_at_joins(self.spots[left].name, self.spots[right].name)
        }

    def lacking(self) -> set[tuple[str, str]]:
        """Return the exits of open parallel splits that no token accounts for: split and first step."""
        known: dict[str, frozenset[int]] = {}
        for spot in self.spots:
            for split, exits in spot.place.items():
                known[split] = known.get(split, frozenset()) | exits
        return {
            (split, self.chart.first(split, number))
            for split, exits in known.items()
            if self.chart.parallel(split)
            for number in self.chart.exits(split) - exits
        }

    def starving(self) -> set[int]:
        """Return the tokens, by number, that a join ahead of them would never let pass."""
        names = [spot.name for spot in self.spots]
        waiting = {(spot.name, spot.via) for spot in self.spots if spot.via}
        return {
            number
            for number, spot in enumerate(self.spots)
            if not spot.over and self.chart.starves(spot.name, names, waiting)
        }

    def _pairs(self) -> Iterator[tuple[int, int]]:
        alive = [number for number, spot in enumerate(self.spots) if not spot.over]
        return combinations(alive, 2)


def misfits(old: Marking, new: Marking, renamed: Mapping[str, str]) -> Iterator[str]:
    """Say why tokens that stood soundly in one drawing do not in another; nothing when they do.

    Args:
        old: the tokens where they stand.
        new: the same tokens, in the same order, where they would stand.
        renamed: new ids of elements, by old ones.
    """
    # A drawing where tokens crowd or starve is its author's; on the very same one they go on as they did.
    same = new.chart.shape == old.chart.shape
    clashes = set() if same else new.clashes()
    for left, right in sorted(clashes):
        names = f"“{new.spots[left].label}”和“{new.spots[right].label}”"
        yield f"{names}正在同时办理，而新流程中它们不能同时办理"
    for left, right in sorted(new.crowding() - old.crowding() - clashes):
        names = f"“{new.spots[left].label}”和“{new.spots[right].label}”"
        yield f"{names}所在的分支在新流程中没有汇合，后面的步骤会重复办理"
    before = {(renamed.get(split, split), renamed.get(first, first)) for split, first in old.lacking()}
    for split, first in sorted(new.lacking() - before):
        yield f"新流程中“{split}”拆出的分支“{first}”在本件中没有开始，不会再办"
    for number in sorted(set() if same else new.starving()):
        yield f"“{new.spots[number].label}”之后的汇合要等另外的分支，而本件中那些分支没有在办理"
