"""A list of many pages is one table to a screen reader: its cells in order, nothing twice, its heads named."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import pikepdf
import pytest

from tests.unit.documents.reading import spoken
from tests.unit.documents.test_rosters import SHEET, rows
from webapp.documents import RosterColumn, RosterSheet, roster

COUNT = 70


def written(sheet=SHEET, content=None):
    out = io.BytesIO()
    made = roster(sheet, content if content is not None else rows(COUNT), out)
    return made, out.getvalue()


@pytest.fixture(scope="module")
def file():
    return written()


def test_title_then_one_table_with_all_rows_in_order(file):
    made, pdf = file
    assert made.pages > 2
    (_, title), (kind, sections) = spoken(pdf)
    assert (title, kind) == ("补贴明细表", "/Table")
    assert [section for section, _ in sections] == ["/THead"] + ["/TBody"] * made.pages
    (head,) = sections[0][1]
    assert head == ("/TR", [("/TH", "序号"), ("/TH", "单位"), ("/TH", "金额（元）")])
    heard = [[text for _, text in cells] for _, lines in sections[1:] for _, cells in lines]
    told = [row for row in heard if row[1].startswith("演示单位")]
    assert told == [[str(n), f"演示单位{n}号", f"{Decimal(n) / 4:.2f}"] for n in range(1, COUNT + 1)]
    sums = [row for row in heard if row not in told]
    assert [row[0] for row in sums] == ["本页小计"] * made.pages + ["合计"]
    assert sums[-1] == ["合计", "", "621.25"]


def test_what_is_repeated_on_later_pages_and_the_rules_are_no_content(file):
    _, pdf = file
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            open_marks, outside = 0, []
            for _, operator in pikepdf.parse_content_stream(page):
                name = str(operator)
                open_marks += {"BDC": 1, "BMC": 1, "EMC": -1}.get(name, 0)
                assert 0 <= open_marks <= 1
                if name in {"Tj", "S"} and not open_marks:
                    outside.append(name)
            assert (open_marks, outside) == (0, [])
    heard = str(spoken(pdf))
    assert "续表" not in heard
    assert "— 1 —" not in heard
    assert heard.count("序号") == 1


def test_every_piece_of_a_page_finds_its_element(file):
    made, pdf = file
    with pikepdf.open(io.BytesIO(pdf)) as document:
        root = document.Root
        assert root.MarkInfo.Marked
        parents = root.StructTreeRoot.ParentTree.Nums
        assert len(parents) == 2 * made.pages
        for index, page in enumerate(document.pages):
            assert page.StructParents == parents[2 * index] == index
            owners = parents[2 * index + 1]
            marks = [int(number) for number in re.findall(rb"/MCID (\d+)", page.Contents.read_bytes())]
            assert marks == list(range(len(owners)))
            for mark, owner in enumerate(owners):
                assert (owner.K, owner.Pg.objgen) == (mark, page.objgen)
        head = root.StructTreeRoot.K.K[1].K[0].K[0].K[0]
        assert (head.S, head.A.Scope) == ("/TH", "/Column")


def test_a_cell_of_several_lines_is_one_cell():
    sheet = RosterSheet("表", (RosterColumn("序号", 1, "c"), RosterColumn("说明", 2)), note="填报单位：演示")
    long = "很长的说明" * 30
    _, pdf = written(sheet, [("1", long), ("2", "")])
    _, (kind, note), (_, (_, (_, lines))) = spoken(pdf)
    assert (kind, note) == ("/P", "填报单位：演示")
    assert [[text for _, text in cells] for _, cells in lines] == [["1", long], ["2", ""]]


def test_a_list_without_rows_still_has_its_heads():
    _, pdf = written(RosterSheet("表", (RosterColumn("序号", 1), RosterColumn("说明", 2))), [])
    assert spoken(pdf)[-1] == ("/Table", [("/THead", [("/TR", [("/TH", "序号"), ("/TH", "说明")])])])
