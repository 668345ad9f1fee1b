"""Running text over pages: the grid, the current line, and what readers of the text will see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.documents.drawing import Page, runs_width, tag_texts
from webapp.documents.errors import DocumentError
from webapp.documents.faces import Face, width
from webapp.documents.geometry import LEFT, SIZE_3, WIDTH, Grid
from webapp.documents.lines import Line, Run, break_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from webapp.documents.markup import Paragraph
    from webapp.documents.tagging import RowTags

_EPSILON = 1e-6


@dataclass(frozen=True, slots=True)
class SealPlace:
    """A seal that the document shall carry.

    Attributes:
        agency_key: Agency whose seal it is.
        diameter_mm: Its diameter in millimetres.
    """

    agency_key: str
    diameter_mm: float = 42.0


@dataclass(frozen=True, slots=True)
class SealBox:
    """Where a seal goes: page (first is 1) and corners in points from the lower left."""

    agency_key: str
    page: int
    x0: float
    y0: float
    x1: float
    y1: float


class Flow:
    """Sets lines one after another on as many pages as it takes.

    Attributes:
        grid: Lines and characters per page.
        row: Next free line on the current page; may have a fraction in heads and forms.
        outline: ``(role, text)`` of everything a reader should hear, in order.
        row_tags: Which entries of the outline are rows of tables, and their cells.
        tables: Tables set so far.
        body_lines: Lines of the body set so far.
        heading_lines: Which of them belong to headings.
    """

    def __init__(self, grid: Grid, *, break_before_body_line: int | None = None) -> None:
        self.grid = grid
        self.pages = [Page()]
        self.row = 0.0
        self.outline: list[tuple[str, str]] = []
        self.row_tags: dict[int, RowTags] = {}
        self.tables = 0
        self._unspoken = (0, 0)
        self.seal_boxes: list[SealBox] = []
        self.body_lines = 0
        self.heading_lines: set[int] = set()
        self._break_before = break_before_body_line

    @property
    def page(self) -> Page:
        """The current page."""
        return self.pages[-1]

    def new_page(self) -> None:
        """Go on at the top of a new page."""
        self.pages.append(Page())
        self.row = 0.0

    def need(self, rows: float) -> None:
        """Go on at a new page unless this many lines still fit."""
        if self.row and self.row + rows > self.grid.rows + _EPSILON:
            self.new_page()

    def speak(self, role: str, text: str) -> None:
        """Say what was set since the last time: readers hear it here, and its glyphs carry its tag."""
        page, mark = self._unspoken
        self._unspoken = (len(self.pages) - 1, len(self.page.marks))
        tag_texts(self.pages[page:], mark, (len(self.outline), 0))
        self.outline.append((role, text))

    def unspoken(self) -> None:
        """Leave what was set since the last time out: decoration."""
        self._unspoken = (len(self.pages) - 1, len(self.page.marks))

    def snap(self) -> None:
        """Go on at the next whole line."""
        self.row = float(-int(-(self.row - _EPSILON) // 1)) if self.row > 0 else 0.0

    def lines(self, lines: Iterable[Line], *, left: float = LEFT, body: bool = False) -> None:
        """Set lines of 三号 on the grid."""
        for line in lines:
            self.need(1)
            if body:
                if self.body_lines == self._break_before and self.row:
                    self.new_page()
                self.page.body_lines += 1
                self.body_lines += 1
            self.page.line(left, self.grid.baseline(self.row), line, SIZE_3)
            self.row += 1

    def paragraph(self, paragraph: Paragraph) -> None:
        """Set a paragraph of the body."""
        cell = self.grid.cell
        indent = 0.0 if paragraph.role == "flush" else 2 * cell
        runs: Sequence[Run] = paragraph.runs
        if paragraph.label:
            runs = ((paragraph.label, "仿宋"), *runs)
        lines = break_lines(runs, SIZE_3, WIDTH, indent=indent, cell=cell)
        if paragraph.role == "heading-1":
            self.need(len(lines) + 1)  # a heading does not stand alone at the foot of a page
            self.heading_lines.update(range(self.body_lines, self.body_lines + len(lines)))
        self.lines(lines, body=True)
        self.speak(*paragraph.spoken)

    def centred(self, text: str, face: Face, size: float, baseline: float, *, field: str) -> None:
        """Set one centred line.

        Raises:
            DocumentError: If it is wider than the 版心.
        """
        length = width(text, face, size)
        check_fits(length, WIDTH, text, field)
        self.page.text(LEFT + (WIDTH - length) / 2, baseline, ((text, face),), size)


def check_fits(length: float, measure: float, text: str, field: str) -> None:
    """Refuse a text that has to stay on one line and is too long for it.

    Raises:
        DocumentError: Naming the field; nothing is ever cut off.
    """
    if length > measure + 0.5:
        raise DocumentError(f"“{field}”太长，一行排不下：“{text}”。请缩短。", field=field)


def one_line(runs: Sequence[Run], size: float, measure: float, field: str) -> float:
    """Width of runs that have to stay on one line.

    Raises:
        DocumentError: If they do not fit.
    """
    length = runs_width(runs, size)
    check_fits(length, measure, "".join(text for text, _ in runs), field)
    return length
