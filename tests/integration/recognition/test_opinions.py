"""联审: who is asked, what the matrix says of each, and what happens when one is late."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.factories import filings
from tests.integration.recognition import desk
from webapp.core.clock import beijing_date
from webapp.core.errors import Stale
from webapp.services import timers
from webapp.uow import read_only, unit_of_work

ASKED = {
    "market": {"市公安局通州分局", "区交通支队", "区财政局", "区总工会", "区委网信办"},
    "station": {"市公安局通州分局", "区总工会"},
}
ALL_FIVE = {"opinion_police", "opinion_traffic", "opinion_finance", "opinion_union", "opinion_cac"}
DUE = datetime(2026, 11, 27, 16, tzinfo=UTC)
"""Asked on Friday 11-20; five working days, 11-23 to 11-27, end on Friday at 24:00 in Beijing."""


def answer(case_id, element_id, **changes):
    values = filings.content("market")[element_id] | changes
    return desk.act(case_id, filings.BODIES[element_id], element_id, values)


def matrix(case_id):
    return {row.agency: row for row in desk.page(case_id).matrix.rows}


def due_instants(case_id):
    with read_only() as session:
        clocks = session.query(desk.Clock).filter(
            desk.Clock.case_id == case_id, desk.Clock.name == "反馈意见"
        )
        return {clock.due_at for clock in clocks}


def replies(case_id):
    return [paper.number for paper in desk.documents(case_id) if paper.template_key == "opinion_reply"]


@pytest.mark.parametrize("kind", ["market", "station"])
def test_the_bodies_whose_duties_are_concerned_are_asked_at_once(at, kind):
    case_id = at("accepted", kind)
    rows = matrix(case_id)
    assert set(rows) == ASKED[kind]
    request = next(paper for paper in desk.documents(case_id) if paper.template_key == "opinion_request")
    assert len(request.recipients) == len(ASKED[kind])
    for row in rows.values():
        assert row.since == datetime(2026, 11, 20, 2, tzinfo=UTC)
        assert beijing_date(row.due) == date(2026, 11, 27)
        assert (row.conclusion, row.waiting_days, row.at) == ("待回复", 0, None)
        assert row.late_rule == "逾期视为无意见"
        assert [basis.is_default for basis in row.basis] == [True], (
            "asking is our own practice, and said to be"
        )


def test_the_matrix_counts_working_days_and_shows_what_each_said(at, frozen_clock):
    case_id = at("accepted")
    frozen_clock.move(days=4)
    answer(case_id, "opinion_traffic")
    frozen_clock.move(days=1)
    rows = matrix(case_id)
    traffic, police = rows["区交通支队"], rows["市公安局通州分局"]
    assert (traffic.conclusion, traffic.tone, traffic.waiting_days) == ("有条件同意", "warn", 2)
    assert "开业前完成出入口标志标线和护栏设置" in traffic.opinion
    assert traffic.by == "演示韩冰"
    assert traffic.at == datetime(2026, 11, 24, 2, tzinfo=UTC)
    assert (police.conclusion, police.waiting_days, police.clock_label) == ("待回复", 3, "剩 2 个工作日")
    view = desk.page(case_id).matrix
    assert (view.answered, view.total) == (1, 5)
    assert replies(case_id) == ["通交支函〔2026〕1号"]


def test_the_site_is_checked_only_when_everyone_has_answered(at):
    case_id = at("accepted")
    for element_id in sorted(ALL_FIVE)[:-1]:
        answer(case_id, element_id)
        assert "site_check" not in desk.open_steps(case_id)
    answer(case_id, max(ALL_FIVE))
    assert desk.open_steps(case_id) == {"site_check"}


def test_a_refusing_opinion_does_not_stop_the_case_and_needs_its_reason(at):
    case_id = at("accepted")
    with pytest.raises(desk.Invalid) as refused:
        answer(case_id, "opinion_police", conclusion="不同意", reason="")
    assert "reason" in refused.value.errors
    answer(case_id, "opinion_police", conclusion="不同意", reason="周边治安压力较大")
    row = matrix(case_id)["市公安局通州分局"]
    assert (row.conclusion, row.tone) == ("不同意", "bad")
    assert desk.open_steps(case_id) == ALL_FIVE - {"opinion_police"}


def test_whoever_is_late_is_presumed_to_have_no_opinion(at, app, frozen_clock):
    case_id = at("accepted")
    answer(case_id, "opinion_police")
    frozen_clock.instant = DUE
    desk.work(app)
    assert desk.open_steps(case_id) == {"site_check"}
    rows = matrix(case_id)
    assert rows["市公安局通州分局"].conclusion == "同意"
    for agency in ASKED["market"] - {"市公安局通州分局"}:
        assert (rows[agency].conclusion, rows[agency].by) == ("逾期视为无意见", "系统")
    assert replies(case_id) == ["通公函〔2026〕1号"], "nobody's reply is written for them"
    assert {item.status for item in desk.items(case_id) if item.element_id in ALL_FIVE} == {
        "done",
        "presumed",
    }
    assert desk.submission(case_id, "opinion_cac").person_id is None
    assert desk.submission(case_id, "opinion_cac").data["conclusion"] == "无意见"


def test_nobody_is_late_before_the_last_day_is_over(at, app, frozen_clock):
    case_id = at("accepted")
    frozen_clock.instant = DUE
    frozen_clock.move(seconds=-1)
    desk.work(app)
    assert desk.open_steps(case_id) == ALL_FIVE
    assert {row.clock_label for row in matrix(case_id).values()} == {"今日到期"}


def test_a_late_answer_is_presumed_once_however_often_it_is_looked_for(at, app, frozen_clock):
    case_id = at("accepted", "station")
    frozen_clock.instant = DUE
    with read_only() as session:
        assert timers.due(session) == [case_id]
    for _ in range(3):
        with unit_of_work() as session:
            timers.handle(session, case_id)
    desk.work(app)
    assert len(desk.events(case_id, "opinion.presumed")) == 2
    assert len(desk.events(case_id, "clock.overdue")) == 2
    assert len(desk.items(case_id, "site_check")) == 1
    for happened in desk.events(case_id, "opinion.presumed"):
        assert (happened.actor_person_id, happened.position_title) == (None, "系统")


def test_an_answer_after_the_presumption_is_told_what_happened(at, app, frozen_clock):
    case_id = at("accepted")
    (item,) = desk.items(case_id, "opinion_police")
    frozen_clock.instant = DUE
    desk.work(app)
    with pytest.raises(Stale, match="已逾期，系统于11月28日 00:00按设置办结"), unit_of_work() as session:
        desk.work_items.complete(
            session,
            filings.actor(session, "gongan"),
            item.id,
            revision=item.revision,
            values=filings.content("market")["opinion_police"],
        )


def test_by_setting_a_late_answer_is_waited_for(at, app, frozen_clock):
    case_id = at("accepted", "station")
    desk.choose(late_opinion="wait")
    frozen_clock.instant = DUE
    frozen_clock.move(days=4)
    for _ in range(3):
        desk.work(app)
    assert desk.open_steps(case_id) == {"opinion_police", "opinion_union"}
    rows = matrix(case_id)
    for row in rows.values():
        assert (row.tone, row.clock_label, row.late_rule) == ("late", "已超期 3 个工作日", "逾期继续等待")
    assert len(desk.events(case_id, "clock.overdue")) == 2, "once for each, not once for each look"
    assert desk.events(case_id, "opinion.presumed") == []
    desk.act(case_id, "gongan", "opinion_police", filings.content("station")["opinion_police"])
    assert replies(case_id) == ["通公函〔2026〕1号"]


def test_the_office_sets_the_days(app):
    desk.choose(opinion_days=3)
    with unit_of_work() as session:
        case_id = filings.accepted(session, "station").id
    assert due_instants(case_id) == {datetime(2026, 11, 25, 16, tzinfo=UTC)}


def test_days_off_and_working_weekends_are_counted_as_published(app, frozen_clock):
    """2026-09-18 is a Friday: Sunday 09-20 is worked, 09-25 to 09-27 are off: 20, 21, 22, 23, 24 are five days."""
    frozen_clock.instant = datetime(2026, 9, 18, 2, tzinfo=UTC)
    with unit_of_work() as session:
        case_id = filings.accepted(session, "station").id
    assert due_instants(case_id) == {datetime(2026, 9, 24, 16, tzinfo=UTC)}


def test_a_case_that_takes_too_long_is_marked_and_goes_on(at, app, frozen_clock):
    case_id = at("consulted")
    frozen_clock.instant = datetime(2026, 12, 18, 16, tzinfo=UTC)
    desk.work(app)
    (late,) = desk.events(case_id, "clock.overdue")
    assert late.data == {"clock": "办理时限"}
    assert desk.open_steps(case_id) == {"site_check"}
    frozen_clock.move(days=3)
    clock = desk.page(case_id).clock
    assert (clock.tone, clock.label) == ("late", "已超期 2 个工作日"), "on Tuesday 12-22"
