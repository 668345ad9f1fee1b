"""What a refused form said stands on the page that refuses it, and nothing is promised that was not done."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from tests.factories import filings
from tests.integration.recognition import desk
from tests.integration.recognition.test_nothing_lost import page_fields
from webapp.models.work_item import Draft
from webapp.services import work_items
from webapp.uow import read_only

TYPED = {"decision": "accept", "note": "材料已当面核对，同意受理", "revision": "0"}


@pytest.fixture
def case_id(at):
    return at("filed")


@pytest.fixture
def address(case_id):
    (item,) = desk.items(case_id, "acceptance")
    return f"/cases/TZ-RD-2026-0001/tasks/{item.id}"


def drafts():
    with read_only() as session:
        return session.query(Draft).count()


def test_after_the_session_ended_the_text_is_shown_with_the_way_back(address, browse, frozen_clock):
    browser = browse("renshe")
    frozen_clock.move(minutes=31)
    before = drafts()
    answer = browser.post(address, data=TYPED, headers={"Referer": f"http://localhost{address}"})
    assert answer.status_code == 401
    assert "登录已过期" in answer.text
    assert TYPED["note"] in answer.text
    assert f'href="/sign-in?next={address}"' in answer.text
    assert "为草稿" not in answer.text
    assert drafts() == before


def test_somebody_who_never_signed_in_gets_nothing_echoed(address, browse):
    browser = browse()
    browser.set_cookie("linggong", "planted")
    answer = browser.post(address, data=TYPED)
    assert answer.status_code == 302
    assert TYPED["note"] not in answer.text


def test_a_form_without_its_token_shows_the_text(address, browse):
    answer = browse("renshe").post(address, data=TYPED, with_form_token=False)
    assert answer.status_code == 400
    assert TYPED["note"] in answer.text
    assert "没有生效" in answer.text
    assert "为草稿" not in answer.text


def test_passwords_are_never_echoed(browse):
    answer = browse("renshe").post(
        "/me/password", data={"current": "Mima-jiu-2026", "new": "x"}, with_form_token=False
    )
    assert answer.status_code == 400
    assert "Mima-jiu-2026" not in answer.text


def test_a_collision_keeps_the_text_in_the_form(case_id, address, browse, monkeypatch):
    def collide(*_, **__):
        raise IntegrityError("INSERT", {}, Exception("unique"))

    monkeypatch.setattr(work_items, "complete", collide)
    values = filings.content("market")["acceptance"] | {"note": TYPED["note"]}
    answer = browse("renshe").post(address, data=page_fields(case_id, "acceptance", values))
    assert answer.status_code == 409
    assert TYPED["note"] in answer.text
    assert "内容已被他人更新" in answer.text
    assert desk.open_steps(case_id) == {"acceptance"}
