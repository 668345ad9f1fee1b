"""Random texts, from noise to nearly valid FEEL, end soon with a FEEL value or a FeelError."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.feel.test_hostile_texts import SECONDS, is_plain
from webapp.feel import FeelError, Limits, evaluate, evaluate_unary
from webapp.feel.builtins import BUILTINS

CONTEXT = {
    "a": Decimal("12.5"),
    "b": "甲乙丙",
    "面积": 600,
    "天 数": 3,
    "x-y": [1, 2, 3],
    "rows": [{"n": 1, "t": "x"}, {"n": None}],
    "day": date(2026, 11, 20),
    "flag": True,
}
LIMITS = Limits(steps=20_000, seconds=0.5)

TOKENS = st.sampled_from(
    [
        *CONTEXT,
        *BUILTINS,
        *[
            "+",
            "-",
            "*",
            "/",
            "**",
            "=",
            "!=",
            "<",
            "<=",
            ">",
            ">=",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            ",",
            ":",
            ".",
            "..",
            "@",
            "?",
            "->",
            "and",
            "or",
            "not",
            "in",
            "between",
            "if",
            "then",
            "else",
            "for",
        ],
        *[
            "return",
            "some",
            "every",
            "satisfies",
            "instance",
            "of",
            "function",
            "true",
            "false",
            "null",
            "item",
            "partial",
            "number",
            "string",
        ],
        *('"x"', '"(a+)+$"', '"2026-11-20"', '"P1Y"', '"P1D"', "1", "0", "-1", "1e6000", "0.1", "1..3"),
        *(
            "list<number>",
            "x",
            "y",
            "n",
            "i",
            "i in 1..9",
            "//",
            "/*",
            "*/",
            "，",
            "“",
            "\n",
            "\\",
            "__class__",
        ),
    ]
)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(TOKENS, max_size=25).map(" ".join))
def test_shuffled_tokens(text):
    check(text)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=60))
def test_noise(text):
    check(text)


def expressions() -> st.SearchStrategy[str]:
    leaves = st.sampled_from(
        [*("a", "面积", "天 数", "x-y", "rows", "day", "flag", "b", "rows.n", "day.year", "null", "true", "2", "-7.5"),
         *('"甲"', '@"2026-11-20"', '@"PT1H"', '@"P2M"', "[1..5]", "(1..9)", "[]", "{k: 1}", "1e6144", "x", '"^a*"')]
    )  # fmt: skip
    operators = st.sampled_from(["+", "-", "*", "/", "**", "=", "!=", "<", ">=", "and", "or", "in"])
    calls = st.sampled_from(sorted(BUILTINS))

    def extend(inner):
        return st.one_of(
            st.tuples(inner, operators, inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
            st.tuples(inner, inner).map(lambda t: f"{t[0]}[{t[1]}]"),
            st.tuples(inner, inner, inner).map(lambda t: f"(if {t[0]} then {t[1]} else {t[2]})"),
            st.tuples(inner, inner).map(lambda t: f"(for x in {t[0]} return {t[1]})"),
            st.tuples(inner, inner).map(lambda t: f"(some x in {t[0]} satisfies {t[1]})"),
            st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} between {t[1]} and {t[2]})"),
            st.tuples(calls, st.lists(inner, max_size=3)).map(lambda t: f"{t[0]}({', '.join(t[1])})"),
            st.lists(inner, max_size=3).map(lambda t: f"[{', '.join(t)}]"),
            inner.map(lambda t: f"{{x: {t}, y: x}}.y"),
            inner.map(lambda t: f"(function(x) x = {t})({t})"),
            inner.map(lambda t: f"-{t}"),
        )

    return st.recursive(leaves, extend, max_leaves=12)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(expressions())
def test_well_formed_expressions(text):
    check(text)


def check(text):
    for attempt in (
        lambda: evaluate(text, CONTEXT, limits=LIMITS),
        lambda: evaluate_unary(text, "甲", CONTEXT, limits=LIMITS),
    ):
        # Python's collector may pass through the whole test process meanwhile, but hardly three times.
        assert spent_on(attempt) < SECONDS or spent_on(attempt) < SECONDS or spent_on(attempt) < SECONDS


def spent_on(attempt):
    started = time.thread_time()
    with suppress(FeelError):
        assert is_plain(attempt())
    return time.thread_time() - started
