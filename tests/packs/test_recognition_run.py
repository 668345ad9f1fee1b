"""Every way through 申请认定, from the filing to the archive (Policy: TZ-3.1)."""

from __future__ import annotations

import pytest

from tests.packs.desk import Desk
from tests.packs.filings import MARKET, STATION

BODIES = ["police", "traffic", "finance", "union", "cac"]


def test_market_is_recognised_by_the_deputy_director():
    desk = Desk(MARKET)
    desk.reach_draft()
    desk.act("draft_opinion", recommend="approve", route="deputy")
    assert set(desk.open) == {"leader_decision"}
    desk.act("leader_decision", decision="approve")
    assert desk.run.finished
    assert desk.documents == [
        ("application_report", "township"),
        ("acceptance_notice", "hrss"),
        ("opinion_request", "hrss"),
        *[("opinion_reply", body) for body in sorted(BODIES)],
        ("site_check", "hrss"),
        ("recognition_reply", "hrss"),
    ]
    assert desk.operators[-3:] == ["recognise_market", "issue_document", "archive_case"]
    assert desk.effects[-1][1] == {"outcome": "approved"}
    assert desk.decided["eligibility"] is True


def test_station_asks_fewer_bodies():
    desk = Desk(STATION)
    desk.reach_acceptance()
    desk.examine("accept")
    assert set(desk.open) == {"opinion_police", "opinion_union"}
    recipients = [
        given["recipients"] for _, given in desk.effects if given.get("template") == "opinion_request"
    ]
    assert recipients == [["police", "union"]]


def test_lanes_and_positions_say_who_acts():
    desk = Desk(MARKET)
    assert (desk.open["file"].agency, desk.open["file"].properties["position"]) == ("township", "clerk")
    desk.reach_acceptance()
    assert (desk.open["acceptance"].agency, desk.open["acceptance"].properties["position"]) == (
        "hrss",
        "clerk",
    )
    desk.examine("accept")
    assert {task.agency for task in desk.open.values()} == set(BODIES)


@pytest.mark.parametrize("step", ["township_review", "township_sign"])
def test_township_returns_its_own_draft(step):
    desk = Desk(MARKET)
    desk.act("file")
    if step == "township_sign":
        desk.act("township_review", **{"pass": True})
    desk.act(step, **{"pass": False})
    assert set(desk.open) == {"file"}
    assert desk.documents == []
    desk.reach_acceptance()
    assert set(desk.open) == {"acceptance"}


def test_clock_starts_when_the_report_has_left_and_stands_still_during_correction():
    desk = Desk(MARKET)
    assert desk.operators == []
    desk.reach_acceptance()
    assert desk.operators == ["issue_document", "start_clock"]
    desk.examine("correct")
    assert desk.operators[2:] == ["issue_document", "pause_clock"]
    assert desk.open["correction"].agency == "township"
    desk.act("correction")
    assert desk.operators[4:] == ["resume_clock"]
    assert set(desk.open) == {"acceptance"}


def test_two_rounds_of_correction_survive_being_stored():
    desk = Desk(MARKET)
    desk.reach_acceptance()
    for _ in range(2):
        desk.examine("correct")
        desk.reload()
        desk.act("correction")
        desk.reload()
    desk.examine("accept")
    assert desk.operators.count("pause_clock") == desk.operators.count("resume_clock") == 2
    assert len(desk.open) == 5


@pytest.mark.parametrize("decision", ["accept", "correct"])
def test_no_paper_leaves_before_the_section_chief_has_read_it(decision):
    desk = Desk(MARKET)
    desk.reach_acceptance()
    desk.act("acceptance", decision=decision)
    (step,) = desk.open.values()
    assert (step.element_id, step.agency, step.properties["position"]) == (
        "paper_review",
        "hrss",
        "section_chief",
    )
    assert desk.operators == ["issue_document", "start_clock"]  # the clock runs, the report alone has left
    desk.act("paper_review", **{"pass": False})
    assert set(desk.open) == {"acceptance"}
    assert desk.operators == ["issue_document", "start_clock"]


def test_an_office_may_let_papers_leave_on_the_clerks_word():
    desk = Desk(MARKET, paper_review=False)
    desk.reach_acceptance()
    desk.act("acceptance", decision="accept")
    assert set(desk.open) == {f"opinion_{body}" for body in BODIES}
    assert desk.documents[1:] == [("acceptance_notice", "hrss"), ("opinion_request", "hrss")]


def test_late_body_is_presumed_and_issues_no_letter():
    desk = Desk(MARKET)
    desk.reach_acceptance()
    desk.examine("accept")
    desk.presume("opinion_traffic")
    for body in ("police", "finance", "union"):
        desk.act(f"opinion_{body}", conclusion="同意")
        assert set(desk.open) != {"site_check"}
    desk.act("opinion_cac", conclusion="无意见")
    assert set(desk.open) == {"site_check"}
    replies = {agency for template, agency in desk.documents if template == "opinion_reply"}
    assert replies == {"police", "finance", "union", "cac"}


def test_site_check_needs_two_signatures():
    desk = Desk(STATION)
    desk.reach_acceptance()
    desk.examine("accept")
    for element in sorted(desk.open):
        desk.act(element)
    assert desk.open["site_check"].properties["signers"] == "2"


def test_failed_conditions_only_advise_by_default():
    desk = Desk(MARKET)
    desk.facts["filing"]["site"]["area"] = 4000
    desk.reach_acceptance()
    desk.examine("accept")
    assert desk.decided["eligibility"] is False
    assert len(desk.open) == 5


def test_failed_conditions_can_be_made_a_bar():
    desk = Desk(MARKET, eligibility_bar=True)
    desk.facts["filing"]["site"]["area"] = 4000
    desk.reach_acceptance()
    desk.examine("accept")
    assert set(desk.open) == {"draft_opinion"}
    assert ("opinion_request", "hrss") not in desk.documents


def test_met_conditions_pass_the_bar():
    desk = Desk(MARKET, eligibility_bar=True)
    desk.reach_acceptance()
    desk.examine("accept")
    assert len(desk.open) == 5


@pytest.mark.parametrize(
    ("result", "documents", "outcome"),
    [("approve", "recognition_reply", "approved"), ("refuse", "refusal_notice", "refused")],
)
def test_meeting_decides(result, documents, outcome):
    desk = Desk(STATION)
    desk.reach_draft()
    desk.act("draft_opinion", recommend="refuse", route="meeting")
    desk.act("meeting_decision", result=result)
    assert desk.run.finished
    assert desk.documents[-1] == (documents, "hrss")
    assert desk.effects[-1] == ("archive_case", {"outcome": outcome})


def test_leader_refuses():
    desk = Desk(STATION)
    desk.reach_draft()
    desk.act("draft_opinion", recommend="approve", route="deputy")
    desk.act("leader_decision", decision="refuse")
    assert desk.run.finished
    assert desk.documents[-1] == ("refusal_notice", "hrss")
    assert "recognise_market" not in desk.operators


def test_leader_returns_and_the_meeting_then_decides():
    desk = Desk(STATION)
    desk.reach_draft()
    desk.act("draft_opinion", recommend="approve", route="deputy")
    desk.act("leader_decision", decision="return")
    assert set(desk.open) == {"draft_opinion"}
    desk.act("draft_opinion", recommend="approve", route="meeting")
    # The leader's earlier answer still lies in the token and must not count.
    desk.act("meeting_decision", result="approve")
    assert desk.run.finished
    assert "recognise_market" in desk.operators


def test_reply_takes_the_form_that_the_office_chose():
    desk = Desk(STATION, reply_form="批复")
    desk.reach_draft()
    desk.act("draft_opinion", recommend="approve", route="deputy")
    desk.act("leader_decision", decision="approve")
    assert desk.documents[-1] == ("recognition_approval", "hrss")


def test_unforeseen_answer_takes_the_stricter_way():
    desk = Desk(STATION)
    desk.reach_draft()
    desk.act("draft_opinion", recommend="approve", route="something else")
    # An answer that nobody foresaw goes to the stricter way, never past a decision.
    assert set(desk.open) == {"meeting_decision"}
