"""Putting a whole document together, and fitting its last page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.documents import closing, letterheads
from webapp.documents.flow import Flow, SealBox, SealPlace
from webapp.documents.geometry import EM_TOP, LEFT, SIZE_2, SIZE_3, STANDARD, Grid
from webapp.documents.markup import AttachmentStart, Block, Paragraph, Table
from webapp.documents.tables import set_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from webapp.documents.drawing import Page
    from webapp.documents.template import Head

_HEADS: dict[str, Callable[[Flow, Head], None]] = {
    "文件": letterheads.red_head,
    "信函": letterheads.letter_head,
    "通知书": letterheads.notice_head,
    "表": letterheads.plain_head,
    "申请报告": letterheads.application_head,
}
# GB/T 9704-2012, 7.3.5.5: where seal and date do not fit, adjust the spacing. Nearest grids first.
_BELOW_TABLE = 0.3  # lines
_GRIDS = (
    STANDARD,
    Grid(rows=23),
    Grid(rows=21),
    Grid(columns=29),
    Grid(columns=27),
    Grid(rows=23, columns=29),
    Grid(rows=21, columns=27),
    Grid(rows=24),
    Grid(rows=20),
)


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that one document is made of."""

    layout: str
    head: Head
    blocks: tuple[Block, ...]
    seals: tuple[SealPlace, ...] = ()
    verify_url: str | None = None
    preview: bool = False


@dataclass(frozen=True, slots=True)
class Composition:
    """A laid-out document.

    Attributes:
        carry_from: Body line to take to the next page if 署名 would else stand alone there.
    """

    pages: tuple[Page, ...]
    outline: tuple[tuple[str, str], ...]
    seal_boxes: tuple[SealBox, ...]
    grid: Grid
    carry_from: int
    lonely_signature: bool
    blank_pages: int

    @property
    def defects(self) -> tuple[bool, int]:
        """What another spacing might mend: 署名 alone on a page, blank pages before the 版记."""
        return self.lonely_signature, self.blank_pages


def _attachment(flow: Flow, start: AttachmentStart) -> None:
    """附件: a new page, its label on line 1, its title centred on line 3."""
    flow.new_page()
    flow.page.text(LEFT, flow.grid.baseline(0), ((start.label, "黑体"),), SIZE_3)
    flow.centred(start.title, "小标宋", SIZE_2, flow.grid.row_top(2) - EM_TOP * SIZE_2, field="附件")
    flow.outline.append(("attachment-title", f"{start.label} {start.title}"))
    flow.row = 4.0


def _blocks(flow: Flow, blocks: Sequence[Block], *, small: bool) -> None:
    before: Block | None = None
    for block in blocks:
        if isinstance(block, Paragraph):
            if isinstance(before, Table):
                flow.row += _BELOW_TABLE
            if not small:
                flow.snap()
            flow.paragraph(block)
        elif isinstance(block, AttachmentStart):
            _attachment(flow, block)
        else:
            set_table(flow, block, small=small)
        before = block
    if isinstance(before, Table):
        flow.row += _BELOW_TABLE
    if not small:
        flow.snap()


def _lay_out(content: Content, grid: Grid, break_before: int | None = None) -> Composition:
    flow = Flow(grid, break_before_body_line=break_before)
    head, layout = content.head, content.layout
    small = layout == "表"
    _HEADS[layout](flow, head)
    letterheads.addressee(flow, head)
    blocks = content.blocks
    cut = next((i for i, block in enumerate(blocks) if isinstance(block, AttachmentStart)), len(blocks))
    _blocks(flow, blocks[:cut], small=small)
    closing.attachments(flow, head.many("附件"))
    closing.signature(flow, head, content.seals, content.verify_url)
    lonely = bool(head.one("署名")) and flow.page.body_lines == 0
    closing.note(flow, head.one("附注"))
    _blocks(flow, blocks[cut:], small=small)
    if content.verify_url and not head.one("署名"):
        closing.foot_qr(flow, content.verify_url)
    if layout != "表":
        closing.colophon(flow, head, ruled=layout != "信函")
    closing.page_numbers(flow.pages, first=2 if layout == "信函" else 1)
    blank = sum(1 for page in flow.pages if not page.marks)
    if content.preview:
        closing.preview_marks(flow.pages)
    return Composition(
        pages=tuple(flow.pages),
        outline=tuple(flow.outline),
        seal_boxes=tuple(flow.seal_boxes),
        grid=grid,
        carry_from=_carried(flow),
        lonely_signature=lonely,
        blank_pages=blank,
    )


def _carried(flow: Flow) -> int:
    """Body line to begin the last page with: the last one, together with headings right above it."""
    line = flow.body_lines - 1
    while line - 1 in flow.heading_lines:
        line -= 1
    return max(line, 0)


def compose(content: Content) -> Composition:
    """Lay a document out so that 署名 never stands alone on a page.

    Spacing is adjusted first, as the standard allows; if no spacing helps, the last line of the
    body is taken along to the next page.

    Raises:
        DocumentError: If something does not fit or cannot be printed; the field is named.
    """
    best = _lay_out(content, STANDARD)
    carry_from = best.carry_from
    for grid in _GRIDS[1:]:
        if not any(best.defects):
            return best
        best = min(best, _lay_out(content, grid), key=lambda made: made.defects)
    if best.lonely_signature:
        best = _lay_out(content, STANDARD, break_before=carry_from)
    return best
