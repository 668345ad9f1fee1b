"""Ruled tables that run over pages: rows are kept whole where they fit, split by lines where not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.documents.drawing import BLACK, Rule
from webapp.documents.geometry import EM_TOP, LEFT, SIZE_4, SIZE_SMALL_4, TOP, WIDTH
from webapp.documents.lines import Line, break_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webapp.documents.faces import Face
    from webapp.documents.flow import Flow
    from webapp.documents.markup import Column, Row, Table

_PADDING_X = 4.0
_PADDING_Y = 4.0
_RULE = 0.5


@dataclass(frozen=True, slots=True)
class _Cell:
    x: float
    width: float
    kind: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _SetRow:
    cells: tuple[_Cell, ...]
    line_count: int


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

    def set(self, rows: Sequence[Row]) -> None:
        for row in rows:
            made = self._measure(row)
            if row.heading:
                self.heading.append(made)
            self._place(made)

    def _measure(self, row: Row) -> _SetRow:
        cells = []
        for index, text in enumerate(row.cells):
            last = index == len(row.cells) - 1
            x0 = self.edges[index]
            x1 = self.edges[-1] if last else self.edges[index + 1]
            kind = "h" if row.heading else self._kind(index)
            cells.append(_Cell(x0, x1 - x0, kind, self._break(text, kind, x1 - x0)))
        most = max(len(cell.lines) for cell in cells)
        return _SetRow(tuple(cells), max(most, row.least_lines, 1))

    def _kind(self, index: int) -> str:
        column: Column = self.columns[index]
        return column.kind

    def _break(self, text: str, kind: str, cell_width: float) -> tuple[Line, ...]:
        face: Face = "黑体" if kind == "h" else "仿宋"
        measure = cell_width - 2 * _PADDING_X
        lines: list[Line] = []
        for part in text.split("\n"):
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
            count = min(left, fitting)
            self._draw(row, start, count)
            start += count

    def _turn(self, row: _SetRow) -> None:
        self._new_page()
        if row not in self.heading:
            for heading in self.heading:
                self._draw(heading, 0, heading.line_count)

    def _draw(self, row: _SetRow, start: int, count: int) -> None:
        page = self.flow.page
        height = self._height(count)
        bottom = self.y - height
        for cell in row.cells:
            shown = cell.lines[start : start + count]
            free = (count - len(shown)) * self.pitch
            centred = cell.kind in "hc" or len(cell.lines) < row.line_count
            y = self.y - _PADDING_Y - (free / 2 if centred else 0)
            for line in shown:
                baseline = y - (self.pitch - self.size) / 2 - EM_TOP * self.size
                page.line(cell.x + self._offset(cell, line), baseline, line, self.size)
                y -= self.pitch
            page.marks.append(Rule(cell.x, self.y, cell.x, bottom, _RULE, BLACK))
        page.marks.append(Rule(self.edges[-1], self.y, self.edges[-1], bottom, _RULE, BLACK))
        page.rule(LEFT, self.y, WIDTH, _RULE)
        page.rule(LEFT, bottom, WIDTH, _RULE)
        page.body_lines += count
        self.y = bottom

    def _offset(self, cell: _Cell, line: Line) -> float:
        free = cell.width - 2 * _PADDING_X - line.width
        share = {"h": 0.5, "c": 0.5, "r": 1.0}.get(cell.kind, 0.0)
        return _PADDING_X + free * share


def set_table(flow: Flow, table: Table, *, small: bool) -> None:
    """Set a table at the current line; ``small`` is the size of forms (小四), else 四号."""
    setter = _Setter(flow, table, SIZE_SMALL_4 if small else SIZE_4)
    setter.set(table.rows)
    flow.row = flow.grid.row_at(setter.y)
    for row in table.rows:
        flow.outline.append(("table-header" if row.heading else "table-row", "\t".join(row.cells)))
