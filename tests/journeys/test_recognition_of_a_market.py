"""综合性零工市场 from the first field to the archive, in the browser, each person in turn.

Monday: the township files. Tuesday: one correction. Thursday: it is answered and the filing accepted.
Friday: opinions and the visit. The next Monday: draft and decision.

Policy: TZ-3.1, TZ-2.1.
"""

from __future__ import annotations

import io
import re
import unicodedata
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest
from pdfminer.high_level import extract_text
from playwright.sync_api import expect

from tests.factories.filings import content
from tests.journeys.papers import paper
from tests.journeys.people import Form

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Route

    from tests.journeys.people import Officer, Visitor
    from tests.journeys.site_under_test import Site

NAME = "马驹桥镇演示一"
BODIES = {
    "opinion_police": "gongan",
    "opinion_traffic": "jiaotong",
    "opinion_finance": "caizheng",
    "opinion_union": "gonghui",
    "opinion_cac": "wangxin",
}


@pytest.fixture
def told() -> dict[str, Any]:
    """What everybody enters, as the demonstration tells it."""
    told = content("market")
    told["filing"]["short_name"] = told["draft_opinion"]["market_short_name"] = NAME
    return told


def test_a_market_is_recognised(
    site: Site, officer: Callable[..., Officer], visitor: Callable[..., Visitor], told: dict[str, Any]
) -> None:
    site.wait_for_monday()
    clerk = officer("majuqiao")
    no = _the_clerk_files(clerk, told)
    _the_township_agrees(officer, no, told)

    site.move(days=1)
    _the_bureau_asks_for_one_correction(officer, no, told)
    site.move(days=2)
    clerk.sign_in()
    _the_clerk_corrects_what_is_marked_and_nothing_else(clerk, no, told)
    _the_bureau_accepts(officer, no, told)

    site.move(days=1)
    _every_body_gives_its_opinion(officer, no, told)
    _two_people_sign_the_site_check(officer, no, told)

    site.move(days=3)
    officer("renshe-kz").open_task(no, "拟定综合意见").fill(told["draft_opinion"]).done("已提交")
    officer("renshe-fj").open_task(no, "分管领导审定").fill(told["leader_decision"]).done("已提交")
    site.finish_background_work()

    chief = officer("renshe-kz")
    _the_case_page_tells_the_whole_story(chief, no)
    verification = _the_reply_can_be_read(chief, no)
    _everybody_can_check_it(visitor(), verification)
    _everybody_finds_the_market(visitor())


def _the_clerk_files(clerk: Officer, told: dict[str, Any]) -> str:
    page = clerk.go("/")
    page.locator(".page-head").get_by_role("link", name="发起申请").click()
    page.get_by_role("button", name="开始填写 ：零工市场（驿站）申请认定").click()
    form = _opened(clerk)
    no = str(page.locator(".breadcrumb [aria-current]").inner_text())
    filing = told["filing"]

    expect(form.box("need-gathering_place")).to_be_hidden()
    expect(form.box("operator-uscc")).to_be_hidden()
    form.fill({"kind": filing["kind"], "short_name": filing["short_name"]})
    form.field("short_name").press("Tab")
    expect(form.box("full_name")).to_contain_text(f"通州区{NAME}零工市场")
    form.enter("need-gathering", value=True)
    expect(form.box("need-gathering_place")).to_be_visible()
    form.enter("operator-has", value=True)
    expect(form.box("operator-uscc")).to_be_visible()

    form.fill_filing(filing)
    expect(form.box("staff").locator("[data-repeat-row]")).to_have_count(3)
    _a_file_on_its_way_shows_how_far_it_is(form)
    for field, names in told["files"].items():
        form.attach(field, *map(paper, names))
    form.is_saved()
    _the_report_can_be_previewed(clerk)
    form.done("“填写认定申请”已提交")
    return no


def _opened(person: Officer) -> Form:
    expect(person.page.locator("#task-title")).to_have_text("填写认定申请")
    return Form(person.page)


def _a_file_on_its_way_shows_how_far_it_is(form: Form) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    form.page.route("**/attachments", hold)
    form.choose("site_files", paper("补充说明.pdf"))
    entry = form.entry("site_files", "补充说明.pdf")
    expect(entry.get_by_role("progressbar", name="补充说明.pdf 的上传进度")).to_be_visible()
    held[0].continue_()
    expect(entry).to_contain_text("已校验")
    form.page.unroute("**/attachments")


def _the_report_can_be_previewed(clerk: Officer) -> None:
    link = clerk.page.get_by_role("link", name="预览公文")
    with clerk.context.expect_page() as opened:
        link.click()
    opened.value.close()
    _is_pdf(clerk, str(link.get_attribute("href")), pages=2)


def _is_pdf(person: Officer, address: str, *, pages: int) -> None:
    answer = person.context.request.get(address)
    assert answer.ok
    assert answer.headers["content-type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.body())) as document:
        assert len(document.pages) >= pages


def _the_township_agrees(officer: Callable[..., Officer], no: str, told: dict[str, Any]) -> None:
    reviewer = officer("majuqiao-sh")
    form = reviewer.open_task(no, "街道乡镇审核")
    form.root.locator("summary").filter(has_text="认定申请").click()
    reviewer.reads("马驹桥商业街南口（演示地点）")
    form.fill(told["township_review"]).done("“街道乡镇审核”已提交")
    leader = officer("majuqiao-ld")
    leader.open_task(no, "主要领导签发").fill(told["township_sign"]).done("“主要领导签发”已提交")


def _the_bureau_asks_for_one_correction(
    officer: Callable[..., Officer], no: str, told: dict[str, Any]
) -> None:
    bureau = officer("renshe")
    form = bureau.open_task(no, "受理审查")
    form.enter("decision", "correct")
    form.fill(told["acceptance_correct"]).done("“受理审查”已提交")
    _the_chief_reads_what_leaves(officer("renshe-kz"), no, told, ["补正通知书"])
    bureau.go(f"/cases/{no}")
    bureau.reads("暂停计时")
    bureau.reads("补正通知书")


def _the_clerk_corrects_what_is_marked_and_nothing_else(
    clerk: Officer, no: str, told: dict[str, Any]
) -> None:
    form = clerk.open_task(no, "补正材料")
    expect(clerk.page.locator(".corrections")).to_contain_text("需补正 2 项，其余内容不可改动")
    names = set(
        form.root.locator(".control:visible, input[type=radio]:visible").evaluate_all(
            "controls => controls.map(control => control.name)"
        )
    )
    assert names == {"site-right_note", "facilities-other"}
    expect(form.box("site-right_note")).to_contain_text("没有写明租赁合同的编号")
    expect(form.box("site_files").get_by_role("link", name="场地平面图.pdf")).to_be_visible()
    form.fill(told["correction"]).done("“补正材料”已提交")


def _the_chief_reads_what_leaves(chief: Officer, no: str, told: dict[str, Any], titles: list[str]) -> None:
    form = chief.open_task(no, "核稿")
    link = chief.page.get_by_role("link", name="预览公文")
    drafts = chief.context.request.get(str(link.get_attribute("href"))).body()
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", extract_text(io.BytesIO(drafts))))
    assert all(title in text for title in titles)
    form.fill(told["paper_review"]).done("“核稿”已提交")


def _the_bureau_accepts(officer: Callable[..., Officer], no: str, told: dict[str, Any]) -> None:
    bureau = officer("renshe")
    form = bureau.open_task(no, "受理审查")
    expect(form.field("decision")).to_have_count(1)  # 补正一次性告知, so a second one cannot be asked for
    form.fill(told["acceptance"]).done("“受理审查”已提交")
    _the_chief_reads_what_leaves(officer("renshe-kz"), no, told, ["受理通知书", "意见的函"])
    bureau.go(f"/cases/{no}")
    bureau.reads("受理通知书")
    bureau.reads("全部符合")


def _every_body_gives_its_opinion(officer: Callable[..., Officer], no: str, told: dict[str, Any]) -> None:
    for step, username in BODIES.items():
        officer(username).open_task(no, "反馈意见").fill(told[step]).done("“反馈意见”已提交")


def _two_people_sign_the_site_check(officer: Callable[..., Officer], no: str, told: dict[str, Any]) -> None:
    first = officer("renshe")
    form = first.open_task(no, "现场核查").fill(told["site_check"])
    form.attach("photos", *map(paper, told["site_check_files"]["photos"]))
    form.submit()
    expect(first.page.locator(".error-summary")).to_contain_text("回避声明")
    first.page.get_by_label("本人与申请单位、运营机构没有利害关系").check()
    form.done("您已签署“现场核查”，还需另一名人员签署")

    second = officer("renshe-2")
    form = second.open_task(no, "现场核查")
    second.reads("演示周敏")
    expect(form.field("area")).to_have_value("6180")
    second.page.get_by_label("本人与申请单位、运营机构没有利害关系").check()
    form.done("“现场核查”已提交")


def _the_case_page_tells_the_whole_story(chief: Officer, no: str) -> None:
    page = chief.go(f"/cases/{no}")
    # Tuesday counts, Wednesday and Thursday do not, Friday and Monday do
    expect(page.locator(".ring")).to_contain_text("第 3 个工作日 / 共 20 个，已暂停 2 日（补正）")
    expect(page.locator(".ring")).to_contain_text("按期办结")
    chief.reads(f"通州区{NAME}零工市场")
    chief.reads("已反馈 5 / 5")
    chief.reads("归档")
    chief.reads("保管期限")
    chief.reads("主动公开")
    chief.reads("本件记录校验通过")


def _the_reply_can_be_read(chief: Officer, no: str) -> str:
    page = chief.go(f"/cases/{no}")
    with page.expect_response(lambda answer: answer.url.endswith(".pdf")) as shown:
        page.locator("#documents-title").locator("xpath=ancestor::section").get_by_role(
            "link", name=re.compile("零工市场的复函$")
        ).click()
    assert shown.value.ok
    chief.reads("签名有效，内容未被改动")
    expect(page.locator("article.sheet")).to_contain_text(f"通州区{NAME}零工市场")
    _is_pdf(chief, page.url + ".pdf", pages=1)
    return str(page.get_by_role("link", name="打开核验页面").get_attribute("href"))


def _everybody_can_check_it(anybody: Visitor, address: str) -> None:
    anybody.go(address)
    anybody.reads("本系统签发的真实公文")
    anybody.reads("北京市通州区人力资源和社会保障局")
    anybody.reads("第 1 次")


def _everybody_finds_the_market(anybody: Visitor) -> None:
    page = anybody.go("/directory")
    page.get_by_role("link", name=f"通州区{NAME}零工市场").first.click()
    anybody.reads("北京市通州区马驹桥镇兴华大街演示路8号")
    anybody.reads("010-60500000")
    assert "演示刘洋" not in page.content(), "the contact person is not public"
    assert "13800000004" not in page.content()
