"""版头 of 命令（令）and 纪要, the two special formats of GB/T 9704-2012 beside 信函."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from webapp.documents.drawing import RED
from webapp.documents.flow import Flow, one_line
from webapp.documents.geometry import (
    LEFT,
    MARK_DROP,
    ORDER_MARK_DROP,
    RED_LINE_DROP,
    RED_LINE_WEIGHT,
    RIGHT,
    SIZE_3,
    TOP,
    WIDTH,
)
from webapp.documents.letterheads import MARK_SIZE, mark_line, title

if TYPE_CHECKING:
    from webapp.documents.template import Head

_BLANK_ROWS = 2


def _mark(flow: Flow, head: Head, drop: float) -> int:
    """Set the mark so far below the upper edge of the 版心; returns the line after two blank ones."""
    text = "".join(head.many("发文机关标志"))
    mark_line(flow, text, MARK_SIZE, top=TOP - drop, measure=WIDTH, middle=LEFT + WIDTH / 2)
    flow.speak("agency", text)
    return ceil(flow.grid.row_at(TOP - drop - MARK_SIZE) - 1e-3) + _BLANK_ROWS


def order_head(flow: Flow, head: Head) -> None:
    """Set the head of 命令（令）: mark 20 mm down, 令号 two lines below, the body two lines below that."""
    row = _mark(flow, head, ORDER_MARK_DROP)
    number = head.one("发文字号")
    flow.centred(number, "仿宋", SIZE_3, flow.grid.baseline(row), field="发文字号")
    flow.speak("number", number)
    flow.row = float(row + 1 + _BLANK_ROWS)
    if head.many("标题"):
        title(flow, head, gap_rows=0)


def minutes_head(flow: Flow, head: Head) -> None:
    """Set the head of 纪要: mark 35 mm down, number, who keeps the minutes and when, red line, title."""
    grid = flow.grid
    row = _mark(flow, head, MARK_DROP)
    number, office, date = head.one("发文字号"), head.one("署名"), head.one("成文日期")
    flow.centred(number, "仿宋", SIZE_3, grid.baseline(row), field="发文字号")
    flow.speak("number", number)
    row += 1
    length = one_line(((date, "仿宋"),), SIZE_3, WIDTH / 2, "成文日期")
    taken = one_line(((office, "仿宋"),), SIZE_3, WIDTH - grid.cell - length, "署名")
    inset = min(grid.cell, (WIDTH - grid.cell - length - taken) / 2)  # a long name takes the margins
    if office:
        flow.page.text(LEFT + inset, grid.baseline(row), ((office, "仿宋"),), SIZE_3)
        flow.speak("signature", office)
    flow.page.text(RIGHT - inset - length, grid.baseline(row), ((date, "仿宋"),), SIZE_3)
    flow.speak("date", date)
    line = grid.row_top(row) - SIZE_3 - RED_LINE_DROP
    flow.page.rule(LEFT, line, WIDTH, RED_LINE_WEIGHT, RED)
    flow.row = grid.row_at(line)
    if head.many("标题"):
        title(flow, head, gap_rows=_BLANK_ROWS)
    else:
        flow.row = float(ceil(flow.row) + 1)
