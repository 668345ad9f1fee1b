"""Styles: readable contrast in every mode (WCAG 2.1 AA), files that can be read, one place for tokens."""

from __future__ import annotations

import re

import pytest

from tests.unit.frontend.pages import FRONTEND

CSS = sorted((FRONTEND / "css").glob("*.css"))
JS = sorted((FRONTEND / "js").rglob("*.js"))
STUDIO = [path for path in JS if path.relative_to(FRONTEND / "js").as_posix().startswith("studio")]
OFFICE = [path for path in JS if path not in STUDIO]
SELECTORS = {
    "light": [":root"],
    "dark": [":root", '[data-theme="dark"]'],
    "large": [":root", '[data-scale="large"]'],
    "large dark": [
        ":root",
        '[data-theme="dark"]',
        '[data-scale="large"]',
        '[data-scale="large"][data-theme="dark"]',
    ],
}
SURFACES = ["page", "surface", "surface-2", "surface-3", "primary-soft"]
TEXT = [(text, surface) for text in ("text", "text-2", "text-3") for surface in SURFACES]
TONES = [
    ("primary-strong", "primary-soft"),
    ("green", "green-soft"),
    ("amber", "amber-soft"),
    ("red", "red-soft"),
    ("violet", "violet-soft"),
    ("text-2", "surface-3"),
    ("primary", "surface"),
    ("primary", "surface-2"),
    ("red", "surface"),
    ("amber", "surface"),
    ("green", "surface"),
    ("primary-ink", "primary"),
    ("nav-text", "nav"),
    ("nav-dim", "nav"),
]
OUTLINES = [("control-line", "surface"), ("primary", "page"), ("red", "surface")]


def tokens(mode: str) -> dict[str, str]:
    text = (FRONTEND / "css" / "tokens.css").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for selector in SELECTORS[mode]:
        block = re.search(rf"^{re.escape(selector)} \{{(.*?)^\}}", text, re.DOTALL | re.MULTILINE)
        assert block, selector
        found.update(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{3,6});", block[1]))
    return found


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_the_standard_says() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("mode", SELECTORS)
@pytest.mark.parametrize(("ink", "ground"), [*TEXT, *TONES])
def test_text_can_be_read(mode: str, ink: str, ground: str) -> None:
    colours = tokens(mode)

    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("mode", SELECTORS)
@pytest.mark.parametrize(("line", "ground"), OUTLINES)
def test_outlines_of_controls_can_be_seen(mode: str, line: str, ground: str) -> None:
    colours = tokens(mode)

    assert contrast(colours[line], colours[ground]) >= 3


@pytest.mark.parametrize("path", [*CSS, *JS], ids=lambda path: path.name)
def test_files_are_short_and_not_minified(path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()

    assert len(lines) < 400
    assert max(map(len, lines)) <= 160


@pytest.mark.parametrize("path", OFFICE, ids=lambda path: path.name)
def test_scripts_hold_no_words_of_their_own(path) -> None:
    """What people read comes translated from the server; the editors' words stand with what they name."""
    code = re.sub(r"//.*|/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    code = "\n".join(line.split("//")[0] for line in path.read_text(encoding="utf-8").splitlines())

    assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"/\*.*?\*/", "", code, flags=re.DOTALL))


def test_every_sentence_that_a_script_asks_for_is_on_the_page() -> None:
    asked = {
        key for path in JS for key in re.findall(r'message\(\s*"(\w+)"', path.read_text(encoding="utf-8"))
    }
    page = (FRONTEND.parent / "templates" / "partials" / "messages.html").read_text(encoding="utf-8")
    offered = set(re.findall(r'^  "(\w+)":', page, re.MULTILINE))

    assert asked <= offered


def test_every_stylesheet_is_part_of_the_build() -> None:
    app = (FRONTEND / "css" / "app.css").read_text(encoding="utf-8")
    entries = "".join(path.read_text(encoding="utf-8") for path in (FRONTEND / "js").glob("*.js"))

    unused = [path.name for path in CSS if path.name != "app.css" and path.name not in app + entries]
    assert unused == []
