"""What stands on a page, as data, and painting it into a PDF.

Laying out and painting are apart: a document may be laid out several times until its last page
fits, and is painted once.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import segno
from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from webapp.documents.faces import LOCK, font_for, split_by_font, width
from webapp.documents.geometry import PAGE_HEIGHT, PAGE_WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from webapp.documents.lines import Line, Run

BLACK = Color(0, 0, 0)
RED = Color(0.90, 0.0, 0.05)
GREY = Color(0.45, 0.45, 0.45)
WATERMARK = Color(0.88, 0.88, 0.88)
_NATURAL = 100.0  # percent
PRODUCER = "零工市场规范化审批平台"


@dataclass(frozen=True, slots=True)
class Text:
    """Text on a base line. ``stretch`` is the width of the glyphs in percent."""

    x: float
    y: float
    runs: tuple[Run, ...]
    size: float
    char_space: float = 0.0
    color: Color = BLACK
    stretch: float = _NATURAL
    angle: float = 0.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line of a given weight."""

    x0: float
    y0: float
    x1: float
    y1: float
    weight: float
    color: Color = BLACK
    dash: float = 0.0  # length of a dash and of the gap after it; 0 is solid


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code; ``x`` and ``y`` are its lower left corner."""

    x: float
    y: float
    size: float
    content: str


Mark = Text | Rule | QrCode


@dataclass(slots=True)
class Page:
    """One page: its marks, and what the composer needs to know about it."""

    marks: list[Mark] = field(default_factory=list)
    numbered: bool = True
    body_lines: int = 0
    width: float = PAGE_WIDTH
    height: float = PAGE_HEIGHT

    def text(self, x: float, y: float, runs: Iterable[Run], size: float, **style: Any) -> None:
        """Put text on a base line."""
        self.marks.append(Text(x, y, tuple(runs), size, **style))

    def line(self, x: float, y: float, line: Line, size: float) -> None:
        """Put a broken line on a base line; its own indent counts from ``x``."""
        self.marks.append(Text(x + line.x, y, line.runs, size, line.char_space))

    def rule(self, x: float, y: float, length: float, weight: float, color: Color = BLACK) -> None:
        """Put a level rule; ``y`` is its middle."""
        self.marks.append(Rule(x, y, x + length, y, weight, color))


def runs_width(runs: Iterable[Run], size: float) -> float:
    """Natural width of runs in points."""
    return sum(width(text, face, size) for text, face in runs)


def _paint_text(canvas: Canvas, mark: Text) -> None:
    if mark.angle:
        canvas.saveState()
        canvas.translate(mark.x, mark.y)
        canvas.rotate(mark.angle)
        text = canvas.beginText(0, 0)
    else:
        text = canvas.beginText(mark.x, mark.y)
    text.setFillColor(mark.color)
    if mark.char_space:
        text.setCharSpace(mark.char_space)
    if mark.stretch != _NATURAL:
        text.setHorizScale(mark.stretch)
    for run, face in mark.runs:
        for font, piece in split_by_font(run, face):
            text.setFont(font, mark.size)
            text.textOut(piece)
    if mark.stretch != _NATURAL:
        text.setHorizScale(_NATURAL)
    if mark.char_space:
        text.setCharSpace(0)
    canvas.drawText(text)
    if mark.angle:
        canvas.restoreState()


def _paint_rule(canvas: Canvas, mark: Rule) -> None:
    canvas.setStrokeColor(mark.color)
    canvas.setLineWidth(mark.weight)
    if mark.dash:
        canvas.setDash(mark.dash, mark.dash)
    canvas.line(mark.x0, mark.y0, mark.x1, mark.y1)
    if mark.dash:
        canvas.setDash()


def _paint_qr(canvas: Canvas, mark: QrCode) -> None:
    matrix = [bytes(row) for row in segno.make(mark.content, error="m", micro=False).matrix]
    unit = mark.size / len(matrix)
    path = canvas.beginPath()
    for index, row in enumerate(matrix):
        start = 0
        while start < len(row):
            if not row[start]:
                start += 1
                continue
            end = start
            while end < len(row) and row[end]:
                end += 1
            path.rect(
                mark.x + start * unit,
                mark.y + mark.size - (index + 1) * unit,
                (end - start) * unit,
                unit,
            )
            start = end
    canvas.setFillColor(BLACK)
    canvas.drawPath(path, stroke=0, fill=1)


def _paint(canvas: Canvas, mark: Mark) -> None:
    if isinstance(mark, Text):
        _paint_text(canvas, mark)
    elif isinstance(mark, Rule):
        _paint_rule(canvas, mark)
    else:
        _paint_qr(canvas, mark)


def paint(pages: Sequence[Page], metadata: Mapping[str, str]) -> bytes:
    """Paint pages into a PDF. The same pages and metadata give the same bytes.

    Args:
        pages: Pages in order.
        metadata: ``title``, ``author``, ``subject`` and ``keywords`` of the file, and ``created``
            as a PDF date; the file carries no date of the machine.

    Raises:
        MissingGlyph: If no font has one of the characters.
    """
    stream = io.BytesIO()
    with LOCK:
        canvas = Canvas(
            stream,
            pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
            invariant=1,
            lang="zh-CN",
            # Else every page names Helvetica, which is not embedded.
            initialFontName=font_for("一", "仿宋"),  # type: ignore[arg-type]  # the stub is wrong
        )
        canvas.setTitle(metadata.get("title", ""))
        canvas.setAuthor(metadata.get("author", ""))
        canvas.setSubject(metadata.get("subject", ""))
        canvas.setKeywords(metadata.get("keywords", ""))
        canvas.setCreator(PRODUCER)
        canvas.setProducer(PRODUCER)
        created = metadata.get("created")
        if created:
            canvas.setDateFormatter(lambda *_: created)
        canvas.setViewerPreference("DisplayDocTitle", "true")
        for page in pages:
            canvas.setPageSize((page.width, page.height))
            for mark in page.marks:
                _paint(canvas, mark)
            canvas.showPage()
        canvas.save()
    return stream.getvalue()
