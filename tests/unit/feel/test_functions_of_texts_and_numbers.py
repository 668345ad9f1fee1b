"""Built-in functions on strings and numbers; examples are the standard's where it has some."""

from __future__ import annotations

from decimal import Decimal

import pytest

from webapp.feel import evaluate


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('substring("foobar", 3)', "obar"),
        ('substring("foobar", 3, 3)', "oba"),
        ('substring("foobar", -2, 1)', "a"),
        ('substring("\\U01F40Eab", 2)', "ab"),
        ('substring("foobar", 0)', None),
        ('substring("foobar", 7)', ""),
        ('string length("foo")', 3),
        ('string length("零工市场")', 4),
        ('upper case("aBc4")', "ABC4"),
        ('lower case("aBc4")', "abc4"),
        ('substring before("foobar", "bar")', "foo"),
        ('substring before("foobar", "xyz")', ""),
        ('substring before("foobar", "")', ""),
        ('substring after("foobar", "ob")', "ar"),
        ('substring after("", "a")', ""),
        ('substring after("foo", "")', "foo"),
        ('contains("foobar", "of")', False),
        ('starts with("foobar", "fo")', True),
        ('ends with("foobar", "r")', True),
        ('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', "[1=ab][2=]cd"),
        ('replace("abracadabra", "bra", "*")', "a*cada*"),
        ('replace("abracadabra", "a.*?a", "*")', "*c*bra"),
        ('replace("电话13800000000", "\\d{4}$", "****")', "电话1380000****"),
        ('replace("abc", "x*", "-")', None),
        ('replace("abc", "b", "\\\\$")', "a$c"),
        ('replace("abc", "b", "$")', None),
        ('matches("foobar", "^fo*b")', True),
        ('matches("FOO", "foo", "i")', True),
        ('matches("foo\\nbar", "^bar$", "m")', True),
        ('matches("foo\\nbar", "o.b", "s")', True),
        ('matches("foo bar", "foo\\\\ bar", "x")', None),
        ('matches("hello world", " hello[ ]world ", "x")', True),
        ('matches("a", "[")', None),
        ('matches("a", "a", "z")', None),
        ('matches("110112199001011234", "^\\\\d{17}[\\\\dX]$")', True),
        ('split("John Doe", "\\\\s")', ["John", "Doe"]),
        ('split("a;b;c;;", ";")', ["a", "b", "c", "", ""]),
        ('string join(["a", "b", "c"], "_and_")', "a_and_b_and_c"),
        ('string join(["a", null, "c"], "、")', "a、c"),
        ('string join(["a"], "X")', "a"),
        ('string join(["a", "b"])', "ab"),
        ('string join([], "X")', ""),
        ('string join(["a", "b"], ", ", "[", "]")', "[a, b]"),
        ('string join([1], "X")', None),
        ("string(1.10)", "1.1"),
        ("string(100)", "100"),
        ("string(1e3)", "1000"),
        ("string(-0)", "0"),
        ("string(true)", "true"),
        ("string(null)", None),
        ('string([1, "a", null])', '[1, "a", null]'),
        ('string({a: 1, "b c": "x\\"y", "1d": {}})', '{a: 1, b c: "x\\"y", "1d": {}}'),
        ("string([1..3))", "[1 .. 3)"),
        ("string length(1)", None),
        ("string length(null)", None),
        ('string length(["foo"])', 3),
        ('substring(string: "foobar", start position: 3)', "obar"),
        ('contains(match: "o", string: "foo")', True),
    ],
)
def test_texts(text, expected):
    assert evaluate(text, {}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("decimal(1/3, 2)", "0.33"),
        ("decimal(1.5, 0)", "2"),
        ("decimal(2.5, 0)", "2"),
        ("decimal(1234, -2)", "1200"),
        ("floor(1.5)", "1"),
        ("floor(-1.56, 1)", "-1.6"),
        ("ceiling(1.5)", "2"),
        ("ceiling(-1.5)", "-1"),
        ("round up(5.5, 0)", "6"),
        ("round up(-5.5, 0)", "-6"),
        ("round up(1.121, 2)", "1.13"),
        ("round down(5.5, 0)", "5"),
        ("round down(-1.126, 2)", "-1.12"),
        ("round half up(5.5, 0)", "6"),
        ("round half up(-5.5, 0)", "-6"),
        ("round half up(1.126, 2)", "1.13"),
        ("round half down(5.5, 0)", "5"),
        ("round half down(-5.5, 0)", "-5"),
        ("abs(-10)", "10"),
        ("modulo(12, 5)", "2"),
        ("modulo(-12, 5)", "3"),
        ("modulo(12, -5)", "-3"),
        ("modulo(-12, -5)", "-2"),
        ("modulo(10.1, 4.5)", "1.1"),
        ("modulo(-10.1, 4.5)", "3.4"),
        ("sqrt(16)", "4"),
        ("exp(0)", "1"),
        ("log(1)", "0"),
        ('number("1 000,0", " ", ",")', "1000"),
        ('number("1,000.5", ",", ".")', "1000.5"),
        ('number("12.5")', "12.5"),
        ('number("-1e2")', "-100"),
        ('number(from: "1.000,5", grouping separator: ".", decimal separator: ",")', "1000.5"),
    ],
)
def test_numbers(text, expected):
    assert evaluate(text, {}) == Decimal(expected)


@pytest.mark.parametrize(
    "text",
    ["sqrt(-1)", "log(0)", "modulo(1, 0)", "decimal(1, 7000)", 'number("x")', 'number("1,000")', 'number(" 1")',
     'number("1,0", ",", ",")', 'abs("1")', "floor(null)", 'number("1_000")', 'number("NaN")', 'number("+1")',
     'number("")', 'number(".")', 'number("1e")'],
)  # fmt: skip
def test_numbers_that_do_not_exist_are_null(text):
    assert evaluate(text, {}) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("odd(5)", True),
        ("odd(-5)", True),
        ("even(2)", True),
        ("even(2.5)", False),
        ("odd(2.5)", False),
        ("not(true)", False),
        ("not(null)", None),
        ("not(1)", None),
        ('abs(@"-P1D") = @"P1D"', True),
        ('abs(@"-P1Y") = @"P1Y"', True),
    ],
)
def test_truth(text, expected):
    assert evaluate(text, {}) is expected
