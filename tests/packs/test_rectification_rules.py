"""What 整改不力 is: one line for each requirement, with its figure (Policy: TZ-3.4)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.packs.opened import tongzhou
from webapp import dmn

FIRST, LAST, LATER = date(2026, 12, 1), date(2026, 12, 18), date(2026, 12, 31)


def facts(
    important: int = 1,
    total: int = 5,
    *,
    done: set[int] = frozenset(range(1, 6)),  # type: ignore[assignment]
    finished_on: date = FIRST,
    reported_on: date | None = FIRST,
    until: date | None = None,
) -> dict[str, Any]:
    """Items due on 18 December, the first so many important; those that are done on site; when it was reported."""
    numbers = range(1, total + 1)
    items = [{"weight": "重要" if n <= important else "一般", "due": LAST} for n in numbers]
    reports = [{"no": str(n), "done_on": finished_on} for n in numbers]
    results = [{"no": str(n), "result": "已整改到位" if n in done else "未整改到位"} for n in numbers]
    said: dict[str, Any] = {"rectify_items": {"problems": items}, "rectify_recheck": {"results": results}}
    if reported_on is not None:
        said["rectify_report"] = {
            "matter": "report",
            "reported_on": reported_on,
            "reports": reports,
        }
    if until is not None:
        said["rectify_extension"] = {"granted": True, "until": until}
    return said


def decide(said: dict[str, Any], share: int = 80) -> dmn.Result:
    given = {"facts": said, "settings": {"rectify_share": Decimal(share)}}
    return dmn.evaluate(tongzhou().rules["rectification.dmn"], "rectified", given)


def unmet(result: dmn.Result) -> list[str]:
    table = next(trace for trace in result.trace.decisions if trace.id == "requirements")
    return [rule.id for rule in table.rules if not rule.matched]


CASES = {
    "everything": (facts(), []),
    # four of five are 80 %, and the important one is among them
    "at the share": (facts(done={1, 2, 3, 4}), []),
    # three of five are 60 %
    "below the share": (facts(done={1, 2, 3}), ["share_closed"]),
    # four of five again, but it is the important one that is open
    "important open": (facts(done={2, 3, 4, 5}), ["important_items"]),
    # finished a day after the last day: no item counts
    "finished late": (
        facts(finished_on=date(2026, 12, 19)),
        ["important_items", "share_closed"],
    ),
    "finished late within the extension": (facts(finished_on=date(2026, 12, 19), until=LATER), []),
    "on the last day": (facts(finished_on=LAST, reported_on=LAST), []),
    "reported late": (facts(reported_on=date(2026, 12, 19)), ["reported_in_time"]),
    "reported within the extension": (facts(reported_on=LATER, until=LATER), []),
    "never reported": (facts(reported_on=None), ["important_items", "share_closed", "reported_in_time"]),
}


@pytest.mark.parametrize("case", CASES)
def test_each_line_is_met_or_not(case):
    said, lines = CASES[case]
    result = decide(said)
    assert unmet(result) == lines
    assert result.outputs is (lines == [])


def test_every_line_has_a_case_that_fails_it_alone():
    table = dmn.read(tongzhou().rules["rectification.dmn"]).decision("requirements").table
    alone = {lines[0] for _, lines in CASES.values() if len(lines) == 1}
    assert {rule.id for rule in table.rules} == alone


def test_the_share_is_the_offices_choice():
    assert decide(facts(done={1, 2, 3}), share=60).outputs is True
    assert decide(facts(done={1, 2, 3, 4}), share=81).outputs is False


def test_asking_for_an_extension_is_no_report():
    said = facts()
    said["rectify_report"]["matter"] = "extension"
    assert unmet(decide(said)) == ["reported_in_time"]


def test_the_figure_is_shown():
    result = decide(facts(done={1, 2, 3}))
    table = next(trace for trace in result.trace.decisions if trace.id == "requirements")
    rule = next(rule for rule in table.rules if rule.id == "share_closed")
    assert [cell.value for cell in rule.cells if cell.label == "按期整改到位的比例（%）"] == [Decimal(60)]
    assert rule.annotations["依据"].startswith("本地缺省")
