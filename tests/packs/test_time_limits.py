"""What the checker of packs says of periods, warnings and what happens when late."""

from __future__ import annotations

from datetime import date

import pytest

from tests.packs.opened import tongzhou
from tests.packs.test_defects import FLOW, PACK, changed
from webapp import packs

LATE = '<spiffworkflow:property name="overdue" value="late_opinion"/>'
CASE_LATE = '<spiffworkflow:property name="case_overdue" value="notify, escalate"/>'


def overdue(value: str) -> str:
    return LATE.replace("late_opinion", value)


def said_of(old: str, new: str, path: str = FLOW) -> list[str]:
    found = packs.check(changed(path, old, new))
    return [finding.reason for finding in found if finding.severity == "error"]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Notify", "写法不对"),
        ("tell", "设置“tell”不存在"),
        ("take:true", "JSON 对象"),
        ("take:{&quot;passed&quot;: true}", "“passed”不在本环节的结果中"),
        ("take:{&quot;presumed&quot;: 1.5}", "不能带入流程"),
    ],
)
def test_what_happens_when_late_must_make_sense(written, words):
    assert any(words in reason for reason in said_of(LATE, overdue(written)))


@pytest.mark.parametrize(
    "written",
    ["notify, escalate", "presume", "late_opinion, escalate", "escalate, take:{&quot;presumed&quot;: true}"],
)
def test_all_that_may_happen_is_accepted(written):
    assert said_of(LATE, overdue(written)) == []


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("2 day", "单位不同"),
        ("soon", "提醒：时限“soon”写法不对"),
        ("warn_time workday", "设置“warn_time”不存在"),
    ],
)
def test_a_warning_has_the_unit_of_its_limit(written, words):
    warned = f'{LATE}\n<spiffworkflow:property name="warn" value="{written}"/>'
    assert any(words in reason for reason in said_of(LATE, warned))


def test_a_case_can_neither_be_presumed_nor_take_a_way():
    for act in ("presume", "take:{&quot;pass&quot;: true}"):
        reasons = said_of(CASE_LATE, CASE_LATE.replace("notify, escalate", act))
        assert any("只用于环节" in reason for reason in reasons)


def test_every_choice_of_a_setting_must_say_what_happens():
    reasons = said_of(
        '{ value = "wait", label = "继续等待" }', '{ value = "later", label = "继续等待" }', PACK
    )
    assert reasons
    assert all("“later”没有说明" in reason for reason in reasons), "told at each step that names the setting"


@pytest.mark.parametrize(
    ("year", "days_off", "worked_weekends", "workdays"),
    [
        # 2024: 366 days, 104 of them weekend days; weekdays off 1, 5, 2, 3, 1, 2, 5; eight weekend days worked
        (2024, 28, 8, 366 - 104 - 19 + 8),
        # 2025: 365 and 104; weekdays off 1, 6, 1, 3, 1, 6; five worked
        (2025, 28, 5, 365 - 104 - 18 + 5),
        # 2026: 365 and 104; weekdays off 2, 6, 1, 3, 1, 1, 5; six worked
        (2026, 33, 6, 365 - 104 - 19 + 6),
    ],
)
def test_the_published_years_are_complete(year, days_off, worked_weekends, workdays):
    calendar = tongzhou().calendar
    assert calendar.is_published(year)
    assert sum(day.year == year for day in calendar.holidays) == days_off
    exchanged = [day for day in calendar.workdays if day.year == year]
    assert len(exchanged) == worked_weekends
    assert all(day.weekday() >= 5 for day in exchanged)
    assert calendar.count_workdays(date(year - 1, 12, 31), date(year, 12, 31)) == workdays
