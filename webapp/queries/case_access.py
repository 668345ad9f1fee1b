"""Who may see a case: agencies that have a part in it, those to whom it was sent, and who may read all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload

from webapp.core.errors import Missing
from webapp.models.case import Case, CaseParty
from webapp.models.collaboration import Circulation
from webapp.models.market import Market

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

READ_ALL = "case.read_all"
HOLD = "case.hold"


def visible_cases(actor: Actor) -> Select[Case]:
    """Return the cases that an actor may see."""
    if actor.may(READ_ALL):
        return _here(actor)
    sent = select(Circulation.case_id).where(
        Circulation.person_id == (actor.for_person_id or actor.person_id),
        Circulation.position_id == actor.position_id,
    )
    return _here(actor).where(or_(_has_part(actor), Case.id.in_(sent)))


def agency_cases(actor: Actor) -> Select[Case]:
    """Return the cases that an actor's agency filed, or has or had a part in."""
    return _here(actor).where(_has_part(actor))


def case_to_hold(session: Session, actor: Actor, no: str) -> Case:
    """Return a case that an actor may suspend or end, who need not be allowed to read it.

    Raises:
        Missing: If there is none that they may see or hold.
    """
    query = _here(actor) if actor.may(HOLD) else visible_cases(actor)
    case = session.scalar(query.where(Case.no == no))
    if case is None:
        raise Missing("没有找到这件办件，或您当前的岗位不能查看。")
    return case


def visible_case(session: Session, actor: Actor, no: str) -> Case:
    """Return a case that an actor may see.

    Raises:
        Missing: If there is none, or it is not theirs to see; nobody learns which.
    """
    query = visible_cases(actor).where(Case.no == no)
    market = joinedload(Case.market).joinedload(Market.operator)
    shown = (joinedload(Case.applicant), market, joinedload(Case.process_version))
    case = session.scalar(query.options(*shown))
    if case is None:
        raise Missing("没有找到这件办件，或您当前的岗位不能查看。")
    return case


def _here(actor: Actor) -> Select[Case]:
    """Cases of the jurisdiction; for a substitute in one procedure only, of that procedure."""
    statement = select(Case).where(Case.jurisdiction_id == actor.jurisdiction_id)
    return statement if actor.process_key is None else statement.where(Case.process_key == actor.process_key)


def _has_part(actor: Actor) -> ColumnElement[bool]:
    parties = select(CaseParty.case_id).where(CaseParty.agency_id == actor.agency_id)
    return or_(Case.applicant_id == actor.agency_id, Case.id.in_(parties))
