"""Requirement graphs, types of inputs and results, boxed expressions, and errors that name the place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.unit.dmn.model_texts import (
    column,
    decision,
    definitions,
    function,
    input_data,
    literal,
    needs,
    one_table,
    output,
    rule,
    table,
    text,
)
from webapp.dmn import DecisionError, evaluate
from webapp.feel import FeelLimitExceeded, Limits, YearMonthDuration


def test_decisions_feed_each_other_once():
    source = definitions(
        input_data("n", "number"),
        decision("a", literal("n + 1"), requires=needs(inputs=("n",))),
        decision("b", literal("a * 2"), requires=needs(decisions=("a",))),
        decision("c", literal("a + b"), requires=needs(decisions=("a", "b"))),
    )
    result = evaluate(source, "c", {"n": 3})
    assert result.outputs == 12
    assert [trace.id for trace in result.trace.decisions] == ["a", "b", "c"]


@pytest.mark.parametrize("key", ["approve-it", "批准 与否", "verdict"])
def test_a_decision_is_found_by_id_name_or_variable(key):
    source = definitions(
        f'<decision id="approve-it" name="批准 与否"><variable name="verdict"/>{literal("true")}</decision>'
    )
    assert evaluate(source, key, {}).outputs is True


def test_a_decision_that_does_not_exist_is_an_error():
    with pytest.raises(DecisionError, match="没有决策“x”"):
        evaluate(definitions(decision("d", literal("1"))), "x", {})


def test_a_cycle_is_an_error():
    source = definitions(
        decision("a", literal("b"), requires=needs(decisions=("b",))),
        decision("b", literal("a"), requires=needs(decisions=("a",))),
    )
    with pytest.raises(DecisionError, match="依赖成环"):
        evaluate(source, "a", {})


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("number", 5),
        ("string", "x"),
        ("boolean", False),
        ("date", date(2026, 11, 20)),
        ("yearMonthDuration", YearMonthDuration(3)),
        ("Any", [1, "x"]),
        ("number", None),
    ],
)
def test_inputs_of_the_right_type(kind, value):
    source = definitions(input_data("x", kind), decision("d", literal("x"), requires=needs(inputs=("x",))))
    assert evaluate(source, "d", {"x": value}).outputs == value


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("number", "5", "输入“x”：应为数字，却是文本"),
        ("string", 5, "应为文本，却是数字"),
        ("boolean", "true", "应为是非值，却是文本"),
        ("date", "2026-11-20", "应为日期，却是文本"),
        ("number", object(), "不支持的数据类型"),
        ("unheard", 1, "类型“unheard”没有定义"),
    ],
)
def test_inputs_of_the_wrong_type_are_errors(kind, value, reason):
    source = definitions(input_data("x", kind), decision("d", literal("x"), requires=needs(inputs=("x",))))
    with pytest.raises(DecisionError, match=reason):
        evaluate(source, "d", {"x": value})


def test_a_missing_input_is_null_and_other_given_names_are_visible():
    source = definitions(
        input_data("x", "number"),
        decision("d", literal("x = null and settings.limit = 5"), requires=needs(inputs=("x",))),
    )
    assert evaluate(source, "d", {"settings": {"limit": 5}}).outputs is True


TYPES = (
    f'<itemDefinition name="tKind"><typeRef>string</typeRef><allowedValues>{text(chr(34) + "市场" + chr(34) + "," + chr(34) + "驿站" + chr(34))}</allowedValues></itemDefinition>'
    '<itemDefinition name="tRow"><itemComponent name="n"><typeRef>number</typeRef></itemComponent>'
    '<itemComponent name="kind"><typeRef>tKind</typeRef></itemComponent></itemDefinition>'
    '<itemDefinition name="tRows" isCollection="true"><typeRef>tRow</typeRef></itemDefinition>'
)


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("tKind", "市场", None),
        ("tKind", "别的", "不在允许的取值之内"),
        ("tRow", {"n": 1, "kind": "驿站"}, None),
        ("tRow", {"n": "1", "kind": "驿站"}, "其中“n”应为数字"),
        ("tRow", {"n": 1}, "缺少“kind”"),
        ("tRows", [{"n": 1, "kind": "市场"}], None),
        ("tRows", [{"n": 1, "kind": "x"}], "其中“kind”不在允许的取值之内"),
        ("tRows", "x", "应为列表"),
    ],
)
def test_types_of_the_model(kind, value, reason):
    source = definitions(
        TYPES, input_data("x", kind), decision("d", literal("x"), requires=needs(inputs=("x",)))
    )
    if reason is None:
        assert evaluate(source, "d", {"x": value}).outputs == value
    else:
        with pytest.raises(DecisionError, match=reason):
            evaluate(source, "d", {"x": value})


def test_a_result_is_fitted_to_its_type_or_refused():
    assert evaluate(definitions(decision("d", literal("[5]"), kind="number")), "d", {}).outputs == 5
    with pytest.raises(DecisionError, match="决策“d”的结果应为数字，却是文本"):
        evaluate(definitions(decision("d", literal('"5"'), kind="number")), "d", {})


def test_an_input_value_outside_the_allowed_ones_is_an_error():
    source = one_table(
        "UNIQUE", [column("类型", allowed='"市场","驿站"')], [output("x")], [rule(['"市场"'], ["1"])]
    )
    assert evaluate(source, "d", {"类型": "驿站"}).outputs is None
    with pytest.raises(DecisionError, match="输入“类型”不在允许的取值之内"):
        evaluate(source, "d", {"类型": "其他"})


@pytest.mark.parametrize(
    ("cell", "result", "reason"),
    [
        ("室内", "1", "决策“d”：第1条规则“类型”列：未知的名称“室内”"),
        ("> > 5", "1", "第1条规则“类型”列：此处应为值"),
        ("-", "没有引号", "第1条规则“x”列：未知的名称"),
        ("-", '"文本"', "第1条规则“x”列：应为数字，却是文本"),
    ],
)
def test_a_faulty_cell_is_named(cell, result, reason):
    source = one_table("UNIQUE", [column("类型")], [output("x", "number")], [rule([cell], [result])])
    with pytest.raises(DecisionError, match=reason):
        evaluate(source, "d", {"类型": "市场"})


def test_knowledge_is_called_by_name_and_by_invocation():
    invocation = (
        f"<invocation>{literal('补贴')}"
        f'<binding><parameter name="天数"/>{literal("d")}</binding>'
        f'<binding><parameter name="单价"/>{literal("2")}</binding></invocation>'
    )
    source = definitions(
        input_data("d", "number"),
        function("补贴", {"天数": "number", "单价": "number"}, literal("天数 * 单价"), "number"),
        decision("called", literal("补贴(d, 10)"), requires=needs(inputs=("d",), knowledge=("补贴",))),
        decision("invoked", invocation, requires=needs(inputs=("d",), knowledge=("补贴",))),
    )
    assert evaluate(source, "called", {"d": 3}).outputs == 30
    assert evaluate(source, "invoked", {"d": 3}).outputs == 6
    assert evaluate(source, "called", {"d": None}).outputs is None


def test_knowledge_may_hold_a_table():
    logic = table(
        "FIRST", [column("n", kind="number")], [output("x")], [rule(["< 5"], ['"小"']), rule(["-"], ['"大"'])]
    )
    source = definitions(
        function("size", {"n": "number"}, logic),
        decision("d", literal("for i in [1, 9] return size(i)"), requires=needs(knowledge=("size",))),
    )
    assert evaluate(source, "d", {}).outputs == ["小", "大"]


def test_boxed_context_list_and_relation():
    entry = f'<contextEntry><variable name="基数"/>{literal("n * 2")}</contextEntry>'
    result = f"<contextEntry>{literal('基数 + 1')}</contextEntry>"
    source = definitions(
        decision("with_result", f"<context>{entry}{result}</context>"),
        decision("without", f"<context>{entry}</context>"),
        decision("listed", f"<list>{literal('n')}{literal('n + 1')}</list>"),
        decision(
            "related",
            f'<relation><column name="a"/><column name="b c"/><row>{literal("1")}{literal("n")}</row></relation>',
        ),
    )
    values = {"n": 5}
    assert evaluate(source, "with_result", values).outputs == 11
    assert evaluate(source, "without", values).outputs == {"基数": 10}
    assert evaluate(source, "listed", values).outputs == [5, 6]
    assert evaluate(source, "related", values).outputs == [{"a": 1, "b c": 5}]


@pytest.mark.parametrize(
    ("logic", "reason"),
    [
        (f"<invocation>{literal('n')}</invocation>", "所调用的不是函数"),
        (
            f'<invocation>{literal("function(a) a")}<binding><parameter name="b"/>{literal("1")}</binding></invocation>',
            "参数名称不符",
        ),
        (
            f'<context><contextEntry><variable name="k" typeRef="number"/>{literal(chr(34) + "x" + chr(34))}</contextEntry></context>',
            "“k”应为数字",
        ),
        ("", "没有逻辑"),
    ],
)
def test_boxed_logic_that_cannot_work_is_an_error(logic, reason):
    with pytest.raises(DecisionError, match=reason):
        evaluate(definitions(decision("d", logic)), "d", {"n": 5})


@pytest.mark.parametrize("body", ["1 +", "missing", "if true then 1 else odd.part", "{a: }"])
def test_a_faulty_literal_is_an_error_of_its_decision(body):
    with pytest.raises(DecisionError, match="决策“d”："):
        evaluate(definitions(decision("d", literal(body))), "d", {"odd": object()})


def test_a_boxed_function_is_a_value_that_can_be_called():
    made = f'<functionDefinition><formalParameter name="a"/>{literal("a * 2")}</functionDefinition>'
    source = definitions(
        decision("double", made),
        decision("d", literal("[double(4), double(1, 2)]"), requires=needs(decisions=("double",))),
    )
    result = evaluate(source, "d", {})
    assert result.outputs == [8, None]
    assert result.trace.as_json()["decisions"][0]["output"] == "函数"


@pytest.mark.parametrize("missing", ["inputs", "decisions", "knowledge"])
def test_a_requirement_that_does_not_exist_is_an_error(missing):
    source = definitions(decision("d", literal("1"), requires=needs(**{missing: ("x",)})))
    with pytest.raises(DecisionError, match="依赖的“x”不存在"):
        evaluate(source, "d", {})


def test_the_whole_graph_shares_one_budget():
    source = definitions(
        decision("a", literal("count(for i in 1..10000 return i)")),
        decision("b", literal("count(for i in 1..10000 return i) + a"), requires=needs(decisions=("a",))),
    )
    assert evaluate(source, "b", {}).outputs == 20_000
    with pytest.raises(FeelLimitExceeded):
        evaluate(source, "b", {}, limits=Limits(steps=50_000))


def test_the_example_of_the_standard():
    """The discount table of section 8.3: Business orders below 10 get 0.10, from 10 on 0.15; Private 0.05."""
    source = one_table(
        "UNIQUE",
        [column("Customer", kind="string"), column("OrderSize", kind="number")],
        [output("Discount", "number")],
        [
            rule(['"Business"', "< 10"], ["0.10"]),
            rule(['"Business"', ">= 10"], ["0.15"]),
            rule(['"Private"', "-"], ["0.05"]),
        ],
    )
    for customer, size, expected in [
        ("Business", 8, "0.10"),
        ("Business", 10, "0.15"),
        ("Private", 99, "0.05"),
    ]:
        found = evaluate(source, "d", {"Customer": customer, "OrderSize": size}).outputs
        assert found == Decimal(expected)
