"""What was a structure to write is filled in: answers that a late step gives, days off, formats of files."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.journeys.test_studio_editing import begun
from tests.journeys.test_studio_words import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.journeys.people import Officer

MANIFEST = "workflows/tongzhou/pack.toml"


def kept(page: Page) -> str:
    """Save, open the file anew and return its text."""
    page.keyboard.press("Control+s")
    expect(page.locator("[data-studio-state]")).to_have_text(re.compile("已保存"))
    page.reload()
    text: str = json.loads(page.locator("#studio-file").text_content() or "")["text"]
    return text


def test_what_counts_as_submitted_is_answered_like_the_form(officer: Callable[..., Officer]) -> None:
    person = officer("admin")
    page = shown(person, f"{begun(person, '逾期视为')}/files/workflows/tongzhou/recognition.bpmn")
    page.get_by_label("当前元素").select_option("opinion_police")
    group = page.get_by_role("group", name="逾期视为提交")
    expect(group.get_by_label("结论", exact=True)).to_have_value('"无意见"')
    group.get_by_label("结论", exact=True).select_option(label="同意")
    expect(group.get_by_label("逾期视为提交的标记", exact=True)).to_have_value("true")
    group.get_by_label("逾期视为提交：加一项").select_option(label="理由")
    group.get_by_label("理由", exact=True).fill("未在期限内反馈")
    group.get_by_label("理由", exact=True).press("Tab")
    expect(group.get_by_label("结论", exact=True)).to_have_value('"同意"')
    answers = '{"conclusion": "同意", "presumed": true, "reason": "未在期限内反馈"}'
    assert answers in unescape(kept(page))
    assert person.complaints == []


def test_days_off_are_chosen_in_a_year_with_the_keyboard(officer: Callable[..., Officer]) -> None:
    person = officer("admin")
    page = shown(person, f"{begun(person, '日历')}/files/{MANIFEST}")
    page.get_by_role("button", name="工作日历", exact=True).click()
    page.get_by_role("button", name="下一年").press("Enter")
    expect(page.get_by_role("heading", name="2027 年")).to_be_visible()
    page.get_by_role("button", name="下一年").press("Tab")
    expect(page.get_by_label("1月1日 星期五 上班")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_label("1月1日 星期五 放假")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")  # while the first is still being written
    expect(page.get_by_label("1月2日 星期六 调休上班")).to_be_checked()
    expect(page.get_by_role("heading", name="1 月 21 个工作日")).to_be_visible()
    page.get_by_label("1月2日 星期六 调休上班").press("ArrowDown")
    expect(page.get_by_label("1月9日 星期六 周末休息")).to_be_focused()
    text = kept(page)
    assert "2027-01-01" in text.split("workdays =")[0].split("holidays =")[1]
    assert "2027-01-02" in text.split("workdays =")[1]
    assert person.complaints == []


def test_formats_of_files_are_ticked(officer: Callable[..., Officer]) -> None:
    person = officer("admin")
    page = shown(person, f"{begun(person, '格式')}/files/forms/tongzhou/filing.json")
    page.locator("[data-studio-structure] button").filter(has_text="上传文件").first.click()
    formats = page.get_by_role("group", name="接受的格式")
    expect(formats.get_by_label("PDF")).to_be_checked()
    formats.get_by_label("DOCX").uncheck()
    expect(page.locator("[data-studio-preview]")).to_contain_text("PDF、JPG、PNG、XLSX")
    assert '"accept": "pdf,jpg,png,xlsx"' in kept(page)
    assert person.complaints == []


def test_a_service_without_parameters_and_recipients_that_are_ticked_are_written_as_the_engine_wants(
    officer: Callable[..., Officer],
) -> None:
    person = officer("admin")
    page = shown(person, f"{begun(person, '服务')}/files/workflows/tongzhou/recognition.bpmn")
    outline = page.get_by_label("当前元素")
    outline.select_option(label="暂停计时")
    page.get_by_label("做什么").select_option(label="恢复计时")
    outline.select_option(label="印发申请报告")
    recipients = page.get_by_role("group", name="主送单位")
    expect(recipients.get_by_label("按表达式…")).to_be_visible()
    recipients.get_by_label("区财政局").check()
    expect(recipients.get_by_label("区财政局")).to_be_checked()
    page.keyboard.press("Control+s")
    expect(page.locator("[data-studio-state]")).to_have_text(re.compile("已保存"))
    expect(page.locator("[data-studio-count]")).to_have_text(re.compile("没有问题|本文件"))
    expect(page.get_by_text("不符合 BPMN 规范")).to_have_count(0)
    assert person.complaints == []


def test_a_template_is_seen_with_another_sample(officer: Callable[..., Officer]) -> None:
    person = officer("admin")
    page = shown(person, f"{begun(person, '示例')}/files/docs_templates/tongzhou/application_report.md")
    choice = page.get_by_label("用哪份数据预览")
    expect(choice.locator("option")).to_have_count(2)
    page.get_by_text("示例数据", exact=True).click()
    facts = page.get_by_label("示例数据（JSON）")
    expect(facts).to_have_value(re.compile("张家湾演示零工市场"))
    choice.focus()
    choice.select_option(index=1)
    expect(facts).to_have_value(re.compile("梨园演示零工驿站"))
    assert person.complaints == []


def test_a_column_and_the_menu_of_a_cell_are_opened_with_the_keyboard_alone(
    officer: Callable[..., Officer],
) -> None:
    person = officer("admin")
    page = shown(person, f"{begun(person, '表格键盘')}/files/workflows/tongzhou/subsidy.dmn")
    head, keys = page.locator("th.input-cell").first, page.keyboard
    expect(head).to_have_attribute("tabindex", "0")
    page.get_by_role("textbox", name="决策名称").focus()
    keys.press("Tab")
    keys.press("Tab")
    expect(head).to_be_focused()
    keys.press("Enter")
    expect(page.locator(".type-ref-edit-select")).to_be_visible()
    keys.press("Escape")
    expect(page.locator(".type-ref-edit-select")).to_have_count(0)
    page.locator("td.input-cell").first.get_by_role("textbox").focus()
    keys.press("Shift+F10")
    expect(page.get_by_label("决策表的菜单")).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_label("决策表的菜单")).to_have_count(0)
    assert person.complaints == []


def test_a_kind_of_market_is_added_with_its_name_and_its_posts_are_put_out(
    officer: Callable[..., Officer],
) -> None:
    person = officer("admin")
    page = shown(person, f"{begun(person, '新的类别')}/files/{MANIFEST}")
    page.get_by_role("button", name="名录", exact=True).click()
    ends = page.get_by_label("名称的结尾")
    expect(ends).to_have_value("综合性零工市场 = 零工市场\n零工驿站 = 零工驿站")
    ends.fill("综合性零工市场 = 零工市场\n行业性零工市场 = XX零工市场")
    ends.press("Tab")
    page.get_by_role("button", name="零工服务专区", exact=True).click()
    page.get_by_role("group", name="发布哪些档案种类").get_by_label("典型案例").check()
    text = kept(page)
    assert '"行业性零工市场" = "XX零工市场"' in text
    assert '"零工驿站" = ' not in text
    assert 'records = ["job_posting", "training", "good_practice"]' in text
    assert person.complaints == []


def test_a_long_list_is_one_stop_of_the_tab_key_until_it_is_opened(officer: Callable[..., Officer]) -> None:
    person = officer("admin")
    page = shown(person, f"{begun(person, '长名单')}/files/forms/tongzhou/meeting_decision.json")
    named = page.get_by_role("group", name="用到的其他表单")
    rest = named.get_by_text(re.compile(r"^其他 \d+ 项$"))
    expect(named.get_by_label(re.compile("满意度调查")).first).to_be_hidden()
    rest.press("Enter")
    named.get_by_label(re.compile("综合性零工市场建设项目申请")).first.check()
    expect(named.locator("> * > label").get_by_text(re.compile("综合性零工市场建设项目申请"))).to_be_visible()
    assert person.complaints == []
