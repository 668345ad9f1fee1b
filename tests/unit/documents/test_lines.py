from __future__ import annotations

import pytest

from webapp.documents.faces import width
from webapp.documents.lines import break_lines

SIZE = 15.75
MEASURE = 28 * SIZE


def texts(text, **options):
    return [line.text for line in break_lines(((text, "仿宋"),), SIZE, MEASURE, **options)]


def printed_width(line):
    natural = sum(width(text, face, SIZE) for text, face in line.runs)
    return natural + line.char_space * (len(line.text) - 1)


def test_28_characters_fill_a_line():
    assert texts("市" * 56) == ["市" * 28, "市" * 28]


def test_first_line_keeps_its_indent():
    lines = break_lines((("市" * 60, "仿宋"),), SIZE, MEASURE, indent=2 * SIZE)
    assert [(line.x, len(line.text)) for line in lines] == [(2 * SIZE, 26), (0, 28), (0, 6)]


@pytest.mark.parametrize("mark", list("，。、；：？！）》”」〕％…"))
def test_no_line_begins_with_a_closing_mark(mark):
    for before in range(25, 30):
        lines = texts("市" * before + mark + "市" * 40)
        assert not any(line.startswith(mark) for line in lines)
        assert "".join(lines) == "市" * before + mark + "市" * 40


@pytest.mark.parametrize("mark", list("（《“「〔"))
def test_no_line_ends_with_an_opening_mark(mark):
    for before in range(25, 30):
        lines = texts("市" * before + mark + "市" * 40)
        assert not any(line.endswith(mark) for line in lines)


def test_lines_are_justified_and_the_last_is_natural():
    lines = break_lines((("市场，" * 30, "仿宋"),), SIZE, MEASURE)
    assert all(printed_width(line) == pytest.approx(MEASURE, abs=0.1) for line in lines[:-1])
    assert lines[-1].char_space == 0


def test_numbers_stay_whole_and_with_their_unit():
    lines = texts("市" * 26 + "2026年11月20日止")
    assert lines == ["市" * 26, "2026年11月20日止"]
    assert texts("市" * 27 + "15人参加活动") == ["市" * 27, "15人参加活动"]


def test_a_word_longer_than_a_line_runs_on_without_loss():
    address = "https://example.gov.cn/" + "a" * 200
    lines = texts("见" + address + "。")
    assert "".join(lines) == "见" + address + "。"
    for line in break_lines(((address, "仿宋"),), SIZE, MEASURE):
        assert printed_width(line) <= MEASURE + 0.1


def test_spaces_part_words_but_do_not_begin_or_end_lines():
    lines = texts("张三 李四 " * 12)
    assert all(line == line.strip() for line in lines)
    assert "张三 李四" in lines[0]


def test_a_single_character_does_not_stand_alone_on_the_last_line():
    assert texts("市" * 28 + "场。") == ["市" * 27, "市场。"]


def test_a_paragraph_of_closing_marks_still_ends():
    assert "".join(texts("，" * 100)) == "，" * 100


def test_faces_of_runs_are_kept():
    (line,) = break_lines((("（一）场地。", "楷体"), ("面积充足。", "仿宋")), SIZE, MEASURE)
    assert line.runs == (("（一）场地。", "楷体"), ("面积充足。", "仿宋"))


CODES = {
    "uscc": "91110112MA01ABCD8X",
    "resident id": "110112199001011234",
    "case": "TZ-RD-2026-000001",
    "hash": "7c147a58b23df48a4015985e7e33e16922d22941faccef7722782096a32d7db9",
    "address": "https://lg.example.gov.cn/v/65cJn2euumZ5ICmXnPLlVCypl64aEnOR",
}
SHORT = ["13800138000", "010-69541234", "1234567.89", "12345678人", "Linggong", "Responsibilities"]


def around(word):
    """Lines of a paragraph with a word at every place of the line, as ``(lines, text)``."""
    for before in range(29):
        text = "市" * before + word + "场" * 40
        yield break_lines(((text, "仿宋"),), SIZE, MEASURE), text


@pytest.mark.parametrize("word", [*CODES.values(), *SHORT])
def test_no_line_is_pulled_apart_and_none_is_too_long(word):
    for lines, text in around(word):
        assert "".join(line.text for line in lines) == text
        assert all(line.char_space <= 0.15 * SIZE + 1e-9 for line in lines)
        assert all(printed_width(line) <= MEASURE + 0.1 for line in lines)
        assert all(line.width == pytest.approx(printed_width(line), abs=0.1) for line in lines)


@pytest.mark.parametrize("code", CODES.values(), ids=CODES)
def test_a_long_code_fills_the_line_and_keeps_four_characters_at_its_ends(code):
    for lines, _ in around(code):
        kept = [part for line in lines if (part := line.text.strip("市场"))]
        assert "".join(kept) == code
        if len(kept) > 1:
            assert min(len(kept[0]), len(kept[-1])) >= 4
        assert all(MEASURE - printed_width(line) < 4 * SIZE for line in lines[:-1])


def test_a_code_with_joints_parts_only_there():
    parted = {line.text.strip("市场") for lines, _ in around(CODES["case"]) for line in lines} - {""}
    assert parted == {"TZ-RD-2026-000001", "TZ-RD-", "2026-000001", "TZ-RD-2026-", "000001"}


@pytest.mark.parametrize("word", SHORT)
def test_numbers_and_words_stay_whole(word):
    for lines, _ in around(word):
        assert sum(word in line.text for line in lines) == 1


def test_a_line_that_would_be_pulled_apart_stays_short_at_its_natural_spacing():
    first, *_ = break_lines((("市" * 22 + "Responsibilities市", "仿宋"),), SIZE, MEASURE)
    assert first.text == "市" * 22
    assert first.char_space == 0
    assert first.width == pytest.approx(22 * SIZE)
