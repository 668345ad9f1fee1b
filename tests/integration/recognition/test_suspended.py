"""暂停 and 终止 in the procedure itself: no time counts meanwhile, and the public sees no trace."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import filings
from tests.integration.recognition import desk
from webapp.core.errors import Locked
from webapp.models.case import Case
from webapp.services import cases
from webapp.uow import unit_of_work

CHIEF = "renshe-kz"


def _hold(service, case_id, **more):
    with unit_of_work() as session:
        service(session, filings.actor(session, CHIEF), session.get_one(Case, case_id), **more)


def test_no_time_counts_and_nobody_is_late_while_it_is_suspended(app, at, frozen_clock):
    case_id = at("accepted")
    before = desk.clock_of(case_id).due_at
    _hold(cases.suspend, case_id, reason="等待上级批复")
    frozen_clock.move(days=70)
    desk.work(app)
    assert desk.events(case_id, "clock.overdue") == []
    assert desk.events(case_id, "opinion.presumed") == [], "no silence counts as consent meanwhile"
    _hold(cases.resume, case_id)
    desk.work(app)
    assert desk.events(case_id, "clock.overdue") == []
    after = desk.clock_of(case_id).due_at
    assert timedelta(days=60) < after - before < timedelta(days=90)
    frozen_clock.move(days=30)
    desk.work(app)
    assert len(desk.events(case_id, "opinion.presumed")) == 5, "once it goes on, silence counts again"


def test_what_was_paused_for_a_correction_stays_paused_when_it_is_resumed(app, at):
    case_id = at("filed")
    desk.act(case_id, "renshe", "acceptance", filings.content("market")["acceptance_correct"])
    desk.review_papers(case_id)
    _hold(cases.suspend, case_id, reason="核实主体")
    _hold(cases.resume, case_id)
    assert len(desk.clock_of(case_id).open_pauses) == 1


def test_an_ended_case_drops_its_market_and_the_public_sees_nothing(at, browse):
    case_id = at("accepted")
    _hold(cases.terminate, case_id, reason="申请主体已注销")
    assert desk.market_of(case_id).status == "dropped"
    assert desk.clock_of(case_id).stopped_at is not None
    assert desk.case_of(case_id).retention == "30年"
    assert "马驹桥" not in browse().get("/directory").text
    page = browse("majuqiao").get(f"/cases/{desk.case_of(case_id).no}").text
    assert "本件已终止" in page
    assert "申请主体已注销" in page


def test_a_recognised_market_stays_when_nothing_is_left_to_end(at, browse):
    case_id = at("recognised")
    with pytest.raises(Locked, match="已经办结"):
        _hold(cases.terminate, case_id, reason="误操作")
    assert desk.market_of(case_id).status == "recognised"
    assert "马驹桥" in browse().get("/directory").text
