"""数据监测报送: what has to be explained, and every way through the procedure (Policy: TZ-4.5, TZ-3.2)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.packs.monitoring import Walk, ask
from tests.packs.opened import tongzhou
from webapp import dmn

SEPTEMBER = {
    "kind": "data_report",
    "period": "2026-09",
    "values": {
        "posts": Decimal(100),
        "seekers": Decimal(200),
        "matched": Decimal(50),
        "wage_trades": ["保洁（元/日）", "搬运装卸（元/日）"],
        "wage_averages": [Decimal(200), Decimal(300)],
    },
}
AUGUST = SEPTEMBER | {
    "period": "2026-08",
    "values": SEPTEMBER["values"] | {"posts": Decimal(1), "seekers": Decimal(1), "matched": Decimal(1)},
}
PLATFORM = {"kind": "platform", "period": "2026-10", "values": {"confirmed": Decimal(56)}}
OTHER = {"kind": "assessment", "period": "2026-09", "values": {"posts": Decimal(1)}}


def wage(trade: str = "保洁", average: int = 200, **more: Any) -> dict[str, Any]:
    row = {"trade": trade, "unit": "元/日", "low": 180, "average": average, "high": 400} | more
    return {key: Decimal(value) if isinstance(value, int) else value for key, value in row.items()}


def filed(wages: list[dict[str, Any]] | None = None, **supply: int) -> dict[str, Any]:
    numbers = {"posts": 110, "seekers": 210, "matched": 55} | supply
    return {
        "data_filing": {
            "report_period": "2026-10",
            "due_on": date(2026, 11, 10),
            "correcting": False,
            "supply": {key: Decimal(value) for key, value in numbers.items()} | {"ratio": Decimal("0.52")},
            "wages": [wage()] if wages is None else wages,
            "opinion": {"any": False},
        }
    }


def findings(facts: dict[str, Any], records: list[dict[str, Any]] | None = None) -> list[str]:
    """Ids of the rules that ask for an explanation."""
    records = [SEPTEMBER, AUGUST, OTHER] if records is None else records
    result = ask("data_report.dmn", "findings", facts, {"records": records})
    table = next(trace for trace in result.trace.decisions if trace.id == "findings")
    return [rule.id for rule in table.rules if rule.matched]


CASES = {
    # Against September, not against August, which was entered later: 100 posts, 200 seekers, 50 matched.
    "posts_changed": filed(posts=131),
    "seekers_changed": filed(seekers=139),
    "matched_changed": filed(matched=66),
    # Cleaning cost 200 a day on average; 240.01 is more than a fifth above.
    "wages_changed": filed([wage() | {"average": Decimal("240.01")}]),
    "matched_over_posts": filed(posts=60, matched=61),
    "trade_twice": filed([wage(), wage(average=205)]),
    "nothing_done": filed(posts=0, seekers=0, matched=0),
    "platform_over_matched": filed(matched=55),
}


def test_a_report_like_the_last_one_needs_no_explanation():
    assert findings(filed()) == []


def test_every_line_has_a_case_that_meets_it():
    table = dmn.read(tongzhou().rules["data_report.dmn"]).decision("findings").table
    assert {rule.id for rule in table.rules} == CASES.keys()


@pytest.mark.parametrize("rule", CASES)
def test_what_departs_is_found(rule):
    assert rule in findings(CASES[rule], [SEPTEMBER, AUGUST, OTHER, PLATFORM])


def test_what_a_platform_confirmed_is_compared_with_the_month_alone():
    """Policy: TZ-2.3."""
    assert findings(filed(matched=56), [SEPTEMBER, PLATFORM]) == []
    assert findings(filed(matched=55), [SEPTEMBER, PLATFORM | {"period": "2026-11"}]) == []
    given = {"records": [SEPTEMBER, PLATFORM]}
    result = ask("data_report.dmn", "findings", filed(matched=55), given)
    assert result.outputs == ["线上平台报入的岗位确认56人次，多于撮合上岗55人次"]


@pytest.mark.parametrize(
    "facts",
    [
        # Thirty in a hundred and a fifth are just not more.
        filed(posts=130),
        filed(seekers=140),
        filed(matched=65),
        filed([wage(average=240)]),
        filed([wage(average=160, low=150)]),
        # A trade that was not reported has nothing to be compared with.
        filed([wage("家政服务", 390)]),
        filed([wage(unit="元/小时", low=18, average=20, high=25)]),
    ],
)
def test_what_stays_within_the_bounds_is_let_through(facts):
    assert findings(facts) == []


def test_the_first_report_is_compared_with_nothing():
    assert findings(CASES["posts_changed"], []) == []
    assert findings(CASES["posts_changed"], [OTHER]) == []


def test_a_correction_of_a_month_is_not_compared_with_itself():
    october = SEPTEMBER | {"period": "2026-10", "values": SEPTEMBER["values"] | {"posts": Decimal(1)}}
    assert findings(filed(), [SEPTEMBER, october]) == []


def test_after_a_month_of_nothing_any_number_is_a_change():
    nothing = {**SEPTEMBER["values"], "posts": Decimal(0)}
    assert findings(filed(posts=56), [SEPTEMBER | {"values": nothing}]) == ["posts_changed"]


def test_the_words_say_by_how_much():
    result = ask("data_report.dmn", "findings", filed(posts=155), {"records": [SEPTEMBER]})
    assert result.outputs == ["岗位需求人次比上期变动55%，超过30%"]
    result = ask("data_report.dmn", "findings", filed([wage(average=250)]), {"records": [SEPTEMBER]})
    assert result.outputs == ["同一工种平均工价比上期最大变动25%，超过20%"]


def walk(facts: dict[str, Any], **case: Any) -> Walk:
    case = {"submitted_on": date(2026, 11, 9)} | case
    return Walk("data_report", facts, {"records": [SEPTEMBER]}, **case)


def test_an_accepted_report_goes_into_the_file_of_the_market():
    way = walk(filed([wage(), wage("搬运装卸", 310)]))
    way.act("file")
    assert way.open == {"data_review"}
    way.act("data_review", **{"pass": True})
    way.act("data_check", result="accept")
    assert way.run.finished
    (entry,) = way.entered()
    assert (entry["kind"], entry["period"]) == ("data_report", "2026-10")
    assert (entry["posts"], entry["seekers"], entry["matched"]) == (110, 210, 55)
    assert entry["ratio"] == Decimal("0.52")
    assert entry["wage_trades"] == ["保洁（元/日）", "搬运装卸（元/日）"]
    assert entry["wage_averages"] == [200, 310]
    assert (entry["corrected"], entry["on_time"]) == (False, True)
    assert way.outcome == "已采用"


def test_a_late_report_and_a_correction_are_marked_as_such():
    facts = filed()
    facts["data_filing"]["correcting"] = True
    way = walk(facts, submitted_on=date(2026, 11, 11))
    way.act("file")
    way.act("data_review", **{"pass": True})
    way.act("data_check", result="accept")
    (entry,) = way.entered()
    assert (entry["corrected"], entry["on_time"]) == (True, False)
    assert way.outcome == "已采用（更正）"


def test_what_departs_is_explained_before_it_is_reviewed():
    way = walk(CASES["posts_changed"])
    way.act("file")
    assert way.open == {"explain"}
    way.act("explain", answer="explain")
    assert way.open == {"data_review"}


def test_what_was_wrong_is_mended_and_compared_again():
    way = walk(CASES["posts_changed"])
    way.act("file")
    way.act("explain", answer="amend")
    assert way.open == {"file"}
    way.facts |= filed()
    way.act("file")
    assert way.open == {"data_review"}


@pytest.mark.parametrize("answer", [None, "anything"])
def test_whatever_is_no_clear_explanation_goes_back(answer):
    way = walk(CASES["posts_changed"])
    way.act("file")
    way.act("explain", answer=answer)
    assert way.open == {"file"}


@pytest.mark.parametrize("answer", ["return", None])
def test_what_the_bureau_does_not_accept_comes_back_and_time_stands_still(answer):
    way = walk(filed())
    way.act("file")
    way.act("data_review", **{"pass": True})
    way.act("data_check", result=answer)
    assert way.open == {"file"}
    assert way.effects[-1] == ("pause_clock", {"reason": "退回重报"})
    way.act("file")
    way.act("data_review", **{"pass": True})
    assert way.open == {"data_check"}
    assert [name for name, _ in way.effects][-1] == "resume_clock"
    assert way.entered() == []


def test_the_township_returns_its_own_report():
    way = walk(filed())
    way.act("file")
    way.act("data_review", **{"pass": False})
    assert way.open == {"file"}
    assert way.effects == []
