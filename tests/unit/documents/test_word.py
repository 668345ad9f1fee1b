"""The draft as a Word file says what the pages say."""

from __future__ import annotations

import io

import pytest
from docx import Document
from docx.oxml.ns import qn

from webapp.documents import DocumentError, load_template, render, to_word
from webapp.documents.samples import TEMPLATES, sample_facts

NAMES = sorted(path.stem for path in (TEMPLATES / "samples").glob("*.json"))


def opened(name):
    return Document(io.BytesIO(to_word(load_template(TEMPLATES / f"{name}.md"), sample_facts(name))))


def words(document):
    parts = [paragraph.text for paragraph in document.element.body.iter(qn("w:t"))]
    return "".join("".join(parts).split())


@pytest.mark.parametrize("name", NAMES)
def test_everything_in_the_document_is_in_the_word_file(name):
    found = words(opened(name))
    for role, text in render(load_template(TEMPLATES / f"{name}.md"), sample_facts(name)).outline:
        if role == "mark" or (role == "note" and "星级" in text):
            continue  # drawn on certificates only
        for part in text.replace("附件：", "").split("\t" if role.startswith("table") else " "):
            assert "".join(part.split()) in found, (role, part)


def test_page_and_grid_are_those_of_the_standard():
    document = opened("notice")
    (section,) = document.sections
    sides = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(side.mm) for side in sides] == [37, 35, 28, 26]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:type")) == "linesAndChars"
    assert int(grid.get(qn("w:linePitch"))) * 22 / 20 == pytest.approx(225 / 25.4 * 72, abs=1)
    body = next(p for p in document.paragraphs if p.text.startswith("为掌握"))
    assert body.runs[0].font.size.pt == pytest.approx(15.75, abs=0.3)
    assert body.runs[0]._element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"


def test_cells_that_are_one_on_paper_are_one_in_word():
    (table,) = opened("subsidy_review").tables
    assert table.cell(0, 0)._tc is table.cell(1, 0)._tc
    assert table.cell(2, 2)._tc is table.cell(2, 4)._tc
    assert [cell.text for cell in table.rows[0].cells] == [
        "申请单位",
        "名称",
        "虚构市虚构区李家湾镇人民政府",
        "统一社会信用代码",
        "91110112MA00000000",
    ]


def test_a_missing_fact_is_named():
    with pytest.raises(DocumentError, match=r"参数\.title"):
        to_word(load_template(TEMPLATES / "letter.md"), {**sample_facts("letter"), "参数": {}})
