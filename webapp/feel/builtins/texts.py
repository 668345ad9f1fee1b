"""String functions and conversions."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from webapp.feel.builtin import REGISTRY
from webapp.feel.pattern import Pattern, compile_pattern
from webapp.feel.values import NUMBERS, Value
from webapp.feel.writing import write

if TYPE_CHECKING:
    from webapp.feel.limits import Budget

_SEPARATORS: Final = (" ", ",", ".")
_LONGEST_NUMBER: Final = 7_000


@REGISTRY.add("string", "from: any")
def _string(budget: Budget, value: Value) -> Value:
    return None if value is None else write(value, budget)


@REGISTRY.add("number", "from: string|number")
def _number(_budget: Budget, value: str | Decimal) -> Value:
    return parse_number(value) if isinstance(value, str) else value


@REGISTRY.add("number", "from: string, grouping separator: string|null, decimal separator: string|null")
def _number_grouped(_budget: Budget, text: str, group: str | None, point: str | None = None) -> Value:
    if group is not None and (group not in _SEPARATORS or group == point):
        return None
    if point is not None and point not in {",", "."}:
        return None
    if group is not None:
        text = text.replace(group, "")
    if point == ",":
        if "." in text:
            return None
        text = text.replace(",", ".")
    return parse_number(text)


def parse_number(text: str) -> Decimal | None:
    """Read a FEEL number literal with an optional minus sign; null for anything else."""
    plain = text.removeprefix("-")
    if not plain.isascii() or len(plain) > _LONGEST_NUMBER:
        return None
    mantissa, letter, exponent = plain.partition("e" if "e" in plain else "E")
    whole, point, fraction = mantissa.partition(".")
    digits_fit = (whole.isdigit() or not whole) and (fraction.isdigit() if point else bool(whole))
    exponent_fits = exponent.lstrip("+-").isdigit() if letter else True
    if not digits_fit or not exponent_fits:
        return None
    value = NUMBERS.create_decimal(text)
    return value if value.is_finite() else None


@REGISTRY.add("string length", "string: string")
def _string_length(_budget: Budget, text: str) -> Value:
    return Decimal(len(text))


@REGISTRY.add("substring", "string: string, start position: number, length?: number|null")
def _substring(budget: Budget, text: str, start: Decimal, length: Decimal | None = None) -> Value:
    place = _clamped(start, len(text))
    if place == 0:
        return None
    index = place - 1 if place > 0 else len(text) + place
    if length is None:
        end = len(text)
    elif length < 1:
        return None
    else:
        end = index + _clamped(length, len(text))
    budget.characters(max(end - max(index, 0), 0))
    return text[max(index, 0) : max(end, 0)]


def _clamped(value: Decimal, size: int) -> int:
    """The whole part, cut to just beyond the size, so that huge numbers stay harmless."""
    return int(min(max(value, Decimal(-size - 1)), Decimal(size + 1)))


@REGISTRY.add("upper case", "string: string")
def _upper_case(budget: Budget, text: str) -> Value:
    budget.characters(len(text))
    return text.upper()


@REGISTRY.add("lower case", "string: string")
def _lower_case(budget: Budget, text: str) -> Value:
    budget.characters(len(text))
    return text.lower()


@REGISTRY.add("substring before", "string: string, match: string")
def _substring_before(_budget: Budget, text: str, match: str) -> Value:
    before, found, _ = text.partition(match) if match else ("", "", "")
    return before if found else ""


@REGISTRY.add("substring after", "string: string, match: string")
def _substring_after(_budget: Budget, text: str, match: str) -> Value:
    return text.partition(match)[2] if match else text


@REGISTRY.add("contains", "string: string, match: string")
def _contains(_budget: Budget, text: str, match: str) -> Value:
    return match in text


@REGISTRY.add("starts with", "string: string, match: string")
def _starts_with(_budget: Budget, text: str, match: str) -> Value:
    return text.startswith(match)


@REGISTRY.add("ends with", "string: string, match: string")
def _ends_with(_budget: Budget, text: str, match: str) -> Value:
    return text.endswith(match)


@REGISTRY.add("matches", "input: string, pattern: string, flags?: string|null")
def _matches(budget: Budget, text: str, source: str, flags: str | None = None) -> Value:
    pattern = compile_pattern(source, flags or "", budget)
    return None if pattern is None else pattern.search(text, 0, budget) is not None


@REGISTRY.add("replace", "input: string, pattern: string, replacement: string, flags?: string|null")
def _replace(budget: Budget, text: str, source: str, replacement: str, flags: str | None = None) -> Value:
    pattern = compile_pattern(source, flags or "", budget)
    if pattern is None or pattern.search("", 0, budget) is not None:
        return None
    parts = pattern.template(replacement)
    if parts is None:
        return None
    made: list[str] = []
    size = end = 0
    for groups in _found(pattern, text, budget):
        piece = text[end : groups[0]] + "".join(_filled(part, text, groups) for part in parts)
        size += len(piece)
        budget.characters(len(piece))
        budget.fits_text(size)
        made.append(piece)
        end = groups[1]
    return "".join(made) + text[end:]


def _filled(part: str | int, text: str, groups: list[int]) -> str:
    if isinstance(part, str):
        return part
    start, end = groups[2 * part : 2 * part + 2]
    return "" if start < 0 else text[start:end]


def _found(pattern: Pattern, text: str, budget: Budget) -> list[list[int]]:
    """Find all matches, each beginning where the one before ended."""
    matches = []
    groups = pattern.search(text, 0, budget)
    while groups is not None:
        matches.append(groups)
        groups = pattern.search(text, max(groups[1], groups[0] + 1), budget)
    return matches


@REGISTRY.add("split", "string: string, delimiter: string")
def _split(budget: Budget, text: str, delimiter: str) -> Value:
    pattern = compile_pattern(delimiter, "", budget)
    if pattern is None or pattern.search("", 0, budget) is not None:
        return None
    parts = []
    end = 0
    for groups in _found(pattern, text, budget):
        parts.append(text[end : groups[0]])
        end = groups[1]
    budget.items(len(parts) + 1)
    return [*parts, text[end:]]


@REGISTRY.add("string join", "list: list, delimiter?: string|null")
def _string_join(budget: Budget, items: list[Value], delimiter: str | None = None) -> Value:
    return _string_join_around(budget, items, delimiter, None, None)


@REGISTRY.add("string join", "list: list, delimiter: string|null, prefix: string|null, suffix: string|null")
def _string_join_around(
    budget: Budget, items: list[Value], delimiter: str | None, prefix: str | None, suffix: str | None
) -> Value:
    budget.tick(len(items))
    if any(item is not None and type(item) is not str for item in items):
        return None
    texts = [item for item in items if item is not None]
    before, separator, after = prefix or "", delimiter or "", suffix or ""
    size = sum(map(len, texts)) + len(separator) * len(texts) + len(before) + len(after)
    budget.characters(size)
    return before + separator.join(texts) + after
