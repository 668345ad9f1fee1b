"""What makes a file PDF/A-2a and PDF/UA-1 (ISO 19005-2, ISO 14289-1): XMP, output intent, room for tags.

The colour profile is written from the sRGB definition (IEC 61966-2-1), so that no file of unclear
origin is shipped.
"""

from __future__ import annotations

import re
import struct
from functools import lru_cache
from typing import TYPE_CHECKING, Any, BinaryIO
from xml.sax.saxutils import escape

from reportlab.pdfbase.pdfdoc import (
    PDFArray,
    PDFCatalog,
    PDFDictionary,
    PDFDocument,
    PDFInfo,
    PDFName,
    PDFObject,
    PDFPage,
    PDFStream,
    PDFString,
    PDFZCompress,
)
from reportlab.pdfgen.canvas import Canvas

from webapp.documents.errors import DocumentError
from webapp.documents.geometry import PAGE_HEIGHT, PAGE_WIDTH
from webapp.documents.tagging import Raw

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CREATOR = "零工市场规范化审批平台"
_PROFILE = "sRGB IEC61966-2.1"
_NO_DATE = "D:20000101000000+08'00"

_CURVE_POINTS = 1024
_LINEAR_UNTIL = 0.04045
_PDF_DATE = re.compile(r"D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)([+-]\d\d)'(\d\d)'?")
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:format>application/pdf</dc:format>
{Title}{Author}{Subject}</rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<xmp:CreatorTool>{Creator}</xmp:CreatorTool>
<xmp:CreateDate>{CreationDate}</xmp:CreateDate><xmp:ModifyDate>{ModDate}</xmp:ModifyDate>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
{Keywords}</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file keeps</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""

_SAID = {  # an empty one is left out: it would be of no type
    "Title": '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt></dc:title>\n',
    "Author": "<dc:creator><rdf:Seq><rdf:li>{}</rdf:li></rdf:Seq></dc:creator>\n",
    "Subject": "<dc:description><rdf:Alt>"
    '<rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt></dc:description>\n',
    "Keywords": "<pdf:Keywords>{}</pdf:Keywords>\n",
}


class _Stream(PDFStream):
    """A stream whose end stands on a line of its own, as the archive format asks."""

    def format(self, document: Any) -> bytes:
        written: bytes = super().format(document)
        return written.removesuffix(b"endstream\n") + b"\nendstream\n"


class _Document(PDFDocument):
    def Reference(self, obj: Any, name: str | None = None) -> Any:  # noqa: N802 - ReportLab's name
        if type(obj) is PDFStream:
            obj.__class__ = _Stream
        return super().Reference(obj, name)  # type: ignore[no-untyped-call]


class _Catalog(PDFCatalog):
    __NoDefault__ = [*PDFCatalog.__NoDefault__, "OutputIntents"]  # noqa: RUF012 - ReportLab's own way
    __Refs__ = __NoDefault__


class _Information(PDFInfo):
    """What the file says of itself. The signer adds its own Producer; this and the XMP have to agree."""

    entries: Mapping[str, str]

    def format(self, document: Any) -> bytes:
        entries = {name: PDFString(value) for name, value in self.entries.items()}
        written: bytes = PDFDictionary(entries).format(document)
        return written

    def digest(self, md5object: Any) -> None:
        md5object.update(repr(self.entries).encode())


class _Page(PDFPage):
    __NoDefault__ = [*PDFPage.__NoDefault__, "StructParents", "Tabs"]  # noqa: RUF012 - as above


class ArchiveCanvas(Canvas):
    """A canvas whose file is PDF/A-2a and PDF/UA-1; ReportLab alone writes no XMP, output intent or tags."""

    _doc: Any
    _code: list[str]

    def __init__(self, stream: BinaryIO, font: str, metadata: Mapping[str, str]) -> None:
        """Begin a file.

        Args:
            stream: Where it goes.
            font: Font that every page begins with.
            metadata: ``title``, ``author``, ``subject``, ``keywords``, and ``created`` as a PDF date.

        Raises:
            DocumentError: If the date is none.
        """
        super().__init__(
            stream,
            pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
            pdfVersion=(1, 7),
            invariant=1,
            lang="zh-CN",
            initialFontName=font,  # type: ignore[arg-type]  # the stub is wrong
        )
        document = self.document
        document.__class__ = _Document
        document.Catalog.__class__ = _Catalog
        document.info = _Information()
        document.info.entries = information(metadata)
        self.setViewerPreference("DisplayDocTitle", "true")

    @property
    def document(self) -> Any:
        """ReportLab's document behind the canvas."""
        return self._doc

    def operators(self, code: Sequence[str]) -> None:
        """Put operators into the page as they are."""
        self._code += code

    def end_page(self, number: int) -> None:
        """Close a page; its first number is 0."""
        self.showPage()
        page = self.document.Pages.pages[-1]
        page.__class__ = _Page
        page.StructParents, page.Tabs = number, PDFName("S")

    def finish(self, structure: PDFObject) -> None:
        """Write the file, with the root of its structure."""
        document = self.document
        profile = PDFStream(PDFDictionary({"N": 3}), _srgb(), filters=[PDFZCompress])
        intent = PDFDictionary(
            {
                "Type": PDFName("OutputIntent"),
                "S": PDFName("GTS_PDFA1"),
                "OutputConditionIdentifier": PDFString(_PROFILE),
                "Info": PDFString(_PROFILE),
                "DestOutputProfile": document.Reference(profile),
            }
        )
        text = xmp(document.info.entries)
        head = f"<</Type/Metadata/Subtype/XML/Length {len(text)}>>\nstream\n"
        for name, entry in {
            "OutputIntents": PDFArray([intent]),
            "Metadata": Raw(head.encode(), text, b"\nendstream"),
            "StructTreeRoot": structure,
            "MarkInfo": PDFDictionary({"Marked": "true"}),
        }.items():
            self.setCatalogEntry(name, entry)
        self.save()


def information(metadata: Mapping[str, str]) -> dict[str, str]:
    """Entries of the information dictionary; the date of a file without one is fixed, never the machine's."""
    created = metadata.get("created") or _NO_DATE
    entries = {name: metadata[name.lower()] for name in _SAID if metadata.get(name.lower())}
    return entries | {"Creator": CREATOR, "CreationDate": created, "ModDate": created}


def xmp(entries: Mapping[str, str]) -> bytes:
    """Say in XMP what the information dictionary says.

    Raises:
        DocumentError: If a date is not one.
    """
    said = {
        name: words.format(escape(entries[name])) if name in entries else "" for name, words in _SAID.items()
    }
    dates = {name: _iso(entries[name]) for name in ("CreationDate", "ModDate")}
    return _XMP.format(Creator=escape(entries["Creator"]), **said, **dates).encode()


def output_intent() -> tuple[str, bytes]:
    """Name and ICC profile of the colours of every file."""
    return _PROFILE, _srgb()


def _iso(date: str) -> str:
    """Write a PDF date as XMP does."""
    match = _PDF_DATE.fullmatch(date)
    if match is None:
        raise DocumentError("文件的日期写法不对，不能转换为存档格式。")
    year, month, day, hour, minute, second, offset, offset_minutes = match.groups()
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}{offset}:{offset_minutes}"


def _fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def _linear(value: float) -> float:
    """Light that an sRGB value stands for."""
    return value / 12.92 if value <= _LINEAR_UNTIL else ((value + 0.055) / 1.055) ** 2.4


@lru_cache(maxsize=1)
def _srgb() -> bytes:
    """The sRGB colour space as an ICC version 2 profile (primaries adapted to D50)."""
    points = range(_CURVE_POINTS)
    samples = [round(65535 * _linear(point / (_CURVE_POINTS - 1))) for point in points]
    curve = b"curv\0\0\0\0" + struct.pack(f">I{_CURVE_POINTS}H", _CURVE_POINTS, *samples)
    name = b"sRGB IEC61966-2.1\0"
    description = b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + bytes(78)

    def colour(x: float, y: float, z: float) -> bytes:
        return b"XYZ \0\0\0\0" + _fixed(x, y, z)

    tags = {
        b"desc": description,
        b"cprt": b"text\0\0\0\0Public domain\0",
        b"wtpt": colour(0.9642, 1, 0.8249),
        b"rXYZ": colour(0.4360, 0.2225, 0.0139),
        b"gXYZ": colour(0.3851, 0.7169, 0.0971),
        b"bXYZ": colour(0.1431, 0.0606, 0.7139),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    table, body = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for tag, content in tags.items():
        table += tag + struct.pack(">II", start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    header = struct.pack(
        ">I4sI4s4s4s6H4s",
        start + len(body),
        bytes(4),
        0x02100000,
        b"mntr",
        b"RGB ",
        b"XYZ ",
        *(2026, 1, 1, 0, 0, 0),
        b"acsp",
    )
    header = header.ljust(68, b"\0") + _fixed(0.9642, 1, 0.8249)
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body
