"""Without JavaScript a filing can be filled in, kept, and sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.factories import filings
from tests.journeys.papers import filing_of_a_station, paper

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.journeys.people import Officer
    from tests.journeys.site_under_test import Site


def test_a_filing_is_filled_in_saved_and_sent_without_scripts(
    site: Site, officer: Callable[..., Officer]
) -> None:
    no = site.case(filings.started, "station")
    clerk = officer("songzhuang", "经办", java_script_enabled=False)
    page = clerk.page
    filing = filing_of_a_station()

    form = clerk.open_task(no, "填写认定申请")
    form.fill({"kind": "零工驿站", "operator": {"has": False}, "platform": {"has": False}})
    page.get_by_role("button", name="暂存").click()
    clerk.reads("已暂存")
    expect(form.box("site-use_mode")).to_be_visible()
    expect(form.box("zones")).to_be_hidden()

    form.fill(filing)
    form.choose("site_files", paper("驿站场地图.pdf"))
    form.choose("platform_statement", paper("改名.pdf", b"not a PDF"))
    form.submit()
    expect(page.locator("[data-error-summary]")).to_contain_text("不是可以接收的文件")
    expect(form.field("site-host_name")).to_have_value("小堡社区服务站")
    clerk.reads("驿站场地图.pdf")

    form.choose("platform_statement", paper("线上服务说明.pdf"))
    form.submit()
    clerk.reads("“填写认定申请”已提交")


def test_the_case_page_needs_no_scripts(site: Site, officer: Callable[..., Officer]) -> None:
    no = site.shared_case(filings.accepted)
    bureau = officer("renshe", java_script_enabled=False)
    page = bureau.go(f"/cases/{no}")
    expect(page.locator(".text-steps")).to_contain_text("受理审查")
    bureau.reads("已反馈 0 / 5")
    page.locator(".site-search input").fill(no)
    page.locator(".site-search input").press("Enter")
    expect(page.get_by_role("link", name="关于认定通州区马驹桥镇零工市场的申请").first).to_be_visible()
