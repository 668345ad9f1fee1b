# ruff: noqa: INP001 - a script beside its results, not part of a package
"""Make the faces in this folder from their sources. A maintainer's step; its results are checked in.

    python -m pip install fonttools
    python convert.py fangsong FandolFang-Regular.otf
    python convert.py songti NotoSerifSC-Regular.otf
    python convert.py xiaobiaosong NotoSerifCJK-Bold.ttc --index 2

ReportLab embeds TrueType outlines only. This reads a CFF font, keeps the characters that official
documents need (宋体 keeps all of its own: it is the fallback of the others), turns cubic outlines into
quadratic ones and packs the result with xz. Copyright and licence entries of the font stay.
"""

from __future__ import annotations

import argparse
import io
import lzma
from pathlib import Path

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

WHOLE = frozenset({"songti"})
LARGEST_ERROR = 1.0  # of 1000 units per em
SYMBOLS = (
    (0x0020, 0x0180),
    (0x2000, 0x2070),
    (0x2100, 0x2200),
    (0x2460, 0x2500),
    (0x25A0, 0x2612),
    (0x3000, 0x3040),
    (0x33A1, 0x33A2),
    (0xFF00, 0xFFF0),
)


def wanted(characters: Path | None) -> set[int]:
    """Code points to keep: GB2312, symbols, and those in a file (通用规范汉字表), if given."""
    codes = {code for first, end in SYMBOLS for code in range(first, end)}
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            text = bytes((row, cell)).decode("gb2312", errors="ignore")
            codes.update(map(ord, text))
    if characters:
        codes.update(ord(character) for character in characters.read_text("utf-8") if not character.isspace())
    return codes


def shrink(font: TTFont, codes: set[int]) -> None:
    """Keep these characters only, without layout tables and hints."""
    options = subset.Options()
    options.layout_features = []
    options.name_IDs = ["*"]
    options.name_languages = ["*"]
    options.name_legacy = True
    options.hinting = False
    options.notdef_outline = True
    options.glyph_names = False
    options.drop_tables += ["GSUB", "GPOS", "BASE", "VORG", "vhea", "vmtx", "DSIG", "GDEF", "STAT"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)


def quadratic(font: TTFont) -> None:
    """Replace CFF outlines by TrueType ones."""
    order, glyphs = font.getGlyphOrder(), font.getGlyphSet()
    outlines = newTable("glyf")
    outlines.glyphOrder, outlines.glyphs = order, {}
    for name in order:
        pen = TTGlyphPen(glyphs)
        glyphs[name].draw(Cu2QuPen(pen, LARGEST_ERROR, reverse_direction=True))
        outlines.glyphs[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), outlines
    outlines.compile(font)
    metrics = font["hmtx"].metrics
    for name, glyph in outlines.glyphs.items():
        bearing = glyph.xMin if glyph.numberOfContours else 0
        metrics[name] = (metrics[name][0], bearing)
    limits = font["maxp"]
    limits.tableVersion = 0x00010000
    limits.maxZones = 1
    for field in [
        "TwilightPoints",
        "Storage",
        "FunctionDefs",
        "InstructionDefs",
        "StackElements",
        "SizeOfInstructions",
        "ComponentElements",
        "ComponentDepth",
        "Points",
        "Contours",
        "CompositePoints",
        "CompositeContours",
    ]:
        setattr(limits, f"max{field}", 0)
    names = font["post"]
    names.formatType, names.extraNames, names.mapping, names.glyphOrder = 3.0, [], {}, order
    for table in ("CFF ", "VORG"):
        if table in font:
            del font[table]
    font.sfntVersion = "\0\1\0\0"


def main() -> None:
    """Convert one face."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("role", choices=("fangsong", "kaiti", "heiti", "songti", "xiaobiaosong"))
    parser.add_argument("source", type=Path)
    parser.add_argument("--index", type=int, default=-1, help="number of the font in a collection")
    parser.add_argument("--characters", type=Path, help="text file with further characters to keep")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    given = parser.parse_args()
    font = TTFont(given.source, fontNumber=given.index, lazy=True)
    if given.role not in WHOLE:
        shrink(font, wanted(given.characters))
    quadratic(font)
    stream = io.BytesIO()
    font.save(stream)
    packed = lzma.compress(stream.getvalue(), preset=9 | lzma.PRESET_EXTREME)
    (given.out / f"{given.role}.ttf.xz").write_bytes(packed)


if __name__ == "__main__":
    main()
