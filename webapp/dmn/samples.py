"""Choose sample values of an input that stand for all others, and say in Chinese what they stand for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from webapp.dmn.regions import bits
from webapp.feel import FeelError, Value, YearMonthDuration, evaluate, kind, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_CONSTANTS: Final = 120
_ORDERED: Final = ("number", "date", "date and time", "days and time duration", "years and months duration")
_STEP: Final[dict[str, Value]] = {
    "number": Decimal(1),
    "date": timedelta(days=1),
    "date and time": timedelta(hours=1),
    "days and time duration": timedelta(days=1),
    "years and months duration": YearMonthDuration(1),
}
_ORIGIN: Final[dict[str, Value]] = {
    "number": Decimal(0),
    "date": date(2026, 1, 1),
    "string": "",
    "days and time duration": timedelta(days=1),
    "years and months duration": YearMonthDuration(1),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """A value, and what it stands for.

    Attributes:
        low: the constant below, or None.
        high: the constant above, or None; equal to `low` when the sample stands for itself alone.
        other: it stands for everything that the table does not name.
    """

    value: Value
    low: Value = None
    high: Value = None
    other: bool = False


def samples_of(constants: Iterable[Value], wanted: str | None) -> tuple[Sample, ...]:
    """Choose samples for a set of constants; `wanted` is the FEEL type of the input, if it is known."""
    if wanted == "boolean":
        return (Sample(value=True), Sample(value=False))
    kinds: dict[str, list[Value]] = {}
    for constant in constants:
        kinds.setdefault(kind(constant), []).append(constant)
    if wanted is not None and wanted not in kinds:
        kinds[wanted] = []
    samples: list[Sample] = []
    for name, values in kinds.items():
        samples.extend(_of_kind(name, values))
    return tuple(samples) or (Sample(None, other=True),)


def _of_kind(name: str, values: list[Value]) -> list[Sample]:
    if name == "boolean":
        return [Sample(value=True), Sample(value=False)]
    if name in _ORDERED and values:
        return _along_a_line(name, values)
    distinct = sorted(set(values)) if name == "string" else list(dict.fromkeys(map(text_of, values)))
    if name == "string":
        return [*(Sample(value, value, value) for value in distinct), Sample(_unnamed(distinct), other=True)]
    return [Sample(_ORIGIN.get(name), other=True)]


def _unnamed(values: Sequence[str]) -> str:
    text = "其他"
    while text in values:
        text += "值"
    return text


def _along_a_line(name: str, values: list[Value]) -> list[Sample]:
    """Take every constant, one value between each two neighbours, and one beyond either end."""
    if name == "date and time" and len({value.utcoffset() is None for value in values}) > 1:
        return [Sample(None, other=True)]
    points = sorted(set(values))
    samples = []
    below = _calculated("a - b", points[0], _STEP[name])
    if below is not None:
        samples.append(Sample(below, None, points[0]))
    for index, point in enumerate(points):
        samples.append(Sample(point, point, point))
        if index + 1 < len(points):
            middle = _between(name, point, points[index + 1])
            if middle is not None:
                samples.append(Sample(middle, point, points[index + 1]))
    above = _calculated("a + b", points[-1], _STEP[name])
    if above is not None:
        samples.append(Sample(above, points[-1], None))
    return samples


def _between(name: str, low: Value, high: Value) -> Value:
    """A value between two others, whole if possible; None when there is none."""
    if name == "number":
        whole = Decimal(int(low) + 1)
        return whole if low < whole < high else _calculated("(a + b) / 2", low, high)
    middle = _calculated("a + (b - a) / 2", low, high)
    return middle if middle is not None and middle not in {low, high} else None


def _calculated(expression: str, one: Value, two: Value) -> Value:
    try:
        return evaluate(expression, {"a": one, "b": two})
    except FeelError:
        return None


def described(samples: Sequence[Sample], mask: int) -> str:
    """Say in Chinese which values a set of samples stands for; empty when it is all of them."""
    if mask == (1 << len(samples)) - 1:
        return ""
    return "或".join(_run_text(run) for run in _runs(samples, mask))


def _runs(samples: Sequence[Sample], mask: int) -> list[list[Sample]]:
    """Join samples that lie next to each other on one line."""
    runs: list[list[Sample]] = []
    before = -2
    for place in bits(mask):
        sample = samples[place]
        joined = runs and place == before + 1 and _touches(runs[-1][-1], sample)
        if joined:
            runs[-1].append(sample)
        else:
            runs.append([sample])
        before = place
    return runs


def _touches(one: Sample, two: Sample) -> bool:
    return one.high is not None and one.high == two.low and kind(two.value) in _ORDERED


def _run_text(run: list[Sample]) -> str:
    first, last = run[0], run[-1]
    if first.other:
        return "其他值"
    if first is last and first.low is not None and first.low == first.high:
        return quoted(first.value)
    if first.low is None and first.high is None:
        return quoted(first.value)
    return _interval_text(first, last)


def _interval_text(first: Sample, last: Sample) -> str:
    starts_on_point = first.low is not None and first.low == first.high
    ends_on_point = last.high is not None and last.low == last.high
    if first.low is None:
        return f"{'不超过' if ends_on_point else '小于'}{quoted(last.high)}"
    if last.high is None:
        return f"{'不小于' if starts_on_point else '大于'}{quoted(first.low)}"
    low = f"{'[' if starts_on_point else '('}{quoted(first.low)}"
    return f"{low}..{quoted(last.high)}{']' if ends_on_point else ')'}"


def quoted(value: Value) -> str:
    """Write a value as an example; text stands in quotation marks."""
    if isinstance(value, str):
        return f"“{value}”"
    if isinstance(value, bool):
        return "是" if value else "否"
    return "任意" if value is None else text_of(value)
