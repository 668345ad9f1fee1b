"""Plays the demonstration filings through the services, step by step, as the people concerned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from webapp.models.account import Agency, Appointment, Person, Position
from webapp.models.work_item import WorkItem
from webapp.queries.actors import Actor, actor_of
from webapp.services import attachments, cases, work_items
from webapp.services.demo_cases import BUREAU, MAJUQIAO, SONGZHUANG
from webapp.services.demo_cases import content as content

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.case import Case

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def actor(session: Session, username: str, position: str | None = None) -> Actor:
    """Return a demonstration person in their first, or the named, position."""
    query = (
        select(Appointment.id)
        .join(Person)
        .join(Position)
        .where(Person.username == username)
        .order_by(Appointment.id)
    )
    if position is not None:
        query = query.where(Position.key == position)
    return actor_of(session, session.scalars(query.limit(1)).one())


def files(session: Session, who: Actor, names: dict[str, list[str]]) -> dict[str, list[str]]:
    """Upload small files under these names and return their ids by field."""
    found: dict[str, list[str]] = {}
    for field, wanted in names.items():
        found[field] = [
            str(attachments.upload(session, who, name, PNG if name.endswith("png") else PDF).id)
            for name in wanted
        ]
    return found


def open_item(session: Session, case: Case, element_id: str) -> WorkItem:
    """Return the open work item of a step."""
    return session.scalars(
        select(WorkItem).where(
            WorkItem.case_id == case.id, WorkItem.element_id == element_id, WorkItem.status == "open"
        )
    ).one()


def open_steps(session: Session, case_id: UUID) -> set[str]:
    """Return the steps of a case that wait."""
    return set(
        session.scalars(
            select(WorkItem.element_id).where(WorkItem.case_id == case_id, WorkItem.status == "open")
        )
    )


def complete(
    session: Session,
    who: Actor,
    case: Case,
    element_id: str,
    values: dict[str, Any],
    *,
    revision: int | None = None,
    **more: Any,
) -> WorkItem:
    """Complete the open work item of a step, as it is now or as it was at a revision."""
    item = open_item(session, case, element_id)
    seen = item.revision if revision is None else revision
    return work_items.complete(session, who, item.id, revision=seen, values=values, **more)


TOWNS = {"market": tuple(MAJUQIAO.values()), "station": tuple(SONGZHUANG.values())}
"""Who of the township fills in, reviews and signs each demonstration filing."""


def started(session: Session, kind: str = "market") -> Case:
    """Return a case that the township has just begun: the filing is to be filled in."""
    return cases.start(session, actor(session, TOWNS[kind][0], "clerk"), "recognition")


def filled(session: Session, kind: str = "market") -> Case:
    """Return a case whose filing the township's clerk has filled in: it is to be reviewed."""
    case = started(session, kind)
    clerk, given = actor(session, TOWNS[kind][0], "clerk"), content(kind)
    complete(session, clerk, case, "file", given["filing"] | files(session, clerk, given["files"]))
    return case


def reviewed(session: Session, kind: str = "market") -> Case:
    """Return a case that the township has reviewed: its leader is to sign."""
    case = filled(session, kind)
    reviewer = actor(session, TOWNS[kind][1], "reviewer")
    complete(session, reviewer, case, "township_review", content(kind)["township_review"])
    return case


def filed(session: Session, kind: str = "market") -> Case:
    """Return a case that the township has filled in, reviewed and signed: it lies at the bureau."""
    case = reviewed(session, kind)
    complete(session, actor(session, TOWNS[kind][2]), case, "township_sign", content(kind)["township_sign"])
    return case


def accepted(session: Session, kind: str = "market") -> Case:
    """Return a case that the bureau accepted: opinions are being asked for."""
    case = filed(session, kind)
    complete(session, actor(session, "renshe"), case, "acceptance", content(kind)["acceptance"])
    complete(session, actor(session, "renshe-kz"), case, "paper_review", content(kind)["paper_review"])
    return case


BODIES = {step: username for step, username in BUREAU.items() if step.startswith("opinion_")}


def consulted(session: Session, kind: str = "market") -> Case:
    """Return a case on which everyone asked has answered: the site is to be checked."""
    case = accepted(session, kind)
    for step in sorted(open_steps(session, case.id)):
        complete(session, actor(session, BODIES[step]), case, step, content(kind)[step])
    return case


def checked(session: Session, kind: str = "market") -> Case:
    """Return a case whose site two people have checked: the section drafts its opinion."""
    case = consulted(session, kind)
    given = content(kind)
    first, second = actor(session, "renshe"), actor(session, "renshe-2")
    values = given["site_check"] | files(session, first, given["site_check_files"])
    complete(session, first, case, "site_check", values, declares_no_conflict=True)
    complete(session, second, case, "site_check", values, declares_no_conflict=True)
    return case


def drafted(session: Session, kind: str = "market", **changes: Any) -> Case:
    """Return a case on which the section has drafted its opinion: somebody decides."""
    case = checked(session, kind)
    values = content(kind)["draft_opinion"] | changes
    complete(session, actor(session, "renshe-kz"), case, "draft_opinion", values)
    return case


def recognised(session: Session, kind: str = "market") -> Case:
    """Return a case that ended in a recognised market."""
    case = drafted(session, kind)
    complete(session, actor(session, "renshe-fj"), case, "leader_decision", content(kind)["leader_decision"])
    return case


def agency(session: Session, key: str) -> Agency:
    """Return an agency of the jurisdiction that was set up first."""
    return session.scalars(select(Agency).where(Agency.key == key).order_by(Agency.id).limit(1)).one()
