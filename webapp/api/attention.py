"""催办, 督办, 抄送, 传阅."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.api.answers import Paged
from webapp.api.blueprint import api
from webapp.api.collaboration_models import (
    Appointment,
    Appointments,
    CaseState,
    Circulation,
    CirculationQuery,
    Confirmation,
    Confirmed,
    NewSupervision,
    Sending,
    Sent,
    Supervised,
    Urged,
    Urging,
)
from webapp.api.describing import COLLABORATION, Operation, described
from webapp.api.reading import read_body, read_query
from webapp.api.rendering import answered
from webapp.queries.attention_lists import circulations_for
from webapp.queries.case_access import visible_case
from webapp.queries.officers import officers
from webapp.services import attention
from webapp.uow import read_only, unit_of_work
from webapp.views.parameters import key_of
from webapp.views.security import current_actor, right

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask import Response

_PROBLEMS = (400, 404, 409, 413, 415, 422)


@api.post("/tasks/<task_id>/urge")
@right("task.act")
@described(
    Operation(COLLABORATION, "催办一项待办", Urged, status=201, body=Urging, problems=(*_PROBLEMS, 429))
)
def urge_task(task_id: str) -> Response:
    """催办; once a day for each step and sender."""
    actor, asked, key = current_actor(), read_body(Urging), key_of(task_id)
    with unit_of_work() as session:
        return answered(Urged.model_validate(attention.urge(session, actor, key, words=asked.words)), 201)


@api.post("/cases/<no>/supervise")
@right("case.supervise")
@described(Operation(COLLABORATION, "督办", Supervised, status=201, body=NewSupervision, problems=_PROBLEMS))
def supervise_case(no: str) -> Response:
    """督办."""
    actor, asked = current_actor(), read_body(NewSupervision)
    with unit_of_work() as session:
        case = visible_case(session, actor, no)
        begun = attention.supervise(session, actor, case, requirement=asked.requirement, due_on=asked.due_on)
        answer = Supervised(
            case_no=case.no, requirement=begun.requirement, due_on=begun.due_on, began_at=begun.began_at
        )
        return answered(answer, 201)


@api.delete("/cases/<no>/supervise")
@right("case.supervise")
@described(Operation(COLLABORATION, "解除督办", CaseState, problems=(404,)))
def lift_supervision(no: str) -> Response:
    """解除督办."""
    actor = current_actor()
    with unit_of_work() as session:
        case = visible_case(session, actor, no)
        attention.lift(session, actor, case)
        return answered(CaseState.model_validate(case))


@api.post("/cases/<no>/copies")
@right("task.act")
@described(Operation(COLLABORATION, "抄送", Sent, status=201, body=Sending, problems=_PROBLEMS))
def copy_case(no: str) -> Response:
    """抄送."""
    return _send(no, attention.copy_to)


@api.post("/cases/<no>/circulations")
@right("task.act")
@described(Operation(COLLABORATION, "传阅", Sent, status=201, body=Sending, problems=_PROBLEMS))
def circulate_case(no: str) -> Response:
    """传阅."""
    return _send(no, attention.circulate)


@api.get("/circulations")
@right("case.read")
@described(
    Operation(
        COLLABORATION, "送本岗位阅知的办件", Paged[Circulation], query=CirculationQuery, problems=(422,)
    )
)
def list_circulations() -> Response:
    """What was sent to the holder's position."""
    asked = read_query(CirculationQuery)
    with read_only() as session:
        page = circulations_for(
            session, current_actor(), only_unread=asked.tab == "unread", number=asked.page
        )
        return answered(Paged[Circulation].model_validate(page))


@api.post("/circulations/<circulation_id>/confirm")
@right("case.read")
@described(Operation(COLLABORATION, "确认阅知", Confirmed, body=Confirmation, problems=_PROBLEMS))
def confirm_circulation(circulation_id: str) -> Response:
    """已阅."""
    actor, asked, key = current_actor(), read_body(Confirmation), key_of(circulation_id)
    with unit_of_work() as session:
        row = attention.confirm_read(session, actor, key, answer=asked.answer)
        return answered(Confirmed.model_validate(row))


@api.get("/appointments")
@right("task.act")
@described(Operation(COLLABORATION, "目前在任、可以办理待办的人员和岗位", Appointments))
def list_appointments() -> Response:
    """Who holds which position today, to be named where colleagues are asked."""
    with read_only() as session:
        rows = officers(session, current_actor().jurisdiction_id)
        items = [
            Appointment(
                id=row.id,
                person_id=row.person_id,
                person=row.person.name,
                position_id=row.position_id,
                position=row.position.title,
                agency=row.position.agency.short,
            )
            for row in rows
        ]
        return answered(Appointments(items=items))


def _send(no: str, act: Callable[..., Sequence[object]]) -> Response:
    actor, asked = current_actor(), read_body(Sending)
    with unit_of_work() as session:
        case = visible_case(session, actor, no)
        sent = act(session, actor, case, asked.readers, note=asked.note)
        return answered(Sent(case_no=case.no, sent=len(sent)), 201)
