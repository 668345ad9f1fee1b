"""Every hit policy has the meaning that section 8.2.8 of the standard gives it."""

from __future__ import annotations

import pytest

from tests.unit.dmn.model_texts import column, one_table, output, rule
from webapp.dmn import DecisionError, DmnSyntaxError, evaluate

AGE = [column("年龄", kind="number")]
LEVELS = '"拒绝", "复核", "通过"'


def ages(policy, outputs=None, **more):
    """Three rules: from 18 on 通过, from 60 on 复核, below 65 拒绝 with figures 1, 2 and 4."""
    rules = [
        rule([">= 18"], ['"通过"', "1"]),
        rule([">= 60"], ['"复核"', "2"]),
        rule(["< 65"], ['"拒绝"', "4"]),
    ]
    return one_table(policy, AGE, outputs or [output("结论"), output("分")], rules, **more)


def figures(aggregation, policy="COLLECT"):
    rules = [rule([">= 18"], ["1"]), rule([">= 60"], ["2"]), rule(["< 65"], ["4"])]
    return one_table(policy, AGE, [output("分", kind="number")], rules, aggregation=aggregation)


def decide(source, age):
    return evaluate(source, "d", {"年龄": age}).outputs


def test_unique_gives_the_one_rule():
    assert decide(ages("UNIQUE"), 10) == {"结论": "拒绝", "分": 4}


def test_unique_violated_is_an_error_that_names_the_rules():
    with pytest.raises(DecisionError, match="命中策略为“唯一”，但第1、3条规则同时命中"):
        decide(ages("UNIQUE"), 20)


def test_any_accepts_agreement_and_refuses_conflict():
    rules = [rule([">= 18"], ['"通过"']), rule([">= 60"], ['"通过"']), rule([">= 90"], ['"复核"'])]
    source = one_table("ANY", AGE, [output("结论")], rules)
    assert decide(source, 70) == "通过"
    with pytest.raises(DecisionError, match="第1、2、3条规则结果不同"):
        decide(source, 95)


def test_priority_prefers_the_value_listed_first():
    outputs = [output("结论", values=LEVELS), output("分")]
    assert decide(ages("PRIORITY", outputs), 62) == {"结论": "拒绝", "分": 4}
    assert decide(ages("PRIORITY", outputs), 70) == {"结论": "复核", "分": 2}


def test_priority_without_listed_values_is_an_error():
    with pytest.raises(DecisionError, match="没有列出输出的取值"):
        decide(ages("PRIORITY"), 62)


def test_priority_compares_the_second_output_when_the_first_ties():
    rules = [rule(["-"], ['"甲"', '"低"']), rule(["-"], ['"甲"', '"高"'])]
    outputs = [output("类", values='"甲","乙"'), output("级", values='"高","低"')]
    assert decide(one_table("PRIORITY", AGE, outputs, rules), 1) == {"类": "甲", "级": "高"}


def test_first_gives_the_first_rule():
    assert decide(ages("FIRST"), 62)["结论"] == "通过"


def test_rule_order_lists_results_in_table_order():
    assert decide(ages("RULE ORDER", [output("结论"), output("分")]), 62) == [
        {"结论": "通过", "分": 1},
        {"结论": "复核", "分": 2},
        {"结论": "拒绝", "分": 4},
    ]


def test_output_order_lists_results_by_preference():
    found = decide(ages("OUTPUT ORDER", [output("结论", values=LEVELS), output("分")]), 62)
    assert [line["结论"] for line in found] == ["拒绝", "复核", "通过"]


@pytest.mark.parametrize(
    ("aggregation", "expected"),
    [("", [1, 2, 4]), ("SUM", 7), ("MIN", 1), ("MAX", 4), ("COUNT", 3)],
)
def test_collect(aggregation, expected):
    assert decide(figures(aggregation), 62) == expected


def test_collect_of_what_cannot_be_summed_is_an_error():
    rules = [rule(["-"], ['"a"']), rule(["-"], ['"b"'])]
    with pytest.raises(DecisionError, match="不能汇总"):
        decide(one_table("COLLECT", AGE, [output("x")], rules, aggregation="SUM"), 1)


@pytest.mark.parametrize("policy", ["UNIQUE", "ANY", "FIRST"])
def test_no_rule_gives_null(policy):
    assert decide(one_table(policy, AGE, [output("x")], [rule(["> 200"], ["1"])]), 1) is None


@pytest.mark.parametrize("policy", ["RULE ORDER", "COLLECT"])
def test_no_rule_gives_an_empty_list(policy):
    assert decide(one_table(policy, AGE, [output("x")], [rule(["> 200"], ["1"])]), 1) == []


def test_default_outputs_stand_in_when_no_rule_matches():
    outputs = [output("结论", default='"人工"'), output("分", default="0"), output("备注")]
    source = one_table("UNIQUE", AGE, outputs, [rule(["> 200"], ['"x"', "1", '"y"'])])
    assert decide(source, 1) == {"结论": "人工", "分": 0, "备注": None}


@pytest.mark.parametrize("policy", ["MAYBE", "unique", "C+"])
def test_unknown_policy_is_refused(policy):
    with pytest.raises(DmnSyntaxError, match="未知的命中策略"):
        decide(ages(policy), 1)


def test_aggregation_belongs_to_collect():
    with pytest.raises(DmnSyntaxError, match="不能使用汇总方式"):
        decide(figures("SUM", policy="UNIQUE"), 1)


def test_a_table_without_inputs_always_answers():
    assert evaluate(one_table("UNIQUE", [], [output("x")], [rule([], ["42"])]), "d", {}).outputs == 42
