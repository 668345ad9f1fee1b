"""Official documents: a sealed letter, our typesetting against the bare canvas, long rosters."""

from __future__ import annotations

import io
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from reportlab.pdfgen.canvas import Canvas

from bench.measuring import ratios, seconds, timed, undisturbed
from bench.report import Figure, Goal
from webapp.documents import LocalAuthority, SealPlace, load_faces, load_template, render, sign
from webapp.documents.compose import Content, compose
from webapp.documents.drawing import Text
from webapp.documents.faces import split_by_font
from webapp.documents.geometry import PAGE_HEIGHT, PAGE_WIDTH
from webapp.documents.samples import TEMPLATES, sample_facts, sample_roster

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.places import Places

CANVAS, ROWS, GROWTH = Goal(1.6), Goal(10_000, at_least=True), Goal(1.2)
_WHEN = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
_URL = "https://example.gov.cn/v/0123456789"
_PARAGRAPH = (
    "零工市场应当按照规定为零工人员和用工单位提供免费服务，公开服务事项和办理时限，落实专人负责现场秩序，"
    "每月汇总撮合成功人次和岗位数量，于次月5日前报送，并对报送数据的真实性负责。"
)
_PARAGRAPHS = 2


@dataclass(frozen=True)
class _Glyphs:
    """One piece of text as the bare canvas takes it."""

    x: float
    y: float
    font: str
    size: float
    space: float
    stretch: float
    text: str


def _facts() -> dict[str, Any]:
    facts = sample_facts("letter")
    parameters = facts["参数"] | {"paragraphs": [_PARAGRAPH] * _PARAGRAPHS}
    return facts | {"参数": parameters}


def _glyphs(facts: dict[str, Any]) -> list[_Glyphs]:
    """Everything the letter prints, with its places worked out already."""
    template = load_template(TEMPLATES / "letter.md")
    head, blocks = template.fill(facts)
    (page,) = compose(Content(template.layout, head, blocks)).pages
    found = []
    for mark in page.marks:
        if not isinstance(mark, Text):
            continue
        x = mark.x
        for run, face in mark.runs:
            for font, piece in split_by_font(run, face):
                found.append(_Glyphs(x, mark.y, font, mark.size, mark.char_space, mark.stretch, piece))
                x += sum(mark.size + mark.char_space for _ in piece)
    return found


def _bare(glyphs: list[_Glyphs]) -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1)
    for each in glyphs:
        text = canvas.beginText(each.x, each.y)
        text.setFont(each.font, each.size)
        text.setCharSpace(each.space)
        text.setHorizScale(each.stretch)
        text.textOut(each.text)
        canvas.drawText(text)
    canvas.showPage()
    canvas.save()
    return stream.getvalue()


def _against_canvas(runs: int, samples: int) -> Figure:
    facts, template = _facts(), load_template(TEMPLATES / "letter.md")
    glyphs = _glyphs(facts)
    found = ratios(
        lambda: seconds(lambda: render(template, facts)),
        lambda: seconds(lambda: _bare(glyphs)),
        runs=runs,
        samples=samples,
    )
    bare = median(seconds(lambda: _bare(glyphs)) for _ in range(samples)) * 1000
    about = {"characters": sum(len(each.text) for each in glyphs), "bare_canvas_ms": bare}
    return Figure("letter_vs_canvas", found, goal=CANVAS, about=about)


def _letters(samples: int) -> Iterator[Figure]:
    """Seal and sign letters, from the facts to the file that is kept."""
    facts, template = _facts(), load_template(TEMPLATES / "letter.md")
    seals = (SealPlace("hrss"),)
    stages: dict[str, list[float]] = {"render": [], "sign": []}
    with tempfile.TemporaryDirectory() as folder, undisturbed():
        signer = LocalAuthority(Path(folder)).signer("hrss", facts["单位"]["名称"])
        for _ in range(samples + 1):
            took, made = timed(lambda: render(template, facts, verify_url=_URL, seals=seals))
            stages["render"].append(took * 1000)
            took, _ = timed(partial(sign, made.pdf, made.seal_boxes, signer, _WHEN))
            stages["sign"].append(took * 1000)
    warm = {name: taken[1:] for name, taken in stages.items()}  # the first one fills the caches
    whole = [sum(parts) for parts in zip(*warm.values(), strict=True)]
    yield Figure(
        "letter_ms", whole, "ms", part="p50", about={name: median(taken) for name, taken in warm.items()}
    )


def _peak(rows: int) -> tuple[float, float]:
    """Rows per second and most memory in MB of a process of its own that writes one roster."""
    ran = subprocess.run(
        [sys.executable, "-m", "bench.documents", str(rows)], capture_output=True, text=True, check=True
    )
    rate, peak = ran.stdout.split()
    return float(rate), float(peak)


def _rosters(runs: int, rows: int) -> Iterator[Figure]:
    rates, peaks, small = [], [], []
    for _ in range(runs):
        small.append(_peak(max(rows // 10, 1))[1])
        rate, peak = _peak(rows)
        rates.append(rate)
        peaks.append(peak)
    yield Figure("roster_rows_per_second", rates, "/s", goal=ROWS, part=f"{rows} rows", about={"columns": 10})
    grown = [peak / base for peak, base in zip(peaks, small, strict=True)]
    about = {"peak_mb": median(peaks), "peak_mb_of_a_tenth": median(small)}
    yield Figure("roster_memory_growth", grown, goal=GROWTH, part="ten times the rows", about=about)


def measure(_: Places, *, quick: bool) -> Iterator[Figure]:
    """Measure all; no database has a part in it."""
    load_faces()
    yield from _letters(5 if quick else 40)
    yield _against_canvas(3 if quick else 7, 5 if quick else 21)
    yield from _rosters(1 if quick else 3, 5_000 if quick else 50_000)


def main() -> None:
    """Write one roster of so many rows to a file; say rows per second and most memory in MB."""
    rows = int(sys.argv[1])
    load_faces()
    with tempfile.TemporaryFile() as out:
        took = seconds(lambda: sample_roster(rows, out))
    print(rows / took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main()
