"""The office of the stories: one site, everybody signed in once, and the world put back before each way."""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.journeys.people import Form, Officer, Visitor
from tests.journeys.site_under_test import Site, copied
from tests.stories import by_services
from tests.stories.by_services import Telling
from webapp.extensions import db

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.stories import Step

NO_INTEREST = re.compile("本人与.*没有利害关系")
FIRST_DAY = "2026-11-20"
"""A Friday. Markets were recognised long before."""
FOR_EVER = 10**7


class Seat(Officer):
    """One browser at which people sit down in turn; each stays signed in meanwhile, which costs little."""

    def __init__(self, site: Site, browser: Browser) -> None:
        Visitor.__init__(self, site, browser)
        self.username = ""
        self._cookies: dict[str, Any] = {}

    def take(self, username: str) -> None:
        """Let somebody sit down, or somebody without an account."""
        if username == self.username:
            return
        self.clear()
        self._cookies[self.username] = self.context.cookies()
        self.context.clear_cookies()
        self.username = username
        if username in self._cookies:
            self.context.add_cookies(self._cookies[username])
        elif username:
            self.be_signed_in()

    def clear(self) -> None:
        """Close the page: it would ask for more in another's name, or for what is no longer there."""
        self.page.goto("about:blank")


class Office:
    """Plays stories in the browser, each from a world of its own.

    What came before a way is done by the services and kept: ways that begin alike begin from one copy of the
    database.
    """

    def __init__(self, var: Path, browser: Browser) -> None:
        self.site = Site(
            var, session_idle_minutes=FOR_EVER, session_hours=FOR_EVER // 60, embedded_worker=False
        )
        self.telling = Telling()
        self._seat = Seat(self.site, browser)
        self._kept: dict[str, tuple[Path, Telling, datetime]] = {}

    def close(self) -> None:
        """Let everybody go home, and fail if the browser complained."""
        try:
            self._seat.leave()
        finally:
            self.site.stop()

    def prepare(self, people: Iterable[str], recognise: dict[str, tuple[Step, ...]]) -> None:
        """Let everybody sign in, and recognise the markets that all stories begin with."""
        for username in people:
            self.officer(username)
        for name, steps in recognise.items():
            self._play_by_services(steps)
            self.name_market(name)
        self._pass_time(FIRST_DAY)
        self._keep("")

    def name_market(self, name: str) -> None:
        """Give the market of the present case the name by which stories call it."""
        no = self.telling.case
        self.telling.markets[name] = self.site.in_process(lambda: by_services.market_of(no))

    def begin(self, before: tuple[Step, ...]) -> None:
        """Put the world back to where these steps have been done, by the services the first time."""
        self._seat.clear()
        wanted = json.dumps(before, ensure_ascii=False)
        if wanted not in self._kept:
            self._bring_back("")
            self._play_by_services(before)
            self._keep(wanted)
        else:
            self._bring_back(wanted)

    def play(self, steps: Iterable[Step]) -> None:
        """Do steps in the browser, one after the other; by the services what is clicked in another way."""
        for step in steps:
            if step.get("elsewhere"):
                self._play_by_services([step])
            elif not self.site.in_process(lambda step=step: by_services.arrange(step)):
                self._do(step)

    def officer(self, username: str) -> Officer:
        """Return somebody at the browser, signed in."""
        self._seat.take(username)
        return self._seat

    def anybody(self) -> Visitor:
        """Return somebody without an account at the browser."""
        self._seat.take("")
        return self._seat

    def complaints(self) -> list[str]:
        """Return what the browser complained of until now: errors of scripts, or what a policy refused."""
        return self._seat.complaints

    def _do(self, step: Step) -> None:
        if "on" in step:
            self._pass_time(step["on"])
        elif "continues" in step:
            no = self.telling.case
            self.telling.case = self.site.in_process(lambda: by_services.continued(no, step["continues"]))
        elif "starts" in step:
            self._start(step)
        elif "asks" in step:
            self._ask(step)
        elif "answers" in step:
            self._answer(step)
        elif "withdraws" in step:
            self._withdraw(step)
        elif "vote" in step:
            self._vote(step)
        elif "hindered" in step:
            self._is_hindered(step)
        else:
            self._complete(step)

    def _start(self, step: Step) -> None:
        somebody = self.officer(step["by"])
        about = step.get("about")
        page = somebody.go(f"/markets/{self.telling.markets[about]}" if about else "/cases/new")
        page.locator(f"form[action='/cases/{step['starts']}/start']").get_by_role("button").click()
        self.telling.case = str(page.locator(".breadcrumb [aria-current]").inner_text())

    def _open(self, username: str, name: str) -> Page:
        """Open a step as a link in a message does."""
        no = self.telling.case
        item = self.site.in_process(lambda: by_services.open_item(no, name, username))
        return self.officer(username).go(f"/cases/{no}/tasks/{item}")

    def _complete(self, step: Step) -> None:
        people = step["by"] if isinstance(step["by"], list) else [step["by"]]
        for place, username in enumerate(people):
            page = self._open(username, step["step"])
            form = Form(page)
            if place == 0:
                data = step.get("data", {})
                (form.fill_filing if "need" in data else form.fill)(data)
                for path, names in step.get("files", {}).items():
                    form.enter(path.replace(".", "-"), [{"file": name} for name in names])
            if len(people) > 1:
                page.get_by_label(NO_INTEREST).check()
            form.submit()
            if "refused" in step:
                expect(page.locator("[data-error-summary]")).to_contain_text(step["refused"])
                return
            waits = place + 1 < len(people)
            said = "还需另一名人员签署" if waits else re.compile(f"“{re.escape(step['step'])}”已(提交|送签)")
            expect(page.locator(".notices")).to_contain_text(said)

    def _is_hindered(self, step: Step) -> None:
        """Expect that somebody is shown why a step is not theirs, and no form."""
        somebody = self.officer(step["by"])
        if "position" in step:
            somebody.go("/me")
            somebody.take_position(step["position"])
        page = self._open(step["by"], step["step"])
        expect(page.locator("body")).to_contain_text(step["hindered"])
        expect(page.locator("form[data-task-form]")).to_have_count(0)

    def _vote(self, step: Step) -> None:
        somebody = self.officer(step["by"])
        page = somebody.go("/inbox")
        page.locator("[data-asked]").filter(has_text=self.telling.case).get_by_role(
            "link", name="办理"
        ).click()
        seat = page.locator("#seat")
        seat.get_by_label("同意" if step["vote"] else "不同意", exact=True).check()
        seat.get_by_label("意见说明").fill("已表决（演示）")
        seat.get_by_role("button", name="签署", exact=True).click()
        expect(page.locator(".notices")).to_contain_text("签署")

    def _withdraw(self, step: Step) -> None:
        page = self.officer(step["by"]).go(f"/cases/{self.telling.case}")
        page.locator("[data-open-dialog='withdraw-dialog']").click()
        dialog = page.locator("#withdraw-dialog")
        dialog.locator("[name='reason']").fill(step["withdraws"])
        dialog.get_by_role("button", name="确认撤回").click()
        expect(page.locator(".notices")).to_contain_text("已撤回")

    def _ask(self, step: Step) -> None:
        page = self.anybody().go(f"/help/{self.telling.markets[step['asks']]}")
        Form(page, ".card form").fill(step["data"])
        page.get_by_role("button", name="提交求助").click()
        expect(page.locator("h1")).to_have_text("已收到您的求助")
        self.telling.case, self.telling.code = page.locator(".receipt b.mono").all_inner_texts()

    def _answer(self, step: Step) -> None:
        no = self.telling.case
        tokens = self.site.in_process(lambda: by_services.invitations(no, step["answers"]))
        for token in tokens[: step.get("people")]:
            page = self.anybody().go(f"/s/{token}")
            Form(page, "form").fill(step["data"])
            page.get_by_role("button", name="提交问卷").click()
            expect(page.locator("h1")).to_have_text("已收到您的问卷，谢谢")

    def _play_by_services(self, steps: Iterable[Step]) -> None:
        for step in steps:
            self.site.in_process(lambda step=step: by_services.play(step, self.telling, self._pass_time))

    def _pass_time(self, day: str) -> None:
        self.site.clock.move_to(day)
        self.site.finish_background_work()

    def _keep(self, name: str) -> None:
        file = self.site.var / f"kept_{len(self._kept)}.db"
        copied(self.site.database, file)
        self._kept[name] = (file, copy.deepcopy(self.telling), self.site.clock())

    def _bring_back(self, name: str) -> None:
        file, telling, instant = self._kept[name]
        with self.site.app.app_context():
            db.engine.dispose()
        copied(file, self.site.database)
        self.telling = copy.deepcopy(telling)
        self.site.clock.move(
            seconds=(instant - self.site.clock()).total_seconds()
        )  # never before what is kept
