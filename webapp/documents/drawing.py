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

from webapp.documents.archive import ArchiveCanvas
from webapp.documents.faces import LOCK, font_for, split_by_font, width
from webapp.documents.geometry import PAGE_HEIGHT, PAGE_WIDTH
from webapp.documents.tagging import ARTIFACT, PageTags, Structure, Tag, structure_tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reportlab.pdfgen.canvas import Canvas

    from webapp.documents.lines import Line, Run

BLACK = Color(0, 0, 0)
RED = Color(0.90, 0.0, 0.05)
GREY = Color(0.45, 0.45, 0.45)
WATERMARK = Color(0.88, 0.88, 0.88)
_NATURAL = 100.0  # percent


@dataclass(slots=True)
class Text:
    """Text on a base line. ``stretch`` is the width of the glyphs in percent.

    ``tag`` says what it is part of; without one it is decoration, such as a page number.
    """

    x: float
    y: float
    runs: tuple[Run, ...]
    size: float
    char_space: float = 0.0
    color: Color = BLACK
    stretch: float = _NATURAL
    angle: float = 0.0
    tag: Tag | None = None


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

    def line(self, x: float, y: float, line: Line, size: float, tag: Tag | None = None) -> None:
        """Put a broken line on a base line; its own indent counts from ``x``."""
        self.marks.append(Text(x + line.x, y, line.runs, size, line.char_space, tag=tag))

    def rule(self, x: float, y: float, length: float, weight: float, color: Color = BLACK) -> None:
        """Put a level rule; ``y`` is its middle."""
        self.marks.append(Rule(x, y, x + length, y, weight, color))


def tag_texts(pages: Sequence[Page], first: int, tag: Tag) -> None:
    """Give the texts on some pages a tag, on the first of them from a mark on."""
    for page in pages:
        for mark in page.marks[first:]:
            if isinstance(mark, Text):
                mark.tag = tag
        first = 0


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


def paint(pages: Sequence[Page], metadata: Mapping[str, str], structure: Structure | None = None) -> bytes:
    """Paint pages into a PDF/A-2a, tagged. The same pages and metadata give the same bytes.

    Args:
        pages: Pages in order.
        metadata: ``title``, ``author``, ``subject``, ``keywords`` and ``created`` of the file, the last
            as a PDF date; the file carries no date of the machine.
        structure: What the tags of the texts mean.

    Raises:
        MissingGlyph: If no font has one of the characters.
    """
    structure = structure or Structure()
    stream = io.BytesIO()
    tagged = []
    with LOCK:
        # The first font is given, else every page names Helvetica, which is not embedded.
        canvas = ArchiveCanvas(stream, font_for("一", "仿宋"), metadata)
        for number, page in enumerate(pages):
            tags = PageTags(structure)
            canvas.setPageSize((page.width, page.height))
            for mark in page.marks:
                tag = mark.tag or ARTIFACT if isinstance(mark, Text) else ARTIFACT
                canvas.operators(tags.turn(tag))
                _paint(canvas, mark)
            canvas.operators(tags.end())
            canvas.end_page(number)
            tagged.append(tags)
        canvas.finish(structure_tree(canvas.document, structure, tagged))
    return stream.getvalue()
