"""One case opens another about the same market, as an assessment opens a rectification."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from webapp.core.errors import DomainError, Missing
from webapp.models.market import Market
from webapp.packs import APPLICANT
from webapp.queries.agencies import agency_of
from webapp.queries.releases import current_process, definition_of
from webapp.queries.starters import first_starter, is_about_listed_market
from webapp.services import cases
from webapp.services.events import record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from webapp.models.case import Case
    from webapp.queries.actors import Actor


def open_case(
    session: Session, case: Case, actor: Actor, element_id: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Open a case of another procedure about the market of this one.

    It belongs to the agency that the procedure's property `starters` names first, and knows this case as
    its origin. Where one that stands in its way is under way, that one is left to go on.

    Parameters `process` and, optional, `reason`, which history keeps.

    Raises:
        Missing: If this case is about no listed market, or the procedure is not in force.
        DomainError: If the procedure is not about a listed market.
    """
    del element_id
    version = current_process(session, case.jurisdiction_id, str(given["process"]))
    if not is_about_listed_market(definition_of(session, version)):
        raise DomainError(f"“{version.title}”不以名录中的市场为对象，不能由其他办件发起。")
    market = _listed(session, case)
    following = cases.under_way(session, version, market)
    if following is None:
        reason = None if given.get("reason") is None else str(given["reason"])
        key = first_starter(definition_of(session, version))
        agency = market.township if key == APPLICANT else agency_of(session, case, key)
        following = cases.begin(
            session, actor, version, agency=agency, market=market, origin=case, reason=reason
        )
    told = {"no": following.no, "title": following.process_version.title}
    record(session, "case.opened_another", actor=actor, case=case, data=told)
    return {}


def end_opened(
    session: Session, case: Case, actor: Actor, element_id: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """End what this case opened, since the ground of it has fallen; what was decided there stays.

    Parameter `reason`: why, for history and for those who work on it.
    """
    del element_id
    for ended in cases.end_opened(session, actor, case, reason=str(given["reason"])):
        told = {"no": ended.no, "title": ended.process_version.title}
        record(session, "case.ended_another", actor=actor, case=case, data=told)
    return {}


def _listed(session: Session, case: Case) -> Market:
    query = select(Market).where(Market.id == case.market_id, Market.status == "recognised")
    market = session.scalar(query.with_for_update())
    if market is None:
        raise Missing("本件所涉及的市场不在名录中，不能发起后续业务。")
    return market
