"""Breaking text into justified lines with the rules of Chinese setting (禁则)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.documents.faces import Face, width

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Run = tuple[str, Face]

NO_START = frozenset("，。、；：？！）》〉」』】〕］｝”’…—·～％%℃‰:;,.!?)]}々ー")
NO_END = frozenset("（《〈「『【〔［｛“‘([{￥$№")
_TOKEN = re.compile(
    r"[0-9][0-9.,]*[年月日号人个元件项]"  # a number stays with its unit
    r"|[0-9A-Za-z][0-9A-Za-z.,:/@&=?_+#\-]*%?|——|……|[ \t]+|.",
    re.DOTALL,
)
_TOLERANCE = 0.05  # points; widths are sums of floats
_TWO_LINES = 2
_LEAST_LEFT = 10  # tokens that a line keeps when it gives one away
_SQUEEZE = 1.02  # of the size: how far a line may run over before it is squeezed back
_STRETCH = 0.15  # of the size, after each character: a line that needs more stays short instead
_WHOLE = 12  # letters and digits that are never parted: numbers, telephone numbers, words
_ENDS = 4  # characters of a longer code that stay together at either end
_JOINT = re.compile(r"(?<=[\-/_:?&=#@+])(?![\-/_:?&=#@+])|(?<=[A-Za-z]\.)(?=[A-Za-z])")


@dataclass(frozen=True, slots=True)
class Line:
    """One line ready to print.

    Attributes:
        runs: Text with its face, in order.
        x: Indent from the left edge of the measure, in points.
        char_space: Tracking after every character, in points.
        width: Width as printed, in points.
    """

    runs: tuple[Run, ...]
    x: float
    char_space: float
    width: float

    @property
    def text(self) -> str:
        """The characters of the line."""
        return "".join(text for text, _ in self.runs)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    face: Face
    width: float

    @property
    def is_space(self) -> bool:
        return self.text[0] in " \t"


def _tokens(runs: Iterable[Run], size: float, tracking: float, measure: float) -> list[_Token]:
    found: list[_Token] = []
    for text, face in runs:
        for match in _TOKEN.finditer(text):
            word = " " if match.group()[0] in " \t" else match.group()
            for piece in _pieces(word):
                token = _Token(piece, face, width(piece, face, size) + tracking * len(piece))
                if token.width > measure:  # longer than a whole line: may break anywhere
                    found += [_Token(c, face, width(c, face, size) + tracking) for c in piece]
                else:
                    found.append(token)
    return found


def _pieces(word: str) -> list[str]:
    """Where a long code (统一社会信用代码, a hash, an address) may part: at its joints, else anywhere inside.

    Kept whole, it would leave the line above it half empty. Its ends are never torn off.
    """
    if len(word) <= _WHOLE:
        return [word]
    pieces: list[str] = []
    for segment in filter(None, _JOINT.split(word)):
        if len(segment) <= _WHOLE or not any(character.isdigit() for character in segment):
            pieces.append(segment)
        else:
            pieces += [segment[:_ENDS], *segment[_ENDS:-_ENDS], segment[-_ENDS:]]
    while len(pieces) > 1 and len(pieces[0]) < _ENDS:
        pieces[:2] = [pieces[0] + pieces[1]]
    while len(pieces) > 1 and len(pieces[-1]) < _ENDS:
        pieces[-2:] = [pieces[-2] + pieces[-1]]
    return pieces


def _may_break(tokens: Sequence[_Token], at: int) -> bool:
    return tokens[at].text[0] not in NO_START and tokens[at - 1].text[-1] not in NO_END


def _break_at(tokens: Sequence[_Token], start: int, available: float, size: float) -> int:
    """Index of the first token of the next line."""
    end, used = start, 0.0
    while end < len(tokens) and used + tokens[end].width <= available + _TOLERANCE:
        used += tokens[end].width
        end += 1
    if end == len(tokens):
        return end
    end = max(end, start + 1)
    back, forward = end, end
    while back > start + 1 and not _may_break(tokens, back):
        back -= 1
    if back == end or not _may_break(tokens, back):
        return end  # a good place already, or no good place at all
    while forward < len(tokens) and not _may_break(tokens, forward):
        forward += 1
    # Push out (stretch this line) or push in (squeeze it), whichever moves less.
    short = available - sum(token.width for token in tokens[start:back])
    over = sum(token.width for token in tokens[start:forward]) - available
    return forward if over <= size * _SQUEEZE and over < short else back


def _merged(tokens: Sequence[_Token]) -> tuple[Run, ...]:
    runs: list[Run] = []
    for token in tokens:
        if runs and runs[-1][1] == token.face:
            runs[-1] = (runs[-1][0] + token.text, token.face)
        else:
            runs.append((token.text, token.face))
    return tuple(runs)


def _line(tokens: Sequence[_Token], x: float, available: float, tracking: float, most: float) -> Line:
    """Fill a line out to the measure, unless that takes more than ``most`` points after each character."""
    gaps = sum(len(token.text) for token in tokens) - 1
    used = sum(token.width for token in tokens) - tracking
    stretch = (available - used) / gaps if gaps else 0.0
    if not gaps or stretch > most:
        return Line(_merged(tokens), x, tracking, used)
    return Line(_merged(tokens), x, tracking + stretch, available)


def break_lines(
    runs: Iterable[Run],
    size: float,
    measure: float,
    *,
    indent: float = 0.0,
    cell: float | None = None,
) -> list[Line]:
    """Break runs into lines that fill the measure; the last line stays natural.

    No line begins with a closing mark or ends with an opening one. Numbers and Latin words stay
    whole; codes of more than twelve characters may part. A line that could be filled only by pulling
    its characters far apart stays short.

    Args:
        runs: Text with its face.
        size: Type size in points.
        measure: Width of a full line in points.
        indent: Indent of the first line in points.
        cell: Advance of one full-width character; the type size when not given.

    Raises:
        MissingGlyph: If no font has one of the characters.
    """
    tracking = (cell or size) - size
    tokens = _tokens(runs, size, tracking, measure - indent)
    cuts = _cuts(tokens, measure + tracking, indent, size)
    lines: list[Line] = []
    for number, (start, end) in enumerate(cuts):
        shown = end
        while shown > start + 1 and tokens[shown - 1].is_space:
            shown -= 1
        x = 0.0 if number else indent
        most = 0.0 if number == len(cuts) - 1 else _STRETCH * size
        lines.append(_line(tokens[start:shown], x, measure - x, tracking, most))
    return lines


def _cuts(tokens: Sequence[_Token], measure: float, indent: float, size: float) -> list[tuple[int, int]]:
    """Where each line begins and ends, as token indexes."""
    cuts: list[tuple[int, int]] = []
    start = 0
    while start < len(tokens):
        if tokens[start].is_space:
            start += 1
            continue
        available = measure - (0.0 if cuts else indent)
        end = _break_at(tokens, start, available, size)
        cuts.append((start, end))
        start = end
    return _without_lonely_character(tokens, cuts)


def _without_lonely_character(tokens: Sequence[_Token], cuts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Let one more character go down when the last line would be a single one (单字不成行)."""
    if len(cuts) < _TWO_LINES:
        return cuts
    (first, second), (start, end) = cuts[-2:]
    characters = [c for token in tokens[start:end] for c in token.text if c not in NO_START]
    shift = second - 1
    if len(characters) > 1 or shift - first < _LEAST_LEFT or not _may_break(tokens, shift):
        return cuts
    if tokens[shift].is_space or tokens[shift].text[0].isascii():
        return cuts
    return [*cuts[:-2], (first, shift), (shift, end)]
