"""Somebody changes a process with the keyboard alone: adds a step, is told what is missing, and mends it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.journeys.people import Officer

FLOW = "workflows/tongzhou/training.bpmn"


def begun(person: Officer, title: str) -> str:
    """Begin a draft with the keyboard and return its address."""
    page = person.go("/studio")
    page.get_by_label("草稿名称").fill(title)
    page.get_by_label("草稿名称").press("Enter")
    page.wait_for_url(re.compile(r"/studio/[0-9a-f-]{36}$"))
    return urlsplit(page.url).path


def test_a_step_is_added_named_and_mended_with_the_keyboard_alone(officer: Callable[..., Officer]) -> None:
    person = officer("admin")
    page = person.go(f"{begun(person, '增加复核环节')}/files/{FLOW}")
    state, keys = page.locator("[data-studio-state]"), page.keyboard
    expect(page.locator("[data-studio-count]")).to_have_text(re.compile("没有问题"))

    before = page.locator("#studio-file").text_content()
    page.get_by_label("当前元素").focus()
    page.get_by_label("当前元素").select_option(index=5)
    page.get_by_role("button", name="办理步骤", exact=True).focus()
    keys.press("Enter")
    expect(page.get_by_label("名称", exact=True)).to_be_focused()
    keys.type("复核培训材料")
    keys.press("Control+s")
    expect(state).to_have_text(re.compile("已保存"))
    keys.press("Control+s")  # nothing is left to save: still told when it was saved
    expect(state).to_have_text(re.compile("已保存"))
    finding = page.get_by_role("button", name=re.compile("复核培训材料.*没有指定表单"))
    expect(finding).to_be_visible()

    finding.focus()
    keys.press("Enter")
    form = page.get_by_label("表单", exact=True)
    form.focus()
    form.select_option("record_training_check")
    position = page.get_by_label("办理岗位", exact=True)
    position.focus()
    position.select_option(index=1)
    reason = page.get_by_label("本地缺省的理由")
    reason.focus()
    keys.type("材料由第二人复核")
    keys.press("Control+s")
    expect(finding).to_have_count(0)
    expect(state).to_have_text(re.compile("已保存"))

    page.reload()
    after = page.locator("#studio-file").text_content()
    assert "复核培训材料" in after
    assert "复核培训材料" not in before
    assert person.complaints == []


def test_opening_a_file_saves_nothing(officer: Callable[..., Officer]) -> None:
    person = officer("admin")
    draft = begun(person, "只看不改")
    for path in (
        FLOW,
        "workflows/tongzhou/recognition.dmn",
        "forms/tongzhou/filing.json",
        "docs_templates/tongzhou/refusal_notice.md",
        "workflows/tongzhou/pack.toml",
    ):
        page = person.go(f"{draft}/files/{path}")
        expect(page.locator("[data-studio-count]")).to_have_text(re.compile("本文件"))
        page.keyboard.press("Control+s")
        expect(page.locator("[data-studio-state]")).to_have_text("没有改动")
    person.go(f"{draft}/history")
    person.reads("还没有修改")
    assert person.complaints == []
