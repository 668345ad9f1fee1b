"""The page 数据监测: sums of a month, who owes it, wages by trade (Policy: TZ-4.5)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.factories import filings
from tests.integration.legal_time.office import midnight
from tests.integration.monitoring import desk
from tests.integration.recognition import desk as office
from webapp.models.market import Market
from webapp.queries.monitoring import monitoring, months_before
from webapp.uow import read_only, unit_of_work

NOVEMBER_9, NOVEMBER_11 = midnight(11, 9), midnight(11, 11)


def seen(period=""):
    with read_only() as session:
        return monitoring(session, filings.actor(session, desk.BUREAU), period)


def since(no, day, **more):
    """Let a market have been in the register since a day."""
    with unit_of_work() as session:
        market = session.scalars(select(Market).where(Market.no == no)).one()
        market.recognised_on = day
        for key, value in more.items():
            setattr(market, key, value)


@pytest.fixture
def market(at):
    """A market that has been in the register since August; today is Friday 20 November."""
    no = desk.number(at("recognised"))
    since(no, date(2026, 8, 1))
    return no


def test_the_months_are_the_twelve_before_this_one():
    months = months_before(date(2027, 1, 14))
    assert (months[0], months[11], len(months)) == ("2026-12", "2026-01", 12)


def test_a_market_that_reported_nothing_by_the_tenth_is_late(market, frozen_clock):
    frozen_clock.instant = NOVEMBER_9
    assert (seen().period, seen().due_on.isoformat(), seen().is_over) == ("2026-10", "2026-11-10", False)
    assert [line.state for line in seen().lines] == ["待报送"]
    assert seen().late == []
    frozen_clock.instant = NOVEMBER_11
    assert [line.no for line in seen().late] == [market]


def test_the_office_sets_the_day(market):
    office.choose(report_day=25)
    assert (seen().due_on.isoformat(), seen().late) == ("2026-11-25", [])


def test_a_report_that_lies_at_the_bureau_is_not_late(market):
    desk.sent(market, desk.report())
    assert [line.state for line in seen().lines] == ["待核对"]
    assert [line.state for line in seen("2026-09").lines] == ["逾期未报"]


def test_an_accepted_report_is_in_the_sums_of_its_month_and_of_no_other(market):
    desk.accepted(market, desk.report())
    page = seen()
    assert (page.sums.reports, page.sums.posts, page.sums.seekers, page.sums.matched) == (1, 110, 210, 55)
    assert page.sums.ratio == Decimal("0.52")  # 110 / 210 = 0.5238
    assert page.late == []
    assert [(wage.trade, wage.markets, wage.low, wage.high) for wage in page.wages] == [
        ("保洁（元/日）", 1, 200, 200)
    ]
    assert page.lines[0].last == "2026-10"
    before = seen("2026-09")
    assert (before.sums.reports, before.sums.posts, before.sums.ratio) == (0, 0, None)
    assert before.wages == []
    assert [month.posts for month in page.months][:2] == [110, 0]


def test_a_correction_takes_the_place_of_what_it_corrects(market):
    desk.accepted(market, desk.report())
    desk.accepted(market, desk.report(matched=56) | {"correction_reason": "漏计一日台账（演示）"})
    assert (seen().sums.reports, seen().sums.matched) == (1, 56)


@pytest.mark.parametrize(
    ("recognised", "closed", "state"),
    [
        (date(2026, 10, 31), {}, "逾期未报"),
        (date(2026, 11, 1), {}, "不用报送"),
        (date(2026, 8, 1), {"closed_from": date(2026, 9, 20)}, "不用报送"),
        (date(2026, 8, 1), {"closed_from": date(2026, 10, 2)}, "逾期未报"),
        (
            date(2026, 8, 1),
            {"closed_from": date(2026, 9, 20), "closed_until": date(2026, 10, 20)},
            "逾期未报",
        ),
    ],
)
def test_only_months_in_which_a_market_was_listed_and_open_are_owed(at, recognised, closed, state):
    no = desk.number(at("recognised"))
    since(no, recognised, **closed)
    assert [line.state for line in seen().lines] == [state]


def test_anything_but_one_of_the_last_months_is_the_last(market):
    for odd in ("2026-11", "2025-01", "now", ""):
        assert seen(odd).period == "2026-10"


def test_the_bureau_reads_it_and_others_do_not(market, browse):
    desk.accepted(market, desk.report())
    page = browse(desk.BUREAU).get("/monitoring").text
    assert "数据监测" in page
    assert f"/markets/{market}" in page
    assert "已采用" in page
    assert browse(desk.CLERK).get("/monitoring").status_code == 403
