"""Where the parser stands in the text: the token under it, and how deep it has gone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from webapp.feel.errors import FeelLimitExceeded, FeelSyntaxError, wide_punctuation_hint
from webapp.feel.lexer import Lexer, Token
from webapp.feel.limits import MAX_NESTING, MAX_TEXT

if TYPE_CHECKING:
    from collections.abc import Collection


_LONGEST_SHOWN: Final = 40
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class Cursor:
    """One token of look-ahead over a text.

    Attributes:
        text: what is read.
        token: the token under the cursor.
    """

    def __init__(self, text: str, names: Collection[str]) -> None:
        if len(text) > MAX_TEXT:
            raise FeelLimitExceeded(f"表达式过长，最多{MAX_TEXT}个字符")
        surrogate = _SURROGATE.search(text)
        if surrogate is not None:
            raise FeelSyntaxError("文本中的字符编码不完整", position=surrogate.start())
        self.text = text
        self._names = tuple(name for name in names if wide_punctuation_hint(name))
        self._lexer = Lexer(text, names)
        self._nesting = 0
        self.token = self._lexer.token(0)

    def advance(self) -> Token:
        """Step over the token under the cursor and return it."""
        passed = self.token
        self.token = self._lexer.token(passed.end)
        return passed

    def back_to(self, token: Token) -> None:
        """Stand on an earlier token again."""
        self.token = token

    def declare(self, name: str) -> None:
        """Bring a name into scope; the token under the cursor is read anew."""
        self._lexer.add((name,))
        self.token = self._lexer.token(self.token.start)

    def key(self) -> str | None:
        """Step over `name :` and return the name, if that is what stands here."""
        found = self._lexer.key(self.token.start)
        if found is None:
            return None
        self.token = self._lexer.token(found.end)
        return found.value

    def at(self, *symbols: str) -> bool:
        """Whether one of these symbols stands here."""
        return self.token.kind == "symbol" and self.token.value in symbols

    def at_word(self, *words: str) -> bool:
        """Whether one of these reserved words stands here."""
        return self.token.kind == "keyword" and self.token.value in words

    def take(self, symbol: str) -> bool:
        """Step over a symbol if it stands here."""
        if self.at(symbol):
            self.advance()
            return True
        return False

    def expect(self, symbol: str) -> Token:
        """Step over a symbol that must stand here.

        Raises:
            FeelSyntaxError: when something else does.
        """
        if not self.at(symbol):
            raise self.unexpected(f"此处应为“{symbol}”")
        return self.advance()

    def expect_word(self, word: str) -> Token:
        """Step over a reserved word that must stand here.

        Raises:
            FeelSyntaxError: when something else does.
        """
        if not self.at_word(word):
            raise self.unexpected(f"此处应为“{word}”")
        return self.advance()

    def expect_name(self) -> str:
        """Step over a name that must stand here.

        Raises:
            FeelSyntaxError: when something else does.
        """
        if self.token.kind != "name":
            raise self.unexpected("此处应为名称")
        return self.advance().value

    def expect_end(self) -> None:
        """Require the end of the text.

        Raises:
            FeelSyntaxError: when there is more.
        """
        if self.token.kind != "end":
            raise self.unexpected("表达式在此处应已结束")

    def deeper(self) -> None:
        """Go one level down.

        Raises:
            FeelLimitExceeded: when the text nests too deeply.
        """
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise FeelLimitExceeded("表达式的嵌套层数超出上限", position=self.token.start, text=self.text)

    def shallower(self) -> None:
        """Come one level up."""
        self._nesting -= 1

    def unexpected(self, wanted: str) -> FeelSyntaxError:
        """Make the error that names what stands here instead of what should."""
        found = self.text[self.token.start : self.token.end]
        if self.token.kind == "end":
            return self.error(f"{wanted}，但表达式已结束{self._hint()}")
        return self.error(f"{wanted}，却遇到“{found[:_LONGEST_SHOWN]}”{self._hint()}")

    def _hint(self) -> str:
        """Remind of half-width punctuation when full-width marks stand outside of strings and known names."""
        text = _STRING.sub("", self.text)
        for name in self._names:
            text = text.replace(name, "")
        return wide_punctuation_hint(text)

    def error(self, reason: str, position: int | None = None) -> FeelSyntaxError:
        """Make an error at the token under the cursor, or at a given place."""
        return self._lexer.error(reason, self.token.start if position is None else position)
