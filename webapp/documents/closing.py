"""What stands below the body: 附件说明, 附注, lists of those present, 版记, page numbers, QR code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.documents.drawing import GREY, WATERMARK
from webapp.documents.errors import DocumentError
from webapp.documents.faces import ink_top, width
from webapp.documents.flow import Flow, one_line
from webapp.documents.geometry import (
    BOTTOM,
    COLOPHON_INNER,
    COLOPHON_OUTER,
    COLUMNS,
    EM_TOP,
    LEFT,
    MM,
    PAGE_NUMBER_DROP,
    RIGHT,
    SIZE_3,
    SIZE_4,
    WIDTH,
)
from webapp.documents.lines import Line, break_lines
from webapp.documents.qr import put_qr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webapp.documents.drawing import Page
    from webapp.documents.template import Head

_QR_SIZE = 14 * MM
_FOOT_QR_SIZE = 12 * MM
_CELL = WIDTH / COLUMNS
_LEAST_GAP = 0.5  # of a character, between 印发机关 and 印发日期


def attachments(flow: Flow, names: Sequence[str]) -> None:
    """附件说明: one blank line below the body, names hang on their first character."""
    if not names:
        return
    flow.need(2)
    if flow.row:
        flow.row += 1
    cell = flow.grid.cell
    numbers = [f"{index}. " if len(names) > 1 else "" for index, _ in enumerate(names, start=1)]
    hang = max(width(number, "仿宋", SIZE_3) for number in numbers)
    for index, (number, name) in enumerate(zip(numbers, names, strict=True), start=1):
        label = "附件：" if index == 1 else ""
        left = LEFT + 5 * cell
        lines = break_lines(((name, "仿宋"),), SIZE_3, RIGHT - left - hang, cell=cell)
        flow.need(1)
        baseline = flow.grid.baseline(flow.row)
        if label:
            flow.page.text(LEFT + 2 * cell, baseline, ((label, "仿宋"),), SIZE_3, char_space=cell - SIZE_3)
        if number:
            flow.page.text(left, baseline, ((number, "仿宋"),), SIZE_3)
        flow.lines(lines, left=left + hang)
        flow.speak("attachment", f"附件：{number}{name}")


def closing_qr(flow: Flow, url: str, left: float) -> None:
    """Put the QR code at the left of 署名 and 成文日期, where the page is empty."""
    x = LEFT + 2 * _CELL
    if x + _QR_SIZE + 3 * MM > left:
        foot_qr(flow, url)
        return
    y = flow.grid.baseline(flow.row - 1)
    put_qr(flow.page, url, x, y, _QR_SIZE)
    flow.unspoken()


def foot_qr(flow: Flow, url: str) -> None:
    """Put the QR code below the 版心 of the last page, opposite the page number."""
    x = LEFT if len(flow.pages) % 2 else RIGHT - _FOOT_QR_SIZE
    put_qr(flow.page, url, x, BOTTOM - 1 * MM - _FOOT_QR_SIZE, _FOOT_QR_SIZE)
    flow.unspoken()


def attendance(flow: Flow, head: Head) -> None:
    """出席, 请假 and 列席 of 纪要: label in 黑体, names in 仿宋 that hang on the first of them."""
    cell = flow.grid.cell
    first = True
    for key in ("出席", "请假", "列席"):
        names = head.many(key)
        if not names:
            continue
        label = f"{key}："
        left = LEFT + 5 * cell
        lines = [
            line for name in names for line in break_lines(((name, "仿宋"),), SIZE_3, RIGHT - left, cell=cell)
        ]
        flow.need(2)
        if first and flow.row:
            flow.row += 1
        baseline = flow.grid.baseline(flow.row)
        flow.page.text(LEFT + 2 * cell, baseline, ((label, "黑体"),), SIZE_3, char_space=cell - SIZE_3)
        flow.lines(lines, left=left)
        flow.speak("attendance", label + "；".join(names))
        first = False


def note(flow: Flow, text: str) -> None:
    """附注: two characters in, in round brackets, below the date."""
    if text:
        flow.lines(note_lines(flow, text))
        flow.speak("note", f"（{text}）")


def note_lines(flow: Flow, text: str) -> list[Line]:
    """Lines that 附注 takes; none without one."""
    if not text:
        return []
    cell = flow.grid.cell
    return break_lines(((f"（{text}）", "仿宋"),), SIZE_3, WIDTH, indent=2 * cell, cell=cell)


def colophon(flow: Flow, head: Head, *, ruled: bool) -> None:
    """版记 at the foot of the last page: even in 文件, without rules and printer in 信函."""
    copies = head.one("抄送")
    printer = head.one("印发机关") if ruled else ""
    if not copies and not printer:
        return
    inset = _CELL
    pitch = SIZE_4 * 1.875
    label = width("抄送：", "仿宋", SIZE_4)
    measure = WIDTH - 2 * inset - label
    lines = break_lines(((copies.rstrip("。") + "。", "仿宋"),), SIZE_4, measure) if copies else []
    height = pitch * (len(lines) + bool(printer))
    _colophon_page(flow, height, even=ruled)
    page, y = flow.page, BOTTOM + (pitch - SIZE_4) / 2 + (1 - EM_TOP) * SIZE_4
    if printer:
        date = (head.one("印发日期") or head.one("成文日期")) + "印发"
        length = one_line(((date, "仿宋"),), SIZE_4, WIDTH / 2, "印发日期")
        one_line(((printer, "仿宋"),), SIZE_4, WIDTH - (2 + _LEAST_GAP) * inset - length, "印发机关")
        page.text(LEFT + inset, y, ((printer, "仿宋"),), SIZE_4)
        page.text(RIGHT - inset - length, y, ((date, "仿宋"),), SIZE_4)
        page.rule(LEFT, BOTTOM, WIDTH, COLOPHON_OUTER)
        if lines:
            page.rule(LEFT, BOTTOM + pitch, WIDTH, COLOPHON_INNER)
        page.rule(LEFT, BOTTOM + height, WIDTH, COLOPHON_OUTER)
        y += pitch
        flow.speak("printer", f"{printer} {date}")
    if lines:
        y += pitch * (len(lines) - 1)
        page.text(LEFT + inset, y, (("抄送：", "仿宋"),), SIZE_4)
        for line in lines:
            page.line(LEFT + inset + label, y, line, SIZE_4)
            y -= pitch
        flow.speak("copies", f"抄送：{copies.rstrip('。')}。")


def _colophon_page(flow: Flow, height: float, *, even: bool) -> None:
    """Go to the page that takes the 版记; a blank page before it makes both unnumbered."""
    rows = height / flow.grid.pitch + 0.5
    if rows > flow.grid.rows:
        raise DocumentError("抄送机关过多，版记排不下。", field="抄送")
    fits = flow.row + rows <= flow.grid.rows
    if fits and (not even or len(flow.pages) % 2 == 0):
        return
    blank = even and len(flow.pages) % 2 == 0
    for _ in range(2 if blank else 1):
        flow.new_page()
        flow.page.numbered = not blank


def page_numbers(pages: Sequence[Page], *, first: int = 1) -> None:
    """“— 1 —” 7 mm below the 版心: odd pages at the right, even ones at the left."""
    baseline = BOTTOM - PAGE_NUMBER_DROP - ink_top("—", "宋体") * SIZE_4
    for number, page in enumerate(pages, start=1):
        if number < first or not page.numbered:
            continue
        text = f"— {number} —"
        length = width(text, "宋体", SIZE_4)
        x = RIGHT - _CELL - length if number % 2 else LEFT + _CELL
        page.text(x, baseline, ((text, "宋体"),), SIZE_4)


def preview_marks(pages: Sequence[Page], mark: str) -> None:
    """Mark every page as no official document, with a word of two characters across it."""
    caption = f"{mark}稿，不作为正式公文使用"
    length = width(caption, "宋体", 9.0)
    for page in pages:
        page.text((page.width - length) / 2, page.height - 15 * MM, ((caption, "宋体"),), 9.0, color=GREY)
        marks = page.marks
        page.marks = []
        page.text(72 * MM, 100 * MM, ((" ".join(mark), "黑体"),), 110.0, color=WATERMARK, angle=45)
        page.marks += marks
