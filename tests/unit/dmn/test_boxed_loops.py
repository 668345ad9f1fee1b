"""The boxed expressions of DMN 1.4: conditional, filter, for, some and every."""

from __future__ import annotations

import pytest

from tests.unit.dmn.model_texts import decision, definitions, literal
from webapp.dmn import DecisionError, DmnSyntaxError, check, evaluate, read
from webapp.feel import FeelLimitExceeded


def part(name, text):
    return f"<{name}>{literal(text)}</{name}>"


def conditional(condition):
    return f"<conditional>{part('if', condition)}{part('then', '1')}{part('else', '2')}</conditional>"


def boxed_filter(source, match):
    return f"<filter>{part('in', source)}{part('match', match)}</filter>"


def loop(kind, source, body):
    last = "return" if kind == "for" else "satisfies"
    return f'<{kind} iteratorVariable="the item">{part("in", source)}{part(last, body)}</{kind}>'


def value(logic, *, strict=True):
    return evaluate(definitions(decision("d", logic)), "d", {"limit": 3}, strict=strict).outputs


@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        (conditional("limit = 3"), 1),
        (conditional("limit = 4"), 2),
        (conditional("null"), 2),
        (boxed_filter("[1, 2, 3, 4]", "item >= limit"), [3, 4]),
        (boxed_filter("[{n: 1}, {n: 3}]", "n = limit"), [{"n": 3}]),
        (boxed_filter("[1, 2]", "item > 2"), []),
        (loop("for", "[1, 2]", "the item * limit"), [3, 6]),
        (loop("for", "[5..7]", "the item"), [5, 6, 7]),
        (loop("for", "[]", "the item"), []),
        (loop("for", "[1, 2, 3]", "count(partial)"), [0, 1, 2]),
        (loop("some", "[1, 3]", "the item = limit"), True),
        (loop("some", "[]", "true"), False),
        (loop("every", "[1, 3]", "the item = limit"), False),
        (loop("every", "[]", "false"), True),
    ],
)
def test_values(logic, expected):
    assert value(logic) == expected


@pytest.mark.parametrize(
    ("logic", "reason"),
    [
        (conditional('"abc"'), "条件既不是真也不是假"),
        (boxed_filter("[1, 2]", 'if item = 1 then true else "x"'), "逐项条件既不是真也不是假"),
        (loop("some", "[1, 2]", 'if the item = 2 then true else "x"'), "逐项条件既不是真也不是假"),
        (loop("every", "[1]", '"x"'), "逐项条件既不是真也不是假"),
        (loop("for", "null", "1"), "要逐项处理的不是列表"),
    ],
)
def test_what_is_neither_true_nor_false_is_an_error_and_null_by_the_standard(logic, reason):
    with pytest.raises(DecisionError, match=reason):
        value(logic)
    assert value(logic, strict=False) is None


def test_a_missing_part_is_an_error():
    with pytest.raises(DmnSyntaxError, match="“filter”缺少“match”"):
        read(definitions(decision("d", f"<filter>{part('in', '[1]')}</filter>")))


def test_loops_are_checked_with_the_names_of_their_turns():
    good = definitions(
        decision("a", loop("for", "[1]", "the item + count(partial)")),
        decision("b", boxed_filter("[1]", "item > 0")),
        decision("c", conditional("true")),
    )
    assert check(good) == []
    bad = check(definitions(decision("a", loop("for", "[1]", "the thing"))))
    assert ["用到未声明的名称“the thing”" in finding.reason for finding in bad] == [True]


def test_boxed_loops_in_loops_stay_within_the_budget():
    body = literal("the item")
    for _ in range(6):
        body = f'<for iteratorVariable="the item">{part("in", "1..1000")}<return>{body}</return></for>'
    with pytest.raises((FeelLimitExceeded, DecisionError)):
        value(body.replace("1..1000", "[1..1000]"))
