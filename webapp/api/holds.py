"""暂停, 恢复, 终止."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.api.blueprint import api
from webapp.api.collaboration_models import CaseState, Reason
from webapp.api.describing import CASES, Operation, described
from webapp.api.reading import read_body
from webapp.api.rendering import answered
from webapp.queries.case_access import case_to_hold
from webapp.services import cases as services
from webapp.uow import unit_of_work
from webapp.views.security import current_actor, right

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response

_PROBLEMS = (400, 404, 409, 413, 415, 422)


@api.post("/cases/<no>/suspend")
@right("case.hold")
@described(Operation(CASES, "暂停办理，期限停止计算", CaseState, body=Reason, problems=_PROBLEMS))
def suspend_case(no: str) -> Response:
    """暂停."""
    return _act(no, services.suspend, reason=read_body(Reason).reason)


@api.post("/cases/<no>/resume")
@right("case.hold")
@described(Operation(CASES, "恢复办理，期限继续计算", CaseState, problems=(404, 409)))
def resume_case(no: str) -> Response:
    """恢复."""
    return _act(no, services.resume)


@api.post("/cases/<no>/terminate")
@right("case.hold")
@described(Operation(CASES, "终止办理，所有待办取消", CaseState, body=Reason, problems=_PROBLEMS))
def terminate_case(no: str) -> Response:
    """终止."""
    return _act(no, services.terminate, reason=read_body(Reason).reason)


def _act(no: str, act: Callable[..., None], **more: str) -> Response:
    actor = current_actor()
    with unit_of_work() as session:
        case = case_to_hold(session, actor, no)
        act(session, actor, case, **more)
        return answered(CaseState.model_validate(case))
