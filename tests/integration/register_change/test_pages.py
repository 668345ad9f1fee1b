"""Choosing the market, starting from its page, and its life as officers and the public see it.

Policy: TZ-3.2.
"""

from __future__ import annotations

from tests.integration.recognition import desk as office
from tests.integration.register_change import desk


def test_a_procedure_about_a_market_is_started_by_choosing_one(at, browse):
    no = desk.number(at("recognised"))
    clerk = browse(desk.CLERK)
    assert "/markets/choose/register_change" in clerk.get("/cases/new").text
    choice = clerk.get("/markets/choose/register_change").text
    assert f'name="market" value="{no}"' in choice
    token = {"csrf_token": clerk.form_token(), "market": no}
    begun = clerk.post("/cases/register_change/start", data=token)
    assert begun.status_code == 302
    page = clerk.get(begun.headers["Location"]).text
    assert desk.entry(no).name in page
    assert "变更类别" in page


def test_another_township_is_offered_none_of_them(at, browse):
    no = desk.number(at("recognised"))
    assert no not in browse("songzhuang").get("/markets/choose/register_change").text


def test_the_choice_is_searched_by_name_and_number(at, browse):
    no = desk.number(at("recognised"))
    clerk = browse(desk.CLERK)
    assert no in clerk.get(f"/markets/choose/register_change?q={no}").text
    assert no not in clerk.get("/markets/choose/register_change?q=没有这个").text


def test_there_is_nothing_to_choose_for_a_procedure_that_proposes_its_market(at, browse):
    at("recognised")
    clerk = browse(desk.CLERK)
    assert clerk.get("/markets/choose/recognition").status_code == 404
    assert clerk.get("/markets/choose/nothing").status_code == 404


def test_its_page_tells_the_life_of_a_market_and_who_may_start_what(at, browse):
    no = desk.number(at("recognised"))
    case_id = desk.changed(no, desk.MOVED)
    case_no = office.case_of(case_id).no
    own = browse(desk.CLERK).get(f"/markets/{no}").text
    for told in (
        "名录信息变更：准予变更",
        "开放时间变更",
        "认定并列入名录",
        "零工市场（驿站）申请认定：已认定",
    ):
        assert told in own
    assert f"/cases/{case_no}" in own
    assert 'action="/cases/register_change/start"' in own
    bureau = browse("renshe").get(f"/markets/{no}").text
    assert f"/cases/{case_no}" in bureau
    assert 'action="/cases/register_change/start"' not in bureau


def test_others_and_the_public_read_the_entry_without_the_cases(at, browse):
    no = desk.number(at("recognised"))
    case_no = office.case_of(desk.changed(no, desk.MOVED)).no
    other = browse("songzhuang").get(f"/markets/{no}").text
    assert case_no not in other
    assert 'action="/cases/register_change/start"' not in other
    public = browse().get(f"/directory/{no}").text
    assert case_no not in public
    assert f"/markets/{no}" not in public
    assert "开放时间变更" in public


def test_a_market_that_nobody_knows_is_not_found(at, browse):
    at("recognised")
    assert browse("renshe").get("/markets/TZ-SC-2026-999").status_code == 404


def test_the_public_is_warned_of_a_closed_market(at, browse):
    no = desk.number(at("recognised"))
    desk.changed(no, desk.CLOSED)
    for address in (f"/directory/{no}", "/directory"):
        assert "暂停营业" in browse().get(address).text


def test_the_list_of_cases_names_the_outcome_in_the_procedures_own_words(at, browse):
    no = desk.number(at("recognised"))
    desk.changed(no, desk.MOVED)
    assert "准予变更" in browse("renshe").get("/cases").text
