"""Putting a whole document together, and fitting its last page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.documents import closing, letterheads, signatures, special_heads
from webapp.documents.certificates import set_certificate
from webapp.documents.flow import Flow, SealBox, SealPlace
from webapp.documents.geometry import EM_TOP, LEFT, SIZE_2, SIZE_3, STANDARD, Grid
from webapp.documents.markup import AttachmentStart, Block, Paragraph, SlipStart, Table
from webapp.documents.slips import begin_slip
from webapp.documents.tables import set_table
from webapp.documents.tagging import Structure

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
    "命令": special_heads.order_head,
    "纪要": special_heads.minutes_head,
    "公示": letterheads.plain_head,
}
_SHEETS = frozenset({"证书", "牌匾"})
_WITHOUT_SEAL = frozenset({"命令", "纪要"})
_WITHOUT_COLOPHON = frozenset({"表", "公示"})
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
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Composition:
    """A laid-out document.

    Attributes:
        carry_from: Body line to take to the next page if 署名 would else stand alone there.
    """

    pages: tuple[Page, ...]
    structure: Structure
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
    flow.speak(*start.spoken)
    flow.row = 4.0


def _blocks(flow: Flow, blocks: Sequence[Block], *, small: bool) -> None:
    before: Block | None = None
    for index, block in enumerate(blocks):
        if isinstance(block, Paragraph):
            if isinstance(before, Table):
                flow.row += _BELOW_TABLE
            if not small:
                flow.snap()
            flow.paragraph(block)
        elif isinstance(block, AttachmentStart):
            _attachment(flow, block)
        elif isinstance(block, SlipStart):
            begin_slip(flow, block, _slip_rows(flow.grid, blocks[index + 1 :]))
        else:
            set_table(flow, block, small=small)
        before = block
    if isinstance(before, Table):
        flow.row += _BELOW_TABLE
    if not small:
        flow.snap()


def _slip_rows(grid: Grid, blocks: Sequence[Block]) -> float:
    """Lines that a slip takes below its title; more than a page has if it runs over pages."""
    end = next((i for i, b in enumerate(blocks) if isinstance(b, AttachmentStart | SlipStart)), len(blocks))
    trial = Flow(grid)
    _blocks(trial, blocks[:end], small=False)
    return trial.row if len(trial.pages) == 1 else float(grid.rows)


def _lay_out(content: Content, grid: Grid, break_before: int | None = None) -> Composition:
    flow = Flow(grid, break_before_body_line=break_before)
    head, layout = content.head, content.layout
    small = layout == "表"
    _HEADS[layout](flow, head)
    letterheads.addressee(flow, head)
    blocks = content.blocks
    ends = (i for i, block in enumerate(blocks) if isinstance(block, AttachmentStart | SlipStart))
    cut = next(ends, len(blocks))
    _blocks(flow, blocks[:cut], small=small)
    closing.attachments(flow, head.many("附件"))
    lonely = _close(flow, content)
    closing.note(flow, head.one("附注"))
    _blocks(flow, blocks[cut:], small=small)
    if content.verify_url and (layout in _WITHOUT_SEAL or not head.one("署名")):
        closing.foot_qr(flow, content.verify_url)
    if layout not in _WITHOUT_COLOPHON:
        closing.colophon(flow, head, ruled=layout != "信函")
    closing.page_numbers(flow.pages, first=2 if layout == "信函" else 1)
    blank = sum(1 for page in flow.pages if not page.marks)
    if content.mark:
        closing.preview_marks(flow.pages, content.mark)
    return Composition(
        pages=tuple(flow.pages),
        structure=Structure(tuple(flow.outline), flow.row_tags),
        seal_boxes=tuple(flow.seal_boxes),
        grid=grid,
        carry_from=_carried(flow),
        lonely_signature=lonely,
        blank_pages=blank,
    )


def _close(flow: Flow, content: Content) -> bool:
    """Set what ends the body of this 版式; true if 署名 stands alone on its page."""
    head, layout = content.head, content.layout
    if layout == "纪要":  # no seal; who keeps the minutes stands in the head
        closing.attendance(flow, head)
        return False
    if layout == "命令":
        signatures.signed_by_leader(flow, head)
    else:
        signatures.signature(flow, head, content.seals, content.verify_url)
    return bool(head.one("署名") or layout == "命令") and flow.page.body_lines == 0


def _carried(flow: Flow) -> int:
    """Body line to begin the last page with: the last one, together with headings right above it."""
    line = flow.body_lines - 1
    while line - 1 in flow.heading_lines:
        line -= 1
    return max(line, 0)


def _sheet(content: Content) -> Composition:
    """Lay out a 证书 or 牌匾: one sheet without any grid."""
    made = set_certificate(content.layout, content.head, content.blocks, content.seals, content.verify_url)
    if content.mark:
        closing.preview_marks((made.page,), content.mark)
    return Composition((made.page,), Structure(made.outline), made.seal_boxes, STANDARD, 0, False, 0)


def compose(content: Content) -> Composition:
    """Lay a document out so that 署名 never stands alone on a page.

    Spacing is adjusted first, as the standard allows; if no spacing helps, the last line of the
    body is taken along to the next page.

    Raises:
        DocumentError: If something does not fit or cannot be printed; the field is named.
    """
    if content.layout in _SHEETS:
        return _sheet(content)
    best = _lay_out(content, STANDARD)
    carry_from = best.carry_from
    for grid in _GRIDS[1:]:
        if not any(best.defects):
            return best
        best = min(best, _lay_out(content, grid), key=lambda made: made.defects)
    if best.lonely_signature:
        best = _lay_out(content, STANDARD, break_before=carry_from)
    return best
