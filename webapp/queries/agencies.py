"""Agencies of a case's jurisdiction by the keys that packs use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.core.errors import DomainError, Missing
from webapp.core.recent import Recent
from webapp.models.account import Agency, Position
from webapp.packs import APPLICANT, APPLICANT_KIND
from webapp.queries.releases import definition_of

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.case import Case

_PLACES: Recent[tuple[UUID, str, str], tuple[UUID, UUID]] = Recent(20_000)


def agency_of(session: Session, case: Case, key: str) -> Agency:
    """Return the agency that a lane or a service task means; for `township` see :func:`township_of`.

    Raises:
        Missing: If the jurisdiction has no such agency.
    """
    if key == APPLICANT:
        return township_of(case)
    agency = session.scalar(
        select(Agency).where(Agency.jurisdiction_id == case.jurisdiction_id, Agency.key == key)
    )
    if agency is None:
        raise Missing(f"辖区内没有设置单位“{key}”，请联系系统管理员。")
    return agency


def deciding_agency(session: Session, case: Case) -> Agency:
    """Return the agency that decides a case, keeps its file and has the last word about it."""
    return agency_of(session, case, definition_of(session, case.process_version).properties["agency"])


def township_of(case: Case) -> Agency:
    """Return the 街道乡镇 of a case: whichever filed it, or that of its market if another body started it."""
    if case.market is None or case.applicant.kind == APPLICANT_KIND:
        return case.applicant
    return case.market.township


def place_of(session: Session, case: Case, agency_key: str, position_key: str) -> tuple[UUID, UUID]:
    """Return the ids of the agency and the position that do a step.

    Agencies and positions keep their keys for good and are never removed, so what this process found once
    holds; of a case's township, only the position is looked for.

    Raises:
        Missing: If the jurisdiction has no such agency.
        DomainError: If the agency has no such position.
    """
    whose = township_of(case).id if agency_key == APPLICANT else case.jurisdiction_id

    def look() -> tuple[UUID, UUID]:
        agency = agency_of(session, case, agency_key)
        position_id = session.scalar(
            select(Position.id).where(Position.agency_id == agency.id, Position.key == position_key)
        )
        if position_id is None:
            raise DomainError(f"{agency.name}没有设置办理这一步的岗位（{position_key}），请联系系统管理员。")
        return agency.id, position_id

    return _PLACES.of((whose, agency_key, position_key), look)
