"""The figures of GB/T 9704-2012, measured on pages drawn at 300 dpi by another renderer, within 0.5 mm."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from itertools import pairwise

import pytest

from tests.unit.documents.conftest import source
from tests.unit.documents.pictures import pictures
from tests.unit.documents.reading import MM
from webapp.documents import LocalAuthority, load_template, render, render_sample, sign

LEFT, TOP, RIGHT, BOTTOM = 28.0, 37.0, 184.0, 262.0  # 版心: 156 mm × 225 mm
CELL = 156 / 28
CHARACTER = 15.75 / MM  # 三号
PITCH = (225 - CHARACTER) / 21
WHEN = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
UNSEALED = ("纪要", "命令", "审核表", "登记表")
UPRIGHT = ("文件", "上行文", "联合行文", "信函", "通知书", "存根", "公示", "明细表", *UNSEALED)


def near(millimetres):
    return pytest.approx(millimetres, abs=0.5)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return LocalAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def drawn(authority):
    @cache
    def draw(name):
        made = render_sample(name)
        pdf = made.pdf
        for box, seal in zip(made.seal_boxes, made.seal_names, strict=True):
            pdf = sign(pdf, made.seal_boxes, authority.signer(box.agency_key, seal), WHEN)
        return pictures(pdf)

    return draw


def full_page():
    """A page of a document filled with one character, the second of its pages."""
    text = source("文件", "国" * 28 * 60, 印发机关="演示局办公室")
    return pictures(render(load_template(text), {}).pdf)[1]


@pytest.mark.parametrize("name", UPRIGHT)
def test_leaves_are_a4_and_nothing_stands_in_the_margins(drawn, name):
    for page in drawn(name):
        assert (page.width, page.height) == (near(210), near(297))
        for colour in ("red", "black"):
            wide = name in ("信函", "通知书", "存根")  # double rules of 170 mm; the perforation
            side = 20 if wide else LEFT
            if name not in ("通知书", "存根"):
                assert page.blank(colour, (0, 0, side - 0.5, 297))
                assert page.blank(colour, (210 - side + (2.5 if not wide else 0.5), 0, 210, 297))
            top = 30 if name == "信函" else TOP
            assert page.blank(colour, (0, 0, 210, top - 0.5)) or name in ("通知书", "存根")


def test_a_full_page_has_22_lines_of_28_characters_in_156_by_225_mm():
    page = full_page()
    lines = page.bands("black", (20, 30, 190, BOTTOM + 1))
    assert len(lines) == 22
    assert all(b[0] - a[0] == near(PITCH) for a, b in pairwise(lines))
    assert lines[-1][0] - lines[0][0] == near(225 - CHARACTER)
    top, bottom = lines[4]
    characters = page.columns("black", (20, top, 190, bottom))
    assert len(characters) == 28
    assert characters[-1][0] - characters[0][0] == near(27 * CELL)
    ink = page.box("black", (20, 30, 190, BOTTOM + 1))
    assert ink.x0 - LEFT < 1.2  # the white that the character itself has at its sides
    assert RIGHT - ink.x1 < 1.2
    assert LEFT <= ink.x0 + 0.1 < ink.x1 <= RIGHT + 0.1
    assert TOP <= ink.y0 + 0.1 < ink.y1 <= BOTTOM + 0.5


@pytest.mark.parametrize(
    ("name", "top"),
    [
        ("文件", 37 + 35),
        ("上行文", 37 + 35),
        ("联合行文", 37 + 35),
        ("纪要", 37 + 35),
        ("命令", 37 + 20),
        ("信函", 30),
    ],
)
def test_the_mark_begins_where_the_standard_puts_it_and_is_centred(drawn, name, top):
    mark = drawn(name)[0].box("red", (0, 0, 210, top + (35 if name == "联合行文" else 11)))
    assert mark.y0 == near(top)
    assert mark.middle == near(105 if name == "信函" else 106)


@pytest.mark.parametrize("name", ["文件", "上行文", "联合行文", "纪要"])
def test_the_red_line_is_156_mm_long_and_4_mm_below_what_stands_above_it(drawn, name):
    page = drawn(name)[0]
    ((upper, lower),) = page.rules("red", LEFT, RIGHT, (0, 100, 210, 160))
    line = page.box("red", (0, upper - 0.2, 210, lower + 0.2))
    assert (line.x0, line.x1) == (near(LEFT), near(RIGHT))
    text = page.columns("black", (0, upper - 11, 210, upper))
    first = page.box("black", (text[0][0] - 0.1, upper - 11, text[0][0] + CHARACTER, upper))
    assert upper - first.y1 == near(4)  # brackets reach lower than characters do


def test_the_title_stands_two_blank_lines_below_the_red_line(drawn):
    page = drawn("文件")[0]
    ((_, line),) = page.rules("red", LEFT, RIGHT, (0, 100, 210, 160))
    title = page.box("black", (0, line + 1, 210, line + 32))
    assert title.y0 - line == near(2 * PITCH)
    assert title.middle == near(106)
    assert title.height == near(22 / MM)


def test_a_letter_has_double_rules_of_170_mm_and_no_page_number(drawn):
    (page,) = drawn("信函")
    rules = page.rules("red", 20, 190)
    assert len(rules) == 4
    outline = [page.box("red", (0, a - 0.1, 210, b + 0.1)) for a, b in rules]
    assert all((box.x0, box.x1) == (near(20), near(190)) for box in outline)
    mark = page.box("red", (0, 20, 210, rules[0][0] - 0.5))
    assert rules[0][0] - mark.y1 == near(4)
    assert rules[3][1] == near(297 - 20)
    upper_thick, upper_thin, lower_thin, lower_thick = (b - a for a, b in rules)
    assert upper_thick > upper_thin + 0.2
    assert lower_thick > lower_thin + 0.2
    number = page.box("black", (0, rules[1][1], 210, rules[1][1] + 12))
    assert number.x1 == near(RIGHT)
    assert number.y0 - rules[1][1] == near(CHARACTER * 7 / 8)
    assert page.blank("black", (0, rules[3][1], 210, 297))


@pytest.mark.parametrize("name", ["文件", "上行文", "联合行文", "纪要"])
def test_the_colophon_closes_an_even_page_at_the_foot_of_the_text_area(drawn, name):
    pages = drawn(name)
    assert len(pages) % 2 == 0
    rules = pages[-1].rules("black", LEFT, RIGHT, (0, 200, 210, 265))
    assert (rules[-1][0] + rules[-1][1]) / 2 == near(BOTTOM)
    weights = [lower - upper for upper, lower in rules]
    assert weights[0] == pytest.approx(0.35, abs=0.09)  # a pixel is 0.085 mm
    assert weights[-1] == pytest.approx(0.35, abs=0.09)
    assert all(weight < weights[0] for weight in weights[1:-1])
    printer = pages[-1].box("black", (0, rules[-2][1] + 0.2, 210, rules[-1][0] - 0.2))
    assert printer.x0 == near(LEFT + CELL)
    assert printer.x1 == near(RIGHT - CELL)


@pytest.mark.parametrize("name", ["文件", "通知书", "明细表", "花名册"])
def test_page_numbers_stand_7_mm_below_the_text_area_odd_right_even_left(drawn, name):
    for number, page in enumerate(drawn(name), start=1):
        inked = page.box("black", (LEFT, BOTTOM + 2, RIGHT, 275))
        assert inked.centre == near(BOTTOM + 7)
        dashes = page.columns("black", (LEFT, inked.y0, RIGHT, inked.y1))
        first = page.box("black", (dashes[0][0], inked.y0, dashes[0][1], inked.y1))
        assert first.y0 == near(BOTTOM + 7)
        if number % 2:
            assert inked.x1 == near(RIGHT - CELL)
        else:
            assert inked.x0 == near(LEFT + CELL)


@pytest.mark.parametrize("name", ["文件", "上行文", "信函", "通知书", "公示"])
def test_a_seal_of_42_mm_stands_over_signature_and_date(drawn, name):
    page = drawn(name)[0]
    (box,) = render_sample(name).seal_boxes
    left, right = box.x0 / MM, box.x1 / MM
    top, bottom = 297 - box.y1 / MM, 297 - box.y0 / MM
    seal = page.box("red", (left - 3, top - 3, right + 3, bottom + 3))
    assert (seal.width, seal.height) == (near(42), near(42))
    assert (seal.x0, seal.y0) == (near(left), near(top))
    lines = page.bands("black", (right - 8, top - 14, RIGHT, seal.y1 + 1))
    above = max((lower for _, lower in page.bands("black", (LEFT, 60, RIGHT, seal.y0 + 1))), default=0)
    assert 0 < seal.y0 - above <= PITCH
    covered = [line for line in lines if seal.y0 < line[0] and line[1] < seal.y1]
    assert covered, "署名 under the seal"
    text = page.box("black", (seal.x0 + 12, seal.y0 + 3, seal.x1 - 3, seal.y1))
    assert (text.y0 + text.y1) / 2 > seal.centre  # slightly below its centre


def test_seals_of_a_joint_document_stand_in_rows_and_do_not_meet(drawn):
    page = drawn("联合行文")[1]
    rows = page.bands("red", (LEFT, 40, RIGHT, 200))
    assert [lower - upper for upper, lower in rows] == [near(42), near(42)]
    assert rows[1][0] > rows[0][1]
    seals = page.columns("red", (LEFT - 1, *rows[0][:1], RIGHT + 1, rows[0][1]))
    assert [right - left for left, right in seals] == [near(42), near(42)]
    assert seals[0][0] >= LEFT - 0.1
    assert seals[1][1] <= RIGHT + 0.1
    assert seals[1][0] - seals[0][1] > 1


def test_marks_of_a_joint_document_end_together_and_the_word_stands_beside_their_middle(drawn):
    page = drawn("联合行文")[0]
    longest = page.columns("red", (LEFT, 70, 160, 79.5))
    names, word = page.box("red", (LEFT, 60, longest[-1][1] - 15, 110)), page.box("red", (160, 60, 190, 110))
    assert names.y0 == near(72)
    assert word.centre == near(names.centre)


def test_the_signature_of_an_order_stands_two_blank_lines_below_and_four_characters_in(drawn):
    (page,) = drawn("命令")
    chop = page.box("red", (100, 120, RIGHT + 2, 200))
    assert chop.x1 == near(RIGHT - 4 * CELL)
    body = max(lower for _, lower in page.bands("black", (LEFT, 60, RIGHT, chop.y0 - 5)))
    assert chop.y0 - body == near(3 * PITCH - CHARACTER)
    office = page.box("black", (60, chop.y0, chop.x0 - 1, chop.y1))
    assert chop.x0 - office.x1 == near(2 * CELL)
    assert office.centre == near(chop.centre)


def test_the_date_of_an_order_stands_one_blank_line_below_the_signature_and_ends_with_it(drawn):
    (page,) = drawn("命令")
    chop = page.box("red", (100, 120, RIGHT + 2, 200))
    date = page.box("black", (60, chop.y1 + 5, RIGHT, chop.y1 + 25))
    assert date.x1 == near(RIGHT - 4 * CELL)
    assert date.y0 - chop.y1 == near(2 * PITCH - CHARACTER)


def test_a_table_across_the_leaf_keeps_its_head_at_the_left_edge_of_every_leaf(drawn):
    for page in drawn("花名册"):
        ink = page.box("black", (0, 30, 210, 264))
        assert LEFT - 0.2 <= ink.x0 <= LEFT + 0.5
        assert ink.x1 <= RIGHT + 0.5
        assert (ink.y0, ink.y1) == (near(TOP), near(BOTTOM))


@pytest.mark.parametrize("name", ["证书", "星级证书"])
def test_a_certificate_is_a4_across_with_a_centred_title(drawn, name):
    (page,) = drawn(name)
    assert (page.width, page.height) == (near(297), near(210))
    title = page.box("red", (30, 25, 240, 50))
    assert title.middle == near(148.5)
    for edge in ((0, 0, 297, 8), (0, 202, 297, 210), (0, 0, 8, 210), (289, 0, 297, 210)):
        assert page.blank("black", edge)
        assert page.blank("red", edge)
