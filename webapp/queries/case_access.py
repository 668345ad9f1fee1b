"""Who may see a case: agencies that have a part in it, and those with the right to read all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from webapp.core.errors import Missing
from webapp.models.case import Case, CaseParty

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

READ_ALL = "case.read_all"


def visible_cases(actor: Actor) -> Select[Case]:
    """Return the cases that an actor may see."""
    if actor.may(READ_ALL):
        return select(Case).where(Case.jurisdiction_id == actor.jurisdiction_id)
    return agency_cases(actor)


def agency_cases(actor: Actor) -> Select[Case]:
    """Return the cases that an actor's agency filed, or has or had a part in."""
    statement = select(Case).where(Case.jurisdiction_id == actor.jurisdiction_id)
    parties = select(CaseParty.case_id).where(CaseParty.agency_id == actor.agency_id)
    return statement.where(or_(Case.applicant_id == actor.agency_id, Case.id.in_(parties)))


def visible_case(session: Session, actor: Actor, no: str) -> Case:
    """Return a case that an actor may see.

    Raises:
        Missing: If there is none, or it is not theirs to see; nobody learns which.
    """
    query = visible_cases(actor).where(Case.no == no)
    shown = (joinedload(Case.applicant), joinedload(Case.market), joinedload(Case.process_version))
    case = session.scalar(query.options(*shown))
    if case is None:
        raise Missing("没有找到这件办件，或您当前的岗位不能查看。")
    return case
