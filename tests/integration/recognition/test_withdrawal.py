"""撤回: by the applicant, at any time until the decision, and nothing happens afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import filings
from tests.integration.recognition import desk
from webapp.core.errors import Forbidden, Invalid, Locked, Stale
from webapp.services import timers
from webapp.uow import read_only, unit_of_work

STAGES = ["started", "filled", "reviewed", "filed", "accepted", "consulted", "checked", "drafted"]


def open_clocks(case_id):
    with read_only() as session:
        return session.query(desk.Clock).filter_by(case_id=case_id, stopped_at=None).count()


def assert_over(case_id, app, frozen_clock):
    """Nothing waits, no clock runs, and neither time nor the worker changes anything."""
    assert desk.case_of(case_id).status == "withdrawn"
    assert desk.open_steps(case_id) == set()
    assert open_clocks(case_id) == 0
    market = desk.case_of(case_id).market
    assert market is None or (market.status, market.no) == ("dropped", None)
    assert [happened.kind for happened in desk.events(case_id, "case.withdrawn")] == ["case.withdrawn"]
    assert desk.events(case_id)[-1].kind == "case.archived"
    assert desk.events(case_id, "case.finished") == []
    papers = [paper.id for paper in desk.documents(case_id)]
    frozen_clock.move(days=120)
    desk.work(app)
    kinds = {
        happened.kind
        for happened in desk.events(case_id)
        if happened.at > frozen_clock.instant - timedelta(days=1)
    }
    assert kinds <= {"document.sealed"}, "papers that left before are still sealed"
    assert [paper.id for paper in desk.documents(case_id)] == papers
    assert desk.case_of(case_id).status == "withdrawn"


def test_the_bureau_confirms_the_withdrawal_of_what_was_filed_and_files_it_away(at):
    case_id = at("accepted")
    desk.withdraw(case_id, "majuqiao", reason="选址有变")
    notice = desk.documents(case_id)[-1]
    assert (notice.template_key, notice.number) == ("withdrawal_notice", "通人社撤〔2026〕1号")
    assert "选址有变" in "".join(text for _, text in notice.outline)
    case = desk.case_of(case_id)
    assert (case.retention, case.archived_at is not None, case.outcome) == ("30年", True, None)


@pytest.mark.parametrize("stage", ["started", "filled", "reviewed"])
def test_what_never_left_the_township_is_withdrawn_without_a_paper(at, stage):
    case_id = at(stage)
    desk.withdraw(case_id, "majuqiao")
    assert desk.documents(case_id) == []


@pytest.mark.parametrize("stage", STAGES)
def test_the_applicant_withdraws_at_every_stage_until_the_decision(at, app, frozen_clock, stage):
    case_id = at(stage)
    waiting = desk.open_steps(case_id)
    desk.withdraw(case_id, "majuqiao")
    assert {item.element_id for item in desk.items(case_id) if item.status == "cancelled"} == waiting
    cancelled = [happened.work_item_id for happened in desk.events(case_id, "work_item.cancelled")]
    assert len(cancelled) == len(waiting)
    assert_over(case_id, app, frozen_clock)


def test_the_applicant_withdraws_while_correcting(at, app, frozen_clock):
    case_id = at("filed")
    desk.act(case_id, "renshe", "acceptance", filings.content("market")["acceptance_correct"])
    desk.review_papers(case_id)
    desk.withdraw(case_id, "majuqiao")
    (pause,) = desk.clock_of(case_id).pauses
    assert pause.resumed_at == frozen_clock.instant
    assert_over(case_id, app, frozen_clock)


def test_the_applicant_withdraws_when_some_have_answered_and_one_has_signed(at, app, frozen_clock):
    case_id = at("consulted")
    given = filings.content("market")
    desk.act(
        case_id,
        "renshe",
        "site_check",
        given["site_check"],
        files=given["site_check_files"],
        declares_no_conflict=True,
    )
    desk.withdraw(case_id, "majuqiao")
    assert_over(case_id, app, frozen_clock)


@pytest.mark.parametrize("stage", ["recognised"])
def test_what_is_decided_cannot_be_withdrawn(at, stage):
    case_id = at(stage)
    with pytest.raises(Locked):
        desk.withdraw(case_id, "majuqiao")
    assert desk.market_of(case_id).status == "recognised"


def test_nothing_is_withdrawn_twice_nor_without_a_reason(at):
    case_id = at("filed")
    with pytest.raises(Invalid) as refused:
        desk.withdraw(case_id, "majuqiao", reason="  ")
    assert list(refused.value.errors) == ["reason"]
    assert desk.case_of(case_id).status == "running"
    desk.withdraw(case_id, "majuqiao")
    with pytest.raises(Locked):
        desk.withdraw(case_id, "majuqiao")
    assert len(desk.events(case_id, "case.withdrawn")) == 1


@pytest.mark.parametrize("username", ["songzhuang", "renshe", "gongan"])
def test_nobody_else_withdraws(at, username):
    case_id = at("accepted")
    with pytest.raises(Forbidden):
        desk.withdraw(case_id, username)
    assert desk.case_of(case_id).status == "running"


def test_whoever_still_has_the_form_open_is_told(at):
    case_id = at("accepted")
    (item,) = desk.items(case_id, "opinion_police")
    desk.withdraw(case_id, "majuqiao")
    with pytest.raises(Stale, match=r"已于.*取消"), unit_of_work() as session:
        desk.work_items.complete(
            session,
            filings.actor(session, "gongan"),
            item.id,
            revision=item.revision,
            values=filings.content("market")["opinion_police"],
        )


def test_a_clock_that_was_found_late_before_the_withdrawal_does_nothing_after_it(at, frozen_clock):
    case_id = at("accepted", "station")
    frozen_clock.move(days=30)
    with read_only() as session:
        assert timers.due(session) == [case_id]
    desk.withdraw(case_id, "songzhuang")
    with unit_of_work() as session:
        assert timers.handle(session, case_id) == 0
    assert desk.events(case_id, "opinion.presumed") == []


def test_the_township_may_file_anew(at):
    first = at("filed")
    desk.withdraw(first, "majuqiao")
    with unit_of_work() as session:
        second = filings.recognised(session).id
    assert desk.case_of(second).no == "TZ-RD-2026-0002"
    assert desk.market_of(second).name == desk.market_of(first).name
    assert (desk.market_of(first).status, desk.market_of(second).status) == ("dropped", "recognised")


def test_the_page_offers_withdrawal_to_the_applicants_clerk_alone(at):
    case_id = at("accepted")
    assert desk.page(case_id, "majuqiao").may_withdraw is True
    for username in ("majuqiao-ld", "renshe", "gongan"):
        assert desk.page(case_id, username).may_withdraw is False
    desk.withdraw(case_id, "majuqiao")
    assert desk.page(case_id, "majuqiao").may_withdraw is False
