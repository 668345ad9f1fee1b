"""主动退出: the township asks, settles first, and the directory shows it at once (Policy: TZ-3.4)."""

from __future__ import annotations

import pytest

from tests import stories
from tests.integration.exit import desk
from tests.integration.recognition import desk as office
from webapp.core.errors import Forbidden, Invalid, Locked, Missing

TOWN = "majuqiao"


def applied(case_id):
    """Let the township apply and its leader sign."""
    desk.act(case_id, TOWN, "apply", stories.said("leaving")["application"], position="clerk")
    desk.act(case_id, "majuqiao-ld", "sign_leaving", desk.SIGNED)


def checked(case_id, conclusion="submit"):
    office.act(case_id, "renshe", "check_leaving", {"conclusion": conclusion, "opinion": "核查意见（演示）"})


def decide(case_id, decision="approve", comment=""):
    values = {"decision": decision, "comment": comment, "secrecy": "不涉密"}
    if decision == "return":
        del values["secrecy"]
    office.act(case_id, "renshe-fj", "decide_leaving", values)


@pytest.fixture
def case_id(at):
    return desk.start("leaving", desk.number(at("recognised")), TOWN)


def test_a_market_leaves_of_its_own_will(case_id):
    applied(case_id)
    checked(case_id)
    decide(case_id)
    market, case = office.market_of(case_id), office.case_of(case_id)
    assert (market.status, market.left_way, str(market.left_on)) == ("left", "主动退出", "2026-11-20")
    assert (case.outcome, case.outcome_label) == ("approved", "准予主动退出")
    assert desk.records(case_id) == [("exit", {"result": "主动退出", "case_no": case.no})]
    assert [row.title for row in office.documents(case_id)] == [
        f"关于{market.name}退出名录的函",
        f"关于{market.name}退出名录的复函",
    ]
    assert office.open_steps(case_id) == set()


def test_a_refusal_says_why_and_leaves_the_market(case_id):
    applied(case_id)
    checked(case_id)
    with pytest.raises(Invalid) as refused:
        decide(case_id, "refuse")
    assert list(refused.value.errors) == ["comment"]
    decide(case_id, "refuse", "零工人员没有安排（演示）")
    assert office.market_of(case_id).status == "recognised"
    assert "零工人员没有安排（演示）" in desk.printed(case_id, "letter")
    assert office.case_of(case_id).outcome_label == "不予退出"


def test_what_is_missing_goes_back_to_the_township(case_id):
    applied(case_id)
    checked(case_id, "back")
    assert office.open_steps(case_id) == {"apply"}
    applied(case_id)
    checked(case_id)
    decide(case_id, "return", "请再核对资金（演示）")
    assert office.open_steps(case_id) == {"check_leaving"}


LEAVING, EXIT = ("leaving", TOWN, "主动退出"), ("exit", "renshe", "责令退出")


@pytest.mark.parametrize(("first", "then"), [(LEAVING, EXIT), (EXIT, LEAVING)])
def test_a_market_does_not_leave_in_two_ways_at_once(at, browse, first, then):
    (key, starter, title), (second, other, wanted) = first, then
    no = desk.number(at("recognised"))
    running = office.case_of(desk.start(key, no, starter)).no
    with pytest.raises(Locked) as refused:
        desk.start(second, no, other)
    assert refused.value.message.endswith(f"的“{title}”（{running}）正在办理，办结后才能发起“{wanted}”。")
    page = browse(other).post(f"/cases/{second}/start", data={"market": no}, follow_redirects=True)
    assert running in page.text


def test_only_the_markets_own_township_asks(at):
    no = desk.number(at("recognised"))
    with pytest.raises(Missing):
        desk.start("leaving", no, "songzhuang")
    with pytest.raises(Forbidden):
        desk.start("leaving", no, "renshe")
