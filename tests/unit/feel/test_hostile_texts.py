"""Whatever the text, evaluation ends soon, with a FEEL value or a FeelError."""

from __future__ import annotations

import gc
import time
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from webapp.feel import (
    FeelError,
    Function,
    Range,
    YearMonthDuration,
    evaluate,
    evaluate_unary,
)
from webapp.feel.far import TEMPORAL

SECONDS = 1.5
"""Processor time; the limit of an evaluation is one second by the clock."""

CONTEXT = {
    "a": 1,
    "b": "text",
    "长": "甲" * 1000,
    "rows": [{"name": "张", "n": 1}, {"name": "李", "n": 2}],
    "case": {"area": Decimal("600.5"), "when": date(2026, 11, 20)},
}

NUMBERS = [
    "10 ** 10 ** 10 ** 10",
    "9 ** 99999999999999999999",
    "(1.0000000000000000000000000000000001) ** 1e33",
    "0.5 ** -1e6000",
    "1e6144 * 10",
    "1e99999999999999999999",
    "string(1e6144)",
    "string(1e-6143)",
    "exp(1e6000)",
    "exp(-1e30)",
    "log(1e-6143)",
    "sqrt(1e6144) ** 2 ** 2",
    "decimal(1e6144, 6176)",
    "decimal(1e-6000, -6111)",
    "modulo(1e6144, 1e-6143)",
    "modulo(-1e6144, 3)",
    "odd(1e6144)",
    "floor(1e6144, 99999999999999)",
    "substring(b, 1e6000, 1e6000)",
    "sublist([1,2,3], 1e30, 1e6000)",
    "[1,2,3][1e6000]",
    "insert before([1], 1e6000, 2)",
    'duration("P9999999999Y") * 1e6000',
    'duration("P999999999D") * 1e9',
    "date(1e30, 1, 1)",
    'date(2026, 1, 1) + duration("P9999999999Y")',
    'date("9999-12-31") + duration("P1D")',
    'date and time("0001-01-01T00:00:00+14:00") - duration("P999999999D")',
    'date and time("0001-01-01T00:00:00+14:00") < date and time("9999-12-31T23:59:59-14:00")',
    "time(1e9, 1e9, 1e9)",
    'time(1, 1, 1, duration("P99D"))',
    'string(duration("P999999999D") * -1)',
    "product(for i in 1..1000 return 1e6000)",
    "stddev(for i in 1..1000 return 10 ** i)",
    'date("999999999-12-31") + duration("P9999999999Y")',
    'date("-999999999-01-01") - duration("P999999999D") - duration("P999999999D")',
    'date("-999999999-01-01") - date("999999999-12-31")',
    'for i in date("-999999999-01-01")..date("999999999-12-31") return i',
    'date("999999999999999999999-01-01")',
    "date(1e8, 2, 29)",
    "date(-1e33, 2, 29)",
    'string(date and time("999999999-12-31T23:59:59.999999999@Asia/Shanghai"))',
    'range("[1..' + "9" * 9000 + ']")',
    'range("' + "[" * 9000 + '")',
    'range("' + "-" * 9000 + '1")',
    'for i in 1..40000 return range("[" + string(i) + ".." + string(i + 1) + "]")',
    'for i in 1..40000 return range(string join(for j in 1..1000 return " ") + "[1..2]")',
]

LOOPS = [
    "for i in 1..1000000000 return i",
    "for i in 1..100000, j in 1..100000 return i * j",
    "for a in 1..100, b in 1..100, c in 1..100, d in 1..100 return 1",
    "for i in 1..1e30 return i",
    'for i in date("0001-01-01")..date("9999-12-31") return i',
    "count(for i in 1..40000 return for j in 1..40000 return j)",
    "some x in 1..1000000000 satisfies x < 0",
    "every x in 1..100000, y in 1..100000 satisfies x > 0",
    "for i in 1..50 return partial",
    "for i in 1..40000 return count(partial)",
    "(for i in 1..30000 return i)[(for j in 1..30000 return j)[item = 1][1] = item]",
    "sort(for i in 1..40000 return 40000 - i, function(x, y) (for k in 1..1000 return k)[1] = x)",
    "distinct values(for i in 1..40000 return i)",
    "for i in 1..40000 return index of(rows, i)",
    "flatten(for i in 1..300 return for j in 1..300 return for k in 1..300 return k)",
    "{f: function(g, n) g(g, n), r: f(f, 1)}.r",
    "{f: function(g, n) if n = 0 then 0 else 1 + g(g, n - 1), r: f(f, 100000)}.r",
    "{f: function(g) [g(g), g(g)], r: f(f)}.r",
    "{z: function(h, n) if n = 0 then [] else append(h(h, n - 1), h(h, n - 1)), r: z(z, 60)}.r",
    "list replace(for i in 1..40000 return i, function(o, n) every k in 1..1000 satisfies true, 1)",
]

SIZES = [
    (
        '{a: "xxxxxxxxxxxxxxxx", b: a+a+a+a+a+a+a+a, c: b+b+b+b+b+b+b+b, d: c+c+c+c+c+c+c+c, '
        "e: d+d+d+d+d+d+d+d, f: e+e+e+e+e+e+e+e, g: f+f+f+f+f+f+f+f}"
    ),
    'replace("xxxxxxxxxxxxxxxxxxxx", "x", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")',
    (
        'replace(replace(replace(replace(replace(replace(长, "甲", "乙乙乙乙乙乙乙乙"), "乙", "丙丙丙丙丙丙丙丙"), '
        '"丙", "丁丁丁丁丁丁丁丁"), "丁", "戊戊戊戊戊戊戊戊"), "戊", "己己己己己己己己"), "己", "庚庚庚庚庚庚庚庚")'
    ),
    "string join(for i in 1..40000 return 长, 长)",
    "for i in 1..40000 return 长 + 长",
    "string(for i in 1..40000 return 长)",
    "concatenate(for i in 1..40000 return i, for i in 1..40000 return i)",
    (
        "{a: [1,1,1,1], b: [a,a,a,a], c: [b,b,b,b], d: [c,c,c,c], e: [d,d,d,d], f: [e,e,e,e], g: [f,f,f,f], "
        "h: [g,g,g,g], i: [h,h,h,h], j: [i,i,i,i], k: [j,j,j,j]}"
    ),
    (
        "{a: [[],[]], b: [a,a], c: [b,b], d: [c,c], e: [d,d], f: [e,e], g: [f,f], h: [g,g], i: [h,h], j: [i,i], "
        "k: [j,j], l: [k,k], m: [l,l], n: [m,m], o: [n,n], p: [o,o], q: [p,p], r: [q,q], s: [r,r], t: s = s}.t"
    ),
    (
        "{a: [1,1,1,1], b: [a,a,a,a], c: [b,b,b,b], d: [c,c,c,c], e: [d,d,d,d], f: [e,e,e,e], g: [f,f,f,f], "
        "h: [g,g,g,g], i: [h,h,h,h], j: string(i)}.j"
    ),
    "{f: function(g, n) if n = 0 then [] else [g(g, n - 1)], r: f(f, 70)}.r",
    'upper case(string join(for i in 1..1000 return "ßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßß"))',
    'split(长, "")',
    "context merge(for i in 1..40000 return {a: i, b: i, c: i})",
]

NESTING = [
    "(" * 5000 + "1" + ")" * 5000,
    "[" * 9000,
    "{a:" * 3000 + "1" + "}" * 3000,
    "-" * 9000 + "1",
    "not(" * 2000 + "true" + ")" * 2000,
    "a" + "[1]" * 4000,
    "a" + ".b" * 5000,
    "a" + "()" * 4000,
    "1" + "+1" * 9000,
    "1" + "=1" * 9000,
    "1" + "**1" * 5000,
    "true" + " and true" * 1800,
    "if true then " * 1000 + "1" + " else 2" * 1000,
    "for i in 1..2 return " * 500 + "i",
    "function(x) " * 900 + "x",
    "a instance of " + "list<" * 2000 + "number" + ">" * 2000,
    "1 in (" * 2000 + "1" + ")" * 2000,
    "1 between 1 and " * 900 + "1",
    "@" * 5000,
    '"' + "\\" * 9999,
    "/*" * 9000,
    "a/*b*/" * 3000,
    "//" * 9000,
    "a " * 9000,
    "a." * 9000,
    " " * 19000 + "x",
    "x" * 200_000,
    "{" + ", ".join(f"a-{i}: 1" for i in range(2_500)) + "}",
    "{" + ", ".join(f"a{i}: 1" for i in range(2_500)) + "}",
    "sum(a" + " " * 19_000 + ")",
    "{a" + " " * 19_000 + "}",
    "{" + "a " * 9_000,
    "sum(" + "a*" * 9_000 + "a)",
    "﻿\x00\x01\x02",
    "\ud800",
    '"\\uD800"',
    '"\\U110000"',
    "[1..2" + "[" * 3000,
    "]1.." * 3000,
]

PATTERNS = [
    'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a+)+$")',
    'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a|aa)+$")',
    'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a*)*$")',
    'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(.*a){20}$")',
    'matches(长, "^(([甲-乙])+.)+([甲-乙])+$")',
    'matches(长, "甲*甲*甲*甲*甲*甲*甲*甲*甲*乙")',
    'matches("x", "(((((((((((((((((((((((((((((((((((((((((x)))))))))))))))))))))))))))))))))))))))))")',
    'matches("x", "x{1000}{1000}{1000}")',
    'matches("x", "(?:){1000}{1000}")',
    'matches("x", "((x{0,1000}){0,1000}){0,1000}")',
    'matches("x", "x{999999999999999999999}")',
    'matches("x", "[[[[[[[[[[")',
    'matches("x", "(?<name>x)")',
    'matches("x", "(?=x)(?!y)(?<=x)")',
    'matches("aa", "(a)\\\\1")',
    'matches(长, "^(甲*)(甲*)(甲*)\\\\1\\\\2\\\\3乙")',
    'matches(长, "((甲*)*)*\\\\2乙")',
    'matches(长, "(甲|甲甲)+\\\\1+乙", "i")',
    'replace(长, "(甲+)\\\\1", "$1$1$1")',
    'split(长, "(.)\\\\1+乙")',
    'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "' + "(a*)" * 40 + "\\\\1" * 40 + '$")',
    'for i in 1..40000 return matches("xx", "(x)\\\\1")',
    'replace(长, "(甲*)*", "$1$1$1$1$1$1$1$1$1")',
    'replace(长, "甲", "$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0")',
    'split(长, "(甲|甲甲)*乙")',
    'for i in 1..1000 return matches(长, "^(甲+)+乙$")',
    'matches(长, "\\\\p{L}{1,1000}")',
    'for i in 1..40000 return matches("x", "(x{1000}){" + string(i) + "}")',
    'for i in 1..40000 return matches("x", "(" + string(i) + "x{9}){99}")',
]

ESCAPES = [
    '__import__("os").system("true")',
    "b.__class__.__mro__",
    "b.__class__",
    "rows.append",
    "case.__dict__",
    'case.get("area")',
    "case.area.as_tuple()",
    'get value(case, "__class__")',
    "a.real",
    'eval("1")',
    'exec("1")',
    'open("/etc/passwd")',
    'function(x) external {java: {class: "java.lang.Math", method signature: "max"}}',
    "lambda: 1",
    "`ls`",
    "${a}",
    "#{a}",
    "{{a}}",
    "a if b else c",
    "[x for x in rows]",
    "'%01000000000d' % 1",
    '"%s" % a',
    '"{0.__class__}".format(a)',
    "string(function(x) x)",
    "string(count)",
    "globals()",
    "self",
    "item",
    "partial",
    "?",
    'date and time("2026-01-01T00:00:00@../../../etc/passwd")',
    'date and time("2026-01-01T00:00:00@/etc/passwd")',
    'time("10:00:00@posixrules")',
    'time("10:00:00@America")',
    '@"10:00:00@' + "A" * 5000 + '"',
    'number("' + "9" * 15000 + '")',
    'number("1_000")',
    'number("NaN")',
    'number("Infinity")',
    'number("١٢٣")',
    'number("1e999999999")',
    'date("٢٠٢٦-01-01")',
]

CORPUS = NUMBERS + LOOPS + SIZES + NESTING + PATTERNS + ESCAPES


def is_plain(value: object) -> bool:
    if isinstance(value, list):
        return all(map(is_plain, value))
    if isinstance(value, dict):
        return all(type(key) is str and is_plain(item) for key, item in value.items())
    if isinstance(value, Decimal):
        return value.is_finite()
    if isinstance(value, Range):
        return is_plain(value.start) and is_plain(value.end)
    kinds = (str, bool, date, datetime, timedelta, YearMonthDuration, Function)
    return value is None or isinstance(value, kinds) or type(value) in TEMPORAL


@pytest.fixture(autouse=True)
def _no_garbage():
    gc.collect()


@pytest.mark.parametrize("text", CORPUS, ids=lambda text: text[:40].encode("unicode_escape").decode())
def test_hostile_text_ends_soon_with_a_value_or_a_feel_error(text):
    for attempt in (lambda: evaluate(text, CONTEXT), lambda: evaluate_unary(text, 5, CONTEXT)):
        started = time.thread_time()
        with suppress(FeelError):
            assert is_plain(attempt())
        assert time.thread_time() - started < SECONDS
