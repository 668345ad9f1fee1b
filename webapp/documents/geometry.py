"""The figures of GB/T 9704-2012. Lengths are PDF points; the origin is the lower left corner.

The page is a grid: 22 lines of 28 characters fill the 版心 of 156 mm × 225 mm exactly, so that one
character cell is 156/28 mm wide and the last line ends on the lower edge of the 版心.
"""

from __future__ import annotations

from dataclasses import dataclass

MM = 72 / 25.4

SIZE_2 = 22.0  # 二号
SIZE_3 = 15.75  # 三号
SIZE_4 = 14.0  # 四号
SIZE_SMALL_4 = 12.0  # 小四

PAGE_WIDTH = 210 * MM
PAGE_HEIGHT = 297 * MM
LEFT = 28 * MM  # 订口
TOP = PAGE_HEIGHT - 37 * MM  # below 天头
WIDTH = 156 * MM
HEIGHT = 225 * MM
RIGHT = LEFT + WIDTH
BOTTOM = TOP - HEIGHT

ROWS = 22
COLUMNS = 28

MARK_DROP = 35 * MM  # 发文机关标志 below the upper edge of the 版心
ORDER_MARK_DROP = 20 * MM  # mark of a 命令（令）below the upper edge of the 版心
RED_LINE_DROP = 4 * MM  # red line below 发文字号, and below the mark of a 信函
RED_LINE_WEIGHT = 0.5 * MM  # the standard leaves it open

LETTER_MARK_DROP = 30 * MM  # mark of a 信函 below the upper edge of the page
LETTER_RULE_WIDTH = 170 * MM
LETTER_FOOT = 20 * MM  # lower double rule above the lower edge of the page
THICK_RULE = 1.0 * MM  # double rule of a 信函; weights are office practice
THIN_RULE = 0.35 * MM
RULE_GAP = 0.5 * MM

COLOPHON_OUTER = 0.35 * MM
COLOPHON_INNER = 0.25 * MM
PAGE_NUMBER_DROP = 7 * MM  # upper edge of the dash of the page number below the 版心

EM_TOP = 0.88  # of the size, from the base line up to the top of a full-width cell


@dataclass(frozen=True, slots=True)
class Grid:
    """Lines and characters on a page. The standard's grid unless the last page does not fit.

    Attributes:
        rows: Lines per page.
        columns: Full-width characters per line.
    """

    rows: int = ROWS
    columns: int = COLUMNS

    @property
    def cell(self) -> float:
        """Advance of one full-width character (一字)."""
        return WIDTH / self.columns

    @property
    def pitch(self) -> float:
        """Distance from one line to the next (一行)."""
        return (HEIGHT - SIZE_3) / (self.rows - 1)

    def row_top(self, row: float) -> float:
        """Height of the upper edge of a line; line 0 begins at the upper edge of the 版心."""
        return TOP - row * self.pitch

    def baseline(self, row: float, size: float = SIZE_3) -> float:
        """Height of the base line of text of this size whose cell begins at a line's upper edge."""
        return self.row_top(row) - EM_TOP * size

    def row_at(self, height: float) -> float:
        """Line number, with fraction, whose upper edge lies at this height."""
        return (TOP - height) / self.pitch


STANDARD = Grid()
