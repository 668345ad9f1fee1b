"""The step in which somebody has a seat: what they are asked to sign, who else signs, what was said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import undefer

import forms
from webapp.models.work_item import Signing, WorkItem
from webapp.queries import links, verbs
from webapp.queries.case_page import item_clock
from webapp.queries.own_items import holder_of, waiting_seat
from webapp.queries.releases import form_of, pack_of_case

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.case import Case
    from webapp.queries.actors import Actor
    from webapp.queries.clock_views import ClockView


@dataclass(frozen=True, slots=True)
class SeatPanel:
    """What a seat's holder sees of a step.

    Attributes:
        ready: Whether there is content to sign; a 前加签 may be given before.
        sections: That content, personal data masked.
        seats: Everybody's part in the step.
        verbs: What the holder may do.
    """

    id: UUID
    name: str
    url: str
    revision: int
    role: str
    role_label: str
    asked_by: str | None
    note: str
    clock: ClockView | None
    ready: bool
    sections: list[forms.Section]
    seats: list[verbs.SeatView]
    verbs: list[verbs.Verb]


def seat_panel(session: Session, actor: Actor, item: WorkItem, clock: ClockView | None) -> SeatPanel | None:
    """Return the panel of the seat that waits for the actor in an open step; `None` if none does."""
    seat = waiting_seat(actor, item) if item.status == "open" else None
    if seat is None or seat.role == "delegate":
        return None
    schema = form_of(pack_of_case(session, item.case), item.form_key)
    content = item.awaiting
    return SeatPanel(
        id=item.id,
        name=item.name,
        url=links.work_item(item.case.no, item.id),
        revision=item.revision,
        role=seat.role,
        role_label=verbs.ROLES[seat.role],
        asked_by=seat.asked_by.name if seat.asked_by else None,
        note=seat.note or "",
        clock=clock,
        ready=content is not None or seat.role == "before",
        sections=forms.display(schema, forms.from_json(schema, content)) if content is not None else [],
        seats=verbs.seats_of(session, actor, item),
        verbs=verbs.available(session, actor, item),
    )


def seat_of_case(session: Session, actor: Actor, case: Case) -> SeatPanel | None:
    """Return the panel of the first seat that waits for the actor in a case; `None` if none does."""
    query = (
        select(WorkItem)
        .join(Signing, Signing.work_item_id == WorkItem.id)
        .where(
            WorkItem.case_id == case.id,
            WorkItem.status == "open",
            Signing.person_id == holder_of(actor),
            Signing.signed_at.is_(None),
            Signing.voided_at.is_(None),
        )
        .options(undefer(WorkItem.awaiting))
        .order_by(WorkItem.opened_at, WorkItem.id)
    )
    panels = (seat_panel(session, actor, item, item_clock(session, item)) for item in session.scalars(query))
    return next((panel for panel in panels if panel is not None), None)
