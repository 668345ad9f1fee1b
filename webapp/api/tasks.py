"""Tasks: what waits for the holder's position, one step with its form, its completion."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import forms
from webapp.api.answers import Completed, Paged, Signature, Task, TaskRow
from webapp.api.blueprint import api
from webapp.api.describing import TASKS, Operation, described
from webapp.api.reading import read_body, read_query
from webapp.api.rendering import answered
from webapp.api.requests import Completion, TaskQuery
from webapp.queries.case_page import item_clock
from webapp.queries.inbox import InboxFilter, inbox
from webapp.queries.names import acting_name
from webapp.queries.own_items import does, fills_in, own_item
from webapp.queries.releases import pack_of_case
from webapp.queries.seat_panels import seat_panel
from webapp.queries.task_panels import TaskPanel, task_panel
from webapp.services import looks
from webapp.services import work_items as services
from webapp.uow import read_only, unit_of_work
from webapp.views.parameters import key_of
from webapp.views.security import current_actor, right

if TYPE_CHECKING:
    from flask import Response
    from sqlalchemy.orm import Session

    from webapp.models.work_item import WorkItem
    from webapp.queries.actors import Actor


@api.get("/tasks")
@right("task.act")
@described(Operation(TASKS, "本岗位的待办", Paged[TaskRow], query=TaskQuery, problems=(422,)))
def list_tasks() -> Response:
    """What waits for the holder's position."""
    asked = read_query(TaskQuery)
    wanted = InboxFilter(
        tab=asked.tab,
        process=asked.process,
        attention=asked.attention,
        q=asked.q,
        sort=asked.sort,
        number=asked.page,
    )
    with read_only() as session:
        return answered(Paged[TaskRow].model_validate(inbox(session, current_actor(), wanted).page))


@api.get("/tasks/<task_id>")
@right("task.act")
@described(Operation(TASKS, "一项待办的表单、目前的内容、需补正的项目和依据", Task, problems=(404,)))
def show_task(task_id: str) -> Response:
    """A step with its form and what it says so far; whoever is only asked to sign reads it masked."""
    actor = current_actor()
    with unit_of_work() as session:
        item = own_item(session, actor, key_of(task_id))
        panel = task_panel(session, actor, item, item_clock(session, item))
        answer = _task(session, actor, item, panel)
        _, personal = forms.split_personal(panel.form.schema, answer.data or {})
        if any(personal.values()):
            looks.at_task(session, actor, item)
        return answered(answer)


@api.post("/tasks/<task_id>/complete")
@right("task.act")
@described(
    Operation(
        TASKS, "签署或办结一项待办", Completed, body=Completion, problems=(400, 403, 404, 409, 413, 415, 422)
    )
)
def complete_task(task_id: str) -> Response:
    """Sign a step; it is done when everyone who must sign has signed the same content."""
    actor, asked, key = current_actor(), read_body(Completion), key_of(task_id)
    with unit_of_work() as session:
        item = services.complete(
            session,
            actor,
            key,
            revision=asked.revision,
            values=asked.data,
            declares_no_conflict=asked.declaration,
        )
        return answered(
            Completed(
                id=item.id,
                name=item.name,
                status=item.status,
                revision=item.revision,
                signatures=len(_signatures(item)),
                signers_needed=item.signers_needed,
                case_no=item.case.no,
                case_status=item.case.status,
            )
        )


def _task(session: Session, actor: Actor, item: WorkItem, panel: TaskPanel) -> Task:
    filled_in = fills_in(actor, item)
    seat = None if filled_in else seat_panel(session, actor, item, panel.clock)
    marks = item.marks if filled_in or does(actor, item) else []
    schema: dict[str, Any] = json.loads(pack_of_case(session, item.case).forms[item.form_key])
    return Task.model_validate(
        {
            "id": item.id,
            "case_no": item.case.no,
            "name": item.name,
            "status": item.status,
            "revision": item.revision,
            "opened_at": item.opened_at,
            "clock": panel.clock,
            "basis": panel.basis,
            "help": panel.help,
            "claimed_by": panel.claimed_by,
            "signers_needed": item.signers_needed,
            "signatures": _signatures(item),
            "needs_declaration": panel.needs_avoidance_declaration,
            "marks": marks,
            "editable": [mark["path"] for mark in marks] or None,
            "form": schema,
            "data": forms.to_json(panel.form.data) if filled_in else None,
            "content": seat.sections if seat else [],
            "files": list(panel.files.values()) if filled_in else [],
        }
    )


def _signatures(item: WorkItem) -> list[Signature]:
    return [
        Signature(name=acting_name(signing.person, signing.for_person), at=signing.signed_at)
        for signing in item.signings
        if signing.role == "sign" and signing.signed_at is not None and signing.voided_at is None
    ]
