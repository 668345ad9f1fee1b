"""Reading models: versions of the standard, hostile XML, malformed tables."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.dmn.model_texts import (
    column,
    decision,
    definitions,
    input_data,
    literal,
    one_table,
    output,
    rule,
)
from webapp.dmn import DmnError, DmnSyntaxError, check, evaluate, read

SIMPLE = definitions(input_data("面积", "number"), decision("d", literal("1")))


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
    ],
)
def test_versions_1_2_to_1_4(namespace):
    source = definitions(decision("d", literal("1 + 1")), namespace=namespace)
    assert evaluate(source, "d", {}).outputs == 2


def test_what_a_model_holds():
    source = one_table(
        "FIRST",
        [column("面积", "facts.area", "number", "[0..100000]")],
        [output("结论", "string", '"甲","乙"', '"乙"')],
        [rule([">= 500"], ['"甲"'], ["TZ-2.1"], "r1")],
        notes=("依据",),
    )
    model = read(source)
    found = model.decision("d").table
    assert (found.hit_policy, found.aggregation) == ("FIRST", None)
    assert (found.inputs[0].label, found.inputs[0].expression, found.inputs[0].allowed) == (
        "面积",
        "facts.area",
        "[0..100000]",
    )
    assert (found.outputs[0].name, found.outputs[0].values, found.outputs[0].default) == (
        "结论",
        '"甲","乙"',
        '"乙"',
    )
    first = found.rules[0]
    assert (first.index, first.id, first.tests, first.outputs) == (1, "r1", (">= 500",), ('"甲"',))
    assert first.annotations == {"依据": "TZ-2.1"}


def test_a_text_with_a_declaration_of_another_encoding_is_read():
    assert read('<?xml version="1.0" encoding="GBK"?>' + SIMPLE).inputs[0].name == "面积"
    assert read(('<?xml version="1.0" encoding="GBK"?>' + SIMPLE).encode("gbk")).inputs[0].name == "面积"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (b"", "不是完整的 XML"),
        (b"no xml", "不是完整的 XML"),
        (b"<a/>", "不是 DMN"),
        ('<definitions xmlns="urn:other"/>', "不是 DMN"),
        ('<definitions xmlns="http://www.omg.org/spec/DMN/20151101/dmn.xsd"/>', "不是 DMN"),
        ('<!DOCTYPE definitions [<!ENTITY a "b">]>' + SIMPLE, "DOCTYPE"),
        (
            "<!DOCTYPE definitions [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
            + SIMPLE.replace(">1<", ">&x;<"),
            "DOCTYPE",
        ),
        (("<!DOCTYPE definitions>" + SIMPLE).encode("utf-16"), "DOCTYPE"),
        (SIMPLE + " " * 2_000_000, "过大"),
        ("<x>" * 300, "不是完整的 XML"),
        (definitions(decision("d", literal("1")), decision("d", literal("2"))), "编号“d”重复"),
        (one_table("UNIQUE", [column("a")], [], [rule(["1"], [])]), "没有输出列"),
        (one_table("UNIQUE", [column("a")], [output("x")], [rule([], ["1"])]), "第1条规则的单元格数"),
        (definitions(decision("d", '<literalExpression expressionLanguage="python"/>')), "只能是 FEEL"),
        (definitions(decision("d", '<functionDefinition kind="Java"/>')), "外部函数"),
        (definitions(decision("d", "<list>" * 60 + literal("1") + "</list>" * 60)), "嵌套层数"),
    ],
)
def test_bad_sources_are_refused_and_reported(source, reason):
    with pytest.raises(DmnSyntaxError, match=reason):
        read(source)
    findings = check(source)
    assert len(findings) == 1
    assert reason in findings[0].reason
    assert findings[0].severity == "error"


def test_entities_are_not_expanded_from_files(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    source = SIMPLE.replace(
        ">1<", '><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="%s" parse="text"/><'
    )
    assert evaluate(source % secret, "d", {}).outputs is None


def mutated() -> st.SearchStrategy[str]:
    source = one_table(
        "UNIQUE",
        [column("a", kind="number"), column("b", kind="string")],
        [output("x", "string", '"p","q"', '"q"')],
        [rule(["< 5", '"m"'], ['"p"']), rule([">= 5", "-"], ['"q"'])],
    )
    spots = st.integers(0, len(source))
    pieces = st.sampled_from(
        [
            "",
            "<",
            ">",
            "&lt;",
            '"',
            "[",
            "]",
            "number",
            "COLLECT",
            "PRIORITY",
            "a b",
            "？",
            "- ",
            "not(",
            "1e999999",
            "</rule>",
        ]
    )
    return st.tuples(spots, spots, pieces).map(
        lambda t: source[: min(t[:2])] + t[2] + source[min(t[:2]) + (t[1] % 7) :]
    )


@settings(max_examples=250, deadline=None)
@given(mutated())
def test_damaged_models_never_break_the_check(source):
    for finding in check(source):
        assert finding.reason
        assert finding.mend
    try:
        evaluate(source, "d", {"a": 3, "b": "m"})
    except DmnError:
        return
