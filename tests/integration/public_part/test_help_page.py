"""权益求助 by people without an account: what is kept, what is shown, and what is refused (Policy: TZ-7.4)."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests.integration.public_part import dispute_desk as desk
from tests.integration.recognition import desk as office
from tests.integration.register_change.desk import number
from webapp.models.case import Case
from webapp.uow import read_only
from webapp.views.help_requests import MOST_SENT, MOST_WRONG


@pytest.fixture
def market_no(at):
    return number(at("recognised"))


def how_many():
    with read_only() as session:
        return session.scalar(select(func.count(Case.id)).where(Case.process_key == "dispute"))


def test_the_public_page_of_a_market_leads_to_the_form(browse, market_no):
    assert f'href="/help/{market_no}"' in browse().get(f"/directory/{market_no}").text
    assert browse().get("/help/TZ-SC-2026-999").status_code == 404
    assert browse().post("/help/TZ-SC-2026-999", data=desk.TOLD).status_code == 404


def test_history_names_the_public_and_no_person(browse, market_no):
    case_id = desk.asked(browse, market_no)
    begun = office.events(case_id, "case.started")[0]
    assert (begun.position_title, begun.actor_person_id) == ("公众", None)
    page = browse(desk.CLERK).get(f"/cases/{office.case_of(case_id).no}").text
    assert "公众" in page
    assert "演示张三" not in page


def test_what_names_people_lies_encrypted_and_is_shown_only_for_a_reason(browse, market_no):
    case_id = desk.asked(browse, market_no)
    said = office.submission(case_id, "dispute_request")
    plain = str(said.data)
    for secret in ("演示张三", "13800001234", "演示劳务公司", "干了十天", "尽快给钱"):
        assert secret not in plain
    assert said.data["matter"]["kind"] == "拖欠工钱"
    no = office.case_of(case_id).no
    clerk = browse(desk.CLERK)
    masked = clerk.get(f"/cases/{no}").text
    assert "138****1234" in masked
    assert "13800001234" not in masked
    token = {"csrf_token": clerk.form_token(), "reason": "电话联系求助人"}
    clear = clerk.post(f"/cases/{no}/reveal", data=token)
    assert "13800001234" in clear.text
    assert len(office.events(case_id, "personal.revealed")) == 1
    assert browse("songzhuang").get(f"/cases/{no}").status_code == 404


def test_bad_input_begins_nothing_and_keeps_what_was_typed(browse, market_no):
    refused = desk.send(browse(), market_no, **{"person-phone": "123", "wish": ""})
    assert refused.status_code == 422
    assert "电话号码不对" in refused.text
    assert "干了十天没有给钱（演示）" in refused.text
    assert 'value="演示张三"' in refused.text
    assert how_many() == 0


def test_a_double_click_is_one_request_with_one_receipt(browse, market_no):
    visitor = browse()
    first = visitor.post(f"/help/{market_no}", data=desk.TOLD | {"page": "drawn-once-0001"})
    second = visitor.post(f"/help/{market_no}", data=desk.TOLD | {"page": "drawn-once-0001"})
    assert desk.receipt(first) == desk.receipt(second)
    assert "已经收到过" in second.text
    assert how_many() == 1


def test_many_requests_from_one_address_must_wait(browse, market_no):
    visitor = browse()
    for _ in range(MOST_SENT):
        assert desk.send(visitor, market_no).status_code == 200
    shut = desk.send(visitor, market_no)
    assert shut.status_code == 429
    assert "干了十天没有给钱（演示）" in shut.text
    assert how_many() == MOST_SENT


def test_the_state_is_told_for_number_and_code_only_and_says_nothing_of_people(browse, market_no):
    no, code = desk.receipt(desk.send(browse(), market_no))
    told = desk.look_up(browse(), no.lower(), f"{code[:4].lower()} {code[4:].lower()}")
    assert told.status_code == 200
    for secret in ("张三", "13800001234", "138****", "演示劳务公司", "3000", "干了十天"):
        assert secret not in told.text
    assert desk.look_up(browse(), no, "22222222").status_code == 422
    assert desk.look_up(browse(), "TZ-WQ-2026-0999", code).status_code == 422


def test_guessing_codes_closes_an_address_for_a_while(browse, market_no, frozen_clock):
    no, code = desk.receipt(desk.send(browse(), market_no))
    guesser = browse()
    for _ in range(MOST_WRONG):
        assert desk.look_up(guesser, no, "22222222").status_code == 422
    assert desk.look_up(guesser, no, code).status_code == 429
    frozen_clock.move(minutes=15, seconds=1)
    assert desk.look_up(guesser, no, code).status_code == 200


def test_the_help_is_rated_once_when_it_is_over(browse, market_no):
    no, code = desk.receipt(desk.send(browse(), market_no))
    given = {"no": no, "code": code, "rating": "4"}
    visitor = browse()
    assert visitor.post("/help/status/rating", data=given).status_code == 422
    desk.receive(desk.case_id(no), decision="reject", reason="重复（演示）")
    assert "您对办理结果满意吗" in desk.look_up(visitor, no, code).text
    assert visitor.post("/help/status/rating", data=given | {"rating": "9"}).status_code == 422
    assert "已收到您的评价" in visitor.post("/help/status/rating", data=given).text
    assert visitor.post("/help/status/rating", data=given | {"rating": "1"}).status_code == 422
    assert "您对办理结果满意吗" not in desk.look_up(visitor, no, code).text
