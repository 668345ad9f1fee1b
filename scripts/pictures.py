"""Takes the pictures of `docs/images` from a running demonstration: `python scripts/pictures.py ADDRESS`.

The demonstration is fresh, as `make run` leaves it. `CHROMIUM` names the browser. One draft is begun there.
"""

from __future__ import annotations

import os
import re
import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import ViewportSize, sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

IMAGES = Path(__file__).parents[1] / "docs" / "images"
PASSWORD = "Yanshi-2026"  # noqa: S105 - the sign-in page of the demonstration shows it
DESK = 1280, 860
PHONE = 390, 800
COLOURS = 96
FLOW = "files/workflows/tongzhou/recognition.bpmn"


def page_of(browser: Browser, address: str, username: str = "", screen: tuple[int, int] = DESK) -> Page:
    """Let somebody of the demonstration sit down at a browser, or somebody without an account."""
    size = ViewportSize(width=screen[0], height=screen[1])
    page = browser.new_context(base_url=address, locale="zh-CN", viewport=size).new_page()
    if username:
        page.goto("/sign-in")
        page.get_by_label("用户名", exact=True).fill(username)
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        page.locator(".door-form").get_by_role("button", name="登录", exact=True).click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def take(page: Page, name: str, address: str = "") -> None:
    """Open an address, unless the page is open already, and take its picture."""
    if address:
        page.goto(address)
    page.wait_for_load_state("networkidle")
    with Image.open(BytesIO(page.screenshot())) as picture:
        picture.convert("RGB").quantize(COLOURS).save(IMAGES / f"{name}.png", optimize=True)


def first_link(page: Page, pattern: str) -> str:
    """Return the first address on the page that fits."""
    found: list[str] = page.locator("main a").evaluate_all(
        "links => links.map(link => link.getAttribute('href') || '')"
    )
    return next(address for address in found if re.search(pattern, address))


def main(address: str) -> None:
    """Take all pictures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM"), args=["--no-sandbox"]
        )
        anybody, bureau = page_of(browser, address), page_of(browser, address, "renshe")
        take(anybody, "sign-in", "/sign-in")
        take(anybody, "directory", "/directory")
        take(anybody, "market", first_link(anybody, r"^/directory/TZ"))
        anybody.goto(first_link(anybody, r"/v/"))
        take(anybody, "verification")
        take(bureau, "workbench", "/")
        take(bureau, "inbox", "/inbox")
        take(bureau, "task", first_link(bureau, r"^/cases/.+/tasks/"))
        take(bureau, "case", "/cases/TZ-RD-2026-0003")
        bureau.goto("/cases/TZ-RD-2026-0001")
        take(bureau, "document", first_link(bureau, r"^/documents/[^/]+$"))
        take(page_of(browser, address, "renshe", PHONE), "phone", "/inbox")
        editor = page_of(browser, address, "admin")
        editor.goto("/studio")
        editor.get_by_label("草稿名称").fill("调整认定流程")
        editor.get_by_label("草稿名称").press("Enter")
        editor.wait_for_url(re.compile(r"/studio/[0-9a-f-]{36}$"))
        editor.goto(f"{editor.url}/{FLOW}")
        editor.locator(".djs-container").first.wait_for()
        take(editor, "studio")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
