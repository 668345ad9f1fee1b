"""工作日历: from the pack, changed by an administrator with a preview, followed by every running clock."""

from __future__ import annotations

import dataclasses
import io
from datetime import date

import pytest
from sqlalchemy import select

from tests.factories import filings
from tests.integration.legal_time import office
from tests.integration.legal_time.office import in_force, kinds, midnight, put_in_force, step_clocks
from tests.integration.recognition import desk
from webapp.core.calendar_text import YearDays
from webapp.core.errors import Invalid, Stale
from webapp.models.account import Jurisdiction
from webapp.models.calendar import CalendarVersion
from webapp.queries import calendar_page
from webapp.queries.settings import pack_in_force
from webapp.services import calendars
from webapp.uow import read_only, unit_of_work

WEDNESDAY = date(2026, 11, 25)
NATIONAL_DAY_2027 = "2027-10-01 至 2027-10-07 放假"


def jurisdiction(session):
    return session.scalars(select(Jurisdiction)).one()


def versions():
    with read_only() as session:
        return list(session.scalars(select(CalendarVersion).order_by(CalendarVersion.number)))


def without(day, calendar=None):
    """The calendar in force, with one more day off."""
    calendar = calendar or in_force()[1]
    return dataclasses.replace(calendar, holidays=calendar.holidays | {day})


def test_the_first_version_is_the_packs(app):
    (first,) = versions()
    assert (first.number, first.made_by_id) == (1, None)
    assert "国务院办公厅" in first.source
    assert "2026-10-01" in first.holidays
    assert "2026-10-10" in first.workdays


def adopt(changed):
    with unit_of_work() as session:
        here = jurisdiction(session)
        pack = dataclasses.replace(pack_in_force(session, here.id), calendar=changed)
        return calendars.adopt(session, here, pack)


def test_a_pack_that_changed_follows_by_itself_until_an_administrator_decides(app):
    assert adopt(in_force()[1]) is None, "the same again is nothing new"
    assert adopt(without(WEDNESDAY)).number == 2
    put_in_force(without(date(2026, 11, 26)))
    assert adopt(without(date(2026, 12, 1))) is None
    assert [row.number for row in versions()] == [1, 2, 3]


def test_what_the_pack_brings_after_that_is_offered(app, monkeypatch):
    with read_only() as session:
        here, pack = jurisdiction(session).id, pack_in_force(session, jurisdiction(session).id)
        assert calendar_page.offered(session, here) is None
    newer = dataclasses.replace(pack, calendar=without(date(2026, 12, 1)))
    put_in_force(without(WEDNESDAY))
    monkeypatch.setattr(calendar_page, "pack_in_force", lambda *_: newer)
    with read_only() as session:
        assert calendar_page.offered(session, here) == newer.calendar
    put_in_force(newer.calendar)
    with read_only() as session:
        assert calendar_page.offered(session, here) is None, "taken over, it is not offered again"


def test_the_preview_says_exactly_what_the_change_then_does(at, app):
    """With Wednesday 11-25 off, five days from 11-20 end on Monday 11-30, and twenty on Monday 12-21."""
    case_id = at("accepted", "station")
    changed = without(WEDNESDAY)
    with read_only() as session:
        told = calendars.moves(session, jurisdiction(session).id, changed)
    assert {(move.name, move.before, move.after) for move in told.shown} == {
        ("反馈意见", midnight(11, 28), midnight(12, 1)),
        ("办理时限", midnight(12, 19), midnight(12, 22)),
    }
    assert told.count == len(told.shown) == 3
    assert {move.agency for move in told.shown} == {"市公安局通州分局", "区总工会", ""}
    before = {clock.due_at for clock in step_clocks(case_id)}
    put_in_force(changed)
    assert {clock.due_at for clock in step_clocks(case_id)} == before, "it is done in the background"
    desk.work(app)
    assert {clock.due_at for clock in step_clocks(case_id)} == {midnight(12, 1)}
    assert desk.clock_of(case_id).due_at == midnight(12, 22)
    assert {clock.calendar_number for clock in step_clocks(case_id)} == {2}
    moved = desk.events(case_id, "clock.recomputed")
    assert [
        (event.data["before"], event.data["after"]) for event in moved if event.data["clock"] == "办理时限"
    ] == [("2026-12-18T16:00:00+00:00", "2026-12-21T16:00:00+00:00")]
    assert len(moved) == 3


def test_a_day_beyond_the_end_moves_nothing(at, app):
    case_id = at("accepted", "station")
    changed = without(date(2026, 12, 21))
    with read_only() as session:
        assert calendars.moves(session, jurisdiction(session).id, changed).count == 0
    put_in_force(changed)
    desk.work(app)
    assert desk.events(case_id, "clock.recomputed") == []
    assert {clock.calendar_number for clock in step_clocks(case_id)} == {2}


def test_recomputing_goes_on_after_a_crash_and_twice_is_once(at, app, monkeypatch):
    case_id = at("accepted", "station")
    monkeypatch.setattr(calendars, "BATCH", 1)
    put_in_force(without(WEDNESDAY))
    with pytest.raises(ZeroDivisionError), unit_of_work() as session:
        calendars.recompute_some(session, jurisdiction(session).id, limit=2)
        1 / 0  # noqa: B018 - the process dies before the commit
    assert desk.events(case_id, "clock.recomputed") == []
    with unit_of_work() as session:
        assert calendars.recompute_some(session, jurisdiction(session).id, limit=2) == 2
    desk.work(app)
    desk.work(app)
    assert len(desk.events(case_id, "clock.recomputed")) == 3
    with unit_of_work() as session:
        assert calendars.recompute_some(session, jurisdiction(session).id) == 0
        assert calendars.behind(session) == []


def test_a_clock_that_was_warned_is_not_warned_again_by_a_new_calendar(at, app, frozen_clock):
    case_id = at("accepted", "station")
    frozen_clock.instant = midnight(11, 25)
    desk.work(app)
    put_in_force(without(date(2026, 11, 26)))
    desk.work(app)
    assert {clock.due_at for clock in step_clocks(case_id)} == {midnight(12, 1)}
    frozen_clock.instant = midnight(11, 30)
    desk.work(app)
    assert kinds(case_id) == ["warning", "warning", "due", "due"]


def test_a_paused_clock_moves_with_the_calendar_and_stands_still(at, app):
    case_id = at("filed")
    office.pause(case_id, "公示")
    put_in_force(without(WEDNESDAY))
    desk.work(app)
    clock = desk.clock_of(case_id)
    assert (clock.due_at, clock.next_act_at, clock.stands_still) == (midnight(12, 22), None, True)


def test_two_administrators_do_not_overwrite_each_other(app):
    base, calendar = in_force()
    put_in_force(without(WEDNESDAY))
    with pytest.raises(Stale, match="第 2 版"), unit_of_work() as session:
        who = filings.actor(session, "admin")
        calendars.save(
            session, who, without(date(2026, 12, 1), calendar), base=base, source="测试：另一处改动"
        )


@pytest.mark.parametrize("source", ["", "  ", "改一下"])
def test_a_change_needs_its_reason(app, source):
    with pytest.raises(Invalid) as refused:
        put_in_force(without(WEDNESDAY), source)
    assert refused.value.field == "source"


def test_chosen_days_are_those_that_depart_from_the_week(app):
    """Friday 10-09 is chosen, Saturday 10-10 no longer; Saturday 10-03 stays named as a day off."""
    _, calendar = in_force()
    october = [date(2026, 10, day) for day in (1, 2, 5, 6, 7, 9)]
    days = calendar_page.chosen_days(calendar, 2026, october)
    assert {day for day in days.holidays if day.month == 10} == {
        *october,
        date(2026, 10, 3),
        date(2026, 10, 4),
    }
    assert days.workdays == frozenset()


def test_the_administrators_page_from_look_to_saved(at, app, browse):
    case_id = at("accepted", "station")
    admin = browse("admin")
    assert admin.get("/admin/calendar").headers["Location"] == "/admin/calendar/2026"
    year = admin.get("/admin/calendar/2026").text
    assert "2026 年" in year
    assert "已公布" in year
    assert "10月10日 星期六 调休上班" in year
    assert "尚未公布，暂按周末休息计算" in admin.get("/admin/calendar/2027").text
    chosen = [day.isoformat() for day in _departing(in_force()[1], 2026)]
    sent = {"how": "days", "day": [*chosen, "2026-11-25"]}
    preview = admin.post("/admin/calendar/2026/preview", data=sent).text
    assert "2026-11-25 星期三" in preview
    assert "2026年11月30日" in preview
    assert "3 个会变动" in preview
    assert len(versions()) == 1, "a preview changes nothing"
    text = preview.split('<textarea name="text" hidden>')[1].split("</textarea>")[0]
    form = {"how": "text", "text": text, "base": "1"}
    refused = admin.post("/admin/calendar/2026", data=form | {"source": ""})
    assert refused.status_code == 422
    assert "请写明依据的通知或修改理由" in refused.text
    saved = admin.post("/admin/calendar/2026", data=form | {"source": "测试：本区临时放假"})
    assert saved.status_code == 302
    desk.work(app)
    assert {clock.due_at for clock in step_clocks(case_id)} == {midnight(12, 1)}
    again = admin.post("/admin/calendar/2026", data=form | {"source": "测试：又一次"})
    assert again.status_code == 409
    assert "第 2 版" in again.text
    old = admin.get("/admin/calendar/2026?version=1").text
    assert "这是第 1 版" in old


def _departing(calendar, year):
    days = [day for day in calendar.holidays | calendar.workdays if day.year == year]
    return [day for day in days if calendar.is_workday(day) == (day.weekday() > 4)]


def test_a_year_comes_as_a_file_and_goes_as_one(app, browse):
    admin = browse("admin")
    exported = admin.get("/admin/calendar/2026/days.csv")
    assert exported.headers["Content-Disposition"] == "attachment; filename=calendar-2026.csv"
    assert exported.data.decode("utf-8-sig").splitlines()[:2] == ["日期,安排", "2026-01-01,放假"]
    assert admin.get("/admin/calendar/2026/days.json").json["workdays"][0] == "2026-01-04"
    file = (io.BytesIO("日期,安排\r\n2027-10-01,放假\r\n".encode("gb18030")), "2027.csv")
    preview = admin.post("/admin/calendar/2027/preview", data={"how": "file", "file": file})
    assert "2027-10-01 星期五" in preview.text
    wrong = admin.post(
        "/admin/calendar/2027/preview", data={"how": "file", "file": (io.BytesIO(b"1,2"), "x.csv")}
    )
    assert wrong.status_code == 422
    assert "第 1 行" in wrong.text


def test_what_was_typed_wrongly_stays_in_the_box(app, browse):
    answer = browse("admin").post(
        "/admin/calendar/2027/preview", data={"how": "text", "text": f"{NATIONAL_DAY_2027}\n10月40日放假"}
    )
    assert answer.status_code == 422
    assert "不存在的日期" in answer.text
    assert NATIONAL_DAY_2027 in answer.text


@pytest.mark.parametrize("username", ["majuqiao", "renshe", "renshe-fj"])
def test_only_the_administrator_may(app, browse, username):
    someone = browse(username)
    assert someone.get("/admin/calendar/2026").status_code == 403
    assert someone.post("/admin/calendar/2026", data={"how": "text", "text": ""}).status_code == 403


def test_a_year_that_is_replaced_leaves_the_others_alone(app):
    _, calendar = in_force()
    days = YearDays(frozenset({date(2027, 10, 1)}), frozenset())
    changed = calendar_page.with_year(calendar, 2027, days)
    assert changed.holidays == calendar.holidays | days.holidays
    assert changed.is_published(2027)
    assert changed.workdays == calendar.workdays
