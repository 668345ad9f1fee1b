"""Reads finished PDF files back: what stands where, in millimetres from the upper left corner."""

from __future__ import annotations

import io
import lzma
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pikepdf
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


def depth(text: str, file: str) -> float:
    """Lowest ink of a text, in ems above the base line (below it: negative), as FreeType draws it."""
    _, _, _, bottom = _font(file).getbbox(text, anchor="ls")
    return -bottom / 1000


def spoken(pdf):
    """``(structure type, text)`` in the order of the tree, read through the marks on the pages."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        shown = [_marked(page) for page in document.pages]
        numbers = {page.objgen: index for index, page in enumerate(document.pages)}
        return [_element(kid, shown, numbers) for kid in document.Root.StructTreeRoot.K.K]


def _marked(page):
    """Text that each number of marked content of a page stands for."""
    maps = {name: _to_text(font) for name, font in page.Resources.Font.items()}
    widths = {name: 2 if font.Subtype == "/Type0" else 1 for name, font in page.Resources.Font.items()}
    found, current, font, size = {}, None, None, 1
    for operands, operator in pikepdf.parse_content_stream(page):
        match str(operator):
            case "BDC":
                current = int(operands[1].MCID)
            case "EMC":
                current = None
            case "Tf":
                font, size = maps[str(operands[0])], widths[str(operands[0])]
            case "Tj" if current is not None:
                codes = bytes(operands[0])
                codes = [int.from_bytes(codes[at : at + size]) for at in range(0, len(codes), size)]
                found[current] = found.get(current, "") + "".join(font[code] for code in codes)
    return found


def _to_text(font):
    characters = font.ToUnicode.read_bytes().decode().split("beginbfchar", 1)[1]
    pairs = re.findall(r"^<(\w\w(?:\w\w)?)> ?<(\w+)>$", characters, re.MULTILINE)
    return {int(code, 16): bytes.fromhex(text).decode("utf-16-be") for code, text in pairs}


def _element(element, shown, numbers):
    if isinstance(element.K, int):
        return str(element.S), shown[numbers[element.Pg.objgen]].get(element.K, "")
    kids = list(element.K)
    if kids and "/MCID" in kids[0]:
        return str(element.S), "".join(shown[numbers[kid.Pg.objgen]][int(kid.MCID)] for kid in kids)
    return str(element.S), [_element(kid, shown, numbers) for kid in kids]


def heard(pdf: bytes) -> str:
    """Everything that carries a tag, in reading order, without spaces."""

    def flat(parts) -> str:
        return parts if isinstance(parts, str) else "".join(flat(text) for _, text in parts)

    return "".join(flat(spoken(pdf)).split())
