"""What officers do with a step other than completing it, played in a sandbox: 转办, 委派, 加签, 拿回."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from webapp.core.errors import Invalid, Missing
from webapp.models.work_item import WorkItem
from webapp.packs.scenarios import AFTER, BEFORE, DELEGATE, TRANSFER
from webapp.services import returns, seats, transfers
from webapp.services.sandbox_office import people_of, written_position

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from webapp.packs.scenarios import Move
    from webapp.queries.actors import Actor
    from webapp.services.sandbox_moves import Stage


def _transfer(stage: Stage, actor: Actor, item: WorkItem, move: Move) -> None:
    """To another position it is free there; within the same one it becomes the colleague's."""
    person, position = _other(stage, actor, move.to)
    named = person if written_position(item.position) == move.to else None
    transfers.transfer(
        stage.session, actor, item.id, position_id=position, person_id=named, reason=move.reason
    )


def _delegate(stage: Stage, actor: Actor, item: WorkItem, move: Move) -> None:
    person, position = _other(stage, actor, move.to)
    seats.delegate(stage.session, actor, item.id, person_id=person, position_id=position, note=move.reason)


def _before(stage: Stage, actor: Actor, item: WorkItem, move: Move) -> None:
    asked = [_other(stage, actor, move.to)]
    seats.add_signers(stage.session, actor, item.id, role="before", people=asked, note=move.reason)


def _after(stage: Stage, actor: Actor, item: WorkItem, move: Move) -> None:
    asked = [_other(stage, actor, move.to)]
    seats.add_signers(stage.session, actor, item.id, role="after", people=asked, note=move.reason)


ASKING: Final[Mapping[str, Callable[[Stage, Actor, WorkItem, Move], None]]] = {
    TRANSFER: _transfer,
    DELEGATE: _delegate,
    BEFORE: _before,
    AFTER: _after,
}
"""Moves by which whoever has a step asks another to do something with it."""


def take_back(stage: Stage, case_id: UUID, move: Move) -> None:
    """拿回: undo the last completion of a step.

    Raises:
        DomainError: If it was not completed, or can no longer be taken back; says why.
    """
    done = select(WorkItem).where(
        WorkItem.case_id == case_id, WorkItem.element_id == move.step, WorkItem.status == "done"
    )
    item = stage.session.scalar(done.order_by(WorkItem.done_at.desc(), WorkItem.id.desc()).limit(1))
    if item is None:
        raise Missing(f"环节“{move.step}”还没有办过，不能拿回。")
    people = people_of(stage.session, stage.jurisdiction, move.position)
    actor = next((one for one in people if one.person_id == item.done_by_id), people[0])
    returns.take_back(stage.session, actor, item.id, reason=move.reason)


def _other(stage: Stage, actor: Actor, written: str) -> tuple[UUID, UUID]:
    """Return somebody else in a position: person and position."""
    for one in people_of(stage.session, stage.jurisdiction, written):
        if one.person_id not in {None, actor.person_id} and one.position_id is not None:
            return one.person, one.position_id
    raise Invalid(f"岗位“{written}”没有其他人。")
