"""Looks at finished pages as a ruler would: pictures at 300 dpi, drawn by PDFium, in millimetres."""

from __future__ import annotations

from dataclasses import dataclass

import pypdfium2
from PIL import Image, ImageChops

DPI = 300
PX = DPI / 25.4  # pixels per millimetre
_INK = 128
_RED_LEAST, _RED_OTHERS = 120, 110


@dataclass(frozen=True)
class Box:
    """Outline of ink, measured from the upper left corner of the page."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def centre(self) -> float:
        return (self.y0 + self.y1) / 2


class Picture:
    """One page. Regions are ``(left, top, right, bottom)`` in millimetres."""

    def __init__(self, image: Image.Image) -> None:
        self.width, self.height = image.width / PX, image.height / PX
        red, green, blue = image.convert("RGB").split()
        strong = red.point(lambda v: 255 if v >= _RED_LEAST else 0)
        others = ImageChops.lighter(green, blue).point(lambda v: 255 if v <= _RED_OTHERS else 0)
        self.red = ImageChops.darker(strong, others)
        dark = ImageChops.lighter(ImageChops.lighter(red, green), blue)
        self.black = dark.point(lambda v: 255 if v < _INK else 0)

    def _cut(self, colour: str, region):
        mask = getattr(self, colour)
        x0, y0, x1, y1 = region or (0, 0, self.width, self.height)
        corners = (round(x0 * PX), round(y0 * PX), round(x1 * PX), round(y1 * PX))
        return mask.crop(corners), corners

    def box(self, colour, region=None) -> Box:
        """The ink of one colour inside a region."""
        mask, (left, top, _, _) = self._cut(colour, region)
        found = mask.getbbox()
        assert found, f"no {colour} ink in {region}"
        x0, y0, x1, y1 = found
        return Box((left + x0) / PX, (top + y0) / PX, (left + x1) / PX, (top + y1) / PX)

    def blank(self, colour, region) -> bool:
        return self._cut(colour, region)[0].getbbox() is None

    def bands(self, colour, region=None, *, least=0.0) -> list[tuple[float, float]]:
        """Upper and lower edge of every stretch of lines with more than this share of ink."""
        mask, (_, top, _, _) = self._cut(colour, region)
        shares = mask.resize((1, mask.height), Image.Resampling.BOX).tobytes()
        inked = [share > 255 * least for share in shares] if least else self._any_ink(mask)
        return [(top / PX + a / PX, top / PX + b / PX) for a, b in _stretches(inked)]

    def columns(self, colour, region) -> list[tuple[float, float]]:
        """Left and right edge of every stretch of columns with ink."""
        mask, (left, _, _, _) = self._cut(colour, region)
        inked = self._any_ink(mask.transpose(Image.Transpose.TRANSPOSE))
        return [(left / PX + a / PX, left / PX + b / PX) for a, b in _stretches(inked)]

    @staticmethod
    def _any_ink(mask) -> list[bool]:
        width = mask.width
        raw = mask.tobytes()
        return [any(raw[row * width : (row + 1) * width]) for row in range(mask.height)]

    def rules(self, colour, left, right, region=None) -> list[tuple[float, float]]:
        """Level rules that reach from ``left`` to ``right``."""
        _, top, _, bottom = region or (0, 0, self.width, self.height)
        return self.bands(colour, (left + 0.5, top, right - 0.5, bottom), least=0.97)


def _stretches(inked) -> list[tuple[int, int]]:
    found, start = [], None
    for index, value in enumerate([*inked, False]):
        if value and start is None:
            start = index
        elif not value and start is not None:
            found.append((start, index))
            start = None
    return found


def pictures(pdf: bytes) -> list[Picture]:
    """Draw every page, seals included; a turned page is given upright, as the leaf lies."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        document.init_forms()
        found = []
        for page in document:
            image = page.render(scale=DPI / 72).to_pil()
            turn = page.get_rotation()
            found.append(Picture(image.rotate(turn, expand=True) if turn else image))
        return found
    finally:
        document.close()
