"""The QR code that leads to the public page of a document, with its caption."""

from __future__ import annotations

from typing import TYPE_CHECKING

import segno

from webapp.documents.drawing import GREY, QrCode
from webapp.documents.faces import width

if TYPE_CHECKING:
    from webapp.documents.drawing import Page


def qr_path(content: str) -> tuple[int, str]:
    """Return a QR code for a page: its side in modules, and the path of the dark ones for SVG."""
    rows = [bytes(row) for row in segno.make(content, error="m", micro=False).matrix]
    parts = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            run = len(row[x:]) - len(row[x:].lstrip(b"\x01"))
            if run:
                parts.append(f"M{x} {y}h{run}v1h-{run}z")
            x += run or 1
    return len(rows), "".join(parts)


_CAPTION = "扫码核验"
_CAPTION_SHARE = 0.16  # of the side of the code
_LEAST_CAPTION = 7.0


def put_qr(page: Page, url: str, x: float, y: float, side: float) -> None:
    """Put a QR code with its lower left corner at a point, and the caption below it."""
    page.marks.append(QrCode(x, y, side, url))
    size = max(_LEAST_CAPTION, side * _CAPTION_SHARE)
    length = width(_CAPTION, "宋体", size)
    page.text(x + (side - length) / 2, y - size - 1, ((_CAPTION, "宋体"),), size, color=GREY)
