"""People are told of what concerns them: in the page, by mail, and other systems by webhook."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import date

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from tests.factories import filings
from tests.integration.legal_time import office as legal_time
from tests.integration.recognition import desk
from tests.integration.recognition.outside import other_system, post_office
from webapp.config import SETTINGS
from webapp.core import clock
from webapp.core.clock import beijing_date
from webapp.core.errors import Invalid
from webapp.models.account import Person
from webapp.models.collaboration import Substitution
from webapp.models.job import Job
from webapp.models.notification import Notification, Webhook
from webapp.services import letters, notifications, webhooks
from webapp.uow import read_only, unit_of_work


@pytest.fixture
def settings(app):
    """Change the installation's settings for one test."""
    before = app.extensions[SETTINGS]

    def change(**values):
        app.extensions[SETTINGS] = before.model_copy(update=values)

    yield change
    app.extensions[SETTINGS] = before


def mail_to(settings, address):
    settings(smtp_url=SecretStr(address), mail_from="pingtai@example.gov.cn")


def told(username, kind=None):
    with read_only() as session:
        query = select(Notification).join(Person, Person.id == Notification.person_id)
        rows = session.scalars(query.where(Person.username == username).order_by(Notification.id))
        return [row for row in rows if kind in {None, row.kind}]


def wants(username, mail, kind="work_item.opened", email="jingban@example.gov.cn"):
    with unit_of_work() as session:
        who = filings.actor(session, username)
        notifications.choose(session, who, {kind: (True, mail)}, email)


def test_whoever_has_the_next_step_is_told_and_whoever_acted_is_not(app, at):
    case_id = at("filed")
    desk.work(app)
    (news,) = told("renshe", "work_item.opened")
    assert news.title == "新待办：受理审查"
    assert desk.case_of(case_id).no in news.text
    assert "马驹桥镇" in news.text
    assert [row.title for row in told("majuqiao", "work_item.opened")] == []


def test_nobody_is_told_twice_of_the_same(app, at):
    at("filed")
    desk.work(app)
    before = len(told("renshe"))
    desk.work(app)
    assert len(told("renshe")) == before


def test_what_was_rolled_back_is_told_to_nobody(app):
    with pytest.raises(Invalid), unit_of_work() as session:
        filings.started(session, "market")
        session.flush()
        raise Invalid("后面一步出错")
    desk.work(app)
    assert told("majuqiao") == []


def test_a_mail_is_sent_at_once_to_who_wants_it(app, at, settings):
    case_id = at("filed")
    wants("renshe", "now")
    with post_office() as (post, address):
        mail_to(settings, address)
        desk.work(app)
    (mail,) = [mail for mail in post.mails if mail["To"] == "jingban@example.gov.cn"]
    assert mail["Subject"] == "新待办：受理审查"
    assert f"/cases/{desk.case_of(case_id).no}/tasks/" in mail.get_content()
    (row,) = told("renshe", "work_item.opened")
    assert row.mail == "sent"


def test_a_server_that_refuses_is_tried_again_with_the_same_message_id(app, at, settings, frozen_clock):
    at("filed")
    wants("renshe", "now")
    with post_office(refuse=1) as (post, address):
        mail_to(settings, address)
        desk.work(app)
        assert post.mails == []
        frozen_clock.move(minutes=5)
        desk.work(app)
    assert len(post.mails) == 1
    assert str(told("renshe", "work_item.opened")[0].id) in post.mails[0]["Message-ID"]


def test_a_digest_comes_once_on_the_next_working_morning(app, at, settings, frozen_clock):
    at("filed")
    wants("renshe", "digest")
    with post_office() as (post, address):
        mail_to(settings, address)
        desk.work(app)  # Friday 10:00: the hour of today's digest is past for what comes now
        frozen_clock.move(days=1)
        desk.work(app)  # Saturday
        assert post.mails == []
        frozen_clock.move(days=2)
        desk.work(app)  # Monday 10:00
        desk.work(app)
    (mail,) = post.mails
    assert mail["Subject"].startswith("今日消息汇总")
    assert "受理审查" in mail.get_content()


def test_no_digest_comes_on_a_day_that_the_office_has_declared_free(app, at, settings, frozen_clock):
    at("filed")
    wants("renshe", "digest")
    calendar = legal_time.in_force()[1]
    monday = date(2026, 11, 23)
    legal_time.put_in_force(replace(calendar, holidays=calendar.holidays | {monday}))
    with post_office() as (post, address):
        mail_to(settings, address)
        frozen_clock.move(days=3)
        desk.work(app)
        assert post.mails == []
        frozen_clock.move(days=1)
        desk.work(app)
    assert len(post.mails) == 1


def test_addresses_lie_encrypted(app):
    wants("renshe", "now", email="zhang.san@example.gov.cn")
    with read_only() as session:
        raw = session.connection().exec_driver_sql("SELECT email FROM person WHERE email IS NOT NULL")
        assert b"zhang" not in bytes(raw.scalar_one())


@pytest.mark.parametrize("email", ["no-at", "a@b", "a b@example.com", "x@example.com\nBcc: y@example.com"])
def test_an_address_that_cannot_be_one_is_refused(app, email):
    with pytest.raises(Invalid) as refused:
        wants("renshe", "now", email=email)
    assert "email" in refused.value.errors


def hooked(url):
    """Register another system on this machine; return its secret."""
    with unit_of_work() as session:
        hook = webhooks.register(
            session,
            filings.actor(session, "admin"),
            name="演示对接系统",
            url=url,
            kinds=["work_item.opened"],
            hosts={"127.0.0.1"},
        )
        return hook.secret


def test_another_system_is_told_signed_and_without_personal_data(app, at, settings):
    case_id = at("filed")
    with other_system() as (calls, url):
        secret = hooked(url)
        settings(webhook_hosts="127.0.0.1")
        desk.work(app)
    assert calls
    headers, body = calls[-1]
    signed = headers["X-Linggong-Timestamp"].encode() + b"." + body
    expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["X-Linggong-Signature"] == f"sha256={expected}"
    content = json.loads(body)
    assert content["case"] == desk.case_of(case_id).no
    assert set(content) == {"id", "kind", "at", "case", "process", "step", "document", "url"}


def test_a_call_that_fails_stays_in_line(app, at, settings):
    at("filed")
    with other_system(status=503) as (calls, url):
        hooked(url)
        settings(webhook_hosts="127.0.0.1")
        desk.work(app)
    assert calls
    with read_only() as session:
        waiting = session.scalars(select(Job).where(Job.kind == webhooks.JOB)).all()
        assert waiting
        assert waiting[0].error == "WebhookError"
        assert session.scalars(select(Webhook)).one().last_status == "未送达：HTTP 503"


def test_a_host_that_is_no_longer_allowed_is_not_called(app, at, settings):
    at("filed")
    with other_system() as (calls, url):
        hooked(url)
        settings(webhook_hosts="other.example.gov.cn")
        desk.work(app)
    assert calls == []
    with read_only() as session:
        assert "不在允许推送的名单" in session.scalars(select(Webhook)).one().last_status


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/hook",
        "http://allowed.example.gov.cn/hook",
        "https://user:pw@allowed.example.gov.cn/",
        "file:///etc/passwd",
        "https://169.254.169.254/",
        "https://[abc",
        "https://allowed.example.gov.cn:abc/",
        "https://allowed.example.gov.cn:99999/",
    ],
)
def test_the_server_calls_nobody_that_the_installation_did_not_allow(app, url):
    with pytest.raises(Invalid) as refused, unit_of_work() as session:
        webhooks.register(
            session,
            filings.actor(session, "admin"),
            name="演示",
            url=url,
            kinds=["case.finished"],
            hosts={"allowed.example.gov.cn"},
        )
    assert "url" in refused.value.errors


def test_the_page_lists_what_one_was_told_and_marks_it_read(app, at, browse):
    at("filed")
    desk.work(app)
    browser = browse("renshe")
    page = browser.get("/notifications").text
    assert "新待办：受理审查" in page
    row = told("renshe", "work_item.opened")[0]
    answer = browser.post("/notifications/read", data={"notification": str(row.id)})
    assert answer.status_code == 302
    assert "/tasks/" in answer.location
    assert told("renshe", "work_item.opened")[0].read_at is not None


def test_nobody_marks_another_ones_notification(app, at, browse):
    at("filed")
    desk.work(app)
    row = told("renshe", "work_item.opened")[0]
    assert (
        browse("majuqiao").post("/notifications/read", data={"notification": str(row.id)}).status_code == 404
    )
    assert told("renshe", "work_item.opened")[0].read_at is None


def test_wishes_are_kept_and_a_wrong_address_keeps_what_was_typed(app, browse):
    browser = browse("renshe")
    wrong = browser.post(
        "/notifications/choices",
        data={"kind": ["work_item.opened"], "mail-work_item.opened": "now", "email": "wrong"},
    )
    assert wrong.status_code == 422
    assert 'value="wrong"' in wrong.text
    right = browser.post(
        "/notifications/choices",
        data={"kind": ["work_item.opened"], "mail-work_item.opened": "now", "email": "a@example.gov.cn"},
    )
    assert right.status_code == 302
    with read_only() as session:
        who = filings.actor(session, "renshe")
        assert session.get_one(Person, who.person).email == "a@example.gov.cn"


def test_nothing_to_say_is_no_letter(app, at):
    at("filed")
    desk.work(app)
    row = told("renshe", "work_item.opened")[0]
    with read_only() as session:
        assert letters.single(session, row.id, "https://example.gov.cn") is None


def test_whoever_stands_in_is_told_as_well(app, at):
    at("checked")
    assert told("renshe-kz") == []
    with unit_of_work() as session:
        chief, officer = (filings.actor(session, name).person for name in ("renshe-kz", "renshe"))
        today = beijing_date(clock.now())
        session.add(
            Substitution(
                jurisdiction_id=filings.agency(session, "hrss").jurisdiction_id,
                person_id=chief,
                substitute_id=officer,
                starts_on=today,
                ends_on=today,
                made_by_id=chief,
            )
        )
    desk.work(app)
    for name in ("renshe-kz", "renshe"):
        assert any("综合意见" in row.title for row in told(name)), name
    assert not any("综合意见" in row.title for row in told("renshe-fj"))
