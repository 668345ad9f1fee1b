"""Every procedure in the browser: its good way and each bad way, told by the files of `tests/stories`.

Policy: TZ-3.1, TZ-3.2, TZ-3.3, TZ-3.4, TZ-4.1, TZ-4.2, TZ-4.3, TZ-4.4, TZ-4.5, TZ-5.1, TZ-5.2, TZ-6, TZ-7.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests import stories
from tests.journeys.office import Office
from tests.stories import by_services
from webapp.app import install_process_state
from webapp.config import SETTINGS
from webapp.core import clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.journeys.site_under_test import Site
    from tests.stories import Way

WAYS = [way for process in stories.processes() for way in stories.ways(process) if way.steps]
BUREAU = "renshe"
RECOGNISED = {"market": "认定零工市场", "station": "认定零工驿站"}
"""The markets that there are when a way begins, and how they came to be."""


@pytest.fixture(scope="module")
def office(site: Site, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Everybody signed in, and a market and a station that were recognised."""
    office = Office(tmp_path_factory.mktemp("office"), browser)
    office.prepare(_people(), {name: _steps_of("recognition", title) for name, title in RECOGNISED.items()})
    yield office
    office.close()
    clock.set_clock(site.clock)
    install_process_state(site.app.extensions[SETTINGS])


@pytest.mark.parametrize("way", WAYS, ids=[f"{way.process}-{way.title}" for way in WAYS])
def test_a_way_through_a_procedure(office: Office, way: Way) -> None:
    office.begin(way.before)
    office.play(way.steps)
    _has_come_to(office, way)
    for shown in way.shows:
        _is_shown(office, shown)
    assert office.complaints() == []


def _has_come_to(office: Office, way: Way) -> None:
    """Expect the end event that the way is said to come to, or the steps at which it stops."""
    no = office.telling.case
    status, trail = office.site.in_process(lambda: by_services.state_of(no))
    if way.ends:
        assert (status, way.ends in trail) == ("finished", True), trail[-3:]
    assert office.site.in_process(lambda: by_services.waiting(no)) == set(way.waits)


def _is_shown(office: Office, shown: dict[str, Any]) -> None:
    if "paper" in shown:
        no = office.telling.case
        told = office.site.in_process(lambda: by_services.printed(no, shown["paper"]))
        assert [text for text in shown["reads"] if text not in told] == [], told
        return
    if "status" in shown:
        _is_looked_up(office, shown["status"])
        return
    places = office.telling.markets | {"case": office.telling.case}
    shown = shown | {"lacks": [text.format(**places) for text in shown.get("lacks", ())]}
    address = shown["page"].format(**places)
    by = shown.get("by", BUREAU)
    reader = office.officer(by) if by else office.anybody()
    _reads(reader.go(address), shown)


def _reads(page: Page, shown: dict[str, Any]) -> None:
    body = page.locator("body")
    for text in shown.get("reads", ()):
        expect(body).to_contain_text(text)
    for text in shown.get("lacks", ()):
        expect(body).not_to_contain_text(text)


def _is_looked_up(office: Office, state: str) -> None:
    """Expect what the one who asked for help is told with number and code."""
    page = office.anybody().go("/help/status")
    page.locator("#no").fill(office.telling.case)
    page.locator("#code").fill(office.telling.code)
    page.get_by_role("button", name="查看进度").click()
    expect(page.locator("#status-title")).to_have_text(state)


def _people() -> list[str]:
    """Everybody who does something in the browser or reads a page at the end."""
    found = {BUREAU}
    for way in WAYS:
        for entry in (*way.steps, *way.shows):
            by = entry.get("by") or []
            found.update(by if isinstance(by, list) else [by])
    return sorted(found)


def _steps_of(process: str, title: str) -> tuple[stories.Step, ...]:
    way = stories.way(process, title)
    return (*way.before, *way.steps)
