"""Reading what people type."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms import values


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,200", "1200"),
        (" 1,234,567.50 ", "1234567.5"),
        ("１２００．５", "1200.5"),
        ("0.10", "0.1"),
        ("-3", "-3"),
        ("-0", "0"),
        ("007", "7"),
    ],
)
def test_numbers_as_people_write_them(text, number):
    read = values.read_number(text)
    assert read == Decimal(number)
    assert format(read, "f") == number


@pytest.mark.parametrize(
    "text",
    ["5000㎡", "1,2,3", "1,20", "1e5", "NaN", "Infinity", "--1", "1.", "٣", "9" * 16, "0.1234567", "abc"],
)
def test_anything_else_is_no_number(text):
    with pytest.raises(values.Unreadable, match=r"数字|小数"):
        values.read_number(text)


def test_whole_numbers_when_no_decimals_are_allowed():
    assert values.read_number("12.0", decimals=0) == 12
    with pytest.raises(values.Unreadable, match="整数"):
        values.read_number("12.5", decimals=0)


@pytest.mark.parametrize("text", ["2026-02-30", "2026-13-01", "0000-01-01"])
def test_days_that_do_not_exist(text):
    with pytest.raises(values.Unreadable, match="没有这一天"):
        values.read_date(text)


@pytest.mark.parametrize("text", ["2026/11/20", "20261120", "今天", "2026-W01-1", "2026-11-20T00:00"])
def test_dates_are_iso(text):
    with pytest.raises(values.Unreadable, match="2026-11-20 的样子"):
        values.read_date(text)


def test_date():
    assert values.read_date(" 2026-11-20 ") == date(2026, 11, 20)
    assert values.read_date("  ") is None


def test_text_is_tidied():
    assert values.read_text("\ufeff 甲\r\n乙\u200b ") == "甲\n乙"
    assert values.read_text(" \u3000 ") is None
    assert values.read_text("𬭎𰻞") == "𬭎𰻞"


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "\ud800", "abc\u202edcba", "\ufffe", "\U0001ffff"])
def test_control_characters_are_refused(text):
    with pytest.raises(values.Unreadable, match="控制字符"):
        values.read_text(text)


def test_one_line_means_one_line():
    with pytest.raises(values.Unreadable, match="一行"):
        values.read_text("甲\n乙", lines=False)


def test_position_needs_both_numbers_within_the_country():
    assert values.read_position("116.6612345", "39.9") == (Decimal("116.661234"), Decimal("39.9"))
    assert values.read_position("", "") == (None, None)
    with pytest.raises(values.Unreadable, match="同时"):
        values.read_position("116.66", "")
    with pytest.raises(values.Unreadable, match="经度应在 73 至 136"):
        values.read_position("39.9", "116.66")


def refusal(read, text):
    try:
        read(text)
    except values.Unreadable as error:
        return str(error)
    return "。"


@settings(deadline=None)  # the machine may be busy
@given(st.text(max_size=60))
def test_readers_return_or_say_why(text):
    for read in (values.read_text, values.read_number, values.read_date, values.read_key):
        assert refusal(read, text).endswith("。")


@settings(deadline=None)  # the machine may be busy
@given(st.decimals(min_value=-(10**12), max_value=10**12, places=4))
def test_a_number_survives_writing_and_reading(number):
    assert values.read_number(f"{number:,f}") == number
    assert values.read_number(f"{number:f}") == number
