"""花名册 and 明细表: ruled lists over any number of pages, written as the rows come in.

The head is repeated on every page with 续表, columns of figures are summed as 本页小计 and, at the end,
as 合计. Rows are never cut: a text too long for its column takes more lines. Screen readers hear one table.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO, Literal

from webapp.documents.errors import DocumentError, MissingGlyph
from webapp.documents.faces import ink_top
from webapp.documents.facts import clean
from webapp.documents.geometry import (
    BOTTOM,
    EM_TOP,
    LEFT,
    PAGE_HEIGHT,
    PAGE_NUMBER_DROP,
    PAGE_WIDTH,
    RIGHT,
    SIZE_4,
    TOP,
    WIDTH,
)
from webapp.documents.pdf_stream import PdfStream, StreamFont
from webapp.documents.stream_tags import ARTIFACT, END, StreamTags

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from webapp.documents.stream_tags import Cell

_SIZE = 10.5  # 五号
_PITCH = 14.0
_PADDING = 3.0
_TITLE_SIZE = 18.0
_TITLE_ROOM = 30.0
_NOTE_SIZE = 10.5
_NOTE_ROOM = 18.0
_RULE = 0.5
_CELL = WIDTH / 28
_PAGE_SUM, _TOTAL = "本页小计", "合计"
_TEXT, _HEAD, _TITLE = "S", "H", "T"
_REMEMBERED = 8192  # cells that are kept ready because they may come again
_LANDSCAPE = 90  # degrees that a viewer turns the page by

Value = str | int | Decimal


@dataclass(frozen=True, slots=True)
class RosterColumn:
    """A column of a roster.

    Attributes:
        title: Its heading.
        weight: Its share of the width.
        align: ``l`` left, ``c`` centred, ``r`` right.
        summed: Its figures are added up; they are right-aligned.
        places: Decimal places of the sums, and of its figures that are numbers.
    """

    title: str
    weight: float
    align: Literal["l", "c", "r"] = "l"
    summed: bool = False
    places: int = 0


@dataclass(frozen=True, slots=True)
class RosterSheet:
    """What a roster says besides its rows.

    Attributes:
        title: Title on every page; later pages add 续表.
        columns: Its columns.
        note: Line above the table, such as who drew it up.
        landscape: Across the sheet; the head lies at the left edge of every leaf.
        author: Agency, for the properties of the file.
        created: PDF date of the file; empty for none.
    """

    title: str
    columns: tuple[RosterColumn, ...]
    note: str = ""
    landscape: bool = False
    author: str = ""
    created: str = ""


@dataclass(frozen=True, slots=True)
class Roster:
    """A written roster: its pages, rows, hash in hexadecimal, and 合计 by column number."""

    pages: int
    rows: int
    sha256: str
    totals: dict[int, Decimal]


# Lines of a cell: where each begins, and the operators that show it.
_Cell = tuple[tuple[str, str], ...]


class _Setter:
    """Sets rows onto pages; only the current page is in memory."""

    def __init__(self, sheet: RosterSheet, out: BinaryIO) -> None:
        self.sheet = sheet
        self.fonts = {_TEXT: StreamFont("宋体"), _HEAD: StreamFont("黑体"), _TITLE: StreamFont("小标宋")}
        metadata = {"title": sheet.title, "author": sheet.author, "created": sheet.created}
        self.pdf = PdfStream(out, self.fonts, metadata)
        self.tags = StreamTags(self.pdf, len(sheet.columns))
        self.left, self.top, self.width, self.bottom = _frame(landscape=sheet.landscape)
        total = sum(column.weight for column in sheet.columns)
        self.edges = [self.left]
        for column in sheet.columns:
            self.edges.append(self.edges[-1] + self.width * column.weight / total)
        self.edges[-1] = self.left + self.width
        self.room = [b - a - 2 * _PADDING for a, b in zip(self.edges, self.edges[1:], strict=False)]
        self.aligns = ["r" if column.summed else column.align for column in sheet.columns]
        self.summed = [index for index, column in enumerate(sheet.columns) if column.summed]
        self.totals = {index: Decimal(0) for index in self.summed}
        self.sums = dict(self.totals)
        self.rows = 0
        self.cell = lru_cache(maxsize=_REMEMBERED)(self._prepare)
        self.heading = [self._prepare(column.title, i, _HEAD) for i, column in enumerate(sheet.columns)]
        self.label_column = self._labelled() if self.summed else 0
        self.sum_height = _PITCH + 2 * _PADDING if self.summed else 0.0
        self.content: list[str] = []
        self.rules: list[float] = []
        self.y = 0.0

    def set(self, rows: Iterable[Sequence[Value]]) -> None:
        self._begin()
        count = len(self.sheet.columns)
        for row in rows:
            self.rows += 1
            if len(row) != count:
                raise DocumentError(
                    f"第{self.rows}行有{len(row)}项，应为{count}项。", field=f"第{self.rows}行"
                )
            cells = self._row(row)
            if self.y - _height(cells) - self.sum_height < self.bottom:
                self._turn(cells)
            self._draw(cells, _TEXT)
            for index in self.summed:
                value = self._figure(row[index], index)
                self.sums[index] += value
                self.totals[index] += value
        if self.summed:
            if self.y - 2 * self.sum_height < self.bottom:
                self._turn([()] * count)
            self._sum(_PAGE_SUM, self.sums)
            self._sum(_TOTAL, self.totals)
        self._finish()
        self.tags.close()
        self.pdf.close(self.tags.root)

    def _labelled(self) -> int:
        """Column that says 本页小计 and 合计: the first that has room and no sum of its own."""
        for index, room in enumerate(self.room):
            if index not in self.totals and len(_PAGE_SUM) * _SIZE <= room:
                return index
        raise DocumentError(f"表格没有能写“{_PAGE_SUM}”的列，请加宽一列文字列。", field="列")

    def _row(self, row: Sequence[Value]) -> list[_Cell]:
        cell = self.cell
        return [
            cell(value if isinstance(value, str) else self._number(value, index), index, _TEXT)
            for index, value in enumerate(row)
        ]

    def _prepare(self, text: str, index: int, face: str) -> _Cell:
        """Break a cell and make its lines ready; equal cells are made once.

        Raises:
            MissingGlyph: Naming the column.
        """
        try:
            lines = [text] if text.isprintable() else clean(text).split("\n")
            if len(lines) > 1 or self.fonts[face].width(text) > self.room[index] / _SIZE:
                lines = [part for line in lines for part in self._broken(line, index, face)]
            align = "c" if face == _HEAD and not self.rows else self.aligns[index]
            return tuple(
                (f"1 0 0 1 {self._start(line, index, align, face):.2f}", self._shown(line, face, _SIZE))
                for line in lines
            )
        except MissingGlyph as problem:
            row = f"第{self.rows}行" if self.rows else ""
            name = row + self.sheet.columns[index].title
            raise MissingGlyph(problem.character, field=name) from problem

    def _number(self, value: int | Decimal, index: int) -> str:
        places = self.sheet.columns[index].places
        return f"{value:.{places}f}" if places else str(value)

    def _figure(self, value: Value, index: int) -> Decimal:
        try:
            figure = Decimal(value.strip() or 0) if isinstance(value, str) else Decimal(value)
        except InvalidOperation:
            figure = Decimal("NaN")
        if not figure.is_finite():
            title = self.sheet.columns[index].title
            raise DocumentError(f"第{self.rows}行“{title}”不是数字：“{value}”。", field=title)
        return figure

    def _broken(self, text: str, index: int, face: str) -> list[str]:
        """Lines of a cell, full to the last character that fits."""
        widths, room = self.fonts[face].widths, self.room[index] / _SIZE
        lines = []
        start, used = 0, 0.0
        for at, character in enumerate(text):
            step = widths[character]
            if used + step > room and at > start:
                lines.append(text[start:at])
                start, used = at, 0.0
            used += step
        return [*lines, text[start:]]

    def _begin(self) -> None:
        """Begin a page with title, note and heading; behind the first page, readers need not hear them."""
        later = "（续表）" if self.pdf.pages else ""
        self.y = self.top
        title = self.sheet.title + later
        length = self.fonts[_TITLE].width(title) * _TITLE_SIZE
        if length > self.width:
            raise DocumentError(f"表格标题太长，一行排不下：“{title}”。请缩短。", field="标题")
        middle = self.left + self.width / 2
        self.content.append(ARTIFACT if later else self.tags.leaf("H1"))
        self._text(title, middle - length / 2, self.y - EM_TOP * _TITLE_SIZE, _TITLE, _TITLE_SIZE)
        self.content.append(END)
        self.y -= _TITLE_ROOM
        if self.sheet.note:
            if self.fonts[_TEXT].width(self.sheet.note) * _NOTE_SIZE > self.width:
                raise DocumentError("表格上方的说明太长，一行排不下，请缩短。", field="说明")
            self.content.append(ARTIFACT if later else self.tags.leaf("P"))
            self._text(self.sheet.note, self.left, self.y - EM_TOP * _NOTE_SIZE, _TEXT, _NOTE_SIZE)
            self.content.append(END)
            self.y -= _NOTE_ROOM
        self.rules = [self.y]
        if later:
            self.content.append(ARTIFACT)
        self._draw(self.heading, _HEAD, None if later else "TH")
        if later:
            self.content.append(END)

    def _turn(self, cells: list[_Cell]) -> None:
        """Go on at a new page.

        Raises:
            DocumentError: If the row is taller than a page.
        """
        if self.summed:
            self._sum(_PAGE_SUM, self.sums)
            self.sums = dict.fromkeys(self.sums, Decimal(0))
        self._finish()
        self._begin()
        if self.y - _height(cells) - self.sum_height < self.bottom:
            index = max(range(len(cells)), key=lambda i: len(cells[i]))
            title = self.sheet.columns[index].title
            raise DocumentError(f"第{self.rows}行“{title}”内容太长，一页排不下，请缩短。", field=title)

    def _sum(self, label: str, sums: dict[int, Decimal]) -> None:
        cells: list[_Cell] = [()] * len(self.sheet.columns)
        for index, value in sums.items():
            cells[index] = self.cell(f"{value:.{self.sheet.columns[index].places}f}", index, _TEXT)
        cells[self.label_column] = self.cell(label, self.label_column, _TEXT)
        self._draw(cells, _TEXT)

    def _draw(self, cells: list[_Cell], face: str, kind: Cell | None = "TD") -> None:
        tallest = max(map(len, cells))
        height = tallest * _PITCH + 2 * _PADDING
        content = self.content
        content.append(f"/{face}0 {_SIZE:g} Tf")
        first = self.y - _PADDING - (_PITCH - _SIZE) / 2 - EM_TOP * _SIZE
        middle = f" {first - (tallest - 1) * _PITCH / 2:.2f} Tm"
        mark = self.tags.row(kind) if kind else 0
        for number, cell in enumerate(cells, start=mark):
            before, after = (f"/{kind}<</MCID {number}>>BDC ", " EMC") if kind else ("", "")
            if len(cell) == 1:
                ((start, shown),) = cell
                content.append(f"{before}{start}{middle}{shown}{after}")
                continue
            y = first - (tallest - len(cell)) * _PITCH / 2
            lines = []
            for start, shown in cell:
                lines.append(f"{start} {y:.2f} Tm{shown}")
                y -= _PITCH
            content.append(f"{before}{' '.join(lines)}{after}")
        self.y -= height
        self.rules.append(self.y)

    def _start(self, text: str, index: int, align: str, face: str) -> float:
        left = self.edges[index] + _PADDING
        if align == "l":
            return left
        free = self.room[index] - self.fonts[face].width(text) * _SIZE
        return left + (free if align == "r" else free / 2)

    def _shown(self, text: str, face: str, size: float) -> str:
        """Operators that show a text; the first font of the face is set, before and after."""
        pieces = self.fonts[face].pieces(text)
        if all(index == 0 for index, _ in pieces):
            return "".join(f"<{glyphs}>Tj" for _, glyphs in pieces)
        parts = [f"/{face}{index} {size:g} Tf<{glyphs}>Tj" for index, glyphs in pieces]
        return f"{''.join(parts)}/{face}0 {size:g} Tf"

    def _text(self, text: str, x: float, y: float, face: str, size: float) -> None:
        shown = self._shown(text, face, size)
        self.content.append(f"/{face}0 {size:g} Tf 1 0 0 1 {x:.2f} {y:.2f} Tm{shown}")

    def _finish(self) -> None:
        """Write the page out: texts, rules, page number."""
        top, bottom = self.rules[0], self.rules[-1]
        right = self.left + self.width
        lines = [f"{self.left:.2f} {y:.2f} m {right:.2f} {y:.2f} l" for y in self.rules]
        lines += [f"{x:.2f} {top:.2f} m {x:.2f} {bottom:.2f} l" for x in self.edges]
        body = f"BT {' '.join(self.content)} ET {ARTIFACT} {_RULE} w {' '.join(lines)} S {END}"
        self.content = []
        self._page_number(self.pdf.pages + 1)
        number = f"{ARTIFACT} BT {' '.join(self.content)} ET {END}"
        self.content = []
        if self.sheet.landscape:
            body = f"q 0 1 -1 0 {PAGE_WIDTH:.2f} 0 cm {body} Q"
        turn = _LANDSCAPE if self.sheet.landscape else 0
        self.tags.end_page(self.pdf.page(f"{body} {number}", PAGE_WIDTH, PAGE_HEIGHT, rotate=turn))

    def _page_number(self, number: int) -> None:
        """Page number as on every other page of the document: odd right, even left, on the upright leaf."""
        text = f"— {number} —"
        length = self.fonts[_TEXT].width(text) * SIZE_4
        x = RIGHT - _CELL - length if number % 2 else LEFT + _CELL
        rise = ink_top("—", "宋体") * SIZE_4
        self._text(text, x, BOTTOM - PAGE_NUMBER_DROP - rise, _TEXT, SIZE_4)


def _height(cells: list[_Cell]) -> float:
    return max(map(len, cells)) * _PITCH + 2 * _PADDING


def _frame(*, landscape: bool) -> tuple[float, float, float, float]:
    """Left, top, width and bottom of the text area, on the upright or on the turned leaf."""
    if not landscape:
        return LEFT, TOP, WIDTH, BOTTOM
    # The turned leaf: its upper edge is the left edge of the upright one (订口).
    return BOTTOM, PAGE_WIDTH - LEFT, TOP - BOTTOM, PAGE_WIDTH - RIGHT


def roster(sheet: RosterSheet, rows: Iterable[Sequence[Value]], out: BinaryIO) -> Roster:
    """Write a roster to a file as its rows come in; memory does not grow with their number.

    The same sheet and rows give the same bytes.

    Args:
        sheet: Title and columns.
        rows: One value for each column; numbers, or texts that are numbers, in summed columns.
        out: Where the file goes; it is only written to, never read or moved in.

    Raises:
        DocumentError: If a row has too many or too few values, a value in a summed column is no
            number, or something does not fit a page; the column is named.
        MissingGlyph: If no font has one of the characters; row and column are named.
    """
    setter = _Setter(sheet, out)
    setter.set(rows)
    return Roster(setter.pdf.pages, setter.rows, setter.pdf.sha256, setter.totals)
