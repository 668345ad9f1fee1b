"""The whole life of a market in the browser: recognised, a good year with four stars, a bad one, and its exit.

Who does what and when is told by `workflows/tongzhou/demo/life.json`, as in the demonstration.

Policy: TZ-3.1, TZ-3.3, TZ-3.4.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.factories.filings import content
from tests.journeys.papers import paper
from tests.journeys.people import Form, Officer, Visitor
from tests.journeys.site_under_test import Site
from tests.stories import by_services
from webapp.app import install_process_state
from webapp.config import SETTINGS
from webapp.core import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from playwright.sync_api import Browser

STORY = Path(__file__).parents[2] / "workflows" / "tongzhou" / "demo" / "life.json"
NO_INTEREST = re.compile("本人与.*没有利害关系")
BODIES = {
    "opinion_police": "gongan",
    "opinion_traffic": "jiaotong",
    "opinion_finance": "caizheng",
    "opinion_union": "gonghui",
    "opinion_cac": "wangxin",
}


@pytest.fixture
def own_site(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A system of its own: the story begins in the year before that of all other journeys."""
    own = Site(tmp_path_factory.mktemp("life"))
    yield own
    own.stop()
    clock.set_clock(site.clock)
    install_process_state(site.app.extensions[SETTINGS])


class Life:
    """The people of the story; each comes to the browser for one step and leaves."""

    def __init__(self, site: Site, browser: Browser) -> None:
        self.site = site
        self.browser = browser
        self.market = ""
        self.opened = ""

    def with_officer(self, username: str, act: Callable[[Officer], Any]) -> Any:
        """Let somebody sign in, do something and leave."""
        somebody = Officer(self.site, self.browser, username)
        done = act(somebody)
        somebody.leave()
        return done

    def does(self, username: str, no: str, step: str, values: Mapping[str, Any]) -> None:
        """Let somebody do a step."""

        def act(somebody: Officer) -> None:
            _complete(somebody.open_task(no, step).fill(values), step)

        self.with_officer(username, act)

    def recognise(self) -> None:
        """Let the market be applied for, looked at by all and recognised."""
        told = content("market")
        no = self.with_officer("majuqiao", lambda clerk: _file(clerk, told))
        self.does("majuqiao-sh", no, "街道乡镇审核", told["township_review"])
        self.does("majuqiao-ld", no, "主要领导签发", told["township_sign"])
        self.does("renshe", no, "受理审查", told["acceptance"])
        self.does("renshe-kz", no, "核稿", told["paper_review"])
        for form, username in BODIES.items():
            self.does(username, no, "反馈意见", told[form])
        photos = [{"file": name} for name in told["site_check_files"]["photos"]]
        seen = told["site_check"] | {"photos": photos, "checked_on": "2025-06-20"}
        self.both_sign(["renshe", "renshe-2"], no, "现场核查", seen)
        self.does("renshe-kz", no, "拟定综合意见", told["draft_opinion"])
        self.does("renshe-fj", no, "分管领导审定", told["leader_decision"])
        page = self.with_officer("renshe", lambda bureau: bureau.go(f"/cases/{no}").content())
        found = re.search(r"TZ-SC-2025-\d+", page)
        assert found is not None
        self.market = found[0]

    def both_sign(self, people: list[str], no: str, step: str, values: Mapping[str, Any]) -> None:
        """Let one person fill a step in and both sign it, each declaring that they have no interest."""

        def first(somebody: Officer) -> None:
            form = somebody.open_task(no, step).fill(values)
            somebody.page.get_by_label(NO_INTEREST).check()
            form.done("还需另一名人员签署")

        def second(somebody: Officer) -> None:
            form = somebody.open_task(no, step)
            somebody.page.get_by_label(NO_INTEREST).check()
            form.done(f"“{step}”已提交")

        self.with_officer(people[0], first)
        self.with_officer(people[1], second)

    def votes(self, username: str, no: str) -> None:
        """Let somebody who was asked to vote agree."""

        def act(somebody: Officer) -> None:
            somebody.go("/inbox")
            asked = somebody.page.locator("[data-asked]").filter(has_text=no)
            asked.get_by_role("link", name="办理").click()
            seat = somebody.page.locator("#seat")
            seat.get_by_label("同意", exact=True).check()
            seat.get_by_label("意见说明").fill("同意（演示）")
            seat.get_by_role("button", name="签署", exact=True).click()
            expect(somebody.page.locator(".notices")).to_contain_text("签署")

        self.with_officer(username, act)

    def starts(self, username: str, process: str) -> str:
        """Let somebody choose the market and begin a procedure about it."""

        def act(somebody: Officer) -> str:
            page = somebody.go(f"/markets/{self.market}")
            page.locator(f"form[action='/cases/{process}/start']").get_by_role("button").click()
            return str(page.locator(".breadcrumb [aria-current]").inner_text())

        return str(self.with_officer(username, act))

    def plays(self, chapter: Mapping[str, Any]) -> None:
        """Play one procedure to its end."""
        self.site.clock.move_to(chapter["on"])
        no = self.opened if chapter.get("opened") else self.starts(chapter["by"], chapter["process"])
        for step in chapter["steps"]:
            if "on" in step:
                self.site.clock.move_to(step["on"])
                self.site.finish_background_work()
            elif step.get("vote"):
                self.votes(step["by"], no)
            elif isinstance(step["by"], list):
                self.both_sign(step["by"], no, step["step"], step["data"])
            else:
                self.does(step["by"], no, step["step"], step["data"])
        page = self.with_officer("renshe", lambda bureau: bureau.go(f"/cases/{no}").inner_text("body"))
        assert "办结" in page
        _, trail = self.site.in_process(lambda: by_services.state_of(no))
        assert chapter["ends"] in trail
        found = re.search(r"转入“.*”，办件编号 (\S+)", page)
        self.opened = found[1] if found else ""


def _complete(form: Form, step: str) -> None:
    form.submit()
    said = re.compile(f"“{re.escape(step)}”已(提交|送签)")
    expect(form.page.locator(".notices")).to_contain_text(said)


def _file(clerk: Officer, told: dict[str, Any]) -> str:
    page = clerk.go("/cases/new")
    page.locator("form[action='/cases/recognition/start']").get_by_role("button").click()
    expect(page.locator("#task-title")).to_have_text("填写认定申请")
    no = str(page.locator(".breadcrumb [aria-current]").inner_text())
    form = Form(page).fill_filing(told["filing"])
    for field, names in told["files"].items():
        form.attach(field, *map(paper, names))
    form.done("“填写认定申请”已提交")
    return no


def test_a_market_lives_through_good_and_bad_years_and_leaves(own_site: Site, browser: Browser) -> None:
    story = json.loads(STORY.read_text(encoding="utf-8"))
    own_site.clock.move_to(story["recognised"])
    life = Life(own_site, browser)
    life.recognise()
    anybody = Visitor(own_site, browser)
    for chapter in story["chapters"]:
        life.plays(chapter)
        anybody.go(f"/directory/{life.market}")
        for words in (chapter.get("file") or {}).values():
            if words in {"优秀", "91.82", "四星级", "不合格", "51.75"}:
                anybody.reads(words)
    own_site.finish_background_work()
    anybody.go(f"/directory/{life.market}")
    anybody.reads("已移出名录")
    anybody.reads("责令退出")
    page = anybody.go("/directory")
    expect(page.locator("body")).not_to_contain_text(life.market)
    anybody.go(f"/directory/{life.market}").get_by_role("link", name="零工市场星级证书").click()
    anybody.reads("但市场已移出名录")
    anybody.leave()
    life.with_officer("renshe-jz", lambda leader: _the_papers_are_there(leader, life.market))


def _the_papers_are_there(leader: Officer, market: str) -> None:
    leader.go(f"/markets/{market}")
    for told in ("责令退出：责令退出，市场关闭", "整改：整改不力，转入责令退出", "星级评选：评定四星级"):
        leader.reads(told)
    leader.page.get_by_role("link", name="责令退出：责令退出，市场关闭").click()
    for title in ("拟责令退出告知书", "责令退出决定书", "送达回证"):
        leader.reads(title)
