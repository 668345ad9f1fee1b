"""The people of a journey: each sits at a browser of their own and works as an officer would."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.journeys.papers import paper
from webapp.services.accounts import DEMO_PASSWORD

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page

    from tests.journeys.site_under_test import Site

PATIENCE = 30_000
"""Milliseconds to wait for the page before it counts as broken; a busy machine is slow, not wrong."""
DECIDING = (
    ("kind", None),
    ("need", "gathering"),
    ("platform", "has"),
    ("operator", "has"),
    ("operator", "kind"),
)
"""Fields of a filing, by group, on which it depends what else is asked."""
Value = Any
"""What a form of the demonstration is told to contain: see `workflows/tongzhou/demo`."""


class Visitor:
    """Somebody at a browser, not signed in."""

    def __init__(self, site: Site, browser: Browser, **options: Any) -> None:
        self.site = site
        self.context: BrowserContext = browser.new_context(
            base_url=site.url, **({"locale": "zh-CN", "reduced_motion": "reduce"} | options)
        )
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))

    def go(self, address: str, status: int = 200) -> Page:
        """Open an address and expect its status."""
        answer = self.page.goto(address)
        assert answer is not None
        assert answer.status == status, f"{address}: {answer.status}"
        return self.page

    def reads(self, text: str | re.Pattern[str]) -> None:
        """Expect a text on the page."""
        expect(self.page.locator("body")).to_contain_text(text)

    def leave(self) -> None:
        """Close the browser and fail if it complained: a script error, or something the policy refused."""
        self.context.close()
        assert not self.complaints, self.complaints

    def _hear(self, message: ConsoleMessage) -> None:
        expected = message.text.startswith("Failed to load resource: the server responded with a status of 4")
        if message.type in {"error", "warning"} and not expected:
            self.complaints.append(f"{message.type}: {message.text}")


class Officer(Visitor):
    """Somebody who is signed in."""

    def __init__(
        self,
        site: Site,
        browser: Browser,
        username: str,
        position: str | None = None,
        password: str = DEMO_PASSWORD,
        **options: Any,
    ) -> None:
        super().__init__(site, browser, **options)
        self.username = username
        self.password = password
        if password == DEMO_PASSWORD:
            self.be_signed_in()
        else:
            self.sign_in()
        if position is not None:
            self.take_position(position)

    def be_signed_in(self) -> None:
        """Hold a session that the service of the page for signing in opened; stories about signing in use the page."""
        self.context.add_cookies(
            [{"name": "linggong", "value": self.site.admitted(self.username), "url": self.site.url}]
        )

    def sign_in(self, then: str | None = None) -> None:
        """Sign in on the page that asks for it, opening it first unless it is shown already."""
        if "/sign-in" not in self.page.url:
            self.go("/sign-in")
        self.page.get_by_label("用户名", exact=True).fill(self.username)
        self.page.get_by_label("密码", exact=True).fill(self.password)
        self.page.locator(".door-form").get_by_role("button", name="登录", exact=True).click()
        expect(self.page).not_to_have_url(re.compile("/sign-in"))
        if then is not None:
            self.go(then)

    def take_position(self, title: str) -> None:
        """Choose another of one's positions in the header, on the first page unless one is open."""
        if self.page.url == "about:blank":
            self.go("/")
        self.page.locator("summary.who").click()
        self.page.locator("details.menu").get_by_role("button", name=title).click()
        self.reads("已切换到")

    def open_task(self, no: str, step: str) -> Form:
        """Find a step of a case in the inbox and open it."""
        self.go(f"/inbox?q={no}")
        row = self.page.locator("[data-row]").filter(has_text=no).filter(has_text=step)
        row.get_by_role("link").first.click()
        expect(self.page.locator("#task-title")).to_have_text(step)
        return Form(self.page)

    def does_not_have(self, no: str) -> None:
        """Expect that nothing of a case waits for this person."""
        self.go(f"/inbox?q={no}")
        self.reads("没有符合条件的待办")


class Form:
    """The form of the step that is open, or another form of the same fields."""

    def __init__(self, page: Page, root: str = "form[data-task-form]") -> None:
        self.page = page
        self.root = page.locator(root)

    def fill(self, values: Mapping[str, Value], prefix: str = "") -> Form:
        """Enter values by path, as the files of the demonstration write them."""
        for key, value in values.items():
            self.enter(f"{prefix}{key}".replace(".", "-"), value)
        return self

    def fill_filing(self, filing: Mapping[str, Value]) -> Form:
        """Enter a filing; first what decides about other fields, as the officer who knows the form would."""
        for group, field in DECIDING:
            values = filing.get(group, {}) if field is not None else filing
            if (field or group) in values:
                self.enter(f"{group}-{field}" if field else group, values[field or group])
        return self.fill(filing)

    def enter(self, name: str, value: Value) -> None:
        """Enter one value in the field of this name."""
        if isinstance(value, dict) and "lng" not in value:
            self.fill(value, f"{name}-")
        elif isinstance(value, dict):
            for part in ("text", "lng", "lat"):
                self.field(f"{name}-{part}").fill(str(value[part]))
        elif isinstance(value, list):
            self._enter_many(name, value)
        else:
            self._enter_one(name, value)

    def attach(self, name: str, *files: Mapping[str, Any]) -> None:
        """Choose files and wait until the server has taken each."""
        self.choose(name, *files)
        for file in files:
            expect(self.entry(name, str(file["name"]))).to_contain_text("已校验")

    def choose(self, name: str, *files: Mapping[str, Any] | Path) -> None:
        """Choose files, whatever comes of it."""
        self.root.locator(f"[name='{name}.file']").set_input_files(list(files))  # type: ignore[arg-type]

    def entry(self, name: str, file: str) -> Locator:
        """Return the line of a chosen file."""
        return self.root.locator(f"[data-upload][data-name='{name}'] [data-file]").filter(has_text=file)

    def field(self, name: str) -> Locator:
        """Return the controls of a field."""
        return self.root.locator(f"[name='{name}']")

    def box(self, name: str) -> Locator:
        """Return a field with its label, help and messages."""
        return self.root.locator(f"[id='field-{name}']")

    def submit(self) -> None:
        """Send the form with its own button."""
        self.root.locator("[data-submit]").click()

    def done(self, said: str) -> None:
        """Send the form and expect the confirmation."""
        self.submit()
        expect(self.page.locator(".notices")).to_contain_text(said)

    def is_saved(self) -> None:
        """Expect that the draft was saved by itself."""
        expect(self.root.locator("[data-draft-note]")).to_contain_text("已自动保存")

    def _enter_many(self, name: str, values: list[Value]) -> None:
        if values and isinstance(values[0], dict) and set(values[0]) == {"file"}:
            fresh = [value["file"] for value in values if not self.entry(name, value["file"]).count()]
            self.attach(name, *map(paper, fresh))  # what was attached before it came back is there
            return
        if values and isinstance(values[0], dict):
            for index, row in enumerate(values):
                if not self.root.locator(f"[name^='{name}-{index}-']").count():
                    self.box(name).get_by_role("button", name="增加一行").click()
                self.fill(row, f"{name}-{index}-")
            return
        for value in values:
            self.root.locator(f"[name='{name}'][value='{value}']").check()

    def _enter_one(self, name: str, value: Value) -> None:
        control = self.field(name).first
        kind, decides = control.evaluate("control => [control.type, 'trigger' in control.dataset]")
        if kind == "radio":
            text = str(value).lower() if isinstance(value, bool) else str(value)
            self.root.locator(f"[name='{name}'][value='{text}']").check()
        elif kind == "checkbox":
            control.set_checked(bool(value))
        elif kind == "select-one":
            control.select_option(str(value))
        else:
            control.fill(str(value))
            if decides:  # what depends on it is asked for when one goes on to the next field
                control.blur()
