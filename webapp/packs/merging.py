"""Puts two later versions of one file together, three ways and by the parts that people know.

Those are entries of TOML, rules of tables, fields of forms, lines of templates and policy texts. Every part
keeps its bytes. A part that only one side changed is that side's; one that both changed is a conflict, and so
is the whole of any other file, and of one that would no longer be well-formed.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Final, Literal

from webapp.packs.paths import kind_of, suffix_of
from webapp.packs.sources import parse_xml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Choice = Literal["mine", "theirs"]
Parts = dict[str, str]
_HEADER: Final = re.compile(r"\[+\s*([^\[\]]+?)\s*\]+")
_NAMED: Final = re.compile(r'^(?:key|id|kind)\s*=\s*"([^"]*)"', re.MULTILINE)
_RULE: Final = re.compile(r'\s*<(?:\w+:)?rule\b[^>]*?\bid="([^"]+)".*?</(?:\w+:)?rule>', re.DOTALL)
_MAX_LINES: Final = 20_000


class _Whole(Exception):  # noqa: N818 - not an error: the file is one part
    """A file cannot be parted."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A part that both sides changed, each in another way.

    Attributes:
        place: What names it among all: the path, and the part after `#` unless it is the whole file.
        mine: Its text in the draft; `None` if it was removed there.
        theirs: Its text in what was released.
    """

    place: str
    mine: str | None
    theirs: str | None


class Merge:
    """Merges of texts under some choices.

    Args:
        choices: By :attr:`Conflict.place`, whose part to keep.

    Attributes:
        conflicts: What both sides changed and nobody chose for.
    """

    def __init__(self, choices: Mapping[str, Choice]) -> None:
        self._choices = choices
        self.conflicts: list[Conflict] = []

    def text(self, path: str, base: str | None, mine: str | None, theirs: str | None) -> str | None:
        """Return the merged text of a file, `None` if it is removed; where a choice is missing, mine."""
        if path in self._choices or None in (base, mine, theirs) or mine == theirs or base in (mine, theirs):
            return self._part(path, base, mine, theirs)
        found = len(self.conflicts)
        try:
            merged = _BY_SUFFIX[suffix_of(path)](self, path, base or "", mine or "", theirs or "")
            if len(self.conflicts) > found or _is_well_formed(path, merged):
                return merged
        except (KeyError, ValueError, RecursionError, _Whole):
            pass  # by its whole
        del self.conflicts[found:]
        return self._part(path, base, mine, theirs)

    def _part(self, place: str, base: str | None, mine: str | None, theirs: str | None) -> str | None:
        if theirs in (mine, base):
            return mine
        if mine == base:
            return theirs
        choice = self._choices.get(place)
        if choice is None:
            self.conflicts.append(Conflict(place, mine, theirs))
        return theirs if choice == "theirs" else mine

    def parts(self, path: str, base: Parts, mine: Parts, theirs: Parts) -> Parts:
        """Return merged parts by name, in the order of whoever changed the order, else of mine."""
        merged: Parts = {}
        for name in _order(list(base), list(mine), list(theirs)):
            text = self._part(f"{path}#{name}", base.get(name), mine.get(name), theirs.get(name))
            if text is not None:
                merged[name] = text
        return merged

    def entries(self, path: str, *texts: str) -> str:
        """Merge TOML by entry."""
        return "".join(self.parts(path, *(_entries(text) for text in texts)).values())

    def rules(self, path: str, *texts: str) -> str:
        """Merge decision tables by rule."""
        return "".join(self.parts(path, *(_rules(text) for text in texts)).values())

    def fields(self, path: str, *texts: str) -> str:
        """Merge forms by field."""
        if kind_of(path) != "form" or any(_written(json.loads(text)) != text for text in texts):
            raise _Whole  # it is a scenario, or would not keep its bytes
        return _written(self._object(f"{path}#", *(json.loads(text) for text in texts)))

    def lines(self, path: str, base: str, mine: str, theirs: str) -> str:
        """Merge texts by runs of lines."""
        sides = [text.splitlines(keepends=True) for text in (base, mine, theirs)]
        if sum(map(len, sides)) > _MAX_LINES:
            raise _Whole
        merged = [
            self._part(f"{path}#第 {number} 行起", *("".join(lines) for lines in run))
            for number, run in _runs(*sides)
        ]
        return "".join(text or "" for text in merged)

    def _object(self, place: str, base: Any, mine: Any, theirs: Any) -> Any:
        """Merge a form, or a section of one: what is inside by its key, everything else as one part."""
        sides = (base, mine, theirs)
        own = [{key: value for key, value in side.items() if key != "components"} for side in sides]
        head = self._value(place + "表单" if place.endswith("#") else place, *own)
        inside = [_keyed(side.get("components", [])) for side in sides]
        if not any(inside):
            return head
        found = []
        for key in _order(*(list(side) for side in inside)):
            parts = [side.get(key) for side in inside]
            there = f"{place}{'' if place.endswith('#') else '.'}{key}"
            if all(part is not None and "components" in part for part in parts):
                found.append(self._object(there, *parts))
            elif (value := self._value(there, *parts)) is not None:
                found.append(value)
        return _in_place_of(mine, head, found)

    def _value(self, place: str, *values: Any) -> Any:
        texts = [None if value is None else _written(value) for value in values]
        text = self._part(place, *texts)
        return None if text is None else json.loads(text)


def _in_place_of(model: Mapping[str, Any], head: Mapping[str, Any], inside: Sequence[Any]) -> dict[str, Any]:
    """Return an object with its properties in the order of another."""
    names = [*(key for key in model if key in head or key == "components"), *head, "components"]
    return {name: inside if name == "components" else head[name] for name in dict.fromkeys(names)}


def _keyed(components: Any) -> dict[str, Any]:
    """Return components by what names them; those without a name by their place."""
    named = {
        str(one.get("key") or one.get("path") or one.get("id") or f"第{number}项"): one
        for number, one in enumerate(components, start=1)
        if isinstance(one, dict)
    }
    if len(named) != len(components):
        raise _Whole
    return named


def _order(base: list[str], mine: list[str], theirs: list[str]) -> list[str]:
    """Return the names of both sides in one order; what only the other has follows what it follows there."""
    leading, other = (theirs, mine) if [name for name in mine if name in base] == base else (mine, theirs)
    order = list(leading)
    for place, name in enumerate(other):
        if name not in order:
            before = next((one for one in reversed(other[:place]) if one in order), None)
            order.insert(order.index(before) + 1 if before is not None else 0, name)
    return order


def _entries(text: str) -> Parts:
    """Part TOML at its headers; tables inside an entry, and the comment above it, belong to it."""
    pieces: list[list[str]] = [[]]
    current = ""
    for line in text.splitlines(keepends=True):
        header = _HEADER.match(line)
        if header and not (current and header[1].startswith(f"{current}.")):
            current = header[1]
            above = _comment_above(pieces[-1])
            pieces.append([*above, line])
        else:
            pieces[-1].append(line)
    return _named((_name_of("".join(piece)), "".join(piece)) for piece in pieces)


def _comment_above(lines: list[str]) -> list[str]:
    """Take the comment at the end of a piece off it."""
    above: list[str] = []
    while lines and lines[-1].startswith("#"):
        above.insert(0, lines.pop())
    return above


def _name_of(piece: str) -> str:
    header = re.search(r"^\[+.*", piece, re.MULTILINE)
    key = _NAMED.search(piece)
    return f"{header[0].strip() if header else '文件开头'} {key[1] if key else ''}".strip()


def _rules(text: str) -> Parts:
    found: list[tuple[str, str]] = []
    end, between = 0, 0
    for match in _RULE.finditer(text):
        if match.start() > end or not found:
            found.append((f"第{between}段", text[end : match.start()]))
            between += 1
        found.append((f"规则 {match[1]}", match[0]))
        end = match.end()
    return _named([*found, (f"第{between}段", text[end:])])


def _named(parts: Iterator[tuple[str, str]] | Sequence[tuple[str, str]]) -> Parts:
    """Return parts by name; the second of a name is told from the first by its number."""
    named: Parts = {}
    seen: Counter[str] = Counter()
    for name, text in parts:
        seen[name] += 1
        named[name if seen[name] == 1 else f"{name} {seen[name]}"] = text
    return named


def _runs(
    base: list[str], mine: list[str], theirs: list[str]
) -> Iterator[tuple[int, tuple[list[str], list[str], list[str]]]]:
    """Yield runs of lines of all three, parted where all are the same, each with its first line in mine."""
    to_mine, to_theirs = (_same_lines(base, side) for side in (mine, theirs))
    at, own, other = 0, 0, 0
    for line in [*(line for line in range(len(base)) if line in to_mine and line in to_theirs), len(base)]:
        stop = (line, to_mine.get(line, len(mine)), to_theirs.get(line, len(theirs)))
        yield own + 1, (base[at : stop[0]], mine[own : stop[1]], theirs[other : stop[2]])
        yield stop[1] + 1, (base[line : line + 1],) * 3
        at, own, other = stop[0] + 1, stop[1] + 1, stop[2] + 1


def _same_lines(base: list[str], side: list[str]) -> dict[int, int]:
    blocks = SequenceMatcher(None, base, side, autojunk=False).get_matching_blocks()
    return {block.a + step: block.b + step for block in blocks for step in range(block.size)}


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _is_well_formed(path: str, text: str) -> bool:
    try:
        if path.endswith(".toml"):
            tomllib.loads(text)
    except ValueError:
        return False
    return not path.endswith(".dmn") or parse_xml(text) is not None


_BY_SUFFIX: Final[Mapping[str, Callable[..., str]]] = {
    ".toml": Merge.entries,
    ".dmn": Merge.rules,
    ".json": Merge.fields,
    ".md": Merge.lines,
    ".txt": Merge.lines,
}
