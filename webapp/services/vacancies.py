"""Seats of a 会签 that the procedure asks for, whose holders have left: others of the position sit there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.core import clock as time
from webapp.core.errors import Forbidden
from webapp.models.account import Appointment
from webapp.models.work_item import Signing, WorkItem
from webapp.queries.actors import Actor
from webapp.queries.officers import appointed_today, holds, officers
from webapp.services import case_state, jobs, rounds, signing, steps
from webapp.services.events import record

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

JOB = "seat.refill"


def left(session: Session, limit: int = 100) -> list[UUID]:
    """Return open steps in which a seat of the procedure waits for somebody who no longer holds its position.

    Where nobody holds the position today the vote waits until somebody does.
    """
    sits = appointed_today().where(
        Appointment.person_id == Signing.person_id, Appointment.position_id == Signing.position_id
    )
    query = (
        select(WorkItem.id)
        .join(Signing, Signing.work_item_id == WorkItem.id)
        .where(
            WorkItem.status == "open",
            Signing.role == "vote",
            Signing.asked_by_id.is_(None),
            Signing.signed_at.is_(None),
            Signing.voided_at.is_(None),
            ~sits.exists(),
            appointed_today().where(Appointment.position_id == Signing.position_id).exists(),
        )
    )
    return list(session.scalars(query.distinct().order_by(WorkItem.id).limit(limit)))


def jurisdiction_of(session: Session, item_id: UUID) -> UUID | None:
    """Return whose step it is."""
    return session.scalar(select(WorkItem.jurisdiction_id).where(WorkItem.id == item_id))


def enqueue(session: Session) -> None:
    """Have the seats of those who left just now taken by others, each step in a transaction of its own."""
    session.flush()
    for item_id in left(session):
        owner = jurisdiction_of(session, item_id)
        jobs.enqueue(session, JOB, {"id": str(item_id)}, dedup=f"{JOB}:{item_id}", jurisdiction_id=owner)


def refill(session: Session, item_id: UUID) -> None:
    """Ask today's other holders in the place of those who left; the step goes on if that decides its vote.

    Nothing happens where nobody would be left to vote: a vote that the procedure asks for is not skipped.
    Safe to call twice.
    """
    item = session.get(WorkItem, item_id)
    if item is None:
        return
    case = steps.locked_case(session, item.case_id)
    session.refresh(item)
    gone = [] if item.status != "open" else _gone(session, item)
    if case.status != case_state.RUNNING or not gone:
        return
    there = {seat.person_id for seat in item.signings if seat.role == "vote" and seat.voided_at is None}
    own = rounds.own_people(item)
    asked = [
        Signing(role="vote", person_id=held.person_id, position_id=held.position_id, asked_at=time.now())
        for held in officers(session, item.jurisdiction_id)
        if held.position_id in {seat.position_id for seat in gone} and held.person_id not in there | own
    ]
    if not asked and there == {seat.person_id for seat in gone}:
        return
    signing.void(gone)
    item.signings.extend(asked)
    session.flush()
    _tell(session, item, "work_item.withdrawn", gone)
    _tell(session, item, "seat.asked", asked)
    rounds.settle(session, item)


def require_vacant(session: Session, item: WorkItem, seat: Signing) -> None:
    """Let a seat that the procedure asks for be given up only if its holder has left and others vote.

    Raises:
        Forbidden: If the holder can still sign, or nobody would be left to vote.
    """
    if holds(session, seat.person_id, seat.position_id):
        raise Forbidden("这项会签由流程规定，不能收回。")
    votes = [one for one in item.signings if one.role == "vote" and one.voided_at is None]
    if votes == [seat]:
        raise Forbidden("参加会签的岗位目前无人任职，请联系系统管理员安排人员后再办。")


def _tell(session: Session, item: WorkItem, kind: str, seats: list[Signing]) -> None:
    if seats:
        system = Actor.system(item.jurisdiction_id)
        data = {"role": "vote", "persons": [str(seat.person_id) for seat in seats]}
        record(session, kind, actor=system, case=item.case, work_item=item, data=data)


def _gone(session: Session, item: WorkItem) -> list[Signing]:
    fixed = [seat for seat in signing.waiting(item, "vote") if seat.asked_by_id is None]
    return [seat for seat in fixed if not holds(session, seat.person_id, seat.position_id)]
