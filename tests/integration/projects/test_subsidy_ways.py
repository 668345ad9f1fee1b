"""试运营奖励补贴: objections, meeting, separate people, payment and recovery, and where they lead.

Policy: TZ-5.1, TZ-5.2.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from tests.factories import filings
from tests.integration.projects import subsidy_desk as desk
from tests.integration.projects.subsidy_desk import AMOUNT, records, text_of
from tests.integration.recognition import desk as office
from webapp.core.errors import Forbidden, Invalid
from webapp.models.account import Person, Position
from webapp.queries import verbs
from webapp.queries.substitutions import actor_for, standings
from webapp.services import accounts, seats, substitutions, work_items
from webapp.uow import unit_of_work


def outcome(case_id):
    case = office.case_of(case_id)
    return case.status, case.outcome, case.outcome_label


@pytest.mark.parametrize("step", ["claim_review", "claim_sign"])
def test_the_township_returns_its_own_draft(at, frozen_clock, step):
    case_id = desk.start(at("recognised"), frozen_clock)
    desk.file(case_id)
    if step == "claim_sign":
        office.act(case_id, "majuqiao-sh", "claim_review", {"pass": True})
    who = "majuqiao-sh" if step == "claim_review" else "majuqiao-ld"
    office.act(case_id, who, step, {"pass": False, "opinion": "请核对人次（演示）"})
    assert office.open_steps(case_id) == {"file"}
    assert desk.papers(case_id) == []


def test_a_correction_is_told_once_and_time_stands_still(at, frozen_clock):
    case_id = desk.start(at("recognised"), frozen_clock)
    desk.send(case_id)
    desk.accept(case_id, "correct", missing="明细表缺少编号（演示）")
    assert office.open_steps(case_id) == {"correction"}
    assert "明细表缺少编号（演示）" in text_of(case_id, "subsidy_correction")
    assert office.clock_of(case_id).pauses[-1].resumed_at is None
    values = desk.MARKET | {"payee": desk.payee(case_id)}
    office.act(case_id, "majuqiao", "correction", values, position="clerk", files=desk.DETAILS)
    assert office.clock_of(case_id).pauses[-1].resumed_at is not None
    with pytest.raises(Invalid) as refused:
        desk.accept(case_id, "correct", missing="再次补正（演示）")
    assert "decision" in refused.value.errors


def test_a_claim_that_is_not_accepted_is_told_why(at, frozen_clock):
    case_id = desk.start(at("recognised"), frozen_clock)
    desk.send(case_id)
    desk.accept(case_id, "refuse", refusal="补贴期间已经补贴过（演示）")
    assert outcome(case_id) == ("finished", "refused", "不予补贴")
    assert "补贴期间已经补贴过（演示）" in text_of(case_id, "subsidy_refusal")


def test_publicity_lasts_five_working_days_and_nobody_ends_it_early(claimed, app, frozen_clock):
    case_id = claimed()
    desk.sample(case_id)
    assert office.open_steps(case_id) == {"publicity"}
    assert "公示期为2027年6月10日至2027年6月17日" in text_of(case_id, "subsidy_publicity")
    with pytest.raises(Invalid):
        office.act(case_id, "renshe", "publicity", {"objected": False})
    frozen_clock.instant = datetime(2027, 6, 17, 15, 59, tzinfo=UTC)  # Thursday 06-17, 23:59 in Beijing
    office.work(app)
    assert office.open_steps(case_id) == {"publicity"}
    desk.publish(app, frozen_clock)
    assert office.open_steps(case_id) == {"subsidy_meeting"}


@pytest.mark.parametrize(
    ("said", "step"),
    [("unfounded", "subsidy_meeting"), ("recheck", "subsidy_sampling"), ("fraud", "recovery_proposal")],
)
def test_an_objection_is_answered_and_leads_on(claimed, said, step):
    case_id = claimed()
    desk.sample(case_id)
    desk.object_to(case_id, said)
    assert office.open_steps(case_id) == {step}


def test_an_objection_that_is_right_ends_the_claim(claimed):
    case_id = claimed()
    desk.sample(case_id)
    desk.object_to(case_id, "refuse")
    assert outcome(case_id) == ("finished", "refused", "不予补贴")
    assert "经核实（演示）" in text_of(case_id, "subsidy_refusal")


def test_after_an_objection_in_part_the_new_sample_makes_a_new_amount_and_publicity(claimed):
    case_id = claimed()
    desk.sample(case_id)
    desk.object_to(case_id, "recheck")
    desk.sample(case_id, 10)  # 10 ÷ 200 = 0.05: (4000 - 200) × 20
    assert office.open_steps(case_id) == {"publicity"}
    assert "76,000.00元" in text_of(case_id, "subsidy_publicity")


@pytest.mark.parametrize("missing", ["minutes_no", "held_on", "result"])
def test_nothing_is_paid_without_date_number_and_result_of_a_meeting(undisputed, missing):
    case_id = undisputed()
    with pytest.raises(Invalid) as refused:
        desk.meet(case_id, **{missing: None})
    assert missing in refused.value.errors
    assert office.open_steps(case_id) == {"subsidy_meeting"}


def test_the_meeting_refuses_or_sends_back(undisputed):
    case_id = undisputed()
    desk.meet(case_id, result="return")
    assert office.open_steps(case_id) == {"subsidy_sampling"}


def test_the_meeting_refuses(undisputed):
    case_id = undisputed()
    desk.meet(case_id, result="refuse", main_points="本年度资金已用完（演示）")
    assert outcome(case_id) == ("finished", "refused", "不予补贴")
    assert "本年度资金已用完（演示）" in text_of(case_id, "subsidy_refusal")


def test_the_second_person_must_come_to_the_same_amount(undisputed):
    case_id = undisputed()
    desk.meet(case_id)
    with pytest.raises(Invalid) as refused:
        desk.recheck(case_id, "77180.00")
    assert list(refused.value.errors) == ["recomputed"]


@pytest.mark.parametrize("step", ["subsidy_recheck", "subsidy_approve"])
def test_reviewer_and_approver_send_back_to_the_sample(undisputed, step):
    case_id = undisputed()
    desk.meet(case_id)
    if step == "subsidy_recheck":
        office.act(case_id, "renshe-kz", step, {"pass": False, "opinion": "抽样不足（演示）"})
    else:
        desk.recheck(case_id, AMOUNT)
        office.act(case_id, "renshe-fj", step, {"agreed": False, "comment": "抽样不足（演示）"})
    assert office.open_steps(case_id) == {"subsidy_sampling"}


def appoint(username, agency, position):
    """Let somebody hold one more position."""
    with unit_of_work() as session:
        agency_id = filings.agency(session, agency).id
        held = session.scalars(
            select(Position).where(Position.key == position, Position.agency_id == agency_id)
        ).one()
        accounts.appoint(session, person(session, username), held, starts_on=date(2027, 1, 1))


def person(session, username):
    """Return somebody of the demonstration."""
    return session.scalars(select(Person).where(Person.username == username)).one()


def stand_in(username, substitute):
    """Let somebody name who stands in for them today."""
    with unit_of_work() as session:
        whom, who = person(session, username), person(session, substitute)
        substitutions.appoint(
            session,
            filings.actor(session, username),
            person_id=whom.id,
            substitute_id=who.id,
            starts_on=date(2027, 6, 18),
            ends_on=date(2027, 6, 18),
        )


def standing(username, session):
    """Return somebody acting for the person for whom they stand in."""
    someone = person(session, username)
    return actor_for(someone, standings(session, someone.id)[0])


def test_who_verified_the_sample_does_not_review_it(undisputed):
    case_id = undisputed()
    appoint("renshe-2", "hrss", "section_chief")
    desk.meet(case_id)
    with unit_of_work() as session, pytest.raises(Forbidden, match="抽查核实人次"):
        who = filings.actor(session, "renshe-2", "section_chief")
        item = filings.open_item(session, office.case_of(case_id), "subsidy_recheck")
        offered = {verb.key: verb.reason for verb in verbs.available(session, who, item)}
        assert "须由其他人员办理" in offered["claim"]
        assert "须由其他人员办理" in offered["complete"]
        work_items.claim(session, who, item.id)
    with pytest.raises(Forbidden, match="抽查核实人次"):
        desk.recheck(case_id, AMOUNT, "renshe-2", "section_chief")
    desk.recheck(case_id, AMOUNT)
    assert office.open_steps(case_id) == {"subsidy_approve"}


def test_nobody_fills_in_for_another_what_they_may_not_do(undisputed):
    case_id = undisputed()
    desk.meet(case_id)
    with unit_of_work() as session:
        item = filings.open_item(session, office.case_of(case_id), "subsidy_recheck")
        helper = filings.actor(session, "renshe-2")
        chief = filings.actor(session, "renshe-kz")
        seats.delegate(session, chief, item.id, person_id=helper.person, position_id=helper.position)
    said = {"pass": True, "recomputed": AMOUNT}
    with unit_of_work() as session, pytest.raises(Forbidden, match="抽查核实人次"):
        seats.hand_back(session, filings.actor(session, "renshe-2"), item.id, values=said)


def test_who_reviewed_does_not_approve_and_who_approved_does_not_pay(undisputed):
    case_id = undisputed()
    appoint("renshe-kz", "hrss", "deputy_director")
    appoint("renshe-fj", "finance", "clerk")
    desk.meet(case_id)
    desk.recheck(case_id, AMOUNT)
    with pytest.raises(Forbidden, match="复核"):
        desk.approve(case_id, "renshe-kz", "deputy_director")
    desk.approve(case_id)
    with pytest.raises(Forbidden, match="审批"):
        desk.pay(case_id, AMOUNT, "renshe-fj", "clerk")
    desk.pay(case_id, AMOUNT)
    assert office.open_steps(case_id) == {"subsidy_followup"}


def test_finance_pays_what_was_approved(undisputed):
    case_id = undisputed()
    desk.meet(case_id)
    desk.recheck(case_id, AMOUNT)
    desk.approve(case_id)
    with pytest.raises(Invalid) as refused:
        desk.pay(case_id, "77200.01")
    assert list(refused.value.errors) == ["amount"]


def test_fraud_found_before_anything_was_paid_ends_without_a_subsidy(claimed):
    case_id = claimed()
    desk.sample(case_id, finding="fraud")
    with pytest.raises(Invalid) as refused:
        desk.propose_recovery(case_id, "recover", "100.00")
    assert list(refused.value.errors) == ["amount"], "nothing was paid that could come back"
    desk.propose_recovery(case_id, "refuse")
    desk.confirm_recovery(case_id, confirmed=False)
    assert office.open_steps(case_id) == {"recovery_proposal"}
    desk.propose_recovery(case_id, "refuse")
    desk.confirm_recovery(case_id)
    assert outcome(case_id) == ("finished", "refused", "不予补贴")
    assert "重复计算（演示）" in text_of(case_id, "subsidy_refusal")


def test_what_was_overpaid_comes_back(paid):
    case_id = paid()
    desk.follow_up(case_id, "recover")
    with pytest.raises(Invalid):
        desk.propose_recovery(case_id, "refuse")
    with pytest.raises(Invalid) as refused:
        desk.propose_recovery(case_id, "recover", "77200.01")
    assert list(refused.value.errors) == ["amount"]
    desk.propose_recovery(case_id, "recover", "7200.00")
    desk.confirm_recovery(case_id)
    assert "追回补贴7,200.00元（人民币柒仟贰佰元整）" in text_of(case_id, "subsidy_recovery_notice")
    with pytest.raises(Invalid) as refused:
        desk.repay(case_id, "7000.00")
    assert list(refused.value.errors) == ["amount"]
    desk.repay(case_id, "7200.00")
    assert outcome(case_id) == ("finished", "refused", "已追回补贴")
    (entry,) = records(case_id, "subsidy_recovery")
    assert str(entry["values"]["amount"]) == "7200"


def test_who_proposed_a_recovery_does_not_decide_it(paid):
    case_id = paid()
    appoint("renshe-kz", "hrss", "deputy_director")
    desk.follow_up(case_id, "recover")
    desk.propose_recovery(case_id, "recover", "7200.00")
    said = {"confirmed": True, "secrecy": "不涉密"}
    with pytest.raises(Forbidden, match="提出追回建议"):
        office.act(case_id, "renshe-kz", "recovery_decision", said, position="deputy_director")


def test_fraud_found_in_a_second_claim_brings_the_first_back(paid, frozen_clock):
    first = paid(period={"begins": "2026-12-01", "ends": "2027-03-31"})
    desk.follow_up(first)
    again = desk.start(first, frozen_clock)
    desk.send(again, period={"begins": "2027-04-01", "ends": "2027-05-31"})
    desk.accept(again)
    desk.sample(again, finding="fraud")
    desk.propose_recovery(again, "recover", AMOUNT)
    desk.confirm_recovery(again)
    desk.repay(again, AMOUNT)
    assert outcome(again) == ("finished", "refused", "已追回补贴")


def test_no_day_of_a_trial_run_is_paid_for_twice(paid, frozen_clock):
    first = paid(period={"begins": "2026-12-01", "ends": "2027-03-31"})
    desk.follow_up(first)
    again = desk.start(first, frozen_clock)
    with pytest.raises(Invalid) as refused:
        desk.file(again, period={"begins": "2027-03-31", "ends": "2027-05-31"})
    assert list(refused.value.errors) == ["period.ends"]
    desk.file(again, period={"begins": "2027-04-01", "ends": "2027-05-31"})


def test_what_came_back_cannot_be_recovered_again(paid, frozen_clock):
    first = paid(period={"begins": "2026-12-01", "ends": "2027-03-31"})
    desk.follow_up(first, "recover")
    desk.propose_recovery(first, "recover", "77000.00")
    desk.confirm_recovery(first)
    desk.repay(first, "77000.00")
    again = desk.start(first, frozen_clock)
    desk.send(again, period={"begins": "2027-04-01", "ends": "2027-05-31"})
    desk.accept(again)
    desk.sample(again, finding="fraud")
    with pytest.raises(Invalid) as refused:
        desk.propose_recovery(again, "recover", "200.01")
    assert list(refused.value.errors) == ["amount"]
    desk.propose_recovery(again, "recover", "200.00")


def test_standing_in_for_somebody_opens_no_way_round(undisputed):
    """A clerk who verified the sample stands in for the section chief; so does one who did not."""
    case_id = undisputed()
    desk.meet(case_id)
    stand_in("renshe-kz", "renshe-2")
    said = {"pass": True, "recomputed": AMOUNT}
    with unit_of_work() as session, pytest.raises(Forbidden, match="抽查核实人次"):
        who = standing("renshe-2", session)
        item = filings.open_item(session, office.case_of(case_id), "subsidy_recheck")
        work_items.complete(session, who, item.id, revision=item.revision, values=said)
    stand_in("renshe-kz", "renshe-bgs")
    with unit_of_work() as session:
        item = filings.open_item(session, office.case_of(case_id), "subsidy_recheck")
        who = standing("renshe-bgs", session)
        work_items.complete(session, who, item.id, revision=item.revision, values=said)
    appoint("renshe-kz", "hrss", "deputy_director")
    with pytest.raises(Forbidden, match="复核"):
        desk.approve(case_id, "renshe-kz", "deputy_director")
