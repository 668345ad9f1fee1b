"""The yearly assessment opened for all markets at once (Policy: TZ-3.3)."""

from __future__ import annotations

import pytest

from tests.factories import filings
from tests.integration.assessment import desk
from tests.integration.recognition import desk as office
from webapp.core.errors import Forbidden, Missing
from webapp.services import batches, market_rounds
from webapp.uow import unit_of_work


@pytest.fixture
def two(at):
    """Return the numbers of two markets in the directory, of two townships."""
    first = desk.listed(at("recognised"))
    with unit_of_work() as session:
        station = filings.recognised(session, "station").id
    return [first, desk.listed(station)]


def begun(username=desk.CLERK, process="assessment"):
    with unit_of_work() as session:
        return market_rounds.start_for_all(session, filings.actor(session, username), process)


def test_every_market_gets_its_case(two):
    outcome = begun()
    assert outcome.left_out == ()
    assert [case.no for case in desk.cases_of("assessment")] == list(outcome.started)
    assert [desk.market(no).id for no in two] == [case.market_id for case in desk.cases_of("assessment")]
    assert outcome.told == "已为2个市场（驿站）发起“年度考核评价”。"


def test_a_market_that_has_one_under_way_is_left_out_with_the_reason(two):
    case_no = office.case_of(desk.start(two[0])).no
    outcome = begun()
    (case,) = desk.cases_of("assessment")[1:]
    assert (outcome.started, case.market_id) == ((case.no,), desk.market(two[1]).id)
    (reason,) = outcome.left_out
    assert desk.market(two[0]).name in reason
    assert case_no in reason
    assert begun().started == ()


def test_all_openings_are_filled_in_together(two):
    begun()
    with unit_of_work() as session:
        who = filings.actor(session, desk.CLERK)
        items = [filings.open_item(session, case, "open_assessment") for case in desk.cases_of("assessment")]
        for item in items:
            batches.complete(session, who, item.id, revision=item.revision, values=desk.OPENING)
    for case in desk.cases_of("assessment"):
        assert office.open_steps(case.id) == {"self_assessment"}


def test_only_those_who_may_start_it_and_only_what_is_meant_for_all(two):
    with pytest.raises(Forbidden):
        begun(desk.TOWNSHIP)
    for process, username in (("register_change", desk.TOWNSHIP), ("recognition", desk.TOWNSHIP)):
        with pytest.raises(Missing):
            begun(username, process)
    assert desk.cases_of("assessment") == []


def test_without_a_market_there_is_nothing_to_start(app):
    with pytest.raises(Missing):
        begun()


def test_the_button_stands_where_the_market_is_chosen(two, browse):
    clerk = browse(desk.CLERK)
    page = clerk.get("/markets/choose/assessment").text
    assert "为全部市场发起" in page
    answer = clerk.post("/markets/choose/assessment/all", data={"csrf_token": clerk.form_token()})
    assert answer.status_code == 302
    assert "已为2个市场（驿站）发起" in clerk.get(answer.location).text
    again = clerk.post("/markets/choose/assessment/all", data={"csrf_token": clerk.form_token()})
    told = clerk.get(again.location).text
    assert "已为0个市场（驿站）发起" in told
    assert "2个没有发起" in told
    township = browse(desk.TOWNSHIP)
    assert "为全部市场发起" not in township.get("/markets/choose/register_change").text
    refused = township.post("/markets/choose/assessment/all", data={"csrf_token": township.form_token()})
    assert refused.status_code == 403
