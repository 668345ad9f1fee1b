"""The check finds gaps, overlaps, rules without effect, wrong types and faulty cells, with examples."""

from __future__ import annotations

import time

import pytest

from tests.unit.dmn.model_texts import (
    column,
    decision,
    definitions,
    input_data,
    literal,
    needs,
    one_table,
    output,
    rule,
    table,
)
from webapp.dmn import check

AREA = column("面积", "facts.area", "number")
KIND = column("类型", "facts.kind", "string", '"市场","驿站"')
RESULT = [output("x")]


def reasons(source, severity=None):
    found = check(source, names=("facts", "有", "类", "日"))
    return [finding.reason for finding in found if severity in {None, finding.severity}]


def one(policy, columns, rows, outputs=None, **more):
    return one_table(
        policy, columns, outputs or RESULT, [rule(tests, [result]) for *tests, result in rows], **more
    )


def test_a_complete_table_has_no_findings():
    source = one(
        "UNIQUE", [AREA, KIND], [("< 500", '"市场"', "1"), (">= 500", '"市场"', "2"), ("-", '"驿站"', "3")]
    )
    assert check(source) == []


def test_a_gap_is_shown_as_a_region_with_an_example():
    source = one(
        "UNIQUE", [AREA, KIND], [("< 500", '"市场"', "1"), ("> 500", '"市场"', "2"), ("-", '"驿站"', "3")]
    )
    assert reasons(source) == ["没有规则覆盖：“面积”为500且“类型”为“市场”（例：面积=500，类型=“市场”）"]


@pytest.mark.parametrize(
    ("rows", "region"),
    [
        ([("< 5", "1")], "“面积”为不小于5（例：面积=5）"),
        ([("[0..5]", "1"), ("[10..20)", "2")], "“面积”为小于0或(5..10)或不小于20（例：面积=-1）"),
        ([("not(7)", "1")], "“面积”为7（例：面积=7）"),
        ([("? > 5 and ? < 9", "1"), ("<= 5", "2")], "“面积”为不小于9（例：面积=9）"),
    ],
)
def test_gaps_along_a_line(rows, region):
    assert reasons(one("FIRST", [AREA], rows)) == [f"没有规则覆盖：{region}"]


def test_gaps_of_other_kinds():
    assert reasons(one("UNIQUE", [column("有", kind="boolean")], [("true", "1")])) == [
        "没有规则覆盖：“有”为否（例：有=否）"
    ]
    assert reasons(one("UNIQUE", [column("类", kind="string")], [('"甲"', "1")])) == [
        "没有规则覆盖：“类”为其他值（例：类=“其他”）"
    ]
    dates = one(
        "UNIQUE", [column("日", kind="date")], [('< date("2026-01-01")', "1"), ('> @"2026-01-01"', "2")]
    )
    assert reasons(dates) == ["没有规则覆盖：“日”为2026-01-01（例：日=2026-01-01）"]


@pytest.mark.parametrize("policy", ["COLLECT", "RULE ORDER"])
def test_tables_whose_rules_stand_alone_need_not_cover_everything(policy):
    assert reasons(one(policy, [AREA], [("> 5", "1"), ("> 9", "2")])) == []


def test_a_default_covers_the_rest():
    assert reasons(one("UNIQUE", [AREA], [("> 5", "1")], [output("x", default="0")])) == []


def test_overlap_in_a_unique_table_is_an_error():
    source = one("UNIQUE", [AREA], [("<= 5", "1"), ("[5..9]", "2"), ("> 9", "3")])
    assert reasons(source, "error") == ["第1条与第2条规则重叠（例：面积=5）"]


def test_overlap_in_an_any_table_matters_only_when_results_differ():
    assert reasons(one("ANY", [AREA], [("<= 5", "1"), (">= 5", "1")])) == []
    assert reasons(one("ANY", [AREA], [("<= 5", "1"), (">= 5", "2")])) == [
        "第1条与第2条规则重叠（例：面积=5）"
    ]


def test_a_rule_that_earlier_rules_hide():
    source = one("FIRST", [AREA], [("< 5", "1"), (">= 5", "2"), ("[3..7]", "3")])
    assert reasons(source) == ["第3条规则总被前面的规则抢先，永远不会生效（例：面积=3，由第1条决定）"]


def test_a_rule_that_can_never_match():
    source = one(
        "FIRST", [AREA, KIND], [("? > 9 and ? < 5", "-", "1"), ("-", '"车站"', "2"), ("-", "-", "3")]
    )
    assert [reason[:5] for reason in reasons(source)] == ["第1条规则", "第2条规则"]
    assert all("永远不会命中" in reason for reason in reasons(source))


def test_columns_of_one_expression_are_one_dimension():
    columns = [column("下限", "facts.area", "number"), column("上限", "facts.area", "number")]
    assert reasons(one("UNIQUE", columns, [(">= 5", "-", "1"), ("-", "< 5", "2")])) == []


def test_cells_that_look_at_other_things_are_not_guessed_about():
    source = one("UNIQUE", [AREA], [("< facts.limit", "1"), (">= facts.limit", "2")])
    assert reasons(source) == []


@pytest.mark.parametrize(
    ("cell", "result", "reason"),
    [
        ("室外", "1", "第1条规则“面积”列用到未声明的名称“室外”"),
        ("> 5 and < 9", "1", "第1条规则“面积”列写错了：条件单元格里不能直接用 and / or"),
        ('"大"', "1", "第1条规则“面积”列应为数字，却写了文本"),
        ("> 5", "没有引号", "第1条规则“x”列用到未声明的名称“没有引号”"),
        ("> 5", "1 +", "第1条规则“x”列写错了：此处应为值"),
        ("> 5", '"文本"', "第1条规则“x”列的结果应为数字，却是文本"),
        ("> 5", "9", "第1条规则“x”列的结果不在该列列出的取值中"),
        ("> string length()", "1", "第1条规则“面积”列：函数“string length”不能有0个参数"),
    ],
)
def test_faulty_cells_are_named(cell, result, reason):
    source = one("FIRST", [AREA], [(cell, result), ("-", "1")], [output("x", "number", "1, 2")])
    found = [finding for finding in check(source) if finding.severity == "error"]
    assert any(finding.reason.startswith(reason) for finding in found)
    assert all(finding.mend for finding in found)


def test_names_of_the_callers_scope_can_be_declared():
    source = one("FIRST", [column("a", "token_key")], [("-", "1")])
    assert [(finding.severity, finding.reason) for finding in check(source)] == [
        ("warning", "“d”输入“a”的表达式用到未声明的名称“token_key”")
    ]
    assert check(source, names=("token_key",)) == []


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (definitions(), "没有决策"),
        (definitions(decision("d", "")), "没有逻辑"),
        (definitions(decision("d", literal(""))), "“d”的表达式是空的"),
        (definitions(decision("d", literal("1"), requires=needs(inputs=("x",)))), "依赖的“x”不存在"),
        (definitions(decision("d", literal("1"), kind="tX")), "类型“tX”没有定义"),
        (definitions(input_data("d"), decision("e", literal("1")), input_data("d", key="d2")), "同名"),
        (
            definitions(
                decision("a", literal("b"), requires=needs(decisions=("b",))),
                decision("b", literal("a"), requires=needs(decisions=("a",))),
            ),
            "依赖成环",
        ),
        (one("PRIORITY", [AREA], [("-", "1")]), "没有列出输出的取值"),
        (
            definitions(
                decision("d", table("UNIQUE", [AREA], [output(""), output("")], [rule(["-"], ["1", "2"])]))
            ),
            "没有名称或名称重复",
        ),
        (one("FIRST", [AREA], []), "没有规则"),
    ],
)
def test_faults_of_the_model(source, reason):
    assert any(reason in found for found in reasons(source))


TYPES = (
    '<itemDefinition name="tKind"><typeRef>string</typeRef>'
    "<allowedValues><text>&quot;市场&quot;,&quot;驿站&quot;</text></allowedValues></itemDefinition>"
    '<itemDefinition name="tRow"><itemComponent name="kind"><typeRef>tKind</typeRef></itemComponent>'
    '<itemComponent name="n"><typeRef>tLost</typeRef></itemComponent></itemDefinition>'
    '<itemDefinition name="tBad"><typeRef>string</typeRef><allowedValues><text>&quot;a</text></allowedValues></itemDefinition>'
)


def test_types_of_the_model_are_checked():
    found = reasons(definitions(TYPES, decision("d", literal("1"))))
    assert found[0] == "类型“n”的类型“tLost”没有定义"
    assert found[1].startswith("类型“tBad”的允许值写错了")
    assert len(found) == 2


def test_the_type_of_an_input_gives_its_values():
    body = table("UNIQUE", [column("kind")], RESULT, [rule(['"市场"'], ["1"])])
    source = definitions(
        TYPES, input_data("kind", "tKind"), decision("d", body, requires=needs(inputs=("kind",)))
    )
    assert reasons(source)[-1] == "没有规则覆盖：“kind”为“驿站”（例：kind=“驿站”）"


def test_every_text_of_boxed_logic_is_checked():
    entry = '<contextEntry><variable name="k"/>%s</contextEntry>'
    call = (
        f'<invocation>{literal("fn")}<binding><parameter name="p"/>{literal("lost1")}</binding></invocation>'
    )
    rows = f'<relation><column name="a"/><row>{literal("lost2")}</row></relation>'
    body = f'<functionDefinition><formalParameter name="p"/>{literal("p + lost3")}</functionDefinition>'
    parts = [call, f"<list>{literal('k')}{rows}</list>", body]
    source = definitions(
        decision("d", f"<context>{entry % literal('1')}{''.join(entry % part for part in parts)}</context>"),
        f'<businessKnowledgeModel id="b" name="b"><encapsulatedLogic>{literal("lost4")}</encapsulatedLogic></businessKnowledgeModel>',
    )
    names = {reason.rpartition("名称")[2] for reason in reasons(source)}
    assert names == {"“fn”", "“lost1”", "“lost2”", "“lost3”", "“lost4”"}


@pytest.mark.parametrize(
    ("outputs", "reason"),
    [
        ([output("x", "tLost")], "类型“tLost”没有定义"),
        ([output("x", "number", default='"a"')], "默认值的结果应为数字，却是文本"),
        ([output("x", default="1 +")], "默认值写错了"),
        ([output("x", values='"a')], "取值写错了"),
    ],
)
def test_outputs_are_checked(outputs, reason):
    assert any(reason in found for found in reasons(one("FIRST", [AREA], [("-", "1")], outputs)))


@pytest.mark.parametrize(
    ("kind", "rows", "region"),
    [
        ("dayTimeDuration", [('< @"P1D"', "1")], "不小于P1D"),
        ("yearMonthDuration", [('<= @"P1Y"', "1")], "大于P1Y"),
        ("dateTime", [('< @"2026-01-01T00:00:00"', "1")], "不小于2026-01-01T00:00:00"),
        ("number", [("0.5", "1")], "小于0.5或大于0.5"),
        ("date", [('[@"2026-01-01"..@"2026-01-02"]', "1"), ('< @"2026-01-01"', "2")], "大于2026-01-02"),
    ],
)
def test_gaps_of_every_ordered_type(kind, rows, region):
    assert f"“类”为{region}（" in reasons(one("UNIQUE", [column("类", kind=kind)], rows))[0]


def test_a_large_table_is_checked_within_seconds():
    columns = [column(f"c{index}", kind="number") for index in range(6)]
    rows = [
        tuple(f"[{(row * 7 + index) % 50}..{(row * 7 + index) % 50 + 9}]" for index in range(6))
        for row in range(300)
    ]
    started = time.thread_time()
    found = check(one("UNIQUE", columns, [(*row, "1") for row in rows]))
    assert time.thread_time() - started < 8
    assert len(found) <= 200


def test_a_table_too_large_to_check_says_so():
    rows = [(f"{index}", f"{index}") for index in range(1000)]
    assert any("过大" in reason for reason in reasons(one("UNIQUE", [AREA], rows)))
