"""What differs between two versions of a file, in the words of those who read it."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from webapp.packs.paths import Editor

Change = Literal["added", "removed", "changed", "moved"]


@dataclass(frozen=True, slots=True)
class Detail:
    """One property that differs.

    Attributes:
        label: Its name for people, such as 条件 or a column of a table.
        before: What it was; empty if it was not there.
        after: What it is; empty if it is no longer there.
    """

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Part:
    """One thing in a file that differs: an element, a rule, a field, a paragraph, an entry.

    Attributes:
        id: Element or rule id, path of a field, key of an entry; of lines the number of the first one.
        name: Its name for people, with what sort of thing it is.
        change: ``moved`` if it only lies elsewhere: on the drawing, or among its like.
        details: What differs in it; of an added or removed part, what it says.
    """

    id: str
    name: str
    change: Change
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file that differs.

    Attributes:
        path: Path below the project.
        kind: What sort of file it is: ``bpmn``, ``dmn``, ``form``, ``template``, ``toml`` or ``text``.
        change: Whether the file is new, gone, or another.
        parts: What differs in it; none if only its spaces, comments or order do.
    """

    path: str
    kind: Editor
    change: Change
    parts: tuple[Part, ...] = ()

    @property
    def is_drawing_only(self) -> bool:
        """Nothing but the drawing differs, or the way in which the text is written."""
        return self.change == "changed" and all(part.change == "moved" for part in self.parts)


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing in one version of a file.

    Attributes:
        name: Its name for people.
        facets: What it says, by label.
        place: Where it lies, in a form that can be compared; empty where that does not matter.
    """

    name: str
    facets: Mapping[str, str]
    place: str = ""


def differing(before: Mapping[str, Thing], after: Mapping[str, Thing]) -> Iterator[Part]:
    """Yield the things that differ: those of the new version in their order, then those that are gone."""
    for key, thing in after.items():
        old = before.get(key)
        if old is None:
            yield Part(key, thing.name, "added", _said(thing.facets, added=True))
            continue
        details = tuple(_details(old, thing))
        if details:
            yield Part(key, thing.name, "changed", details)
        elif old.place != thing.place:
            yield Part(key, thing.name, "moved")
    for key, thing in before.items():
        if key not in after:
            yield Part(key, thing.name, "removed", _said(thing.facets, added=False))


def reordered(before: Iterable[str], after: Iterable[str]) -> list[str]:
    """Return the keys of both versions that stand in another order, the fewest that explain it.

    Args:
        before: Keys in the order of the old version.
        after: Keys in the order of the new version.
    """
    old = {key: place for place, key in enumerate(before)}
    common = [key for key in after if key in old]
    # The longest rising row of old places stays where it is (patience sorting); the rest has moved.
    ends: list[int] = []
    tails: list[str] = []
    previous: dict[str, str | None] = {}
    for key in common:
        at = bisect_left(ends, old[key])
        previous[key] = tails[at - 1] if at else None
        ends[at : at + 1] = [old[key]]
        tails[at : at + 1] = [key]
    kept: set[str] = set()
    last = tails[-1] if tails else None
    while last is not None:
        kept.add(last)
        last = previous[last]
    return [key for key in common if key not in kept]


def _details(before: Thing, after: Thing) -> Iterator[Detail]:
    for label in dict.fromkeys((*before.facets, *after.facets)):
        old, new = before.facets.get(label, ""), after.facets.get(label, "")
        if old != new:
            yield Detail(label, old, new)


def _said(facets: Mapping[str, str], *, added: bool) -> tuple[Detail, ...]:
    return tuple(
        Detail(label, "" if added else text, text if added else "") for label, text in facets.items() if text
    )
