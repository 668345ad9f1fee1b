"""Markets through a case: proposed by the filing, recognised or refused by the decision."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.core.errors import Invalid
from webapp.models.market import Market, Operator
from webapp.queries.facts import facts_of
from webapp.queries.releases import pack_of_case
from webapp.services import numbers

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.models.case import Case

FILING = "filing"
OPINION = "draft_opinion"


def propose(session: Session, case: Case, *, short: str | None = None) -> Market:
    """Write what the filing says of its market to the market, which exists as proposed from now on.

    Args:
        session: Database session.
        case: The case of the filing.
        short: The XX of the name where the bureau settled on another than the filing proposes.

    Policy: TZ-3.1
    """
    filing = facts_of(session, case)[FILING]
    market = case.market
    if market is None:
        market = Market(
            jurisdiction_id=case.jurisdiction_id,
            township_id=case.applicant_id,
            is_demo=case.is_demo,
            name="",
            kind="",
        )
        session.add(market)
        case.market = market
    market.kind = str(filing["kind"])
    market.name = official_name(session, case, str(short or filing["short_name"]), market.kind)
    _describe(session, market, filing)
    case.kind = market.kind
    case.title = f"关于认定{market.name}的申请"
    return market


def official_name(session: Session, case: Case, short: str, kind: str) -> str:
    """Return `通州区XX零工市场` or `通州区XX零工驿站`.

    Policy: TZ-3.1
    """
    pack = pack_of_case(session, case)
    suffix = "零工驿站" if kind == "零工驿站" else "零工市场"
    return f"{pack.jurisdiction_short}{short}{suffix}"


def recognise(session: Session, case: Case) -> Market:
    """Enter a market in the directory under its number.

    Raises:
        Invalid: If another recognised market bears the name already.
    """
    market = propose(session, case, short=facts_of(session, case)[OPINION].get("market_short_name"))
    today = beijing_date(time.now())
    if market.no is None:  # the register is locked from here on, so that no twin slips in beside us
        number = numbers.draw(session, case.jurisdiction_id, "market", today.year)
        market.no = f"{pack_of_case(session, case).case_prefix}-SC-{today.year}-{number:03d}"
    twin = select(Market.id).where(
        Market.jurisdiction_id == case.jurisdiction_id,
        Market.name == market.name,
        Market.status == "recognised",
        Market.id != market.id,
    )
    if session.scalar(twin) is not None:
        raise Invalid(f"名录中已有“{market.name}”，请由科室改用其他名称后再提请决定。")
    if market.operator is not None:
        _name_operator(market.operator, facts_of(session, case)[FILING]["operator"])
    market.status, market.recognised_on = "recognised", today
    return market


def refuse(case: Case) -> None:
    """Write down that a proposed market was not recognised."""
    if case.market is not None and case.market.status == "proposed":
        case.market.status = "refused"


def drop(case: Case) -> None:
    """Write down that a proposed market was taken back by its applicant."""
    if case.market is not None and case.market.status == "proposed":
        case.market.status = "dropped"


def _describe(session: Session, market: Market, filing: dict[str, Any]) -> None:
    site = filing.get("site", {})
    address = site.get("address") or {}
    market.address = address.get("text")
    market.lng, market.lat = _number(address.get("lng")), _number(address.get("lat"))
    market.area_m2 = _number(site.get("area"))
    market.opening_hours = site.get("hours")
    market.public_phone = filing["contact"].get("public_phone")
    market.services = list(filing["services"].get("offered") or [])
    market.trial_from, market.trial_until = filing["trial"].get("start"), filing["trial"].get("end")
    market.operator = _operator(session, market, filing["operator"])


def _operator(session: Session, market: Market, given: dict[str, Any]) -> Operator | None:
    """Link the operator; what the register says of one that is known changes only with a decision."""
    if not given.get("uscc"):
        return None
    operator = session.scalar(
        select(Operator).where(
            Operator.jurisdiction_id == market.jurisdiction_id, Operator.uscc == given["uscc"]
        )
    )
    if operator is None:
        operator = Operator(jurisdiction_id=market.jurisdiction_id, uscc=given["uscc"], name="", kind="")
        session.add(operator)
        _name_operator(operator, given)
    return operator


def _name_operator(operator: Operator, given: dict[str, Any]) -> None:
    operator.name, operator.kind = str(given["name"]), str(given["kind"])
    operator.licence_no = given.get("licence_no")


def _number(value: object) -> Decimal | None:
    return None if value in {None, ""} else Decimal(str(value))
