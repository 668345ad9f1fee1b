"""An administrator sets right what went wrong; an officer reads messages and chooses how to be told."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.factories import filings
from tests.journeys.audit import problems
from tests.journeys.people import PATIENCE
from tests.packs.opened import changed, tongzhou
from webapp.core.errors import DomainError
from webapp.queries.actors import Actor
from webapp.queries.jurisdictions import home_jurisdiction
from webapp.services import effects
from webapp.services.deployments import deploy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page
    from sqlalchemy.orm import Session

    from tests.journeys.people import Officer
    from tests.journeys.site_under_test import Site
    from webapp.models.case import Case
    from webapp.packs import Pack

FLOW = "workflows/tongzhou/recognition.bpmn"


def _without_clock(session: Session, kind: str = "market") -> Case:
    """Return a case whose clock could not be started: the township has signed, an administrator must act."""

    def start_clock(*_: Any) -> Any:
        raise DomainError("时限设置缺失。")

    with pytest.MonkeyPatch.context() as broken:
        broken.setitem(effects.OPERATORS, "start_clock", start_clock)
        return filings.filed(session, kind)


def _deploy(site: Site, pack: Pack) -> None:
    def act(session: Session) -> None:
        here = home_jurisdiction(session)
        deploy(session, here, pack, Actor.system(here.id))

    site.change(act)


@pytest.fixture
def new_version(site: Site) -> Iterator[Callable[[], None]]:
    """Put a later version of the procedure in force when asked; afterwards the usual one."""
    yield lambda: _deploy(site, changed(FLOW, 'name="受理审查"', 'name="受理审查（新版）"'))
    _deploy(site, tongzhou())


def _told(page: Page, text: str) -> None:
    expect(page.locator(".notices")).to_contain_text(text)


def test_a_failed_step_is_seen_by_everybody_and_done_again(
    site: Site, officer: Callable[..., Officer]
) -> None:
    no = site.case(_without_clock)
    leader, admin = officer("majuqiao-ld"), officer("admin")
    leader.go(f"/cases/{no}")
    leader.reads("未成功，已通知系统管理员")
    page = admin.go("/admin/operations")
    line = page.get_by_role("row").filter(has_text=no)
    expect(line).to_contain_text("时限设置缺失")
    assert problems(page) == []
    line.locator("summary").click()
    line.get_by_label("跳过的理由").fill("不")
    line.get_by_role("button", name="确认跳过").click()
    expect(page.get_by_role("row").filter(has_text=no)).to_have_count(1)
    page = admin.go("/admin/operations")
    page.get_by_role("row").filter(has_text=no).get_by_role("button", name=re.compile("重新执行")).click()
    _told(page, "已重新执行，办件继续办理")
    expect(page.get_by_role("row").filter(has_text=no)).to_have_count(0)
    officer("renshe").open_task(no, "受理审查")


def test_a_token_is_moved_after_its_preview(site: Site, officer: Callable[..., Officer]) -> None:
    no = site.case(filings.filed)
    admin = officer("admin")
    page = admin.go("/admin/operations")
    page.get_by_label("办件编号", exact=True).fill(no)
    page.get_by_role("button", name="查看所在环节").click()
    page.get_by_label("移到").select_option(label="现场核查（区人力社保局）")
    page.get_by_role("button", name="预览", exact=True).click()
    before, after = (page.get_by_role("table", name=name) for name in ("调整前", "调整后"))
    expect(before).to_contain_text("受理审查")
    expect(after).to_contain_text("现场核查")
    assert problems(page) == []
    officer("renshe").open_task(no, "受理审查")  # looking changed nothing
    page.get_by_label("调整理由").fill("演示：材料已当面核对")
    page.get_by_role("button", name="按预览调整").click()
    _told(page, "已按预览调整")
    officer("renshe-2").open_task(no, "现场核查")
    bureau = officer("renshe")
    bureau.go(f"/cases/{no}")
    bureau.reads("系统管理员调整办理环节（演示：材料已当面核对）")
    bureau.go("/admin/operations", status=403)


def _comes_to_say(page: Page, no: str, words: str) -> None:
    """Reload until the row of a case says so: the server's own worker may be at it, with many cases to move."""
    row = page.get_by_role("row").filter(has_text=no)
    last = time.monotonic() + PATIENCE / 1000
    while words not in row.inner_text() and time.monotonic() < last:
        time.sleep(0.5)
        page.reload()
    expect(row).to_contain_text(words)


def test_running_cases_go_to_a_new_version_and_back(
    site: Site, officer: Callable[..., Officer], new_version: Callable[[], None]
) -> None:
    no = site.case(filings.filed)
    bureau, admin = officer("renshe"), officer("admin")
    bureau.open_task(no, "受理审查").fill({"note": "材料已初核"}).is_saved()
    new_version()
    page = admin.go("/admin/operations")
    old = page.get_by_role("row").filter(has_text="第 1 版").filter(has_text="申请认定")
    old.get_by_role("link", name=re.compile("用时与迁移")).click()
    page.get_by_role("button", name="检查").click()
    expect(page.get_by_role("row").filter(has_text=no)).to_contain_text("可以迁移")
    page.get_by_role("button", name=re.compile("迁移可以迁移的")).click()
    _told(page, "已交后台执行")
    site.finish_background_work()
    _comes_to_say(page, no, "已迁移")
    assert problems(page) == []
    form = bureau.open_task(no, "受理审查（新版）")
    expect(form.field("note")).to_have_value("材料已初核")

    page.get_by_role("button", name="撤销这次迁移").click()
    _told(page, "已交后台执行")
    site.finish_background_work()
    _comes_to_say(page, no, "已撤销")
    form = bureau.open_task(no, "受理审查")
    expect(form.field("note")).to_have_value("材料已初核")


def test_messages_are_read_and_chosen(site: Site, officer: Callable[..., Officer]) -> None:
    no = site.case(filings.filed)
    site.finish_background_work()
    bureau = officer("renshe")
    page = bureau.go("/notifications?unread=1")
    message = page.get_by_role("button").filter(has_text=no)
    expect(message).to_contain_text("新待办：受理审查")
    assert problems(page) == []
    message.click()
    expect(page).to_have_url(re.compile(f"/cases/{no}"))
    bureau.go("/notifications?unread=1")
    expect(page.get_by_role("button").filter(has_text=no)).to_have_count(0)

    bureau.go("/notifications/choices")
    assert problems(page) == []
    page.get_by_label("电子邮箱").fill("不是邮箱")
    page.get_by_label("收到新待办：邮件").select_option(label="立即")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#email-error, #email:invalid")).to_have_count(1)
    page.get_by_label("电子邮箱").fill("zhoumin@example.org")
    page.get_by_role("button", name="保存").click()
    _told(page, "消息设置已保存")
    expect(page.get_by_label("收到新待办：邮件")).to_have_value("now")
    expect(page.get_by_label("电子邮箱")).to_have_value("zhoumin@example.org")


def test_a_failed_step_is_skipped_with_a_reason(site: Site, officer: Callable[..., Officer]) -> None:
    no = site.case(_without_clock)
    admin = officer("admin")
    page = admin.go("/admin/operations")
    line = page.get_by_role("row").filter(has_text=no)
    line.locator("summary").click()
    line.get_by_label("跳过的理由").fill("演示：时限由人工登记")
    line.get_by_role("button", name="确认跳过").click()
    _told(page, "已跳过这一步，办件继续办理")
    bureau = officer("renshe")
    bureau.open_task(no, "受理审查")
    bureau.reads("演示：时限由人工登记")


def test_open_steps_are_handed_over_in_bulk(site: Site, officer: Callable[..., Officer]) -> None:
    no = site.case(filings.filed)
    first = officer("renshe")
    first.open_task(no, "受理审查").fill({"note": "材料已初核"}).is_saved()
    first.page.get_by_role("button", name="认领", exact=True).click()
    first.reads("由 演示周敏 认领")
    page = officer("admin").go("/admin/operations/reassign")
    chosen = page.get_by_label("交出").locator("option", has_text="演示周敏").first.get_attribute("value")
    page.get_by_label("交出").select_option(chosen)
    given = page.get_by_label("接收").locator("option", has_text="演示吴昊").first.get_attribute("value")
    page.get_by_label("接收").select_option(given)
    page.get_by_label("理由").fill("演示周敏调离本岗位")
    page.get_by_role("button", name="移交", exact=True).click()
    _told(page, "已移交")
    form = officer("renshe-2").open_task(no, "受理审查")
    expect(form.field("note")).to_have_value("材料已初核")


def test_a_day_of_the_calendar_is_changed_after_its_effects_were_seen(
    site: Site, officer: Callable[..., Officer]
) -> None:
    site.case(filings.accepted)
    page = officer("admin").go("/admin/calendar/2027")
    day = page.locator("input[name=day][value='2027-06-01']")
    expect(day).not_to_be_checked()
    day.check(force=True)  # its label lies over it
    page.get_by_role("button", name="查看改动的影响").click()
    expect(page.locator("body")).to_contain_text("还没有保存")
    expect(page.locator("body")).to_contain_text("1 天")
    assert problems(page) == []
    page.get_by_label("依据的通知或修改理由").fill("演示：本辖区当日放假")
    page.get_by_role("button", name="保存并重算在办时限").click()
    expect(page.locator(".notices")).to_be_visible()
    page.goto("/admin/calendar/2027")
    expect(page.locator("input[name=day][value='2027-06-01']")).to_be_checked()
