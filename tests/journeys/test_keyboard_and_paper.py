"""With the keyboard alone, and on paper."""

from __future__ import annotations

import io
import logging
import re
import unicodedata
from typing import TYPE_CHECKING

import pikepdf
import pytest
from pdfminer.high_level import extract_text
from playwright.sync_api import expect

from tests.factories import filings
from webapp.services.accounts import DEMO_PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.journeys.people import Officer, Visitor
    from tests.journeys.site_under_test import Site

A4 = (595, 842)


def test_sign_in_open_the_first_task_and_submit_it_with_the_keyboard_alone(
    site: Site, visitor: Callable[..., Visitor]
) -> None:
    site.case(filings.filled)
    person = visitor()
    page = person.go("/sign-in")
    keys = page.keyboard
    page.get_by_label("用户名", exact=True).focus()
    keys.type("majuqiao-sh")
    keys.press("Tab")
    keys.type(DEMO_PASSWORD)
    keys.press("Enter")
    expect(page.get_by_role("heading", name="演示陈静，您好")).to_be_visible()

    keys.press("Tab")
    expect(page.get_by_role("link", name="跳到主要内容")).to_be_focused()
    keys.press("Enter")
    expect(page.locator("#main")).to_be_focused()

    keys.press("g")
    keys.press("i")
    expect(page.get_by_role("heading", name="待办事项", level=1)).to_be_visible()
    keys.press("j")
    keys.press("Enter")
    expect(page.locator("#task-title")).to_have_text("街道乡镇审核")

    page.locator("[name=pass]").first.focus()
    keys.press("Space")
    keys.press("Control+Enter")
    expect(page.locator(".notices")).to_contain_text("“街道乡镇审核”已提交")


def test_everything_that_takes_the_focus_shows_it(site: Site, officer: Callable[..., Officer]) -> None:
    page = officer("renshe").open_task(site.shared_case(filings.filed), "受理审查").page
    page.locator("#main").focus()
    unmarked = []
    for _ in range(60):
        page.keyboard.press("Tab")
        unmarked += page.evaluate(_FOCUS_WITHOUT_MARK)
    assert unmarked == []


_FOCUS_WITHOUT_MARK = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return [];
  const marked = [here, here.parentElement, here.closest("label, .drop")].filter(Boolean).some(element => {
    const style = getComputedStyle(element);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  });
  return marked ? [] : [here.outerHTML.slice(0, 120)];
}"""


def test_the_page_of_a_case_on_paper(site: Site, officer: Callable[..., Officer]) -> None:
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    no = site.shared_case(filings.recognised)
    chief = officer("renshe-kz")
    page = chief.go(f"/cases/{no}")
    page.locator(".djs-container").wait_for()
    paper = page.pdf(format="A4")
    with pikepdf.open(io.BytesIO(paper)) as document:
        assert 3 <= len(document.pages) <= 14
        box = document.pages[0].mediabox
        assert (float(box[2]), float(box[3])) == pytest.approx(A4, abs=1)
    # Chromium maps some glyphs back to the radicals of which they have the shape.
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", extract_text(io.BytesIO(paper))))
    for words in (no, "打印时间", "征求", "办理过程", "公文", "场地面积", "6200"):
        assert words in text, words
    for words in ("跳到主要内容", "待办事项", "长者模式", "搜索办件"):
        assert words not in text, f"{words} is of no use on paper"
