"""署名 and 成文日期, and the places of the seals: one agency, several agencies, or a leader's signature."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from webapp.documents.closing import closing_qr, note_lines
from webapp.documents.drawing import RED
from webapp.documents.errors import DocumentError
from webapp.documents.faces import ink_bottom, ink_left, ink_right, ink_top, width
from webapp.documents.flow import Flow, SealBox, SealPlace, one_line
from webapp.documents.geometry import EM_TOP, LEFT, MM, RIGHT, SIZE_3, WIDTH
from webapp.documents.titles import break_title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webapp.documents.lines import Run
    from webapp.documents.template import Head

_SEALED_BLANK_ROWS = 2
_SEAL_OVERHANG = 0.3  # lines that the rim of a seal may reach beyond the line below it
_SEAL_RISE = 2.0  # points between the top of 署名 and the centre of the seal
_SEAL_GAP = 1.5 * MM  # between the seals of a joint document: they neither meet nor touch
_MOST_IN_ROW = 3
_WIDEST_STEP = 72 * MM  # from one seal of a row to the next
_FEW_LINES = 2  # a name of more lines asks for wider columns
_CHOP_SIZE = 26.0
_CHOP_BLANK_ROWS = 2


def signature(flow: Flow, head: Head, seals: Sequence[SealPlace], verify_url: str | None) -> None:
    """署名 and 成文日期, and the places of the seals; 附注 keeps together with them.

    A form without 署名 carries no seal: those who signed it stand in its table.

    Raises:
        DocumentError: If there are seals, but not one for each 署名.
    """
    names, date = head.many("署名"), head.one("成文日期")
    if not names or not date:
        return
    if seals and len(seals) != len(names):
        raise DocumentError(
            f"署名有{len(names)}个单位，印章有{len(seals)}枚，应当一一对应，且不能多于署名。", field="署名"
        )
    note = len(note_lines(flow, head.one("附注")))
    if not seals:
        left = _unsealed(flow, names, date, note)
    elif len(seals) == 1:
        left = _sealed(flow, names[0], date, seals[0], note)
    else:
        left = _joint(flow, names, date, seals, note)
    if verify_url:
        closing_qr(flow, verify_url, left)


def _broken(name: str, measure: float) -> list[str]:
    return break_title(name, SIZE_3, measure, face="仿宋")


def _widest(lines: Sequence[str]) -> float:
    return max(width(line, "仿宋", SIZE_3) for line in lines)


def _centred(flow: Flow, lines: Sequence[str], middle: float, row: float) -> None:
    for index, line in enumerate(lines):
        length = width(line, "仿宋", SIZE_3)
        baseline = flow.grid.baseline(row + index)
        flow.page.text(middle - length / 2, baseline, ((line, "仿宋"),), SIZE_3)


def _sealed_rows(signature_lines: int, diameter: float, pitch: float) -> float:
    """Lines that 署名, 成文日期 and the seal take, blank lines above included."""
    text = _SEALED_BLANK_ROWS + signature_lines + 1
    bottom = _SEALED_BLANK_ROWS + (signature_lines - 1) / 2 + diameter / 2 / pitch
    return max(text, bottom - _SEAL_OVERHANG)


def _centre(flow: Flow, radius: float, middle_row: float) -> float:
    """Height of the centre of the first seals: their top lies within one line below the body."""
    grid = flow.grid
    body_bottom = grid.row_top(flow.row) + grid.pitch - SIZE_3
    centre = grid.row_top(middle_row) - _SEAL_RISE
    return min(max(centre, body_bottom - grid.pitch - radius), body_bottom - 2.0 - radius)


def _box(flow: Flow, seal: SealPlace, middle: float, centre: float) -> SealBox:
    radius = seal.diameter_mm * MM / 2
    corners = (middle - radius, centre - radius, middle + radius, centre + radius)
    return SealBox(seal.agency_key, len(flow.pages), *(round(value, 2) for value in corners))


def _sealed(flow: Flow, name: str, date: str, seal: SealPlace, note: int) -> float:
    """Date four characters from the right, 署名 centred on it, seal over both; returns the left edge."""
    grid = flow.grid
    lines = _broken(name, WIDTH - 2 * grid.cell)
    radius = seal.diameter_mm * MM / 2
    flow.need(_sealed_rows(len(lines), 2 * radius, grid.pitch) + note)
    widest = _widest(lines)
    middle = min(RIGHT - 4 * grid.cell - width(date, "仿宋", SIZE_3) / 2, RIGHT - widest / 2)
    first = flow.row + _SEALED_BLANK_ROWS
    _centred(flow, lines, middle, first)
    flow.speak("signature", name)
    _centred(flow, (date,), middle, first + len(lines))
    flow.speak("date", date)
    centre = _centre(flow, radius, first + (len(lines) - 1) / 2)
    flow.seal_boxes.append(_box(flow, seal, middle, centre))
    flow.row = max(first + len(lines) + 1.0, ceil(grid.row_at(centre - radius) - _SEAL_OVERHANG))
    return min(middle - widest / 2, middle - radius)


def _unsealed(flow: Flow, names: Sequence[str], date: str, note: int) -> float:
    """署名 two characters from the right, one below the other; the date two characters further in."""
    grid = flow.grid
    broken = [_broken(name, WIDTH - 2 * grid.cell) for name in names]
    lines = [line for parts in broken for line in parts]
    flow.need(len(lines) + 2 + note)
    flow.row += 1
    left = RIGHT - 2 * grid.cell - _widest(lines)
    date_width = width(date, "仿宋", SIZE_3)
    date_left = left + 2 * grid.cell
    if date_left + date_width > RIGHT - 2 * grid.cell:  # a longer date keeps the two characters
        date_left = RIGHT - 2 * grid.cell - date_width
        left = min(left, date_left - 2 * grid.cell)
    for name, parts in zip(names, broken, strict=True):
        for line in parts:
            flow.page.text(left, grid.baseline(flow.row), ((line, "仿宋"),), SIZE_3)
            flow.row += 1
        flow.speak("signature", name)
    flow.page.text(date_left, grid.baseline(flow.row), ((date, "仿宋"),), SIZE_3)
    flow.speak("date", date)
    flow.row += 1
    return left


@dataclass(frozen=True, slots=True)
class _Columns:
    """Columns of a joint signature.

    Attributes:
        middles: Middle of each column, from left to right; the date stands under the last.
        names: Lines of each 署名.
        step: Lines from one row of seals to the next.
    """

    middles: tuple[float, ...]
    names: tuple[tuple[str, ...], ...]
    step: int

    @property
    def rows(self) -> tuple[tuple[int, ...], ...]:
        """Which 署名 stand in each row; a shorter last row keeps to the right, above the date."""
        size = len(self.middles)
        count = len(self.names)
        return tuple(tuple(range(at, min(at + size, count))) for at in range(0, count, size))


def _columns(flow: Flow, names: Sequence[str], date: str, diameter: float) -> _Columns:
    """Choose three columns where the names allow it, else two, else one.

    Raises:
        DocumentError: If the seals are too large for the width of the page.
    """
    cell = flow.grid.cell
    last = RIGHT - 4 * cell - width(date, "仿宋", SIZE_3) / 2
    last = min(last, RIGHT - diameter / 2)  # both ends of a row of seals stay within the 版心
    step = ceil((diameter + _SEAL_GAP) / flow.grid.pitch)
    found = None
    for count in range(min(_MOST_IN_ROW, len(names)), 0, -1):
        distance = min((last - diameter / 2 - LEFT) / (count - 1), _WIDEST_STEP) if count > 1 else 0.0
        if count > 1 and distance < diameter + _SEAL_GAP:
            continue
        first = last - distance * (count - 1)
        measure = min(2 * (first - LEFT), 2 * (RIGHT - last), distance - cell if count > 1 else WIDTH)
        broken = tuple(tuple(_broken(name, measure)) for name in names)
        found = _Columns(tuple(first + distance * index for index in range(count)), broken, step)
        if count <= _FEW_LINES or max(map(len, broken)) <= _FEW_LINES:
            return found
    if found is None:
        raise DocumentError("印章太大，版心内排不下。", field="署名")
    return found


def _joint(flow: Flow, names: Sequence[str], date: str, seals: Sequence[SealPlace], note: int) -> float:
    """Each seal over its own 署名, the last one over the date as well; rows of up to three.

    The seals are even in size and place, do not meet, and keep within the 版心.
    """
    grid = flow.grid
    diameter = max(seal.diameter_mm for seal in seals) * MM
    columns = _columns(flow, names, date, diameter)
    rows = columns.rows
    tallest = max(map(len, columns.names))
    last_rows = _sealed_rows(tallest, diameter, grid.pitch) + note
    whole = (len(rows) - 1) * columns.step + last_rows
    if whole <= grid.rows:
        flow.need(whole)
    left = RIGHT
    for members in rows:
        flow.need(last_rows if members is rows[-1] else _SEALED_BLANK_ROWS + columns.step)
        first = flow.row + _SEALED_BLANK_ROWS
        centre = _centre(flow, diameter / 2, first + (tallest - 1) / 2)
        middles = columns.middles[-len(members) :]
        for index, middle in zip(members, middles, strict=True):
            lines = columns.names[index]
            free = tallest - len(lines)
            dated = index == len(names) - 1
            _centred(flow, lines, middle, first + (free if dated else free / 2))
            flow.speak("signature", names[index])
            flow.seal_boxes.append(_box(flow, seals[index], middle, centre))
            left = min(left, middle - max(_widest(lines), diameter) / 2)
        if members is not rows[-1]:
            flow.row += columns.step
            continue
        _centred(flow, (date,), middles[-1], first + tallest)
        flow.speak("date", date)
        flow.row = max(first + tallest + 1.0, ceil(grid.row_at(centre - diameter / 2) - _SEAL_OVERHANG))
    return left


def signed_by_leader(flow: Flow, head: Head) -> None:
    """签发人职务, 签名章 and 成文日期 of a 命令, each placed by its ink, for a 签名章 is a picture.

    The signature stands two blank lines below the body and four characters from the right, the office two
    characters at its left on the same middle, the date one blank line below it, ending where it ends.
    """
    grid, cell = flow.grid, flow.grid.cell
    office, name, date = head.one("签发人职务"), head.one("签发人"), head.one("成文日期")
    chop: tuple[Run, ...] = ((name, "楷体"),)
    length = one_line(chop, _CHOP_SIZE, WIDTH / 2, "签发人")
    rise = max(ink_top(character, "楷体") for character in name) * _CHOP_SIZE
    fall = min(ink_bottom(character, "楷体") for character in name) * _CHOP_SIZE
    flow.need((rise - fall) / grid.pitch + _CHOP_BLANK_ROWS + 2)
    right = RIGHT - 4 * cell
    start = right - length + ink_right(name[-1], "楷体") * _CHOP_SIZE
    top = grid.row_top(flow.row + _CHOP_BLANK_ROWS)
    flow.page.text(start, top - rise, chop, _CHOP_SIZE, color=RED)
    left = start + ink_left(name[0], "楷体") * _CHOP_SIZE - 2 * cell
    office_width = one_line(((office, "仿宋"),), SIZE_3, left - LEFT, "签发人职务")
    baseline = top - (rise - fall) / 2 + (0.5 - EM_TOP) * SIZE_3
    shift = ink_right(office[-1], "仿宋") * SIZE_3
    flow.page.text(left - office_width + shift, baseline, ((office, "仿宋"),), SIZE_3)
    flow.speak("signature", f"{office} {name}")
    below = top - (rise - fall) - (2 * grid.pitch - SIZE_3)
    start = right - width(date, "仿宋", SIZE_3) + ink_right(date[-1], "仿宋") * SIZE_3
    baseline = below - max(ink_top(character, "仿宋") for character in date) * SIZE_3
    flow.page.text(start, baseline, ((date, "仿宋"),), SIZE_3)
    flow.speak("date", date)
    flow.row = float(ceil(grid.row_at(below - SIZE_3)))
