import json

import pytest

from webapp.packs.scenarios import LONGEST, read_scenario
from webapp.packs.tables import PackError

TOLD = {
    "title": "一步办结",
    "process": "gift",
    "begins": "2026-11-02",
    "starter": "town.clerk",
    "moves": [
        {"do": "submit", "step": "file", "as": "town.clerk", "values": {"name": "甲", "papers": ["图.png"]}},
        {"do": "wait", "until": "workday"},
        {"do": "sign", "step": "vote", "as": "bureau.clerk", "agrees": False, "reason": "不妥"},
        {"do": "return", "step": "check", "as": "bureau.clerk", "to": "file", "reason": "缺图"},
        {"do": "message", "name": "paid", "case": 2},
    ],
    "expected": {
        "status": "finished",
        "ends": ["done"],
        "outcome": "approved",
        "waiting": [],
        "documents": ["letter"],
        "market": None,
    },
}


def changed(**more):
    return json.dumps(TOLD | more)


def test_a_scenario_is_read_and_written_back_as_it_was():
    scenario = read_scenario("one", changed())
    assert json.loads(scenario.as_text()) == {
        **TOLD,
        "moves": [*TOLD["moves"][:4], {"do": "message", "case": 2, "name": "paid"}],
    }
    assert read_scenario("one", scenario.as_text()) == scenario
    assert scenario.as_text().endswith("}\n")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "不是正确的 JSON"),
        ("[" * 100_000, "不是正确的 JSON"),
        ("[]", "应当是一个对象"),
        (" " * (LONGEST + 1), "超过 400 千字"),
        (changed(title=""), "请填写“title”"),
        (changed(begins="2.11.2026"), "begins 应当是日期"),
        (changed(moves=[]), "moves 应有 1 至 200 步"),
        (changed(moves=TOLD["moves"][:1] * 201), "moves 应有 1 至 200 步"),
        (changed(moves=[{"do": "run"}]), "第1步：do 应当是"),
        (changed(moves=[{"do": "submit", "step": "file"}]), "第1步：请填写“as”"),
        (
            changed(moves=[{"do": "submit", "step": "file", "as": "a.b", "values": []}]),
            "values 应当是一个对象",
        ),
        (changed(moves=[{"do": "wait", "until": "tomorrow"}]), "until 应当是"),
        (changed(moves=[{"do": "wait", "until": "workday", "case": 0}]), "case 应当是第几件"),
        (changed(moves=[{"do": "sign", "step": "a", "as": "b.c", "agrees": "yes"}]), "agrees 应当是"),
        (changed(expected=None), "请写明预期的结果"),
        (changed(expected={"status": "finished", "ends": [1]}), "“ends”应当是文字的列表"),
        (changed(expected={"status": "finished", "market": {"no": 1}}), "market 应当是文字的对象"),
    ],
)
def test_what_cannot_be_understood_is_told_with_its_place(text, reason):
    with pytest.raises(PackError, match=r"scenarios/one\.json") as refused:
        read_scenario("one", text)
    assert reason in refused.value.message


def test_values_of_great_depth_are_refused():
    deep = "x"
    for _ in range(30):
        deep = {"in": deep}
    with pytest.raises(PackError, match="层数超过 20"):
        read_scenario("one", changed(moves=[{"do": "submit", "step": "a", "as": "b.c", "values": deep}]))
