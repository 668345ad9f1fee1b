"""Markets through a case: proposed by the filing, recognised or refused by the decision."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.core.errors import Invalid, Missing
from webapp.core.identifiers import uuid7
from webapp.models.market import Market, Operator
from webapp.queries.facts import facts_of
from webapp.queries.releases import pack_of_case
from webapp.services import numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from webapp.models.case import Case
    from webapp.packs import MarketSpec


def spec_of(session: Session, case: Case) -> MarketSpec:
    """Return what the case's own pack says of its register of markets.

    Raises:
        Missing: If the pack has none.
    """
    spec = pack_of_case(session, case).market
    if spec is None:
        raise Missing("政策包没有写明市场名录，请联系系统管理员。")
    return spec


def note_filing(session: Session, case: Case, form_key: str) -> None:
    """Bring the proposed market up to date when the form that tells of it was handed in."""
    spec = pack_of_case(session, case).market
    if spec is not None and form_key == spec.filing_form:
        propose(session, case)


def propose(session: Session, case: Case, *, short: str | None = None) -> Market:
    """Write what the filing says of its market to the market, which exists as proposed from now on.

    Args:
        session: Database session.
        case: The case of the filing.
        short: The XX of the name where the bureau settled on another than the filing proposes.

    Policy: TZ-3.1
    """
    spec = spec_of(session, case)
    filing = facts_of(session, case)[spec.filing_form]
    market = case.market
    if market is None:
        market = Market(
            jurisdiction_id=case.jurisdiction_id,
            township=case.applicant,
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
    return spec_of(session, case).official_name(pack_of_case(session, case).jurisdiction_short, short, kind)


def recognise(session: Session, case: Case) -> Market:
    """Enter a market in the directory under its number.

    Raises:
        Invalid: If another recognised market bears the name already.
    """
    spec = spec_of(session, case)
    facts = facts_of(session, case)
    market = propose(session, case, short=facts[spec.opinion_form].get("market_short_name"))
    today = beijing_date(time.now())
    if market.no is None:  # the register is locked from here on, so that no twin slips in beside us
        number = numbers.draw(session, case.jurisdiction_id, "market", today.year)
        prefix = f"{pack_of_case(session, case).case_prefix}-{spec.number_series}"
        market.no = f"{prefix}-{today.year}-{number:03d}"
    twin = select(Market.id).where(
        Market.jurisdiction_id == case.jurisdiction_id,
        Market.name == market.name,
        Market.status == "recognised",
        Market.id != market.id,
    )
    if session.scalar(twin) is not None:
        raise Invalid(f"名录中已有“{market.name}”，请由科室改用其他名称后再提请决定。")
    if market.operator is not None:
        name_operator(market.operator, facts[spec.filing_form]["operator"])
    market.status, market.recognised_on = "recognised", today
    return market


def refuse(case: Case) -> bool:
    """Write down that a proposed market was not recognised; tell whether the case was about one."""
    proposed = case.market is not None and case.market.status == "proposed"
    if case.market is not None and proposed:
        case.market.status = "refused"
    return proposed


def drop(case: Case) -> None:
    """Write down that a proposed market was taken back by its applicant."""
    if case.market is not None and case.market.status == "proposed":
        case.market.status = "dropped"


def _describe(session: Session, market: Market, filing: dict[str, Any]) -> None:
    site = filing.get("site", {})
    address = site.get("address") or {}
    market.address = address.get("text")
    market.lng, market.lat = number_of(address.get("lng")), number_of(address.get("lat"))
    market.area_m2 = number_of(site.get("area"))
    market.opening_hours = site.get("hours")
    market.public_phone = filing["contact"].get("public_phone")
    market.services = list(filing["services"].get("offered") or [])
    market.trial_from, market.trial_until = filing["trial"].get("start"), filing["trial"].get("end")
    market.operator = operator_of(session, market, filing["operator"])


def operator_of(session: Session, market: Market, given: Mapping[str, Any]) -> Operator | None:
    """Return the operator that a form tells of, `None` if it tells of none.

    What the register says of an operator that is known already changes only with a decision.
    """
    if not given.get("uscc"):
        return None
    query = select(Operator).where(
        Operator.jurisdiction_id == market.jurisdiction_id, Operator.uscc == given["uscc"]
    )
    operator = session.scalar(query)
    if operator is None:
        _add_operator(session, market, given)
        operator = session.scalars(query).one()
    return operator


def _add_operator(session: Session, market: Market, given: Mapping[str, Any]) -> None:
    """Add an operator; of two filings that name it at once, the second waits and finds the first's."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    new = {
        "id": uuid7(),
        "jurisdiction_id": market.jurisdiction_id,
        "uscc": given["uscc"],
        "name": str(given["name"]),
        "kind": str(given["kind"]),
        "licence_no": given.get("licence_no"),
        "created_at": time.now(),
    }
    session.execute(insert(Operator).values(new).on_conflict_do_nothing())


def name_operator(operator: Operator, given: Mapping[str, Any]) -> None:
    """Let the register say of an operator what was decided."""
    operator.name, operator.kind = str(given["name"]), str(given["kind"])
    operator.licence_no = given.get("licence_no")


def number_of(value: object) -> Decimal | None:
    """Return a number of a form as the register keeps it; `None` where none was given."""
    return None if value in {None, ""} else Decimal(str(value))
