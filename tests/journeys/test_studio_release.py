"""One threshold is changed from opening its table to a new case that follows it, by two people in a browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.journeys.keystrokes import Hands
from tests.journeys.test_studio_editing import begun

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.journeys.people import Officer

NOTE = "综合性零工市场的面积要求由 5000 ㎡改为 6000 ㎡"

LONG = 90_000
"""Milliseconds: a release is checked, and its scenarios played, before the page answers."""


def test_a_threshold_is_changed_checked_and_released_by_a_second_person(
    officer: Callable[..., Officer],
) -> None:
    editor, chief = officer("admin"), officer("renshe-kz")
    begun(editor, "调整面积要求")
    changing = _changed(editor)
    approving = _approved(chief)
    # docs/studio.md says how many minutes that is.
    assert (changing.clicks, changing.pages) == (7, 5)
    assert (approving.clicks, approving.pages) == (3, 3)
    assert changing.keys + approving.keys == 74
    assert changing.seconds + approving.seconds < 60  # by the model, from these counts

    page = officer("majuqiao").go("/cases/new")
    start = page.get_by_role("button", name=re.compile("开始填写.*申请认定"))
    start.click()
    expect(page).to_have_url(re.compile(r"/cases/TZ-RD-\d{4}-\d{4}/tasks/"))
    page = chief.go("/studio")
    earlier = page.locator("li").filter(has_text="恢复为现行版本").first  # other journeys release too
    earlier.get_by_text("恢复为现行版本").click()
    earlier.get_by_label("恢复的理由").fill("演示：恢复原来的要求")
    earlier.get_by_role("button", name="确认恢复").click()
    expect(page.get_by_text(re.compile("已恢复，之后发起的办件按这一版办理"))).to_be_visible()
    assert editor.complaints == chief.complaints == []


def _changed(editor: Officer) -> Hands:
    """Open the table, change the figure, look at what changed, and hand it in; the draft is begun."""
    page, hands = editor.page, Hands(editor.page)
    hands.click(page.locator("a[href$='/tongzhou/recognition.dmn']").first)
    hands.click(page.get_by_text(re.compile(r"^>=\s*5000$")).first)
    hands.press("Control+a")
    hands.type(">= 6000")
    hands.press("Control+s")
    expect(page.locator("[data-studio-state]")).to_have_text(re.compile("已保存"))
    hands.click(page.locator(".breadcrumb").get_by_role("link", name="调整面积要求"))
    expect(page.get_by_text("检查没有发现问题")).to_be_visible()
    hands.click(page.get_by_role("link", name="修改了什么"))
    expect(page.get_by_role("row", name=re.compile("面积.*5000.*6000"))).to_be_visible()
    hands.reads()
    hands.click(page.locator(".breadcrumb").get_by_role("link", name="调整面积要求"))
    hands.click(page.get_by_label("发布说明"))
    hands.type(NOTE)
    hands.click(page.get_by_role("button", name="提交核准"))
    expect(page.get_by_text("已提交，请另一名有核准权限的人员核准发布。")).to_be_visible(timeout=LONG)
    expect(page.get_by_role("button", name="核准发布")).to_have_count(0)
    return hands


def _approved(chief: Officer) -> Hands:
    """Find the draft, look at what changed, and release it."""
    page = chief.go("/")
    hands = Hands(page)
    hands.click(page.get_by_role("navigation").get_by_role("link", name="政策包编辑"))
    hands.click(page.get_by_role("link", name="调整面积要求"))
    expect(page.get_by_text(NOTE)).to_be_visible()
    hands.reads()
    hands.click(page.get_by_role("button", name="核准发布"))
    expect(page.get_by_text("已核准发布，已启用，之后发起的办件按新版办理。")).to_be_visible(timeout=LONG)
    expect(page.get_by_text(NOTE)).to_be_visible()
    return hands
