"""People and cases of the measured procedures, moved through the real services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from bench import procedure
from tests.factories.accounts import make_person
from webapp.models.account import Agency, Appointment, Position
from webapp.models.work_item import WorkItem
from webapp.queries.actors import Actor, actor_of
from webapp.services import cases, installation, work_items
from webapp.uow import read_only, unit_of_work

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.account import Jurisdiction


@dataclass(frozen=True)
class Office:
    """A jurisdiction with one clerk in each of its agencies.

    Attributes:
        clerks: Who acts, by position.
        applicant: The clerk of the agency that files.
    """

    jurisdiction: Jurisdiction
    clerks: dict[UUID, Actor]
    applicant: Actor


def furnish() -> Office:
    """Put the measured pack in force in an empty database and appoint its clerks."""
    with unit_of_work() as session:
        jurisdiction = installation.install(session, procedure.pack())
        held = session.execute(
            select(Position, Agency.key).join(Agency).where(Position.jurisdiction_id == jurisdiction.id)
        ).all()
        people = {key: make_person(session, position, username=f"bench_{key}") for position, key in held}
        session.flush()
        appointments = session.scalars(
            select(Appointment).where(Appointment.person_id.in_([person.id for person in people.values()]))
        )
        actors = [actor_of(session, appointment.id) for appointment in appointments]
        applicant = next(actor for actor in actors if actor.person_id == people[procedure.APPLICANT].id)
        return Office(jurisdiction, {actor.position: actor for actor in actors}, applicant)


def start(office: Office, process_key: str) -> UUID:
    """Start a case and return its id."""
    with unit_of_work() as session:
        return cases.start(session, office.applicant, process_key).id


def waiting(session: Session, case_id: UUID) -> list[WorkItem]:
    """Return the open steps of a case, the oldest first."""
    query = select(WorkItem).where(WorkItem.case_id == case_id, WorkItem.status == "open")
    return list(session.scalars(query.order_by(WorkItem.opened_at, WorkItem.id)))


def next_step(office: Office, case_id: UUID) -> tuple[WorkItem, Actor] | None:
    """Return the step that waits longest and who does it."""
    with read_only() as session:
        found = waiting(session, case_id)
    return (found[0], office.clerks[found[0].position_id]) if found else None


def complete(item: WorkItem, actor: Actor, *, passed: bool = True) -> None:
    """Complete a step as the page does: one unit of work, committed."""
    with unit_of_work() as session:
        work_items.complete(
            session, actor, item.id, revision=item.revision, values=procedure.answers(passed=passed)
        )


def advance(office: Office, case_id: UUID, steps: int) -> None:
    """Complete so many steps of a case, each time the one that waits longest."""
    for _ in range(steps):
        found = next_step(office, case_id)
        if found is None:
            return
        complete(*found)
