"""暂停, 恢复, 终止: in every shape nothing moves while a case is suspended, and nothing waits when it is ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import current_app
from sqlalchemy import select

from tests.shapes import office
from webapp.background import Worker
from webapp.core.errors import Forbidden, Invalid, Locked
from webapp.models.case import Case
from webapp.models.operation import Timer
from webapp.queries import case_page
from webapp.services import attention, cases, operations, work_items
from webapp.uow import read_only, unit_of_work
from webapp.worker import HANDLERS, SWEEPS


def _hold(service, case_id, username="ling", **more):
    with unit_of_work() as session:
        who = office.actor(session, username)
        who = replace(who, rights=who.rights | {"case.hold"})
        service(session, who, session.get_one(Case, case_id), **more)


@pytest.mark.parametrize("place", office.AT)
def test_nothing_moves_while_it_is_suspended_and_it_goes_on_afterwards(shapes_case, place):
    case_id = shapes_case(place)
    waiting = office.open_steps(case_id)
    item = office.opened(case_id, office.AT[place])
    owner = office.DOES[item.element_id]
    _hold(cases.suspend, case_id, reason="等待上级批复")
    for act in (
        lambda: office.complete(case_id, item.element_id),
        lambda: office.do(owner, work_items.claim, item.id),
        lambda: office.do(owner, work_items.save_draft, item.id, {"text": "草稿"}),
        lambda: office.do("zhen", attention.urge, item.id),
        lambda: office.do(
            "zhen", lambda s, who: cases.withdraw(s, who, s.get_one(Case, case_id), reason="撤")
        ),
    ):
        with pytest.raises(Locked, match="本件已暂停：等待上级批复"):
            act()
    assert office.open_steps(case_id) == waiting
    with pytest.raises(Locked):
        _hold(cases.suspend, case_id, reason="再次暂停")
    _hold(cases.resume, case_id)
    assert office.case_of(case_id).hold_reason is None
    office.finish(case_id)
    assert [e.data["reason"] for e in office.events(case_id, "case.suspended")] == ["等待上级批复"]
    assert len(office.events(case_id, "case.resumed")) == 1


@pytest.mark.parametrize("suspended", [False, True])
@pytest.mark.parametrize("place", office.AT)
def test_an_ended_case_leaves_nothing_open(shapes_case, place, suspended):
    case_id = shapes_case(place)
    waiting = office.open_steps(case_id)
    if suspended:
        _hold(cases.suspend, case_id, reason="核实情况")
    _hold(cases.terminate, case_id, reason="申请主体已注销")
    assert office.open_steps(case_id) == []
    cancelled = [row.element_id for row in office.items(case_id) if row.status == "cancelled"]
    assert sorted(cancelled) == waiting
    case = office.case_of(case_id)
    assert (case.status, case.hold_reason) == ("terminated", "申请主体已注销")
    assert case.archived_at is not None
    with pytest.raises(Locked, match="本件已终止：申请主体已注销"):
        _hold(cases.terminate, case_id, reason="再次终止")
    with pytest.raises(Locked):
        _hold(cases.resume, case_id)
    with read_only() as session:
        page = case_page.case_page(session, office.actor(session, "jing"), session.get_one(Case, case_id))
    assert (page.case.status_label, page.case.hold_reason) == ("已终止", "申请主体已注销")
    assert not page.may_withdraw


def test_only_the_deciding_agency_holds_a_case_and_says_why(shapes_case):
    case_id = shapes_case("linear")
    with pytest.raises(Forbidden):
        office.do("jing", lambda s, who: cases.suspend(s, who, s.get_one(Case, case_id), reason="停"))
    with pytest.raises(Forbidden):
        _hold(cases.suspend, case_id, "zhen", reason="停")
    with pytest.raises(Invalid, match="暂停的理由"):
        _hold(cases.suspend, case_id, reason=" ")
    with pytest.raises(Invalid, match="终止的理由"):
        _hold(cases.terminate, case_id, reason="")
    with pytest.raises(Locked, match="没有暂停"):
        _hold(cases.resume, case_id)
    assert office.open_steps(case_id) == ["c"]


def _waits():
    case_id = office.do("zhen", cases.start, "waits").id
    office.play(case_id, "w1")
    return case_id


def _timer(case_id):
    with read_only() as session:
        return session.scalars(select(Timer).where(Timer.case_id == case_id)).one()


def _work():
    Worker(current_app._get_current_object(), HANDLERS, SWEEPS).run_until_idle()


def test_a_timer_stands_still_while_the_case_is_suspended(app, frozen_clock):
    case_id = _waits()
    assert _timer(case_id).due_at == datetime(2026, 11, 22, 2, 0, tzinfo=UTC), (
        "48 hours after 10:00 in Beijing"
    )
    frozen_clock.move(hours=24)
    _hold(cases.suspend, case_id, reason="等待上级批复")
    frozen_clock.move(days=10)
    _work()
    assert office.events(case_id, "timer.fired") == []
    _hold(cases.resume, case_id)
    _work()
    assert _timer(case_id).due_at == datetime(2026, 12, 2, 2, 0, tzinfo=UTC), "ten days later"
    assert office.events(case_id, "timer.fired") == []
    frozen_clock.move(hours=24)
    _work()
    assert len(office.events(case_id, "timer.fired")) == 1


def test_a_message_that_was_promised_to_a_suspended_case_arrives_when_it_goes_on(app, frozen_clock):
    case_id = _waits()
    frozen_clock.move(hours=48)
    _work()
    office.complete(case_id, "w2")
    _hold(cases.suspend, case_id, reason="等待上级批复")
    assert office.do("dang", operations.send_message, "reply", reason="演示：补发回函") == 1
    for _ in range(20):  # more often than a job may fail
        _work()
        frozen_clock.move(minutes=5)
    assert office.events(case_id, "message.arrived") == []
    _hold(cases.resume, case_id)
    _work()
    assert len(office.events(case_id, "message.arrived")) == 1
    assert office.case_of(case_id).status == "finished"
