"""零工市场名录: what everybody can reach in it (Policy: TZ-3.2)."""

from __future__ import annotations

from urllib.parse import urljoin

from lxml import html
from sqlalchemy import inspect

from tests.integration.recognition import desk
from webapp.models.market import Market
from webapp.uow import unit_of_work


def listed_again(market, n):
    """Another market like one of the directory."""
    told = {one.key: getattr(market, one.key) for one in inspect(Market).column_attrs}
    for own in ("id", "created_at", "no", "name"):
        told.pop(own, None)
    return Market(**told, no=f"TZ-SC-2026-{n:03}", name=f"通州区演示{n:02}号零工市场")


def test_every_market_of_a_long_directory_is_reached_through_its_pages(at, browse):
    case_id = at("recognised")
    with unit_of_work() as session:
        market = session.get_one(desk.Case, case_id).market
        session.add_all(listed_again(market, n) for n in range(2, 27))
    reader, found, address = browse(), set(), "/directory"
    while address:
        page = html.fromstring(reader.get(address).text)
        found |= {card.get("href") for card in page.xpath("//li[contains(@class,'market-card')]//h2/a")}
        onward = page.xpath("//a[@rel='next']/@href")
        address = urljoin(address, onward[0]) if onward else None
    assert len(found) == 26
