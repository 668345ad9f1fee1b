"""What administrators see and do: whether history is whole, failed jobs, people, settings."""

from __future__ import annotations

import re
from contextvars import Context
from datetime import date

import pytest
from sqlalchemy import select, text

from tests.factories.accounts import (
    PASSWORD,
    appoint,
    make_agency,
    make_jurisdiction,
    make_person,
    make_position,
)
from webapp.core import clock
from webapp.core.errors import Forbidden, Invalid, Missing
from webapp.extensions import db
from webapp.models.account import Appointment
from webapp.models.event import ChainCheck, Event
from webapp.models.job import Job
from webapp.packs import SettingSpec
from webapp.queries.actors import Actor, actor_of
from webapp.queries.system_state import JOB_KINDS
from webapp.services import accounts, chain_checks, events, jobs, people, settings
from webapp.uow import read_only, unit_of_work
from webapp.worker import HANDLERS, make_worker

RIGHTS = ("person.manage", "audit.read", "job.manage")


@pytest.fixture
def office(session, frozen_clock):
    """An administrator and a clerk of one agency."""
    agency = make_agency(session, make_jurisdiction(session, "here"))
    clerk = make_position(session, agency)
    make_person(session, make_position(session, agency, key="admin", rights=RIGHTS), username="guanli")
    make_person(session, clerk, username="wangwu")
    session.commit()
    return agency


@pytest.fixture
def admin(office):
    with read_only() as session:
        return actor_of(session, held("guanli", session).id)


@pytest.fixture
def inside(client, office):
    client.sign_in("guanli")
    return client


def held(username, session):
    """The newest appointment of a person."""
    query = select(Appointment).join(Appointment.person).where(accounts.Person.username == username)
    return session.scalars(query.order_by(Appointment.id.desc()).limit(1)).one()


def person_id(username):
    with read_only() as session:
        return held(username, session).person_id


def recorded(kind):
    with read_only() as session:
        return [row.data for row in session.scalars(select(Event).where(Event.kind == kind))]


def forge_head():
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE chain_head SET seq = seq + 1"))


def test_history_that_nobody_verified_is_not_called_whole(inside):
    for address in ("/admin", "/admin/audit"):
        page = inside.get(address).text
        assert "尚未校验" in page
        assert "历史记录完整" not in page
        assert "校验通过" not in page


def test_the_pages_say_what_the_worker_found_and_walk_nothing_themselves(app, inside, monkeypatch):
    forge_head()
    make_worker(app).run_until_idle()
    monkeypatch.setattr(events, "walk", lambda *_: pytest.fail("a page walked the chain"))
    assert "链首记录的签章不符" in inside.get("/admin").text
    assert "校验未通过" in inside.get("/admin/audit").text


def test_the_worker_verifies_every_six_hours(app, office, inside, frozen_clock):
    worker = make_worker(app)
    assert worker.run_until_idle() == 2, "the walk, and history read for notices"
    assert worker.run_until_idle() == 0
    frozen_clock.move(hours=5, minutes=59)
    assert worker.run_until_idle() == 0
    frozen_clock.move(minutes=1)
    assert worker.run_until_idle() == 1
    with read_only() as session:
        check = session.get_one(ChainCheck, office.jurisdiction_id)
    assert (check.checked_at, check.up_to, check.breaks) == (clock.now(), 1, [])


def test_one_verifies_at_once_and_sees_up_to_where(inside):
    assert inside.post("/admin/audit/verify").location == "/admin"
    assert "第 1 至 1 条" in inside.get("/admin").text
    assert "校验通过" in inside.get("/admin/audit").text
    forge_head()
    inside.post("/admin/audit/verify")
    assert "校验未通过" in inside.get("/admin/audit").text


def test_an_older_walk_does_not_hide_a_newer_one(office, inside, frozen_clock):
    with read_only() as session:
        early = chain_checks.walk(session, office.jurisdiction_id)
    frozen_clock.move(minutes=1)
    forge_head()
    inside.post("/admin/audit/verify")
    with unit_of_work() as session:
        chain_checks.keep(session, early)
    assert "校验未通过" in inside.get("/admin/audit").text


def dead(jurisdiction_id, kind="document.seal", error="签名服务没有应答。", attempts=1):
    payload = {"document_id": "018f3a3e-0000-7000-8000-000000000000"}
    with unit_of_work() as session:
        job = jobs.enqueue(session, kind, payload, jurisdiction_id=jurisdiction_id, max_attempts=1)
        job.max_attempts = attempts
        jobs.fail(job, Invalid(error) if error else RuntimeError("x"))
        return job.id


def test_failed_jobs_are_this_jurisdictions_and_failed_for_good(office, inside, session):
    other = make_jurisdiction(session, "elsewhere")
    session.commit()
    dead(office.jurisdiction_id, error="本辖区的任务。")
    dead(office.jurisdiction_id, error="还在重试的任务。", attempts=2)
    dead(office.jurisdiction_id, error=None)
    dead(other.id, error="别处的任务。")
    page = inside.get("/admin").text
    assert "本辖区的任务。" in page
    assert "还在重试的任务。" not in page
    assert "别处的任务。" not in page
    assert "公文用印" in page
    assert "系统内部错误" in page
    for english in ("document.seal", "Invalid", "RuntimeError", "None"):
        assert english not in page


def test_every_kind_of_job_has_a_name_for_people():
    assert set(JOB_KINDS) == set(HANDLERS)


def test_a_failed_job_runs_again_on_record(office, inside):
    job = dead(office.jurisdiction_id)
    assert inside.post("/admin/jobs/retry", data={"job": str(job)}).location == "/admin"
    with read_only() as session:
        assert session.get_one(Job, job).state == "ready"
    assert recorded("job.retried") == [{"job": str(job), "kind": "document.seal"}]


def test_nobody_runs_jobs_of_another_jurisdiction_or_without_the_right(office, inside, session, new_client):
    other = make_jurisdiction(session, "elsewhere")
    reader = make_position(session, office, key="auditor", rights=("audit.read",))
    make_person(session, reader, username="shenji")
    session.commit()
    assert inside.post("/admin/jobs/retry", data={"job": str(dead(other.id))}).status_code == 404
    assert inside.post("/admin/jobs/retry", data={"job": str(dead(None))}).status_code == 404
    browser = new_client()
    browser.sign_in("shenji")
    job = dead(office.jurisdiction_id)
    assert "重新执行" not in browser.get("/admin").text
    assert browser.post("/admin/jobs/retry", data={"job": str(job)}).status_code == 403


def test_ending_an_appointment_ends_it_at_once(inside, new_client, admin, session, frozen_clock):
    """Also one that began today."""
    make_person(session, username="zhaoliu")
    person = session.scalars(select(accounts.Person).where(accounts.Person.username == "zhaoliu")).one()
    accounts.appoint(session, person, held("wangwu", session).position, starts_on=date(2026, 11, 20))
    session.commit()
    theirs = new_client()
    theirs.sign_in("zhaoliu")
    assert theirs.get("/inbox").status_code == 200
    with read_only() as reading:
        appointment = held("zhaoliu", reading)
    frozen_clock.move(minutes=1)
    assert inside.post("/admin/people/end", data={"holding": str(appointment.id)}).status_code == 302
    assert theirs.get("/inbox").status_code == 403
    with read_only() as reading:
        ended = held("zhaoliu", reading)
        assert not accounts.appointments_in_force(reading, person.id)
    assert (ended.ended_at, ended.ends_on) == (clock.now(), date(2026, 11, 20))
    assert ended.holds_on(date(2026, 11, 19)) is False
    theirs.sign_in("zhaoliu")
    assert theirs.get("/inbox").status_code == 403
    page = inside.get("/admin/people").text
    assert "2026-11-20 — 2026-11-20" in page


def test_an_appointment_ends_once(inside, admin, session):
    ran_out = appoint(
        session, make_person(session), held("wangwu", session).position, ends_on=date(2026, 11, 19)
    )
    session.commit()
    with read_only() as reading:
        appointment = held("wangwu", reading)
    for status in (302, 404):
        answer = inside.post("/admin/people/end", data={"holding": str(appointment.id)})
        assert answer.status_code == status
    assert inside.post("/admin/people/end", data={"holding": str(ran_out.id)}).status_code == 404
    assert len(recorded("position.ended")) == 1


def test_yesterday_an_ended_appointment_was_still_in_force(admin):
    with unit_of_work() as session:
        appointment = held("wangwu", session)
        accounts.dismiss(session, appointment)
    assert appointment.holds_on(date(2026, 11, 19))
    assert not appointment.holds_on(date(2026, 11, 20))


def test_a_password_is_reset_shown_once_and_must_be_changed(inside, new_client):
    theirs = new_client()
    theirs.sign_in("wangwu")
    page = inside.post("/admin/people/password", data={"person": str(person_id("wangwu"))}).text
    password = re.search(r'已重置密码，新密码为 <code class="mono">(.+?)</code>', page)[1]
    assert password not in inside.get("/admin/people").text
    assert theirs.get("/inbox").status_code == 302, "open sessions ended"
    assert theirs.sign_in("wangwu", PASSWORD).status_code == 401
    assert theirs.sign_in("wangwu", password).status_code == 302
    assert theirs.get("/inbox").location == "/me/password"
    assert recorded("password.reset") == [{"person": str(person_id("wangwu"))}]


def test_a_person_is_deactivated_and_comes_back(inside, new_client):
    theirs = new_client()
    theirs.sign_in("wangwu")
    whom = {"person": str(person_id("wangwu"))}
    assert inside.post("/admin/people/deactivate", data=whom).status_code == 302
    assert "已停用" in inside.get("/admin/people").text
    assert theirs.get("/inbox").status_code == 302
    assert theirs.sign_in("wangwu").status_code == 401
    assert inside.post("/admin/people/deactivate", data=whom).status_code == 404
    assert inside.post("/admin/people/reactivate", data=whom).status_code == 302
    assert inside.post("/admin/people/reactivate", data=whom).status_code == 404
    assert theirs.sign_in("wangwu").status_code == 302
    assert len(recorded("person.deactivated")) == len(recorded("person.reactivated")) == 1


@pytest.mark.parametrize("act", [people.reset_password, people.deactivate, people.reactivate])
def test_nobody_changes_their_own_account_or_one_of_elsewhere(admin, session, act):
    elsewhere = make_position(session, make_agency(session, make_jurisdiction(session, "elsewhere")))
    stranger = make_person(session, elsewhere)
    appoint(session, session.get_one(accounts.Person, person_id("wangwu")), elsewhere)
    session.commit()
    cases = [(admin.person_id, Forbidden), (stranger.id, Missing), (person_id("wangwu"), Forbidden)]
    for whom, refusal in cases:
        with pytest.raises(refusal), unit_of_work() as writing:
            act(writing, admin, person_id=whom)


@pytest.mark.parametrize("value", ["9" * 5000, "١٢", "0", "10001", "-1", "1.5", ""])
def test_a_number_of_a_setting_is_bounded(app, monkeypatch, value):
    spec = SettingSpec("days", "期限", 5, (), None)
    with pytest.raises(Invalid, match="1 到 10000"):
        settings._read(spec, value)


def test_a_number_of_a_setting_is_read(app):
    assert settings._read(SettingSpec("days", "期限", 5, (), None), " 10000 ") == 10_000


def test_a_text_of_a_setting_is_bounded(app):
    with pytest.raises(Invalid, match="最多 200 字"):
        settings._read(SettingSpec("title", "名称", "甲", (), None), "长" * 201)


def test_the_walk_sees_head_and_links_of_the_same_moment(app, office, monkeypatch):
    """What others append while it walks is no break."""
    system = Actor.system(office.jurisdiction_id)
    with unit_of_work() as session:
        for _ in range(3):
            events.record(session, "x.done", actor=system)
    with read_only() as session:
        plain, appended = events.digest, []

        def slowly(row):
            if not appended:
                appended.append(True)
                append_elsewhere(app, system)
            return plain(row)

        monkeypatch.setattr(events, "digest", slowly)
        assert events.walk(session, office.jurisdiction_id) == (3, [])
    with read_only() as session:
        assert events.walk(session, office.jurisdiction_id) == (4, [])


def append_elsewhere(app, system):
    def append():
        with app.app_context(), unit_of_work() as session:
            events.record(session, "y.done", actor=system)

    Context().run(append)
