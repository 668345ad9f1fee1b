"""名录信息变更 played through the services by the people of the demonstration; everything says 演示."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from tests import stories
from tests.factories import filings
from tests.integration.recognition import desk
from webapp.core.clock import beijing_date
from webapp.core.clock import now as instant
from webapp.models.market import Market, MarketChange
from webapp.queries.directory import MarketView, market_page
from webapp.queries.jurisdictions import home_jurisdiction
from webapp.services import cases
from webapp.uow import read_only, unit_of_work

if TYPE_CHECKING:
    from uuid import UUID

CLERK, REVIEWER, LEADER = "majuqiao", "majuqiao-sh", "majuqiao-ld"
EVIDENCE = {"evidence": ["证明材料（演示）.pdf"]}
SAID = stories.said("register_change")
MOVED = SAID["moved"]
CLOSED = SAID["closed"]
REOPENED = SAID["reopened"]


def number(case_id: UUID) -> str:
    """Return the number of the market that a recognition ended in."""
    no = desk.market_of(case_id).no
    assert no is not None
    return no


def start(market_no: str | None, username: str = CLERK, position: str | None = "clerk") -> UUID:
    """Let somebody begin a change of a market's entry; return the case's id."""
    with unit_of_work() as session:
        who = filings.actor(session, username, position)
        return cases.start(session, who, "register_change", market_no=market_no).id


def file(case_id: UUID, values: dict[str, Any]) -> None:
    """Let the township's clerk fill the change in, with one piece of evidence."""
    desk.act(case_id, CLERK, "file", values, position="clerk", files=EVIDENCE)


def send(case_id: UUID, values: dict[str, Any]) -> None:
    """Let the township fill in, review and sign a change: it lies at the bureau."""
    file(case_id, values)
    desk.act(case_id, REVIEWER, "change_review", {"pass": True})
    desk.act(case_id, LEADER, "change_sign", {"pass": True, "secrecy": "不涉密"})


def check(case_id: UUID, conclusion: str = "approve") -> None:
    """Let the bureau's clerk check a change, and the section's chief pass what comes of it."""
    values = SAID["missing" if conclusion == "correct" else "fits"] | {"conclusion": conclusion}
    desk.act(case_id, "renshe", "change_check", values)
    desk.review_papers(case_id)


def decide(case_id: UUID, decision: str = "approve", comment: str = "") -> None:
    """Let the deputy director decide a change."""
    values = {"decision": decision, "comment": comment, "secrecy": "不涉密"}
    if decision == "return":
        del values["secrecy"]
    desk.act(case_id, "renshe-fj", "change_decision", values)


def changed(market_no: str, values: dict[str, Any]) -> UUID:
    """Carry a change of a market's entry to its good end; return the case's id."""
    case_id = start(market_no)
    send(case_id, values)
    check(case_id)
    decide(case_id)
    return case_id


def entry(market_no: str) -> MarketView:
    """Return a market as the public reads it."""
    with read_only() as session:
        return market_page(session, home_jurisdiction(session), market_no)


def changes(market_no: str) -> dict[str, tuple[Any, Any]]:
    """Return what is kept of the changes of a market: before and after by field."""
    with read_only() as session:
        rows = session.scalars(
            select(MarketChange)
            .join(Market, Market.id == MarketChange.market_id)
            .where(Market.no == market_no)
            .order_by(MarketChange.id)
        )
        return {row.field: (row.before, row.after) for row in rows}


def today() -> str:
    """Return today's Beijing date."""
    return beijing_date(instant()).isoformat()
