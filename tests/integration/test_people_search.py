"""Finding people: by what the page shows of them, or by a telephone number that nobody else's is opened for."""

from __future__ import annotations

import pytest
from lxml import html

from tests.factories.accounts import make_agency, make_jurisdiction, make_person, make_position
from webapp.core.crypto import key_ring
from webapp.models.account import Person
from webapp.uow import read_only


@pytest.fixture
def inside(client, session):
    here = make_jurisdiction(session, "here")
    agency = make_agency(session, here)
    make_person(
        session, make_position(session, agency, key="admin", rights=("person.manage",)), username="guanli"
    )
    make_person(session, make_position(session, agency), username="wangwu")
    session.commit()
    client.sign_in("guanli")
    return client


def shown(page):
    return [row.text for row in html.fromstring(page).xpath('//tbody//span[@class="row-sub"]')]


def test_a_telephone_number_is_entered_kept_sealed_and_found(inside):
    position = html.fromstring(inside.get("/admin/people").text).xpath(
        '//select[@id="position"]/option/@value'
    )[1]
    new = {"name": "测试新人", "username": "xinren", "phone": "138 0013 8000", "position": position}
    assert inside.post("/admin/people", data=new).status_code == 201
    page = inside.post("/admin/people/find", data={"q": " １３８00138000 "}).text
    assert shown(page) == ["xinren · 138****8000"]
    assert "13800138000" not in page.replace("１３８00138000", "")
    assert shown(inside.post("/admin/people/find", data={"q": "1380013800"}).text) == []
    with read_only() as session:
        raw = (
            session.connection()
            .exec_driver_sql("SELECT phone FROM person WHERE username = 'xinren'")
            .scalar()
        )
    assert key_ring().open(bytes(raw), "person.phone") == b"13800138000"


def test_what_is_no_number_is_told_and_nobody_is_added(inside):
    position = html.fromstring(inside.get("/admin/people").text).xpath(
        '//select[@id="position"]/option/@value'
    )[1]
    new = {"name": "测试新人", "username": "xinren", "phone": "1380013800", "position": position}
    answer = inside.post("/admin/people", data=new)
    assert answer.status_code == 422
    assert "电话号码不对" in answer.text
    typed = html.fromstring(answer.text).xpath('//form[.//input[@id="username"]]')[0].form_values()
    assert {name: value for name, value in typed if name in new} == new
    with read_only() as session:
        assert session.query(Person).filter_by(username="xinren").count() == 0


@pytest.mark.parametrize(
    ("q", "wanted"), [("", ["guanli", "wangwu"]), ("WANG", ["wangwu"]), ("没有这个人", [])]
)
def test_people_are_found_by_what_the_page_shows(inside, q, wanted):
    page = inside.post("/admin/people/find", data={"q": q}).text
    assert shown(page) == wanted
    options = html.fromstring(page).xpath('//select[@id="assign-person"]/option[@value!=""]')
    assert len(options) == 2, "everybody can be appointed, whoever is looked for"
