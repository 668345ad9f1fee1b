"""证书 and 牌匾: one landscape sheet with a border, a QR code and the place of the seal.

GB/T 9704-2012 says nothing about them; proportions are this project's own. All lengths are given for
a sheet as wide as A4 across and grow with the sheet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reportlab.lib.colors import Color

from webapp.documents.drawing import BLACK, RED, Page, Rule, tag_texts
from webapp.documents.errors import DocumentError
from webapp.documents.faces import width
from webapp.documents.flow import SealBox, SealPlace, check_fits
from webapp.documents.geometry import EM_TOP, MM
from webapp.documents.lines import break_lines
from webapp.documents.markup import Paragraph
from webapp.documents.qr import put_qr
from webapp.documents.titles import break_title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webapp.documents.faces import Face
    from webapp.documents.lines import Line
    from webapp.documents.markup import Block
    from webapp.documents.template import Head

GOLD = Color(0.72, 0.53, 0.04)
_BASE_MM = 297.0
_BORDERS = ((9.0, 1.6), (12.0, 0.4))  # distance from the edge and weight, in mm
_SIDE = 38.0
_TITLE_TOP = 31.0
_TITLE_SIZES = (42.0, 38.0, 34.0, 30.0, 26.0, 22.0)
_TITLE_LINES = 2
_TITLE_PITCH = 1.25
_STAR_SIZE = 30.0
_NUMBER_SIZE = 14.0
_BODY_SIZES = (22.0, 20.0, 18.0, 16.0, 14.0)
_PLAQUE_BODY_SIZES = (40.0, 34.0, 28.0, *_BODY_SIZES)
_BODY_PITCH = 1.7
_CLOSING_TOP = 151.0  # of 署名, below the upper edge
_CLOSING_SIZE = 18.0
_CLOSING_MIDDLE = 97.0  # from the right edge
_BODY_END = 128.0
_BODY_DROP, _PLAQUE_DROP = 0.25, 0.5  # of the free height: how much of it stands above the body
_QR_SIZE = 24.0
_MARK_SIZE = 20.0
_STARS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5}
_SIZES = {"证书": (297.0, 210.0), "牌匾": (600.0, 400.0)}


@dataclass(slots=True)
class _Sheet:
    """A sheet being filled from above; ``y`` is the free height below its upper edge, in base mm."""

    page: Page
    unit: float
    y: float = _TITLE_TOP
    outline: list[tuple[str, str]] = field(default_factory=list)
    spoken: int = 0

    @property
    def base_width(self) -> float:
        return self.page.width / self.unit

    def height_at(self, y: float) -> float:
        return self.page.height - y * self.unit

    def speak(self, role: str, text: str) -> None:
        """Say what was set since the last time."""
        tag_texts((self.page,), self.spoken, (len(self.outline), 0))
        self.spoken = len(self.page.marks)
        self.outline.append((role, text))

    def centred(self, text: str, face: Face, size: float, middle: float, color: Color) -> None:
        """Set a line whose cell begins at ``y``; ``middle`` in base mm from the left."""
        points = size * self.unit / MM
        x = middle * self.unit - width(text, face, points) / 2
        self.page.text(x, self.height_at(self.y) - EM_TOP * points, ((text, face),), points, color=color)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A finished sheet."""

    page: Page
    outline: tuple[tuple[str, str], ...]
    seal_boxes: tuple[SealBox, ...]


def set_certificate(
    layout: str, head: Head, blocks: Sequence[Block], seals: Sequence[SealPlace], verify_url: str | None
) -> Certificate:
    """Set a 证书 (A4 across) or a 牌匾 (600 mm × 400 mm).

    Raises:
        DocumentError: If a text does not fit the sheet, naming it; or there is more than one seal.
    """
    wide, high = _SIZES[layout]
    unit = wide * MM / _BASE_MM
    sheet = _Sheet(Page(numbered=False, width=wide * MM, height=high * MM), unit)
    _border(sheet)
    _test_mark(sheet, head)
    _title(sheet, head)
    _body(sheet, blocks, centred=layout == "牌匾")
    boxes = _closing(sheet, head, seals)
    if verify_url:
        size = _QR_SIZE * unit
        put_qr(sheet.page, verify_url, _SIDE * unit, sheet.height_at(_CLOSING_TOP + 22), size)
    return Certificate(sheet.page, tuple(sheet.outline), boxes)


def _border(sheet: _Sheet) -> None:
    page = sheet.page
    for distance, weight in _BORDERS:
        inset, thick = distance * sheet.unit, weight * sheet.unit
        x0, y0, x1, y1 = inset, inset, page.width - inset, page.height - inset
        half = thick / 2  # the corners close
        for y in (y0, y1):
            page.marks.append(Rule(x0 - half, y, x1 + half, y, thick, GOLD))
        for x in (x0, x1):
            page.marks.append(Rule(x, y0 - half, x, y1 + half, thick, GOLD))


def _test_mark(sheet: _Sheet, head: Head) -> None:
    text = head.one("标记")
    if not text:
        return
    sheet.y = _BORDERS[-1][0] + 4
    length = width(text, "黑体", _MARK_SIZE) / MM
    check_fits(length * MM, (_SIDE * 2) * MM, text, "标记")
    sheet.centred(text, "黑体", _MARK_SIZE, sheet.base_width - 18 - length / 2, RED)
    sheet.speak("mark", text)
    sheet.y = _TITLE_TOP


def _title(sheet: _Sheet, head: Head) -> None:
    text = "".join(head.many("标题"))
    measure = (sheet.base_width - 2 * _SIDE) * MM
    for size in _TITLE_SIZES:
        lines = break_title(text, size, measure, names=head.names)
        if len(lines) <= _TITLE_LINES:
            break
    else:
        raise DocumentError(f"标题太长，排不下：“{text}”。请缩短。", field="标题")
    middle = sheet.base_width / 2
    for line in lines:
        sheet.centred(line, "小标宋", size, middle, RED)
        sheet.y += size * _TITLE_PITCH / MM
    sheet.speak("title", text)
    stars = head.one("星级")
    if stars:
        sheet.y += 3
        sheet.centred("★" * _count(stars), "宋体", _STAR_SIZE, middle, GOLD)
        sheet.y += _STAR_SIZE * _TITLE_PITCH / MM
        sheet.speak("note", stars)
    number = head.one("发文字号")
    if number:
        length = width(number, "仿宋", _NUMBER_SIZE)
        check_fits(length, measure, number, "发文字号")
        sheet.y += 2
        sheet.centred(number, "仿宋", _NUMBER_SIZE, sheet.base_width - _SIDE - length / MM / 2, BLACK)
        sheet.y += _NUMBER_SIZE * _BODY_PITCH / MM
        sheet.speak("number", number)
    sheet.y += 4


def _count(stars: str) -> int:
    count = _STARS.get(stars.removesuffix("星级").removesuffix("星"), 0)
    if not count:
        raise DocumentError(f"“{stars}”不是星级，应写成一星级至五星级。", field="星级")
    return count


def _body(sheet: _Sheet, blocks: Sequence[Block], *, centred: bool) -> None:
    """Set the paragraphs in the largest size that leaves room for 署名; a 牌匾 centres them."""
    paragraphs = [block for block in blocks if isinstance(block, Paragraph)]
    if len(paragraphs) != len(blocks):
        raise DocumentError("证书和牌匾的正文只能是段落，不能有表格、附件和回执。", field="正文")
    measure = (sheet.base_width - 2 * _SIDE) * MM
    for size in _PLAQUE_BODY_SIZES if centred else _BODY_SIZES:
        lines = [_lines(paragraph, size, measure, centred=centred) for paragraph in paragraphs]
        step = size * _BODY_PITCH / MM
        free = _BODY_END - sheet.y - step * sum(map(len, lines))
        if free >= 0:
            break
    else:
        raise DocumentError("证书正文太长，一页排不下，请缩短。", field="正文")
    scale = sheet.unit / MM
    sheet.y += free * (_PLAQUE_DROP if centred else _BODY_DROP)
    for paragraph, broken in zip(paragraphs, lines, strict=True):
        for line in broken:
            side = (measure - line.width) / 2 if centred else 0.0
            x = (_SIDE * MM + line.x + side) * scale
            y = sheet.height_at(sheet.y) - EM_TOP * size * scale
            sheet.page.text(x, y, line.runs, size * scale, char_space=line.char_space * scale)
            sheet.y += step
        sheet.speak(*paragraph.spoken)


def _lines(paragraph: Paragraph, size: float, measure: float, *, centred: bool) -> list[Line]:
    flush = centred or paragraph.role == "flush"
    return break_lines(paragraph.runs, size, measure, indent=0.0 if flush else 2 * size)


def _closing(sheet: _Sheet, head: Head, seals: Sequence[SealPlace]) -> tuple[SealBox, ...]:
    names, date = head.many("署名"), head.one("成文日期")
    if len(names) > 1 or len(seals) > 1:
        raise DocumentError("证书和牌匾只能有一个署名和一枚印章。", field="署名")
    middle = sheet.base_width - _CLOSING_MIDDLE
    lines = break_title(names[0], _CLOSING_SIZE, 2 * (_CLOSING_MIDDLE - 20) * MM, face="仿宋")
    sheet.y = _CLOSING_TOP
    step = _CLOSING_SIZE * _BODY_PITCH / MM
    for role, text, parts in (("signature", names[0], lines), ("date", date, [date])):
        for line in parts:
            sheet.centred(line, "仿宋", _CLOSING_SIZE, middle, BLACK)
            sheet.y += step
        sheet.speak(role, text)
    if not seals:
        return ()
    radius = seals[0].diameter_mm * MM / 2
    centre = sheet.height_at(_CLOSING_TOP + 4)
    x = middle * sheet.unit
    corners = (x - radius, centre - radius, x + radius, centre + radius)
    return (SealBox(seals[0].agency_key, 1, *(round(value, 2) for value in corners)),)
