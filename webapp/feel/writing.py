"""Write FEEL values as text, as `string` does."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from webapp.feel.far import TEMPORAL
from webapp.feel.lexer import is_plain
from webapp.feel.limits import Budget
from webapp.feel.temporal import temporal_text
from webapp.feel.values import Range, Value, YearMonthDuration

if TYPE_CHECKING:
    from collections.abc import Sequence


_MAX_DEPTH: Final = 60


def number_text(value: Decimal) -> str:
    """Write a number without exponent and without trailing zeros after the point."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def text_of(value: Value) -> str:
    """Write any value for people and records, outside an evaluation; null is written `null`.

    Raises:
        FeelLimitExceeded: when the text grows too long.
    """
    return write(value, Budget()) or ""


def write(value: Value, budget: Budget, *, inner: bool = False, depth: int = 0) -> str | None:
    """Write a value; strings are quoted inside lists and contexts only. Null for what cannot be written.

    Raises:
        FeelLimitExceeded: when the text grows too long.
    """
    if depth > _MAX_DEPTH:
        return None
    if type(value) is str:
        budget.characters(len(value))
        return _quoted(value) if inner else value
    if type(value) is list:
        return _joined([write(item, budget, inner=True, depth=depth + 1) for item in value], "[]", budget)
    if type(value) is dict:
        entries = [
            f"{_key(key)}: {write(item, budget, inner=True, depth=depth + 1)}" for key, item in value.items()
        ]
        return _joined(entries, "{}", budget)
    return _simple(value, budget, depth)


def _simple(value: Value, budget: Budget, depth: int) -> str | None:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, Range):
        if value.symbol:
            return f"({value.symbol}{write(value.start, budget, inner=True, depth=depth + 1)})"
        start, end = (write(end, budget, inner=True, depth=depth + 1) for end in (value.start, value.end))
        return f"{'[' if value.start_included else '('}{start} .. {end}{']' if value.end_included else ')'}"
    if type(value) in TEMPORAL or isinstance(value, timedelta | YearMonthDuration):
        return temporal_text(value)
    return "function"


def _joined(parts: Sequence[str | None], brackets: str, budget: Budget) -> str:
    budget.tick(len(parts))
    texts = ["null" if part is None else part for part in parts]
    budget.characters(sum(map(len, texts)) + 2 * len(texts))
    return brackets[0] + ", ".join(texts) + brackets[1]


def _key(key: str) -> str:
    return key if is_plain(key) else _quoted(key)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
