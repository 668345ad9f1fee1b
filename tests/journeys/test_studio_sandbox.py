"""A draft is tried out in the browser: one step by hand, the rest as its scenario tells, then kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.journeys.people import Officer

GOOD = "综合性零工市场：材料齐全，各单位同意，准予认定"


def test_a_draft_is_walked_through_and_the_walk_is_kept(officer: Callable[..., Officer]) -> None:
    admin = officer("admin")
    page = admin.go("/studio")
    page.get_by_label("草稿名称").fill("沙箱试办的草稿")
    page.get_by_role("button", name="新建").click()
    page.get_by_role("link", name="沙箱试办").click()

    page.get_by_role("button", name=GOOD).click()
    expect(page.locator("#task-title")).to_have_text("填写认定申请")
    page.get_by_role("button", name="填入").click()
    page.locator("#task [data-submit]").click()
    expect(page.locator("#task-title")).to_have_text("街道乡镇审核")
    expect(page.locator("[data-diagram-canvas] svg").first).to_be_visible()

    page.get_by_role("button", name="推进 1 个工作日").click()
    admin.reads("时间推进 1 个工作日")
    page.get_by_role("button", name="从头再来").click()
    page.get_by_role("button", name="照场景走完").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("沙箱")
    admin.reads("没有等待办理的环节")
    admin.reads("已列入名录")

    page.get_by_label("名称", exact=True).fill("走完全程")
    page.get_by_label("文件名").fill("recognition_walked")
    page.get_by_role("button", name="保留为场景").click()
    admin.reads("场景“走完全程”已保留在草稿中")
    page.get_by_role("button", name="结束沙箱").click()
    admin.reads("沙箱已结束")
    expect(page.get_by_role("button", name="走完全程")).to_be_visible()
