"""What can go wrong with an expression; every message is Chinese and says where."""

from __future__ import annotations

from typing import Final

_WIDE_PUNCTUATION: Final = "“”‘’，。；：？！（）【】｛｝《》＜＞＝＋－＊／、"


class FeelError(ValueError):
    """An expression that cannot be evaluated.

    Attributes:
        reason: what is wrong, without the place.
        position: offset of the place in the text, counted from 0; None when the text is not to blame.
        text: the expression, when known.
    """

    def __init__(self, reason: str, *, position: int | None = None, text: str | None = None) -> None:
        self.reason = reason
        self.position = position
        self.text = text
        super().__init__(reason if position is None else f"{reason}（{place(position, text)}）")


class FeelSyntaxError(FeelError):
    """A text that is not FEEL."""


class FeelLimitExceeded(FeelError):  # noqa: N818 named by the contract
    """A text that asks for more steps, depth, size or time than it is given."""


def place(position: int, text: str | None) -> str:
    """Name a place for people: the column, and the line when there are several."""
    if text is None or "\n" not in text:
        return f"第{position + 1}个字符处"
    before = text[:position]
    return f"第{before.count(chr(10)) + 1}行第{position - before.rfind(chr(10))}个字符处"


def wide_punctuation_hint(text: str) -> str:
    """Remind the writer of half-width punctuation when a text holds full-width marks."""
    return "，请改用半角（英文）标点" if any(mark in _WIDE_PUNCTUATION for mark in text) else ""
