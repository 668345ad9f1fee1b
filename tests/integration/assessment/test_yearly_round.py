"""The yearly assessment opens by itself on the day that the office sets, once (Policy: TZ-3.3)."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from sqlalchemy import select

from tests.factories import filings
from tests.integration.assessment import desk
from tests.integration.recognition import desk as office
from webapp.core.errors import Invalid
from webapp.models.event import Event
from webapp.models.market import YearlyRound
from webapp.models.notification import Notification
from webapp.services import settings, yearly_rounds
from webapp.uow import read_only, unit_of_work


@pytest.fixture
def two(at):
    """Return the numbers of two markets: one listed for a year, one since the first of May."""
    first = desk.listed(at("recognised"), date(2025, 11, 1))
    with unit_of_work() as session:
        station = filings.recognised(session, "station").id
    return [first, desk.listed(station, date(2026, 5, 21))]


def rounds():
    with read_only() as session:
        return list(session.scalars(select(YearlyRound)))


def test_nothing_opens_unless_the_office_sets_a_day(app, two):
    office.work(app)
    assert desk.cases_of("assessment") == []
    assert rounds() == []


def test_each_market_past_its_least_time_gets_a_case_and_the_others_are_told_with_the_reason(
    app, two, browse
):
    # On 20 November 2026 a market listed on 21 May is one day short of six months.
    office.choose(assess_opens_on="11-20")
    office.work(app)
    office.work(app)  # what happened is told by the next round of the worker
    (case,) = desk.cases_of("assessment")
    assert case.market_id == desk.market(two[0]).id
    assert case.started_by_id is None
    with read_only() as session:
        assert case.applicant_id == filings.agency(session, "hrss").id
    assert office.open_steps(case.id) == {"open_assessment"}
    (row,) = rounds()
    short = f"{desk.market(two[1]).name}：运行时间不足6个月"
    assert (row.process_key, row.year, row.started, row.left_out) == ("assessment", 2026, 1, [short])
    told = f"2026年“年度考核评价”已自动发起，共1件。1个市场（驿站）没有发起：{short}。"
    with read_only() as session:
        notices = session.scalars(select(Notification).where(Notification.kind == "round.opened")).all()
        people = {filings.actor(session, name, "clerk").person_id for name in ("renshe", "renshe-2")}
        assert {row.person_id for row in notices} == people
        assert {row.text for row in notices} == {told}
    assert told in browse("renshe").get("/markets/choose/assessment").text


def test_a_round_opens_once_however_often_the_worker_looks(app, two, frozen_clock):
    office.choose(assess_opens_on="11-20")
    office.work(app)
    office.work(app)
    frozen_clock.move(days=10)
    office.work(app)
    assert len(desk.cases_of("assessment")) == 1
    assert len(rounds()) == 1


def test_of_two_workers_one_opens_it(app, two):
    office.choose(assess_opens_on="11-20")
    with read_only() as session:
        (found,) = yearly_rounds.due(session)
    got, gate = [], threading.Barrier(2)

    def work():
        with app.app_context():
            gate.wait()
            with unit_of_work() as session:
                got.append(yearly_rounds.open_round(session, found) is not None)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(got) == [False, True]
    assert len(desk.cases_of("assessment")) == 1


def test_a_crash_leaves_nothing_and_the_next_worker_opens_it_as_a_whole(app, two, monkeypatch):
    office.choose(assess_opens_on="11-20")
    with read_only() as session:
        (found,) = yearly_rounds.due(session)
    with monkeypatch.context() as broken, pytest.raises(RuntimeError), unit_of_work() as session:
        broken.setattr(yearly_rounds, "_tell", lambda *_: (_ for _ in ()).throw(RuntimeError))
        yearly_rounds.open_round(session, found)
    assert (desk.cases_of("assessment"), rounds()) == ([], [])
    office.work(app)
    assert len(desk.cases_of("assessment")) == 1


@pytest.mark.parametrize(
    ("day", "opens"), [("11-21", False), ("10-21", True), ("10-20", False), ("02-30", False)]
)
def test_it_opens_on_its_day_or_within_thirty_days_and_never_before(app, two, day, opens):
    office.choose(assess_opens_on=day)
    office.work(app)
    assert bool(rounds()) is opens


def test_a_day_of_december_is_caught_up_in_january_for_its_own_year(app, two, frozen_clock):
    office.choose(assess_opens_on="12-20")
    frozen_clock.move(days=46)  # to 5 January 2027
    office.work(app)
    assert [row.year for row in rounds()] == [2026]


def test_what_was_begun_or_done_by_hand_is_not_opened_again(app, two):
    with unit_of_work() as session:
        session.get_one(type(desk.market(two[1])), desk.market(two[1]).id).recognised_on = date(2025, 1, 1)
    by_hand = office.case_of(desk.start(two[0])).no
    station = desk.cases_of("recognition")[1].id
    desk.entered(station, "assessment", "2026", grade="合格", score=61)
    office.choose(assess_opens_on="11-20")
    office.work(app)
    assert len(desk.cases_of("assessment")) == 1
    (row,) = rounds()
    assert [text.partition("：")[2] for text in row.left_out] == [
        f"“年度考核评价”（{by_hand}）正在办理",
        "本年度已经考核",
    ]


def test_next_year_it_opens_again(app, two, frozen_clock):
    office.choose(assess_opens_on="11-20")
    office.work(app)
    frozen_clock.move(days=365)
    office.work(app)
    assert sorted(row.year for row in rounds()) == [2026, 2027]


def test_history_keeps_the_opening(app, two):
    office.choose(assess_opens_on="11-20")
    office.work(app)
    with read_only() as session:
        event = session.scalars(select(Event).where(Event.kind == "round.opened")).one()
    assert (event.data["process"], event.data["year"], event.data["count"]) == ("assessment", 2026, 1)


@pytest.mark.parametrize(
    ("text", "taken"), [("11-01", True), ("", True), ("13-01", False), ("11月1日", False)]
)
def test_the_day_is_written_as_month_and_day(app, text, taken):
    with unit_of_work() as session:
        admin = filings.actor(session, "admin")
        given = {"key": "assess_opens_on", "value": text, "reason": "按考核方案"}
        if taken:
            settings.change(session, admin, **given)
        else:
            with pytest.raises(Invalid, match="请填写月和日"):
                settings.change(session, admin, **given)
