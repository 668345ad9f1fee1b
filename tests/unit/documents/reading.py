"""Reads finished PDF files back: what stands where, in millimetres from the upper left corner."""

from __future__ import annotations

import io
import lzma
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pdfminer.high_level import extract_pages
from pdfminer.layout import LAParams, LTChar, LTLine, LTRect
from PIL import ImageFont

MM = 72 / 25.4
FONTS = Path(__file__).parents[3] / "docs_templates" / "fonts"


@dataclass(frozen=True)
class Char:
    text: str
    x0: float
    x1: float
    baseline: float
    size: float
    font: str


@dataclass(frozen=True)
class Ruling:
    x0: float
    x1: float
    y: float
    weight: float


class PageView:
    """One page: characters, lines of text from top to bottom, and level rules."""

    def __init__(self, layout):
        self.height = layout.height
        self.chars: list[Char] = []
        self.rules: list[Ruling] = []
        self._collect(layout)

    def _collect(self, container):
        for item in container:
            if isinstance(item, LTChar):
                self.chars.append(
                    Char(
                        item.get_text(),
                        item.x0 / MM,
                        item.x1 / MM,
                        (self.height - item.matrix[5]) / MM,
                        item.size,
                        item.fontname,
                    )
                )
            elif isinstance(item, LTLine | LTRect) and abs(item.y1 - item.y0) < 0.5:
                y = (self.height - (item.y0 + item.y1) / 2) / MM
                self.rules.append(Ruling(item.x0 / MM, item.x1 / MM, y, item.linewidth / MM))
            elif hasattr(item, "__iter__"):
                self._collect(item)

    def lines(self) -> list[list[Char]]:
        rows: dict[float, list[Char]] = {}
        for char in self.chars:
            rows.setdefault(round(char.baseline, 1), []).append(char)
        return [sorted(row, key=lambda c: c.x0) for _, row in sorted(rows.items())]

    def texts(self) -> list[str]:
        return ["".join(c.text for c in line).strip() for line in self.lines()]

    def line(self, beginning: str) -> list[Char]:
        for line in self.lines():
            if "".join(c.text for c in line).strip().startswith(beginning):
                return [c for c in line if c.text.strip()]
        raise AssertionError(f"no line begins with {beginning!r}: {self.texts()}")

    def has(self, text: str) -> bool:
        return any(text in line for line in self.texts())


def read_pdf(pdf: bytes) -> list[PageView]:
    pages = extract_pages(io.BytesIO(pdf), laparams=LAParams(all_texts=True, boxes_flow=None))
    return [PageView(page) for page in pages]


@lru_cache
def _font(file: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(io.BytesIO(lzma.decompress((FONTS / f"{file}.ttf.xz").read_bytes())), 1000)


def ink(text: str, file: str) -> float:
    """Highest ink of a text, in ems above the base line, as FreeType draws it."""
    _, top, _, _ = _font(file).getbbox(text, anchor="ls")
    return -top / 1000
