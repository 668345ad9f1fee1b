"""The board of a market: figures of the last periods, its standing, cases, deadlines (Policy: TZ-4.5)."""

from __future__ import annotations

import re
from datetime import date

import pytest

from tests.integration.assessment.desk import entered
from tests.integration.monitoring import desk
from tests.integration.recognition import desk as office
from webapp.models.case import Case
from webapp.services import market_records
from webapp.uow import unit_of_work


@pytest.fixture
def recognition(at):
    return at("recognised")


def board(page):
    """The part of a market's page that its board is, without tags."""
    part = page.partition("运行概况</h2>")[2].partition("市场历程")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", part))


def test_a_township_sees_figures_standing_cases_and_what_falls_due(recognition, browse):
    no = desk.number(recognition)
    for month in range(1, 9):
        entered(
            recognition, "data_report", f"2026-{month:02d}", seekers=100 * month, posts=7, matched=3, ratio=2
        )
    entered(recognition, "data_report", "2026-08", seekers=888, posts=70, matched=33, ratio=2)
    entered(recognition, "assessment", "2025", grade="良好", score=85)
    entered(recognition, "stars", "2025", stars="四星级")
    case_id = desk.start("register_change", no)
    desk.sent(no, desk.report(), explained="季节变动（演示）")
    told = board(browse("majuqiao").get(f"/markets/{no}").text)
    assert "在办件 2 件" in told
    assert "年度考核 良好 2025" in told
    assert "星级评选 四星级 2025" in told
    # Six periods, newest first; of August the later entry counts.
    assert re.findall(r"2026-0\d(?= )", told) == [f"2026-0{month}" for month in (8, 7, 6, 5, 4, 3)]
    assert "2026-08 888 70 33 2" in told
    assert "2026-03 300 7 3 2" in told
    assert "数据监测报送：整件" in told
    assert office.case_of(case_id).no not in told.partition("近期时限")[2]  # no clock runs before it is filed


def test_an_entry_that_lapsed_is_no_standing_any_more(recognition, browse):
    no = desk.number(recognition)
    with unit_of_work() as session:
        case = session.get_one(Case, recognition)
        given = {
            "kind": "stars",
            "period": "2024",
            "valid_until": date(2026, 11, 19),
            "values": {"stars": "五星级"},
        }
        market_records.enter(session, case, **given)
    page = browse("majuqiao").get(f"/markets/{no}").text
    assert "星级评选 — 尚无" in board(page)
    assert "五星级" not in browse().get(f"/directory/{no}").text


def test_the_bureau_sees_it_too_and_others_do_not(recognition, browse):
    no = desk.number(recognition)
    for username, shown in (
        ("renshe", True),
        ("majuqiao-ld", True),
        ("songzhuang", False),
        ("gongan", False),
    ):
        assert ("运行概况" in browse(username).get(f"/markets/{no}").text) is shown


def test_without_reports_it_says_so(recognition, browse):
    told = board(browse("majuqiao").get(f"/markets/{desk.number(recognition)}").text)
    assert "还没有已采用的报送数据" in told
    assert "没有正在计算的时限" in told
