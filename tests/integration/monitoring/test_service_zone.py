"""零工服务专区: what is offered now, by whom, what there is to read, and the feed (Policy: TZ-2.3)."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.integration.legal_time.office import midnight
from tests.integration.monitoring import desk
from tests.integration.monitoring.test_market_notes import JOB, posted
from webapp.models.market import Market
from webapp.uow import unit_of_work

ATOM = {"a": "http://www.w3.org/2005/Atom"}
PACKER = JOB | {"job": JOB["job"] | {"title": "打包工（演示）", "place": "演示仓库"}}


@pytest.fixture
def market(at):
    """Number of a recognised market that offers two posts."""
    no = desk.number(at("recognised"))
    posted(no)
    posted(no, PACKER)
    return no


def test_everybody_finds_the_posts_of_all_markets_and_what_to_read(market, browse):
    page = browse().get("/services").text
    assert "分拣员（演示）" in page
    assert "打包工（演示）" in page
    assert f'href="/directory/{market}"' in page
    assert "保障农民工工资支付条例" in page
    assert "13800000000" not in page


@pytest.mark.parametrize(
    ("asked", "found"), [("仓库", ["打包工"]), ("演示物流公司 园区", ["分拣员"]), ("不存在的岗位", [])]
)
def test_a_search_looks_for_all_its_words(market, browse, asked, found):
    page = browse().get("/services", query_string={"q": asked}).text
    assert [name for name in ("打包工", "分拣员") if f"<h2>{name}（演示）</h2>" in page] == found


def test_a_kind_can_be_chosen_and_an_unknown_one_is_none(market, browse):
    assert "分拣员（演示）" not in browse().get("/services?kind=training").text
    assert "分拣员（演示）" in browse().get("/services?kind=nothing").text


def test_a_post_goes_with_its_last_day_and_with_its_market(market, browse, frozen_clock):
    frozen_clock.instant = midnight(12, 10)
    assert "分拣员（演示）" in browse().get("/services").text
    with unit_of_work() as session:
        session.query(Market).filter_by(no=market).one().status = "left"
    assert "分拣员（演示）" not in browse().get("/services").text
    with unit_of_work() as session:
        session.query(Market).filter_by(no=market).one().status = "recognised"
    frozen_clock.instant = midnight(12, 11)
    assert "分拣员（演示）" not in browse().get("/services").text


def test_other_sites_take_up_a_feed_that_is_sent_only_when_it_changed(market, browse):
    reader = browse()
    answer = reader.get("/services/feed.atom")
    assert answer.mimetype == "application/atom+xml"
    feed = etree.fromstring(answer.data)
    assert feed.xpath("a:entry/a:title/text()", namespaces=ATOM) == [
        "打包工（演示）（演示）",
        "分拣员（演示）（演示）",
    ]
    (first, second) = feed.xpath("a:entry", namespaces=ATOM)
    assert first.findtext("a:id", namespaces=ATOM) != second.findtext("a:id", namespaces=ATOM)
    assert f"/directory/{market}" in first.find("a:link", namespaces=ATOM).get("href")
    assert "演示仓库" in first.findtext("a:summary", namespaces=ATOM)
    again = reader.get("/services/feed.atom", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    posted(market, JOB | {"job": JOB["job"] | {"title": "装卸工（演示）"}})
    changed = reader.get("/services/feed.atom", headers={"If-None-Match": answer.headers["ETag"]})
    assert changed.status_code == 200
