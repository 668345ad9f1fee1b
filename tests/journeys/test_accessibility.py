"""Every page, light and dark, in 长者模式, on a desk and on a phone: axe finds nothing, nothing scrolls sideways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories import filings
from tests.journeys.audit import problems
from webapp.models.document import Document
from webapp.models.market import Market

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.journeys.people import Officer, Visitor
    from tests.journeys.site_under_test import Site

FORMS = [
    (filings.started, "market", "majuqiao", "填写认定申请"),
    (filings.started, "station", "songzhuang", "填写认定申请"),
    (filings.filled, "market", "majuqiao-sh", "街道乡镇审核"),
    (filings.reviewed, "market", "majuqiao-ld", "主要领导签发"),
    (filings.filed, "market", "renshe", "受理审查"),
    (filings.accepted, "market", "gongan", "反馈意见"),
    (filings.accepted, "market", "jiaotong", "反馈意见"),
    (filings.accepted, "market", "caizheng", "反馈意见"),
    (filings.accepted, "market", "gonghui", "反馈意见"),
    (filings.accepted, "market", "wangxin", "反馈意见"),
    (filings.consulted, "market", "renshe", "现场核查"),
    (filings.checked, "market", "renshe-kz", "拟定综合意见"),
    (filings.drafted, "market", "renshe-fj", "分管领导审定"),
]
PAGES = ["/", "/inbox", "/done", "/cases", "/cases/new", "/me", "/me/password"]
ADMIN = ["/", "/admin", "/admin/people", "/admin/settings", "/admin/audit", "/api/v1/docs"]


@pytest.mark.parametrize(
    ("stage", "kind", "username", "step"), FORMS, ids=[f"{row[3]}-{row[2]}" for row in FORMS]
)
def test_the_form_of_a_step(
    site: Site, officer: Callable[..., Officer], stage: Callable[..., object], kind: str, username: str, step: str
) -> None:
    no = site.shared_case(stage, kind)  # type: ignore[arg-type]
    position = "经办" if username == "songzhuang" else None
    somebody = officer(username, position)
    form = somebody.open_task(no, step)
    assert problems(somebody.page) == []
    if step in {"填写认定申请", "现场核查"}:
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


def test_the_page_of_a_case_from_beginning_to_end(site: Site, officer: Callable[..., Officer]) -> None:
    somebody = officer("renshe-kz")
    for stage in (filings.filed, filings.accepted, filings.recognised):
        somebody.go(f"/cases/{site.shared_case(stage)}")
        somebody.page.locator(".djs-container").wait_for()
        assert problems(somebody.page) == []
        somebody.page.get_by_role("button", name="文字步骤").click()
        assert problems(somebody.page) == []


def test_the_document_viewer(site: Site, officer: Callable[..., Officer]) -> None:
    site.shared_case(filings.recognised)
    somebody = officer("renshe-kz")
    document = site.change(lambda session: session.query(Document).filter_by(template_key="site_check").first())
    somebody.go(f"/documents/{document.id}")
    assert problems(somebody.page) == []


def test_pages_of_everybody(site: Site, visitor: Callable[..., Visitor]) -> None:
    site.shared_case(filings.recognised)
    market = site.change(lambda session: session.query(Market).filter_by(status="recognised").first())
    document = site.change(lambda session: session.query(Document).filter_by(template_key="recognition_reply").first())
    anybody = visitor()
    for address in ("/sign-in", "/directory", f"/directory/{market.no}", "/verify", f"/v/{document.token}",
                    "/clauses/tongzhou/TZ-2.1"):
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
