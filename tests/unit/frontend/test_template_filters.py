"""Times on pages: UTC in code, Beijing for people."""

from __future__ import annotations

from datetime import UTC, date, datetime

import jinja2
import pytest

from webapp.core import clock
from webapp.frontend import template_filters

# 17:14 UTC is 01:14 the next day in Beijing (UTC+8).
LATE = datetime(2026, 11, 19, 17, 14, tzinfo=UTC)
DAY = date(2026, 3, 5)


@pytest.fixture(autouse=True)
def _this_year():
    clock.set_clock(lambda: datetime(2026, 12, 31, 15, 59, tzinfo=UTC))
    yield
    clock.set_clock(None)


@pytest.mark.parametrize(
    ("name", "moment", "text"),
    [
        ("instant", LATE, "2026-11-20 01:14"),
        ("instant", DAY, "2026-03-05"),
        ("short", LATE, "11-20 01:14"),
        ("short", DAY, "03-05"),
        ("short", date(2025, 12, 22), "2025-12-22"),
        ("short", datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "2027-01-01 00:00"),
        ("day", LATE, "2026年11月20日"),
        ("day", DAY, "2026年3月5日"),
        ("clock", LATE, "01:14"),
        ("clock", DAY, ""),
        ("weekday", LATE, "星期五"),
        ("weekday", DAY, "星期四"),
        ("month", LATE, "11月"),
        ("day_of_month", LATE, "20"),
        ("machine", LATE, "2026-11-19T17:14:00+00:00"),
    ],
)
def test_moments_are_written_in_beijing_time(name, moment, text) -> None:
    assert getattr(template_filters, name)(moment) == text


@pytest.mark.parametrize("name", ["instant", "short", "day", "clock", "weekday", "month", "machine"])
def test_nothing_is_written_for_no_moment(name) -> None:
    assert getattr(template_filters, name)(None) == ""


@pytest.mark.parametrize("name", ["instant", "short", "day", "clock"])
def test_a_time_already_written_passes_unchanged(name) -> None:
    assert getattr(template_filters, name)("昨天") == "昨天"


def test_templates_find_the_filters_by_name() -> None:
    env = jinja2.Environment(autoescape=True)
    template_filters.install(env)

    assert env.from_string("{{ at | instant }}").render(at=LATE) == "2026-11-20 01:14"
