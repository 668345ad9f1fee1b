"""依据 of the paragraphs of a template.

A tag line such as ``[依据 TZ-3.1]`` or ``[依据 TZ-2.1；本地缺省：理由]`` says what the lines below it rest
on, down to the next tag line. It holds for the lines as they stand in the file, whatever conditions and
loops are around them, so that whoever reads the file from top to bottom sees what holds where. It prints
nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.core.clauses import Basis
from webapp.documents.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Iterable

_TAG = re.compile(r"\[依据[ \t：:]*(?P<bases>[^\[\]]+)\]")
_MEANT = re.compile(r"[\[［【]\s*依据")
_PARTED = re.compile(r"[；;]")
_HOW = "依据标记要单独占一行，写成 [依据 TZ-3.1] 或 [依据 本地缺省：理由]，有几项的用“；”隔开"
# Facts never hold control characters (webapp.documents.facts.clean), so these cannot be forged.
_BEGIN, _END = "\x1e", "\x1f"


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of a template that can print something.

    Attributes:
        number: Its number in the file; the first is 1.
        text: The line as it stands there.
        bases: What it rests on; empty if no tag line stands above it.
    """

    number: int
    text: str
    bases: tuple[Basis, ...]


@dataclass(frozen=True, slots=True)
class TaggedBody:
    """A template body whose tag lines have been read.

    Attributes:
        text: The body to compile: every line bears its bases, tag lines are empty.
        lines: The lines that can print something.
    """

    text: str
    lines: tuple[SourceLine, ...]


def read_tags(body: str, tokens: Iterable[tuple[int, str, str]], first_line: int = 1) -> TaggedBody:
    """Read the tag lines of a template body.

    Args:
        body: The body.
        tokens: The body as Jinja takes it apart: line, kind and text of each piece.
        first_line: Number of the body's first line in its file.

    Raises:
        TemplateError: If a tag is badly written; the message names its line.
    """
    return _TagReader(body, first_line).read(list(tokens))


def take_bases(line: str) -> tuple[tuple[str, ...], str]:
    """Part a rendered line into what it rests on and what it prints."""
    if not line.startswith(_BEGIN):
        return (), line
    bases, _, rest = line[1:].partition(_END)
    return tuple(bases.split("；")), rest


class _TagReader:
    """Walks through a body once, keeping the tag that holds."""

    def __init__(self, body: str, first_line: int) -> None:
        self.source = body.split("\n")
        self.first_line = first_line
        self.bases: tuple[Basis, ...] = ()
        self.lines: dict[int, SourceLine] = {}

    def read(self, tokens: list[tuple[int, str, str]]) -> TaggedBody:
        pieces = []
        end = len(tokens) - 1
        for index, (number, kind, text) in enumerate(tokens):
            if kind == "variable_begin":
                self._prints(number)
            data = kind == "data"
            pieces.append(self._data(text, number, first=not index, last=index == end) if data else text)
        return TaggedBody("".join(pieces), tuple(line for _, line in sorted(self.lines.items())))

    def _data(self, text: str, number: int, *, first: bool, last: bool) -> str:
        lines = text.split("\n")
        end = len(lines) - 1
        return "\n".join(
            self._line(line, number + index, begins=index > 0 or first, ends=index < end or last)
            for index, line in enumerate(lines)
        )

    def _line(self, text: str, number: int, *, begins: bool, ends: bool) -> str:
        """Take a tag line in, or let a line (or the piece of it that is plain text) bear its bases."""
        if _MEANT.search(text):
            self.bases = self._tag(text.strip() if begins and ends else "", number)
            return ""
        if text.strip() and not text.lstrip().startswith("|="):
            self._prints(number)
        if not begins or not self.bases:
            return text
        return f"{_BEGIN}{'；'.join(map(str, self.bases))}{_END}{text}"

    def _prints(self, number: int) -> None:
        line = SourceLine(number + self.first_line - 1, self.source[number - 1].strip(), self.bases)
        self.lines.setdefault(number, line)

    def _tag(self, text: str, number: int) -> tuple[Basis, ...]:
        where = f"第 {number + self.first_line - 1} 行“{self.source[number - 1].strip()}”"
        match = _TAG.fullmatch(text)
        if match is None:
            raise TemplateError(f"{where}看不懂：{_HOW}。", field="依据")
        try:
            return tuple(Basis.parse(part) for part in _PARTED.split(match["bases"]))
        except ValueError as problem:
            raise TemplateError(f"{where}写法不对：{problem}", field="依据") from problem
