"""数据监测报送: the good way and each bad way (Policy: TZ-4.5, TZ-3.2)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.factories import filings
from tests.integration.legal_time.office import kinds, midnight, step_clocks
from tests.integration.monitoring import desk
from tests.integration.recognition import desk as office
from webapp import engine
from webapp.core.errors import Forbidden, Invalid, Locked, Missing
from webapp.models.notification import Notification
from webapp.uow import read_only, unit_of_work


def values_of(row):
    return engine.decode_all(row.values)


def test_an_accepted_report_is_kept_in_the_file_of_the_market(at):
    no = desk.number(at("recognised"))
    case_id = desk.accepted(no, desk.report())
    case = office.case_of(case_id)
    assert (case.status, case.outcome_label) == ("finished", "已采用")
    assert case.no == "TZ-SJ-2026-0001"
    (row,) = desk.kept(no, "data_report")
    assert (row.period, row.case_id) == ("2026-10", case_id)
    found = values_of(row)
    assert (found["posts"], found["seekers"], found["matched"]) == (110, 210, 55)
    assert found["ratio"] == Decimal("0.52")  # 110 / 210 = 0.5238
    assert found["wage_averages"] == [200]
    # Reported on 20 November, ten days after it was due.
    assert (found["corrected"], found["on_time"]) == (False, False)


def test_figures_of_a_market_are_no_public_matter(at):
    no = desk.number(at("recognised"))
    desk.accepted(no, desk.report())
    shown = " ".join(f"{item.title}{item.text}" for item in desk.entry(no).history)
    assert "撮合上岗人次" not in shown


@pytest.mark.parametrize("part", ["encrypted", "lawful"])
def test_nothing_is_reported_without_attesting_lawful_use(at, part):
    case_id = desk.start("data_report", desk.number(at("recognised")))
    values = desk.report()
    values["attested"][part] = False
    with pytest.raises(Invalid) as refused:
        desk.act(case_id, desk.CLERK, "file", values)
    assert list(refused.value.errors) == [f"attested.{part}"]


@pytest.mark.parametrize(("field", "value"), [("average", 179), ("high", 199)])
def test_wages_that_contradict_themselves_are_not_taken(at, field, value):
    case_id = desk.start("data_report", desk.number(at("recognised")))
    values = desk.report()
    values["wages"][0][field] = value
    with pytest.raises(Invalid) as refused:
        desk.act(case_id, desk.CLERK, "file", values)
    assert f"wages.0.{field}" in refused.value.errors


def test_no_more_are_matched_online_than_in_all(at):
    case_id = desk.start("data_report", desk.number(at("recognised")))
    with pytest.raises(Invalid) as refused:
        desk.act(case_id, desk.CLERK, "file", desk.report(online=56))
    assert list(refused.value.errors) == ["supply.online"]


@pytest.mark.parametrize("period", ["2026-11", "2026-13", "2025-10", "十月"])
def test_only_a_month_of_the_last_twelve_that_is_over_is_reported(at, period):
    case_id = desk.start("data_report", desk.number(at("recognised")))
    with pytest.raises(Invalid) as refused:
        desk.act(case_id, desk.CLERK, "file", desk.report(period))
    assert list(refused.value.errors) == ["report_period"]


def test_what_departs_from_the_last_month_is_explained_first(at):
    no = desk.number(at("recognised"))
    desk.accepted(no, desk.report("2026-09"))
    case_id = desk.start("data_report", no)
    # 160 is 45.5 % above 110.
    desk.act(case_id, desk.CLERK, "file", desk.report(posts=160))
    assert office.open_steps(case_id) == {"explain"}
    with pytest.raises(Invalid) as refused:
        desk.act(case_id, desk.CLERK, "explain", {"answer": "explain"})
    assert list(refused.value.errors) == ["explanation"]
    told = {"answer": "explain", "explanation": "物流园新开一期（演示）"}
    desk.act(case_id, desk.CLERK, "explain", told)
    said = office.submission(case_id, "data_explanation").data
    assert said["findings"] == "岗位需求人次比上期变动45.5%，超过30%"
    assert office.open_steps(case_id) == {"data_review"}


def test_the_first_report_of_a_market_needs_no_explanation(at):
    case_id = desk.start("data_report", desk.number(at("recognised")))
    desk.act(case_id, desk.CLERK, "file", desk.report(posts=100000))
    assert office.open_steps(case_id) == {"data_review"}


def test_the_office_sets_how_much_may_change(at):
    no = desk.number(at("recognised"))
    office.choose(report_change_percent=50)
    desk.accepted(no, desk.report("2026-09"))
    case_id = desk.start("data_report", no)
    desk.act(case_id, desk.CLERK, "file", desk.report(posts=160))
    assert office.open_steps(case_id) == {"data_review"}


def test_a_figure_that_was_wrong_is_mended(at):
    no = desk.number(at("recognised"))
    desk.accepted(no, desk.report("2026-09"))
    case_id = desk.start("data_report", no)
    desk.act(case_id, desk.CLERK, "file", desk.report(posts=1100))
    desk.act(case_id, desk.CLERK, "explain", {"answer": "amend"})
    assert office.open_steps(case_id) == {"file"}
    desk.act(case_id, desk.CLERK, "file", desk.report())
    assert office.open_steps(case_id) == {"data_review"}


def test_the_township_returns_its_own_report(at):
    case_id = desk.start("data_report", desk.number(at("recognised")))
    desk.act(case_id, desk.CLERK, "file", desk.report())
    with pytest.raises(Invalid):
        desk.act(case_id, desk.REVIEWER, "data_review", {"pass": False})
    desk.act(case_id, desk.REVIEWER, "data_review", {"pass": False, "opinion": "请核对（演示）"})
    assert office.open_steps(case_id) == {"file"}


def test_the_bureau_returns_a_report_and_time_stands_still(at):
    no = desk.number(at("recognised"))
    case_id = desk.sent(no, desk.report())
    desk.act(case_id, desk.BUREAU, "data_check", {"result": "return", "opinion": "台账不全（演示）"})
    assert office.open_steps(case_id) == {"file"}
    assert office.clock_of(case_id).pauses[-1].resumed_at is None
    assert desk.kept(no, "data_report") == []
    desk.act(case_id, desk.CLERK, "file", desk.report())
    desk.act(case_id, desk.REVIEWER, "data_review", desk.REVIEWED)
    assert office.clock_of(case_id).pauses[-1].resumed_at is not None
    desk.act(case_id, desk.BUREAU, "data_check", desk.ACCEPTED)
    assert len(desk.kept(no, "data_report")) == 1


def test_a_month_that_was_accepted_is_changed_only_with_a_reason_and_both_are_kept(at):
    no = desk.number(at("recognised"))
    desk.accepted(no, desk.report())
    case_id = desk.start("data_report", no)
    with pytest.raises(Invalid) as refused:
        desk.act(case_id, desk.CLERK, "file", desk.report(matched=56))
    assert list(refused.value.errors) == ["correction_reason"]
    told = desk.report(matched=56) | {"correction_reason": "漏计一日台账（演示）"}
    desk.act(case_id, desk.CLERK, "file", told)
    desk.act(case_id, desk.REVIEWER, "data_review", desk.REVIEWED)
    desk.act(case_id, desk.BUREAU, "data_check", desk.ACCEPTED)
    first, second = (values_of(row) for row in desk.kept(no, "data_report"))
    assert (first["matched"], first["corrected"]) == (55, False)
    assert (second["matched"], second["corrected"]) == (56, True)
    assert office.case_of(case_id).outcome_label == "已采用（更正）"


def test_the_bureau_asks_for_a_report_and_the_township_is_reminded(at, frozen_clock, app):
    no = desk.number(at("recognised"))
    case_id = desk.start("data_report", no, desk.BUREAU)
    # Friday 20 November: five working days end with Friday the 27th, the warning comes one day before.
    (clock,) = step_clocks(case_id)
    assert clock.due_at == midnight(11, 28)
    acts = ["warning", "due", "overdue", "escalated"]
    for day, told in ((26, acts[:1]), (27, acts[:2]), (28, acts)):
        frozen_clock.instant = midnight(11, day)
        office.work(app)
        assert kinds(case_id) == told
    with read_only() as session:
        told = session.scalars(select(Notification.kind).where(Notification.case_id == case_id))
        assert "clock.overdue" in set(told)
    desk.act(case_id, desk.CLERK, "file", desk.report())
    assert office.open_steps(case_id) == {"data_review"}


def test_one_report_of_a_market_at_a_time_and_by_its_own_township(at):
    no = desk.number(at("recognised"))
    desk.start("data_report", no)
    with pytest.raises(Locked):
        desk.start("data_report", no)
    with pytest.raises(Missing):
        desk.start("data_report", no, "songzhuang")


def test_others_do_not_ask_for_reports(at):
    no = desk.number(at("recognised"))
    with pytest.raises(Forbidden):
        desk.start("data_report", no, "gongan")
    with unit_of_work() as session:
        assert filings.actor(session, desk.BUREAU).may("case.start")
