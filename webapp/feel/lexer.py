"""Cut FEEL text into tokens.

FEEL names may hold spaces, operators and reserved words, so tokens depend on the names in scope: the lexer
is told the names that ordinary rules would cut apart, and takes the longest that fits. Other names are runs
of words; two words side by side are never anything else in FEEL.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

from webapp.feel.errors import FeelSyntaxError, wide_punctuation_hint

if TYPE_CHECKING:
    from collections.abc import Iterable

RESERVED: Final = frozenset(
    [
        "and",
        "or",
        "in",
        "between",
        "if",
        "then",
        "else",
        "for",
        "return",
        "some",
        "every",
        "satisfies",
        "true",
        "false",
        "null",
    ]
)

_START: Final = (
    r"A-Za-z_\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C\u200D"
    r"\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_PART: Final = rf"[{_START}0-9\u00B7\u0300-\u036F\u203F\u2040]"
_STOP: Final = rf"(?!(?:{'|'.join(sorted(RESERVED))}|instance\s+of)(?!{_PART}))"
_SPACE: Final = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_WORDS: Final = re.compile(rf"[{_START}]{_PART}*(?:\s+{_STOP}[{_START}]{_PART}*)*")
_INSTANCE: Final = re.compile(rf"instance\s+of(?!{_PART})")
_NUMBER: Final = re.compile(r"(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_WORD_PART: Final = re.compile(_PART)
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
_SYMBOL: Final = re.compile(r"\*\*|\.\.|!=|<=|>=|->|[-+*/=<>()\[\]{},:.@?]")
_PIECE: Final = rf"(?:{_PART}|[-./'+*])"
_KEY: Final = re.compile(rf"([{_START}]{_PIECE}*(?:\s+{_PIECE}+)*)\s*:")
_RUN_OF_SPACE: Final = re.compile(r"\s+")
_LONGEST_NAME: Final = 120
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}


class Token(NamedTuple):
    """A piece of text.

    `kind` is number, string, name, keyword, symbol or end; `value` what it stands for.
    """

    kind: str
    value: str
    start: int
    end: int


def is_plain(name: str) -> bool:
    """Whether ordinary rules read the name as one token."""
    return _WORDS.fullmatch(name) is not None and name.partition(" ")[0] not in RESERVED


def is_name(text: str) -> bool:
    """Whether the text can be a FEEL name at all."""
    return re.match(f"[{_START}]", text) is not None


def normal(name: str) -> str:
    """Spell a name the one way: every run of white space is a single space."""
    return " ".join(name.split())


class Lexer:
    """Reads the token at any offset, given the names in scope."""

    def __init__(self, text: str, names: Iterable[str]) -> None:
        self.text = text
        self._special: set[str] = set()
        self._lengths: tuple[int, ...] = ()
        self.add(names)

    def add(self, names: Iterable[str]) -> None:
        """Bring more names into scope."""
        new = {name for name in names if not is_plain(name) and is_name(name)} - RESERVED - self._special
        if new:
            self._special |= {name for name in new if len(name) <= _LONGEST_NAME}
            self._lengths = tuple(sorted({len(name) for name in self._special}, reverse=True))

    def token(self, offset: int) -> Token:
        """Read the token that begins at or after the offset.

        Raises:
            FeelSyntaxError: for a character or literal that FEEL does not know.
        """
        start = self._skip(offset)
        if start >= len(self.text):
            return Token("end", "", start, start)
        name = self._name(start)
        if name is not None:
            return name
        first = self.text[start]
        if first == '"':
            return self._string(start)
        number = _NUMBER.match(self.text, start)
        if number is not None:
            return self._number(number)
        symbol = _SYMBOL.match(self.text, start)
        if symbol is not None:
            return Token("symbol", symbol.group(), start, symbol.end())
        raise self.error(f"无法识别的字符“{first}”{wide_punctuation_hint(first)}", start)

    def key(self, offset: int) -> Token | None:
        """Read a name followed by a colon: a context key, parameter or named argument."""
        start = self._skip(offset)
        found = _KEY.match(self.text, start)
        return None if found is None else Token("name", normal(found.group(1)), start, found.end())

    def error(self, reason: str, position: int) -> FeelSyntaxError:
        """Make the error for a place in this text."""
        return FeelSyntaxError(reason, position=position, text=self.text)

    def _skip(self, offset: int) -> int:
        space = _SPACE.match(self.text, offset)
        return offset if space is None else space.end()

    def _name(self, start: int) -> Token | None:
        instance = _INSTANCE.match(self.text, start)
        if instance is not None:
            return Token("keyword", "instance of", start, instance.end())
        words = _WORDS.match(self.text, start)
        special_end = self._special_end(start) if words is not None else -1
        if words is not None and words.end() > special_end:
            word = normal(words.group())
            first = word.partition(" ")[0]
            if first in RESERVED:
                return Token("keyword", first, start, start + len(first))
            return Token("name", word, start, words.end())
        if special_end > start:
            return Token("name", normal(self.text[start:special_end]), start, special_end)
        return None

    def _special_end(self, start: int) -> int:
        """Where the longest special name that stands here ends, or -1."""
        window = self.text[start : start + 2 * _LONGEST_NAME]
        flat = _RUN_OF_SPACE.sub(" ", window)
        for length in self._lengths:
            if flat[:length] in self._special and not self._runs_on(flat, length):
                return start + _end_of(window, flat[:length])
        return -1

    @staticmethod
    def _runs_on(text: str, length: int) -> bool:
        """Whether the word at the end of a name goes on behind it."""
        return bool(_WORD_PART.match(text, length - 1) and _WORD_PART.match(text, length))

    def _number(self, found: re.Match[str]) -> Token:
        following = _WORD_PART.match(self.text, found.end())
        if following is not None:
            mark = following.group()
            raise self.error(f"数字后面不能紧跟“{mark}”{wide_punctuation_hint(mark)}", found.end())
        return Token("number", found.group(), found.start(), found.end())

    def _string(self, start: int) -> Token:
        found = _STRING.match(self.text, start)
        if found is None:
            raise self.error("文本缺少结尾的引号", start)
        raw = found.group()[1:-1]
        return Token("string", self._unescape(raw, start) if "\\" in raw else raw, start, found.end())

    def _unescape(self, raw: str, start: int) -> str:
        def replace(found: re.Match[str]) -> str:
            short, long, character = found.groups()
            if character is None:
                code = int(short or long, 16)
                return chr(code) if code <= sys.maxunicode else "\ufffd"
            return _ESCAPES.get(character, "\\" + character)

        text = _ESCAPE.sub(replace, raw)
        try:
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            raise self.error("文本中的字符编码不完整", start) from None


def _end_of(text: str, name: str) -> int:
    """Where a name ends in a text that may space it more widely."""
    place = 0
    for word in name.split(" "):
        while text[place].isspace():
            place += 1
        place += len(word)
    return place
