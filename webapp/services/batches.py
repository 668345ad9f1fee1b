"""批量办理: one step of a batch; each in a unit of work of its own, so that none takes another along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from webapp.core.errors import Invalid
from webapp.queries.batches import why_alone
from webapp.queries.work_forms import form_context
from webapp.services import work_items
from webapp.services.open_items import open_item

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.work_item import WorkItem
    from webapp.queries.actors import Actor


def complete(
    session: Session, actor: Actor, item_id: UUID, *, revision: int, values: Mapping[str, Any]
) -> WorkItem:
    """Complete one step of a batch with what was filled in for all of them.

    Args:
        session: Database session.
        actor: Who does it.
        item_id: The work item.
        revision: The revision that the person saw when they confirmed.
        values: The form's values as JSON types.

    Raises:
        Invalid: If the step may not be done in a batch, or the values do not fit this case.
        Missing, Forbidden, Stale, Locked: As `work_items.complete`.
    """
    _require_batch(actor, open_item(session, actor, item_id, revision=revision))
    return work_items.complete(session, actor, item_id, revision=revision, values=values)


def complete_entered(
    session: Session, actor: Actor, item_id: UUID, *, revision: int, entered: Any
) -> WorkItem:
    """Complete one step of a batch with what a page sent; arguments and refusals as `complete`."""
    item = open_item(session, actor, item_id, revision=revision)
    values = form_context(session, item, actor).values_of(entered)
    return complete(session, actor, item_id, revision=revision, values=values)


def _require_batch(actor: Actor, item: WorkItem) -> None:
    reason = why_alone(actor, item)
    if reason is not None:
        raise Invalid(reason)
