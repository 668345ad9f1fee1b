"""The trace shows every condition with its figure, met or not."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from tests.unit.dmn.model_texts import (
    column,
    decision,
    definitions,
    input_data,
    literal,
    needs,
    output,
    rule,
    table,
)
from webapp.dmn import evaluate, read

CONDITIONS = table(
    "RULE ORDER",
    [
        column("面积", "facts.area", "number"),
        column("人员", "facts.staff", "number"),
        column("日期", "facts.day"),
    ],
    [output("条件", "string"), output("要求", "string")],
    [
        rule([">= 500", "-", "-"], ['"场地面积"', '"不少于 500 平方米"'], ["TZ-2.1"], "area"),
        rule(["-", ">= 3", "-"], ['"工作人员"', '"不少于 3 人"'], ["本地缺省：演示"], "staff"),
        rule(
            ["-", "-", '> date("2026-01-01")'],
            ['"日期"', "string(facts.missing.part + 1)"],
            ["TZ-2.2"],
            "day",
        ),
    ],
    notes=("依据",),
)
MODEL = definitions(
    input_data("facts"),
    decision("conditions", CONDITIONS, requires=needs(inputs=("facts",)), name="认定条件"),
    decision(
        "verdict",
        literal("count(conditions) = 3 and facts.area > 0"),
        requires=needs(inputs=("facts",), decisions=("conditions",)),
        kind="boolean",
        name="是否符合",
    ),
)
FACTS = {"facts": {"area": Decimal("480.5"), "staff": 4, "day": date(2026, 11, 20)}}


@pytest.fixture
def result():
    return evaluate(MODEL, "verdict", FACTS)


def test_the_verdict_follows_from_the_table(result):
    assert result.outputs is False
    assert evaluate(MODEL, "是否符合", {"facts": {**FACTS["facts"], "area": 500}}).outputs is True


def test_required_decisions_come_first(result):
    assert [(trace.id, trace.name, trace.kind, trace.hit_policy) for trace in result.trace.decisions] == [
        ("conditions", "认定条件", "table", "RULE ORDER"),
        ("verdict", "是否符合", "literal", None),
    ]


def test_an_unmet_condition_shows_its_figure_and_its_basis(result):
    area = result.trace.decisions[0].rules[0]
    assert (area.index, area.id, area.matched) == (1, "area", False)
    assert area.outputs == {"条件": "场地面积", "要求": "不少于 500 平方米"}
    assert area.annotations == {"依据": "TZ-2.1"}
    cell = area.cells[0]
    assert (cell.label, cell.test, cell.value, cell.matched) == ("面积", ">= 500", Decimal("480.5"), False)
    assert [other.matched for other in area.cells[1:]] == [True, True]


def test_inputs_are_shown_with_their_expressions(result):
    table_trace, verdict = result.trace.decisions
    assert table_trace.inputs[:2] == (
        ("面积", "facts.area", Decimal("480.5")),
        ("人员", "facts.staff", Decimal(4)),
    )
    assert [(label, value) for label, _, value in verdict.inputs] == [
        ("conditions", [line.outputs for line in table_trace.rules if line.matched]),
        ("facts.area", Decimal("480.5")),
    ]


def test_json_holds_plain_types_only(result):
    made = result.trace.as_json()
    assert json.loads(json.dumps(made)) == made
    first = made["decisions"][0]
    assert first["inputs"][0] == {"label": "面积", "expression": "facts.area", "value": "480.5"}
    assert first["inputs"][2]["value"] == "2026-11-20"
    assert first["rules"][1]["cells"][1] == {"label": "人员", "test": ">= 3", "value": "4", "matched": True}
    assert made["decisions"][1]["output"] is False


def test_the_source_is_identified_by_its_hash(result):
    import hashlib

    assert result.source_hash == hashlib.sha256(MODEL.encode()).hexdigest()
    assert read(MODEL.encode()) is read(MODEL.encode())


def test_a_rule_description_serves_as_a_note():
    source = MODEL.replace('<rule id="area">', '<rule id="area"><description>说明文字</description>')
    assert evaluate(source, "conditions", FACTS).trace.decisions[0].rules[0].annotations == {
        "依据": "TZ-2.1",
        "说明": "说明文字",
    }
