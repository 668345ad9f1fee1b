"""责令退出: joint evaluation, defence, review, vote, decision, service, settling (Policy: TZ-3.4)."""

from __future__ import annotations

import pytest

from tests.integration.exit import desk, leaving
from tests.integration.recognition import desk as office
from tests.integration.register_change.desk import entry
from webapp.core.errors import Forbidden, Invalid, Missing
from webapp.models.case import Case
from webapp.queries.facts import scope_of
from webapp.uow import read_only


@pytest.fixture
def ordered(at, played):
    """An exit that a poor rectification opened, and the number of its market."""

    def play():
        no = desk.number(at("recognised"))
        return desk.failed(no), no

    return played("an exit is opened", play)


def test_a_defence_is_heard_and_the_operator_leaves_with_the_market(ordered):
    case_id, no = ordered
    operator = entry(no).operator
    with read_only() as session:
        scope = scope_of(session, session.get_one(Case, case_id))["case"]
    assert scope["origin"].startswith("TZ-ZG-2026-")
    assert len(scope["origin_facts"]["rectify_items"]["problems"]) == 5
    leaving.evaluated(case_id)
    notice = desk.printed(case_id, "exit_notice")
    assert operator in notice
    assert "5个工作日内以书面或者口头方式提出" in notice
    leaving.defend(case_id)
    desk.by_two(case_id, "hear_defence", leaving.reply())
    leaving.review(case_id)
    leaving.study(case_id)
    leaving.order(case_id)
    decision = desk.printed(case_id, "exit_decision")
    for told in (
        "第2条意见：其余事项均已完成（演示）。答复：不采纳，现场复查不符2（演示）。",
        f"本机关决定：责令{operator}自2026年12月1日起退出",
        "60日内向北京市通州区人民政府申请行政复议",
        "6个月内依法向北京市通州区人民法院提起行政诉讼",
    ):
        assert told in decision
    number = next(row.number for row in office.documents(case_id) if row.template_key == "exit_decision")
    receipt = desk.printed(case_id, "service_receipt")
    assert number in receipt
    assert "2026年11月20日10时30分" in receipt
    assert office.market_of(case_id).status == "recognised"
    leaving.settle(case_id)
    office.act(case_id, "renshe", "check_settlement", {"pass": True})
    case, market = office.case_of(case_id), office.market_of(case_id)
    assert (case.status, case.outcome, case.outcome_label) == ("finished", "approved", "责令退出，市场关闭")
    assert (market.status, market.left_way, str(market.left_on)) == ("left", "责令退出", "2026-11-20")
    assert desk.records(case_id)[-1] == (
        "exit",
        {"result": "责令运营机构退出，市场关闭", "case_no": case.no},
    )
    assert desk.templates(case_id) == [
        "exit_request",
        *["exit_opinion_reply"] * 3,
        *("exit_notice", "minutes", "exit_decision", "service_receipt", "letter"),
    ]
    assert office.open_steps(case_id) == set()
    assert [(item.title, item.text) for item in entry(no).history if item.title == "移出名录"] == [
        ("移出名录", "责令退出")
    ]


def test_the_vote_stands_in_the_minutes(ordered):
    case_id, _ = ordered
    leaving.evaluated(case_id)
    leaving.waive(case_id)
    assert office.open_steps(case_id) == {"review_law"}
    leaving.review(case_id)
    leaving.study(case_id, agree=3, against=2, members=7)
    minutes = desk.printed(case_id, "minutes")
    assert "应到7人，到会5人；赞成3票，反对2票，弃权0票，表决结果为责令退出" in minutes
    assert "演示1" in minutes


def test_another_operator_takes_over_and_the_market_stays(ordered):
    case_id, no = ordered
    leaving.evaluated(case_id)
    leaving.waive(case_id)
    leaving.review(case_id)
    leaving.study(case_id)
    leaving.order(case_id)
    leaving.settle(case_id, "another")
    office.act(case_id, "renshe", "check_settlement", {"pass": True})
    market = office.market_of(case_id)
    assert market.status == "recognised"
    assert entry(no).operator == "演示社会服务中心"
    assert office.case_of(case_id).outcome_label == "责令退出，由新的运营机构接续"
    assert office.open_steps(case_id) == set()


def test_an_evaluation_may_find_no_exit(ordered):
    case_id, _ = ordered
    leaving.state(case_id)
    leaving.judge_together(case_id)
    leaving.evaluate(case_id, "keep")
    case = office.case_of(case_id)
    assert (case.outcome, case.outcome_label) == ("refused", "不予责令退出")
    assert office.market_of(case_id).status == "recognised"
    assert "不予责令退出" in desk.printed(case_id, "letter")
    assert office.open_steps(case_id) == set()


def test_each_body_answers_with_a_numbered_letter_of_its_own(ordered):
    case_id, _ = ordered
    leaving.state(case_id)
    leaving.judge_together(case_id)
    request, *replies = office.documents(case_id)
    assert request.recipients == ["police", "traffic", "union"]
    assert [row.number.partition("〔")[0] for row in replies] == ["通公函", "通交支函", "通工函"]
    assert [row.recipients for row in replies] == [["hrss"]] * 3
    words = ["".join(text for _, text in row.outline) for row in replies]
    assert "秩序较差（演示）" in words[0]
    assert "占道明显（演示）" in words[1]
    assert "职工之家未开放（演示）" in words[2]
    assert all(f"（{request.number}）收悉" in text for text in words)


def test_more_bodies_against_than_for_leave_no_choice(ordered):
    case_id, _ = ordered
    leaving.state(case_id)
    leaving.judge_together(case_id, leaving.STAY, leaving.STAY, leaving.OUT)  # 1 for, 2 against
    with pytest.raises(Invalid) as refused:
        leaving.evaluate(case_id)
    assert list(refused.value.errors) == ["conclusion"]
    leaving.evaluate(case_id, "keep")
    assert office.case_of(case_id).outcome_label == "不予责令退出"


def test_nobody_leaves_without_a_poor_rectification(at):
    case_id = desk.start("exit", desk.number(at("recognised")))
    leaving.state(case_id)
    leaving.judge_together(case_id)
    with pytest.raises(Invalid) as refused:
        leaving.evaluate(case_id)
    assert list(refused.value.errors) == ["conclusion"]


def test_a_market_without_an_operator_is_not_ordered_out(at):
    case_id = desk.start("exit", desk.number(at("recognised", "station")))
    leaving.state(case_id)
    case = office.case_of(case_id)
    assert case.outcome_label == "属地自行运营，不适用责令退出"
    assert office.market_of(case_id).status == "recognised"
    assert office.open_steps(case_id) == set()


def test_a_defence_that_is_right_leads_back_to_the_evaluation(ordered):
    case_id, _ = ordered
    leaving.evaluated(case_id)
    leaving.defend(case_id)
    with pytest.raises(Invalid) as refused:
        desk.by_two(case_id, "hear_defence", leaving.reply(numbers=(1,)))
    assert list(refused.value.errors) == ["replies"]
    desk.by_two(case_id, "hear_defence", leaving.reply(stands=False))
    assert office.open_steps(case_id) == {"evaluate"}


def test_a_late_defence_counts_as_none(ordered, app, frozen_clock):
    case_id, _ = ordered
    leaving.evaluated(case_id)
    frozen_clock.move(days=7)  # Friday 2026-11-27: the fifth working day
    office.work(app)
    assert office.open_steps(case_id) == {"defend"}
    frozen_clock.move(days=1)
    office.work(app)
    assert office.open_steps(case_id) == {"review_law"}
    leaving.review(case_id)
    leaving.study(case_id)
    leaving.order(case_id)
    assert "该机构在规定期限内未提出陈述、申辩。" in desk.printed(case_id, "exit_decision")


def test_bodies_that_are_late_have_no_opinion(ordered, app, frozen_clock):
    case_id, _ = ordered
    leaving.state(case_id)
    frozen_clock.move(days=8)
    office.work(app)
    assert office.open_steps(case_id) == {"evaluate"}


def test_the_legal_review_stops_what_is_not_lawful(ordered):
    case_id, _ = ordered
    leaving.evaluated(case_id)
    leaving.waive(case_id)
    with pytest.raises(Forbidden):
        leaving.review(case_id, username="renshe")
    leaving.review(case_id, lawful=False)
    assert office.open_steps(case_id) == {"evaluate"}


@pytest.mark.parametrize(
    ("votes", "step"),
    [
        ({"agree": 3, "against": 0, "members": 7}, "study"),  # 3 of 7 came: less than half
        ({"agree": 4, "against": 0, "members": 8}, "sign_exit"),  # exactly half came
    ],
)
def test_a_meeting_needs_half_of_its_members(ordered, votes, step):
    case_id, _ = ordered
    leaving.evaluated(case_id)
    leaving.waive(case_id)
    leaving.review(case_id)
    leaving.study(case_id, **votes)
    assert office.open_steps(case_id) == {step}


def test_a_tie_is_no_majority(ordered):
    case_id, _ = ordered
    leaving.evaluated(case_id)
    leaving.waive(case_id)
    leaving.review(case_id)
    leaving.study(case_id, agree=3, against=3, members=7)
    assert office.case_of(case_id).outcome_label == "不予责令退出"
    assert desk.templates(case_id)[-2:] == ["minutes", "letter"]


def test_votes_add_up_to_those_who_came(ordered):
    case_id, _ = ordered
    leaving.evaluated(case_id)
    leaving.waive(case_id)
    leaving.review(case_id)
    values = {"name": "会议", "held_on": "2026-11-20", "chair": "演示甲", "members": 7, "main_points": "演示"}
    people = [{"name": f"演示{n}"} for n in range(5)]
    votes = {
        "attendants": people,
        "agree": 4,
        "against": 0,
        "abstain": 0,
        "minutes_files": [desk.File("演示.pdf")],
    }
    with pytest.raises(Invalid) as refused:
        desk.act(case_id, leaving.OFFICE, "study", values | votes)
    assert list(refused.value.errors) == ["abstain"]


def test_each_matter_is_done_with_evidence_or_does_not_apply_for_a_reason(ordered):
    case_id, _ = ordered
    leaving.evaluated(case_id)
    leaving.waive(case_id)
    leaving.review(case_id)
    leaving.study(case_id)
    leaving.order(case_id)
    bare = leaving.matters() | {"wages": {"state": "已完成"}, "funds": {"state": "不适用"}}
    values = bare | {"succession": "close", "workers": "演示"}
    with pytest.raises(Invalid) as refused:
        desk.act(case_id, "majuqiao", "settle", values, position="clerk")
    assert set(refused.value.errors) == {"wages.proof", "funds.note"}
    leaving.settle(case_id)
    office.act(case_id, "renshe", "check_settlement", {"pass": False, "opinion": "缺少凭证（演示）"})
    assert office.open_steps(case_id) == {"settle"}


def test_only_the_bureau_begins_and_each_body_answers_for_itself(at):
    no = desk.number(at("recognised"))
    with pytest.raises(Forbidden):
        desk.start("exit", no, "majuqiao")
    case_id = desk.start("exit", no)
    leaving.state(case_id)
    duties = leaving.BODIES["police_view"][1] | {"conclusion": "无意见"}
    with pytest.raises((Forbidden, Missing)):
        desk.act(case_id, "jiaotong", "police_view", duties)
