"""Regular expressions: the same answers as a backtracking matcher, in linear time."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.feel import FeelLimitExceeded, Limits, evaluate
from webapp.feel.limits import Budget
from webapp.feel.pattern import compile_pattern


def pieces() -> st.SearchStrategy[str]:
    atoms = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "\\w", "\\d", "c", "^", "$"])
    marks = st.sampled_from(["", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?"])

    def extend(inner):
        return st.one_of(
            st.tuples(inner, inner).map("".join),
            st.tuples(inner, inner).map("|".join),
            st.tuples(inner, st.sampled_from(["", "?"])).map(lambda t: f"({t[0]}){t[1]}"),
            inner.map(lambda t: f"(?:{t})"),
        )

    simple = st.tuples(st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "\\d"]), marks).map("".join)
    return st.recursive(st.one_of(simple, atoms), extend, max_leaves=6)


@settings(max_examples=400, deadline=None)
@given(pieces(), st.text(alphabet="abc1\n", max_size=8))
def test_finds_what_python_finds(source, text):
    """Python's `re` is safe on texts of eight characters; its `$` also stands before a last line break."""
    pattern = compile_pattern(source, "", Budget())
    assert pattern is not None
    expected = re.compile(source.replace("$", r"\Z").replace(r"\d", "[0-9]")).search(text)
    found = pattern.search(text, 0, Budget())
    assert (found is None) == (expected is None)
    if expected is not None:
        assert tuple(found[:2]) == expected.span()
        for number in range(1, pattern.groups + 1):
            assert tuple(found[2 * number : 2 * number + 2]) == expected.span(number)


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        (r"^\p{Lu}\p{Ll}+$", "Beijing", True),
        (r"^\p{IsCJKUnifiedIdeographs}+$", "零工市场", True),
        (r"^\P{L}+$", "123", True),
        (r"^[a-z-[aeiou]]+$", "xyz", True),
        (r"^[a-z-[aeiou]]+$", "xay", False),
        (r"^[^\s,;]+$", "a,b", False),
        (r"^\i\c*$", "名称-1", True),
        (r"^[\d.-]+$", "1.5-2", True),
        (r"^[+\-]?\d+$", "-5", True),
        (r"^1[3-9]\d{9}$", "13800000000", True),
        (r"a\.b", "axb", False),
        (r"^(甲|乙){2,3}$", "甲乙甲", True),
        (r"^(甲|乙)\1$", "甲甲", True),
        (r"^(甲|乙)\1$", "甲乙", False),
        (r"^(a)(b)\2\1$", "abba", True),
        (r"^(.+)-\1$", "零工-零工", True),
        (r"^(a*)*\1b", "aab", True),
        (r"^(a)?\1b$", "b", True),
        (r"^(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\10$", "abcdefghijj", True),
        (r"^(a)\10$", "aa0", True),
        (r"^((a)|b)+\2$", "aba", True),
    ],
)
def test_syntax_of_xml_schema(source, text, expected):
    assert evaluate("matches(text, pattern)", {"text": text, "pattern": source}) is expected


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("[^Q]", "q", False),
        ("[^Q]", "x", True),
        ("[a-c]", "B", True),
        ("^[A-Z-[OI]]$", "o", False),
        ("^[A-Z-[OI]]$", "k", True),
        (r"^\p{Lu}$", "a", False),
        (r"^(a)\1$", "aA", True),
        (r"^(ß)\1$", "ßß", True),
    ],
)
def test_flag_i_ignores_case_in_classes_and_references(source, text, expected):
    """XPath functions 5.6.1.1: a class is widened before it is negated; category escapes are not widened."""
    given = {"text": text, "pattern": source}
    assert evaluate('matches(text, pattern, "i")', given) is expected


def test_references_back_in_replace_and_split():
    assert evaluate(r'replace("aabbc", "(.)\1", "<$1>")', {}) == "<a><b>c"
    assert evaluate(r'split("1--2==3", "([-=])\1")', {}) == ["1", "2", "3"]


@pytest.mark.parametrize(
    "source", [r"^(a*)(a*)\1\2b$", r"(a+)+\1+b", r"((a|aa)*)*\2b", r"(.*)(.*)(.*)\3\2\1x"]
)
def test_a_search_that_looks_back_is_paid_for(source):
    started = time.thread_time()
    with pytest.raises(FeelLimitExceeded):
        evaluate("matches(text, pattern)", {"text": "a" * 500, "pattern": source})
    assert time.thread_time() - started < 2


@pytest.mark.parametrize(
    "source",
    ["(", ")", "a**", "(a\\1)", "\\1(a)", "(a)\\2", "[(a)\\1]", "a{2,1}", "a{x}", "[", "[]", "[b-a]", "\\", "\\1", "\\b", "(?=a)", "(?i)a", "*a", "\\p{Xx}",
     "a{1001}", "(a{1000}){1000}", "x" * 1001, "(" * 40 + ")" * 40],
)  # fmt: skip
def test_what_is_no_pattern_or_too_large_is_null(source):
    assert evaluate("matches(text, pattern)", {"text": "a", "pattern": source}) is None


@pytest.mark.parametrize(
    "source", ["^(a+)+$", "^(a|a)*$", "^(a*)*$", "(a*a*a*a*a*)*b", "(.*){1,30}x", "(a?){30}a{30}c"]
)
def test_time_is_linear_in_the_text(source):
    pattern = compile_pattern(source, "", Budget())
    limits = Limits(steps=10**9, seconds=30.0)
    started = time.thread_time()
    assert pattern.search("a" * 2_000 + "!", 0, Budget(limits)) is None
    assert time.thread_time() - started < 5


def test_long_searches_are_paid_for():
    with pytest.raises(FeelLimitExceeded):
        evaluate('matches(text, "(.*){1,30}x")', {"text": "a" * 40_000})
