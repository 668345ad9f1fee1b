"""What people do by mistake: nothing typed is lost, nothing happens twice, nobody sees what is not theirs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect
from sqlalchemy import func, select

from tests.factories import filings
from tests.journeys.papers import paper
from tests.journeys.people import Form
from webapp.models.case import Case
from webapp.models.work_item import Submission
from webapp.services.accounts import DEMO_PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.journeys.people import Officer
    from tests.journeys.site_under_test import Site

OPINION = "出入口需要改造后再开业（演示意见）"


def _submissions(site: Site, no: str, form: str) -> int:
    query = (
        select(func.count())
        .select_from(Submission)
        .join(Case, Case.id == Submission.case_id)
        .where(Case.no == no, Submission.form_key == form)
    )
    return int(site.change(lambda session: session.scalar(query)))


def test_a_double_click_submits_once(site: Site, officer: Callable[..., Officer]) -> None:
    no = site.case(filings.filled)
    reviewer = officer("majuqiao-sh")
    form = reviewer.open_task(no, "街道乡镇审核").fill({"pass": True, "opinion": "同意报送。"})
    form.root.locator("[data-submit]").dblclick()
    expect(reviewer.page.locator(".notices")).to_contain_text("“街道乡镇审核”已提交")
    assert _submissions(site, no, "township_review") == 1


def test_going_back_after_submitting_shows_the_case_and_not_the_old_form(
    site: Site, officer: Callable[..., Officer]
) -> None:
    no = site.case(filings.filled)
    reviewer = officer("majuqiao-sh")
    reviewer.open_task(no, "街道乡镇审核").fill({"pass": True}).done("“街道乡镇审核”已提交")
    reviewer.page.go_back()
    expect(reviewer.page).to_have_url(re.compile(f"/cases/{no}$"))
    expect(reviewer.page.locator("form[data-task-form]")).to_have_count(0)


def test_a_step_that_was_done_in_another_tab_is_told_and_keeps_what_was_typed(
    site: Site, officer: Callable[..., Officer]
) -> None:
    no = site.case(filings.filled)
    reviewer = officer("majuqiao-sh")
    form = reviewer.open_task(no, "街道乡镇审核").fill({"pass": False, "opinion": OPINION})
    officer("majuqiao-sh").open_task(no, "街道乡镇审核").fill({"pass": True}).done("“街道乡镇审核”已提交")
    with reviewer.page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        form.submit()
    assert answered.value.status == 409
    reviewer.reads("本次操作没有生效")
    reviewer.reads(re.compile("“街道乡镇审核”已由演示陈静于.*办结"))
    expect(reviewer.page.get_by_text(OPINION)).to_be_visible()
    assert _submissions(site, no, "township_review") == 1


def test_a_colleague_signed_something_else_meanwhile(site: Site, officer: Callable[..., Officer]) -> None:
    no = site.case(filings.consulted)
    told = filings.content("market")
    first = officer("renshe")
    form = first.open_task(no, "现场核查").fill(told["site_check"])
    form.attach("photos", paper("照片.png"))

    second = officer("renshe-2")
    other = second.open_task(no, "现场核查").fill({"summary": OPINION})

    first.page.get_by_label("本人与申请单位、运营机构没有利害关系").check()
    form.done("您已签署“现场核查”")
    second.page.get_by_label("本人与申请单位、运营机构没有利害关系").check()
    other.submit()
    expect(second.page.get_by_role("alert").first).to_contain_text("演示周敏已于")
    expect(Form(second.page).field("summary")).to_have_value(OPINION)


def test_a_session_that_ends_in_the_middle_of_a_form_loses_nothing(
    site: Site, officer: Callable[..., Officer]
) -> None:
    no = site.case(filings.reviewed)
    leader = officer("majuqiao-ld")
    form = leader.open_task(no, "主要领导签发").fill({"pass": True, "opinion": OPINION})
    form.is_saved()
    site.clock.move(minutes=31)
    form.submit()
    leader.reads("登录已过期，本次提交没有生效")
    expect(leader.page.get_by_text(OPINION)).to_be_visible()
    leader.page.get_by_role("link", name="重新登录").click()
    leader.sign_in()
    expect(leader.page.locator("#task-title")).to_have_text("主要领导签发")
    again = Form(leader.page)
    expect(again.field("opinion")).to_have_value(OPINION)
    again.done("“主要领导签发”已提交")


def test_after_signing_in_again_in_another_window_the_open_form_goes_on(
    site: Site, officer: Callable[..., Officer]
) -> None:
    no = site.case(filings.reviewed)
    here, elsewhere = officer("majuqiao-ld"), officer("majuqiao-ld")
    form = here.open_task(no, "主要领导签发")
    page = elsewhere.go("/me")
    page.get_by_role("button", name=re.compile("^退出 ?：")).first.click()
    elsewhere.reads("该设备已退出登录")
    form.fill({"opinion": OPINION})
    expect(form.root.locator("[data-draft-note]")).to_contain_text("登录已过期，刚才的内容尚未保存")
    with here.context.expect_page() as opened:
        form.root.get_by_role("link", name="在新窗口重新登录").click()
    window = opened.value
    window.get_by_label("用户名", exact=True).fill("majuqiao-ld")
    window.get_by_label("密码", exact=True).fill(DEMO_PASSWORD)
    window.locator(".door-form").get_by_role("button", name="登录", exact=True).click()
    expect(window).to_have_url(re.compile("/me$"))
    form.fill({"pass": True})
    form.is_saved()
    form.done("“主要领导签发”已提交")


def test_somebody_elses_case_does_not_exist(site: Site, officer: Callable[..., Officer]) -> None:
    no = site.case(filings.filed, "market")
    stranger = officer("songzhuang")
    for address in (
        f"/cases/{no}",
        f"/cases/{no}/diagram.bpmn",
        f"/cases/{no}/matrix",
        "/cases/TZ-RD-2026-9999",
    ):
        stranger.go(address, status=404)
    stranger.go(f"/cases/{no}", status=404)
    stranger.reads("没有找到")
    body = stranger.page.locator("main").inner_text()
    stranger.go("/cases/TZ-RD-2026-9999", status=404)
    same = stranger.page.locator("main").inner_text()
    assert _without_request(body) == _without_request(same), "两者必须一样，否则可以猜出编号"


def _without_request(text: str) -> str:
    return re.sub(r"请求编号\s*\S+", "", text)


def test_a_wrong_file_is_told_at_its_field_and_the_others_stay(
    site: Site, officer: Callable[..., Officer], tmp_path: Path
) -> None:
    large = tmp_path / "太大.pdf"
    large.write_bytes(b"%PDF-1.4\n" + b" " * (20 * 1024 * 1024))
    no = site.case(filings.started)
    form = officer("majuqiao").open_task(no, "填写认定申请")
    form.enter("kind", "综合性零工市场")
    form.attach("site_files", paper("平面图.pdf"))
    form.choose("site_files", paper("宏.exe", b"MZ"))
    expect(form.entry("site_files", "宏.exe")).to_contain_text("文件格式不符")
    form.choose("site_files", large)
    expect(form.entry("site_files", "太大.pdf")).to_contain_text("文件超过 20 MB")
    form.choose("site_files", paper("改名.pdf", b"this is not a PDF at all"))
    expect(form.entry("site_files", "改名.pdf")).to_contain_text("不是可以接收的文件")
    expect(form.entry("site_files", "平面图.pdf")).to_contain_text("已校验")
    form.entry("site_files", "改名.pdf").get_by_role("button").click()
    expect(form.entry("site_files", "改名.pdf")).to_have_count(0)


def test_fields_that_are_wrong_are_named_and_everything_typed_stays(
    site: Site, officer: Callable[..., Officer]
) -> None:
    no = site.case(filings.started)
    clerk = officer("majuqiao")
    form = clerk.open_task(no, "填写认定申请")
    filing: dict[str, Any] = filings.content("market")["filing"]
    form.fill_filing(filing)
    form.fill({"site.area": "很大", "operator.uscc": "91110112MA01ABCD99", "staff.1.phone": "123"})
    form.field("need-reason").fill("")
    form.submit()

    page = clerk.page
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    for words in ("场地面积", "统一社会信用代码", "联系电话", "必要性综合研判", "② 场地图文资料"):
        expect(summary).to_contain_text(words)
    again = Form(page)
    expect(again.box("site-area").locator(".field-error")).to_be_visible()
    expect(again.field("site-area")).to_have_attribute("aria-invalid", "true")
    expect(again.field("site-area")).to_have_value("很大")
    expect(again.field("operator-uscc")).to_have_value("91110112MA01ABCD99")
    expect(again.field("staff-1-phone")).to_have_value("123")
    expect(again.field("staff-2-name")).to_have_value("演示李响")
    expect(again.field("need-demand_note")).to_have_value(filing["need"]["demand_note"])
    summary.get_by_role("link", name=re.compile("场地面积")).click()
    expect(again.field("site-area")).to_be_focused()
    assert _submissions(site, no, "filing") == 0


def test_a_form_from_before_signing_in_again_is_refused_kindly(
    site: Site, officer: Callable[..., Officer]
) -> None:
    no = site.case(filings.filled)
    reviewer = officer("majuqiao-sh")
    form = reviewer.open_task(no, "街道乡镇审核").fill({"pass": True})
    form.root.locator("[name=csrf_token]").evaluate("input => { input.value = 'old'; }")
    form.submit()
    reviewer.reads("页面停留过久")
    assert _submissions(site, no, "township_review") == 0
