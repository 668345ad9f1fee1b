"""Round seals as vector drawings. They are marked 测试: a valid 电子印章 comes from its approved maker."""

from __future__ import annotations

import io
import math
from functools import lru_cache

from reportlab.pdfgen.canvas import Canvas

from webapp.documents.drawing import RED
from webapp.documents.errors import DocumentError
from webapp.documents.faces import LOCK, font_for, width
from webapp.documents.geometry import MM

TEST_LABEL = "测试"
_RING = 1.2 * MM
_STAR = 0.30  # outer radius of the star, of the seal's radius (国发〔1999〕25号 shows a star, no figure)
_STAR_WAIST = 0.382
_TEXT = 0.25  # height of the name, of the radius
_GAP = 0.05  # between ring and name, of the radius
_MOST_ARC = math.radians(270)
_STEP = math.radians(17.5)  # widest angle from one character to the next
_LABEL = 0.24
_LABEL_DROP = 0.56
_LONGEST = 40
_SMALLEST_MM, _LARGEST_MM = 20.0, 60.0


@lru_cache(maxsize=256)
def seal_image(name: str, diameter_mm: float = 42.0, *, label: str = TEST_LABEL) -> bytes:
    """Draw a round seal with a star and return it as a one-page PDF of exactly its size.

    An office has few seals and sets each many times: what was drawn is cached.

    Args:
        name: Name on the seal, set along the ring.
        diameter_mm: Outer diameter in millimetres.
        label: Word below the star; test seals say 测试.

    Raises:
        DocumentError: If the name is empty or too long, or the size is out of range.
        MissingGlyph: If no font has one of the characters.
    """
    if not 1 <= len(name) <= _LONGEST:
        raise DocumentError(f"印章名称要在1到{_LONGEST}字之间：“{name}”。", field="印章名称")
    if not _SMALLEST_MM <= diameter_mm <= _LARGEST_MM:
        raise DocumentError(f"印章直径要在{_SMALLEST_MM:.0f}到{_LARGEST_MM:.0f}毫米之间。", field="印章直径")
    side = diameter_mm * MM
    radius = side / 2
    stream = io.BytesIO()
    with LOCK:
        canvas = Canvas(
            stream,
            pagesize=(side, side),
            invariant=1,
            initialFontName=font_for("一", "宋体"),  # type: ignore[arg-type]  # the stub is wrong
        )
        canvas.setBlendMode("Multiply")  # as ink: the text below stays readable
        canvas.translate(radius, radius)
        canvas.setStrokeColor(RED)
        canvas.setFillColor(RED)
        canvas.setLineWidth(_RING)
        canvas.circle(0, 0, radius - _RING / 2)
        _star(canvas, radius * _STAR)
        _name(canvas, name, radius)
        if label:
            _set(canvas, label, radius * _LABEL, -radius * _LABEL_DROP)
        canvas.showPage()
        canvas.save()
    return stream.getvalue()


def _star(canvas: Canvas, radius: float) -> None:
    path = canvas.beginPath()
    for point in range(10):
        angle = math.pi / 2 + point * math.pi / 5
        reach = radius if point % 2 == 0 else radius * _STAR_WAIST
        (path.lineTo if point else path.moveTo)(reach * math.cos(angle), reach * math.sin(angle))
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def _name(canvas: Canvas, name: str, radius: float) -> None:
    """Set the name along the upper arc, each character upright on its radius."""
    size = radius * _TEXT
    baseline = radius - _RING - radius * _GAP - 0.86 * size
    step = min(_STEP, _MOST_ARC / len(name))
    stretch = min(1.0, 0.94 * step * (baseline + 0.3 * size) / size)
    angle = step * (len(name) - 1) / 2
    for character in name:
        canvas.saveState()
        canvas.rotate(math.degrees(angle))
        canvas.translate(0, baseline)
        canvas.scale(stretch, 1)
        _set(canvas, character, size, 0)
        canvas.restoreState()
        angle -= step


def _set(canvas: Canvas, text: str, size: float, y: float) -> None:
    x = -width(text, "宋体", size) / 2
    for character in text:
        canvas.setFont(font_for(character, "宋体"), size)
        canvas.drawString(x, y, character)
        x += width(character, "宋体", size)
