"""Ranges of one value or of all others, and ranges that are read from a text."""

from __future__ import annotations

import pytest

from webapp.feel import Range, evaluate, text_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(=10) = (=10)", True),
        ("(=10) = [10..10]", False),
        ("(!=10) = (!=10)", True),
        ("(!=10) = (=10)", False),
        ("10 in [(=10)]", True),
        ("11 in [(=10)]", False),
        ("11 in [(!=10)]", True),
        ("10 in [(!=10)]", False),
        ('"x" in [(!=10)]', False),
        ("includes((=10), 10)", True),
        ("includes((!=10), 11)", True),
        ("(=10).start included and (=10).end included", True),
        ("(=10).start = 10 and (=10).end = 10", True),
        ("(=10) instance of range<number>", True),
        ('string((!="a"))', '(!="a")'),
        ("string((=1 + 1))", "(=2)"),
    ],
)
def test_ranges_of_one_value(text, expected):
    """DMN 1.5 table 52: `(=e)` is the range from e to e, written with its operator."""
    assert evaluate(text, {}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[1..3]", Range(1, 3)),
        (" [ 1 .. 3 ] ", Range(1, 3)),
        ("(18..21]", Range(18, 21, start_included=False)),
        ("]18..21[", Range(18, 21, start_included=False, end_included=False)),
        ("[-5..-1]", Range(-5, -1)),
        ('["a".."c"]', Range("a", "c")),
    ],
)
def test_a_range_is_read_from_a_text(text, expected):
    assert evaluate("range(text)", {"text": text}) == expected
    assert evaluate("range(from: text)", {"text": text}) == expected


@pytest.mark.parametrize(
    "text",
    [
        '[@"2026-01-01"..@"2026-12-31"]',
        '[date("2026-01-01")..date("2026-12-31")]',
        '[@"2026-01-01"..date("2026-12-31")]',
    ],
)
def test_its_ends_may_be_dates(text):
    assert text_of(evaluate("range(text)", {"text": text})) == "[2026-01-01 .. 2026-12-31]"


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "1", "[1]", "[..2]", "[1..]", ">=10", "(>=10)", "(=10)", "[3..1]", '[1.."b"]', "[null..null]",
        "[1..1 + 1]", "[a..b]", '[date(string("2026-01-01"))..date("2026-12-31")]', '[string("a").."c"]',
        '[date(from: "2026-01-01")..date("2026-12-31")]', '[date(2026, 1, 1)..date("2026-12-31")]',
        '[@"2026-01-01"..@"2026-12-31T00:00:00"]', '[@"P2D"..@"P1D"]', "[1..3", "[1..2] and true",
    ],
)  # fmt: skip
def test_any_other_text_is_null(text):
    assert evaluate("range(text)", {"text": text, "a": 1, "b": 2}) is None


def test_what_is_no_text_is_null():
    assert evaluate("range([1..3])", {}) is None
    assert evaluate("range(null)", {}) is None
