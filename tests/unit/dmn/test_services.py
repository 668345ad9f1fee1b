"""Decision services: called by decisions as functions, and from outside."""

from __future__ import annotations

import pytest

from tests.unit.dmn.model_texts import decision, definitions, input_data, literal, needs, service
from webapp.dmn import DecisionError, check, evaluate, evaluate_service

GREETING = (
    input_data("name", "string"),
    decision("title", literal('"女士"'), kind="string"),
    decision(
        "greeting",
        literal("name + title"),
        requires=needs(inputs=("name",), decisions=("title",)),
        kind="string",
    ),
    service("greet", ("greeting",), inputs=("name",), decisions=("title",)),
)


def calling(text):
    return definitions(*GREETING, decision("d", literal(text), requires=needs(knowledge=("greet",))))


def test_a_service_takes_input_data_before_input_decisions():
    """DMN 10.4: the parameters are the input data, then the input decisions."""
    assert evaluate(calling('greet("张", "先生")'), "d", {}).outputs == "张先生"
    assert evaluate(calling('greet(title: "先生", name: "张")'), "d", {}).outputs == "张先生"


@pytest.mark.parametrize(
    "call", ['greet("张")', 'greet("张", "先生", 1)', "greet(1, 2)", 'greet(nobody: "张")']
)
def test_a_call_that_does_not_fit_is_null(call):
    assert evaluate(calling(call), "d", {}).outputs is None


def test_what_a_service_decides_leaves_the_caller_untouched():
    source = definitions(
        *GREETING,
        decision(
            "d",
            literal('[greeting, greet("李", "先生"), greeting, title]'),
            requires=needs(decisions=("greeting", "title"), knowledge=("greet",)),
        ),
    )
    assert evaluate(source, "d", {"name": "张"}).outputs == ["张女士", "李先生", "张女士", "女士"]


def test_a_service_is_a_value_that_functions_take():
    text = '(function(f) f("王", "局长"))(greet)'
    assert evaluate(calling(text), "d", {}).outputs == "王局长"


def test_a_service_called_from_outside():
    source = definitions(*GREETING)
    result = evaluate_service(source, "greet", {"name": "张", "title": "先生"})
    assert result.outputs == "张先生"
    assert [trace.id for trace in result.trace.decisions] == ["greeting"]
    assert evaluate_service(source, "greet", {"name": ["张"], "title": "先生"}).outputs == "张先生"


def test_a_parameter_of_the_wrong_type_is_an_error_or_null():
    source = definitions(*GREETING)
    with pytest.raises(DecisionError, match="输入“name”：应为文本，却是数字"):
        evaluate_service(source, "greet", {"name": 1, "title": "先生"})
    lenient = evaluate_service(source, "greet", {"name": 1, "title": "先生"}, strict=False)
    assert lenient.outputs is None
    assert lenient.problems == ("输入“name”：应为文本，却是数字",)


def test_several_outputs_are_a_context():
    source = definitions(
        decision("a", literal("1")), decision("b", literal("2")), service("both", ("a", "b"))
    )
    assert evaluate_service(source, "both", {}).outputs == {"a": 1, "b": 2}


def test_the_result_is_fitted_to_the_result_type_of_the_function_type():
    kind = '<itemDefinition name="tText"><functionItem outputTypeRef="string"/></itemDefinition>'
    source = definitions(kind, decision("a", literal("1000")), service("s", ("a",), kind="tText"))
    with pytest.raises(DecisionError, match="决策服务“s”的结果：应为文本，却是数字"):
        evaluate_service(source, "s", {})
    assert evaluate_service(source, "s", {}, strict=False).outputs is None


def test_an_input_decision_needs_no_logic():
    source = definitions(
        '<decision id="opinion" name="opinion"><variable name="opinion"/></decision>',
        decision("d", literal("opinion + 1"), requires=needs(decisions=("opinion",))),
        service("s", ("d",), decisions=("opinion",)),
    )
    assert evaluate_service(source, "s", {"opinion": 4}).outputs == 5


def test_the_check_wants_logic_unless_a_service_is_given_the_decision():
    bare = '<decision id="opinion" name="opinion"><variable name="opinion"/></decision>'
    taker = service("s", ("d",), decisions=("opinion",))
    user = decision("d", literal("opinion"), requires=needs(decisions=("opinion",)))
    assert [finding.severity for finding in check(definitions(bare, user))] == ["error"]
    assert [finding.severity for finding in check(definitions(bare, user, taker))] == ["warning"]


def test_a_service_that_is_not_there_or_names_what_is_not_there():
    with pytest.raises(DecisionError, match="没有决策服务“x”"):
        evaluate_service(definitions(*GREETING), "x", {})
    source = definitions(service("s", ("gone",)))
    with pytest.raises(DecisionError, match="“gone”不存在"):
        evaluate_service(source, "s", {})
    assert check(definitions(*GREETING)) == []
    assert any("“gone”不存在" in finding.reason for finding in check(source))
