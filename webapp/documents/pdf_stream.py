"""Writes a PDF page by page straight to a file: memory does not grow with the number of pages.

ReportLab keeps every page until it saves. For lists of tens of thousands of rows, pages are written
as soon as they are full; only their numbers stay in memory, and the fonts, subset to what was
used, come at the end. The elements of the structure tree, many to a page, lie packed in object
streams, and the cross references in a stream too (ISO 32000-1, 7.5.7 and 7.5.8; PDF/A-2 allows both).
"""

from __future__ import annotations

import sys
import zlib
from array import array
from hashlib import sha256
from itertools import accumulate
from typing import TYPE_CHECKING, Any, BinaryIO

from webapp.documents.archive import information, output_intent, xmp
from webapp.documents.errors import MissingGlyph
from webapp.documents.faces import LOCK, font_chain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from webapp.documents.faces import Face

_COMPRESSION = 1  # the pages are repetitive: level 1 is within a few percent of level 6, and faster
_CATALOG, _PAGES, _INFO = 1, 2, 3
_FIRST_FREE = 4
_CMAP_BLOCK = 100  # most entries of one bfchar block
_KIDS = 512  # pages in one node of the page tree
# Cross references as the file has them: a byte for the kind, five for the offset or the object stream,
# two for the place in that stream.
_WIDTHS_OF_ENTRY = "1 5 2"
_FREE, _AT_OFFSET, _PACKED = 0xFFFF, 1 << 56, 2 << 56


class _Codes(dict[int, int]):
    """Code points to glyph numbers of the subset, given out in the order of first use."""

    def __init__(self, font: Any) -> None:
        super().__init__()
        self._ttf = font.face
        self._numbers: dict[int, int] = {0: 0}

    def __missing__(self, code: int) -> int:
        glyph = self._ttf.charToGlyph.get(code)
        places = self._ttf.glyphPos
        if not glyph or (places[glyph + 1] <= places[glyph] and not chr(code).isspace()):
            raise MissingGlyph(chr(code))
        number = self._numbers.setdefault(glyph, len(self._numbers))
        self[code] = number
        return number

    def first_of_each(self) -> list[int]:
        """One code point for each glyph, in the order of their numbers."""
        found: dict[int, int] = {}
        for code, number in self.items():
            found.setdefault(number, code)
        return [found[number] for number in sorted(found)]


class _Widths(dict[str, float]):
    """Advance of each character as a share of the type size, measured once."""

    def __init__(self, font: StreamFont) -> None:
        super().__init__()
        self._font = font

    def __missing__(self, character: str) -> float:
        font = self._font.fonts[self._font.index(character)]
        self[character] = width = float(font.stringWidth(character, 1000)) / 1000
        return width


class StreamFont:
    """One face of a streamed file with the fonts that stand in for it, best first.

    Attributes:
        widths: Advance of a character as a share of the type size.
    """

    def __init__(self, face: Face) -> None:
        self.fonts = font_chain(face)
        self.codes = [_Codes(font) for font in self.fonts]
        self.widths = _Widths(self)

    def width(self, text: str) -> float:
        """Width of a text as a share of the type size.

        Raises:
            MissingGlyph: If no font has one of its characters.
        """
        return sum(map(self.widths.__getitem__, text))

    def pieces(self, text: str) -> list[tuple[int, str]]:
        """Hexadecimal glyph numbers of a text, cut where another font takes over.

        Raises:
            MissingGlyph: If no font has one of its characters.
        """
        try:
            return [(0, _hex(text, self.codes[0]))]
        except MissingGlyph:
            return [(index, _hex(c, self.codes[index])) for c in text for index in (self.index(c),)]

    def index(self, character: str) -> int:
        """Which of the fonts prints a character.

        Raises:
            MissingGlyph: If none does.
        """
        for index, codes in enumerate(self.codes):
            try:
                codes[ord(character)]
            except MissingGlyph:
                continue
            return index
        raise MissingGlyph(character)


def _hex(text: str, codes: _Codes) -> str:
    return text.translate(codes).encode("utf-16-be").hex()


class PdfStream:
    """A PDF being written.

    Attributes:
        pages: Pages written so far.
        sha256: Hash of everything written so far, in hexadecimal.
    """

    def __init__(self, out: BinaryIO, fonts: Mapping[str, StreamFont], metadata: Mapping[str, str]) -> None:
        self._out = out
        self._fonts = fonts
        self._metadata = metadata
        self._hash = sha256()
        self._position = 0
        self._entries = array("Q", [_FREE] * _FIRST_FREE)
        self._page_objects = array("L")
        self._nodes: list[int] = []
        self._resources = self.reserve()
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    @property
    def pages(self) -> int:
        """Pages written so far."""
        return len(self._page_objects)

    @property
    def sha256(self) -> str:
        """Hash of everything written so far, in hexadecimal."""
        return self._hash.hexdigest()

    @property
    def next_number(self) -> int:
        """Number of the object that is reserved, written or packed next."""
        return len(self._entries)

    def _write(self, data: bytes) -> None:
        self._out.write(data)
        self._hash.update(data)
        self._position += len(data)

    def reserve(self) -> int:
        """Return the number of an object that is written later."""
        self._entries.append(_FREE)
        return len(self._entries) - 1

    def put(self, body: str, number: int) -> None:
        """Write an object under a number that was reserved for it."""
        self._object(body, number)

    def pack(self, bodies: Sequence[str]) -> None:
        """Write objects into one object stream; the first gets `next_number`, the others follow.

        Their place in it takes two bytes of a cross reference: there are at most 65 536.
        """
        first = len(self._entries)
        entry = _PACKED | (first + len(bodies)) << 16
        self._entries.extend(range(entry, entry + len(bodies)))
        offsets = accumulate((len(body) + 1 for body in bodies), initial=0)
        numbers = range(first, first + len(bodies))
        index = " ".join([f"{number} {at}" for number, at in zip(numbers, offsets, strict=False)])
        content = f"{index} {' '.join(bodies)}"
        self._object(f"/Type/ObjStm/N {len(bodies)}/First {len(index) + 1}", stream=content.encode("ascii"))

    def _object(
        self, body: str, number: int | None = None, stream: bytes | None = None, *, packed: bool = True
    ) -> int:
        number = number or self.reserve()
        self._entries[number] = _AT_OFFSET | self._position << 16
        if stream is None:
            self._write(f"{number} 0 obj\n{body}\nendobj\n".encode())
            return number
        content = zlib.compress(stream, _COMPRESSION) if packed else stream
        code = "/Filter/FlateDecode" if packed else ""
        head = f"{number} 0 obj\n<<{body}{code}/Length {len(content)}>>\nstream\n"
        self._write(b"".join((head.encode(), content, b"\nendstream\nendobj\n")))
        return number

    def page(self, content: str, width: float, height: float, *, rotate: int = 0) -> int:
        """Write one page, its operators and its size in points, and return its object.

        Its structure parents have the number that it has among the pages, from 0.
        """
        stream = self._object("", stream=content.encode("ascii"))
        parent = self._parent()
        body = (
            f"<</Type/Page/Parent {parent} 0 R/MediaBox[0 0 {width:.2f} {height:.2f}]"
            f"/Resources {self._resources} 0 R/Contents {stream} 0 R/StructParents {self.pages}/Tabs/S"
            f"{f'/Rotate {rotate}' if rotate else ''}>>"
        )
        number = self._object(body)
        self._page_objects.append(number)
        return number

    def _parent(self) -> int:
        """Node of the page tree that the next page hangs on."""
        if self.pages % _KIDS == 0:
            self._nodes.append(self.reserve())
        return self._nodes[-1]

    def close(self, structure: int) -> None:
        """Write fonts, page tree and cross references; the file is whole after this.

        Args:
            structure: Object of the root of the structure tree.
        """
        names = []
        with LOCK:
            for name, font in self._fonts.items():
                for index, codes in enumerate(font.codes):
                    if codes:
                        number = self._font(font.fonts[index], codes)
                        names.append(f"/{name}{index} {number} 0 R")
        self._object(f"<</Font<<{''.join(names)}>>>>", self._resources)
        for index, node in enumerate(self._nodes):
            kids = self._page_objects[index * _KIDS : (index + 1) * _KIDS]
            listed = " ".join(f"{kid} 0 R" for kid in kids)
            self._object(f"<</Type/Pages/Parent {_PAGES} 0 R/Count {len(kids)}/Kids[{listed}]>>", node)
        listed = " ".join(f"{node} 0 R" for node in self._nodes)
        self._object(f"<</Type/Pages/Count {self.pages}/Kids[{listed}]>>", _PAGES)
        view = (
            "/Lang(zh-CN)/ViewerPreferences<</DisplayDocTitle true>>"
            f"/MarkInfo<</Marked true>>/StructTreeRoot {structure} 0 R"
        )
        entries = information(self._metadata)
        described = self._object("/Type/Metadata/Subtype/XML", stream=xmp(entries), packed=False)
        name, profile = output_intent()
        colours = self._object("/N 3", stream=profile)
        intent = (
            f"<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier({name})/Info({name})"
            f"/DestOutputProfile {colours} 0 R>>"
        )
        catalog = f"/Pages {_PAGES} 0 R/Metadata {described} 0 R/OutputIntents[{intent}]{view}"
        self._object(f"<</Type/Catalog{catalog}>>", _CATALOG)
        self._object("<<" + "".join(f"/{key}<{_utf16(text)}>" for key, text in entries.items()) + ">>", _INFO)
        self._cross_references()

    def _cross_references(self) -> None:
        start = self._position
        number = self.reserve()
        self._entries[number] = _AT_OFFSET | start << 16
        packer = zlib.compressobj(_COMPRESSION)
        parts = []
        for first in range(0, len(self._entries), 4096):
            part = self._entries[first : first + 4096]
            if sys.byteorder == "little":
                part.byteswap()
            parts.append(packer.compress(part.tobytes()))
        content = b"".join((*parts, packer.flush()))
        mark = self._hash.hexdigest()[:32]
        head = (
            f"{number} 0 obj\n<</Type/XRef/Size {len(self._entries)}/W[{_WIDTHS_OF_ENTRY}]"
            f"/Root {_CATALOG} 0 R/Info {_INFO} 0 R/ID[<{mark}><{mark}>]/Filter/FlateDecode"
            f"/Length {len(content)}>>\nstream\n"
        )
        self._write(b"".join((head.encode(), content, b"\nendstream\nendobj\n")))
        self._write(f"startxref\n{start}\n%%EOF\n".encode())

    def _font(self, font: Any, codes: _Codes) -> int:
        """Write one font, subset to the characters in use, and return its object."""
        ttf = font.face
        used = codes.first_of_each()
        data = ttf.makeSubset(used)
        tag = "".join(chr(65 + byte % 26) for byte in sha256(repr(used).encode()).digest()[:6])
        name = f"{tag}+{_name(ttf.name)}"
        file = self._object(f"/Length1 {len(data)}", stream=data)
        present = self._object("", stream=_bits(len(used) + 1))
        box = " ".join(f"{value:.0f}" for value in ttf.bbox)
        described = self._object(
            f"<</Type/FontDescriptor/FontName/{name}/Flags 4/FontBBox[{box}]/ItalicAngle 0"
            f"/Ascent {ttf.ascent:.0f}/Descent {ttf.descent:.0f}/CapHeight {ttf.capHeight:.0f}"
            f"/StemV {ttf.stemV:.0f}/FontFile2 {file} 0 R/CIDSet {present} 0 R>>"
        )
        widths = " ".join(f"{ttf.charWidths.get(code, ttf.defaultWidth):.0f}" for code in used)
        heir = self._object(
            f"<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}/CIDToGIDMap/Identity/DW 1000"
            f"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
            f"/FontDescriptor {described} 0 R/W[1[{widths}]]>>"
        )
        to_text = self._object("", stream=_to_unicode(used))
        return self._object(
            f"<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H"
            f"/DescendantFonts[{heir} 0 R]/ToUnicode {to_text} 0 R>>"
        )


def _name(raw: bytes | str) -> str:
    return raw.decode("ascii", "ignore") if isinstance(raw, bytes) else raw


def _bits(count: int) -> bytes:
    """So many bits that are set, the first glyph in the highest bit: which glyphs the subset has."""
    whole, rest = divmod(count, 8)
    return b"\xff" * whole + (bytes([0xFF << (8 - rest) & 0xFF]) if rest else b"")


def _utf16(text: str) -> str:
    return ("\ufeff" + text).encode("utf-16-be").hex().upper()


def _to_unicode(used: list[int]) -> bytes:
    """Say which characters the glyphs stand for, so that the file can be searched and read aloud."""
    parts = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def",
        "/CMapName/Adobe-Identity-UCS def /CMapType 2 def",
        "1 begincodespacerange <0000><FFFF> endcodespacerange",
    ]
    for first in range(0, len(used), _CMAP_BLOCK):
        block = used[first : first + _CMAP_BLOCK]
        parts.append(f"{len(block)} beginbfchar")
        parts += [
            f"<{first + index:04X}><{chr(code).encode('utf-16-be').hex().upper()}>"
            for index, code in enumerate(block, start=1)
        ]
        parts.append("endbfchar")
    parts.append("endcmap CMapName currentdict /CMap defineresource pop end end")
    return "\n".join(parts).encode()
