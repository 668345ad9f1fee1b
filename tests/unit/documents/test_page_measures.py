"""Key distances against GB/T 9704-2012, measured in the finished PDF, within 0.5 mm."""

from __future__ import annotations

import pytest

from tests.unit.documents.reading import MM, depth, ink, read_pdf

TOLERANCE = 0.5
CELL = 156 / 28
SIZE_3_MM = 15.75 / MM
PITCH = (225 - SIZE_3_MM) / 21
LONG = "零工市场应当按照规定为零工人员提供免费服务并接受社会监督。" * 34


def near(expected):
    return pytest.approx(expected, abs=TOLERANCE)


@pytest.fixture
def document(make):
    return read_pdf(make("文件", LONG, 抄送="区财政局，区总工会", 印发机关="演示局办公室").pdf)


def test_mark_of_a_document_begins_35_mm_below_the_text_area(document):
    mark = document[0].line("北京市通州区")
    top = max(ink(c.text, "xiaobiaosong") * c.size / MM for c in mark)
    assert mark[0].baseline - top == near(37 + 35)
    assert mark[0].x0 >= 28 - TOLERANCE
    assert mark[-1].x1 <= 184 + TOLERANCE


def test_number_stands_two_blank_lines_below_the_mark_and_is_centred(document):
    mark, number = document[0].line("北京市通州区"), document[0].line("通人社函")
    mark_bottom = mark[0].baseline + 0.12 * mark[0].size / MM
    number_top = number[0].baseline - 0.88 * SIZE_3_MM
    assert number_top - mark_bottom == pytest.approx(2 * PITCH + (PITCH - SIZE_3_MM), abs=3)
    assert (number[0].x0 + number[-1].x1) / 2 == near(28 + 78)


def test_red_line_lies_4_mm_below_the_number_over_the_whole_width(document):
    number = document[0].line("通人社函")
    (red,) = [rule for rule in document[0].rules if rule.y < 150]
    assert red.y - (number[0].baseline + 0.12 * SIZE_3_MM) == near(4)
    assert (red.x0, red.x1) == (near(28), near(184))


def test_title_stands_two_lines_below_the_red_line_in_size_two(document):
    title = document[0].line("关于认定")
    (red,) = [rule for rule in document[0].rules if rule.y < 150]
    assert title[0].size == pytest.approx(22)
    assert title[0].baseline - 0.88 * 22 / MM - red.y == near(2 * PITCH)
    assert (title[0].x0 + title[-1].x1) / 2 == near(106)


def test_body_stands_on_the_grid_of_22_lines_and_28_characters(document):
    first = [line for line in document[0].lines() if 120 < line[0].baseline < 262]
    rows = [(line[0].baseline - 0.88 * SIZE_3_MM - 37) / PITCH for line in first[2:]]
    assert all(row == pytest.approx(round(row), abs=0.02) for row in rows)
    second = document[1].lines()[:22]
    assert second[0][0].baseline - 0.88 * SIZE_3_MM == near(37)
    assert second[21][0].baseline + 0.12 * SIZE_3_MM == near(262)
    assert {len(line) for line in second[:20]} <= {27, 28, 29}
    assert all(line[0].x0 == near(28) and line[-1].x1 == near(184) for line in second[:20])


def test_paragraph_begins_two_characters_in(document):
    assert document[0].line("零工市场应当")[0].x0 == near(28 + 2 * CELL)


def test_page_numbers_stand_7_mm_below_odd_right_even_left(document):
    rise = ink("—", "songti")
    for page, beginning in zip(document[:2], ("— 1 —", "— 2 —"), strict=True):
        number = page.line(beginning)
        assert number[0].baseline - rise * number[0].size / MM == near(262 + 7)
        assert number[0].size == pytest.approx(14)
    assert document[0].line("— 1 —")[-1].x1 == near(184 - CELL)
    assert document[1].line("— 2 —")[0].x0 == near(28 + CELL)


def test_colophon_ends_on_the_lower_edge_of_an_even_page(document):
    assert len(document) % 2 == 0
    rules = sorted((rule for rule in document[-1].rules if rule.y > 200), key=lambda rule: rule.y)
    assert rules[-1].y == near(262)
    assert [rule.weight for rule in rules] == [
        pytest.approx(0.35, abs=0.01),
        pytest.approx(0.25, abs=0.01),
        pytest.approx(0.35, abs=0.01),
    ]
    assert all((rule.x0, rule.x1) == (near(28), near(184)) for rule in rules)
    copies, printer = document[-1].line("抄送：区财政局"), document[-1].line("演示局办公室")
    assert copies[0].size == pytest.approx(14)
    assert printer[0].x0 == near(28 + CELL)
    assert printer[-1].x1 == near(184 - CELL)
    assert "".join(c.text for c in copies).endswith("。")
    assert "".join(c.text for c in printer).endswith("2026年11月20日印发")


@pytest.fixture
def letter(make):
    return read_pdf(make("信函", LONG).pdf)


def test_mark_of_a_letter_begins_30_mm_below_the_page_edge(letter):
    mark = letter[0].line("北京市通州区")
    top = max(ink(c.text, "xiaobiaosong") * c.size / MM for c in mark)
    assert mark[0].baseline - top == near(30)
    assert (mark[0].x0 + mark[-1].x1) / 2 == near(105)


def test_letter_has_double_rules_of_170_mm(letter):
    rules = sorted(letter[0].rules, key=lambda rule: rule.y)
    assert len(rules) == 4
    assert all((rule.x0, rule.x1) == (near(20), near(190)) for rule in rules)
    mark = letter[0].line("北京市通州区")
    deepest = max(-depth(c.text, "xiaobiaosong") * c.size / MM for c in mark)
    assert rules[0].y - rules[0].weight / 2 - (mark[0].baseline + deepest) == near(4)
    assert rules[3].y + rules[3].weight / 2 == near(297 - 20)
    upper_thick, upper_thin, lower_thin, lower_thick = (rule.weight for rule in rules)
    assert upper_thick > upper_thin
    assert lower_thick > lower_thin


def test_number_of_a_letter_stands_right_below_the_first_rule(letter):
    number, rules = letter[0].line("通人社函"), sorted(letter[0].rules, key=lambda rule: rule.y)
    assert number[-1].x1 == near(184)
    below = rules[1].y + rules[1].weight / 2
    highest = max(ink(c.text, "fangsong") for c in number if not c.text.isascii()) * SIZE_3_MM
    assert number[0].baseline - highest - below == near(SIZE_3_MM * 7 / 8)


def test_first_page_of_a_letter_has_no_number(letter):
    assert not letter[0].has("— 1 —")
    assert letter[1].has("— 2 —")


def test_plain_report_begins_at_the_top_of_the_text_area(make):
    (page, *_) = read_pdf(make("申请报告", seal=False, 发文字号="", 发文机关标志="").pdf)
    title = page.line("关于认定")
    assert title[0].baseline - 0.88 * title[0].size / MM == near(37)
    assert not page.rules
