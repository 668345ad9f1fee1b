"""Names may hold spaces, operators and Chinese; unknown ones are an error that says where."""

from __future__ import annotations

from decimal import Decimal

import pytest

from webapp.feel import FeelError, FeelSyntaxError, evaluate, parse


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("面积 >= 500", {"面积": 600}, True),
        ("场地面积（㎡） > 500", {"场地面积（㎡）": 499}, False),
        ("monthly payment * 12", {"monthly payment": 10}, 120),
        ("monthly \t\n payment * 12", {"monthly payment": 10}, 120),
        ("a-b", {"a-b": 1, "a": 10, "b": 3}, 1),
        ("a - b", {"a-b": 1, "a": 10, "b": 3}, 7),
        ("a-b", {"a": 10, "b": 3}, 7),
        ("x+y*2", {"x+y": 5, "x": 1, "y": 1}, 10),
        ("date and time", {"date and time": 7}, 7),
        ("in stock and true", {"in stock": True}, True),
        ("5 in stock", {"stock": [4, 5]}, True),
        ("notable", {"notable": 3}, 3),
        ("order", {"order": 3}, 3),
        ("Mike's home + 1", {"Mike's home": 2}, 3),
        ("人数 + 人数 上限", {"人数": 1, "人数 上限": 30}, 31),
        ("{a-b: 2, c: a-b + 1}.c", {}, 3),
        ("{“x”: 2}.“x”", {}, None),
        ("for 天 in 1..3 return 天 * 2", {}, [2, 4, 6]),
        ("loan.interest rate", {"loan": {"interest rate": 3}}, 3),
        ("loans[interest rate > 3].name", {"loans": [{"interest rate": 4, "name": "x"}]}, ["x"]),
        ("count + 1", {"count": 5}, 6),
        ("sum(sum)", {"sum": [1, 2]}, None),
    ],
)
def test_longest_name_in_scope_wins(text, values, expected):
    if "“" in text:
        with pytest.raises(FeelSyntaxError):
            evaluate(text, values)
        return
    assert evaluate(text, values) == expected


def test_unknown_name_is_an_error_with_its_place():
    with pytest.raises(FeelError) as caught:
        evaluate("1 + 面积", {"名称": "x"})
    assert caught.value.position == 4
    assert str(caught.value) == "未知的名称“面积”（如果是文本，请加双引号）（第5个字符处）"


def test_place_names_the_line_in_longer_texts():
    with pytest.raises(FeelSyntaxError, match="第2行第3个字符处"):
        evaluate("1 +\n  )", {})


@pytest.mark.parametrize(
    "text", ["sum(a，b)", "if a > 1， then 1 else 2", "f（1）", "a > 5 。", "“文本”", "｛a: 1｝"]
)
def test_full_width_punctuation_is_pointed_out(text):
    with pytest.raises(FeelError, match="请改用半角"):
        evaluate(text, {"a": 1, "b": 2})


def test_missing_entry_of_a_context_is_null():
    assert evaluate("case.area", {"case": {}}) is None
    assert evaluate("case.site.area > 5", {"case": {}}) is None


def test_unknown_name_in_a_branch_not_taken_does_no_harm():
    assert evaluate("if true then 1 else missing", {}) == 1


def test_free_names_and_paths_are_reported():
    found = parse(
        "count(rows[面积 > 下限]) > 0 and case.site.area > 5 and 上限 = 1", ["rows", "下限", "case"]
    )
    assert found.names == {"rows", "下限", "case", "上限"}
    assert found.references == ("rows", "下限", "case.site.area", "上限")
    assert set(found.unknown) == {"上限"}


def test_calls_that_can_only_give_null_are_reported():
    assert parse('substring("a")').problems == (("函数“substring”不能有1个参数", 0),)
    assert (
        parse('substring(text: "a", start position: 1)').problems[0][0] == "函数“substring”没有这样的参数名称"
    )
    assert parse('substring("a", 1)').problems == ()


def test_a_parsed_expression_can_be_evaluated_again_and_again():
    expression = parse("面积 * 单价", ["面积", "单价"])
    assert expression.evaluate({"面积": 2, "单价": Decimal("1.5")}) == 3
    assert expression.evaluate({"面积": 4, "单价": Decimal("1.5")}) == 6
    assert parse("面积 * 单价", {"单价", "面积"}) is expression


@pytest.mark.parametrize(
    "text",
    ["", "   ", "1 +", "(1", "[1, 2", "{a: 1", "{a 1}", "1 2", '"abc', "if true then 1", "for x in [1] x",
     "some x in [1] return x", "1..3", "a b c", '@"2026-13-01"', "@5", "f(a: 1, 2)", "f(a: 1, a: 2)",
     "{a: 1, a: 2}", "[1..5", "x instance of", "function(", "1 between 2", "and", "1 ** ", "!true", "a && b", "a == b",
     "#", "'text'", "\\", "1e", "1a"],
)  # fmt: skip
def test_what_is_not_feel_is_a_syntax_or_name_error(text):
    with pytest.raises(FeelError):
        evaluate(text, {})


def test_a_text_must_be_a_text():
    with pytest.raises(FeelError, match="必须是文本"):
        evaluate(b"1", {})  # type: ignore[arg-type]
