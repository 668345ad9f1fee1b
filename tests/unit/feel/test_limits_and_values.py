"""What goes in and comes out as Python values, and the limits of an evaluation."""

from __future__ import annotations

import enum
import threading
from collections import OrderedDict, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from webapp.feel import (
    FeelError,
    FeelLimitExceeded,
    Limits,
    YearMonthDuration,
    evaluate,
    evaluate_unary,
    parse,
)
from webapp.feel.limits import Budget

LOCAL = datetime(2026, 11, 20, 8)  # noqa: DTZ001 FEEL has times without a zone


class Kind(enum.StrEnum):
    indoor = "室内"


class Day(date):
    def __eq__(self, other):
        raise AssertionError("a method of a caller's object was called")

    __hash__ = date.__hash__


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (5, Decimal(5)),
        (0.1, Decimal("0.1")),
        (Decimal("1.50"), Decimal("1.50")),
        (True, True),
        (None, None),
        ("text", "text"),
        ((1, 2), [Decimal(1), Decimal(2)]),
        ({"a": [1.5]}, {"a": [Decimal("1.5")]}),
        (OrderedDict(a=1), {"a": Decimal(1)}),
        (Kind.indoor, "室内"),
        (date(2026, 11, 20), date(2026, 11, 20)),
        (LOCAL, LOCAL),
        (timedelta(days=1), timedelta(days=1)),
        (YearMonthDuration(3), YearMonthDuration(3)),
        (Decimal(1234567890123456789012345678901234567), Decimal("1.234567890123456789012345678901235E+36")),
    ],
)
def test_values_become_feel_values(given, expected):
    for found in (evaluate("x", {"x": given}), evaluate("y.x", {"y": {"x": given}})):
        assert found == expected
        assert type(found) is type(expected)


def test_a_subclass_is_reduced_to_the_plain_type():
    found = evaluate("x", {"x": Day(2026, 11, 20)})
    assert type(found) is date
    assert evaluate('x = @"2026-11-20"', {"x": Day(2026, 11, 20)}) is True


@pytest.mark.parametrize(
    "given",
    [object(), lambda: 1, print, {1, 2}, b"bytes", float("nan"), float("inf"), Decimal("NaN"), Decimal("1e999999"),
     10**20_000, {1: 2}, [object()], {"a": {"b": object()}}],
    ids=lambda given: type(given).__name__,
)  # fmt: skip
def test_what_is_no_feel_value_is_refused(given):
    with pytest.raises(FeelError):
        evaluate("x", {"x": given})
    with pytest.raises(FeelError):
        evaluate_unary("-, x", given, {"x": 1})


def test_only_what_an_expression_uses_is_looked_at():
    assert evaluate("x", {"x": 1, "y": object()}) == 1
    assert evaluate("c.x", {"c": {"x": 1, "y": object()}}) == 1


def test_a_context_is_not_changed_and_makes_no_entries():
    given = defaultdict(list, x=[1])
    with pytest.raises(FeelError):
        evaluate("append(x, missing)", dict(given))
    evaluate("append(x, 2)", given)
    assert given == {"x": [1]}


def test_deep_and_endless_data_are_refused():
    endless: list = []
    endless.append(endless)
    with pytest.raises(FeelError):
        evaluate("count(x)", {"x": endless})


@pytest.mark.parametrize(
    ("text", "limits", "reason"),
    [
        ("for i in 1..1000 return i", Limits(steps=500), "步数"),
        ("for i in 1..1000 return i", Limits(size=500), "列表"),
        ('"aaaa" + "bbbb"', Limits(size=5), "文本"),
        ("[[1, 2], [3, 4]]", Limits(size=5), "结果"),
        ("some i in 1..1000000 satisfies i < 0", Limits(steps=10**9, seconds=0.02), "时间"),
        ("{f: function(g, n) if n = 0 then 0 else g(g, n - 1), r: f(f, 50)}.r", Limits(depth=50), "层数"),
    ],
)
def test_each_limit_holds(text, limits, reason):
    with pytest.raises(FeelLimitExceeded, match=reason):
        evaluate(text, {}, limits=limits)


def test_several_evaluations_can_share_one_budget():
    expression = parse("count(for i in 1..100 return i)")
    budget = Budget(Limits(steps=450))
    assert expression.evaluate({}, limits=budget) == 100
    with pytest.raises(FeelLimitExceeded):
        expression.evaluate({}, limits=budget)


def test_expressions_can_be_shared_between_threads():
    expression = parse("sum(for i in 1..n return i * k)", ["n", "k"])
    results: dict[int, set] = {}

    def work(k: int) -> None:
        results[k] = {expression.evaluate({"n": 100, "k": k}) for _ in range(50)}

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {k: {Decimal(5050 * k)} for k in range(4)}
