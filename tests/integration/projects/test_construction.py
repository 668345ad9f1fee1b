"""综合性零工市场建设项目: the good way, and every way in which it does not come to that (Policy: TZ-5.1)."""

from __future__ import annotations

import pytest

from tests.integration.projects import construction_desk as desk
from tests.integration.recognition import desk as office
from webapp.core.errors import Forbidden, Invalid


def text_of(case_id, template):
    """Everything that the newest document of a kind says."""
    paper = [paper for paper in office.documents(case_id) if paper.template_key == template][-1]
    return "\n".join(text for _, text in paper.outline)


@pytest.fixture(autouse=True)
def people(app):
    """The demonstration's people, and no market: the project concerns one that is not there yet."""


def test_a_project_is_carried_from_application_to_settlement():
    case_id = desk.approved()
    assert office.case_of(case_id).market is None
    desk.milestone(case_id, "800000.00", "400000.00")
    desk.check_milestone(case_id)
    desk.milestone(case_id, "2050000.00", "950000.00", "finished", 100)
    desk.check_milestone(case_id)
    desk.inspect(case_id)
    desk.settle(case_id)
    office.act(case_id, "caizheng", "settlement_check", {"pass": True})
    case = office.case_of(case_id)
    assert (case.status, case.outcome, case.outcome_label) == ("finished", "approved", "已验收结算")
    assert case.no.startswith("TZ-JS-2026-")
    assert [paper.template_key for paper in office.documents(case_id)] == [
        "construction_report",
        "construction_request",
        *["construction_opinion_reply"] * 3,
        "construction_reply",
        "construction_inspection",
        "construction_settled",
    ]
    settled = text_of(case_id, "construction_settled")
    assert "结余50000元已于2026-11-20退回（凭证号：演示退2026-01）" in settled
    assert "使用区级支持资金950000元（核定1000000元）" in settled


def test_the_application_prints_survey_budget_and_sources():
    case_id = desk.start()
    desk.send(case_id)
    told = text_of(case_id, "construction_report")
    # 5600 × 300.00 + 1 × 420000.00
    for wanted in ("演示路口", "420", "2,100,000.00元（人民币贰佰壹拾万元整）", "1,680,000.00", "竞争性磋商"):
        assert wanted in told
    assert "申请区级支持资金1,200,000.00元" in told


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"budget_total": "2100000.01", "funds_total": "2100000.01"}, "budget_total"),
        ({"funds": [{"source": "申请区级支持资金", "amount": "1200000.00"}]}, "funds_total"),
        ({"funds_total": "2000000.00"}, "funds_total"),
    ],
)
def test_sums_that_do_not_agree_are_not_taken(changes, field):
    case_id = desk.start()
    with pytest.raises(Invalid) as refused:
        desk.file(case_id, desk.filing(**changes))
    assert field in refused.value.errors
    assert office.open_steps(case_id) == {"file"}


def test_the_reply_form_follows_the_setting():
    office.choose(reply_form="批复")
    case_id = desk.approved()
    assert office.documents(case_id)[-1].template_key == "construction_approval"
    assert office.documents(case_id)[-1].title.endswith("的批复")


def test_the_reply_names_minutes_and_amount():
    told = text_of(desk.approved(), "construction_reply")
    assert "经党组会研究（演示纪要〔2026〕8号），同意立项，核定区级支持资金1000000元" in told


@pytest.mark.parametrize("step", ["project_review", "project_sign"])
def test_the_township_returns_its_own_draft(step):
    case_id = desk.start()
    desk.file(case_id)
    if step == "project_sign":
        office.act(case_id, desk.REVIEWER, "project_review", {"pass": True})
    who = desk.REVIEWER if step == "project_review" else desk.LEADER
    office.act(case_id, who, step, {"pass": False, "opinion": "请补充预算依据（演示）"})
    assert office.open_steps(case_id) == {"file"}
    assert office.documents(case_id) == []


def small_site():
    return desk.filing(siting=desk.FILING["siting"] | {"area": 4800})


def test_a_site_below_5000_square_metres_cannot_be_accepted_and_is_refused():
    case_id = desk.start()
    desk.send(case_id, small_site())
    with pytest.raises(Invalid) as refused:
        desk.accept(case_id)
    assert "decision" in refused.value.errors
    desk.accept(case_id, "refuse", refusal="拟建面积4800㎡，不足5000㎡（演示）")
    case = office.case_of(case_id)
    assert (case.outcome, case.outcome_label) == ("refused", "不予立项")
    assert "拟建面积4800㎡，不足5000㎡（演示）" in text_of(case_id, "construction_refusal")


def test_a_correction_is_told_once_and_the_rules_look_again():
    case_id = desk.start()
    desk.send(case_id, small_site())
    desk.accept(case_id, "correct", missing="面积不足，请核对或另行选址（演示）")
    assert office.open_steps(case_id) == {"correction"}
    assert "面积不足，请核对或另行选址（演示）" in text_of(case_id, "construction_correction")
    assert office.clock_of(case_id).pauses[-1].resumed_at is None
    office.act(case_id, desk.CLERK, "correction", desk.FILING, position="clerk", files=desk.PAPERS)
    assert office.clock_of(case_id).pauses[-1].resumed_at is not None
    with pytest.raises(Invalid):
        desk.accept(case_id, "correct", missing="再次补正（演示）")
    desk.accept(case_id)
    assert office.open_steps(case_id) == {"opinion_finance", "opinion_police", "opinion_traffic"}


def test_the_rule_only_advises_where_the_office_chose_so():
    office.choose(project_bar=False)
    case_id = desk.start()
    desk.send(case_id, small_site())
    desk.accept(case_id)
    assert "opinion_finance" in office.open_steps(case_id)


def at_the_bureau():
    case_id = desk.start()
    desk.send(case_id)
    desk.accept(case_id)
    desk.consult(case_id)
    return case_id


def earlier(overlap):
    row = {
        "project": "便民市场改造（演示）",
        "fund": "区级固定资产投资",
        "year": 2025,
        "amount": "1500000.00",
        "overlap": overlap,
        "evidence": "演示批复",
    }
    return desk.NONE_FOUND | {"found": True, "earlier": [row]}


def test_what_is_funded_already_as_a_whole_is_refused_by_rule():
    case_id = at_the_bureau()
    desk.look_for_duplicates(case_id, earlier("1200000.00"))
    case = office.case_of(case_id)
    assert (case.status, case.outcome_label) == ("finished", "不予立项")
    assert "全部重复，不能重复支持" in text_of(case_id, "construction_refusal")


def test_what_is_funded_in_part_lowers_what_may_be_granted():
    case_id = at_the_bureau()
    desk.look_for_duplicates(case_id, earlier("300000.00"))  # 1 200 000 - 300 000 = 900 000
    with pytest.raises(Invalid) as refused:
        desk.draft(case_id, "900000.01")
    assert list(refused.value.errors) == ["amount"]
    desk.draft(case_id, "900000.00")
    with pytest.raises(Invalid) as refused:
        desk.meet(case_id, approved="900000.01")
    assert list(refused.value.errors) == ["approved"]
    desk.meet(case_id, approved="900000.00")
    desk.decide(case_id)
    assert "核定金额已扣除与其他资金重复的300000元" in text_of(case_id, "construction_reply")


@pytest.mark.parametrize("missing", ["minutes_no", "held_on", "result"])
def test_nothing_is_approved_without_date_number_and_result_of_a_meeting(missing):
    case_id = at_the_bureau()
    desk.look_for_duplicates(case_id)
    desk.draft(case_id)
    with pytest.raises(Invalid) as refused:
        desk.meet(case_id, **{missing: None})
    assert missing in refused.value.errors
    assert office.open_steps(case_id) == {"project_meeting"}


def test_a_meeting_before_the_application_does_not_count():
    case_id = at_the_bureau()
    desk.look_for_duplicates(case_id)
    desk.draft(case_id)
    with pytest.raises(Invalid) as refused:
        desk.meet(case_id, held_on="2026-11-19")
    assert list(refused.value.errors) == ["held_on"]


def test_the_meeting_refuses_and_its_reasons_are_told():
    case_id = at_the_bureau()
    desk.look_for_duplicates(case_id)
    desk.draft(case_id)
    desk.meet(case_id, result="refuse", approved=None, main_points="本年度资金已安排完毕（演示）")
    assert office.case_of(case_id).outcome_label == "不予立项"
    assert "本年度资金已安排完毕（演示）" in text_of(case_id, "construction_refusal")


def test_meeting_and_leader_send_back_to_the_section():
    case_id = at_the_bureau()
    desk.look_for_duplicates(case_id)
    desk.draft(case_id)
    desk.meet(case_id, result="return", approved=None)
    assert office.open_steps(case_id) == {"project_opinion"}
    desk.draft(case_id)
    desk.meet(case_id)
    desk.decide(case_id, decision="return", comment="请补充绩效目标（演示）")
    assert office.open_steps(case_id) == {"project_opinion"}


def test_a_milestone_without_proof_is_sent_back():
    case_id = desk.approved()
    desk.milestone(case_id, "800000.00", "400000.00")
    desk.check_milestone(case_id, "mend", "缺少支付凭证（演示）")
    assert office.open_steps(case_id) == {"milestone_report"}


@pytest.mark.parametrize(
    ("spent", "support", "field"),
    [("2100000.01", "900000.00", "spent"), ("2100000.00", "1000000.01", "support_spent")],
)
def test_overspending_is_not_taken_while_building(spent, support, field):
    case_id = desk.approved()
    with pytest.raises(Invalid) as refused:
        desk.milestone(case_id, spent, support)
    assert list(refused.value.errors) == [field]


def test_an_inspection_that_fails_is_mended_and_repeated():
    case_id = desk.built()
    desk.inspect(case_id, "不通过", facilities="不符合")
    assert office.open_steps(case_id) == {"mend"}
    done = {"done": "消防设备已调试（演示）", "mended_on": "2026-11-20"}
    office.act(case_id, desk.CLERK, "mend", done, position="clerk", files=desk.EVIDENCE)
    desk.inspect(case_id)
    assert office.open_steps(case_id) == {"settlement"}
    assert len([p for p in office.documents(case_id) if p.template_key == "construction_inspection"]) == 2


def test_nobody_passes_what_does_not_conform():
    case_id = desk.built()
    with pytest.raises(Invalid) as refused:
        desk.inspect(case_id, "通过", zones="不符合")
    assert list(refused.value.errors) == ["conclusion"]


def test_one_person_cannot_inspect_alone():
    case_id = desk.built()
    with pytest.raises(Invalid):
        office.act(case_id, "renshe", "project_inspection", {})
    assert office.open_steps(case_id) == {"project_inspection"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"support_final": "1000000.01"}, "support_final"),
        ({"final_total": "2050000.01"}, "final_total"),
        ({"support_received": "1000000.01"}, "support_received"),
        ({"return_voucher": None}, "return_voucher"),
    ],
)
def test_a_settlement_above_what_was_approved_or_without_return_is_not_taken(changes, field):
    case_id = desk.built()
    desk.inspect(case_id)
    with pytest.raises(Invalid) as refused:
        desk.settle(case_id, **changes)
    assert field in refused.value.errors
    assert office.open_steps(case_id) == {"settlement"}


def test_finance_sends_a_settlement_back():
    case_id = desk.built()
    desk.inspect(case_id)
    desk.settle(case_id)
    office.act(case_id, "caizheng", "settlement_check", {"pass": False, "opinion": "凭证不全（演示）"})
    assert office.open_steps(case_id) == {"settlement"}


def test_the_clock_stands_still_while_it_is_built():
    case_id = desk.approved()
    assert [pause.reason for pause in office.clock_of(case_id).open_pauses] == ["项目实施"]


def test_only_a_township_applies():
    from tests.factories import filings
    from webapp.services import cases
    from webapp.uow import unit_of_work

    with pytest.raises(Forbidden), unit_of_work() as session:
        cases.start(session, filings.actor(session, "caizheng"), "construction")
