"""Cases: start, list, read, withdraw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.api.answers import Paged
from webapp.api.blueprint import api
from webapp.api.case_answers import Case, CaseRow, Step
from webapp.api.describing import CASES, Operation, described
from webapp.api.reading import read_body, read_query
from webapp.api.rendering import answered
from webapp.api.requests import CaseQuery, NewCase, Withdrawal
from webapp.queries import case_list
from webapp.queries.case_access import visible_case
from webapp.queries.case_page import case_page, items_of
from webapp.queries.names import acting_name
from webapp.queries.own_items import first_item
from webapp.services import cases as services
from webapp.services import work_items
from webapp.uow import read_only, unit_of_work
from webapp.views.security import current_actor, right

if TYPE_CHECKING:
    from flask import Response
    from sqlalchemy.orm import Session

    from webapp.models.case import Case as CaseRecord
    from webapp.queries.actors import Actor


@api.post("/cases")
@right("case.start")
@described(
    Operation(
        CASES,
        "发起办件，可以同时提交第一步",
        Case,
        status=201,
        body=NewCase,
        problems=(400, 404, 409, 413, 415, 422),
    )
)
def start_case() -> Response:
    """Start a case; with data, its first step is completed in the same transaction, or nothing is kept."""
    actor, asked = current_actor(), read_body(NewCase)
    with unit_of_work() as session:
        case = services.start(session, actor, asked.process, market_no=asked.market)
        if asked.data is not None:
            item = first_item(session, actor, case)
            work_items.complete(session, actor, item.id, revision=item.revision, values=asked.data)
        return answered(_case(session, actor, case), 201)


@api.get("/cases")
@right("case.read")
@described(Operation(CASES, "可以查看的办件，最新的在前", Paged[CaseRow], query=CaseQuery, problems=(422,)))
def list_cases() -> Response:
    """The cases that the holder may see."""
    asked = read_query(CaseQuery)
    wanted = case_list.CaseFilter(status=asked.status, q=asked.q, number=asked.page)
    with read_only() as session:
        return answered(Paged[CaseRow].model_validate(case_list.case_list(session, current_actor(), wanted)))


@api.get("/cases/<no>")
@right("case.read")
@described(Operation(CASES, "一件办件的状态、环节、时限、意见、公文和各环节内容", Case, problems=(404,)))
def show_case(no: str) -> Response:
    """Everything about a case."""
    actor = current_actor()
    with read_only() as session:
        return answered(_case(session, actor, visible_case(session, actor, no)))


@api.post("/cases/<no>/withdraw")
@right("case.start")
@described(Operation(CASES, "撤回申请", Case, body=Withdrawal, problems=(400, 404, 409, 413, 415, 422)))
def withdraw_case(no: str) -> Response:
    """撤回: the applicant takes its filing back."""
    actor, asked = current_actor(), read_body(Withdrawal)
    with unit_of_work() as session:
        case = visible_case(session, actor, no)
        services.withdraw(session, actor, case, reason=asked.reason)
        return answered(_case(session, actor, case))


def _case(session: Session, actor: Actor, case: CaseRecord) -> Case:
    steps = [
        Step(
            id=item.id,
            element_id=item.element_id,
            name=item.name,
            agency=item.agency.short,
            position=item.position.title,
            status=item.status,
            opened_at=item.opened_at,
            done_at=item.done_at,
            done_by=acting_name(item.done_by, item.done_for) if item.done_by else None,
            claimed_by=item.claimed_by.name if item.claimed_by else None,
            mine=item.position_id == actor.position_id,
        )
        for item in items_of(session, case)
    ]
    return Case.of(case, case_page(session, actor, case), steps)
