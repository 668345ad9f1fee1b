"""The office of the pack of shapes: its people, and what they do, each act in a transaction of its own."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from webapp import packs
from webapp.models.account import Agency, Appointment, Person, Position
from webapp.models.case import Case
from webapp.models.event import Event
from webapp.models.work_item import Draft, Signing, Submission, WorkItem
from webapp.queries.actors import Actor, actor_of
from webapp.services import accounts, cases, installation, work_items
from webapp.uow import read_only, unit_of_work

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from sqlalchemy.orm import Session

HERE = Path(__file__).parent
PEOPLE = {
    "zhen": "town.clerk",
    "zhen2": "town.clerk",
    "jing": "hall.clerk",
    "jing2": "hall.clerk",
    "fuze": "hall.chief",
    "fuze2": "hall.chief",
    "ling": "hall.leader",
    "dang": "hall.keeper",
    "xie": "guest.clerk",
}
"""Everybody's place; the names to sign in with."""
FIRST = {"text": "情况属实", "left": "东", "right": "西", "more": True}
"""What the first step says; with `more`, both optional steps are taken."""
DOES = {
    **dict.fromkeys(("a",), "zhen"),
    **dict.fromkeys(("p2",), "xie"),
    **dict.fromkeys(("b", "p1", "n1", "d", "i1", "e", "k1"), "jing"),
    **dict.fromkeys(("c", "p1b", "n2", "i2", "k2", "v", "w"), "fuze"),
    "z": "ling",
    "w1": "zhen",
    "w2": "jing",
    "w3": "jing",
}
"""Who does which step."""
BEFORE = {
    "linear": ("a", "b"),
    "parallel": ("a", "b", "c"),
    "nested": ("a", "b", "c"),
    "joined": ("a", "b", "c", "p1", "p1b", "p2", "n1", "n2"),
    "inclusive": ("a", "b", "c", "p1", "p1b", "p2", "n1", "n2", "d"),
    "items": ("a", "b", "c", "p1", "p1b", "p2", "n1", "n2", "d", "i1", "i2"),
    "called": ("a", "b", "c", "p1", "p1b", "p2", "n1", "n2", "d", "i1", "i2", "e", "e"),
    "called_later": ("a", "b", "c", "p1", "p1b", "p2", "n1", "n2", "d", "i1", "i2", "e", "e", "k1"),
}
"""The steps to be done before each place."""
AT = {
    "linear": "c",
    "parallel": "p1",
    "nested": "n2",
    "joined": "d",
    "inclusive": "i2",
    "items": "e",
    "called": "k1",
    "called_later": "k2",
}
"""The step that each place is about: one of every gateway shape."""
BEFORE_VOTE = (*BEFORE["called_later"], "k2")


@lru_cache
def pack() -> packs.Pack:
    return packs.load(
        HERE / "workflows" / "shapes", forms_root=HERE / "forms", templates_root=HERE / "docs_templates"
    )


def seed(session: Session) -> None:
    """Put the pack in force and appoint its people."""
    jurisdiction = installation.install(session, pack())
    for username, place in PEOPLE.items():
        agency, key = place.split(".")
        position = session.scalars(
            select(Position)
            .join(Agency)
            .where(Agency.jurisdiction_id == jurisdiction.id, Agency.key == agency, Position.key == key)
        ).one()
        person = accounts.create_person(
            session,
            username=username,
            name=f"测试{username}",
            password=accounts.DEMO_PASSWORD,
            must_change_password=False,
            is_demo=True,
        )
        accounts.appoint(session, person, position, starts_on=date(2026, 1, 1))


def actor(session: Session, username: str) -> Actor:
    query = select(Appointment.id).join(Person).where(Person.username == username).order_by(Appointment.id)
    return actor_of(session, session.scalars(query.limit(1)).one())


def pair(username: str) -> tuple[UUID, UUID]:
    """Person and position, as those who are asked are named."""
    with read_only() as session:
        who = actor(session, username)
        return who.person, who.position


def do(username: str, service: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
    """Let somebody use a service, in a transaction of its own."""
    with unit_of_work() as session:
        return service(session, actor(session, username), *arguments, **more)


def begin(process: str = "shapes") -> UUID:
    return do("zhen", cases.start, process).id


def values(element_id: str, **more: Any) -> dict[str, Any]:
    return ({**FIRST} if element_id in {"a", "w1"} else {"text": f"{element_id} 的意见"}) | more


def complete(
    case_id: UUID, element_id: str, who: str | None = None, given: Mapping[str, Any] | None = None
) -> UUID:
    """Complete the open step that has waited longest; return its id."""
    item = opened(case_id, element_id)
    content = values(element_id) if given is None else dict(given)
    done = do(who or DOES[element_id], work_items.complete, item.id, revision=item.revision, values=content)
    return done.id


def play(case_id: UUID, *steps: str) -> None:
    for element_id in steps:
        complete(case_id, element_id)


def at(place: str) -> UUID:
    """Return a case in which the step of a shape waits."""
    case_id = begin()
    play(case_id, *BEFORE[place])
    return case_id


def opened(case_id: UUID, element_id: str) -> WorkItem:
    """Return the open work item of a step that has waited longest."""
    return next(row for row in items(case_id, element_id) if row.status == "open")


def items(case_id: UUID, element_id: str | None = None) -> list[WorkItem]:
    """Return the work items of a case, in the order of their opening."""
    with read_only() as session:
        query = select(WorkItem).where(WorkItem.case_id == case_id).order_by(WorkItem.id)
        return [row for row in session.scalars(query) if element_id in {None, row.element_id}]


def open_steps(case_id: UUID) -> list[str]:
    return sorted(row.element_id for row in items(case_id) if row.status == "open")


def statuses(case_id: UUID, element_id: str) -> list[str]:
    return [row.status for row in items(case_id, element_id)]


def seats(item_id: UUID) -> list[Signing]:
    with read_only() as session:
        query = select(Signing).where(Signing.work_item_id == item_id).order_by(Signing.id)
        return list(session.scalars(query))


def draft(item_id: UUID, username: str) -> dict[str, Any] | None:
    with read_only() as session:
        who = actor(session, username)
        query = select(Draft).where(Draft.work_item_id == item_id, Draft.person_id == who.person_id)
        found = session.scalar(query)
        return found.values if found else None


def submissions(case_id: UUID, form_key: str | None = None) -> list[Submission]:
    with read_only() as session:
        query = select(Submission).where(Submission.case_id == case_id).order_by(Submission.id)
        return [row for row in session.scalars(query) if form_key in {None, row.form_key}]


def events(case_id: UUID, kind: str) -> list[Event]:
    with read_only() as session:
        query = select(Event).where(Event.case_id == case_id, Event.kind == kind).order_by(Event.seq)
        return list(session.scalars(query))


def case_of(case_id: UUID) -> Case:
    with read_only() as session:
        return session.get_one(Case, case_id)


def finish(case_id: UUID) -> None:
    """Do whatever waits until the case is over."""
    from webapp.services import seats as seat_services

    for _ in range(60):
        waiting = next((row for row in items(case_id) if row.status == "open"), None)
        if waiting is None:
            break
        asked = [seat for seat in seats(waiting.id) if seat.waits and seat.role in {"vote", "after"}]
        if asked:
            do(username_of(asked[0]), seat_services.sign_seat, waiting.id, agrees=True)
        else:
            complete(case_id, waiting.element_id)
    assert case_of(case_id).status == "finished"


def username_of(seat: Signing) -> str:
    with read_only() as session:
        return session.get_one(Person, seat.person_id).username


def token(case_id: UUID, element_id: str) -> Mapping[str, Any]:
    """Return what the token carries that waits at a step."""
    from webapp.services import steps

    task_id = opened(case_id, element_id).task_id
    with read_only() as session:
        return steps.resumed(session, session.get_one(Case, case_id)).token(task_id)


def finish_step(case_id: UUID, element_id: str) -> None:
    """Submit a step that is voted on, if it is not yet, and let everybody agree."""
    from webapp.services import seats as seat_services

    item = opened(case_id, element_id)
    if not any(seat.waits for seat in seats(item.id)):
        complete(case_id, element_id)
    for seat in seats(item.id):
        if seat.waits and opened_now(item):
            do(username_of(seat), seat_services.sign_seat, item.id, agrees=True)


def opened_now(item: WorkItem) -> bool:
    return next(row for row in items(item.case_id) if row.id == item.id).status == "open"
