"""欠薪与争议调解: from the public page to the last payment, and every other end (Policy: TZ-4.4, TZ-6, TZ-7.4)."""

from __future__ import annotations

import pytest

from tests.integration.public_part import dispute_desk as desk
from tests.integration.recognition import desk as office
from tests.integration.register_change.desk import number
from webapp.core.errors import Invalid


@pytest.fixture
def market_no(at):
    return number(at("recognised"))


def outcome(case_id):
    case = office.case_of(case_id)
    return case.status, case.outcome, case.outcome_label


def test_a_worker_asks_both_sides_agree_and_all_is_paid(browse, market_no):
    no, code = desk.receipt(desk.send(browse(), market_no))
    case_id = desk.case_id(no)
    assert no.startswith("TZ-WQ-2026-")
    assert office.open_steps(case_id) == {"receive"}
    assert "正在办理：受理" in desk.look_up(browse(), no, code).text
    desk.receive(case_id)
    assert office.open_steps(case_id) == {"mediate"}
    desk.mediate(case_id)
    assert office.open_steps(case_id) == {"track"}
    desk.paid(case_id, (1000, "2026-11-20"))
    assert office.open_steps(case_id) == {"track"}
    desk.paid(case_id, (1000, "2026-11-20"), (2000, "2026-11-20"))
    assert office.open_steps(case_id) == {"close"}
    office.act(case_id, desk.CLERK, "close", {"visited": "满意", "note": "已付清（演示）"}, position="clerk")
    assert outcome(case_id) == ("finished", "approved", "达成协议并付清")
    assert "已办结：达成协议并付清" in desk.look_up(browse(), no, code).text


def test_union_and_police_take_part_where_the_township_asks_them(browse, market_no):
    case_id = desk.asked(browse, market_no, **{"matter-danger": "true"})
    desk.receive(case_id, **desk.ACCEPTED, with_union=True, danger=True)
    assert office.open_steps(case_id) == {"union_advice", "police_check"}
    advice = {"done": ["派员参加调解"], "advice": "建议分期支付（演示）"}
    office.act(case_id, desk.UNION, "union_advice", advice)
    assert office.open_steps(case_id) == {"police_check"}
    office.act(
        case_id, desk.POLICE, "police_check", {"safe": "已平息，可以调解", "handled": "已到场（演示）"}
    )
    assert office.open_steps(case_id) == {"mediate"}


def test_what_is_overdue_is_reminded_until_the_promised_day(app, browse, market_no, frozen_clock):
    case_id = desk.asked(browse, market_no)
    desk.receive(case_id)
    desk.mediate(case_id)
    frozen_clock.move(days=5, hours=13)  # 2026-11-25, 23:00: the day of the first payment is not over
    office.work(app)
    assert office.open_steps(case_id) == {"track"}
    frozen_clock.move(hours=1)
    office.work(app)
    assert office.open_steps(case_id) == {"remind"}
    office.act(case_id, desk.CLERK, "remind", desk.REMINDED, position="clerk")
    assert office.open_steps(case_id) == {"track"}
    frozen_clock.move(days=4, hours=23)  # 2026-11-30, 23:00: promised for today
    office.work(app)
    assert office.open_steps(case_id) == {"track"}
    frozen_clock.move(hours=1)
    office.work(app)
    assert office.open_steps(case_id) == {"remind"}
    given = desk.REMINDED | {"told_on": "2026-12-01", "result": "transfer", "refer_to": "演示劳动监察队"}
    del given["promised_on"]
    office.act(
        case_id, desk.CLERK, "remind", given | {"refer_reason": "两次催告未付（演示）"}, position="clerk"
    )
    desk.sign(case_id)
    (letter,) = office.documents(case_id)
    words = "".join(text for _, text in letter.outline)
    assert "演示劳动监察队" in words
    assert "对方未按约定付款" in words
    assert "两次催告未付（演示）" in words
    assert outcome(case_id) == ("finished", "approved", "移送有关部门查处")


@pytest.mark.parametrize(
    ("result", "label"),
    [("legal_aid", "转法律援助"), ("arbitration", "引导申请劳动仲裁"), ("transfer", "移送有关部门查处")],
)
def test_where_mediation_fails_the_worker_is_sent_on(browse, market_no, result, label):
    case_id = desk.asked(browse, market_no)
    desk.receive(case_id)
    values = {key: desk.AGREED[key] for key in ("held_on", "mediator", "summary")} | {"result": result}
    with pytest.raises(Invalid) as refused:
        desk.mediate(case_id, values)
    assert set(refused.value.errors) == {"refer_to", "refer_reason"}
    desk.mediate(case_id, values | {"refer_to": "演示单位", "refer_reason": "调解不成（演示）"})
    assert office.open_steps(case_id) == {"sign_referral"}
    desk.sign(case_id)
    (letter,) = office.documents(case_id)
    assert (letter.template_key, letter.disclosure) == ("dispute_referral", "不予公开")
    words = letter.title + "".join(text for _, text in letter.outline)
    for secret in ("演示张三", "13800001234", "演示劳务公司", "干了十天"):
        assert secret not in words
    assert "3,000.00" in words
    assert outcome(case_id) == ("finished", "approved", label)


@pytest.mark.parametrize(
    ("values", "label"),
    [
        ({"decision": "refer_out", "refer_to": "演示单位", "reason": "不属本通道（演示）"}, "转其他渠道办理"),
        ({"decision": "reject", "reason": "与前件重复（演示）"}, "不予受理"),
    ],
)
def test_what_is_not_received_ends_with_its_reason(browse, market_no, values, label):
    no, code = desk.receipt(desk.send(browse(), market_no))
    case_id = desk.case_id(no)
    with pytest.raises(Invalid):
        desk.receive(case_id, decision=values["decision"])
    desk.receive(case_id, **values)
    if "refer_to" in values:
        desk.sign(case_id)
    assert outcome(case_id) == ("finished", "refused", label)
    letters = ["".join(text for _, text in row.outline) for row in office.documents(case_id)]
    assert len(letters) == ("refer_to" in values)
    assert all("演示单位" in words and "不属于本通道受理范围" in words for words in letters)
    assert all("演示张三" not in words for words in letters)
    market = office.market_of(case_id)
    assert market.status == "recognised"
    told = desk.look_up(browse(), no, code).text
    assert f"已办结：{label}" in told
    assert "（演示）" not in told


def test_an_agreement_needs_its_payments_and_its_paper(browse, market_no):
    case_id = desk.asked(browse, market_no)
    desk.receive(case_id)
    with pytest.raises(Invalid) as refused:
        office.act(case_id, desk.CLERK, "mediate", desk.AGREED | {"payments": []}, position="clerk")
    assert set(refused.value.errors) == {"payments", "agreement"}


def test_dates_that_cannot_be_are_told(browse, market_no):
    case_id = desk.asked(browse, market_no)
    desk.receive(case_id)
    early = desk.AGREED | {"payments": [{"amount": 3000, "due": "2026-11-19"}]}
    with pytest.raises(Invalid) as refused:
        desk.mediate(case_id, early)
    assert refused.value.errors == {"payments.0.due": ["付款日期不能早于调解日期。"]}


def test_a_clerk_enters_what_somebody_tells_at_the_counter(browse, market_no):
    clerk = browse(desk.CLERK)
    token = {"csrf_token": clerk.form_token(), "market": market_no}
    begun = clerk.post("/cases/dispute/start", data=token)
    page = clerk.get(begun.headers["Location"])
    assert page.status_code == 200
    assert "遇到的问题" in page.text


def test_those_who_are_asked_read_what_it_is_about_but_no_names(browse, market_no):
    case_id = desk.asked(browse, market_no)
    no = office.case_of(case_id).no
    assert browse(desk.UNION).get(f"/cases/{no}").status_code == 404
    desk.receive(case_id, **desk.ACCEPTED, with_union=True)
    page = browse(desk.UNION).get(f"/cases/{no}").text
    assert "拖欠工钱" in page
    assert "演示张三" not in page
    assert browse(desk.UNION).post(f"/cases/{no}/reveal", data={"reason": "想看看"}).status_code == 403
    assert browse(desk.POLICE).get(f"/cases/{no}").status_code == 404


def test_what_the_worker_takes_back_ends(browse, market_no):
    no, code = desk.receipt(desk.send(browse(), market_no))
    case_id = desk.case_id(no)
    office.withdraw(case_id, desk.CLERK, "求助人电话撤回（演示）")
    assert office.case_of(case_id).status == "withdrawn"
    assert "已撤回" in desk.look_up(browse(), no, code).text
