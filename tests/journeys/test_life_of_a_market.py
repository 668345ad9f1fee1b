"""The whole life of a market in the browser: recognised, a good year with four stars, a bad one, and its exit.

Who does what and when is told by `workflows/tongzhou/demo/life.json`, as in the demonstration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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

    from playwright.sync_api import Browser

    from tests.journeys.site_under_test import Site

SEEN = {"优秀", "91.82", "四星级", "不合格", "51.75"}


@pytest.fixture
def office(site: Site, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A system of its own: the story begins in the year before that of all other journeys."""
    own = Office(tmp_path_factory.mktemp("life"), browser)
    yield own
    own.close()
    clock.set_clock(site.clock)
    install_process_state(site.app.extensions[SETTINGS])


def test_a_market_lives_through_good_and_bad_years_and_leaves(office: Office) -> None:
    recognised = stories.way("recognition", "认定零工市场").before
    assert {"on": stories.life()["recognised"]} in recognised
    office.play(recognised)
    office.name_market("market")
    market = office.telling.markets["market"]
    for chapter in stories.life()["chapters"]:
        office.play(stories.chapter_steps(chapter))
        status, trail = office.site.in_process(lambda: by_services.state_of(office.telling.case))
        assert (status, chapter["ends"] in trail) == ("finished", True)
        office.anybody().go(f"/directory/{market}")
        for words in SEEN.intersection((chapter.get("file") or {}).values()):
            office.anybody().reads(words)
    office.site.finish_background_work()
    _has_left_the_directory(office, market)
    _the_papers_are_there(office, market)


def _has_left_the_directory(office: Office, market: str) -> None:
    anybody = office.anybody()
    anybody.go(f"/directory/{market}")
    anybody.reads("已移出名录")
    anybody.reads("责令退出")
    expect(anybody.go("/directory").locator("body")).not_to_contain_text(market)
    anybody.go(f"/directory/{market}").get_by_role("link", name="零工市场星级证书").click()
    anybody.reads("但市场已移出名录")


def _the_papers_are_there(office: Office, market: str) -> None:
    leader = office.officer("renshe-jz")
    leader.go(f"/markets/{market}")
    for told in ("责令退出：责令退出，市场关闭", "整改：整改不力，转入责令退出", "星级评选：评定四星级"):
        leader.reads(told)
    leader.page.get_by_role("link", name="责令退出：责令退出，市场关闭").click()
    for title in ("拟责令退出告知书", "责令退出决定书", "送达回证"):
        leader.reads(title)
