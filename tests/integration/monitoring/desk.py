"""The procedures of monitoring played through the services by the people of the demonstration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from tests import stories
from tests.factories import filings
from tests.integration.recognition import desk as office
from webapp.models.market import Market, MarketRecord
from webapp.queries.directory import MarketView, market_page
from webapp.queries.jurisdictions import home_jurisdiction
from webapp.services import cases
from webapp.uow import read_only, unit_of_work

if TYPE_CHECKING:
    from uuid import UUID

SAID = stories.said("data_report")
CLERK, REVIEWER, LEADER, BUREAU = "majuqiao", "majuqiao-sh", "majuqiao-ld", "renshe"


def number(case_id: UUID) -> str:
    """Return the number of the market that a recognition ended in."""
    no = office.market_of(case_id).no
    assert no is not None
    return no


def start(process: str, market_no: str | None = None, username: str = CLERK) -> UUID:
    """Let a clerk begin a case of a procedure; return its id."""
    with unit_of_work() as session:
        who = filings.actor(session, username, "clerk")
        return cases.start(session, who, process, market_no=market_no).id


def act(case_id: UUID, username: str, step: str, values: dict[str, Any], **more: Any) -> UUID:
    """Let a person do a step; a township's clerk acts as such."""
    position = "clerk" if username in {CLERK, "songzhuang"} else None
    return office.act(case_id, username, step, values, position=position, **more)


def kept(market_no: str, kind: str) -> list[MarketRecord]:
    """Return everything that was ever entered of a kind in the file of a market, oldest first."""
    with read_only() as session:
        rows = (
            select(MarketRecord)
            .join(Market, Market.id == MarketRecord.market_id)
            .where(Market.no == market_no, MarketRecord.kind == kind)
        )
        return list(session.scalars(rows.order_by(MarketRecord.recorded_at, MarketRecord.id)))


def entry(market_no: str) -> MarketView:
    """Return a market as the public reads it."""
    with read_only() as session:
        return market_page(session, home_jurisdiction(session), market_no)


def report(period: str = "2026-10", **supply: int) -> dict[str, Any]:
    """Return a month's report: 110 posts, 210 seekers, 55 matched, cleaning paid 200 a day on average."""
    told: dict[str, Any] = stories.said("data_report")["report"]
    return told | {"report_period": period, "supply": told["supply"] | supply}


REVIEWED = {"pass": True}
ACCEPTED = SAID["accepted"]


def sent(market_no: str, values: dict[str, Any], explained: str = "") -> UUID:
    """Let the township report a month: it lies at the bureau. Explain what departs, if told how."""
    case_id = start("data_report", market_no)
    act(case_id, CLERK, "file", values)
    if explained:
        act(case_id, CLERK, "explain", {"answer": "explain", "explanation": explained})
    act(case_id, REVIEWER, "data_review", REVIEWED)
    return case_id


def accepted(market_no: str, values: dict[str, Any], explained: str = "") -> UUID:
    """Carry a month's report to its good end."""
    case_id = sent(market_no, values, explained)
    act(case_id, BUREAU, "data_check", ACCEPTED)
    return case_id
