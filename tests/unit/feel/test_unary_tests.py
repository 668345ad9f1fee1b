"""Cells of decision tables, and ranges."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from webapp.feel import FeelError, Range, evaluate, evaluate_unary, parse_unary

CONTEXT = {"limit": 10, "names": ["甲", "乙"], "ok": True}


@pytest.mark.parametrize(
    ("tests", "value", "expected"),
    [
        ("-", 5, True),
        ("", 5, True),
        ("-", None, True),
        ("5", 5, True),
        ("5", 6, False),
        ("-5", -5, True),
        ("- 5", -5, True),
        ("< 10", 9, True),
        ("<= limit", 10, True),
        ("> limit", 10, False),
        ("= 10", 10, True),
        ("!= 10", 10, False),
        ("5, 7, 9", 7, True),
        ("< 3, > 8", 5, False),
        ("[1..5]", 5, True),
        ("[1..5)", 5, False),
        ("(1..5]", 1, False),
        ("]1..5[", 1, False),
        ("[1..limit]", 10, True),
        ("[1..5], [8..9]", 8, True),
        ("not(5)", 5, False),
        ("not(5, 6)", 7, True),
        ("not(< 5)", 4, False),
        ("not([1..5])", 6, True),
        ('"室内", "室外"', "室外", True),
        ('not("室内")', "室内", False),
        ("true", True, True),
        ("false", True, False),
        ("true", None, False),
        ("null", None, True),
        ("null", 1, False),
        ("not(null)", 1, True),
        ("names", "甲", True),
        ("names", "丙", False),
        ("? > 5 and ? < limit", 7, True),
        ("? > 5 and ? < limit", 11, False),
        ('contains(?, "零工")', "零工市场", True),
        ("count(?) > 1", [1, 2], True),
        ("list contains(?, 3)", [1, 2], False),
        ("? in [1, 2]", 2, True),
        ("ok", True, True),
        ("limit > 5", 1, True),
        ("limit > 15", 1, False),
        ('date("2026-01-01")', date(2026, 1, 1), True),
        ('> date("2026-01-01")', date(2026, 1, 2), True),
        ('[@"2026-01-01"..@"2026-12-31"]', date(2026, 7, 1), True),
        ("< 5", None, None),
        ("< 5", "x", None),
        ("5", "x", None),
        ("[1..5]", None, None),
        ("not(< 5)", None, None),
        ("not(5)", None, True),
    ],
)
def test_cell(tests, value, expected):
    assert evaluate_unary(tests, value, CONTEXT) is expected


@pytest.mark.parametrize(
    ("tests", "hint"),
    [
        ("> 5 and < 10", "不能直接用 and / or"),
        ("1..5", "区间两端要有括号"),
        ("> ", "此处应为值"),
        ("5 6", "应已结束"),
    ],
)
def test_faulty_cell_says_how_to_write_it(tests, hint):
    with pytest.raises(FeelError, match=hint):
        evaluate_unary(tests, 1, {})


def test_text_without_quotes_is_an_unknown_name():
    with pytest.raises(FeelError, match="未知的名称“室内”（如果是文本，请加双引号）"):
        evaluate_unary("室内", "室内", {})


def test_the_placeholder_belongs_to_cells_only():
    with pytest.raises(FeelError, match="只能用在条件单元格里"):
        evaluate("? > 5", {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[1..3]", Range(Decimal(1), Decimal(3))),
        ("(1..3)", Range(Decimal(1), Decimal(3), start_included=False, end_included=False)),
        ("]1..3[", Range(Decimal(1), Decimal(3), start_included=False, end_included=False)),
        ("[1..3[", Range(Decimal(1), Decimal(3), end_included=False)),
        ("(> 5)", Range(Decimal(5), None, start_included=False, end_included=False)),
        ("(<= 5)", Range(None, Decimal(5), start_included=False)),
        ("[1..null]", None),
        ("[3..1]", None),
        ('[1.."a"]', None),
    ],
)
def test_range_literals(text, expected):
    assert evaluate(text, {}) == expected


def test_parts_of_a_range():
    assert evaluate("[[1..3).start, [1..3).end, [1..3).start included, [1..3).end included]", {}) == [
        1,
        3,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("tests", "constants", "regular"),
    [
        ("[1..5], > 10", (1, 5, 10), True),
        ('not("a", "b")', ("a", "b"), True),
        ("? > 5 and ? < 10", (5, 10), True),
        ("? in [1..2]", (1, 2), True),
        ('date("2026-01-01")', (date(2026, 1, 1),), True),
        ("-", (), True),
        ('contains(?, "x")', ("x",), False),
        ("< limit", (), False),
        ("modulo(?, 2) = 0", (2, 0), False),
    ],
)
def test_profile_tells_where_the_outcome_can_change(tests, constants, regular):
    found = parse_unary(tests).profile()
    assert (found.constants, found.regular) == (constants, regular)
