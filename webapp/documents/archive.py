"""Turning a rendered document into PDF/A-2b for the archive, before it is sealed.

ReportLab embeds all fonts but writes neither the XMP description nor the output intent that
ISO 19005-2 asks for; both are added here. The profile is written from the sRGB definition
(IEC 61966-2-1), so that no file of unclear origin is shipped.
"""

from __future__ import annotations

import io
import re
import struct
from functools import lru_cache
from xml.sax.saxutils import escape

import pikepdf

from webapp.documents.errors import DocumentError

_CURVE_POINTS = 1024
_LINEAR_UNTIL = 0.04045
_PDF_DATE = re.compile(r"D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)([+-]\d\d)'(\d\d)'?")
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{Title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{Author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{Subject}</rdf:li></rdf:Alt></dc:description>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<xmp:CreatorTool>{Creator}</xmp:CreatorTool>
<xmp:CreateDate>{CreationDate}</xmp:CreateDate><xmp:ModifyDate>{ModDate}</xmp:ModifyDate>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
</rdf:Description>
</rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def to_archive(pdf: bytes) -> bytes:
    """Return a rendered, unsigned document as PDF/A-2b. The same input gives the same bytes.

    Page sizes and positions stay, so the seal boxes of the document still hold.

    Raises:
        DocumentError: If the file cannot be read, or is signed already: a change would break the
            signature.
    """
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            if "/AcroForm" in document.Root:
                raise DocumentError("文件已经签名，不能再转换为存档格式。")
            _describe(document)
            stream = io.BytesIO()
            document.save(
                stream,
                min_version="1.7",
                deterministic_id=True,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
                stream_decode_level=pikepdf.StreamDecodeLevel.none,
            )
    except pikepdf.PdfError as problem:
        raise DocumentError("文件已损坏，不能转换为存档格式。") from problem
    return stream.getvalue()


def _describe(document: pikepdf.Pdf) -> None:
    profile = document.make_stream(_srgb())
    profile.N = 3
    intent = pikepdf.Dictionary(
        Type=pikepdf.Name.OutputIntent,
        S=pikepdf.Name.GTS_PDFA1,
        OutputConditionIdentifier="sRGB IEC61966-2.1",
        Info="sRGB IEC61966-2.1",
        DestOutputProfile=profile,
    )
    document.Root.OutputIntents = pikepdf.Array([document.make_indirect(intent)])
    info = document.docinfo
    # The signer writes its own Producer; Info and XMP have to agree after it.
    for key in ("/Trapped", "/Keywords", "/Producer"):
        if key in info:
            del info[key]
    names = ("Title", "Author", "Subject", "Creator")
    values = {name: escape(str(info.get(f"/{name}", ""))) for name in names}
    dates = {name: _iso(str(info[f"/{name}"])) for name in ("CreationDate", "ModDate")}
    metadata = document.make_stream(_XMP.format(**values, **dates).encode())
    metadata.Type, metadata.Subtype = pikepdf.Name.Metadata, pikepdf.Name.XML
    document.Root.Metadata = metadata


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
