"""开封市's recognition, from its policy text to its sealed reply, by people in a browser alone."""

from __future__ import annotations

import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import TYPE_CHECKING, Any

from pdfminer.high_level import extract_text
from playwright.sync_api import expect

from tests.journeys.new_jurisdiction import FUNCTIONS, LEDGERS, NAME, Workshop
from tests.journeys.papers import paper
from tests.journeys.people import Form
from webapp.integrations import sealing

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.journeys.people import Officer, Visitor
    from tests.journeys.site_under_test import Site

PASSWORD = "Bianliang-Juzi-77"
MARKET = "开封市龙亭区零工市场"
PEOPLE = (
    ("kf-jb", "李经办", "开封市人力社保局 经办"),
    ("kf-ld", "王局长", "开封市人力社保局 领导"),
    ("kf-lt", "赵龙亭", "龙亭区人社局 经办"),
)
FILING: dict[str, Any] = {
    "kind": "综合性零工市场",
    "short_name": "龙亭区",
    "need": {"reason": "辖区内装卸、家政用工需求集中。（演示内容）"},
    "site": {
        "address": {"text": "龙亭区演示路1号", "lng": 114.35, "lat": 34.79},
        "area": 1200,
        "hours": "每日6:00至18:00",
    },
    "services": {"offered": ["零工供求信息撮合服务"], "functions": list(FUNCTIONS)},
    "operator": {"has": False},
    "contact": {"name": "演示王芳", "phone": "13800000001", "public_phone": "0371-60500001"},
    "trial": {"start": "2026-12-01", "end": "2027-05-31"},
}
OPINION = {
    "recommend": "approve",
    "reasons": "三项基本服务功能齐备，服务管理规范，建议核准。",
    "market_short_name": "龙亭区",
    "disclosure": "主动公开",
    "secrecy_checked": True,
}


def test_a_new_jurisdiction_recognises_its_first_market(
    site: Site, officer: Callable[..., Officer], visitor: Callable[..., Visitor]
) -> None:
    workshop = Workshop(officer("admin"))
    workshop.begin()
    workshop.cut_clauses()
    workshop.ask_for_functions()
    workshop.demand_functions()
    workshop.add_a_visit()
    workshop.rest_the_filing_on_the_text()
    workshop.word_the_reply()
    workshop.name_the_basics()
    workshop.has_no_error()
    workshop.play()
    workshop.has_no_error()
    workshop.hand_in()
    first = _approved(officer("renshe-kz"), workshop.draft)
    clerk, chief, applicant = _people_of(_newcomer(officer, "kf-admin", first), officer)

    no = _filed(applicant)
    clerk.open_task(no, "受理审查").fill({"decision": "accept"}).done("已提交")
    visit = clerk.open_task(no, "现场查看")
    visit.fill({"comment": "到场查看，功能齐备。"}).done("已提交")
    clerk.open_task(no, "拟定综合意见").fill(OPINION).done("已提交")
    decision = {"decision": "approve", "secrecy": "不涉密"}
    chief.open_task(no, "领导审批").fill(decision).done("已提交")
    site.finish_background_work()

    text = _sealed_reply(applicant, no)
    assert f"关于认定{MARKET}的复函" in text
    assert "开封市龙亭区人力资源和社会保障局:" in text
    assert unicodedata.normalize("NFKC", LEDGERS) in text
    _public_and_own(visitor(), applicant, no)


def _approved(chief: Officer, draft: str) -> str:
    """Approve as a second person; returns the first password of the new administrator."""
    page = chief.go(draft)
    page.get_by_label("用户名").fill("kf-admin")
    page.get_by_label("姓名").fill("周管理")
    page.get_by_role("button", name="核准发布").click()
    expect(page.locator("h1")).to_have_text(f"{NAME}已设置，政策包已启用")
    return page.locator("#first-password").inner_text()


def _newcomer(officer: Callable[..., Officer], username: str, password: str) -> Officer:
    """Sign in for the first time, which asks for a password of one's own."""
    somebody = officer(username, password=password)
    page = somebody.page
    page.get_by_label("当前密码").fill(password)
    page.get_by_label("新密码", exact=True).fill(PASSWORD)
    page.get_by_label("再次输入新密码").fill(PASSWORD)
    page.get_by_role("button", name="保存新密码").click()
    somebody.reads("密码已修改")
    return somebody


def _people_of(administrator: Officer, officer: Callable[..., Officer]) -> list[Officer]:
    """Add the people of the agencies; each signs in with the password that was shown."""
    page = administrator.go("/admin/people")
    expect(page.locator("main")).not_to_contain_text("通州")
    made = []
    for username, name, position in PEOPLE:
        form = page.locator("form", has=page.locator("[name='username']"))
        form.locator("[name='name']").fill(name)
        form.locator("[name='username']").fill(username)
        form.locator("select").select_option(label=position)
        form.get_by_role("button", name="新增").click()
        expect(page.locator("main")).to_contain_text(username)
        password = page.locator(".alert").filter(has_text="初始密码").locator("code").inner_text()
        made.append(_newcomer(officer, username, password))
    return made


def _filed(applicant: Officer) -> str:
    page = applicant.go("/cases/new")
    page.get_by_role("button", name=re.compile("开始填写")).click()
    expect(page.locator("#task-title")).to_have_text("填写认定申请")
    no = page.locator(".breadcrumb [aria-current]").inner_text()
    assert re.fullmatch(r"KF-RD-\d{4}-0001", no)
    form = Form(page).fill_filing(FILING)
    form.attach("site_files", paper("场地平面图.pdf"))
    form.done("“填写认定申请”已提交")
    return no


def _sealed_reply(applicant: Officer, no: str) -> str:
    """Download the reply, check its signature, and return its words without blanks."""
    page = applicant.go(f"/cases/{no}")
    page.get_by_role("link", name=re.compile("复函")).first.click()
    expect(page.locator("body")).to_contain_text("签名有效，内容未被改动")
    with page.expect_download() as coming:
        page.get_by_role("link", name="下载 PDF").click()
    content = coming.value.path().read_bytes()
    with ThreadPoolExecutor(max_workers=1) as thread:  # the browser's event loop runs in this one
        checked = thread.submit(sealing.check, content).result()
    assert (checked.trusted, checked.signer) == (True, "开封市人力资源和社会保障局")
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", extract_text(BytesIO(content))))


def _public_and_own(anybody: Visitor, applicant: Officer, no: str) -> None:
    """The market stands in its own directory; of the other jurisdiction's cases nothing is there."""
    page = anybody.go("/directory?at=kaifeng")
    page.get_by_role("link", name=MARKET).first.click()
    anybody.reads("龙亭区演示路1号")
    anybody.go("/directory")
    expect(anybody.page.locator("#results")).not_to_contain_text(MARKET)
    applicant.go("/clauses")
    applicant.reads("KF-O3")
    applicant.go("/cases")
    expect(applicant.page.locator("main")).not_to_contain_text("TZ-")
    applicant.go("/cases/TZ-RD-2026-0001", status=404)
