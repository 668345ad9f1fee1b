"""回执 and 存根: slips below a perforation line, on the same page where they fit whole, else on the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.documents.drawing import GREY, Rule
from webapp.documents.faces import width
from webapp.documents.geometry import EM_TOP, PAGE_WIDTH

if TYPE_CHECKING:
    from webapp.documents.flow import Flow
    from webapp.documents.lines import Run
    from webapp.documents.markup import SlipStart

_TITLE_SIZE = 18.0
_ABOVE = 1.0  # lines from the text above to the perforation
_TITLE_ROWS = 2.0  # lines from the perforation to the text of the slip
_DASH = 4.0
_WEIGHT = 0.5
_CAPTION = {"回执": "（请沿虚线剪下，填写后交回）", "存根": "（沿虚线剪开，本联由发文机关存查）"}
_CAPTION_SIZE = 9.0


def begin_slip(flow: Flow, slip: SlipStart, rows: float) -> None:
    """Set the perforation over the whole width of the page, and the title of the slip.

    Args:
        flow: Where the slip goes.
        slip: Its kind and title.
        rows: Lines of what follows the title.
    """
    flow.need(min(_ABOVE + _TITLE_ROWS + rows, flow.grid.rows))
    if flow.row:
        flow.row += _ABOVE
    flow.snap()
    grid = flow.grid
    y = grid.row_top(flow.row)
    flow.page.marks.append(Rule(0, y, PAGE_WIDTH, y, _WEIGHT, GREY, _DASH))
    caption = _CAPTION[slip.kind]
    length = width(caption, "宋体", _CAPTION_SIZE)
    runs: tuple[Run, ...] = ((caption, "宋体"),)
    flow.page.text((PAGE_WIDTH - length) / 2, y + 3, runs, _CAPTION_SIZE, color=GREY)
    top = grid.row_top(flow.row + 0.5)
    flow.centred(slip.title, "小标宋", _TITLE_SIZE, top - EM_TOP * _TITLE_SIZE, field=slip.kind)
    flow.speak(*slip.spoken)
    flow.row += _TITLE_ROWS
