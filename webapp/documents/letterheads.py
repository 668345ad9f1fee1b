"""版头: what stands above the body of each 版式."""

from __future__ import annotations

from itertools import zip_longest
from math import ceil
from typing import TYPE_CHECKING

from webapp.documents.drawing import RED
from webapp.documents.errors import DocumentError
from webapp.documents.faces import ink_bottom, ink_top, width
from webapp.documents.flow import Flow, check_fits, one_line
from webapp.documents.geometry import (
    EM_TOP,
    LEFT,
    LETTER_FOOT,
    LETTER_MARK_DROP,
    LETTER_RULE_WIDTH,
    MARK_DROP,
    MM,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    RED_LINE_DROP,
    RED_LINE_WEIGHT,
    RIGHT,
    RULE_GAP,
    SIZE_2,
    SIZE_3,
    THICK_RULE,
    THIN_RULE,
    TOP,
    WIDTH,
)
from webapp.documents.lines import Run, break_lines
from webapp.documents.titles import break_title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webapp.documents.template import Head

MARK_SIZE = 35.0
_LETTER_MARK_WIDTH = LETTER_RULE_WIDTH - 10 * MM
_LEAST_STRETCH = 62.0
_LEAST_MARK = 18.0
_MARK_BOTTOM_ROW = 4
_JOINT_WORD = "文件"
_JOINT_WORD_SIZE = 30.0
_JOINT_PITCH = 30.0
_JOINT_GAP = 12.0
_TITLE_PITCH = 33.0
_NOTICE_NAME_SIZE = 22.0
_SIGNERS_IN_LINE = 2
_SIGNER_LABEL = "签发人："


def mark_line(flow: Flow, text: str, size: float, *, top: float, measure: float, middle: float) -> float:
    """Set one line of a 发文机关标志 whose ink begins at ``top``, condensed to fit the measure.

    Returns:
        Height of the lower edge of its ink.
    """
    natural = width(text, "小标宋", size)
    stretch = min(100.0, 100 * measure / natural)
    if stretch < _LEAST_STRETCH:
        size *= stretch / _LEAST_STRETCH
        natural *= stretch / _LEAST_STRETCH
        stretch = _LEAST_STRETCH
    if size < _LEAST_MARK:
        raise DocumentError(f"发文机关标志太长：“{text}”。请使用规范化简称。", field="发文机关标志")
    rise = max(ink_top(character, "小标宋") for character in text)
    flow.page.text(
        middle - natural * stretch / 200,
        top - rise * size,
        ((text, "小标宋"),),
        size,
        color=RED,
        stretch=stretch,
    )
    return top - (rise - min(ink_bottom(character, "小标宋") for character in text)) * size


def _joint_mark(flow: Flow, names: Sequence[str]) -> float:
    """Set the mark of a joint document and return the height of its lower edge."""
    size, pitch = SIZE_2, _JOINT_PITCH
    top = TOP - MARK_DROP
    word = width(_JOINT_WORD, "小标宋", _JOINT_WORD_SIZE)
    column = WIDTH - word - _JOINT_GAP
    widest = min(column, max(width(name, "小标宋", size) for name in names))
    start = LEFT + (WIDTH - widest - word - _JOINT_GAP) / 2
    for index, name in enumerate(names):
        y = top - index * pitch
        mark_line(flow, name, size, top=y, measure=widest, middle=start + widest / 2)
        flow.speak("agency", name)
    bottom = top - (len(names) - 1) * pitch - size
    middle = (top + bottom) / 2
    right = start + widest + _JOINT_GAP + word / 2
    mark_line(
        flow, _JOINT_WORD, _JOINT_WORD_SIZE, top=middle + _JOINT_WORD_SIZE / 2, measure=word, middle=right
    )
    flow.unspoken()
    return bottom


def _corner(flow: Flow, head: Head) -> None:
    """份号, 密级 and 紧急程度: flush left from the first line down."""
    row = 0
    for key in ("份号", "密级", "紧急程度"):
        text = head.one(key)
        if text:
            runs: tuple[Run, ...] = ((text, "仿宋" if key == "份号" else "黑体"),)
            one_line(runs, SIZE_3, WIDTH, key)
            flow.page.text(LEFT, flow.grid.baseline(row), runs, SIZE_3)
            flow.speak("classification", text)
            row += 1


def red_head(flow: Flow, head: Head) -> None:
    """Set the head of 文件: mark 35 mm down, number two lines below, red line 4 mm below that.

    The size of the mark is free; it is chosen so that the number falls on the grid.
    """
    grid = flow.grid
    _corner(flow, head)
    marks = head.many("发文机关标志")
    if len(marks) > 1:
        bottom = _joint_mark(flow, marks)
    else:
        bottom = grid.row_top(_MARK_BOTTOM_ROW) - SIZE_3
        mark_line(flow, marks[0], MARK_SIZE, top=TOP - MARK_DROP, measure=WIDTH, middle=LEFT + WIDTH / 2)
        flow.speak("agency", marks[0])
    row = ceil(grid.row_at(bottom) - SIZE_3 / grid.pitch - 1e-3) + 3
    row = _number(flow, head, row)
    line = grid.row_top(row) - SIZE_3 - RED_LINE_DROP
    flow.page.rule(LEFT, line, WIDTH, RED_LINE_WEIGHT, RED)
    flow.row = grid.row_at(line)
    title(flow, head, gap_rows=2)


def _number(flow: Flow, head: Head, row: int) -> int:
    """发文字号, centred; with 签发人 it moves to the left, on the line of the last of them.

    Returns:
        The line it stands on.
    """
    number, signers = head.one("发文字号"), head.many("签发人")
    cell = flow.grid.cell
    if not signers:
        flow.centred(number, "仿宋", SIZE_3, flow.grid.baseline(row), field="发文字号")
        flow.speak("number", number)
        return row
    pairs = [signers[at : at + _SIGNERS_IN_LINE] for at in range(0, len(signers), _SIGNERS_IN_LINE)]
    label = width(_SIGNER_LABEL, "仿宋", SIZE_3)
    columns = [
        max(width(name, "楷体", SIZE_3) for name in names) for names in zip_longest(*pairs, fillvalue="")
    ]
    length = label + sum(columns) + cell * (len(columns) - 1)
    last = row + len(pairs) - 1
    check_fits(length, WIDTH / 2, "、".join(signers), "签发人")
    one_line(((number, "仿宋"),), SIZE_3, WIDTH - 3 * cell - length, "发文字号")
    flow.page.text(LEFT + cell, flow.grid.baseline(last), ((number, "仿宋"),), SIZE_3)
    flow.speak("number", number)
    start = RIGHT - cell - length
    flow.page.text(start, flow.grid.baseline(row), ((_SIGNER_LABEL, "仿宋"),), SIZE_3)
    for offset, pair in enumerate(pairs):
        x = start + label
        for name, column in zip(pair, columns, strict=False):
            flow.page.text(x, flow.grid.baseline(row + offset), ((name, "楷体"),), SIZE_3)
            x += column + cell
    flow.speak("signer", _SIGNER_LABEL + "、".join(signers))
    return last


def title(flow: Flow, head: Head, *, gap_rows: float, size: float = SIZE_2, blank_rows: float = 1.0) -> None:
    """Set the title after a gap, then go on at the line that leaves so many blank lines below it."""
    grid = flow.grid
    given = head.many("标题")
    lines = list(given) if len(given) > 1 else break_title("".join(given), size, WIDTH, names=head.names)
    pitch = _TITLE_PITCH * size / SIZE_2
    top = grid.row_top(flow.row) - gap_rows * grid.pitch
    for index, text in enumerate(lines):
        flow.centred(text, "小标宋", size, top - index * pitch - EM_TOP * size, field="标题")
    flow.speak("title", "".join(lines))
    bottom = grid.row_at(top - (len(lines) - 1) * pitch - size)
    flow.row = float(ceil(bottom + blank_rows - 0.03))
    if flow.row > grid.rows - 2:
        raise DocumentError("标题太长，首页排不下正文，请缩短标题或标题中的名称。", field="标题")


def addressee(flow: Flow, head: Head) -> None:
    """主送机关, flush left, with a full-width colon; the first page still has to show body."""
    text = head.one("主送")
    if not text:
        return
    text = text.rstrip("：:") + "："
    lines = break_lines(((text, "仿宋"),), SIZE_3, WIDTH, cell=flow.grid.cell)
    if flow.row + len(lines) > flow.grid.rows - 1:
        raise DocumentError("主送机关过多，首页显示不了正文，请改用统称，或移到版记。", field="主送")
    flow.lines(lines)
    flow.speak("addressee", text)


def letter_head(flow: Flow, head: Head) -> None:
    """Set the head of 信函: mark 30 mm from the page edge, double rules, number at the right."""
    mark = "".join(head.many("发文机关标志"))
    top = PAGE_HEIGHT - LETTER_MARK_DROP
    bottom = mark_line(flow, mark, MARK_SIZE, top=top, measure=_LETTER_MARK_WIDTH, middle=PAGE_WIDTH / 2)
    flow.speak("agency", mark)
    lower = _double_rule(flow, bottom - RED_LINE_DROP, thick_first=True)
    number = head.one("发文字号")
    length = one_line(((number, "仿宋"),), SIZE_3, WIDTH, "发文字号")
    top = lower - SIZE_3 * 7 / 8
    rise = max((ink_top(character, "仿宋") for character in number), default=EM_TOP)
    flow.page.text(RIGHT - length, top - rise * SIZE_3, ((number, "仿宋"),), SIZE_3)
    flow.speak("number", number)
    _double_rule(flow, LETTER_FOOT + THIN_RULE + RULE_GAP + THICK_RULE, thick_first=False)
    flow.row = flow.grid.row_at(top - SIZE_3)
    title(flow, head, gap_rows=2)


def _double_rule(flow: Flow, top: float, *, thick_first: bool) -> float:
    """Draw a red double rule below a height and return its lower edge."""
    left = (PAGE_WIDTH - LETTER_RULE_WIDTH) / 2
    first, second = (THICK_RULE, THIN_RULE) if thick_first else (THIN_RULE, THICK_RULE)
    flow.page.rule(left, top - first / 2, LETTER_RULE_WIDTH, first, RED)
    lower = top - first - RULE_GAP - second
    flow.page.rule(left, lower + second / 2, LETTER_RULE_WIDTH, second, RED)
    return lower


def notice_head(flow: Flow, head: Head) -> None:
    """Set the head of 通知书: agency and title centred, number below at the right."""
    grid = flow.grid
    agency = "".join(head.many("发文机关标志"))
    check_fits(width(agency, "小标宋", _NOTICE_NAME_SIZE), WIDTH, agency, "发文机关标志")
    baseline = grid.baseline(0, _NOTICE_NAME_SIZE)
    flow.centred(agency, "小标宋", _NOTICE_NAME_SIZE, baseline, field="发文机关标志")
    flow.speak("agency", agency)
    flow.row = 1.4
    title(flow, head, gap_rows=0, size=26.0, blank_rows=0.3)
    number = head.one("发文字号")
    length = one_line(((number, "仿宋"),), SIZE_3, WIDTH, "发文字号")
    flow.page.text(RIGHT - length, grid.baseline(flow.row), ((number, "仿宋"),), SIZE_3)
    flow.speak("number", number)
    flow.row += 2


def plain_head(flow: Flow, head: Head) -> None:
    """Set a title at the top of the page, without any mark or number."""
    flow.row = 0.0
    title(flow, head, gap_rows=0)


def application_head(flow: Flow, head: Head) -> None:
    """Set the head of an 申请报告: red head once it is numbered, plain before."""
    if head.one("发文字号") and head.many("发文机关标志"):
        red_head(flow, head)
    else:
        plain_head(flow, head)
