"""A year of the calendar as people paste, keep and exchange it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.core import calendar_text
from webapp.core.calendar_text import YearDays, read_file, read_text, write_csv, write_json, write_text

NOTICE_2025 = """
国务院办公厅关于2025年部分节假日安排的通知
一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。
"""


def test_the_yearly_notice_can_be_pasted_as_it_was_published():
    days = read_text(NOTICE_2025, 2025)
    assert len(days.holidays) == 1 + 8 + 3 + 5 + 3 + 8
    assert {date(2025, 1, 28), date(2025, 2, 4), date(2025, 6, 2), date(2025, 10, 8)} <= days.holidays
    assert days.workdays == {
        date(2025, 1, 26),
        date(2025, 2, 8),
        date(2025, 4, 27),
        date(2025, 9, 28),
        date(2025, 10, 11),
    }


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-01 至 2026-10-03 放假\n2026-10-10 上班",
        "10月1日至3日放假；10月10日上班",
        "2026年10月1日到2026年10月3日放假。2026/10/10 上班",
        "10月1日、10月2日、10月3日放假\n\n10.10 上班",
    ],
)
def test_days_may_be_written_in_several_ways(text):
    off = frozenset(date(2026, 10, day) for day in (1, 2, 3))
    assert read_text(text, 2026) == YearDays(off, frozenset({date(2026, 10, 10)}))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2026-1O-01 放假", "看不懂"),
        ("2026-10-01", "看不懂"),
        ("2月30日放假", "不存在的日期"),
        ("10月7日至1日放假", "起止日期"),
        ("1月1日至10月1日放假", "起止日期"),
        ("2027-01-01 放假", "不在 2026 年"),
        ("10月1日放假\n10月1日上班", "既放假又上班"),
        ("放假" * 20_000, "过长"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(text, reason):
    with pytest.raises(ValueError, match=reason):
        read_text(text, 2026)


in_2026 = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(st.sets(in_2026, max_size=40), st.sets(in_2026, max_size=12))
def test_what_is_written_reads_back_the_same(off, on):
    days = YearDays(frozenset(off), frozenset(on - off))
    assert read_text(write_text(days), 2026) == days
    assert read_file(write_csv(days), "2026.csv", 2026) == days
    assert read_file(write_json(days, 2026), "2026.JSON", 2026) == days


def refusal(read, *given):
    """The sentence with which something is refused; just the full stop if it is read."""
    try:
        read(*given)
    except ValueError as refused:
        return str(refused)
    return "。"


@given(st.binary(max_size=300), st.sampled_from(["a.csv", "a.json", ""]))
def test_any_file_is_read_or_refused_with_a_sentence(content, name):
    assert refusal(read_file, content, name, 2026).endswith("。")


@given(st.text(alphabet="0123456789年月日至到-/.、，。放假上班（周） \n", max_size=60))
def test_any_text_is_read_or_refused_with_a_sentence(text):
    assert refusal(read_text, text, 2026).endswith("。")


def test_a_spreadsheet_may_have_saved_it_in_its_own_encoding():
    content = "日期,安排\n2026/10/1,放假\n2026/10/10,上班\n".encode("gb18030")
    days = read_file(content, "假日.csv", 2026)
    assert (days.holidays, days.workdays) == ({date(2026, 10, 1)}, {date(2026, 10, 10)})


def test_a_huge_file_is_refused_unread():
    with pytest.raises(ValueError, match="过大"):
        read_file(b" " * (calendar_text.LONGEST_TEXT * 4 + 1), "x.csv", 2026)
