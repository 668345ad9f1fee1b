"""What the register and sealed papers say is only what was decided (Policy: TZ-3.1, TZ-3.2)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.factories import filings
from tests.integration.recognition import desk
from webapp.core.errors import Invalid
from webapp.models.market import Operator
from webapp.services import cases, people, work_items
from webapp.uow import read_only, unit_of_work


def operator():
    with read_only() as session:
        return session.scalars(select(Operator)).one()


def file_again(name):
    """Another township files with the same operator under another name."""
    with unit_of_work() as session:
        clerk = filings.actor(session, "songzhuang", "clerk")
        case = cases.start(session, clerk, "recognition")
        given = filings.content("market")
        filing = given["filing"] | {"short_name": "宋庄镇测试", "township": "北京市通州区宋庄镇人民政府"}
        filing["operator"] = filing["operator"] | {"name": name}
        filings.complete(session, clerk, case, "file", filing | filings.files(session, clerk, given["files"]))
        return case.id


def test_a_filing_that_nobody_has_decided_does_not_change_a_known_operator(at):
    at("recognised")
    before = operator().name
    file_again("演示改名公司")
    assert operator().name == before


def test_with_the_bar_nobody_can_approve_what_does_not_meet_the_conditions(app):
    desk.choose(eligibility_bar=True)
    case_id = desk.start()
    given = filings.content("market")
    with unit_of_work() as session:
        clerk = filings.actor(session, "majuqiao", "clerk")
        case = session.get_one(desk.Case, case_id)
        filing = given["filing"] | {"site": given["filing"]["site"] | {"area": 10}}
        filings.complete(session, clerk, case, "file", filing | filings.files(session, clerk, given["files"]))
    desk.act(case_id, "majuqiao-sh", "township_review", given["township_review"])
    desk.act(case_id, "majuqiao-ld", "township_sign", given["township_sign"])
    desk.act(case_id, "renshe", "acceptance", given["acceptance"])
    desk.review_papers(case_id)
    with pytest.raises(Invalid) as refused:
        desk.act(case_id, "renshe-kz", "draft_opinion", given["draft_opinion"])
    assert "recommend" in refused.value.errors


def test_acceptance_names_the_materials_that_were_checked(at):
    case_id = at("filed")
    with pytest.raises(Invalid) as refused:
        desk.act(case_id, "renshe", "acceptance", {"decision": "accept", "materials": []})
    assert "materials" in refused.value.errors


def test_the_report_names_who_signed_it_off(at):
    case_id = at("filed")
    report = next(paper for paper in desk.documents(case_id) if paper.template_key == "application_report")
    assert any("演示赵强" in text for _, text in report.outline)


def test_a_withdrawn_case_is_confirmed_in_writing_and_archived(at):
    case_id = at("accepted")
    desk.withdraw(case_id, "majuqiao")
    case = desk.case_of(case_id)
    assert case.archived_at is not None
    assert case.retention == "30年"
    assert desk.documents(case_id)[-1].template_key == "withdrawal_notice"


def test_a_filing_withdrawn_before_it_left_the_township_gets_no_notice(at):
    case_id = at("filled")
    desk.withdraw(case_id, "majuqiao")
    assert desk.documents(case_id) == []


def test_a_reason_for_withdrawing_is_bounded(at):
    case_id = at("accepted")
    with pytest.raises(Invalid):
        desk.withdraw(case_id, "majuqiao", "长" * 501)


def test_a_step_claimed_by_somebody_who_left_goes_back_to_the_position(at):
    case_id = at("filed")
    with unit_of_work() as session:
        item = filings.open_item(session, session.get_one(desk.Case, case_id), "acceptance")
        work_items.claim(session, filings.actor(session, "renshe"), item.id)
    with unit_of_work() as session:
        leaver = filings.actor(session, "renshe")
        people.end(session, filings.actor(session, "admin"), appointment_id=leaver.appointment_id)
    desk.act(case_id, "renshe-2", "acceptance", filings.content("market")["acceptance"])
    assert "acceptance" not in desk.open_steps(case_id)
