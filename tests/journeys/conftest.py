"""Journeys run in a real browser against a real web server; each test process has a site of its own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.journeys.people import PATIENCE, Officer, Visitor
from tests.journeys.site_under_test import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


expect.set_options(timeout=PATIENCE)
FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder."""
    for item in items:
        if item.path.is_relative_to(FOLDER):
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Use the browser of the system: the one in `CHROMIUM`, or the first on the path."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    assert found, "没有找到 Chromium，请用环境变量 CHROMIUM 指定浏览器路径。"
    switches = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
    return {"executable_path": found, "args": switches}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A system with the people of the demonstration and no cases."""
    site = Site(tmp_path_factory.mktemp("site"))
    yield site
    site.stop()


@pytest.fixture
def visitor(site: Site, browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Let somebody who is not signed in sit down at a browser."""
    yield from _seats(lambda **options: Visitor(site, browser, **options))


@pytest.fixture
def officer(site: Site, browser: Browser) -> Iterator[Callable[..., Officer]]:
    """Let somebody sign in at a browser of their own."""
    yield from _seats(lambda *who, **options: Officer(site, browser, *who, **options))


def _seats(sit_down: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    taken: list[Visitor] = []

    def seat(*who: Any, **options: Any) -> Visitor:
        somebody: Visitor = sit_down(*who, **options)
        taken.append(somebody)
        return somebody

    yield seat
    for somebody in taken:
        somebody.leave()
