"""The type faces: loaded once per process, with a fallback for every character.

Vendored faces lie as xz-packed TrueType in ``docs_templates/fonts``. An office that owns licensed
faces puts them into a folder of its own under the same names (``fangsong.ttf`` and so on) and names
that folder in ``LINGGONG_FONT_DIR``; they win, and the vendored ones fill their gaps.
"""

from __future__ import annotations

import io
import lzma
import os
import re
import struct
import threading
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from webapp.documents.errors import DocumentError, MissingGlyph

Face = Literal["仿宋", "楷体", "黑体", "宋体", "小标宋"]

_FILES: dict[str, str] = {
    "仿宋": "fangsong",
    "楷体": "kaiti",
    "黑体": "heiti",
    "宋体": "songti",
    "小标宋": "xiaobiaosong",
}
VENDORED = Path(__file__).resolve().parents[2] / "docs_templates" / "fonts"
FONT_DIR_VARIABLE = "LINGGONG_FONT_DIR"
_SUFFIXES = (".ttf", ".ttc", ".ttf.xz")

_DARK_LATIN = frozenset({"仿宋", "楷体"})

# ReportLab keeps a reading position inside a face, so loading and saving must not overlap.
LOCK = threading.RLock()
_loaded: dict[str, Any] = {}


_BEYOND_BMP = re.compile(r"<([0-9A-F]{5,6})>$", re.MULTILINE)


class _Font(TTFont):
    """A font whose rare characters can be copied, searched and read aloud too.

    ReportLab writes characters beyond the first plane as five digits into the map from glyphs to
    text, where the format wants UTF-16; names such as 𠅤 would come out as other characters.
    """

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - ReportLab's name
        """Add the font to a document, with a right map to text."""
        super().addObjects(doc)
        for name, stream in doc.idToObject.items():
            if name.startswith("toUnicodeCMap:"):
                content = _BEYOND_BMP.sub(_utf16, stream.content)
                stream.content = content.replace("<0000>", "<FFFD>")  # no glyph stands for nothing


def _utf16(match: re.Match[str]) -> str:
    return f"<{chr(int(match[1], 16)).encode('utf-16-be').hex().upper()}>"


def _find(face: str, folder: Path) -> Path | None:
    for suffix in _SUFFIXES:
        path = folder / (_FILES[face] + suffix)
        if path.is_file():
            return path
    return None


def _load(name: str, path: Path) -> TTFont:
    raw = path.read_bytes()
    try:
        font = _Font(name, io.BytesIO(lzma.decompress(raw) if path.suffix == ".xz" else raw))
    except (TTFError, lzma.LZMAError, struct.error) as problem:
        raise DocumentError(
            f"字体文件 {path.name} 无法使用：需要 TrueType 轮廓的 ttf 或 ttc。", field=path.name
        ) from problem
    pdfmetrics.registerFont(font)
    return font


def _font(name: str) -> Any:
    """Return one font by its internal name, ``仿宋`` or ``仿宋/office``; load it the first time."""
    font = _loaded.get(name)
    if font is not None:
        return font
    face, _, origin = name.partition("/")
    folder = Path(os.environ[FONT_DIR_VARIABLE]) if origin else VENDORED
    with LOCK:
        if name not in _loaded:  # another thread may have been first
            path = _find(face, folder)
            if path is None:
                raise DocumentError(f"找不到“{face}”字体文件，请检查 {folder.name} 目录。", field=face)
            _loaded[name] = _load(name, path)
        return _loaded[name]


@cache
def _chain(face: str) -> tuple[str, ...]:
    """Internal names to try for a face, best first; 宋体 has the most characters."""
    office = os.environ.get(FONT_DIR_VARIABLE)
    if office and not Path(office).is_dir():
        raise DocumentError(f"{FONT_DIR_VARIABLE} 指向的字体文件夹不存在：{office}", field=FONT_DIR_VARIABLE)
    names: list[str] = []
    for role in dict.fromkeys((face, "宋体")):
        if office and _find(role, Path(office)):
            names.append(f"{role}/office")
        names.append(role)
    return tuple(names)


@cache
def _latin_chain(face: str) -> tuple[str, ...]:
    """The chain for digits and Latin letters.

    Those of the vendored 仿宋 and 楷体 are slabs, darker than the characters beside them; 宋体 has the
    ones that offices are used to. An office's own faces keep their own.
    """
    chain = _chain(face)
    return tuple(name for name in chain if name != face) if face in _DARK_LATIN else chain


def font_chain(face: Face) -> tuple[Any, ...]:
    """Return the loaded fonts to try for a face, best first."""
    return tuple(_font(name) for name in _chain(face))


def _has_ink(font: Any, glyph: int) -> bool:
    return bool(font.face.glyphPos[glyph + 1] > font.face.glyphPos[glyph])


@lru_cache(maxsize=100_000)
def font_for(character: str, face: Face) -> str:
    """Return the internal name of the font that prints a character in a face.

    Some faces map characters to empty glyphs; these count as missing, for a name printed as a
    blank is worse than an error.

    Raises:
        MissingGlyph: If no font has the character.
    """
    code = ord(character)
    for name in _latin_chain(face) if character.isascii() else _chain(face):
        font = _font(name)
        glyph = font.face.charToGlyph.get(code)
        if glyph and (character.isspace() or _has_ink(font, glyph)):
            return name
    raise MissingGlyph(character)


@lru_cache(maxsize=100_000)
def _em(character: str, face: Face) -> float:
    font = _font(font_for(character, face))
    return float(font.stringWidth(character, 1000)) / 1000


def width(text: str, face: Face, size: float) -> float:
    """Natural width of a text in points.

    Raises:
        MissingGlyph: If no font has one of its characters.
    """
    return sum(_em(character, face) for character in text) * size


@lru_cache(maxsize=4096)
def ink_top(character: str, face: Face) -> float:
    """Height of the ink above the base line, as a fraction of the size."""
    return _ink(character, face, 8)


@lru_cache(maxsize=4096)
def ink_bottom(character: str, face: Face) -> float:
    """Where the ink ends, as a fraction of the size; below the base line it is negative."""
    return _ink(character, face, 4)


@lru_cache(maxsize=4096)
def ink_left(character: str, face: Face) -> float:
    """White at the left of the ink within the width of its character, as a fraction of the size."""
    return _ink(character, face, 2)


@lru_cache(maxsize=4096)
def ink_right(character: str, face: Face) -> float:
    """White at the right of the ink within the width of its character, as a fraction of the size."""
    return _em(character, face) - _ink(character, face, 6)


def _ink(character: str, face: Face, place: int) -> float:
    """One side of the outline's box, read at its place in the glyph's header."""
    font = _font(font_for(character, face))
    ttf = font.face
    glyph = ttf.charToGlyph[ord(character)]
    if not _has_ink(font, glyph):
        return 0.0
    with LOCK:
        table = ttf.get_table_pos("glyf")[0] + ttf.glyphPos[glyph]
        (edge,) = struct.unpack(">h", ttf.get_chunk(table + place, 2))
    return float(edge) / float(ttf.unitsPerEm)


def split_by_font(text: str, face: Face) -> list[tuple[str, str]]:
    """Cut a text into pieces ``(font, text)`` that one font each can print.

    Raises:
        MissingGlyph: If no font has one of its characters.
    """
    pieces: list[tuple[str, str]] = []
    for character in text:
        name = font_for(character, face)
        if pieces and pieces[-1][0] == name:
            pieces[-1] = (name, pieces[-1][1] + character)
        else:
            pieces.append((name, character))
    return pieces


def load_faces() -> tuple[str, ...]:
    """Load every face now, so that worker processes share them, and return the fonts in use."""
    names = dict.fromkeys(name for face in get_args(Face) for name in _chain(face))
    for name in names:
        _font(name)
    return tuple(names)
