"""Check what the rules of a table cover: gaps, overlaps, and rules that can never count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from webapp.dmn.findings import Finding
from webapp.dmn.regions import Box, Cover, bits, common, overlaps
from webapp.dmn.samples import MAX_CONSTANTS, Sample, described, quoted, samples_of
from webapp.feel import Budget, Expression, FeelError, FeelLimitExceeded, Profile, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from webapp.dmn.logic import DecisionTable

_MOST: Final = 5
_MOST_OVERLAPS: Final = 10
_MAX_TESTS: Final = 60_000
_ONE_ANSWER: Final = ("UNIQUE", "ANY", "FIRST", "PRIORITY")


@dataclass(frozen=True, slots=True)
class Column:
    """An input of a table as far as coverage is concerned.

    Attributes:
        expression: what is tested; columns with the same expression are one dimension.
        label: heading.
        type: FEEL type of the value, or None.
        tests: one for each rule.
        allowed: tests that every value passes, or None.
    """

    expression: str
    label: str
    type: str | None
    tests: tuple[Expression, ...]
    allowed: Expression | None


@dataclass(frozen=True, slots=True)
class _Dimension:
    """A dimension: its samples, and for each rule those that surely and those that possibly pass."""

    label: str
    samples: tuple[Sample, ...]
    sure: tuple[int, ...]
    possible: tuple[int, ...]


def coverage(table: DecisionTable, columns: Sequence[Column], budget: Budget) -> Iterator[Finding]:
    """Find gaps, overlaps and rules without effect, as far as the budget goes."""
    if not table.rules or not columns:
        return
    try:
        dimensions = [_dimension(group, len(table.rules), budget) for group in _grouped(columns)]
        yield from _findings(table, dimensions, budget)
    except (_TooLargeError, FeelLimitExceeded):
        yield Finding(table.id, "决策表过大，没有检查完规则之间的空缺和重叠", "把表拆小后再检查", "warning")


def _findings(table: DecisionTable, dimensions: Sequence[_Dimension], budget: Budget) -> Iterator[Finding]:
    never = [
        index
        for index in range(len(table.rules))
        if any(dimension.possible[index] == 0 for dimension in dimensions)
    ]
    for index in never:
        rule = table.rules[index]
        yield Finding(
            rule.id,
            f"第{rule.index}条规则的条件自相矛盾或不在允许值内，永远不会命中",
            "改正条件或删去规则",
            "warning",
        )
    yield from _gaps(table, dimensions, budget)
    yield from _overlaps(table, dimensions, budget)
    yield from _hidden(table, dimensions, set(never), budget)


class _TooLargeError(Exception):
    """More samples or tests than a check may look at."""


def _grouped(columns: Sequence[Column]) -> list[list[Column]]:
    groups: dict[str, list[Column]] = {}
    for column in columns:
        groups.setdefault(" ".join(column.expression.split()), []).append(column)
    return list(groups.values())


def _dimension(columns: list[Column], rules: int, budget: Budget) -> _Dimension:
    constants: list[Value] = []
    for column in columns:
        texts = {test.text: test for test in column.tests}
        if column.allowed is not None:
            texts[column.allowed.text] = column.allowed
        for test in texts.values():
            constants.extend(_profile(test).constants)
    if len(constants) > 2 * MAX_CONSTANTS * len(columns) or len(set(map(str, constants))) > MAX_CONSTANTS:
        raise _TooLargeError
    wanted = next((column.type for column in columns if column.type), None)
    samples = samples_of(constants, wanted)
    for column in columns:
        samples = (
            tuple(sample for sample in samples if _is_allowed(column.allowed, sample, budget)) or samples
        )
    if len(samples) * rules > _MAX_TESTS:
        raise _TooLargeError
    everything = (1 << len(samples)) - 1
    sure, possible = [everything] * rules, [everything] * rules
    for column in columns:
        masks = {test.text: _mask(test, samples, budget) for test in column.tests}
        for index, test in enumerate(column.tests):
            exact, mask = masks[test.text]
            possible[index] &= mask if exact else everything
            sure[index] &= mask if exact else 0
    return _Dimension(columns[0].label, samples, tuple(sure), tuple(possible))


def _profile(test: Expression) -> Profile:
    try:
        return test.profile()
    except FeelError:
        return Profile((), regular=False)


def _is_allowed(allowed: Expression | None, sample: Sample, budget: Budget) -> bool:
    return allowed is None or _passes(allowed, sample, budget) is not False


def _mask(test: Expression, samples: Sequence[Sample], budget: Budget) -> tuple[bool, int]:
    """The samples that pass, and whether that is exact; a test of other things than its input is not."""
    if not _profile(test).regular:
        return False, 0
    mask = 0
    for place, sample in enumerate(samples):
        if _passes(test, sample, budget):
            mask |= 1 << place
    return True, mask


def _passes(test: Expression, sample: Sample, budget: Budget) -> bool | None:
    try:
        return test.test(sample.value, {}, limits=budget)
    except FeelLimitExceeded:
        raise
    except FeelError:
        return None


def _boxes(dimensions: Sequence[_Dimension], rules: int, *, sure: bool) -> list[Box]:
    return [
        tuple(dimension.sure[index] if sure else dimension.possible[index] for dimension in dimensions)
        for index in range(rules)
    ]


def _example(dimensions: Sequence[_Dimension], region: Box) -> str:
    """Write one input of a region."""
    parts = []
    for dimension, mask in zip(dimensions, region, strict=True):
        value = dimension.samples[bits(mask)[0]].value
        parts.append(f"{dimension.label}={quoted(value)}")
    return "，".join(parts)


def _region_text(dimensions: Sequence[_Dimension], region: Box) -> str:
    parts = []
    for dimension, mask in zip(dimensions, region, strict=True):
        text = described(dimension.samples, mask)
        if text:
            parts.append(f"“{dimension.label}”为{text}")
    return "且".join(parts) or "任何输入"


def _gaps(table: DecisionTable, dimensions: Sequence[_Dimension], budget: Budget) -> Iterator[Finding]:
    has_default = any(output.default for output in table.outputs)
    if table.hit_policy not in _ONE_ANSWER or has_default:
        return
    space = tuple((1 << len(dimension.samples)) - 1 for dimension in dimensions)
    cover = Cover(_boxes(dimensions, len(table.rules), sure=False), space, _MOST, budget)
    for region in cover.gaps():
        yield Finding(
            table.id,
            f"没有规则覆盖：{_region_text(dimensions, region)}（例：{_example(dimensions, region)}）",
            "补一条规则，或给输出设默认值",
            "warning",
        )


def _overlaps(table: DecisionTable, dimensions: Sequence[_Dimension], budget: Budget) -> Iterator[Finding]:
    if table.hit_policy not in {"UNIQUE", "ANY"}:
        return
    boxes = _boxes(dimensions, len(table.rules), sure=True)
    found, complete = overlaps(boxes, _MOST_OVERLAPS, budget)
    for first, second, region in found:
        one, two = table.rules[first], table.rules[second]
        if table.hit_policy == "ANY" and one.outputs == two.outputs:
            continue
        yield Finding(
            two.id,
            f"第{one.index}条与第{two.index}条规则重叠（例：{_example(dimensions, region)}）",
            "改窄其中一条的条件，或改用其他命中策略",
            "error",
        )
    if not complete and len(found) < _MOST_OVERLAPS:
        yield Finding(table.id, "规则过多，只检查了一部分重叠", "把表拆小后再检查", "warning")


def _hidden(
    table: DecisionTable, dimensions: Sequence[_Dimension], never: set[int], budget: Budget
) -> Iterator[Finding]:
    """Find rules that earlier rules always come before, where the first one counts."""
    if table.hit_policy != "FIRST":
        return
    sure = _boxes(dimensions, len(table.rules), sure=True)
    possible = _boxes(dimensions, len(table.rules), sure=False)
    for index, rule in enumerate(table.rules):
        if index == 0 or index in never:
            continue
        cover = Cover(sure[:index], possible[index], 1, budget)
        if not cover.gaps() and cover.complete:
            point = tuple(mask & -mask for mask in possible[index])
            first = next(table.rules[each].index for each in range(index) if common(sure[each], point))
            example = f"（例：{_example(dimensions, point)}，由第{first}条决定）"
            yield Finding(
                rule.id,
                f"第{rule.index}条规则总被前面的规则抢先，永远不会生效{example}",
                "调整规则次序或删去该规则",
                "warning",
            )
