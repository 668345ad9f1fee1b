"""The line markup of template bodies.

=============  ==========================================================================
``# 一、…``     first level heading, a paragraph of its own (黑体)
``## （一）…``   second level heading, runs into the paragraph on the next line (楷体)
``- …``        numbered item (1. 2. 3.), hanging
``< …``        flush left, without indent
``[附件1] …``   a new page: label and title of an attachment
``|= h3 l8``   begins a table: one column each, kind and weight; ``h`` heading cell, ``c``
               centred, ``l`` left, ``r`` right
``|! a | b``   heading row, repeated on every page
``| a | b``    row; a last cell that comes early takes the remaining columns
``|^4 a | b``  row at least four lines high
anything else  a paragraph, indented by two characters
=============  ==========================================================================

Values are shielded before this reads them (:func:`webapp.documents.facts.shield`), so that text
entered by people stays text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.documents.errors import TemplateError
from webapp.documents.facts import unshield

if TYPE_CHECKING:
    from collections.abc import Iterator

    from webapp.documents.lines import Run

_ATTACHMENT = re.compile(r"\[(?P<label>附件\s*[0-9]*)\]\s*(?P<title>.+)")
_COLUMN = re.compile(r"(?P<kind>[hclr])(?P<weight>[0-9]+(?:\.[0-9]+)?)")
_MINIMUM = re.compile(r"\^(?P<lines>[0-9]{1,2})\s")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph. ``role`` names it for readers of the page: heading-1, paragraph, item, flush."""

    role: str
    runs: tuple[Run, ...]
    label: str = ""

    @property
    def text(self) -> str:
        """Its characters, label included."""
        return self.label + "".join(text for text, _ in self.runs)


@dataclass(frozen=True, slots=True)
class Column:
    """A table column: kind (``h``, ``c``, ``l``, ``r``) and share of the width."""

    kind: str
    weight: float


@dataclass(frozen=True, slots=True)
class Row:
    """A table row; the last cell takes the columns that have no cell."""

    cells: tuple[str, ...]
    heading: bool = False
    least_lines: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class AttachmentStart:
    """Everything after this belongs to an attachment that begins on a new page."""

    label: str
    title: str


Block = Paragraph | Table | AttachmentStart


def inline(text: str) -> str:
    """Unshield a text that has to stay on one line of markup; line ends become spaces."""
    return " ".join(unshield(text).split())


class _Reader:
    """Reads rendered lines into blocks."""

    def __init__(self, text: str) -> None:
        self.lines = [line.strip(" ") for line in text.split("\n")]
        self.blocks: list[Block] = []
        self.run_in = ""
        self.number = 0
        self.columns: tuple[Column, ...] = ()
        self.rows: list[Row] = []

    def read(self) -> tuple[Block, ...]:
        for line in filter(None, self.lines):
            if not line.startswith("|"):
                self._end_table()
            self._line(line)
        self._end_table()
        if self.run_in:
            raise TemplateError(f"标题“{self.run_in}”后面没有正文。")
        return tuple(self.blocks)

    def _line(self, line: str) -> None:
        if not line.startswith("- "):
            self.number = 0
        if line.startswith("|"):
            self._table_line(line[1:])
        elif line.startswith("## "):
            self.run_in = inline(line[3:])
        elif line.startswith("# "):
            self.blocks.append(Paragraph("heading-1", ((inline(line[2:]), "黑体"),)))
        elif line.startswith("- "):
            self.number += 1
            self.blocks += _paragraphs("item", line[2:], label=f"{self.number}. ")
        elif line.startswith("< "):
            self.blocks += _paragraphs("flush", line[2:])
        elif line.startswith("["):
            self._attachment(line)
        else:
            self.blocks += _paragraphs("paragraph", line, run_in=self.run_in)
            self.run_in = ""

    def _attachment(self, line: str) -> None:
        match = _ATTACHMENT.fullmatch(line)
        if match is None:
            raise TemplateError(f"看不懂这一行：“{inline(line)}”。附件要写成 [附件1] 标题。")
        self.blocks.append(AttachmentStart(match["label"].replace(" ", ""), inline(match["title"])))

    def _table_line(self, line: str) -> None:
        if line.startswith("="):
            self._end_table()
            self.columns = _columns(line[1:])
            return
        if not self.columns:
            raise TemplateError("表格前面要有一行 |= 说明各列，例如 |= h3 l8。")
        least = 1
        heading = line.startswith("!")
        minimum = _MINIMUM.match(line)
        if minimum:
            least, line = int(minimum["lines"]), line[minimum.end() :]
        cells = tuple(unshield(cell).strip() for cell in line.removeprefix("!").removesuffix("|").split("|"))
        if len(cells) > len(self.columns):
            raise TemplateError(f"表格这一行的格数比列数多：“{inline(line)}”。")
        self.rows.append(Row(cells, heading, least))

    def _end_table(self) -> None:
        if self.columns and not self.rows:
            raise TemplateError("表格只有列说明，没有内容。")
        if self.rows:
            self.blocks.append(Table(self.columns, tuple(self.rows)))
        self.columns, self.rows = (), []


def _columns(line: str) -> tuple[Column, ...]:
    matches = [_COLUMN.fullmatch(word) for word in line.split()]
    columns = tuple(Column(match["kind"], float(match["weight"])) for match in matches if match)
    if not columns or len(columns) != len(matches) or any(column.weight <= 0 for column in columns):
        raise TemplateError(f"看不懂表格的列说明：“{line.strip()}”。应如 |= h3 l8 c4。")
    return columns


def _paragraphs(role: str, line: str, *, run_in: str = "", label: str = "") -> Iterator[Paragraph]:
    """Yield one paragraph, or several where a value brings line ends of its own."""
    parts = [" ".join(part.split()) for part in unshield(line).split("\n")]
    heading: tuple[Run, ...] = ((run_in, "楷体"),) if run_in else ()
    for part in filter(None, parts):
        yield Paragraph(role, (*heading, (part, "仿宋")), label)
        role, heading, label = ("paragraph" if role == "item" else role), (), ""


def read_body(text: str) -> tuple[Block, ...]:
    """Read a rendered template body into blocks.

    Raises:
        TemplateError: If a line is not valid markup.
    """
    return _Reader(text).read()
