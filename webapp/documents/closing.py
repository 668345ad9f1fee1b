"""What stands below the body: 附件说明, 署名 and 成文日期 under the seal, 附注, 版记, page numbers."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from webapp.documents.drawing import GREY, WATERMARK, Page, QrCode
from webapp.documents.errors import DocumentError
from webapp.documents.faces import ink_top, width
from webapp.documents.flow import Flow, SealBox, SealPlace, one_line
from webapp.documents.geometry import (
    BOTTOM,
    COLOPHON_INNER,
    COLOPHON_OUTER,
    COLUMNS,
    EM_TOP,
    LEFT,
    MM,
    PAGE_HEIGHT,
    PAGE_NUMBER_DROP,
    PAGE_WIDTH,
    RIGHT,
    SIZE_3,
    SIZE_4,
    WIDTH,
)
from webapp.documents.lines import Line, break_lines
from webapp.documents.titles import break_title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webapp.documents.template import Head

_QR_SIZE = 14 * MM
_FOOT_QR_SIZE = 12 * MM
_QR_CAPTION = "扫码核验"
_CAPTION_SIZE = 7.0
_CELL = WIDTH / COLUMNS
_SEALED_BLANK_ROWS = 2
_SEAL_OVERHANG = 0.3  # lines that the rim of a seal may reach beyond the line below it
_SEAL_RISE = 2.0  # points between the top of 署名 and the centre of the seal


def attachments(flow: Flow, names: Sequence[str]) -> None:
    """附件说明: one blank line below the body, names hang on their first character."""
    if not names:
        return
    flow.need(2)
    if flow.row:
        flow.row += 1
    cell = flow.grid.cell
    for index, name in enumerate(names, start=1):
        number = f"{index}. " if len(names) > 1 else ""
        label = "附件：" if index == 1 else ""
        left = LEFT + 5 * cell
        hang = width(number, "仿宋", SIZE_3)
        lines = break_lines(((name, "仿宋"),), SIZE_3, RIGHT - left - hang, cell=cell)
        flow.need(1)
        baseline = flow.grid.baseline(flow.row)
        if label:
            flow.page.text(LEFT + 2 * cell, baseline, ((label, "仿宋"),), SIZE_3, char_space=cell - SIZE_3)
        if number:
            flow.page.text(left, baseline, ((number, "仿宋"),), SIZE_3)
        flow.lines(lines, left=left + hang)
        flow.outline.append(("attachment", f"附件：{number}{name}"))


def sealed_rows(signature_lines: int, seal: SealPlace, pitch: float) -> float:
    """Lines that 署名, 成文日期 and the seal take, blank lines above included."""
    text = _SEALED_BLANK_ROWS + signature_lines + 1
    bottom = _SEALED_BLANK_ROWS + (signature_lines - 1) / 2 + seal.diameter_mm * MM / 2 / pitch
    return max(text, bottom - _SEAL_OVERHANG)


def signature(flow: Flow, head: Head, seals: Sequence[SealPlace], verify_url: str | None) -> None:
    """署名 and 成文日期, and the place of the seal; 附注 keeps together with them.

    A form without 署名 carries no seal: those who signed it stand in its table.

    Raises:
        DocumentError: If more than one seal is asked for: joint documents are not set yet.
    """
    name, date = head.one("署名"), head.one("成文日期")
    if not name or not date:
        return
    if len(seals) > 1:
        raise DocumentError("一份公文目前只能加盖一个单位的印章。", field="署名")
    lines = break_title(name, SIZE_3, WIDTH - 2 * flow.grid.cell, face="仿宋")
    rows = sealed_rows(len(lines), seals[0], flow.grid.pitch) if seals else len(lines) + 2
    flow.need(rows + len(_note_lines(flow, head.one("附注"))))
    left = _sealed(flow, lines, date, seals[0]) if seals else _unsealed(flow, lines, date)
    if verify_url:
        _closing_qr(flow, verify_url, left)
    flow.outline += [("signature", name), ("date", date)]


def _sealed(flow: Flow, lines: Sequence[str], date: str, seal: SealPlace) -> float:
    """Date four characters from the right, 署名 centred on it, seal over both; returns the left edge."""
    grid = flow.grid
    date_width = width(date, "仿宋", SIZE_3)
    widest = max(width(line, "仿宋", SIZE_3) for line in lines)
    middle = min(RIGHT - 4 * grid.cell - date_width / 2, RIGHT - widest / 2)
    first = flow.row + _SEALED_BLANK_ROWS
    for index, line in enumerate((*lines, date)):
        length = width(line, "仿宋", SIZE_3)
        flow.page.text(middle - length / 2, grid.baseline(first + index), ((line, "仿宋"),), SIZE_3)
    radius = seal.diameter_mm * MM / 2
    body_bottom = grid.row_top(flow.row) + grid.pitch - SIZE_3
    centre = grid.row_top(first + (len(lines) - 1) / 2) - _SEAL_RISE
    # The top of the seal lies within one line below the body and never on it.
    centre = min(max(centre, body_bottom - grid.pitch - radius), body_bottom - 2.0 - radius)
    flow.seal_boxes.append(
        SealBox(
            seal.agency_key,
            len(flow.pages),
            *(round(v, 2) for v in (middle - radius, centre - radius, middle + radius, centre + radius)),
        )
    )
    flow.row = max(first + len(lines) + 1.0, ceil(grid.row_at(centre - radius) - _SEAL_OVERHANG))
    return min(middle - widest / 2, middle - radius)


def _unsealed(flow: Flow, lines: Sequence[str], date: str) -> float:
    """署名 two characters from the right, date below it and two characters further in."""
    grid = flow.grid
    flow.row += 1
    widest = max(width(line, "仿宋", SIZE_3) for line in lines)
    date_width = width(date, "仿宋", SIZE_3)
    left = RIGHT - 2 * grid.cell - widest
    date_left = left + 2 * grid.cell
    if date_left + date_width > RIGHT - 2 * grid.cell:  # a longer date keeps the two characters
        date_left = RIGHT - 2 * grid.cell - date_width
        left = min(left, date_left - 2 * grid.cell)
    for line in lines:
        flow.page.text(left, grid.baseline(flow.row), ((line, "仿宋"),), SIZE_3)
        flow.row += 1
    flow.page.text(date_left, grid.baseline(flow.row), ((date, "仿宋"),), SIZE_3)
    flow.row += 1
    return left


def _closing_qr(flow: Flow, url: str, left: float) -> None:
    """Put the QR code at the left of 署名 and 成文日期, where the page is empty."""
    x = LEFT + 2 * _CELL
    if x + _QR_SIZE + 3 * MM > left:
        foot_qr(flow, url)
        return
    y = flow.grid.baseline(flow.row - 1)
    _qr(flow.page, url, x, y, _QR_SIZE)


def foot_qr(flow: Flow, url: str) -> None:
    """Put the QR code below the 版心 of the last page, opposite the page number."""
    x = LEFT if len(flow.pages) % 2 else RIGHT - _FOOT_QR_SIZE
    _qr(flow.page, url, x, BOTTOM - 1 * MM - _FOOT_QR_SIZE, _FOOT_QR_SIZE)


def _qr(page: Page, url: str, x: float, y: float, size: float) -> None:
    page.marks.append(QrCode(x, y, size, url))
    length = width(_QR_CAPTION, "宋体", _CAPTION_SIZE)
    page.text(
        x + (size - length) / 2, y - _CAPTION_SIZE - 1, ((_QR_CAPTION, "宋体"),), _CAPTION_SIZE, color=GREY
    )


def note(flow: Flow, text: str) -> None:
    """附注: two characters in, in round brackets, below the date."""
    if text:
        flow.lines(_note_lines(flow, text))
        flow.outline.append(("note", f"（{text}）"))


def _note_lines(flow: Flow, text: str) -> list[Line]:
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
        one_line(((printer, "仿宋"),), SIZE_4, WIDTH - 3 * inset - length, "印发机关")
        page.text(LEFT + inset, y, ((printer, "仿宋"),), SIZE_4)
        page.text(RIGHT - inset - length, y, ((date, "仿宋"),), SIZE_4)
        page.rule(LEFT, BOTTOM, WIDTH, COLOPHON_OUTER)
        if lines:
            page.rule(LEFT, BOTTOM + pitch, WIDTH, COLOPHON_INNER)
        page.rule(LEFT, BOTTOM + height, WIDTH, COLOPHON_OUTER)
        y += pitch
        flow.outline.append(("printer", f"{printer} {date}"))
    if lines:
        y += pitch * (len(lines) - 1)
        page.text(LEFT + inset, y, (("抄送：", "仿宋"),), SIZE_4)
        for line in lines:
            page.line(LEFT + inset + label, y, line, SIZE_4)
            y -= pitch
        flow.outline.append(("copies", f"抄送：{copies.rstrip('。')}。"))


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


def preview_marks(pages: Sequence[Page]) -> None:
    """Mark every page as a preview that is no official document."""
    caption = "预览稿，不作为正式公文使用"
    length = width(caption, "宋体", 9.0)
    for page in pages:
        page.text((PAGE_WIDTH - length) / 2, PAGE_HEIGHT - 15 * MM, ((caption, "宋体"),), 9.0, color=GREY)
        marks = page.marks
        page.marks = []
        page.text(72 * MM, 100 * MM, (("预 览", "黑体"),), 110.0, color=WATERMARK, angle=45)
        page.marks += marks
