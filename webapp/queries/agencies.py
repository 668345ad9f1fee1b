"""Agencies of a case's jurisdiction by the keys that packs use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.core.errors import Missing
from webapp.models.account import Agency
from webapp.packs import APPLICANT

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.models.case import Case


def agency_of(session: Session, case: Case, key: str) -> Agency:
    """Return the agency that a lane or a service task means; `township` is whichever filed the case.

    Raises:
        Missing: If the jurisdiction has no such agency.
    """
    if key == APPLICANT:
        return case.applicant
    agency = session.scalar(
        select(Agency).where(Agency.jurisdiction_id == case.jurisdiction_id, Agency.key == key)
    )
    if agency is None:
        raise Missing(f"辖区内没有设置单位“{key}”，请联系系统管理员。")
    return agency
