"""A document, and a draft, as a Word file: the same words, the same readers, and each look on record."""

from __future__ import annotations

import io

import pytest
from docx import Document
from docx.oxml.ns import qn

from tests.integration.recognition import desk
from tests.integration.recognition.test_looks import key_of, looks

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PHONE, CONTACT = "13800000004", "演示刘洋"
"""The township's contact, whom its report names. Of the market's staff it only counts heads."""
UNPRINTED = "13800000001"


def opened(answer):
    assert (answer.status_code, answer.mimetype) == (200, WORD)
    return Document(io.BytesIO(answer.data))


def words(document):
    """Everything that the file prints, without blanks."""
    return "".join("".join(part.text or "" for part in document.element.body.iter(qn("w:t"))).split())


def flat(text):
    return "".join(text.split())


def test_the_word_file_says_what_the_paper_says(at, browse):
    case_id = at("recognised")
    clerk = browse("renshe")
    papers = desk.documents(case_id)
    assert {row.template_key for row in papers} >= {"application_report", "site_check", "recognition_reply"}
    for row in papers:
        document = opened(clerk.get(f"/documents/{row.id}.docx"))
        assert document.core_properties.title == row.title
        found = words(document)
        for role, text in row.outline:
            cells = text.split("\t") if role.startswith("table") else text.replace("附件：", "").split(" ")
            for cell in cells:
                assert flat(cell) in found, (row.template_key, role, cell)


def test_its_title_paragraphs_and_tables_are_those_of_the_paper(at, browse):
    case_id = at("recognised")
    by_kind = {row.template_key: row for row in desk.documents(case_id)}
    reply = opened(browse("renshe").get(f"/documents/{by_kind['recognition_reply'].id}.docx"))
    lines = [paragraph.text.strip() for paragraph in reply.paragraphs]
    assert by_kind["recognition_reply"].title in lines
    assert by_kind["recognition_reply"].number in lines
    paragraphs = [text for role, text in by_kind["recognition_reply"].outline if role == "paragraph"]
    assert paragraphs
    assert set(paragraphs) <= set(lines)
    check = opened(browse("renshe").get(f"/documents/{by_kind['site_check'].id}.docx"))
    rows = [text for role, text in by_kind["site_check"].outline if role.startswith("table")]
    assert sum(len(table.rows) for table in check.tables) == len(rows)


def test_a_look_at_the_word_file_is_on_record_like_one_at_the_pdf(at, browse):
    case_id = at("filed")
    (report,) = desk.documents(case_id)
    url = f"/documents/{report.id}"
    clerk, key = browse("renshe"), key_of("gongan")
    assert clerk.get(f"{url}.docx").status_code == 200
    assert looks(case_id) == [("document.read", "renshe", report.id)]
    assert clerk.get(f"{url}.pdf").status_code == 200
    assert len(looks(case_id)) == 1, "the same document on the same day"
    assert browse().get(f"/api/v1{url}.docx", headers=key).status_code == 404
    key = key_of("majuqiao")
    assert opened(browse().get(f"/api/v1{url}.docx", headers=key)).core_properties.title == report.title
    assert looks(case_id)[1:] == [("document.read", "majuqiao", report.id)]


@pytest.mark.parametrize("ending", ["pdf", "docx"])
def test_who_may_not_read_the_paper_gets_neither_file(at, browse, ending):
    case_id = at("recognised")
    for row in desk.documents(case_id):
        answer = browse("songzhuang").get(f"/documents/{row.id}.{ending}")
        assert answer.status_code == 404
        assert row.title not in answer.text


def test_personal_data_stand_in_the_word_file_only_where_the_paper_prints_them(at, browse):
    case_id = at("recognised")
    clerk = browse("renshe")
    printed = 0
    for row in desk.documents(case_id):
        found = words(opened(clerk.get(f"/documents/{row.id}.docx")))
        paper = flat("".join(text for _, text in row.outline))
        for personal in (PHONE, CONTACT, UNPRINTED):
            assert (personal in found) == (personal in paper), (row.template_key, personal)
            printed += personal in paper
    assert printed, "the report names the contact, so that this test compares something"
