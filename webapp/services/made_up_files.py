"""Files that stand for what people would hand in; each says that it is made up."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image, ImageDraw
from reportlab.pdfgen.canvas import Canvas

from webapp.documents import load_faces

PICTURE = (960, 640)
PICTURES = (".png", ".jpg", ".jpeg")


def made_up_name(name: str) -> str:
    """Return the name under which a file is made up: pictures stay pictures, all else becomes a PDF."""
    stem, dot, ending = name.rpartition(".")
    if not dot:
        return f"{name}.pdf"
    return f"{stem}.png" if f".{ending.lower()}" in PICTURES else f"{stem}.pdf"


def made_up_file(name: str) -> bytes:
    """Return a picture for a name that ends in `.png`, and else a PDF of one page that bears the name."""
    return _picture() if name.endswith(".png") else _sheet(name)


@lru_cache(maxsize=32)
def _sheet(name: str) -> bytes:
    """Return a one-page PDF that says what it stands for."""
    load_faces()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    canvas.setFont("黑体", 22)
    canvas.drawCentredString(297, 640, name.removesuffix(".pdf"))
    canvas.setFont("仿宋", 14)
    canvas.drawCentredString(297, 600, "演示材料，内容为虚构")
    canvas.save()
    return buffer.getvalue()


@lru_cache(maxsize=1)
def _picture() -> bytes:
    """Return a picture of a hall that does not exist."""
    picture = Image.new("RGB", PICTURE, (214, 226, 240))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 430, 960, 640), fill=(176, 186, 198))
    for left in range(60, 900, 180):
        draw.rectangle((left, 180, left + 120, 430), fill=(244, 247, 251), outline=(120, 140, 165), width=3)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()
