"""Operators, as section 10.3.2 of the DMN standard defines them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from webapp.feel import FeelError, evaluate

CONTEXT = {"a": 5, "b": "text", "t": True, "f": False, "n": None}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 3 - 2", 5),
        ("100 / 10 / 5", 2),
        ("3 ** 4 ** 5", 3486784401),
        ("-3 ** 2", 9),
        ("2 ** -1", Decimal("0.5")),
        ("--10", 10),
        ("0.1 + 0.2", Decimal("0.3")),
        ("1 / 3", Decimal("0.3333333333333333333333333333333333")),
        ("1.23e4", 12300),
        (".5", Decimal("0.5")),
        ('"foo" + "bar"', "foobar"),
        ('"foo" + 1', None),
        ('"foo" - "o"', None),
        ("1 / 0", None),
        ("0 ** 0", None),
        ("true + 1", None),
        ("null + 1", None),
        ("[1] + [2]", None),
        ("-null", None),
        ('-"10"', None),
    ],
)
def test_arithmetic(text, expected):
    assert evaluate(text, CONTEXT) == expected


def test_numbers_have_34_digits():
    assert evaluate("1234567890123456789012345678901234 + 1", {}) == Decimal(
        1234567890123456789012345678901235
    )
    assert evaluate("2 / 3", {}) == Decimal("0.6666666666666666666666666666666667")


TRUTH = {
    ("true", "true"): (True, True),
    ("true", "false"): (False, True),
    ("true", "null"): (None, True),
    ("true", "1"): (None, True),
    ("false", "true"): (False, True),
    ("false", "false"): (False, False),
    ("false", "null"): (False, None),
    ("false", "1"): (False, None),
    ("null", "true"): (None, True),
    ("null", "false"): (False, None),
    ("null", "null"): (None, None),
    ("null", "1"): (None, None),
}


@pytest.mark.parametrize(("operands", "results"), TRUTH.items())
def test_three_valued_logic(operands, results):
    """Table 50 of the standard; a value that is no boolean counts as null."""
    left, right = operands
    assert evaluate(f"{left} and {right}", {}) is results[0]
    assert evaluate(f"{left} or {right}", {}) is results[1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 = 1.0", True),
        ("1 != 2", True),
        ('1 = "1"', None),
        ("1 = null", False),
        ("null = null", True),
        ("null != null", False),
        ("true = 1", None),
        ("[1, 2] = [1, 2]", True),
        ("[1, 2] = [2, 1]", False),
        ("[] = null", False),
        ('{a: 1, b: "x"} = {b: "x", a: 1}', True),
        ("{a: 1} = {a: 2}", False),
        ("[1..3] = [1..3]", True),
        ("[1..3] = [1..3)", False),
        ("1 < 2", True),
        ('"a" < "b"', True),
        ('1 < "b"', None),
        ("null < 1", None),
        ("[1] < [2]", None),
        ("true > false", None),
        ('duration("P1D") = duration("PT24H")', True),
        ('duration("P1Y") > duration("P11M")', True),
        ('duration("P1Y") = duration("P365D")', None),
    ],
)
def test_comparison(text, expected):
    assert evaluate(text, CONTEXT) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a between 5 and 10", True),
        ("a between 6 and 10", False),
        ("a between null and 10", None),
        ("a between 6 and null", False),
        ("a between 1 and 4 + 1 and true", True),
        ("1 in [2, 3, 1]", True),
        ("1 in [[2..4], [1..3]]", True),
        ("1 in (2..4)", False),
        ("3 in (2..4)", True),
        ("4 in (2..4]", True),
        ("2 in ]2..4[", False),
        ("10 in (1, < 5, >= 10)", True),
        ("10 in (1, 5, 9)", False),
        ("10 in != 11", True),
        ("11 in > 10", True),
        ('"b" in ["a".."c"]', True),
        ("null in [1..10]", None),
        ("1 in 1", True),
        ("5 in (> 1 )", True),
        ("a in (1, 2) or a = 5", True),
    ],
)
def test_between_and_in(text, expected):
    assert evaluate(text, CONTEXT) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("if t then 1 else 2", 1),
        ("if f then 1 else 2", 2),
        ("if n then 1 else 2", 2),
        ("if 1 then 1 else 2", 2),
        ('if a > 3 then "大" else if a > 1 then "中" else "小"', "大"),
        ("1 + if t then 1 else 2", 2),
    ],
)
def test_if(text, expected):
    assert evaluate(text, CONTEXT) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a instance of number", True),
        ("b instance of string", True),
        ("n instance of number", False),
        ("n instance of Any", False),
        ("n instance of Null", True),
        ('date("2026-01-01") instance of date', True),
        ('@"2026-01-01T00:00:00" instance of date and time', True),
        ('@"P1D" instance of days and time duration', True),
        ('@"P1Y" instance of years and months duration', True),
        ("[1, 2] instance of list<number>", True),
        ('[1, "a"] instance of list<number>', False),
        ("[] instance of list<Any>", True),
        ('{a: "x"} instance of context<a: string>', True),
        ('{a: "x"} instance of context<a: string, b: number>', False),
        ("[{a: 1}] instance of list<context<a: number>>", True),
        ("[1..2] instance of range<number>", True),
        ("(function(x) x) instance of function<Any> -> Any", True),
        ("(function(x) x) instance of function<Any, Any> -> Any", False),
    ],
)
def test_instance_of(text, expected):
    assert evaluate(text, CONTEXT) is expected


def test_instance_of_an_unknown_type_is_an_error():
    with pytest.raises(FeelError, match="未知的类型"):
        evaluate("1 instance of nonsense", {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 // to the end\n + 2", 3),
        ("/* before */ 1 + /* between */ 2", 3),
        ('"// no comment"', "// no comment"),
    ],
)
def test_comments(text, expected):
    assert evaluate(text, {}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r'"a\"b"', 'a"b'),
        (r'"a\\b"', "a\\b"),
        (r'"a\nb\tc"', "a\nb\tc"),
        (r'"\u4e2d\u6587"', "中文"),
        (r'"\U01F40E"', "🐎"),
        (r'"\uD83D\uDC0E"', "🐎"),
        (r'"\d"', r"\d"),
        ('"两\n行"', "两\n行"),
    ],
)
def test_string_literals(text, expected):
    assert evaluate(text, {}) == expected
