"""Whatever a model asks for, its evaluation ends soon, and nothing but FEEL is run."""

from __future__ import annotations

import time

import pytest

from tests.unit.dmn.model_texts import decision, definitions, function, input_data, literal, needs, service
from webapp.dmn import DmnError, DmnSyntaxError, evaluate, read
from webapp.feel import FeelError, FeelLimitExceeded

SECONDS = 4.0
"""Processor time; the limit of an evaluation is three seconds by the clock."""


def recursive(body):
    return definitions(
        function("f", {"n": "Any"}, literal(body), requires=needs(knowledge=("f",))),
        decision("d", literal("f(12)"), requires=needs(knowledge=("f",))),
    )


def test_knowledge_may_call_itself():
    """12! = 479001600."""
    assert evaluate(recursive("if n = 0 then 1 else n * f(n - 1)"), "d", {}).outputs == 479_001_600


def test_knowledge_may_call_each_other_in_turn():
    source = definitions(
        function("偶", {"n": "number"}, literal("n = 0 or 奇(n - 1)"), requires=needs(knowledge=("奇",))),
        function("奇", {"n": "number"}, literal("n > 0 and 偶(n - 1)"), requires=needs(knowledge=("偶",))),
        decision("d", literal("[偶(6), 偶(7)]"), requires=needs(knowledge=("偶",))),
    )
    assert evaluate(source, "d", {}).outputs == [True, False]


@pytest.mark.parametrize(
    "body",
    [
        "f(n)",
        "[f(n), f(n)]",
        "f([n, n])",
        "for i in 1..100000 return f(i)",
        "sort([3, 2, 1], function(a, b) f(a))",
        "f(string(n) + string(n))",
        "{g: function(h) h(h), r: g(g) + f(n)}.r",
    ],
)
@pytest.mark.parametrize("strict", [True, False])
def test_endless_recursion_ends(body, strict):
    started = time.thread_time()
    with pytest.raises(FeelLimitExceeded):
        evaluate(recursive(body), "d", {}, strict=strict)
    assert time.thread_time() - started < SECONDS


def test_a_service_that_calls_itself_ends():
    source = definitions(
        input_data("n", "number"),
        decision("d", literal("1 + s(n + 1)"), requires=needs(inputs=("n",), knowledge=("s",))),
        service("s", ("d",), inputs=("n",)),
    )
    with pytest.raises(FeelLimitExceeded):
        evaluate(source, "d", {"n": 1})


def test_a_service_through_a_long_chain_of_decisions_ends():
    chain = [
        decision(f"d{place}", literal(f"d{place + 1}"), requires=needs(decisions=(f"d{place + 1}",)))
        for place in range(38)
    ]
    end = decision("d38", literal("s()"), requires=needs(knowledge=("s",)))
    with pytest.raises(FeelLimitExceeded):
        evaluate(definitions(*chain, end, service("s", ("d0",))), "d0", {})


@pytest.mark.parametrize("strict", [True, False])
def test_a_service_called_without_end_keeps_no_trace_of_every_call(strict):
    source = definitions(
        decision("one", literal("1")),
        service("s", ("one",)),
        decision("d", literal("count(for i in 1..2000 return s())"), requires=needs(knowledge=("s",))),
    )
    result = evaluate(source, "d", {}, strict=strict)
    assert result.outputs == 2000
    assert [trace.id for trace in result.trace.decisions] == ["d"]


def test_only_the_first_problems_are_kept():
    body = '<for iteratorVariable="i"><in><literalExpression><text>[1..500]</text></literalExpression></in>'
    body += f"<return>{literal('nothing')}</return></for>"
    result = evaluate(definitions(decision("d", body)), "d", {}, strict=False)
    assert result.outputs == [None] * 500
    assert len(result.problems) == 100


@pytest.mark.parametrize(
    "logic",
    [
        f'<functionDefinition kind="Java"><formalParameter name="a"/>{literal("1")}</functionDefinition>',
        '<functionDefinition kind="PMML"/>',
        '<literalExpression expressionLanguage="http://www.python.org"><text>1</text></literalExpression>',
    ],
)
def test_nothing_but_feel_is_read(logic):
    with pytest.raises(DmnSyntaxError, match=r"不支持外部函数|表达式语言只能是"):
        read(definitions(decision("d", logic)))


def test_an_external_function_inside_feel_is_refused():
    text = 'function(a, b) external {java: {class: "java.lang.Math", method signature: "max(int,int)"}}'
    with pytest.raises((DmnError, FeelError), match="不支持外部函数"):
        evaluate(definitions(decision("d", literal(text))), "d", {})
    assert evaluate(definitions(decision("d", literal(text))), "d", {}, strict=False).outputs is None
