"""A paper is read before it is signed off: at the township's desk and at the bureau's, as PDF and as Word."""

from __future__ import annotations

import io
import zipfile

import pikepdf
import pytest
from docx import Document

from tests.factories import filings
from tests.integration.recognition import desk
from tests.integration.recognition.test_document_in_word import PHONE, flat, opened, words
from tests.integration.recognition.test_looks import looks
from tests.unit.documents.reading import heard
from webapp.core.errors import Invalid
from webapp.queries.document_life import life_of
from webapp.uow import read_only

CASE = "/cases/TZ-RD-2026-0001"


def open_step(case_id, element_id):
    (item,) = desk.items(case_id, element_id)
    return item, f"{CASE}/tasks/{item.id}"


def type_in(case_id, username, element_id, values):
    item, _ = open_step(case_id, element_id)
    with desk.unit_of_work() as session:
        desk.work_items.save_draft(session, filings.actor(session, username), item.id, values)


def drafted(browse, username, url):
    """The draft as both files tell it, without blanks."""
    reader = browse(username)
    pdf = reader.get(f"{url}/preview.pdf")
    assert (pdf.status_code, pdf.mimetype) == (200, "application/pdf")
    return heard(pdf.data), words(opened(reader.get(f"{url}/preview.docx")))


def test_the_report_comes_from_the_form_as_word_and_the_look_is_recorded(at, browse):
    case_id = at("started")
    item, url = open_step(case_id, "file")
    clerk = browse("majuqiao")
    refused = clerk.get(f"{url}/preview.docx")
    assert refused.status_code == 422
    assert "缺少数据" in refused.text
    type_in(case_id, "majuqiao", "file", filings.content("market")["filing"])
    assert f'href="{url}/preview.docx"' in clerk.get(url).text
    document = opened(clerk.get(f"{url}/preview.docx"))
    assert document.core_properties.title == "关于认定通州区马驹桥镇零工市场的申请报告"
    assert PHONE in words(document)
    assert [look for look in looks(case_id) if look[0] == "task.read"] == [("task.read", "majuqiao", item.id)]
    assert browse("majuqiao-sh").get(f"{url}/preview.docx").status_code == 404


def test_the_section_chief_reads_the_reply_before_the_leader_does(at, browse):
    case_id = at("checked")
    _, url = open_step(case_id, "draft_opinion")
    said = filings.content("market")["draft_opinion"] | {"market_short_name": "新名称演示"}
    type_in(case_id, "renshe-kz", "draft_opinion", said)
    for text in drafted(browse, "renshe-kz", url):
        assert "关于认定通州区新名称演示零工市场的复函" in text
        assert "通人社函〔2026〕" in text
        assert "名录编号为（登记入册时编定）" in text
        assert "特此函复。" in text
    before = [row.id for row in desk.documents(case_id)]
    type_in(case_id, "renshe-kz", "draft_opinion", said | {"recommend": "refuse"})
    for text in drafted(browse, "renshe-kz", url):
        assert "不予认定告知书" in text
        assert flat(said["reasons"]) in text
    assert [row.id for row in desk.documents(case_id)] == before, (
        "reading a draft issues nothing and draws no number"
    )


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ({}, "关于认定通州区马驹桥镇零工市场的复函"),
        ({"decision": "approve"}, "关于认定通州区马驹桥镇零工市场的复函"),
        ({"decision": "refuse", "comment": "选址与规划不符（演示）"}, "不予认定告知书"),
    ],
)
def test_the_leader_reads_what_the_decision_would_put_out(at, browse, typed, title):
    case_id = at("drafted")
    _, url = open_step(case_id, "leader_decision")
    if typed:
        type_in(case_id, "renshe-fj", "leader_decision", typed)
    told, in_word = drafted(browse, "renshe-fj", url)
    assert title in told
    assert title in in_word
    if "comment" in typed:
        assert typed["comment"] in told
    assert browse("renshe").get(f"{url}/preview.pdf").status_code == 404


def test_where_the_office_writes_an_approval_the_draft_is_one(at, browse):
    case_id = at("drafted")
    desk.choose(reply_form="批复")
    _, url = open_step(case_id, "leader_decision")
    assert all("零工市场的批复" in text for text in drafted(browse, "renshe-fj", url))


def test_the_issued_reply_says_what_its_draft_said(at, browse):
    case_id = at("drafted")
    _, url = open_step(case_id, "leader_decision")
    draft = drafted(browse, "renshe-fj", url)[1]
    desk.act(case_id, "renshe-fj", "leader_decision", filings.content("market")["leader_decision"])
    reply = next(row for row in desk.documents(case_id) if row.template_key == "recognition_reply")
    issued = words(opened(browse("renshe").get(f"/documents/{reply.id}.docx")))
    number = desk.market_of(case_id).no
    assert issued.replace(number, "（登记入册时编定）").replace("〔2026〕2号", "〔2026〕号") == draft


def papers(browse, url):
    """The drafts for Word that the section's chief reads, by name, without blanks."""
    answer = browse("renshe-kz").get(f"{url}/preview.docx")
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return {name: words(Document(io.BytesIO(archive.read(name)))) for name in archive.namelist()}


def test_the_section_chief_reads_all_papers_that_one_click_puts_out(at, browse):
    case_id = at("filed")
    desk.act(case_id, "renshe", "acceptance", filings.content("market")["acceptance"])
    _, url = open_step(case_id, "paper_review")
    before = [row.id for row in desk.documents(case_id)]
    drafts = papers(browse, url)
    assert list(drafts) == ["1. 受理通知书.docx", "2. 征求意见函.docx"]
    assert "市公安局通州分局" in drafts["2. 征求意见函.docx"].replace("北京", "")
    pdf = browse("renshe-kz").get(f"{url}/preview.pdf")
    with pikepdf.open(io.BytesIO(pdf.data)) as both:
        assert len(both.pages) >= 2
    assert [row.id for row in desk.documents(case_id)] == before
    assert desk.open_steps(case_id) == {"paper_review"}
    desk.review_papers(case_id)
    issued = {row.template_key: row for row in desk.documents(case_id)}
    for name, key in (("1. 受理通知书.docx", "acceptance_notice"), ("2. 征求意见函.docx", "opinion_request")):
        told = words(opened(browse("renshe").get(f"/documents/{issued[key].id}.docx")))
        number = issued[key].number.partition("〕")[0] + "〕"
        assert told.replace(issued[key].number, f"{number}号") == drafts[name]


def test_a_correction_is_read_alone_and_a_returned_paper_goes_back_to_the_clerk(at, browse):
    case_id = at("filed")
    given = filings.content("market")["acceptance_correct"]
    desk.act(case_id, "renshe", "acceptance", given)
    _, url = open_step(case_id, "paper_review")
    for text in drafted(browse, "renshe-kz", url):
        assert "补正通知书" in text
        assert flat(given["corrections"][0]["how"]) in text
    with pytest.raises(Invalid):
        desk.act(case_id, "renshe-kz", "paper_review", {"pass": True})  # without 保密审查
    desk.act(case_id, "renshe-kz", "paper_review", {"pass": False, "opinion": "第二项写得不清楚（演示）"})
    assert desk.open_steps(case_id) == {"acceptance"}
    assert not desk.clock_of(case_id).pauses


def test_the_papers_tell_who_read_them(at):
    case_id = at("accepted")
    request = next(row for row in desk.documents(case_id) if row.template_key == "opinion_request")
    with read_only() as session:
        told = {one.label: one for one in life_of(session, session.get_one(desk.Document, request.id))}
    chief = "区人力社保局 科室负责人 演示郑楠"
    assert (told["核稿"].who, told["核稿"].text) == (chief, "核稿")
    assert (told["保密审查"].who, told["保密审查"].text) == (chief, "已审查")
