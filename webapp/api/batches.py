"""批量办理: one content for several steps, each completed in a unit of work of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.api.blueprint import api
from webapp.api.collaboration_models import BatchCompletion, BatchOutcome, BatchOutcomes
from webapp.api.describing import TASKS, Operation, described
from webapp.api.reading import read_body
from webapp.api.rendering import answered
from webapp.services import batches
from webapp.views.one_by_one import one_by_one
from webapp.views.security import current_actor, right

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Response
    from sqlalchemy.orm import Session


@api.post("/tasks/batch")
@right("task.act")
@described(
    Operation(
        TASKS,
        "批量办结同一环节的待办，逐件给出结果",
        BatchOutcomes,
        body=BatchCompletion,
        problems=(400, 413, 415, 422),
    )
)
def complete_batch() -> Response:
    """Complete several steps; one that is refused stops no other."""
    actor, asked = current_actor(), read_body(BatchCompletion)
    seen = {item.id: item.revision for item in asked.items}

    def act(session: Session, key: UUID) -> object:
        return batches.complete(session, actor, key, revision=seen[key], values=asked.data)

    items = [BatchOutcome.model_validate(outcome) for outcome in one_by_one(seen, act)]
    done = sum(item.done for item in items)
    return answered(BatchOutcomes(items=items, done=done, refused=len(items) - done))
