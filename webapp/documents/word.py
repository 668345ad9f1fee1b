"""The same draft as a Word file, for offices that edit by hand.

It has the page, the faces and the grid of the standard, but Word decides where lines break: what is
sealed and kept is the PDF alone.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from webapp.documents.geometry import COLUMNS, MM, ROWS, SIZE_2, SIZE_3, SIZE_4, SIZE_SMALL_4
from webapp.documents.markup import ABOVE, BESIDE, AttachmentStart, Paragraph, SlipStart, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docx.text.paragraph import Paragraph as WordParagraph

    from webapp.documents.lines import Run
    from webapp.documents.markup import Block
    from webapp.documents.template import Head, Template

# Names under which offices have these faces installed.
_FACES = {
    "仿宋": "仿宋_GB2312",
    "楷体": "楷体_GB2312",
    "黑体": "黑体",
    "宋体": "宋体",
    "小标宋": "方正小标宋简体",
}
_LATIN = "Times New Roman"
_RED = RGBColor(0xE6, 0x00, 0x0D)
_MARK_SIZE = 35.0
_TWIPS = 20
_PITCH = 225 * MM / ROWS
_LEFT, _RIGHT, _CENTRE = WD_ALIGN_PARAGRAPH.JUSTIFY, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.CENTER


class _Writer:
    """Writes one draft from above."""

    def __init__(self, layout: str) -> None:
        self.layout = layout
        self.document = Document()
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        grid = section._sectPr.find(qn("w:docGrid"))  # noqa: SLF001 - the library has no other way
        if grid is None:
            grid = OxmlElement("w:docGrid")
            section._sectPr.append(grid)  # noqa: SLF001 - as above
        grid.set(qn("w:type"), "linesAndChars")
        grid.set(qn("w:linePitch"), str(round(_PITCH * _TWIPS)))
        # Character pitch as Word keeps it: what is added to the size of the default style, in 1/4096 pt.
        grid.set(qn("w:charSpace"), str(round((156 * MM / COLUMNS - SIZE_3) * 4096)))

    def paragraph(
        self, runs: Sequence[Run], size: float = SIZE_3, *, align: Any = _LEFT, indent: float = 0.0
    ) -> WordParagraph:
        """Add a paragraph; ``indent`` is that of its first line in characters."""
        made = self.document.add_paragraph()
        made.alignment = align
        shape = made.paragraph_format
        shape.space_before = shape.space_after = Pt(0)
        shape.line_spacing = Pt(max(_PITCH, size * 1.3))
        shape.first_line_indent = Pt(indent * size)
        for text, face in runs:
            _style(made.add_run(text), face, size)
        return made

    def head(self, head: Head) -> None:
        plain = self.layout in ("通知书", "申请报告", "表", "公示")
        for mark in head.many("发文机关标志"):
            made = self.paragraph(((mark, "小标宋"),), SIZE_2 if plain else _MARK_SIZE, align=_CENTRE)
            if not plain:
                made.runs[0].font.color.rgb = _RED
        number, signers = head.one("发文字号"), "、".join(head.many("签发人"))
        if number:
            text = f"{number}　　　　签发人：{signers}" if signers and self.layout != "命令" else number
            align = _RIGHT if self.layout in ("信函", "通知书") else _CENTRE
            made = self.paragraph(((text, "仿宋"),), align=align)
            if self.layout in ("文件", "纪要"):
                _red_line(made)
        title = "".join(head.many("标题"))
        if title:
            self.paragraph((("", "仿宋"),))
            self.paragraph(((title, "小标宋"),), SIZE_2, align=_CENTRE)
            self.paragraph((("", "仿宋"),))
        if head.one("主送"):
            self.paragraph(((head.one("主送").rstrip("：:") + "：", "仿宋"),))

    def blocks(self, blocks: Sequence[Block]) -> None:
        for block in blocks:
            if isinstance(block, Paragraph):
                runs: Sequence[Run] = ((block.label, "仿宋"), *block.runs) if block.label else block.runs
                self.paragraph(runs, indent=0 if block.role == "flush" else 2)
            elif isinstance(block, Table):
                self.table(block)
            elif isinstance(block, AttachmentStart):
                made = self.paragraph(((block.label, "黑体"),))
                made.runs[0].text = ""
                made.runs[0].add_break(WD_BREAK.PAGE)
                made.runs[0].add_text(block.label)
                self.paragraph(((block.title, "小标宋"),), SIZE_2, align=_CENTRE)
            elif isinstance(block, SlipStart):
                self.paragraph((("－" * COLUMNS, "宋体"),))
                self.paragraph(((block.title, "小标宋"),), SIZE_2, align=_CENTRE)

    def table(self, table: Table) -> None:
        size = SIZE_SMALL_4 if self.layout == "表" else SIZE_4
        made = self.document.add_table(len(table.rows), len(table.columns))
        made.style = "Table Grid"
        made.autofit = False
        total = sum(column.weight for column in table.columns)
        for row_number, row in enumerate(table.rows):
            texts = [*row.cells, *[BESIDE] * (len(table.columns) - len(row.cells))]
            for index, (text, column) in enumerate(zip(texts, table.columns, strict=True)):
                cell = made.cell(row_number, index)
                cell.width = Mm(156 * column.weight / total)
                if text == ABOVE:
                    made.cell(row_number - 1, index).merge(cell)
                elif text == BESIDE:
                    made.cell(row_number, index - 1).merge(cell)
                else:
                    heading = row.heading or column.kind == "h"
                    self.cell(cell, text, "黑体" if heading else "仿宋", size, column.kind)
        if table.rows and table.rows[0].heading:
            repeated = OxmlElement("w:tblHeader")
            made.rows[0]._tr.get_or_add_trPr().append(repeated)  # noqa: SLF001 - the library has no other way

    @staticmethod
    def cell(cell: Any, text: str, face: str, size: float, kind: str) -> None:
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.alignment = {"h": _CENTRE, "c": _CENTRE, "r": _RIGHT}.get(kind, _LEFT)
        _style(paragraph.add_run(text), face, size)

    def close(self, head: Head) -> None:
        for number, name in enumerate(head.many("附件"), start=1):
            several = len(head.many("附件")) > 1
            label = "附件：" if number == 1 else "　　　"
            text = f"{label}{f'{number}. ' if several else ''}{name}"
            self.paragraph(((text, "仿宋"),), indent=2)
        if self.layout == "纪要":
            for key in ("出席", "请假", "列席"):
                if head.many(key):
                    self.paragraph(((f"{key}：", "黑体"), ("；".join(head.many(key)), "仿宋")), indent=2)
        elif self.layout == "命令":
            office, name = head.one("签发人职务"), "、".join(head.many("签发人"))
            self.paragraph(((f"{office}　　", "仿宋"), (f"{name}　　　　", "楷体")), align=_RIGHT)
            self.paragraph(((head.one("成文日期") + "　　　　", "仿宋"),), align=_RIGHT)
        elif head.many("署名"):
            self.paragraph((("", "仿宋"),))
            for name in head.many("署名"):
                self.paragraph(((name, "仿宋"),), align=_RIGHT)
            self.paragraph(((head.one("成文日期") + "　　", "仿宋"),), align=_RIGHT)
        if head.one("附注"):
            self.paragraph(((f"（{head.one('附注')}）", "仿宋"),), indent=2)

    def colophon(self, head: Head) -> None:
        if head.one("抄送"):
            self.paragraph(((f"抄送：{head.one('抄送').rstrip('。')}。", "仿宋"),), SIZE_4, indent=1)
        if head.one("印发机关"):
            date = head.one("印发日期") or head.one("成文日期")
            self.paragraph(((f"{head.one('印发机关')}　　{date}印发", "仿宋"),), SIZE_4, indent=1)


def _style(run: Any, face: str, size: float) -> None:
    run.font.size = Pt(size)
    run.font.name = _LATIN
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _FACES[face])  # noqa: SLF001


def _red_line(paragraph: WordParagraph) -> None:
    edges, line = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in {"val": "single", "sz": "12", "space": "11", "color": "E6000D"}.items():
        line.set(qn(f"w:{name}"), value)
    edges.append(line)
    paragraph._p.get_or_add_pPr().append(edges)  # noqa: SLF001 - the library has no other way


def to_word(template: Template, facts: Mapping[str, Any]) -> bytes:
    """Fill a template and return the draft as a Word file, without seals and without a QR code.

    Raises:
        DocumentError: If a fact is missing or cannot be printed.
        TemplateError: If the template itself is wrong.
    """
    head, blocks = template.fill(facts)
    cut = next((i for i, b in enumerate(blocks) if isinstance(b, AttachmentStart | SlipStart)), len(blocks))
    writer = _Writer(template.layout)
    properties = writer.document.core_properties
    properties.title, properties.author = "".join(head.many("标题")), "、".join(head.many("署名"))
    properties.comments, properties.language = "", "zh-CN"
    writer.head(head)
    writer.blocks(blocks[:cut])
    writer.close(head)
    writer.blocks(blocks[cut:])
    writer.colophon(head)
    stream = io.BytesIO()
    writer.document.save(stream)
    return stream.getvalue()
