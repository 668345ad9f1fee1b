"""Read the regular expressions of XPath, which FEEL uses.

They are XML Schema's, with anchors, lazy repeats and back-references.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

CharTest: TypeAlias = Callable[[str], bool]

MAX_REPEAT: Final = 1_000
_MAX_NESTING: Final = 30
_DIGITS: Final = "123456789"
_SPECIAL: Final = r".\?*+{}()[]|^$"
_ESCAPED: Final = {"n": "\n", "r": "\r", "t": "\t"}
_BLOCKS: Final = {
    "IsBasicLatin": (0x00, 0x7F),
    "IsLatin-1Supplement": (0x80, 0xFF),
    "IsCJKSymbolsandPunctuation": (0x3000, 0x303F),
    "IsCJKUnifiedIdeographs": (0x4E00, 0x9FFF),
    "IsHalfwidthandFullwidthForms": (0xFF00, 0xFFEF),
}
_CATEGORIES: Final = frozenset({
    "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No",
    "P", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Z", "Zs", "Zl", "Zp",
    "S", "Sm", "Sc", "Sk", "So", "C", "Cc", "Cf", "Co", "Cn",
})  # fmt: skip


class PatternError(ValueError):
    """A text that is no regular expression, or asks for what is not offered."""


@dataclass(frozen=True, slots=True)
class Char:
    """One character that passes a test."""

    test: CharTest


@dataclass(frozen=True, slots=True)
class Anchor:
    """`^` or `$`."""

    end: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """One part after the other."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Any of the parts, the earlier ones first."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part again and again; `most` is None when there is no end."""

    part: Part
    least: int
    most: int | None
    greedy: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A part whose place is remembered under a number."""

    part: Part
    number: int


@dataclass(frozen=True, slots=True)
class Back:
    """What a group before it has matched, once more."""

    number: int


Part: TypeAlias = Char | Anchor | Sequence | Choice | Repeat | Group | Back


class PatternReader:
    """Reads one pattern.

    Attributes:
        groups: number of groups read so far.
    """

    def __init__(self, source: str, flags: str) -> None:
        self._source = _without_space(source) if "x" in flags else source
        self._at = 0
        self._depth = 0
        self._dot_all = "s" in flags
        self._ignore_case = "i" in flags
        self.groups = 0
        self._closed: set[int] = set()

    def read(self) -> Part:
        """Read the whole pattern.

        Raises:
            PatternError: when the text is no pattern.
        """
        part = self._choice()
        if self._at < len(self._source):
            raise PatternError(self._source)
        return part

    def _peek(self) -> str:
        return self._source[self._at : self._at + 1]

    def _next(self) -> str:
        character = self._source[self._at : self._at + 1]
        if not character:
            raise PatternError(self._source)
        self._at += 1
        return character

    def _take(self, text: str) -> bool:
        if self._source.startswith(text, self._at):
            self._at += len(text)
            return True
        return False

    def _choice(self) -> Part:
        self._depth += 1
        if self._depth > _MAX_NESTING:
            raise PatternError(self._source)
        branches = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            branches.append(self._sequence())
        self._depth -= 1
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def _sequence(self) -> Part:
        parts: list[Part] = []
        while self._peek() not in {"", "|", ")"}:
            parts.append(self._repeated(self._atom()))
        return Sequence(tuple(parts))

    def _repeated(self, part: Part) -> Part:
        bounds = self._bounds()
        if bounds is None:
            return part
        greedy = not self._take("?")
        if self._peek() in {"*", "+", "?", "{"}:
            raise PatternError(self._source)
        return Repeat(part, bounds[0], bounds[1], greedy)

    def _bounds(self) -> tuple[int, int | None] | None:
        mark = self._peek()
        simple: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        if mark in simple:
            self._at += 1
            return simple[mark]
        if mark != "{":
            return None
        self._at += 1
        inside, closed, _ = self._source[self._at :].partition("}")
        self._at += len(inside) + 1
        least, comma, most = inside.partition(",")
        numbers_fit = least.isdecimal() and (most.isdecimal() or not most) and len(inside) < 12  # noqa: PLR2004
        if not closed or not numbers_fit:
            raise PatternError(self._source)
        low = int(least)
        high = (int(most) if most else None) if comma else low
        if max(low, high or 0) > MAX_REPEAT or (high is not None and high < low):
            raise PatternError(self._source)
        return low, high

    def _atom(self) -> Part:
        character = self._next()
        if character == "(":
            return self._group()
        if character in "^$":
            return Anchor(end=character == "$")
        if character == ".":
            return Char((lambda _c: True) if self._dot_all else (lambda c: c not in "\n\r"))
        if character == "[":
            return Char(self._class())
        if character == "\\":
            return self._back() or Char(self._escape())
        if character in _SPECIAL:
            raise PatternError(self._source)
        return Char(self._cased(_is(character)))

    def _back(self) -> Back | None:
        """Read a back-reference, with as many digits as there are groups for.

        Raises:
            PatternError: when the group does not exist or does not end before the reference.
        """
        if self._peek() not in _DIGITS or not self._peek():
            return None
        number = int(self._next())
        while self._peek() and self._peek() in f"0{_DIGITS}":
            longer = number * 10 + int(self._peek())
            if longer > self.groups:
                break
            number = longer
            self._at += 1
        if number not in self._closed:
            raise PatternError(self._source)
        return Back(number)

    def _cased(self, test: CharTest) -> CharTest:
        if not self._ignore_case:
            return test
        return lambda c: test(c) or test(c.lower()) or test(c.upper())

    def _group(self) -> Part:
        number = 0
        if self._take("?"):
            if not self._take(":"):
                raise PatternError(self._source)
        else:
            self.groups += 1
            number = self.groups
        part = self._choice()
        if not self._take(")"):
            raise PatternError(self._source)
        if not number:
            return part
        self._closed.add(number)
        return Group(part, number)

    def _escape(self) -> CharTest:
        character = self._next()
        if character in _CLASSES:
            return _CLASSES[character]
        if character.lower() in _CLASSES:
            return _not(_CLASSES[character.lower()])
        if character in "pP":
            test = self._property()
            return test if character == "p" else _not(test)
        if character in _ESCAPED:
            return _is(_ESCAPED[character])
        if character in _SPECIAL + "-":
            return _is(character)
        raise PatternError(self._source)

    def _property(self) -> CharTest:
        name, closed, _ = self._source[self._at + 1 :].partition("}")
        if self._next() != "{" or not closed:
            raise PatternError(self._source)
        self._at += len(name) + 1
        if name in _BLOCKS:
            return _within(*_BLOCKS[name])
        if name not in _CATEGORIES:
            raise PatternError(self._source)
        return lambda c: len(c) == 1 and unicodedata.category(c).startswith(name)

    def _class(self) -> CharTest:
        self._depth += 1
        if self._depth > _MAX_NESTING:
            raise PatternError(self._source)
        negated = self._take("^")
        tests: list[CharTest] = []
        removed: CharTest | None = None
        while not self._take("]"):
            if removed is not None:
                raise PatternError(self._source)
            if tests and self._take("-["):
                removed = self._class()
            else:
                tests.append(self._member())
        self._depth -= 1
        if not tests:
            raise PatternError(self._source)
        return _combined(tuple(tests), removed, negated=negated)

    def _member(self) -> CharTest:
        low = self._next()
        if low == "[":
            raise PatternError(self._source)
        if low == "\\":
            escaped = self._source[self._at : self._at + 1]
            test = self._escape()
            if escaped in _CLASSES or escaped.lower() in _CLASSES or escaped in "pP":
                return test
            low = _ESCAPED.get(escaped, escaped)
        if self._source[self._at : self._at + 1] != "-" or self._source[self._at + 1 : self._at + 2] in {
            "]",
            "[",
        }:
            return self._cased(_is(low))
        self._at += 1
        high = self._next()
        if high == "\\":
            escaped = self._next()
            high = _ESCAPED.get(escaped, escaped)
        if high < low:
            raise PatternError(self._source)
        return self._cased(_within(ord(low), ord(high)))


def _without_space(source: str) -> str:
    """Drop white space outside of character classes, as flag x asks."""
    depth = 0
    kept = []
    for place, character in enumerate(source):
        escaped = place > 0 and source[place - 1] == "\\"
        if character == "[" and not escaped:
            depth += 1
        elif character == "]" and not escaped:
            depth -= 1
        if depth > 0 or character not in " \t\r\n":
            kept.append(character)
    return "".join(kept)


def _is(wanted: str) -> CharTest:
    return lambda c: c == wanted


def _not(test: CharTest) -> CharTest:
    return lambda c: not test(c)


def _within(low: int, high: int) -> CharTest:
    return lambda c: len(c) == 1 and low <= ord(c) <= high


def _combined(tests: tuple[CharTest, ...], removed: CharTest | None, *, negated: bool) -> CharTest:
    def passes(character: str) -> bool:
        if any(test(character) for test in tests) is negated:
            return False
        return removed is None or not removed(character)

    return passes


def _category_in(letters: str) -> CharTest:
    return lambda c: len(c) == 1 and unicodedata.category(c)[0] in letters


_CLASSES: Final[dict[str, CharTest]] = {
    "d": lambda c: len(c) == 1 and unicodedata.category(c) == "Nd",
    "w": _not(_category_in("PZC")),
    "s": lambda c: c in {" ", "\t", "\n", "\r"},
    "i": lambda c: c in {"_", ":"} or _category_in("L")(c),
    "c": lambda c: c in {"_", ":", ".", "-", "\u00b7"} or _category_in("LNM")(c),
}
