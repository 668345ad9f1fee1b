"""What every request goes through: guard, form tokens, headers, errors in plain words."""

from __future__ import annotations

import re
from io import BytesIO

import pytest

from tests.factories.accounts import make_agency, make_jurisdiction, make_person, make_position
from webapp.core import clock
from webapp.models.account import Person
from webapp.services import jobs
from webapp.uow import unit_of_work

pytestmark = pytest.mark.usefixtures("frozen_clock")

ALL_RIGHTS = ("task.act", "case.read", "token.manage")


@pytest.fixture
def person(session):
    agency = make_agency(session, make_jurisdiction(session))
    first = make_position(session, agency, rights=ALL_RIGHTS)
    second = make_position(session, agency, key="reviewer", title="审核", rights=())
    made = make_person(session, first, second, username="wangwu")
    session.commit()
    return made


@pytest.fixture
def inside(client, person):
    client.sign_in("wangwu")
    return client


def cookie(answer, name):
    (found,) = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith(name + "=")]
    return found


def test_without_signing_in_one_is_sent_to_the_sign_in_page_and_back(client, person):
    answer = client.get("/me?tab=2")
    assert answer.status_code == 302
    assert answer.location == "/sign-in?next=/me?tab%3D2"
    answer = client.post(
        answer.location, data={"username": "wangwu", "password": "Ceshi-2026-x", "next": "/me?tab=2"}
    )
    assert answer.location == "/me?tab=2"
    assert client.get("/me").status_code == 200


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nX: y", ""],
)
def test_nobody_is_sent_to_another_site(client, person, target):
    answer = client.post("/sign-in", data={"username": "wangwu", "password": "Ceshi-2026-x", "next": target})
    assert answer.location == "/"


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client, person):
    line = cookie(client.sign_in("wangwu"), "linggong")
    assert "HttpOnly" in line
    assert "SameSite=Lax" in line
    assert "Path=/" in line
    assert "Expires" not in line, "it ends with the browser"


def test_a_copied_cookie_is_worthless_after_signing_out(inside, new_client):
    token = inside.get_cookie("linggong").value
    thief = new_client()
    thief.set_cookie("linggong", token)
    assert thief.get("/me").status_code == 200
    inside.post("/sign-out")
    assert thief.get("/me").status_code == 302


def test_signing_in_changes_cookie_and_form_token(client, person):
    client.get("/sign-in")
    before = client.form_token()
    client.set_cookie("linggong", "planted")
    client.sign_in("wangwu")
    assert client.get_cookie("linggong").value != "planted"
    refused = client.post("/sign-out", headers={"X-CSRFToken": before}, with_form_token=False)
    assert refused.status_code == 400


def test_an_expired_session_says_so_and_keeps_the_way_back(inside, frozen_clock):
    frozen_clock.move(minutes=31)
    answer = inside.get("/me")
    assert answer.location == "/sign-in?next=/me"
    page = inside.get(answer.location).text
    assert "登录已过期，请重新登录。" in page
    assert "为草稿" not in page, "nothing was filled in"
    assert 'value="/me"' in page


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(inside, frozen_clock):
    frozen_clock.move(minutes=31)
    answer = inside.post("/me/tokens", headers={"Referer": "http://localhost/me"})
    assert answer.location == "/sign-in?next=/me"
    answer = inside.post("/me/tokens", headers={"Referer": "https://evil.example/me"})
    assert answer.location == "/sign-in?next=/"


def test_an_unknown_cookie_is_no_session_that_ended(client, person):
    client.set_cookie("linggong", "never heard of")
    assert "登录已过期，请重新登录" not in client.get(client.get("/me").location).text


def test_a_body_is_not_read_before_it_is_known_who_sends_it(client, inside, app, monkeypatch):
    monkeypatch.setattr("flask.Request._load_form_data", lambda _: pytest.fail("the body was read"))
    stranger = app.test_client()
    answer = stranger.post("/attachments", data={"file": (BytesIO(b"x" * 1000), "a.pdf")})
    assert answer.status_code == 302


def test_characters_that_no_database_keeps_are_refused_everywhere(inside):
    for answer in (
        inside.get("/me?tab=%00"),
        inside.post("/me/tokens", data={"name": "a\0b", "days": "30"}),
        inside.post("/me/tokens", data={"na\0me": "x"}),
        inside.post("/sign-in", data={"username": "wang\0wu", "password": "x"}),
    ):
        assert answer.status_code == 400


def test_a_script_is_told_in_its_own_way(client, person):
    answer = client.get("/me", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/me"
    assert answer.json["error"]["code"] == "signed_out"


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/position", "/me/tokens", "/me/password"])
def test_no_form_works_without_its_token(inside, path):
    answer = inside.post(path, with_form_token=False)
    assert answer.status_code == 400
    assert "请返回上一页刷新后再提交" in answer.text


def test_a_form_token_of_another_browser_is_refused(inside, new_client):
    stranger = new_client()
    stranger.get("/sign-in")
    with stranger.session_transaction() as kept:
        kept["csrf_token"] = "f" * 40
    answer = inside.post("/sign-out", headers={"X-CSRFToken": stranger.form_token()}, with_form_token=False)
    assert answer.status_code == 400


def test_a_missing_right_is_refused_in_words(inside, person):
    second = re.findall(r'name="position" value="([0-9a-f-]{36})"', inside.get("/me").text)[1]
    assert inside.post("/position", data={"position": second}).status_code == 302
    answer = inside.post("/me/tokens", data={"name": "x", "days": "30"})
    assert answer.status_code == 403
    assert "没有这项权限" in answer.text


def test_an_endpoint_without_a_mark_answers_nobody(app, inside, monkeypatch):
    monkeypatch.delattr(app.view_functions["auth.profile"], "required_rights")
    assert inside.get("/me").status_code == 500


def test_every_page_carries_the_protecting_headers(client):
    headers = client.get("/sign-in").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    nonces = {
        re.search(r"nonce-([\w-]+)", client.get("/sign-in").headers["Content-Security-Policy"])[1]
        for _ in "12"
    }
    assert len(nonces) == 2


def test_unknown_addresses_get_a_page_and_scripts_get_json(client):
    answer = client.get("/no-such-page")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "404" in answer.text
    answer = client.get("/no-such-page", headers={"Accept": "application/json"})
    assert answer.json["error"]["message"].startswith("页面不存在")


def test_a_wrong_method_is_answered_with_what_is_allowed(client):
    answer = client.get("/position")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_wrong_password_shows_one_message_and_keeps_the_name(client, person):
    answer = client.sign_in("wangwu", "wrong")
    assert answer.status_code == 401
    assert "用户名或密码不正确。" in answer.text
    assert 'value="wangwu"' in answer.text
    assert "Set-Cookie" not in answer.headers or "linggong=" not in str(answer.headers)


def test_a_lock_is_a_429_with_the_time_to_wait(client, person):
    for _ in range(5):
        answer = client.sign_in("wangwu", "wrong")
    assert answer.status_code == 429
    assert "请 15 分钟后再试" in answer.text


def test_whoever_must_change_the_password_gets_nowhere_else(client, person):
    with unit_of_work() as session:
        session.get_one(Person, person.id).must_change_password = True
    client.sign_in("wangwu")
    assert client.get("/inbox").location == "/me/password"
    assert client.get("/me/password").status_code == 200
    changed = {"current": "Ceshi-2026-x", "new": "Xin-mima-2026", "again": "Xin-mima-2026"}
    assert client.post("/me/password", data=changed).location == "/me"
    assert client.get("/me").status_code == 200


def test_password_mistakes_stand_at_their_fields(inside):
    answer = inside.post("/me/password", data={"current": "x", "new": "Xin-mima-2026", "again": "other"})
    assert answer.status_code == 422
    assert "两次输入的新密码不一致" in answer.text
    answer = inside.post("/me/password", data={"current": "x", "new": "short", "again": "short"})
    assert "当前密码不正确" in answer.text


def test_ones_account_lists_sessions_and_ends_them(inside, new_client):
    other = new_client()
    other.sign_in("wangwu")
    page = inside.get("/me").text
    (session_id,) = re.findall(r'name="session" value="([^"]+)"', page)
    assert inside.post("/me/sessions/end", data={"session": session_id}).location == "/me"
    assert other.get("/me").status_code == 302
    assert inside.get("/me").status_code == 200


def test_a_token_is_shown_once_and_revoked(inside):
    page = inside.post("/me/tokens", data={"name": "对账程序", "days": "30"}).text
    text = re.search(r"lgt_[\w-]{43}", page)[0]
    page = inside.get("/me").text
    assert text not in page
    assert text[:10] in page
    (token_id,) = re.findall(r'name="token" value="([^"]+)"', page)
    inside.post("/me/tokens/revoke", data={"token": token_id})
    assert text[:10] not in inside.get("/me").text


def test_demo_accounts_are_not_offered_outside_a_demo(client, session):
    make_person(session, username="yanshi", is_demo=True)
    session.commit()
    assert "yanshi" not in client.get("/sign-in").text


def test_alive_and_ready(client):
    assert client.get("/healthz").json == {"status": "ok"}
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "no worker" in answer.json["problems"] or "migrations" in answer.json["problems"]


def test_two_who_do_the_same_at_once_get_a_409_not_a_fault(app, inside, monkeypatch):
    def same_again():
        with unit_of_work() as session:
            make_person(session, username="wangwu")

    same_again.required_rights = app.view_functions["auth.profile"].required_rights
    monkeypatch.setitem(app.view_functions, "auth.profile", same_again)
    answer = inside.get("/me")
    assert answer.status_code == 409
    assert "内容已被他人更新" in answer.text
    assert 'href="/me"' in answer.text


def test_a_fault_is_a_plain_page_that_tells_nothing(tmp_path, monkeypatch):
    """In service, unlike in tests, an unexpected error becomes a page."""
    monkeypatch.setattr("webapp.logs.configure", lambda **_: None)
    from tests.application import test_settings
    from webapp.app import create_app
    from webapp.extensions import db
    from webapp.views.security import public

    other = create_app(test_settings(tmp_path, "").model_copy(update={"env": "demo"}))
    try:
        other.view_functions["health.alive"] = public(lambda: 1 / 0)
        answer = other.test_client().get("/healthz")
        assert answer.status_code == 500
        assert "系统出现错误" in answer.text
        assert "为草稿" not in answer.text
        assert "ZeroDivisionError" not in answer.text
    finally:
        with other.app_context():
            db.engine.dispose()


@pytest.mark.parametrize("address", ["/v/guess", "/api/v1/verify/guess"])
def test_whoever_guesses_addresses_of_documents_keeps_nobody_from_writing(client, monkeypatch, address):
    for module in ("webapp.views.public", "webapp.api.public"):
        monkeypatch.setattr(f"{module}.unit_of_work", lambda: pytest.fail("it asked for the write lock"))
    assert client.get(address).status_code == 404


def test_production_with_demo_people_in_it_is_not_ready(app, client, session, monkeypatch):
    from webapp.config import SETTINGS

    make_person(session, username="yanshi", is_demo=True)
    jobs.beat(session, "test", started_at=clock.now(), jobs_done=0)
    session.commit()
    assert client.get("/readyz").json == {"status": "ok", "problems": []}
    production = app.extensions[SETTINGS].model_copy(update={"env": "production"})
    monkeypatch.setitem(app.extensions, SETTINGS, production)
    assert client.get("/readyz").json["problems"] == ["demo accounts"]
