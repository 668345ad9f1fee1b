"""Foreign words on a page: what somebody sees, points at or has read out, apart from a short list of terms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

TERMS = (
    "BPMN",
    "DMN",
    "FEEL",
    "PDF",
    "ZIP",
    "JPG",
    "JPEG",
    "PNG",
    "DOCX",
    "XLSX",
    "MB",
    "Ctrl",
    "Tab",
    "XX",
    "RD",
)
"""Names of standards, formats, units and keys, and examples of letters."""
KEPT = re.compile(
    rf"(?<![A-Za-z])(?:{'|'.join(TERMS)})(?![A-Za-z])"
    r"|\b[A-Z]{2}-[A-Z0-9][\w.-]*"  # numbers of clauses and cases
    r"|（[a-z]\w*(?:\.\w+)*）"  # what a pack calls the thing, behind its name
    r"|\b(?:workflows|forms|docs_templates)/[\w/.-]+"  # the path of a file, where one points at its title
    r"|\b1?\d\d\.x+"  # digits left open
)
LATIN = re.compile(r"[A-Za-z]{2,}")
_SEEN = """() => {
  const ownText = "pre, code, kbd, script, style, noscript, svg, .mono, .cm-editor, .tjs-table tbody," +
    " .bjs-powered-by, .dmn-definitions-id";
  const shown = (node) => node.checkVisibility({ visibilityProperty: true });
  const found = [];
  for (const root of document.querySelectorAll("main")) {
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const holder = texts.currentNode.parentElement;
      const seen = holder.closest("select") ?? holder;
      if (!holder.closest(ownText) && shown(seen)) found.push(texts.currentNode.data.trim());
    }
    for (const node of root.querySelectorAll("[title], [aria-label], [placeholder]")) {
      if (node.closest(ownText) || !shown(node)) continue;
      for (const name of ["title", "aria-label", "placeholder"]) found.push(node.getAttribute(name) ?? "");
    }
  }
  return [...new Set(found)];
}"""


def foreign_words(page: Page) -> list[str]:
    """Return the texts of a page that hold words in Latin letters which are none of the terms."""
    return list(_foreign(page.evaluate(_SEEN)))


def _foreign(texts: list[str]) -> Iterator[str]:
    for text in texts:
        if LATIN.search(KEPT.sub("", text)):
            yield text
