"""名录信息变更: the good way, and every way in which it does not come to that (Policy: TZ-3.2)."""

from __future__ import annotations

import pytest

from tests.factories import filings
from tests.integration.recognition import desk as office
from tests.integration.register_change import desk
from webapp.core.errors import Forbidden, Invalid, Locked, Missing
from webapp.models.market import Operator
from webapp.uow import read_only, unit_of_work


def test_an_approved_change_is_in_the_directory_at_once_and_what_it_said_is_kept(at):
    no = desk.number(at("recognised"))
    before = desk.entry(no)
    case_id = desk.changed(no, desk.MOVED)
    after = desk.entry(no)
    assert (after.address, after.hours, after.phone) == (
        "北京市通州区马驹桥镇示范街2号（演示）",
        "每日5:00至21:00",
        "010-60500002",
    )
    assert (after.services, after.operator, after.area_m2) == (
        before.services,
        before.operator,
        before.area_m2,
    )
    kept = desk.changes(no)
    assert set(kept) == {"address", "opening_hours", "public_phone"}
    assert kept["opening_hours"] == (before.hours, "每日5:00至21:00")
    assert kept["address"][0]["text"] == before.address
    case = office.case_of(case_id)
    assert (case.status, case.outcome, case.outcome_label) == ("finished", "approved", "准予变更")
    assert case.market is not None
    assert case.market.status == "recognised"
    assert [paper.template_key for paper in office.documents(case_id)] == ["change_report", "change_notice"]
    assert [event.data["fields"] for event in office.events(case_id, "market.changed")] == [
        ["address", "opening_hours", "public_phone"]
    ]


def test_the_public_reads_what_changed_and_nothing_of_the_reason(at):
    no = desk.number(at("recognised"))
    before = desk.entry(no).hours
    desk.changed(no, desk.MOVED)
    told = {item.title: item.text for item in desk.entry(no).history}
    assert told["开放时间变更"] == f"由“{before}”变更为“每日5:00至21:00”"
    assert "认定并列入名录" in told
    assert not any("施工" in text for text in told.values())


def test_a_refused_change_leaves_the_directory_and_says_why(at):
    no = desk.number(at("recognised"))
    before = desk.entry(no)
    case_id = desk.start(no)
    desk.send(case_id, desk.MOVED)
    desk.check(case_id, "refuse")
    desk.decide(case_id, "refuse", "新址不能长期使用（演示）")
    assert desk.entry(no) == before
    assert desk.changes(no) == {}
    case = office.case_of(case_id)
    assert (case.outcome, case.outcome_label) == ("refused", "不予变更")
    assert case.market is not None
    assert case.market.status == "recognised"
    notice = office.documents(case_id)[-1]
    assert notice.template_key == "change_refusal"
    assert any("新址不能长期使用（演示）" in text for _, text in notice.outline)
    assert office.events(case_id, "market.refused") == []


def test_a_refusal_needs_its_reason(at):
    case_id = desk.start(desk.number(at("recognised")))
    desk.send(case_id, desk.MOVED)
    desk.check(case_id, "refuse")
    with pytest.raises(Invalid) as refused:
        desk.decide(case_id, "refuse")
    assert list(refused.value.errors) == ["comment"]


def test_a_correction_is_told_once_and_time_stands_still(at):
    case_id = desk.start(desk.number(at("recognised")))
    desk.send(case_id, desk.MOVED)
    desk.check(case_id, "correct")
    assert office.open_steps(case_id) == {"correction"}
    assert office.documents(case_id)[-1].template_key == "change_correction"
    assert office.clock_of(case_id).pauses[-1].resumed_at is None
    office.act(case_id, desk.CLERK, "correction", desk.MOVED, position="clerk", files=desk.EVIDENCE)
    assert office.clock_of(case_id).pauses[-1].resumed_at is not None
    with pytest.raises(Invalid) as refused:
        desk.check(case_id, "correct")
    assert "conclusion" in refused.value.errors


@pytest.mark.parametrize("step", ["change_review", "change_sign"])
def test_the_township_returns_its_own_draft(at, step):
    case_id = desk.start(desk.number(at("recognised")))
    desk.file(case_id, desk.MOVED)
    if step == "change_sign":
        office.act(case_id, desk.REVIEWER, "change_review", {"pass": True})
    who = desk.REVIEWER if step == "change_review" else desk.LEADER
    office.act(case_id, who, step, {"pass": False, "opinion": "请补充理由（演示）"})
    assert office.open_steps(case_id) == {"file"}
    assert office.documents(case_id) == []


def test_the_leader_returns_the_check_and_decides_later(at):
    no = desk.number(at("recognised"))
    case_id = desk.start(no)
    desk.send(case_id, desk.MOVED)
    desk.check(case_id)
    desk.decide(case_id, "return", "请核对新址（演示）")
    assert office.open_steps(case_id) == {"change_check"}
    desk.check(case_id)
    desk.decide(case_id)
    assert desk.entry(no).hours == "每日5:00至21:00"


def test_a_change_that_changes_nothing_is_not_approved(at):
    no = desk.number(at("recognised"))
    same = {
        "kind": "信息变更",
        "parts": ["开放时间"],
        "reason": "测试",
        "changed": {"hours": desk.entry(no).hours},
    }
    case_id = desk.start(no)
    desk.send(case_id, same)
    desk.check(case_id)
    with pytest.raises(Invalid, match="没有可以变更的项目"):
        desk.decide(case_id)
    assert office.open_steps(case_id) == {"change_decision"}


def test_closing_and_reopening_show_in_the_directory(at):
    no = desk.number(at("recognised"))
    desk.changed(no, desk.CLOSED)
    closed = desk.entry(no)
    assert closed.status_label == "暂停营业"
    assert closed.closing == "2026年11月20日至2026年12月20日"
    desk.changed(no, desk.REOPENED)
    opened = desk.entry(no)
    assert (opened.status_label, opened.closing) == ("已认定", "")
    assert [item.title for item in opened.history][:2] == ["恢复营业", "暂停营业"]


def test_a_market_that_is_open_cannot_be_reopened(at):
    case_id = desk.start(desk.number(at("recognised")))
    with pytest.raises(Invalid) as refused:
        desk.file(case_id, desk.REOPENED)
    assert "kind" in refused.value.errors


def test_another_operator_takes_over(at):
    no = desk.number(at("recognised"))
    before = desk.entry(no).operator
    desk.changed(no, desk.SAID["operator"])
    assert desk.entry(no).operator == "演示社会服务中心"
    was, now = desk.changes(no)["operator"]
    assert (was["name"], now["uscc"]) == (before, "52110112MJ0123456T")
    with read_only() as session:
        assert session.query(Operator).count() == 2


def test_a_withdrawn_change_leaves_the_market_as_it_was(at):
    no = desk.number(at("recognised"))
    before = desk.entry(no)
    case_id = desk.start(no)
    desk.send(case_id, desk.MOVED)
    office.withdraw(case_id, desk.CLERK)
    assert desk.entry(no) == before
    notice = office.documents(case_id)[-1]
    assert notice.template_key == "withdrawal_notice"
    assert any(office.case_of(case_id).title in text for _, text in notice.outline)


def test_a_market_must_be_chosen_and_be_ones_own(at):
    no = desk.number(at("recognised"))
    with pytest.raises(Invalid):
        desk.start(None)
    with pytest.raises(Missing):
        desk.start(no, "songzhuang")
    with pytest.raises(Missing):
        desk.start("TZ-SC-2026-999")


def test_only_those_whom_the_pack_names_may_start(at):
    no = desk.number(at("recognised"))
    with pytest.raises(Forbidden, match="街道乡镇的经办岗位"):
        desk.start(no, "renshe", None)


def test_one_change_of_a_market_at_a_time(at):
    no = desk.number(at("recognised"))
    first = desk.start(no)
    with pytest.raises(Locked):
        desk.start(no)
    office.withdraw(first, desk.CLERK)
    assert office.open_steps(desk.start(no)) == {"file"}


def test_a_market_that_is_not_recognised_cannot_be_chosen(at):
    at("drafted")
    with unit_of_work() as session:
        assert filings.actor(session, desk.CLERK, "clerk").may("case.start")
    with pytest.raises(Missing):
        desk.start("TZ-SC-2026-001")
