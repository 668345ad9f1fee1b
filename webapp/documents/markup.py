"""The line markup of template bodies.

=============  ==========================================================================
``# 一、…``     first level heading, a paragraph of its own (黑体)
``## （一）…``   second level heading, runs into the paragraph on the next line (楷体)
``- …``        numbered item (1. 2. 3.), hanging
``< …``        flush left, without indent
``[附件1] …``   a new page: label and title of an attachment
``[回执] …``    a slip to tear off below a perforation line, with its title; also ``[存根] …``
``[依据 …]``    what the lines below rest on, down to the next such line; prints nothing
              (:mod:`webapp.documents.bases`)
``|= h3 l8``   begins a table: one column each, kind and weight; ``h`` heading cell, ``c``
               centred, ``l`` left, ``r`` right
``|! a | b``   heading row, repeated on every page
``| a | b``    row; a last cell that comes early takes the remaining columns
``|^4 a | b``  row at least four lines high
``| ^ | b``    a cell that is only ``^`` is one with the cell above it; only ``<``, with the cell at its left
anything else  a paragraph, indented by two characters
=============  ==========================================================================

Values are shielded before this reads them (:func:`webapp.documents.facts.shield`), so that text
entered by people stays text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.documents.bases import take_bases
from webapp.documents.errors import TemplateError
from webapp.documents.facts import unshield

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from webapp.documents.lines import Run

_ATTACHMENT = re.compile(r"\[(?P<label>附件\s*[0-9]*)\]\s*(?P<title>.+)")
_SLIP = re.compile(r"\[(?P<kind>回执|存根)\]\s*(?P<title>.+)")
_COLUMN = re.compile(r"(?P<kind>[hclr])(?P<weight>[0-9]{1,3}(?:\.[0-9]{1,3})?)")
# Facts never hold control characters (webapp.documents.facts.clean), so these cannot be forged.
ABOVE, BESIDE = "\x1c", "\x1d"
_MERGED = {"^": ABOVE, "<": BESIDE}
_MINIMUM = re.compile(r"\^(?P<lines>[0-9]{1,2})\s")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph. ``role`` names it for readers of the page: heading-1, paragraph, item, flush."""

    role: str
    runs: tuple[Run, ...]
    label: str = ""
    bases: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Its characters, label included."""
        return self.label + "".join(text for text, _ in self.runs)

    @property
    def spoken(self) -> tuple[str, str]:
        """Role and text, as the outline has them."""
        return self.role, self.text


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
    bases: tuple[str, ...] = ()

    @property
    def spoken(self) -> tuple[str, str]:
        """Role and text, cells parted by tabs, as the outline has them."""
        return "table-header" if self.heading else "table-row", "\t".join(
            "" if cell in _MERGED.values() else cell for cell in self.cells
        )


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
    bases: tuple[str, ...] = ()

    @property
    def spoken(self) -> tuple[str, str]:
        """Role and text, as the outline has them."""
        return "attachment-title", f"{self.label} {self.title}"


@dataclass(frozen=True, slots=True)
class SlipStart:
    """Everything after this stands on a slip (回执 or 存根) below a perforation line."""

    kind: str
    title: str
    bases: tuple[str, ...] = ()

    @property
    def spoken(self) -> tuple[str, str]:
        """Role and text, as the outline has them."""
        return "slip-title", self.title


Block = Paragraph | Table | AttachmentStart | SlipStart


def inline(text: str) -> str:
    """Unshield a text that has to stay on one line of markup; line ends become spaces."""
    return " ".join(unshield(text).split())


class _Reader:
    """Reads rendered lines into blocks."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.blocks: list[Block] = []
        self.run_in = ""
        self.number = 0
        self.columns: tuple[Column, ...] = ()
        self.rows: list[Row] = []
        self.bases: tuple[str, ...] = ()

    def read(self) -> tuple[Block, ...]:
        for bases, rest in map(take_bases, self.lines):
            line = rest.strip(" ")
            if not line:
                continue
            self.bases = bases
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
            runs: tuple[Run, ...] = ((inline(line[2:]), "黑体"),)
            self.blocks.append(Paragraph("heading-1", runs, bases=self.bases))
        elif line.startswith("- "):
            self.number += 1
            self._paragraphs("item", line[2:], label=f"{self.number}. ")
        elif line.startswith("< "):
            self._paragraphs("flush", line[2:])
        elif line.startswith("["):
            self._attachment(line)
        else:
            self._paragraphs("paragraph", line, run_in=self.run_in)
            self.run_in = ""

    def _paragraphs(self, role: str, line: str, *, run_in: str = "", label: str = "") -> None:
        """Add one paragraph, or several where a value brings line ends of its own."""
        parts = [" ".join(part.split()) for part in unshield(line).split("\n")]
        heading: tuple[Run, ...] = ((run_in, "楷体"),) if run_in else ()
        for part in filter(None, parts):
            self.blocks.append(Paragraph(role, (*heading, (part, "仿宋")), label, self.bases))
            role, heading, label = ("paragraph" if role == "item" else role), (), ""

    def _attachment(self, line: str) -> None:
        slip = _SLIP.fullmatch(line)
        if slip:
            self.blocks.append(SlipStart(slip["kind"], inline(slip["title"]), self.bases))
            return
        match = _ATTACHMENT.fullmatch(line)
        if match is None:
            raise TemplateError(
                f"看不懂这一行：“{inline(line)}”。附件要写成 [附件1] 标题，回执要写成 [回执] 标题。"
            )
        label = match["label"].replace(" ", "")
        self.blocks.append(AttachmentStart(label, inline(match["title"]), self.bases))

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
        cells = tuple(_cell(text) for text in line.removeprefix("!").removesuffix("|").split("|"))
        self._check_merged(cells, line)
        if len(cells) > len(self.columns):
            raise TemplateError(f"表格这一行的格数比列数多：“{inline(line)}”。")
        self.rows.append(Row(cells, heading, least, self.bases))

    def _check_merged(self, cells: tuple[str, ...], line: str) -> None:
        above = self.rows[-1].cells if self.rows else ()
        if cells[0] == BESIDE or any(cell == ABOVE and i >= len(above) for i, cell in enumerate(cells)):
            raise TemplateError(f"表格这一行要合并的格不存在：“{inline(line)}”。")

    def _end_table(self) -> None:
        if self.columns and not self.rows:
            raise TemplateError("表格只有列说明，没有内容。")
        if self.rows:
            self.blocks.append(Table(self.columns, tuple(self.rows)))
        self.columns, self.rows = (), []


def _cell(text: str) -> str:
    """Text of a cell, or what it is one with; a value of ``^`` or ``<`` is shielded and stays text."""
    return _MERGED.get(text.strip(" ")) or unshield(text).strip()


def _columns(line: str) -> tuple[Column, ...]:
    matches = [_COLUMN.fullmatch(word) for word in line.split()]
    columns = tuple(Column(match["kind"], float(match["weight"])) for match in matches if match)
    if not columns or len(columns) != len(matches) or any(column.weight <= 0 for column in columns):
        raise TemplateError(f"看不懂表格的列说明：“{line.strip()}”。应如 |= h3 l8 c4。")
    return columns


def read_body(text: str) -> tuple[Block, ...]:
    """Read a rendered template body into blocks.

    Raises:
        TemplateError: If a line is not valid markup.
    """
    return _Reader(text).read()


def grounds(blocks: Sequence[Block]) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    """Yield everything that blocks print, as the outline has it, with what it rests on."""
    for block in blocks:
        for part in block.rows if isinstance(block, Table) else (block,):
            yield part.spoken, part.bases
