"""What an office does beside the steps: stands in, does several at once, urges, supervises, suspends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.factories import filings
from tests.journeys.audit import problems
from tests.journeys.people import Form
from webapp.core.clock import beijing_date, now

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.journeys.people import Officer
    from tests.journeys.site_under_test import Site


def _stand_in(site: Site, officer: Callable[..., Officer]) -> Officer:
    """Let the reviewer be away today; return the clerk who acts for them now."""
    reviewer = officer("majuqiao-sh")
    page = reviewer.go("/me/substitutions")
    page.get_by_label("代理人").select_option(label="演示刘洋（马驹桥镇 经办）")
    page.get_by_label("结束日期（含当日）").fill(beijing_date(now()).isoformat())
    page.get_by_label("事由（可不填）").fill("外出培训")
    page.get_by_role("button", name="设置代理").click()
    reviewer.reads("代理已设置")
    clerk = officer("majuqiao")
    clerk.take_position("代 演示陈静 · 马驹桥镇 审核")
    clerk.reads("您正在代 演示陈静 办理")
    return clerk


def test_a_substitute_does_several_at_once_in_the_other_s_name(
    site: Site, officer: Callable[..., Officer]
) -> None:
    numbers = [site.case(filings.filled) for _ in range(3)]
    clerk = _stand_in(site, officer)
    page = clerk.go("/inbox?sort=newest")
    expect(page.get_by_role("button", name="批量办理")).to_be_disabled()
    for _ in range(2):
        page.keyboard.press("j")
        page.keyboard.press("x")
    expect(page.locator("[data-selected]")).to_have_text("2")
    page.get_by_label("全选本页").check()
    for row in page.locator("[data-row]").all():
        if not any(no in (row.text_content() or "") for no in numbers):
            row.locator("[data-select]").uncheck()
    expect(page.locator("[data-selected]")).to_have_text("3")
    assert problems(page) == []
    page.get_by_role("button", name="批量办理").click()

    clerk.reads("用于下列 3 件")
    page.get_by_label("同意报签").check()
    page.get_by_label("审核意见").fill("情况属实，同意上报。")
    page.get_by_role("button", name="下一步：逐件确认").click()
    for no in numbers:
        clerk.reads(no)
    page.locator(".named-cases li").filter(has_text=numbers[0]).get_by_role("checkbox").uncheck()
    assert problems(page) == []
    page.get_by_role("button", name="确认办结").click()
    clerk.reads("已办结 2 项")

    clerk.go(f"/cases/{numbers[1]}")
    clerk.reads("演示刘洋 代 演示陈静")
    clerk.go(f"/inbox?q={numbers[0]}")
    clerk.reads(numbers[0])

    other = officer("majuqiao-sh")
    page = other.go("/me/substitutions")
    page.get_by_role("button", name="撤销").first.click()
    other.reads("代理已撤销")
    clerk.go("/inbox")
    expect(clerk.page.locator(".stand-in")).to_have_count(0)
    expect(clerk.page.locator(".who-text")).to_contain_text("马驹桥镇 · 经办")


def test_several_are_done_at_once_without_scripts(site: Site, officer: Callable[..., Officer]) -> None:
    numbers = [site.case(filings.accepted) for _ in range(2)]
    police = officer("gongan", java_script_enabled=False)
    page = police.go("/inbox?sort=newest")
    for no in numbers:
        page.locator("[data-row]").filter(has_text=no).get_by_role("checkbox").check()
    page.get_by_role("button", name="批量办理").click()
    page.get_by_role("button", name="下一步：逐件确认").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    Form(page).fill(filings.content("market")["opinion_police"])
    page.get_by_role("button", name="下一步：逐件确认").click()
    page.get_by_role("button", name="确认办结").click()
    police.reads("已办结 2 项")
    for no in numbers:
        police.does_not_have(no)


def test_a_case_is_urged_supervised_shown_and_suspended(site: Site, officer: Callable[..., Officer]) -> None:
    no = site.case(filings.accepted)
    deputy, police, office = officer("renshe-fj"), officer("gongan"), officer("renshe-bgs")
    page = deputy.go(f"/cases/{no}")
    page.locator("tr").filter(has_text="市公安局通州分局").get_by_role("button", name="催办").click()
    deputy.reads("已催办")
    page.get_by_role("button", name="督办", exact=True).click()
    dialog = page.locator("#supervise-dialog")
    dialog.get_by_label("督办要求").fill("请各单位本周内反馈。")
    dialog.get_by_role("button", name="列入督办").click()
    deputy.reads("请各单位本周内反馈。")
    page.get_by_role("link", name="抄送传阅").click()
    page.get_by_label("传阅：请对方确认阅知").check()
    page.get_by_label("演示冯雪（局办公室（局长办公会记录））").check()
    assert problems(page) == []
    page.get_by_role("button", name="发送").click()
    deputy.reads("已传阅 1 人")

    row = police.go(f"/inbox?q={no}").locator("[data-row]").filter(has_text=no)
    expect(row).to_contain_text("督办")
    expect(row).to_contain_text("区人力社保局 分管领导 演示王磊")
    page = office.go("/circulations")
    row = page.locator("[data-row]").filter(has_text=no)
    row.get_by_label("阅后意见（可不填）").fill("已阅，请抓紧。")
    row.get_by_role("button", name="已阅").click()
    office.reads("已确认阅知")

    page = deputy.go(f"/cases/{no}")
    deputy.reads("已阅，请抓紧。")
    page.get_by_role("button", name="暂停").click()
    dialog = page.locator("#suspend-dialog")
    dialog.get_by_label("暂停的理由").fill("申请单位来函请求暂缓。")
    dialog.get_by_role("button", name="确认暂停").click()
    deputy.reads("本件已暂停，各环节暂不能办理")
    police.open_task(no, "反馈意见")
    police.reads("本件已暂停：申请单位来函请求暂缓。")
    deputy.page.get_by_role("button", name="恢复办理").click()
    deputy.reads("本件已恢复办理")
    police.open_task(no, "反馈意见").fill(filings.content("market")["opinion_police"]).done("已提交")


def test_who_has_taken_a_step_is_seen_until_they_give_it_back(
    site: Site, officer: Callable[..., Officer]
) -> None:
    no = site.case(filings.filed)
    first, second = officer("renshe"), officer("renshe-2")
    first.open_task(no, "受理审查")
    first.page.get_by_role("button", name="认领", exact=True).click()
    first.reads("由 演示周敏 认领")
    second.go(f"/inbox?q={no}")
    second.reads("演示周敏")
    first.open_task(no, "受理审查")
    first.page.get_by_role("button", name="退回待认领").click()
    expect(first.page.locator(".notices")).to_be_visible()
    form = second.open_task(no, "受理审查")
    form.fill(filings.content("market")["acceptance"]).done("“受理审查”已提交")


def test_a_case_is_terminated_with_a_reason_for_good(site: Site, officer: Callable[..., Officer]) -> None:
    no = site.case(filings.accepted)
    deputy, police = officer("renshe-fj"), officer("gongan")
    page = deputy.go(f"/cases/{no}")
    page.get_by_role("button", name="终止", exact=True).click()
    dialog = page.locator("#terminate-dialog")
    dialog.get_by_role("button", name="确认终止").click()
    expect(dialog).to_be_visible()  # without a reason nothing is sent
    dialog.get_by_label("终止的理由").fill("场地灭失，认定已无意义。")
    dialog.get_by_role("button", name="确认终止").click()
    deputy.reads("本件已终止，有关单位的待办已取消")
    deputy.reads("场地灭失，认定已无意义。")
    police.does_not_have(no)
