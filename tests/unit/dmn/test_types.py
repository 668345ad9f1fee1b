"""Values and the types that a model declares: fitting, constraints, functions, and null where they part."""

from __future__ import annotations

from datetime import UTC, date, datetime

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
    text,
)
from webapp.dmn import DecisionError, check, evaluate


def typed(content, kind):
    return f'<literalExpression typeRef="{kind}">{text(content)}</literalExpression>'


def item(name, base, more="", *, many=False):
    listed = ' isCollection="true"' if many else ""
    return f'<itemDefinition name="{name}"{listed}><typeRef>{base}</typeRef>{more}</itemDefinition>'


SMALL = item("tSmall", "number", f"<allowedValues>{text('< 256')}</allowedValues>")
NUMBERS = item("tNumbers", "number", many=True)
PAIR = item("tPair", "number", f"<typeConstraint>{text('count(?) = 2')}</typeConstraint>", many=True)
BINARY = (
    '<itemDefinition name="tBinary"><functionItem outputTypeRef="number">'
    '<parameters name="a" typeRef="number"/><parameters name="b" typeRef="number"/>'
    "</functionItem></itemDefinition>"
)
PERSON = (
    '<itemDefinition name="tPerson"><itemComponent name="age"><typeRef>number</typeRef></itemComponent>'
    "</itemDefinition>"
)
TYPES = SMALL + NUMBERS + PAIR + BINARY + PERSON


def value(logic, kind="Any", *, strict=True):
    return evaluate(definitions(TYPES, decision("d", logic, kind=kind)), "d", {}, strict=strict).outputs


@pytest.mark.parametrize(
    ("content", "kind", "expected"),
    [
        ("[10]", "number", 10),
        ("10", "tNumbers", [10]),
        ("[1, 2]", "tNumbers", [1, 2]),
        ("255", "tSmall", 255),
        ("[1, 2]", "tPair", [1, 2]),
        ('date("2026-11-20")', "dateTime", datetime(2026, 11, 20, tzinfo=UTC)),
        ('date("2026-11-20")', "date", date(2026, 11, 20)),
        ("null", "tSmall", None),
    ],
)
def test_a_value_is_fitted_where_the_standard_says_how(content, kind, expected):
    """DMN 10.3.2.9.4: from and to a list of one, and from a date to the beginning of its day in UTC."""
    assert value(literal(content), kind) == expected
    assert value(typed(content, kind)) == expected


@pytest.mark.parametrize(
    ("content", "kind", "reason"),
    [
        ('"x"', "number", "应为数字，却是文本"),
        ('["x"]', "tNumbers", "应为数字，却是文本"),
        ("256", "tSmall", "不在允许的取值之内"),
        ("[1, 2, 3]", "tPair", "不在允许的取值之内"),
        ("5", "tBinary", "应为函数，却是数字"),
        ("function(a) a", "tBinary", "应为有2个参数的函数，却有1个"),
        ("{b: 1}", "tPerson", "缺少“age”"),
        ("1", "tUnheard", "类型“tUnheard”没有定义"),
    ],
)
def test_a_value_that_does_not_fit_is_an_error_and_null_by_the_standard(content, kind, reason):
    for logic, declared in ((literal(content), kind), (typed(content, kind), "Any")):
        with pytest.raises(DecisionError, match=reason):
            value(logic, declared)
        assert value(logic, declared, strict=False) is None


@pytest.mark.parametrize(
    ("content", "expected"),
    [("256 instance of tSmall", True), ('"x" instance of tSmall', False), ("[1] instance of tPair", True)],
)
def test_instance_of_leaves_constraints_out(content, expected):
    assert value(literal(content)) is expected


def test_a_context_may_have_more_entries_than_its_type():
    assert value(literal("{age: 1, name: 2}"), "tPerson") == {"age": 1, "name": 2}


def test_a_parameter_of_a_feel_function_may_be_of_a_type_of_the_model():
    assert value(literal("(function(p: tPerson) p.age)({age: 7})")) == 7
    assert value(literal("(function(p: tPerson) p.age)([{age: 7}])")) == 7
    assert value(literal("(function(p: tPerson) 1)({})")) is None


def test_the_body_of_knowledge_is_fitted_to_its_type():
    source = definitions(
        TYPES,
        function("first", {"x": "Any"}, typed("[x]", "number")),
        decision("d", literal("first(10)"), requires=needs(knowledge=("first",))),
        decision("bad", literal('first("x")'), requires=needs(knowledge=("first",))),
    )
    assert evaluate(source, "d", {}).outputs == 10
    assert evaluate(source, "bad", {}, strict=False).outputs is None


def test_by_the_standard_one_error_spoils_only_the_value_in_question():
    entries = "".join(
        f'<contextEntry><variable name="{name}" typeRef="number"/>{literal(content)}</contextEntry>'
        for name, content in (("good", "1"), ("bad", '"x"'), ("unknown", "nothing here"), ("broken", "1 +"))
    )
    source = definitions(
        input_data("n", "number"),
        decision("d", f"<context>{entries}</context>", requires=needs(inputs=("n",))),
    )
    result = evaluate(source, "d", {"n": "文本"}, strict=False)
    assert result.outputs == {"good": 1, "bad": None, "unknown": None, "broken": None}
    assert [problem.partition("：")[0] for problem in result.problems] == [
        "输入“n”",
        "“bad”应为数字，却是文本",
        "“unknown”的表达式",
        "“broken”的表达式",
    ]


def test_by_the_standard_a_faulty_cell_does_not_match():
    source = one_table(
        "FIRST", [column("n")], [output("x", "number")], [rule(["> unheard"], ["1"]), rule(["-"], ["2"])]
    )
    result = evaluate(source, "d", {"n": 5}, strict=False)
    assert result.outputs == 2
    assert "第1条规则“n”列：未知的名称“unheard”" in result.problems[0]
    with pytest.raises(DecisionError):
        evaluate(source, "d", {"n": 5})


def test_by_the_standard_a_faulty_result_is_null():
    source = one_table("FIRST", [column("n")], [output("x", "number")], [rule(["-"], ['"文本"'])])
    result = evaluate(source, "d", {"n": 5}, strict=False)
    assert result.outputs is None
    assert result.problems == ("第1条规则“x”列：应为数字，却是文本",)


def test_the_check_finds_types_that_do_not_exist():
    entry = f'<context><contextEntry><variable name="a" typeRef="tEntry"/>{typed("1", "tInner")}</contextEntry></context>'
    source = definitions(
        decision("d", entry),
        function("f", {"x": "tParameter"}, typed("x", "tBody")),
    )
    assert [finding.reason for finding in check(source)] == [
        "“f”的参数“x”的类型“tParameter”没有定义",
        "“f”的结果的类型“tBody”没有定义",
        "“d”中“a”的类型“tEntry”没有定义",
        "“d”中“a”的结果的类型“tInner”没有定义",
    ]
