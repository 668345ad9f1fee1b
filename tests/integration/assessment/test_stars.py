"""星级评选 after the assessment: panel, 公示, legal basis, certificate (Policy: TZ-3.3)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests import stories
from tests.factories import filings
from tests.integration.assessment import desk
from tests.integration.recognition import desk as office
from webapp.core.errors import Forbidden, Invalid
from webapp.models.case import Case
from webapp.queries.market_records import record_views, records_of
from webapp.queries.releases import pack_of_case
from webapp.services import seats
from webapp.uow import read_only, unit_of_work

SAID = stories.said("stars")
OPENING = SAID["opening"] | {"year": "2026"}
RELEASE, OBJECTION = SAID["release"], SAID["objection"]


@pytest.fixture
def rated(at):
    """Return a function that begins the rating of a market with an assessment of 2026."""

    def begun(score: str = "91.82", grade: str = "优秀", **opening):
        recognition = at("recognised")
        no = desk.listed(recognition)
        desk.entered(recognition, "assessment", "2026", grade=grade, score=Decimal(score))
        case_id = desk.start(no, "stars")
        office.act(case_id, desk.CLERK, "open_rating", OPENING | opening)
        return case_id

    return begun


def vote(case_id, username, agrees):
    with unit_of_work() as session:
        item = filings.open_item(session, office.case_of(case_id), "panel")
        who = filings.actor(session, username)
        seats.sign_seat(session, who, item.id, agrees=agrees, opinion="演示意见", revision=item.revision)


def voted(case_id, *agreeing):
    office.act(case_id, desk.CHIEF, "panel", {"opinion": "符合条件（演示）"})
    for username in ("renshe-fj", "gonghui", "gongan", "jiaotong"):
        if office.open_steps(case_id) == {"panel"}:
            vote(case_id, username, username in agreeing)


def published(app, frozen_clock, case_id):
    """Let the panel agree, and the five working days from Friday the 20th pass."""
    voted(case_id, "renshe-fj", "gonghui", "gongan")
    frozen_clock.move(days=7, hours=14)
    office.work(app)
    assert office.open_steps(case_id) == {"record_objections"}


def test_four_stars_with_notice_certificate_and_entry(app, rated, frozen_clock):
    case_id = rated()
    published(app, frozen_clock, case_id)
    office.act(case_id, desk.CLERK, "record_objections", {"received": False})
    office.act(case_id, desk.LEADER, "decide_stars", RELEASE)
    papers = {paper.template_key: paper for paper in office.documents(case_id)}
    assert list(papers) == ["public_notice", "rating_notice", "rating_certificate"]
    notice = "".join(text for _, text in papers["public_notice"].outline)
    assert "2026年11月20日至2026年11月27日" in notice
    assert "拟评四星级" in notice
    told = "".join(text for _, text in papers["rating_notice"].outline)
    assert "四星级" in told
    assert "2027年12月31日" in told
    assert "演示评定办法" in told
    (entry,) = desk.records(case_id, "stars")
    assert (entry["period"], entry["valid_until"]) == ("2026", date(2027, 12, 31))
    assert entry["values"] == {"stars": "四星级"}
    assert office.case_of(case_id).outcome_label == "评定四星级"


def test_stars_lapse_at_the_end_of_the_next_year(app, rated, frozen_clock):
    case_id = rated()
    published(app, frozen_clock, case_id)
    office.act(case_id, desk.CLERK, "record_objections", {"received": False})
    office.act(case_id, desk.LEADER, "decide_stars", RELEASE)

    def lapsed():
        with read_only() as session:
            case = session.get_one(Case, case_id)
            pack = pack_of_case(session, case)
            views = record_views(pack, records_of(session, case.market), public_only=True)
            (view,) = [view for row, view in views if row.kind == "stars"]
            return view.lapsed

    frozen_clock.move(days=399)  # from 2026-11-28 to 2028-01-01
    assert lapsed() is True
    frozen_clock.move(days=-1)
    assert lapsed() is False


def test_nothing_is_released_without_its_legal_basis(app, rated, frozen_clock):
    case_id = rated(legal_basis="")
    published(app, frozen_clock, case_id)
    office.act(case_id, desk.CLERK, "record_objections", {"received": False})
    with pytest.raises(Invalid) as refused:
        office.act(case_id, desk.LEADER, "decide_stars", RELEASE | {"legal_basis": ""})
    assert list(refused.value.errors) == ["legal_basis"]
    assert office.open_steps(case_id) == {"decide_stars"}
    assert desk.records(case_id, "stars") == []


def test_an_objection_that_holds_means_no_star(app, rated, frozen_clock):
    case_id = rated()
    published(app, frozen_clock, case_id)
    values = {"received": True, "objections": [OBJECTION | {"upheld": False}, OBJECTION | {"upheld": True}]}
    office.act(case_id, desk.CLERK, "record_objections", values)
    case = office.case_of(case_id)
    assert (case.status, case.outcome_label) == ("finished", "不评星")
    notice = office.documents(case_id)[-1]
    assert any("公示期内的异议成立" in text for _, text in notice.outline)
    assert desk.records(case_id, "stars")[0]["values"] == {"stars": "不评星"}


def test_an_objection_that_does_not_hold_is_answered_and_the_leader_decides(app, rated, frozen_clock):
    case_id = rated()
    published(app, frozen_clock, case_id)
    values = {"received": True, "objections": [OBJECTION | {"upheld": False}]}
    office.act(case_id, desk.CLERK, "record_objections", values)
    assert office.open_steps(case_id) == {"decide_stars"}
    assert "演示来信人" not in str(office.submission(case_id, "stars_objections").data)


def test_nobody_ends_the_time_for_objections_early(rated):
    case_id = rated()
    voted(case_id, "renshe-fj", "gonghui", "gongan")
    assert office.open_steps(case_id) == {"publicity"}
    assert [pause.reason for pause in office.clock_of(case_id).pauses if pause.resumed_at is None] == ["公示"]
    for values in ({}, {"over": True}):
        with pytest.raises(Invalid):
            office.act(case_id, desk.CLERK, "publicity", values)


def test_half_of_the_panel_is_no_majority(rated):
    case_id = rated()
    voted(case_id, "renshe-fj", "gonghui")
    assert office.case_of(case_id).outcome_label == "不评星"
    assert any("表决未通过" in text for _, text in office.documents(case_id)[-1].outline)


def test_the_leader_may_refuse_or_send_back_to_the_panel(app, rated, frozen_clock):
    case_id = rated()
    published(app, frozen_clock, case_id)
    office.act(case_id, desk.CLERK, "record_objections", {"received": False})
    office.act(case_id, desk.LEADER, "decide_stars", {"decision": "return", "comment": "请再议（演示）"})
    assert office.open_steps(case_id) == {"panel"}


@pytest.mark.parametrize(
    ("score", "grade", "opening"),
    [("51.75", "不合格", {}), ("91.82", "优秀", {"incident": True}), ("69.99", "合格", {})],
)
def test_a_market_below_the_conditions_gets_no_star(rated, score, grade, opening):
    case_id = rated(score, grade, **opening)
    assert office.case_of(case_id).outcome_label == "不评星"
    assert [paper.template_key for paper in office.documents(case_id)] == ["notice"]


def test_there_are_no_stars_without_an_assessment_of_the_year(at):
    recognition = at("recognised")
    no = desk.listed(recognition)
    desk.entered(recognition, "assessment", "2025", grade="优秀", score=Decimal(95))
    case_id = desk.start(no, "stars")
    with pytest.raises(Invalid) as refused:
        office.act(case_id, desk.CLERK, "open_rating", OPENING)
    assert list(refused.value.errors) == ["year"]


def test_a_plaque_only_if_the_office_chose_so(app, rated, frozen_clock):
    case_id = rated()
    office.choose(stars_plaque=True)
    published(app, frozen_clock, case_id)
    office.act(case_id, desk.CLERK, "record_objections", {"received": False})
    office.act(case_id, desk.LEADER, "decide_stars", RELEASE)
    assert office.documents(case_id)[-1].template_key == "rating_plaque"


def test_stars_follow_the_year_that_was_assessed_last(app, rated, frozen_clock):
    case_id = rated()
    published(app, frozen_clock, case_id)
    office.act(case_id, desk.CLERK, "record_objections", {"received": False})
    office.act(case_id, desk.LEADER, "decide_stars", RELEASE)
    desk.entered(case_id, "assessment", "2027", grade="不合格", score=Decimal("51.75"))
    again = desk.start(office.market_of(case_id).no, "stars")
    office.act(again, desk.CLERK, "open_rating", OPENING | {"year": "2027"})
    assert [(entry["period"], entry["values"]["stars"]) for entry in desk.records(case_id, "stars")] == [
        *(("2026", "四星级"), ("2027", "不评星"))
    ]


def test_a_township_starts_no_rating(at):
    no = desk.listed(at("recognised"))
    with pytest.raises(Forbidden):
        desk.start(no, "stars", desk.TOWNSHIP)
