from __future__ import annotations

from itertools import pairwise

import pytest

from tests.unit.documents.reading import read_pdf

HEAD = "|= c1 l4 l4\n|! 序号 | 内容 | 要求\n"


def rows(count, text="现场查看"):
    return HEAD + "\n".join(f"| {n} | {text}{n}号 | 落实" for n in range(1, count + 1))


def table_texts(page):
    return [text for text in page.texts() if not text.startswith("—")]


def test_no_row_is_lost_over_pages_and_the_heading_is_repeated(make):
    pages = read_pdf(make("表", rows(90), seal=False, 署名="", 成文日期="").pdf)
    assert len(pages) > 2
    for page in pages:
        assert page.has("序号内容要求")
    found = [text for page in pages for text in table_texts(page) if "现场查看" in text]
    assert found == [f"{n}现场查看{n}号落实" for n in range(1, 91)]


def test_a_cell_longer_than_a_page_runs_over_pages_without_loss(make):
    long = "".join(f"第{n}句话说明现场核查情况，" for n in range(400))
    rendered = make(
        "表", "|= h1 l4\n| 核查情况 | {{ 表.说明 }}", {"表": {"说明": long}}, seal=False, 署名="", 成文日期=""
    )
    pages = read_pdf(rendered.pdf)
    assert len(pages) > 1
    shown = "".join("".join(table_texts(page)) for page in pages)
    assert "".join(shown.split("核查情况", 1)).replace("演示镇人民政府：", "").endswith(long[-200:])
    assert all(f"第{n}句话" in shown for n in range(400))
    for page in pages:
        assert all(c.baseline <= 262.5 for c in page.chars if c.size < 13.5)


def test_rows_that_fit_a_page_are_kept_whole(make):
    tall = "|= h1 l4\n" + "\n".join(f"|^6 {n} | 内容{n}" for n in range(8))
    pages = read_pdf(make("表", tall, seal=False, 署名="", 成文日期="").pdf)
    assert len(pages) == 2
    assert sum(len([t for t in page.texts() if "内容" in t]) for page in pages) == 8


def test_text_stays_inside_its_cell(make):
    body = "|= h2 l3 h2 l3\n| 统一社会信用代码与营业执照注册号 | 91110112MA0000000091110112MA00000000 | 名称 | 演示公司"
    (page, *_) = read_pdf(make("表", body, seal=False, 署名="", 成文日期="").pdf)
    edges = [28 + 156 * part / 10 for part in (0, 2, 5, 7, 10)]
    for text, column in (("统一社会", 0), ("9111", 1), ("名称", 2), ("演示公司", 3)):
        cells = [c for c in page.chars if c.text in text and 11 < c.size < 13]
        inside = [c for c in cells if edges[column] <= c.x0 and c.x1 <= edges[column + 1]]
        assert inside
    for char in (c for c in page.chars if 11 < c.size < 13):
        assert any(a - 0.1 <= char.x0 and char.x1 <= b + 0.1 for a, b in pairwise(edges))


@pytest.mark.parametrize("layout", ["文件", "信函", "通知书"])
def test_a_table_in_a_letter_does_not_disturb_the_grid(make, layout):
    (page, *_) = read_pdf(make(layout, rows(1) + "\n此复。").pdf)
    pitch = (225 - 15.75 / 72 * 25.4) / 21
    row = (page.line("此复。")[0].baseline - 0.88 * 15.75 / 72 * 25.4 - 37) / pitch
    assert row == pytest.approx(round(row), abs=0.02)


def test_a_short_row_gives_its_last_cell_the_rest_of_the_width(make):
    (page, *_) = read_pdf(
        make("表", "|= h1 l1 h1 l1\n| 地址 | " + "路" * 30, seal=False, 署名="", 成文日期="").pdf
    )
    assert any("路" * 20 in text for text in page.texts())
