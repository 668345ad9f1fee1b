"""A market's file: procedures enter what they found about it, and nothing entered is ever taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from webapp import engine
from webapp.core import clock as time
from webapp.core.errors import DomainError, Missing
from webapp.models.market import Market, MarketRecord
from webapp.queries.releases import pack_of_case

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from webapp.models.case import Case


def enter(
    session: Session,
    case: Case,
    *,
    kind: str,
    period: str,
    valid_until: date | None,
    values: Mapping[str, Any],
) -> MarketRecord:
    """Enter what a case found about its market; it takes the place of an earlier entry of kind and period.

    Args:
        session: Database session.
        case: The case that found it.
        kind: Key of a kind of record of the case's pack.
        period: What it is about, such as `2026` or `2026-10`.
        valid_until: Last Beijing day on which it counts; `None` if it does not lapse.
        values: Flat values by name; never personal data.

    Raises:
        Missing: If the case is about no market.
        DomainError: If the pack knows no such kind.
        InvalidValue: If a value may not be kept.
    """
    if case.market_id is None:
        raise Missing("本件没有对应的市场（驿站），不能记入市场档案。")
    if kind not in pack_of_case(session, case).records:
        raise DomainError(f"政策包没有写明市场档案的类别“{kind}”，请联系系统管理员。")
    market = session.get_one(Market, case.market_id)
    entry = keep(session, market, kind=kind, period=period, values=values)
    entry.case_id, entry.valid_until = case.id, valid_until
    return entry


def keep(
    session: Session, market: Market, *, kind: str, period: str, values: Mapping[str, Any]
) -> MarketRecord:
    """Enter something about a market that came of no case; see :func:`enter`."""
    entry = MarketRecord(
        jurisdiction_id=market.jurisdiction_id,
        market_id=market.id,
        kind=kind,
        period=period,
        recorded_at=time.now(),
        values=engine.encode_all(values),
    )
    session.add(entry)
    session.flush()
    return entry
