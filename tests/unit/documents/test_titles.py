from __future__ import annotations

import pytest

from webapp.documents.faces import width
from webapp.documents.titles import break_title

MEASURE = 156 / 25.4 * 72
NAME = "通州区张家湾演示零工市场"


def test_a_short_title_stays_on_one_line():
    assert break_title("关于认定演示零工市场的批复", 22, MEASURE) == ["关于认定演示零工市场的批复"]


@pytest.mark.parametrize(
    "title",
    [f"关于认定{NAME}的申请报告", f"关于征求认定{NAME}意见的函", f"关于认定{NAME}征求意见的复函"],
)
def test_names_and_words_are_not_broken(title):
    lines = break_title(title, 22, MEASURE, names=[NAME])
    assert "".join(lines) == title
    assert len(lines) == 2
    assert any(NAME in line for line in lines)
    assert lines[0] != lines[1]
    assert len(lines[0]) != len(lines[1])
    assert all(width(line, "小标宋", 22) <= MEASURE for line in lines)
    assert not lines[1].startswith("的")


def test_brackets_stay_closed():
    lines = break_title("关于印发《通州区零工市场（驿站）规范化建设实施意见（试行）》的通知", 22, MEASURE)
    assert not any(line.startswith(("）", "》")) or line.endswith(("（", "《")) for line in lines)


def test_a_very_long_title_still_comes_out_whole():
    title = "关于" + "演" * 180 + "的函"
    lines = break_title(title, 22, MEASURE)
    assert "".join(lines) == title
    assert all(width(line, "小标宋", 22) <= MEASURE + 0.1 for line in lines)


def test_three_lines_have_no_waist():
    title = "关于" + "一二三四五六七八九十" * 5 + "的函"
    lengths = [len(line) for line in break_title(title, 22, MEASURE)]
    assert len(lengths) == 3
    assert lengths[1] >= min(lengths[0], lengths[2])


BUREAU = "北京市通州区人力资源和社会保障局"


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        (
            f"{BUREAU}关于2026年度零工市场（驿站）考核结果的通报",
            [BUREAU, "关于2026年度零工市场（驿站）", "考核结果的通报"],
        ),
        (
            f"{BUREAU}关于公布2026年度零工市场星级评定结果的通知",
            [BUREAU, "关于公布2026年度零工市场", "星级评定结果的通知"],
        ),
        (f"{BUREAU}关于商请协助开展零工市场调研的函", [BUREAU, "关于商请协助开展零工市场调研的函"]),
    ],
)
def test_what_a_title_is_about_begins_a_line(title, lines):
    assert break_title(title, 22, MEASURE) == lines


def test_the_label_of_a_cell_may_be_a_block():
    assert break_title("基本信息", 12, 40, face="黑体", even=True) == ["基本", "信息"]
