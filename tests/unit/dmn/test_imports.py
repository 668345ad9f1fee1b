"""Models that import others: their types, knowledge, decisions and inputs."""

from __future__ import annotations

import pytest

from tests.unit.dmn.model_texts import NAMESPACE, decision, function, input_data, literal, needs
from webapp.dmn import DmnSyntaxError, check, evaluate, evaluate_service

PERSON = (
    '<itemDefinition name="tPerson"><itemComponent name="name"><typeRef>string</typeRef></itemComponent>'
    '<itemComponent name="age"><typeRef>number</typeRef></itemComponent></itemDefinition>'
)


def model(namespace, *parts, imports=()):
    made = "".join(
        f'<import name="{name}" namespace="{target}" importType="{NAMESPACE}"/>' for name, target in imports
    )
    head = f'<definitions xmlns="{NAMESPACE}" id="m" name="{namespace}" namespace="{namespace}">'
    return f"{head}{made}{''.join(parts)}</definitions>"


def requires(kind, href):
    outer = "knowledgeRequirement" if kind == "requiredKnowledge" else "informationRequirement"
    return f'<{outer}><{kind} href="{href}"/></{outer}>'


PEOPLE = model(
    "urn:people", PERSON, function("问候", {"p": "tPerson"}, literal('"您好，" + p.name'), "string")
)


def test_types_and_knowledge_of_an_imported_model():
    source = model(
        "urn:main",
        input_data("who", "lib.tPerson"),
        decision(
            "d",
            literal("if who instance of lib.tPerson then lib.问候(who) else null"),
            requires=needs(inputs=("who",)) + requires("requiredKnowledge", "urn:people#问候"),
        ),
        imports=[("lib", "urn:people")],
    )
    given = {"who": {"name": "张三", "age": 40}}
    assert evaluate(source, "d", given, imports={"people.dmn": PEOPLE}).outputs == "您好，张三"
    assert check(source, imports={"people.dmn": PEOPLE}) == []


def test_a_library_needs_no_decision():
    assert check(PEOPLE) == []


def test_an_import_without_a_name_brings_the_names_themselves():
    source = model(
        "urn:main",
        input_data("who", "tPerson"),
        decision(
            "d",
            literal("问候(who)"),
            requires=needs(inputs=("who",)) + requires("requiredKnowledge", "urn:people#问候"),
        ),
        imports=[("", "urn:people")],
    )
    given = {"who": {"name": "张三", "age": 40}}
    assert evaluate(source, "d", given, imports={"x": PEOPLE}).outputs == "您好，张三"


BASE = model(
    "urn:base",
    input_data("n", "number"),
    decision("twice the-n", literal("n * 2"), requires=needs(inputs=("n",))),
)


def layer(namespace, add):
    return model(
        namespace,
        decision(
            "sum",
            literal(f"Base Model.twice the-n + {add}"),
            requires=requires("requiredDecision", "urn:base#twice the-n"),
        ),
        imports=[("Base Model", "urn:base")],
    )


TOP = model(
    "urn:top",
    decision(
        "d",
        literal("left.sum * right.sum"),
        requires=requires("requiredDecision", "urn:left#sum") + requires("requiredDecision", "urn:right#sum"),
    ),
    imports=[("left", "urn:left"), ("right", "urn:right")],
)
SOURCES = {"a": layer("urn:left", 1), "b": layer("urn:right", 2), "c": BASE}


def test_imports_of_imports_share_the_input_at_the_bottom():
    """With n = 3 the layers give 7 and 8."""
    assert evaluate(TOP, "d", {"n": 3}, imports=SOURCES).outputs == 56
    result = evaluate(TOP, "d", {"urn:base#n": 3, "n": "另一个 n"}, imports=SOURCES)
    assert result.outputs == 56
    assert [trace.name for trace in result.trace.decisions] == ["twice the-n", "sum", "sum", "d"]


def test_elements_of_two_models_may_have_the_same_id():
    assert [trace.output for trace in evaluate(TOP, "d", {"n": 3}, imports=SOURCES).trace.decisions] == [
        6,
        7,
        8,
        56,
    ]


def test_an_import_hides_a_variable_of_the_same_name():
    source = model(
        "urn:main",
        decision("base", literal("5")),
        decision(
            "d",
            literal("base.twice the-n"),
            requires=needs(decisions=("base",)) + requires("requiredDecision", "urn:base#twice the-n"),
        ),
        imports=[("base", "urn:base")],
    )
    assert evaluate(source, "d", {"n": 4}, imports={"b": BASE}).outputs == 8


def test_a_service_may_output_an_imported_decision():
    source = model(
        "urn:main",
        '<decisionService id="s" name="s"><variable name="s"/><outputDecision href="urn:base#twice the-n"/>'
        '<inputData href="urn:base#n"/></decisionService>',
        imports=[("base", "urn:base")],
    )
    assert evaluate_service(source, "s", {"n": 4}, imports={"base": BASE}).outputs == 8


def test_a_model_that_is_not_handed_over_is_an_error():
    with pytest.raises(DmnSyntaxError, match="没有提供所导入的决策模型“left”"):
        evaluate(TOP, "d", {"n": 3})
    assert [finding.reason for finding in check(TOP)] == ["没有提供所导入的决策模型“left”"]


def test_models_that_import_each_other_are_an_error():
    one = model("urn:one", decision("d", literal("1")), imports=[("two", "urn:two")])
    two = model("urn:two", decision("d", literal("1")), imports=[("one", "urn:one")])
    with pytest.raises(DmnSyntaxError, match="循环导入"):
        evaluate(one, "d", {}, imports={"1": one, "2": two})


def test_too_many_models_are_an_error():
    many = {str(place): model(f"urn:{place}") for place in range(31)}
    with pytest.raises(DmnSyntaxError, match="导入的决策模型过多"):
        evaluate(TOP, "d", {}, imports=many)


def test_a_decision_that_the_imported_model_lacks_is_a_finding():
    source = model(
        "urn:main",
        decision("d", literal("1"), requires=requires("requiredDecision", "urn:base#gone")),
        imports=[("base", "urn:base")],
    )
    assert [finding.reason for finding in check(source, imports={"b": BASE})] == [
        "“d”依赖的“urn:base#gone”不存在"
    ]
