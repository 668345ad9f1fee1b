"""零工驿站, and the other ways a filing may end: refused, decided by the meeting, sent back, withdrawn.

Policy: TZ-3.1, TZ-2.2.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.factories import filings
from tests.journeys.papers import filing_of_a_station, paper
from tests.journeys.people import Form

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.journeys.people import Officer, Visitor
    from tests.journeys.site_under_test import Site

NAME = "宋庄镇演示站"
ASKED_OF_A_STATION = ("host", "station_sign", "use_mode", "free_space")


def test_a_station_is_recognised_after_fewer_bodies_were_asked(
    officer: Callable[..., Officer], visitor: Callable[..., Visitor]
) -> None:
    told = filings.content("station")
    told["filing"] = filing_of_a_station()
    told["filing"]["short_name"] = told["draft_opinion"]["market_short_name"] = NAME
    no = _the_clerk_files(officer("songzhuang", "经办"), told)
    leader = officer("songzhuang-ld")
    leader.open_task(no, "主要领导签发").fill(told["township_sign"]).done("已提交")
    officer("renshe").open_task(no, "受理审查").fill(told["acceptance"]).done("已提交")
    officer("renshe-kz").open_task(no, "核稿").fill(told["paper_review"]).done("已提交")

    bureau = officer("renshe")
    bureau.go(f"/cases/{no}")
    bureau.reads("已反馈 0 / 2")
    officer("jiaotong").does_not_have(no)
    officer("gongan").open_task(no, "反馈意见").fill(told["opinion_police"]).done("已提交")
    officer("gonghui").open_task(no, "反馈意见").fill(told["opinion_union"]).done("已提交")

    _site_check(officer, no, told)
    officer("renshe-kz").open_task(no, "拟定综合意见").fill(told["draft_opinion"]).done("已提交")
    officer("renshe-fj").open_task(no, "分管领导审定").fill(told["leader_decision"]).done("已提交")
    anybody = visitor()
    anybody.go("/directory?q=" + NAME)
    anybody.page.get_by_role("link", name=f"通州区{NAME}零工驿站").first.click()
    anybody.reads("北京市通州区宋庄镇小堡村演示街2号")


def test_a_filing_is_refused_with_reasons_that_the_applicant_reads(
    site: Site, officer: Callable[..., Officer], visitor: Callable[..., Visitor]
) -> None:
    no = site.case(filings.checked, "station")
    reasons = "场地为临时租用，不能长期使用（演示理由）"
    form = officer("renshe-kz").open_task(no, "拟定综合意见")
    form.enter("recommend", "refuse")
    form.fill({"reasons": reasons, "route": "deputy", "disclosure": "主动公开", "secrecy_checked": True})
    form.done("已提交")
    deputy = officer("renshe-fj").open_task(no, "分管领导审定")
    deputy.fill({"decision": "refuse", "comment": "同意科室意见。"}).done("已提交")

    clerk = officer("songzhuang")
    page = clerk.go(f"/cases/{no}")
    expect(page.locator(".hero")).to_contain_text("不予认定")
    page.get_by_role("link", name=re.compile("不予认定")).first.click()
    expect(page.locator("article.sheet")).to_contain_text(reasons)
    anybody = visitor()
    anybody.go("/directory")
    expect(anybody.page.locator("body")).not_to_contain_text("小堡零工驿站")


def test_the_meeting_decides_when_the_section_sends_it_there(
    site: Site, officer: Callable[..., Officer]
) -> None:
    no = site.case(filings.checked)
    told = filings.content("market")["draft_opinion"] | {
        "route": "meeting",
        "market_short_name": "马驹桥镇会议",
    }
    officer("renshe-kz").open_task(no, "拟定综合意见").fill(told).done("已提交")
    officer("renshe-fj").does_not_have(no)
    form = officer("renshe-bgs").open_task(no, "局长办公会审议")
    form.fill(
        {
            "minutes_no": "演示纪要〔2026〕1号",
            "held_on": "2026-11-13",
            "attendees": 7,
            "result": "approve",
            "main_points": "会议同意认定（演示内容）",
        }
    )
    form.attach("minutes_files", paper("会议纪要.pdf"))
    form.done("“局长办公会审议”已提交")
    chief = officer("renshe-kz")
    chief.go(f"/cases/{no}")
    chief.reads("通州区马驹桥镇会议零工市场")
    chief.reads("演示纪要〔2026〕1号")


def test_the_deputy_sends_the_draft_back_and_it_is_still_there(
    site: Site, officer: Callable[..., Officer]
) -> None:
    no = site.case(filings.drafted)
    deputy = officer("renshe-fj").open_task(no, "分管领导审定")
    deputy.fill({"decision": "return", "comment": "请补充开业前要求的时限。"}).done("已提交")
    chief = officer("renshe-kz")
    form = chief.open_task(no, "拟定综合意见")
    expect(form.root.get_by_text("请补充开业前要求的时限。")).to_be_visible()
    expect(form.field("reasons")).to_have_value(re.compile("五家单位同意或有条件同意"))
    form.done("“拟定综合意见”已提交")


def test_the_township_withdraws_and_nobody_has_it_any_more(
    site: Site, officer: Callable[..., Officer]
) -> None:
    no = site.case(filings.accepted)
    clerk = officer("majuqiao")
    page = clerk.go(f"/cases/{no}")
    page.get_by_role("button", name="撤回申请").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("选址调整，另行申请（演示理由）")
    dialog.get_by_role("button", name=re.compile("撤回")).click()
    clerk.reads("申请已撤回")
    expect(page.locator(".hero")).to_contain_text("已撤回")
    clerk.reads("选址调整，另行申请（演示理由）")
    officer("gongan").does_not_have(no)


def _the_clerk_files(clerk: Officer, told: dict[str, Any]) -> str:
    page = clerk.go("/cases/new")
    page.get_by_role("button", name="开始填写 ：零工市场（驿站）申请认定").click()
    expect(page.locator("#task-title")).to_have_text("填写认定申请")
    no = page.locator(".breadcrumb [aria-current]").inner_text()
    form = Form(page)
    form.enter("kind", "零工驿站")
    expect(form.box("site-use_mode")).to_be_visible()
    expect(form.box("zones")).to_be_hidden()
    expect(form.box("facilities-market_sign")).to_be_hidden()
    expect(form.box("need-demand")).to_be_hidden()
    form.fill_filing(told["filing"])
    for field, names in told["files"].items():
        form.attach(field, *map(paper, names))
    form.done("“填写认定申请”已提交")
    clerk.take_position("审核")
    clerk.open_task(no, "街道乡镇审核").fill(told["township_review"]).done("已提交")
    return no


def _site_check(officer: Callable[..., Officer], no: str, told: dict[str, Any]) -> None:
    for username in ("renshe", "renshe-2"):
        inspector = officer(username)
        form = inspector.open_task(no, "现场核查")
        if username == "renshe":
            seen = told["site_check"]
            seen["checks"] = {what: seen["checks"][what] for what in ASKED_OF_A_STATION}
            form.fill(seen)
            form.attach("photos", *map(paper, told["site_check_files"]["photos"]))
        inspector.page.get_by_label("本人与申请单位、运营机构没有利害关系").check()
        form.submit()
        inspector.reads("现场核查”")
