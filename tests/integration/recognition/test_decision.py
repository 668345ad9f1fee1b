"""决定: approval, refusal with its reasons, sending back, the meeting (Policy: TZ-3.1)."""

from __future__ import annotations

import pytest

from tests.factories import filings
from tests.integration.recognition import desk
from webapp.core.errors import Invalid

MEETING = {
    "minutes_no": "演示〔2026〕12号",
    "held_on": "2026-11-20",
    "attendees": 7,
    "main_points": "会议听取了科室汇报，经集体研究决定。",
}


def draft(case_id, **changes):
    desk.act(case_id, "renshe-kz", "draft_opinion", filings.content("market")["draft_opinion"] | changes)


def decide(case_id, decision, comment=""):
    desk.act(case_id, "renshe-fj", "leader_decision", {"decision": decision, "comment": comment})


def meet(case_id, result):
    values = MEETING | {"result": result}
    desk.act(case_id, "renshe-bgs", "meeting_decision", values, files={"minutes_files": ["会议纪要.pdf"]})


def refusal(**reasons):
    given = filings.content("market")["draft_opinion"]
    kept = {key: value for key, value in given.items() if key not in {"conditions", "market_short_name"}}
    return kept | {"recommend": "refuse", **reasons}


def text_of(paper):
    return "".join(text for _, text in paper.outline)


def assert_refused(case_id, reason):
    case, market = desk.case_of(case_id), desk.market_of(case_id)
    assert (case.status, case.outcome) == ("finished", "refused")
    assert (case.retention, case.decided_at is not None) == ("30年", True)
    assert (market.status, market.no, market.recognised_on) == ("refused", None, None)
    notice = desk.documents(case_id)[-1]
    assert (notice.template_key, notice.number) == ("refusal_notice", "通人社告〔2026〕1号")
    assert reason in text_of(notice)
    assert "不予认定" in text_of(notice)
    assert len(desk.events(case_id, "market.refused")) == 1
    assert desk.events(case_id, "market.recognised") == []


def test_a_recommended_refusal_gives_the_reasons_of_the_section(at, browse):
    case_id = at("checked")
    reason = "现场核查面积不足5000平方米"
    desk.act(case_id, "renshe-kz", "draft_opinion", refusal(reasons=reason))
    decide(case_id, "refuse", "同意科室意见。")
    assert_refused(case_id, reason)
    assert "马驹桥" not in browse().get("/directory").text.split("<main", 1)[-1]


def test_a_leader_who_refuses_what_was_recommended_gives_reasons_of_their_own(at):
    case_id = at("drafted")
    with pytest.raises(Invalid) as refused:
        decide(case_id, "refuse")
    assert list(refused.value.errors) == ["comment"]
    decide(case_id, "refuse", "出入口交通隐患尚未消除")
    assert_refused(case_id, "出入口交通隐患尚未消除")


def test_a_meeting_refuses_with_what_it_resolved(at):
    case_id = at("checked")
    draft(case_id, route="meeting")
    assert desk.open_steps(case_id) == {"meeting_decision"}
    meet(case_id, "refuse")
    assert_refused(case_id, MEETING["main_points"])


def test_a_meeting_approves(at):
    case_id = at("checked")
    draft(case_id, route="meeting")
    meet(case_id, "approve")
    assert desk.case_of(case_id).outcome == "approved"
    assert desk.market_of(case_id).no == "TZ-SC-2026-001"


def test_a_meeting_without_minutes_decides_nothing(at):
    case_id = at("checked")
    draft(case_id, route="meeting")
    with pytest.raises(Invalid) as refused:
        desk.act(case_id, "renshe-bgs", "meeting_decision", MEETING | {"result": "approve"})
    assert list(refused.value.errors) == ["minutes_files"]


def test_a_leader_sends_the_opinion_back_and_it_is_drafted_again_from_what_it_was(at):
    case_id = at("drafted")
    decide(case_id, "return", "请补充交通条件的落实时限。")
    assert desk.open_steps(case_id) == {"draft_opinion"}
    with desk.read_only() as session:
        who = filings.actor(session, "renshe-kz")
        item = filings.open_item(session, session.get_one(desk.Case, case_id), "draft_opinion")
        assert desk.form_context(session, item, who).current["conditions"].startswith("开业前完成出入口")
    draft(case_id, conditions="2026年12月底前完成出入口标志标线和护栏设置。")
    decide(case_id, "approve", "同意。")
    assert desk.case_of(case_id).outcome == "approved"
    assert "2026年12月底前完成" in text_of(desk.documents(case_id)[-1])


def test_what_was_sent_back_may_go_to_the_meeting(at):
    """The leader's earlier "return" must not decide in place of the meeting."""
    case_id = at("drafted")
    decide(case_id, "return", "建议上会研究。")
    draft(case_id, route="meeting")
    meet(case_id, "approve")
    assert desk.case_of(case_id).outcome == "approved"


def test_and_back_from_the_route_of_the_meeting_to_the_leader(at):
    """A case that ends in a refusal by the leader does not take over what no meeting resolved."""
    case_id = at("drafted")
    decide(case_id, "return", "请再核实。")
    desk.act(case_id, "renshe-kz", "draft_opinion", refusal(reasons="功能区划分不符合要求"))
    decide(case_id, "refuse", "同意。")
    assert_refused(case_id, "功能区划分不符合要求")


def test_by_setting_the_approval_is_a_written_instruction(at):
    desk_case = at("drafted")
    desk.choose(reply_form="批复")
    decide(desk_case, "approve", "同意。")
    paper = desk.documents(desk_case)[-1]
    assert (paper.template_key, paper.number) == ("recognition_approval", "通人社批〔2026〕1号")
    assert (paper.disclosure, paper.retention) == ("主动公开", "永久")


def test_the_bureau_settles_the_name(at):
    case_id = at("checked")
    draft(case_id, market_short_name="马驹桥兴华")
    decide(case_id, "approve", "同意。")
    assert desk.market_of(case_id).name == "通州区马驹桥兴华零工市场"
    assert desk.documents(case_id)[-1].title == "关于认定通州区马驹桥兴华零工市场的复函"


@pytest.mark.parametrize("disclosure", ["主动公开", "依申请公开", "不予公开"])
def test_the_choice_of_disclosure_governs_reply_and_file(at, app, browse, disclosure):
    case_id = at("checked")
    more = {"disclosure_reason": "涉及内部事项"} if disclosure == "不予公开" else {}
    draft(case_id, disclosure=disclosure, **more)
    decide(case_id, "approve", "同意。")
    desk.work(app)
    reply = desk.documents(case_id)[-1]
    assert (reply.disclosure, desk.case_of(case_id).disclosure) == (disclosure, disclosure)
    shown = reply.title in browse().get("/directory/TZ-SC-2026-001").text
    assert shown is (disclosure == "主动公开")
