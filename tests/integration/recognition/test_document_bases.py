"""The page of a document says what each of its paragraphs rests on."""

from __future__ import annotations

import pytest

from tests.integration.recognition import desk
from webapp.models.document import Document
from webapp.queries.document_bases import document_bases
from webapp.uow import read_only, unit_of_work


def bases(document):
    with read_only() as session:
        return document_bases(session, session.get_one(Document, document.id))


def said(document):
    """Return the labels of what each passage rests on, by its beginning."""
    return {
        passage.beginning: [view.label.split(" ")[0] for view in passage.bases]
        for passage in bases(document).passages
    }


@pytest.mark.parametrize("kind", ["market", "station"])
def test_every_paragraph_of_every_document_rests_on_something(at, kind):
    papers = desk.documents(at("recognised", kind))
    assert {paper.template_key for paper in papers} >= {
        "application_report",
        "recognition_reply",
        "site_check",
    }
    for paper in papers:
        found = bases(paper)
        assert found.whole, paper.title
        assert all(passage.bases for passage in found.passages), paper.title
        body = [role for role, _ in paper.outline if role in {"heading-1", "paragraph", "flush"}]
        rows = [role for role, _ in paper.outline if role in {"table-header", "table-row"}]
        assert sum(passage.count for passage in found.passages) == len(body) + len(rows), paper.title


def test_reply_quotes_the_clause_of_each_duty(at):
    """Policy: TZ-1.2, TZ-3.1, TZ-3.2, TZ-3.3."""
    (reply,) = [p for p in desk.documents(at("recognised")) if p.template_key == "recognition_reply"]
    found = said(reply)
    assert found["一、同意认定"] == ["TZ-3.1"]
    (data,) = [labels for text, labels in found.items() if text.startswith("（二）数据安全。")]
    (free,) = [labels for text, labels in found.items() if text.startswith("（三）免费服务。")]
    (review,) = [labels for text, labels in found.items() if text.startswith("（四）考核评价。")]
    assert (data, free, review) == (["TZ-3.2"], ["TZ-1.2"], ["TZ-3.3"])
    assert found["特此函复。"] == ["本地缺省"]


def test_report_of_a_station_rests_on_the_clause_of_stations(at):
    """Policy: TZ-2.2."""
    report, *_ = desk.documents(at("filed", "station"))
    labels = {label for found in said(report).values() for label in found}
    assert "TZ-2.2" in labels
    assert "TZ-2.1" not in labels


def test_page_shows_clauses_as_links_and_defaults_with_their_reason(at, browse):
    (reply,) = [p for p in desk.documents(at("recognised")) if p.template_key == "recognition_reply"]
    page = browse("renshe").get(f"/documents/{reply.id}").text
    assert "本文各段依据" in page
    section = page.split("本文各段依据")[1]
    assert (
        '<a class="basis-mark" href="/clauses/tongzhou/TZ-3.3">TZ-3.3</a> 三、规范管理（三）考核评价'
        in section
    )
    assert "文件未规定名录编号" in section


def test_document_whose_facts_no_longer_print_is_shown_without(at, browse):
    report, *_ = desk.documents(at("filed"))
    with unit_of_work() as session:
        session.get_one(Document, report.id).facts = {"案": {}}
    answer = browse("renshe").get(f"/documents/{report.id}")
    assert answer.status_code == 200
    assert "本文各段依据" not in answer.text


def test_record_without_a_seal_is_not_said_to_wait_for_one(at, app, browse):
    (record,) = [p for p in desk.documents(at("recognised")) if p.template_key == "site_check"]
    desk.work(app)
    page = browse("renshe").get(f"/documents/{record.id}").text
    assert "本公文不加盖电子印章，由文中所列人员签字" in page
    assert "尚未" not in page.split("签名与印章")[1].split("</section>")[0]


def test_page_of_a_clause_names_the_paragraphs_that_rest_on_it(at, browse):
    at("started")
    page = browse().get("/clauses/tongzhou/TZ-3.3").text
    used = page.split("本条款用在何处")[1]
    assert "公文段落" in used
    assert "（四）考核评价。" in used
    assert "{{" not in used
