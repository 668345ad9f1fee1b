"""The jurisdiction whose public pages are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.core.errors import Missing
from webapp.models.account import Jurisdiction
from webapp.models.case import Case
from webapp.models.market import Market
from webapp.models.release import ProcessVersion, Release

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


def home_jurisdiction(session: Session) -> Jurisdiction:
    """Return the jurisdiction that is shown to whoever named none: the first one set up.

    Raises:
        Missing: If none is set up.
    """
    return _first(session, Jurisdiction.id.is_not(None), "系统尚未设置辖区。")


def shown_jurisdictions(session: Session) -> list[Jurisdiction]:
    """Return the jurisdictions with something to show, a pack in force, in the order they were set up."""
    in_force = select(ProcessVersion.jurisdiction_id).where(ProcessVersion.is_current)
    return list(
        session.scalars(select(Jurisdiction).where(Jurisdiction.id.in_(in_force)).order_by(Jurisdiction.id))
    )


def shown_jurisdiction(session: Session, key: str, own: UUID | None) -> Jurisdiction:
    """Return the jurisdiction that a public page is about.

    Args:
        session: The open unit of work.
        key: The one that the address names; empty for none.
        own: That of whoever is signed in.

    Raises:
        Missing: If the address names none that is set up.
    """
    if key:
        return _first(session, Jurisdiction.key == key, "没有找到这个辖区。")
    return session.get_one(Jurisdiction, own) if own is not None else home_jurisdiction(session)


def jurisdiction_of_market(session: Session, no: str) -> Jurisdiction:
    """Return whose directory bears a number; prefixes of numbers differ between jurisdictions.

    Raises:
        Missing: If none does.
    """
    of_market = select(Market.jurisdiction_id).where(Market.no == no)
    return _first(session, Jurisdiction.id.in_(of_market), "名录中没有这个编号的零工市场（驿站）。")


def jurisdiction_of_case(session: Session, no: str) -> Jurisdiction | None:
    """Return whose case bears a number, if there is one."""
    of_case = select(Case.jurisdiction_id).where(Case.no == no.strip().upper())
    return session.scalar(select(Jurisdiction).where(Jurisdiction.id.in_(of_case)).limit(1))


def jurisdiction_of_pack(session: Session, pack_key: str) -> Jurisdiction:
    """Return in which jurisdiction a pack of this key is or was in force.

    Raises:
        Missing: If there is none.
    """
    of_pack = select(Release.jurisdiction_id).where(
        Release.pack_key == pack_key, Release.activated_at.is_not(None)
    )
    return _first(session, Jurisdiction.id.in_(of_pack), "没有找到这一条款。")


def _first(session: Session, condition: ColumnElement[bool], otherwise: str) -> Jurisdiction:
    found = session.scalar(select(Jurisdiction).where(condition).order_by(Jurisdiction.id).limit(1))
    if found is None:
        raise Missing(otherwise)
    return found
