"""Acts of time: warned, told on the last day, overdue, reported; each once, whatever happens in between.

The opinions are asked for on Friday 11-20 with five working days: 11-23 to 11-27. Two are left on Wednesday
11-25, so the warning comes with that day; the last day is Friday 11-27, over at 24:00.
"""

from __future__ import annotations

from sqlalchemy import select

from tests.factories import filings
from tests.integration.legal_time.office import kinds, midnight, pause, resume, step_clocks
from tests.integration.recognition import desk
from webapp.core.errors import Locked
from webapp.models.clock import Clock
from webapp.models.job import Job
from webapp.models.notification import Notification
from webapp.models.work_item import WorkItem
from webapp.queries.escalations import escalated
from webapp.services import escalations, timers
from webapp.uow import read_only, unit_of_work

TWO = {"opinion_police", "opinion_union"}
WARNED, LAST_DAY, OVER = midnight(11, 25), midnight(11, 27), midnight(11, 28)


def test_each_act_comes_with_its_day_and_once(at, app, frozen_clock):
    case_id = at("accepted", "station")
    desk.choose(late_opinion="wait")
    for instant, expected in ((WARNED, ["warning"]), (LAST_DAY, ["due"]), (OVER, ["overdue"])):
        frozen_clock.instant = instant
        frozen_clock.move(seconds=-1)
        desk.work(app)
        before = kinds(case_id)
        frozen_clock.move(seconds=1)
        for _ in range(3):
            desk.work(app)
        assert kinds(case_id)[len(before) :] == expected * len(TWO)
    frozen_clock.move(days=3)
    desk.work(app)
    assert len(kinds(case_id)) == 3 * len(TWO), "nothing comes twice"


def test_after_a_standstill_of_the_server_all_are_done_in_order(at, app, frozen_clock):
    case_id = at("accepted", "station")
    desk.choose(late_opinion="wait")
    frozen_clock.instant = OVER
    desk.work(app)
    for clock in step_clocks(case_id):
        assert [act.kind for act in sorted(clock.acts, key=lambda act: act.id)] == [
            "warning",
            "due",
            "overdue",
        ]
        assert clock.next_act_at is None


def test_the_index_finds_what_is_due_and_nothing_else(at, frozen_clock):
    case_id = at("accepted", "station")
    assert {clock.next_act_at for clock in step_clocks(case_id)} == {WARNED}
    frozen_clock.instant = WARNED
    frozen_clock.move(seconds=-1)
    with read_only() as session:
        assert timers.due(session) == []
    frozen_clock.move(seconds=1)
    with read_only() as session:
        assert timers.due(session) == [case_id]
        plan = str(session.connection().exec_driver_sql(_explained(session, timers.BATCH)).all())
    if session.get_bind().dialect.name == "sqlite":
        assert "ix_clock_next_act" in plan


def _explained(session, limit):
    query = select(Clock.case_id).where(Clock.next_act_at <= timers.time.now()).order_by(Clock.next_act_at)
    text = query.limit(limit).compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    return f"EXPLAIN QUERY PLAN {text}" if session.get_bind().dialect.name == "sqlite" else f"EXPLAIN {text}"


def test_a_correction_stops_the_clock_of_the_case_and_not_those_of_steps(at, app, frozen_clock):
    case_id = at("accepted", "station")
    pause(case_id, "补正")
    assert desk.clock_of(case_id).next_act_at is None
    assert {clock.next_act_at for clock in step_clocks(case_id)} == {WARNED}


def test_a_case_on_hold_does_nothing_and_goes_on_later(at, app, frozen_clock):
    """On hold from Monday 11-23 to Wednesday 11-25: two days do not count, so the last day is Tuesday 12-01."""
    case_id = at("accepted", "station")
    frozen_clock.instant = midnight(11, 23)
    frozen_clock.move(hours=10)
    pause(case_id, "暂停")
    frozen_clock.instant = midnight(11, 25)
    frozen_clock.move(hours=10)
    desk.work(app)
    assert kinds(case_id) == []
    resume(case_id, "暂停")
    desk.work(app)
    assert kinds(case_id) == [], "the warning has moved to Friday 11-27"
    assert {clock.next_act_at for clock in step_clocks(case_id)} == {midnight(11, 27)}
    frozen_clock.instant = midnight(11, 27)
    desk.work(app)
    assert kinds(case_id) == ["warning"] * len(TWO)
    assert {clock.due_at for clock in step_clocks(case_id)} == {midnight(12, 2)}


def test_pauses_overlap_and_the_last_one_to_end_lets_it_go_on(at, frozen_clock):
    """补正 from Monday 11-23 to Friday 11-27, 鉴定 from Wednesday 11-25 to Tuesday 12-01.

    Together 11-24 to 12-01 do not count, six working days: due on Monday 12-28 instead of Friday 12-18.
    """
    case_id = at("filed")
    assert desk.clock_of(case_id).due_at == midnight(12, 19)
    frozen_clock.move(days=3)
    pause(case_id, "补正")
    frozen_clock.move(days=2)
    pause(case_id, "鉴定")
    pause(case_id, "鉴定")
    frozen_clock.move(days=2)
    resume(case_id, "补正")
    clock = desk.clock_of(case_id)
    assert (clock.stands_still, clock.next_act_at) == (True, None)
    frozen_clock.move(days=4)
    resume(case_id, "鉴定")
    clock = desk.clock_of(case_id)
    assert not clock.stands_still
    assert clock.due_at == midnight(12, 29)
    assert [(p.reason, p.paused_at.day, p.resumed_at.day) for p in clock.pauses] == [
        ("补正", 23, 27),
        ("鉴定", 25, 1),
    ]
    view = desk.page(case_id).clock
    assert view.text == "第 1 个工作日 / 共 20 个，已暂停 4 日（补正），已暂停 6 日（鉴定）"
    assert [(pause.days, pause.workdays) for pause in view.pauses] == [(4, 4), (6, 4)]


def test_what_a_flow_resumes_does_not_lift_a_hold(at, frozen_clock):
    case_id = at("filed")
    pause(case_id, "补正")
    pause(case_id, "暂停")
    frozen_clock.move(days=1)
    resume(case_id)
    assert [pause.reason for pause in desk.clock_of(case_id).open_pauses] == ["暂停"]
    resume(case_id, "暂停")
    assert not desk.clock_of(case_id).stands_still


def test_the_new_holder_of_a_step_is_told(at, app, frozen_clock):
    case_id = at("accepted", "station")
    with unit_of_work() as session:
        item = filings.open_item(session, desk.case_of(case_id), "opinion_police")
        deputy = filings.actor(session, "jiaotong")
        item.position_id, item.agency_id = deputy.position, deputy.agency_id
    frozen_clock.instant = WARNED
    desk.work(app)
    with read_only() as session:
        told = session.scalars(select(Notification).where(Notification.kind == "clock.warning"))
        assert {(row.person.username, row.work_item.element_id) for row in told} == {
            ("jiaotong", "opinion_police"),
            ("gonghui", "opinion_union"),
        }


def test_a_late_case_comes_on_the_leaders_list_until_it_is_done(at, app, frozen_clock):
    case_id = at("consulted")
    frozen_clock.instant = midnight(12, 19)
    desk.work(app)
    assert kinds(case_id)[-2:] == ["overdue", "escalated"]
    with read_only() as session:
        (row,) = escalated(session, filings.actor(session, "renshe-fj"), 1).rows
        assert (row.case_no, row.limit, row.clock.tone) == ("TZ-RD-2026-0001", "办理时限", "late")
        assert escalated(session, filings.actor(session, "songzhuang-ld"), 1).rows == []
    desk.withdraw(case_id, "majuqiao")
    with read_only() as session:
        assert escalated(session, filings.actor(session, "renshe-fj"), 1).rows == []


def late_answer(case_id, element_id, overdue):
    """Write another rule for late answers into an open step, as another pack would have it."""
    with unit_of_work() as session:
        item = filings.open_item(session, desk.case_of(case_id), element_id)
        item.properties = {**item.properties, "overdue": overdue}


def test_a_late_step_of_another_agency_comes_on_both_leaders_lists(at, app, frozen_clock):
    case_id = at("accepted", "station")
    for element_id in TWO:
        late_answer(case_id, element_id, "notify, escalate")
    frozen_clock.instant = OVER
    desk.work(app)
    assert desk.open_steps(case_id) == TWO, "reporting does not answer for anybody"
    with read_only() as session:
        rows = escalated(session, filings.actor(session, "renshe-fj"), 1).rows
        assert {row.who for row in rows} == {"市公安局通州分局 经办", "区总工会 经办"}
        own = escalated(session, filings.actor(session, "gongan"), 1).rows
        assert [row.who for row in own] == ["市公安局通州分局 经办"]


def test_a_late_step_takes_its_default_way(at, app, frozen_clock):
    case_id = at("accepted", "station")
    for element_id in TWO:
        late_answer(case_id, element_id, 'take:{"presumed": true}')
    frozen_clock.instant = OVER
    desk.work(app)
    assert desk.open_steps(case_id) == {"site_check"}
    assert len(desk.events(case_id, "work_item.defaulted")) == len(TWO)
    assert desk.events(case_id, "opinion.presumed") == []


def test_after_a_presumed_answer_nothing_more_is_done_about_it(at, app, frozen_clock):
    case_id = at("accepted", "station")
    for element_id in TWO:
        late_answer(case_id, element_id, "late_opinion, escalate")
    frozen_clock.instant = OVER
    desk.work(app)
    assert kinds(case_id) == ["warning", "due", "overdue"] * len(TWO)


def test_an_act_that_fails_stands_in_nobodys_way_and_is_tried_again(at, app, frozen_clock, monkeypatch):
    case_id = at("accepted", "station")
    frozen_clock.instant = OVER
    broken = {item.id for item in desk.items(case_id, "opinion_police")}
    answer = escalations._answer

    def failing(session, case, clock, item, act):
        if item is not None and item.id in broken:
            raise Locked("测试：外部系统没有应答。")
        answer(session, case, clock, item, act)

    monkeypatch.setattr(escalations, "_answer", failing)
    desk.work(app)
    assert desk.open_steps(case_id) == TWO, "they failed together, and each is tried by itself later"
    with read_only() as session:
        jobs = session.scalars(select(Job).where(Job.kind == timers.JOB)).all()
        assert len(jobs) == len(TWO)
        assert timers.due(session) == []
    frozen_clock.move(minutes=1)
    desk.work(app)
    assert desk.open_steps(case_id) == {"opinion_police"}
    broken.clear()
    frozen_clock.move(hours=1)
    desk.work(app)
    assert desk.open_steps(case_id) == {"site_check"}
    assert kinds(case_id).count("overdue") == len(TWO)


def test_a_step_that_opens_again_has_a_clock_that_acts_anew(at, app, frozen_clock):
    case_id = at("accepted", "station")
    frozen_clock.instant = WARNED
    desk.work(app)
    with unit_of_work() as session:
        case = session.get_one(desk.Case, case_id)
        old = filings.open_item(session, case, "opinion_police")
        copied = {
            name: getattr(old, name)
            for name in (
                "jurisdiction_id",
                "case_id",
                "element_id",
                "name",
                "form_key",
                "agency_id",
                "position_id",
            )
        }
        timers.clocks.stop_for_item(session, old, frozen_clock.instant)
        old.status = "returned"
        again = WorkItem(**copied, task_id="again", opened_at=frozen_clock.instant)
        session.add(again)
        session.flush()
        timers.clocks.start(session, case, name=again.name, limit="5 workday", work_item=again)
    frozen_clock.instant = midnight(11, 30)  # asked again on 11-25: the last day is Wednesday 12-02
    desk.work(app)
    warned = [event.work_item_id for event in desk.events(case_id, "clock.warning")]
    assert warned.count(again.id) == 1
    assert len(warned) == len(TWO) + 1
