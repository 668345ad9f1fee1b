"""Small real files for the materials of the demonstration, made with the standard library."""

from __future__ import annotations

import struct
import zlib


def material(name: str) -> bytes:
    """Return a small real file that says what it stands for."""
    return picture() if name.endswith(".png") else sheet(name.removesuffix(".pdf"))


def sheet(title: str) -> bytes:
    """Return a PDF of one page with a title; its Chinese face is the reader's own."""
    lines = [(title, 26, 700), ("演示材料，内容为虚构", 16, 660)]
    drawn = " ".join(
        f"BT /F {size} Tf 90 {y} Td <{text.encode('utf-16-be').hex()}> Tj ET" for text, size, y in lines
    )
    font = "/Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[6 0 R]"
    system = "/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>"
    described = (
        "/Ascent 880/Descent -120/CapHeight 880/Flags 6/ItalicAngle 0/StemV 93/FontBBox[-25 -254 1000 880]"
    )
    bodies = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        f"<</Length {len(drawn)}>>stream\n{drawn}\nendstream",
        f"<<{font}>>",
        f"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light{system}/FontDescriptor 7 0 R>>",
        f"<</Type/FontDescriptor/FontName/STSong-Light{described}>>",
    ]
    pdf, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, start=1):
        places.append(len(pdf))
        pdf += f"{number} 0 obj\n{body}\nendobj\n".encode("ascii")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size, start = len(bodies) + 1, len(pdf)
    tail = f"trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"
    return pdf + f"xref\n0 {size}\n0000000000 65535 f \n{table}{tail}".encode("ascii")


def picture(width: int = 480, height: int = 320) -> bytes:
    """Return a PNG: sky above, ground below."""
    rows = b"".join(
        b"\0" + (b"\xd6\xe2\xf0" if y < height * 2 // 3 else b"\xb0\xba\xc6") * width for y in range(height)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
