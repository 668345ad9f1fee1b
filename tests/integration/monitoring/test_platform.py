"""Platforms report posts, confirmations and settlements by API, month by month (Policy: TZ-2.3)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.factories.accounts import make_person
from tests.integration.api.office import Office, problem
from tests.integration.monitoring import desk
from tests.integration.recognition import desk as recognition
from webapp.models.account import Agency, Position
from webapp.queries.facts import scope_of
from webapp.uow import read_only, unit_of_work

FIGURES = {"posts": 320, "seekers": 280, "confirmed": 190, "settled": 188, "paid": "41360.5"}


@pytest.fixture
def no(at):
    """A listed market; somebody at each of two townships connects the platform of its operator."""
    number = desk.number(at("recognised"))
    with unit_of_work() as session:
        for key in ("majuqiao", "songzhuang"):
            query = session.query(Position).join(Agency)
            position = query.filter(Agency.key == key, Position.key == "platform").one()
            make_person(session, position, username=f"pingtai-{key}")
    return number


@pytest.fixture
def office(app, no):
    del no
    return Office(app)


def path(no, period="2026-10", kind="platform"):
    return f"/markets/{no}/records/{kind}/{period}"


def test_figures_of_a_month_are_kept_once_and_the_last_count(no, office, browse):
    told = office.post("pingtai-majuqiao", path(no), {"values": FIGURES})
    assert told == {"market": no, "kind": "platform", "period": "2026-10", "changed": True}
    again = office.post(
        "pingtai-majuqiao", path(no), {"values": FIGURES | {"posts": "320", "paid": "41360.50"}}
    )
    assert again["changed"] is False
    assert (
        office.post("pingtai-majuqiao", path(no), {"values": FIGURES | {"confirmed": 195}})["changed"] is True
    )
    first, last = desk.kept(no, "platform")
    assert (first.case_id, last.case_id) == (None, None)
    for page in (browse("majuqiao").get(f"/markets/{no}").text, browse("renshe").get(f"/markets/{no}").text):
        assert "线上平台报入" in page
        assert "岗位确认人次" in page
        assert "41,360.50 元" in page
        assert "<dd>195</dd>" in page
        assert "<dd>190</dd>" not in page
    assert "线上平台报入" not in browse().get(f"/directory/{no}").text


def test_what_was_reported_stands_beside_the_monthly_report_and_more_must_be_explained(no, office):
    office.post("pingtai-majuqiao", path(no), {"values": FIGURES | {"confirmed": 56}})
    case_id = desk.start("data_report", no)
    desk.act(case_id, desk.CLERK, "file", desk.report())  # 55 matched
    assert recognition.open_steps(case_id) == {"explain"}


def test_the_form_shows_what_the_platform_reported(no, office, browse):
    office.post("pingtai-majuqiao", path(no), {"values": FIGURES})
    case_id = desk.start("data_report", no)
    item = recognition.items(case_id, "file")[0]
    url = f"/cases/{recognition.case_of(case_id).no}/tasks/{item.id}"
    clerk = browse("majuqiao")
    label = "线上平台报入的本月数据（供比对）"
    assert label in clerk.post(url, data={"report_period": "2026-10", "revision": "0"}).text
    assert "41360.5" in clerk.post(url, data={"report_period": "2026-10", "revision": "0"}).text


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"paid": "12.345"}, "values.paid"),
        ({"posts": -1}, "values.posts"),
        ({"posts": "很多"}, "values.posts"),
        ({"names": 1}, "values.names"),
        ({"settled": ""}, "values.settled"),
    ],
)
def test_a_figure_that_cannot_be_kept_is_named(no, office, changes, place):
    answer = office.call("pingtai-majuqiao", "POST", path(no), json={"values": FIGURES | changes})
    assert answer.status_code == 422
    assert list(problem(answer)["errors"]) == [place]
    assert desk.kept(no, "platform") == []


def test_a_figure_that_is_missing_and_a_month_ahead_are_named_together(no, office):
    answer = office.call("pingtai-majuqiao", "POST", path(no, "2026-12"), json={"values": {"posts": 1}})
    wrong = {"period", *(f"values.{key}" for key in FIGURES if key != "posts")}
    assert set(problem(answer)["errors"]) == wrong


def test_only_its_own_townships_market_and_only_what_platforms_report(no, office):
    given = {"values": FIGURES}
    assert office.call("pingtai-songzhuang", "POST", path(no), json=given).status_code == 404
    assert office.call("pingtai-majuqiao", "POST", path("TZ-SC-2026-999"), json=given).status_code == 404
    for kind in ("assessment", "nothing"):
        assert office.call("pingtai-majuqiao", "POST", path(no, kind=kind), json=given).status_code == 404
    for who, status in (("majuqiao", 403), ("renshe", 403), (None, 401)):
        person = ("majuqiao", "clerk") if who == "majuqiao" else who
        assert office.call(person, "POST", path(no), json=given).status_code == status
    assert office.call("pingtai-majuqiao", "GET", "/cases").status_code == 403


def test_amounts_are_exact(no, office):
    office.post("pingtai-majuqiao", path(no), {"values": FIGURES | {"paid": "0.10"}})
    case_id = desk.start("data_report", no)
    with read_only() as session:
        scope = scope_of(session, session.get_one(recognition.Case, case_id))
    (row,) = [row for row in scope["market"]["records"] if row["kind"] == "platform"]
    assert row["values"]["paid"] == Decimal("0.1")
