"""Every page, light and dark, in 长者模式, on a desk and on a phone: axe finds nothing, nothing scrolls sideways."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from playwright.sync_api import expect

from tests.factories import filings
from tests.journeys.audit import problems
from webapp.models.document import Document
from webapp.models.market import Market

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from tests.journeys.people import Officer, Visitor
    from tests.journeys.site_under_test import Site
    from webapp.models.case import Case


def sent_to_the_meeting(session: Session, kind: str = "market") -> Case:
    return filings.drafted(session, kind, route="meeting")


def to_be_read(session: Session, kind: str = "market") -> Case:
    case = filings.filed(session, kind)
    bureau = filings.actor(session, "renshe")
    filings.complete(session, bureau, case, "acceptance", filings.content(kind)["acceptance_correct"])
    return case


def to_be_corrected(session: Session, kind: str = "market") -> Case:
    case = to_be_read(session, kind)
    chief = filings.actor(session, "renshe-kz")
    filings.complete(session, chief, case, "paper_review", filings.content(kind)["paper_review"])
    return case


def sent_back(session: Session, kind: str = "market") -> Case:
    case = filings.drafted(session, kind)
    answer = {"decision": "return", "comment": "请补充要求的时限。"}
    filings.complete(session, filings.actor(session, "renshe-fj"), case, "leader_decision", answer)
    return case


class Task(NamedTuple):
    """A step that waits for somebody."""

    stage: Callable[..., Case]
    username: str
    step: str
    kind: str = "market"
    position: str | None = None


TASKS = [
    Task(filings.started, "majuqiao", "填写认定申请"),
    Task(filings.started, "songzhuang", "填写认定申请", "station", "经办"),
    Task(filings.filled, "majuqiao-sh", "街道乡镇审核"),
    Task(filings.reviewed, "majuqiao-ld", "主要领导签发"),
    Task(filings.filed, "renshe", "受理审查"),
    Task(to_be_read, "renshe-kz", "核稿"),
    Task(to_be_corrected, "majuqiao", "补正材料"),
    Task(filings.accepted, "gongan", "反馈意见"),
    Task(filings.accepted, "jiaotong", "反馈意见"),
    Task(filings.accepted, "caizheng", "反馈意见"),
    Task(filings.accepted, "gonghui", "反馈意见"),
    Task(filings.accepted, "wangxin", "反馈意见"),
    Task(filings.consulted, "renshe", "现场核查"),
    Task(filings.checked, "renshe-kz", "拟定综合意见"),
    Task(sent_back, "renshe-kz", "拟定综合意见"),
    Task(filings.drafted, "renshe-fj", "分管领导审定"),
    Task(sent_to_the_meeting, "renshe-bgs", "局长办公会审议"),
]
PAGES = [
    "/",
    "/inbox",
    "/done",
    "/cases",
    "/cases/new",
    "/me",
    "/me/password",
    "/me/substitutions",
    "/notifications",
    "/notifications/choices",
    "/circulations",
]
LEADING = ["/supervised", "/escalations"]
ADMIN = [
    "/",
    "/admin",
    "/admin/people",
    "/admin/agencies",
    "/admin/settings",
    "/admin/audit",
    "/admin/calendar/2026",
    "/admin/substitutions",
    "/admin/webhooks",
    "/admin/operations",
    "/admin/operations/reassign",
    "/admin/operations/migrations",
    "/api/v1/docs",
]
VERBS = ("transfer", "delegate", "add_before", "add_after", "call_vote", "return")


@pytest.mark.parametrize("task", TASKS, ids=lambda task: f"{task.stage.__name__}-{task.username}")
def test_the_form_of_a_step(site: Site, officer: Callable[..., Officer], task: Task) -> None:
    somebody = officer(task.username, task.position)
    form = somebody.open_task(site.shared_case(task.stage, task.kind), task.step)
    assert problems(somebody.page) == []
    if task.step in {"填写认定申请", "现场核查"}:
        form.submit()  # with nothing in it: every message shows
        somebody.page.locator("[data-error-summary]").wait_for()
        assert problems(somebody.page) == []


@pytest.mark.parametrize("address", PAGES)
def test_pages_of_an_officer(site: Site, officer: Callable[..., Officer], address: str) -> None:
    site.shared_case(filings.started)
    somebody = officer("majuqiao")
    somebody.go(address)
    assert problems(somebody.page) == []


@pytest.mark.parametrize("address", ADMIN)
def test_pages_of_the_administrator(site: Site, officer: Callable[..., Officer], address: str) -> None:
    administrator = officer("admin")
    administrator.go(address)
    assert problems(administrator.page) == []


@pytest.mark.parametrize("address", LEADING)
def test_lists_of_a_leader(site: Site, officer: Callable[..., Officer], address: str) -> None:
    leader = officer("renshe-fj")
    leader.go(address)
    assert problems(leader.page) == []


def test_where_the_time_goes(officer: Callable[..., Officer]) -> None:
    administrator = officer("admin")
    page = administrator.go("/admin/operations")
    page.get_by_role("link", name="用时与迁移").first.click()
    page.locator(".djs-container").wait_for()
    assert problems(page) == []


@pytest.mark.parametrize("verb", VERBS)
def test_the_page_of_a_verb(site: Site, officer: Callable[..., Officer], verb: str) -> None:
    somebody = officer("renshe")
    somebody.open_task(site.shared_case(filings.filed), "受理审查")
    page = somebody.go(f"{somebody.page.url.partition('#')[0]}/acts/{verb}")
    assert problems(page) == []


def test_the_page_of_a_case_from_beginning_to_end(site: Site, officer: Callable[..., Officer]) -> None:
    somebody = officer("renshe-kz")
    for stage in (filings.filed, filings.accepted, filings.recognised):
        somebody.go(f"/cases/{site.shared_case(stage)}")
        somebody.page.locator(".djs-container").wait_for()
        assert problems(somebody.page) == []
    somebody.page.get_by_role("button", name="文字步骤").click()
    assert problems(somebody.page) == []


def test_menus_and_dialogs(site: Site, officer: Callable[..., Officer]) -> None:
    page = officer("majuqiao").go(f"/cases/{site.shared_case(filings.accepted)}")
    page.get_by_role("button", name="撤回申请").click()
    assert problems(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="键盘快捷键")).to_be_visible()
    assert problems(page) == []
    page.keyboard.press("Escape")
    for menu in page.locator("details.menu > summary").all():
        menu.click()
        assert problems(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("details.menu[open]")).to_have_count(0)


def test_the_document_viewer(site: Site, officer: Callable[..., Officer]) -> None:
    site.shared_case(filings.recognised)
    somebody = officer("renshe-kz")
    document = site.change(
        lambda session: session.query(Document).filter_by(template_key="site_check").first()
    )
    somebody.go(f"/documents/{document.id}")
    assert problems(somebody.page) == []


def test_pages_of_everybody(site: Site, visitor: Callable[..., Visitor]) -> None:
    site.shared_case(filings.recognised)
    market = site.change(lambda session: session.query(Market).filter_by(status="recognised").first())
    document = site.change(
        lambda session: session.query(Document).filter_by(template_key="recognition_reply").first()
    )
    anybody = visitor()
    for address in (
        "/sign-in",
        "/directory",
        f"/directory/{market.no}",
        "/verify",
        f"/v/{document.token}",
        "/clauses/tongzhou/TZ-2.1",
    ):
        anybody.go(address)
        assert problems(anybody.page) == [], address


def test_pages_that_say_no(
    site: Site, officer: Callable[..., Officer], visitor: Callable[..., Visitor]
) -> None:
    anybody = visitor()
    for address in ("/v/not-a-token", "/directory/none", "/clauses/tongzhou/none"):
        anybody.go(address, status=404)
        assert problems(anybody.page) == [], address
    somebody = officer("gongan")
    for address, status in (("/cases/none", 404), ("/admin", 403)):
        somebody.go(address, status=status)
        assert problems(somebody.page) == [], address
