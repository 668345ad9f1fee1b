"""Whoever changes a pack reads Chinese everywhere, also in what the libraries of the editors draw."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.journeys.test_studio_editing import begun
from tests.journeys.wording import foreign_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from tests.journeys.people import Officer


def shown(person: Officer, address: str) -> Page:
    """Open an editor and wait until it has checked its file."""
    page = person.go(address)
    expect(page.locator("[data-studio-count]")).to_have_text(re.compile("本文件"))
    return page


def test_the_draft_and_what_was_changed_are_told_in_chinese(officer: Callable[..., Officer]) -> None:
    person = officer("admin")
    draft = begun(person, "看字")
    page = person.go(draft)
    expect(page.get_by_text("检查没有发现问题")).to_be_visible()
    assert [text for text in foreign_words(page) if "放在" not in text] == []  # paths, where one types a path
    page = shown(person, f"{draft}/files/workflows/tongzhou/policy.txt")
    page.locator(".cm-content").press("Control+Home")
    page.keyboard.type("试行 ")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-studio-state]")).to_have_text(re.compile("已保存"))
    for part in ("/history", "/history/1", "/changes", "/impact", "/findings"):
        assert foreign_words(person.go(f"{draft}{part}")) == [], part


def test_a_process_is_drawn_and_described_in_chinese(officer: Callable[..., Officer]) -> None:
    person = officer("admin")
    page = shown(person, f"{begun(person, '看流程')}/files/workflows/tongzhou/recognition.bpmn")
    outline = page.get_by_label("当前元素")
    assert foreign_words(page) == []
    for step in ("街道乡镇审核", "审核通过？", "印发申请报告", "街道乡镇"):
        outline.select_option(label=step)
        expect(page.locator("[data-studio-chosen]")).to_have_text(step)
        assert foreign_words(page) == [], step
    page.get_by_role("button", name="查找").click()
    page.keyboard.type("审核")
    assert foreign_words(page) == []


def test_a_decision_table_with_its_menus_is_in_chinese(officer: Callable[..., Officer]) -> None:
    person = officer("admin")
    page = shown(person, f"{begun(person, '看规则')}/files/workflows/tongzhou/recognition.dmn")
    for what in ways_into(page):
        assert foreign_words(page) == [], what
    page.get_by_label("决策", exact=True).select_option(index=0)
    expect(page.locator(".djs-shape").first).to_be_visible()
    page.locator(".djs-shape").first.click()
    expect(page.locator(".djs-context-pad.open")).to_be_visible()
    assert foreign_words(page) == []


def ways_into(page: Page) -> Iterator[str]:
    """Open everything that a table can open, one after the other, and name it."""
    head, cell = page.locator("th.input-cell").first, page.locator("td.input-cell").first
    expect(head).to_contain_text("文字")
    yield "table"
    for each in (head, page.locator("th.output-cell").first):
        each.dblclick()
        expect(page.locator(".type-ref-edit-select")).to_have_text("文字")
        yield "column"
        page.locator(".type-ref-edit-select").click()
        expect(page.locator(".dms-select-options")).to_contain_text("日期和时间")
        yield "types"
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
    for place in (head, cell):
        place.click(button="right")
        expect(page.get_by_label("决策表的菜单")).to_be_visible()
        yield "menu"
        page.keyboard.press("Escape")
    cell.click()
    yield "cell"


@pytest.mark.parametrize(
    "path",
    ["docs_templates/tongzhou/refusal_notice.md", "workflows/tongzhou/clauses.toml"],
)
def test_texts_are_edited_in_chinese(path: str, officer: Callable[..., Officer]) -> None:
    person = officer("admin")
    assert foreign_words(shown(person, f"{begun(person, '看文字')}/files/{path}")) == []


def test_every_kind_of_field_of_a_form_is_described_in_chinese(officer: Callable[..., Officer]) -> None:
    person = officer("admin")
    page = shown(person, f"{begun(person, '看表单')}/files/forms/tongzhou/filing.json")
    parts = page.locator("[data-studio-structure] button")
    kinds: dict[str, str] = {}
    for text in parts.all_inner_texts()[1:]:
        title, kind = text.split("\n")[:2]
        kinds.setdefault(kind, title)
    assert len(kinds) > 6
    for kind, title in kinds.items():
        parts.filter(has_text=title).filter(has_text=kind).first.click()
        expect(page.locator("[data-studio-chosen]")).to_have_text(title)
        assert foreign_words(page) == [], kind


def test_basic_data_are_filled_in_in_chinese(officer: Callable[..., Officer]) -> None:
    person = officer("admin")
    page = shown(person, f"{begun(person, '看基本信息')}/files/workflows/tongzhou/pack.toml")
    for section in ("单位", "岗位", "事项", "公文", "档案种类", "设置"):
        rows = page.locator("details", has=page.locator("summary", has_text=re.compile(f"^{section}（")))
        rows.locator("summary").click()
        rows.locator("ol button").first.click()
        expect(page.locator("[data-studio-chosen]")).to_contain_text(f"{section} · ")
        assert foreign_words(page) == [], section
    for section in ("辖区", "名录", "工作日历"):
        page.get_by_role("button", name=section, exact=True).click()
        expect(page.locator("[data-studio-chosen]")).to_have_text(section)
        assert foreign_words(page) == [], section
