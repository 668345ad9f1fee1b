"""axe-core on a page as it stands, in every way that people set it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "webapp" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
WAYS = (
    (DESKTOP, "light", "normal"),
    (DESKTOP, "dark", "large"),
    (PHONE, "light", "large"),
    (PHONE, "dark", "normal"),
)
"""Screen, colours, size of letters (large is 长者模式); any two of them meet at least once."""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
_SET = """([theme, scale]) => {
  document.documentElement.dataset.theme = theme;
  document.documentElement.dataset.scale = scale;
}"""
_RUN = """tags => axe.run(document, {runOnly: tags, iframes: false, resultTypes: ["violations"]}).then(found =>
  found.violations.map(rule => rule.id + ": " + rule.help + " " + rule.nodes.slice(0, 4).map(
    node => node.target.join(" ") + " " + (node.any[0] || node.all[0] || node.none[0] || {}).message).join(" | ")))"""


def problems(page: Page) -> list[str]:
    """Return what is wrong with a page: rules of WCAG 2.1 A and AA and good practice, and its width."""
    page.evaluate(_axe())
    found: list[str] = []
    for screen, theme, scale in WAYS:
        page.set_viewport_size(screen)  # type: ignore[arg-type]
        page.evaluate(_SET, [theme, scale])
        way = f"{screen['width']} {theme} {scale}"
        found += [f"{way}: {text}" for text in page.evaluate(_RUN, TAGS)]
        found += [f"{way}: {text}" for text in _too_wide(page)]
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.evaluate(_SET, ["light", "normal"])
    return found


def _too_wide(page: Page) -> list[Any]:
    beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [f"scrolls sideways by {beyond} px"] if beyond > 0 else []


@lru_cache(maxsize=1)
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")
