"""Ruled tables that run over pages: rows are kept whole where they fit, split by lines where not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

from webapp.documents.drawing import BLACK, Rule
from webapp.documents.errors import DocumentError
from webapp.documents.faces import width
from webapp.documents.geometry import EM_TOP, LEFT, SIZE_4, SIZE_SMALL_4, TOP, WIDTH
from webapp.documents.lines import Line, break_lines
from webapp.documents.markup import ABOVE, BESIDE
from webapp.documents.tagging import ARTIFACT, CellTag, RowTags
from webapp.documents.titles import break_title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webapp.documents.faces import Face
    from webapp.documents.flow import Flow
    from webapp.documents.markup import Column, Row, Table

_PADDING_X = 4.0
_PADDING_Y = 4.0
_RULE = 0.5
_SLACK = 0.01


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell of one row.

    Attributes:
        above: It is one with the cell above it and has no text of its own.
        extra: Height of the rows below that are one with it, in points.
        index: Number of the column that it begins at.
    """

    x: float
    width: float
    kind: str
    lines: tuple[Line, ...]
    index: int = 0
    above: bool = False
    extra: float = 0.0


@dataclass(frozen=True, slots=True)
class _SetRow:
    number: int
    cells: tuple[_Cell, ...]
    line_count: int
    least_lines: int = 1
    heading: bool = False


def _groups(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows that merged cells hold together."""
    groups: list[list[Row]] = []
    for row in rows:
        if groups and ABOVE in row.cells:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _heading_lines(text: str, size: float, measure: float) -> list[str]:
    """Break a heading between words and before its bracket, never leaving one character behind."""
    whole = text.rstrip("）")
    name, bracket, rest = text.partition("（")
    if name and whole != text and width(text, "黑体", size) > measure:
        parts = [name, bracket + rest]
        if all(width(part, "黑体", size) <= measure for part in parts):
            return parts
    return break_title(text, size, measure, face="黑体", even=True)


class _Setter:
    """Sets one table into a flow."""

    def __init__(self, flow: Flow, table: Table, size: float) -> None:
        self.flow = flow
        self.size = size
        self.pitch = size * 1.5
        total = sum(column.weight for column in table.columns)
        self.columns = table.columns
        self.edges = [LEFT]
        for column in table.columns:
            self.edges.append(self.edges[-1] + WIDTH * column.weight / total)
        self.y = flow.grid.row_top(flow.row)
        self.bottom = TOP - (flow.grid.rows - 1) * flow.grid.pitch - 15.75
        self.heading: list[_SetRow] = []
        self.first = len(flow.outline)
        self.fresh = True  # nothing of this table stands on the page yet but headings

    def set(self, rows: Sequence[Row]) -> None:
        number = 0
        for group in _groups(rows):
            made = self._merged([self._measure(row, number + at) for at, row in enumerate(group)])
            number += len(group)
            self._tag(made)
            self.heading += [row for row in made if row.heading]
            height = sum(self._height(row.line_count) for row in made)
            if len(made) > 1 and height > self.y - self.bottom + _SLACK:
                if height > TOP - self.bottom - self._heading_height() + _SLACK:
                    made = self._parted(made)
                else:
                    self._turn(made[0])
            for row in made:
                self._place(row)
        self._close()

    def _tag(self, rows: Sequence[_SetRow]) -> None:
        """Say which cells the rows have, for readers of the page."""
        for at, row in enumerate(rows):
            self.flow.row_tags[self.first + row.number] = RowTags(
                self.flow.tables,
                {cell.index: self._cell_tag(rows, at, cell) for cell in row.cells if not cell.above},
            )

    def _cell_tag(self, rows: Sequence[_SetRow], at: int, cell: _Cell) -> CellTag:
        end = max(i for i, edge in enumerate(self.edges) if edge <= cell.x + cell.width + _SLACK)
        heads = ("Column" if rows[at].heading else "Row") if cell.kind == "h" else ""
        return CellTag(end - cell.index, self._span(rows, at, cell.x), heads)

    def _measure(self, row: Row, number: int) -> _SetRow:
        cells: list[_Cell] = []
        for index, text in enumerate(row.cells):
            last = index == len(row.cells) - 1
            x0 = self.edges[index]
            x1 = self.edges[-1] if last else self.edges[index + 1]
            if text == BESIDE:
                before = cells.pop()
                x0, text = before.x, row.cells[self._column_at(before.x)]  # noqa: PLW2901 - the merged cell
            kind = "h" if row.heading else self._kind(self._column_at(x0))
            above = text == ABOVE
            lines = () if above else self._break(text, kind, x1 - x0)
            cells.append(_Cell(x0, x1 - x0, kind, lines, self._column_at(x0), above))
        most = max(len(cell.lines) for cell in cells)
        return _SetRow(number, tuple(cells), max(most, row.least_lines, 1), row.least_lines, row.heading)

    def _column_at(self, x: float) -> int:
        return self.edges.index(x)

    def _merged(self, rows: list[_SetRow]) -> list[_SetRow]:
        """Let cells that take several rows stand in the middle of all of them."""
        if len(rows) == 1:
            return rows
        spans = {
            (r, cell.x): self._span(rows, r, cell.x)
            for r, row in enumerate(rows)
            for cell in row.cells
            if not cell.above
        }
        counts = [
            max(
                [len(cell.lines) for cell in row.cells if spans.get((r, cell.x), 1) == 1]
                + [row.least_lines, 1]
            )
            for r, row in enumerate(rows)
        ]
        for (r, x), span in spans.items():
            (lines,) = [len(cell.lines) for cell in rows[r].cells if cell.x == x]
            inside = sum(self._height(count) for count in counts[r : r + span]) - 2 * _PADDING_Y
            counts[r + span - 1] += max(0, ceil((lines * self.pitch - inside) / self.pitch - _SLACK))
        return [
            replace(
                row,
                line_count=counts[r],
                cells=tuple(
                    replace(cell, extra=sum(map(self._height, counts[r + 1 : r + spans.get((r, cell.x), 1)])))
                    for cell in row.cells
                ),
            )
            for r, row in enumerate(rows)
        ]

    @staticmethod
    def _span(rows: Sequence[_SetRow], first: int, x: float) -> int:
        """How many rows the cell takes that begins in this row at this place."""
        end = first + 1
        while end < len(rows) and any(cell.above and cell.x == x for cell in rows[end].cells):
            end += 1
        return end - first

    def _parted(self, rows: Sequence[_SetRow]) -> list[_SetRow]:
        """Rows of a group that is longer than a page: merged text stands in the first row, complete."""
        return [
            replace(
                row,
                line_count=max(1, row.least_lines, *(len(cell.lines) for cell in row.cells)),
                cells=tuple(replace(cell, extra=0.0) for cell in row.cells),
            )
            for row in rows
        ]

    def _heading_height(self) -> float:
        return sum(self._height(row.line_count) for row in self.heading)

    def _kind(self, index: int) -> str:
        column: Column = self.columns[index]
        return column.kind

    def _break(self, text: str, kind: str, cell_width: float) -> tuple[Line, ...]:
        face: Face = "黑体" if kind == "h" else "仿宋"
        measure = cell_width - 2 * _PADDING_X
        lines: list[Line] = []
        parts = text.split("\n")
        if kind == "h":
            parts = [line for part in parts for line in _heading_lines(part, self.size, measure)]
        for part in parts:
            lines += break_lines(((part, face),), self.size, measure)
        return tuple(lines)

    def _height(self, count: int) -> float:
        return count * self.pitch + 2 * _PADDING_Y

    def _fitting(self) -> int:
        """Lines of one row that still fit on this page."""
        return int((self.y - self.bottom - 2 * _PADDING_Y + 0.01) / self.pitch)

    def _new_page(self) -> None:
        self.flow.new_page()
        self.y = self.flow.grid.row_top(0)

    def _place(self, row: _SetRow) -> None:
        """Put a row here or on the next page; a row longer than a page runs over pages."""
        start = 0
        page_lines = int((TOP - self.bottom - 2 * _PADDING_Y) / self.pitch)
        while start < row.line_count:
            left = row.line_count - start
            fitting = self._fitting()
            if fitting < left and (left <= page_lines or fitting < 1):
                self._turn(row)
                fitting = self._fitting()
            if fitting < 1:
                raise DocumentError("表头太高，一页排不下内容，请缩短。", field="表头")
            count = min(left, fitting)
            self._draw(row, start, count)
            start += count

    def _turn(self, row: _SetRow) -> None:
        if not self.fresh:
            self._close()
        self._new_page()
        if not row.heading:
            for heading in self.heading:
                self._draw(heading, 0, heading.line_count, again=True)
        self.fresh = True

    def _close(self) -> None:
        self.flow.page.rule(LEFT, self.y, WIDTH, _RULE)

    def _draw(self, row: _SetRow, start: int, count: int, *, again: bool = False) -> None:
        page = self.flow.page
        bottom = self.y - self._height(count)
        for cell in row.cells:
            shown = cell.lines[start : start + count] if not cell.extra else cell.lines
            free = (count - len(shown)) * self.pitch + cell.extra
            centred = cell.kind in "hc" or len(cell.lines) < row.line_count or cell.extra
            y = self.y - _PADDING_Y - (free / 2 if centred else 0)
            tag = ARTIFACT if again else (self.first + row.number, cell.index)
            for line in shown:
                baseline = y - (self.pitch - self.size) / 2 - EM_TOP * self.size
                page.line(cell.x + self._offset(cell, line), baseline, line, self.size, tag)
                y -= self.pitch
            page.marks.append(Rule(cell.x, self.y, cell.x, bottom, _RULE, BLACK))
            if self.fresh or not cell.above:
                page.rule(cell.x, self.y, cell.width, _RULE)
        page.marks.append(Rule(self.edges[-1], self.y, self.edges[-1], bottom, _RULE, BLACK))
        page.body_lines += count
        self.y = bottom
        self.fresh = False

    def _offset(self, cell: _Cell, line: Line) -> float:
        free = cell.width - 2 * _PADDING_X - line.width
        share = {"h": 0.5, "c": 0.5, "r": 1.0}.get(cell.kind, 0.0)
        return _PADDING_X + free * share


def set_table(flow: Flow, table: Table, *, small: bool) -> None:
    """Set a table at the current line; ``small`` is the size of forms (小四), else 四号."""
    setter = _Setter(flow, table, SIZE_SMALL_4 if small else SIZE_4)
    setter.set(table.rows)
    flow.row = flow.grid.row_at(setter.y)
    flow.outline += [row.spoken for row in table.rows]
    flow.tables += 1
    flow.unspoken()
