"""The life of a document after and before its issue: who did what, 送达, 更正, 撤销, and what the public is told."""

from __future__ import annotations

from io import BytesIO

import pytest

from tests.factories import filings
from tests.integration.recognition import desk
from webapp.core.errors import Forbidden, Invalid, Locked
from webapp.models.document import Document, DocumentDelivery
from webapp.queries.document_life import life_of
from webapp.services import document_acts
from webapp.uow import read_only, unit_of_work

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def paper(sealed):
    """Return a sealed document of a recognised market by its template."""
    case_id = sealed()

    def found(key):
        return next(row for row in desk.documents(case_id) if row.template_key == key)

    return found


def stages(document):
    with read_only() as session:
        return {one.label: one for one in life_of(session, session.get_one(Document, document.id))}


def again(document):
    with read_only() as session:
        return session.get_one(Document, document.id)


def deliver(document, username="renshe", clock=None, **changes):
    with unit_of_work() as session:
        row = session.get_one(Document, document.id)
        given = {
            "way": "直接送达",
            "recipient": "马驹桥镇人民政府",
            "receiver": "演示收件人",
            "delivered_at": row.issued_at,
        }
        who = filings.actor(session, username)
        return document_acts.deliver(session, who, row, **(given | changes))


def test_the_reply_tells_who_drafted_reviewed_and_signed_it(paper):
    told = stages(paper("recognition_reply"))
    assert list(told) == ["拟稿", "核稿", "保密审查", "公开属性", "签发", "编号", "用印", "印发"]
    assert (told["拟稿"].who.split()[1], told["拟稿"].text) == ("经办", "现场核查")
    checker = "区人力社保局 科室负责人 演示郑楠"
    assert (told["核稿"].who, told["核稿"].text) == (checker, "拟定综合意见")
    assert (told["公开属性"].who, told["公开属性"].text) == (checker, "主动公开")
    assert (told["保密审查"].who, told["保密审查"].text) == (checker, "已审查")
    assert told["签发"].who == "区人力社保局 分管领导 演示王磊"
    assert told["拟稿"].at <= told["核稿"].at <= told["签发"].at <= told["编号"].at
    assert told["编号"].text == "通人社函〔2026〕2号"
    assert told["用印"].at is not None


def test_what_the_leader_says_of_secrecy_goes_before_what_the_section_said(at):
    case_id = at("drafted")
    desk.act(case_id, "renshe-fj", "leader_decision", {"decision": "approve", "secrecy": "不予公开"})
    reply = next(row for row in desk.documents(case_id) if row.template_key == "recognition_reply")
    told = stages(reply)
    leader = "区人力社保局 分管领导 演示王磊"
    assert reply.disclosure == "不予公开"
    assert (told["保密审查"].who, told["保密审查"].text) == (leader, "不予公开")
    assert (told["公开属性"].who, told["公开属性"].text) == (leader, "不予公开")


def test_the_report_of_the_township_tells_of_its_three_hands(paper):
    told = stages(paper("application_report"))
    assert [(told[label].who.split()[1], told[label].text) for label in ("拟稿", "核稿", "签发")] == [
        ("经办", "填写认定申请"),
        ("审核", "街道乡镇审核"),
        ("主要领导", "主要领导签发"),
    ]
    assert told["拟稿"].at <= told["核稿"].at <= told["签发"].at <= told["编号"].at


def test_a_paper_without_number_and_seal_says_so(paper):
    told = stages(paper("site_check"))
    assert told["编号"].text == "不编文号"
    assert told["用印"].text == "不用印，由文中所列人员签字"


@pytest.mark.parametrize(("said", "disclosure"), [("不涉密", "依申请公开"), ("不予公开", "不予公开")])
def test_what_the_review_of_secrecy_withholds_is_not_published(at, said, disclosure):
    case_id = at("reviewed")
    desk.act(case_id, "majuqiao-ld", "township_sign", {"pass": True, "secrecy": said})
    (report,) = desk.documents(case_id)
    assert report.disclosure == disclosure
    told = stages(report)
    assert (told["保密审查"].text, told["保密审查"].who.split()[1]) == (said, "主要领导")
    published = "不予公开" if said == "不予公开" else "依申请公开（按文书模板）"
    assert told["公开属性"].text == published


def test_a_delivery_makes_a_receipt_and_is_told(paper, app, browse):
    reply = paper("recognition_reply")
    row = deliver(reply, remark="一式两份")
    desk.work(app)
    with read_only() as session:
        kept = session.get_one(DocumentDelivery, row.id)
        receipt = session.get_one(Document, kept.receipt_id)
        assert (kept.receiver, kept.remark, kept.position_title) == (
            "演示收件人",
            "一式两份",
            "区人力社保局 经办",
        )
        assert (receipt.title, receipt.number, receipt.about_id, receipt.status) == (
            "送达回证",
            None,
            reply.id,
            "issued",
        )
        printed = "".join(text for _, text in receipt.outline)
    for text in ("通人社函〔2026〕2号", "马驹桥镇人民政府", "演示收件人", "直接送达", "一式两份"):
        assert text in printed
    assert stages(reply)["送达"].text == "直接送达，马驹桥镇人民政府"
    page = browse("renshe").get(f"/documents/{reply.id}").text
    assert "演示收件人" in page
    public = browse().get(f"/v/{reply.token}").text
    assert "<dt>送达</dt><dd>2026年11月20日</dd>" in public
    assert "演示收件人" not in public


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"way": "托人捎去"}, "way"), ({"receiver": " "}, "receiver"), ({"recipient": "单" * 61}, "recipient")],
)
def test_a_delivery_that_cannot_be_is_refused(paper, changes, field):
    reply = paper("recognition_reply")
    with pytest.raises(Invalid) as refused:
        deliver(reply, **changes)
    assert refused.value.field == field


def test_a_delivery_is_neither_tomorrow_nor_before_the_document(paper, frozen_clock):
    reply = paper("recognition_reply")
    instant = reply.issued_at
    frozen_clock.move(days=1)
    assert deliver(reply, delivered_at=instant.replace(day=21)).way == "直接送达"
    for day in (22, 19):
        with pytest.raises(Invalid):
            deliver(reply, delivered_at=instant.replace(day=day))


def test_only_the_agency_that_issued_it_acts(paper):
    reply = paper("recognition_reply")
    for username in ("majuqiao", "gongan"):
        with pytest.raises(Forbidden):
            deliver(reply, username)
    with pytest.raises(Forbidden), unit_of_work() as session:
        row = session.get_one(Document, reply.id)
        document_acts.revoke(session, filings.actor(session, "majuqiao-ld"), row, reason="越权撤销")


def test_the_signed_receipt_is_kept_once_and_opened_by_readers(paper, browse):
    reply = paper("recognition_reply")
    row = deliver(reply)
    address = f"/documents/{reply.id}/deliveries/{row.id}/proof"
    clerk = browse("renshe")
    answer = clerk.post(address, data={"file": (BytesIO(PDF), "回证.pdf")})
    assert answer.status_code == 302
    assert clerk.post(address, data={"file": (BytesIO(PDF), "回证.pdf")}).status_code == 409
    with read_only() as session:
        proof = session.get_one(DocumentDelivery, row.id).proof_id
    assert browse("majuqiao").get(f"/attachments/{proof}").status_code == 200
    assert browse("songzhuang").get(f"/attachments/{proof}").status_code == 404
    assert "送达回证收回" in stages(reply)


def test_a_correction_is_numbered_sealed_and_told_to_the_public(paper, app, browse):
    notice_of = paper("acceptance_notice")
    leader = browse("renshe-fj")
    said = {"wrong": "20个工作日", "right": "15个工作日", "reason": "承诺时限录入有误"}
    assert leader.post(f"/documents/{notice_of.id}/correct", data=said).status_code == 302
    desk.work(app)
    with read_only() as session:
        (notice,) = session.query(Document).filter_by(about_id=notice_of.id).all()
        assert (notice.title, notice.number, notice.status) == ("更正通知", "通人社更〔2026〕1号", "issued")
        printed = "".join(text for _, text in notice.outline)
    assert "通人社受〔2026〕1号" in printed
    assert "更正为：15个工作日" in printed
    assert again(notice_of).status == "corrected"
    public = browse().get(f"/v/{notice_of.token}").text
    assert "内容有更正" in public
    assert "（通人社更〔2026〕1号）" in public
    assert "更正通知" in leader.get(f"/documents/{notice_of.id}").text
    assert stages(notice_of)["更正"].who == "区人力社保局 分管领导 演示王磊"


def test_a_revoked_document_stays_in_its_place_and_says_so(paper, browse):
    reply = paper("recognition_reply")
    leader = browse("renshe-fj")
    assert leader.post(f"/documents/{reply.id}/revoke", data={"reason": "无"}).status_code == 422
    assert (
        leader.post(f"/documents/{reply.id}/revoke", data={"reason": "认定依据有误（演示）"}).status_code
        == 302
    )
    row = again(reply)
    assert (row.status, row.number) == ("revoked", "通人社函〔2026〕2号")
    public = browse().get(f"/v/{reply.token}").text
    assert "公文真实，但已撤销" in public
    assert "<dt>撤销</dt><dd>2026年11月20日</dd>" in public
    assert "认定依据有误" not in public
    with pytest.raises(Locked):
        deliver(reply)
    assert (
        leader.post(f"/documents/{reply.id}/revoke", data={"reason": "认定依据有误（演示）"}).status_code
        == 409
    )
    (event,) = desk.events(reply.case_id, "document.revoked")
    assert event.data == {"number": "通人社函〔2026〕2号", "reason": "认定依据有误（演示）"}


def test_the_receipt_itself_has_no_further_life(paper, app, browse):
    reply = paper("recognition_reply")
    row = deliver(reply)
    desk.work(app)
    with read_only() as session:
        receipt = session.get_one(Document, row.receipt_id)
    with pytest.raises(Locked):
        deliver(receipt)
    assert "登记送达" not in browse("renshe").get(f"/documents/{receipt.id}").text
