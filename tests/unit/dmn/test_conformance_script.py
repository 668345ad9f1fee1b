"""The script that runs the compatibility kit: a wrong answer is a failure with its reason, a right one is not."""

from __future__ import annotations

import importlib.util
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from tests.unit.dmn.model_texts import decision, definitions, input_data, literal, needs, service

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "conformance.py"
TYPES = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
SPACE = "http://www.omg.org/spec/DMN/20160719/testcase"
MODEL = definitions(
    input_data("n", "number"),
    decision("twice", literal("n * 2"), requires=needs(inputs=("n",))),
    decision("broken", literal("n +"), requires=needs(inputs=("n",))),
    decision("row", literal('{day: @"2026-11-20", names: ["张", null]}')),
    service("both", ("twice", "row"), inputs=("n",)),
)


@pytest.fixture(scope="module")
def conformance():
    spec = importlib.util.spec_from_file_location("conformance", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules["conformance"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["conformance"]


def value(kind, text):
    return f'<value xsi:type="xsd:{kind}">{text}</value>'


def case(key, name, expected, *, more="", inside=""):
    node = f'<inputNode name="n">{value("decimal", "4")}</inputNode>'
    result = f'<resultNode name="{name}"{more}><expected>{expected}</expected></resultNode>'
    return f'<testCase id="{key}"{inside}>{node}{result}</testCase>'


ROW = (
    f'<component name="day">{value("date", "2026-11-20")}</component><component name="names"><list>'
    f'<item>{value("string", "张")}</item><item><value xsi:nil="true"/></item></list></component>'
)


def kit(folder, level, *cases, model=MODEL):
    place = folder / "TestCases" / f"compliance-level-{level}" / "0001-model"
    place.mkdir(parents=True)
    (place / "m.dmn").write_text(model, encoding="utf-8")
    (place / "m-test-01.xml").write_text(
        f'<testCases xmlns="{SPACE}" {TYPES}><modelName>m.dmn</modelName>{"".join(cases)}</testCases>',
        encoding="utf-8",
    )
    (place / "other.xml").write_text("<notes/>", encoding="utf-8")
    return folder


def test_right_answers_pass(conformance, tmp_path):
    folder = kit(
        tmp_path,
        2,
        case("number", "twice", value("decimal", "8")),
        case("nearly", "twice", value("double", "8.000000001")),
        case("parts", "row", ROW),
        case("null", "broken", '<value xsi:nil="true"/>', more=' errorResult="true"'),
        case(
            "service", "twice", value("decimal", "8"), inside=' type="decisionService" invocableName="both"'
        ).replace(
            "</testCase>", f'<resultNode name="row"><expected>{ROW}</expected></resultNode></testCase>'
        ),
    )
    (outcome,) = conformance.run_kit(folder)
    assert (outcome.level, outcome.model, outcome.passed, outcome.total) == (2, "0001-model", 5, 5)


def test_wrong_answers_are_failures_with_a_reason(conformance, tmp_path):
    folder = kit(
        tmp_path,
        3,
        case("wrong", "twice", value("decimal", "9")),
        case("kind", "twice", value("string", "8")),
        case("gone", "nothing", value("decimal", "8")),
        case("part", "row", ROW.replace("张", "李")),
    )
    (outcome,) = conformance.run_kit(folder)
    assert outcome.failures == [
        ("wrong", "twice should be `9` but is `8`"),
        ("kind", 'twice should be `"8"` but is `8`'),
        ("gone", "the evaluation ends with “决策模型中没有决策“nothing””"),
        (
            "part",
            'row should be `{day: 2026-11-20, names: ["李", null]}` but is `{day: 2026-11-20, names: ["张", null]}`',
        ),
    ]


def test_external_functions_are_failures_on_purpose_even_where_null_is_wanted(conformance, tmp_path):
    java = definitions(decision("d", '<functionDefinition kind="Java"/>'))
    folder = kit(
        tmp_path, 3, case("d", "d", '<value xsi:nil="true"/>', more=' errorResult="true"'), model=java
    )
    (outcome,) = conformance.run_kit(folder)
    assert [reason.partition(":")[0] for _, reason in outcome.failures] == ["not supported on purpose"]


def test_the_report_and_the_exit_status(conformance, tmp_path, monkeypatch, capsys):
    folder = kit(tmp_path, 3, case("wrong", "twice", value("decimal", "9")), case("good", "row", ROW))
    report = tmp_path / "report.md"
    monkeypatch.setattr(sys, "argv", ["conformance.py", str(folder), "--write", str(report)])
    assert conformance.main() == 0
    assert "level 3: 1 of 2" in capsys.readouterr().out
    text = report.read_text(encoding="utf-8")
    assert "### 0001-model: 1 of 2" in text
    assert "- `wrong`: twice should be `9` but is `8`." in text
    kit(folder, 2, case("wrong", "twice", value("decimal", "9")))
    assert conformance.main() == 1
    monkeypatch.setattr(sys, "argv", ["conformance.py", str(tmp_path / "nowhere")])
    assert conformance.main() == 2


def test_numbers_may_differ_after_the_eighth_digit_only(conformance):
    assert conformance.same(Decimal(100), Decimal("100.0000001"))
    assert not conformance.same(Decimal(100), Decimal("100.00001"))
    assert not conformance.same(Decimal(1), True)
