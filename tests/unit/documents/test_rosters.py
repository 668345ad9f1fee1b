"""花名册 and 明细表 over many pages: head repeated, sums right, memory flat."""

from __future__ import annotations

import io
import tracemalloc
from decimal import Decimal

import pytest

from tests.unit.documents.reading import read_pdf
from webapp.documents import DocumentError, RosterColumn, RosterSheet, load_faces, roster

SHEET = RosterSheet(
    title="补贴明细表",
    columns=(
        RosterColumn("序号", 1, "c"),
        RosterColumn("单位", 5),
        RosterColumn("金额（元）", 2, summed=True, places=2),
    ),
)


def rows(count):
    return ((number, f"演示单位{number}号", Decimal(number) / 4) for number in range(1, count + 1))


@pytest.fixture(scope="module")
def written():
    out = io.BytesIO()
    made = roster(SHEET, rows(70), out)
    return made, read_pdf(out.getvalue())


def test_head_and_title_are_repeated_and_later_pages_are_marked(written):
    made, pages = written
    assert made.pages == len(pages) > 2
    assert pages[0].has("补贴明细表")
    assert not pages[0].has("（续表）")
    for page in pages[1:]:
        assert page.has("补贴明细表（续表）")
    assert all(page.has("序号单位金额（元）") for page in pages)


def test_every_row_is_there_once_and_in_order(written):
    _, pages = written
    found = [text for page in pages for text in page.texts() if "演示单位" in text]
    assert found == [f"{n}演示单位{n}号{Decimal(n) / 4:.2f}" for n in range(1, 71)]


def test_page_sums_add_up_to_the_total(written):
    made, pages = written
    sums = []
    for page in pages:
        shown = [text for text in page.texts() if "演示单位" in text]
        expected = sum(Decimal(text.split("号")[1]) for text in shown)
        (told,) = [text for text in page.texts() if text.startswith("本页小计")]
        assert Decimal(told.removeprefix("本页小计")) == expected
        sums.append(expected)
    assert sum(sums) == made.totals[2] == Decimal("621.25")  # 70 × 71 / 2 / 4
    assert pages[-1].has("合计621.25")


def test_same_rows_give_the_same_bytes_and_the_hash_is_that_of_the_file():
    one, other = io.BytesIO(), io.BytesIO()
    assert roster(SHEET, rows(5), one).sha256 == roster(SHEET, rows(5), other).sha256
    assert one.getvalue() == other.getvalue()


class Sink(io.RawIOBase):
    """Takes everything and keeps nothing."""

    def writable(self):
        return True

    def write(self, data):
        return len(data)


def test_memory_does_not_grow_with_the_rows():
    def peak(count):
        tracemalloc.start()
        roster(SHEET, ((n % 100, f"演示单位{n % 100}号", n % 7) for n in range(count)), Sink())
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    load_faces()
    peak(200)  # fonts and caches
    assert peak(4_000) < peak(400) + 600_000


def test_a_sum_without_any_column_to_say_so_is_refused():
    sheet = RosterSheet("表", (RosterColumn("金额", 1, summed=True),))
    with pytest.raises(DocumentError, match="本页小计"):
        roster(sheet, [("1",)], io.BytesIO())
