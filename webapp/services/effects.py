"""Operators that service tasks name: each does its work in the transaction of the step that reached it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from webapp.core import clock as time
from webapp.core.errors import DomainError
from webapp.queries.releases import definition_of
from webapp.services import archives, clocks, documents, market_records, markets, register, surveys
from webapp.services.events import record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from webapp.engine import Effect
    from webapp.models.case import Case
    from webapp.queries.actors import Actor


class EffectOperator(Protocol):
    """What a service task may name. It takes the evaluated parameters and returns flat token keys."""

    def __call__(
        self, session: Session, case: Case, actor: Actor, element_id: str, given: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Do the work."""


def perform(session: Session, case: Case, effect: Effect, actor: Actor) -> dict[str, Any]:
    """Do what a service task asks for, and return what its token carries on.

    A task whose property `decides` is `true` makes a decision known, such as a refusal: the case is decided.

    Raises:
        DomainError: If nobody registered the operator.
    """
    operator = OPERATORS.get(effect.operator)
    if operator is None:
        raise DomainError(f"流程要求的自动服务“{effect.operator}”不存在，请联系系统管理员。")
    outcome = operator(session, case, actor, effect.element_id, effect.parameters)
    step = definition_of(session, case.process_version).step(effect.element_id)
    if step.properties.get("decides") == "true":
        case.decided_at = case.decided_at or time.now()
    return outcome


def issue_document(
    session: Session, case: Case, actor: Actor, element_id: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Set, number and register an official document, and put it in line for its seal.

    Parameters `template`, `agency`, `recipients` (optional list of agency keys, `township` among them); the
    rest goes to the template as `参数`.
    """
    document = documents.issue(session, case, actor, element_id=element_id, given=given)
    return {"document_number": document.number}


def start_clock(
    session: Session, case: Case, actor: Actor, element_id: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Start the clock of the whole case: the filing has left the applicant.

    After a return the clock that runs goes on running; the law counts from the first time.
    """
    del element_id
    if clocks.case_clock(session, case) is not None:
        return {}
    case.submitted_at = time.now()
    process = definition_of(session, case.process_version)
    limit = str(given.get("limit") or process.properties["case_due"])
    clocks.start(session, case, name=str(given["name"]), limit=limit)
    record(session, "case.submitted", actor=actor, case=case)
    record(session, "clock.started", actor=actor, case=case, data={"limit": limit})
    return {}


def pause_clock(
    session: Session, case: Case, actor: Actor, element_id: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Let the clock stand still with a reason; a correction is counted, for the office sends one only."""
    del element_id
    reason = str(given["reason"])
    if reason == "补正":
        case.corrections += 1
    clocks.pause(session, case, reason=reason, document_id=documents.latest_id(session, case))
    record(session, "clock.paused", actor=actor, case=case, data={"reason": reason})
    return {}


def resume_clock(
    session: Session, case: Case, actor: Actor, element_id: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Let the clock go on."""
    del element_id, given
    clocks.resume(session, case)
    record(session, "clock.resumed", actor=actor, case=case)
    return {}


def recognise_market(
    session: Session, case: Case, actor: Actor, element_id: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Enter the market in the directory under its number and official name (Policy: TZ-3.1, TZ-3.2)."""
    del element_id, given
    market = markets.recognise(session, case)
    case.decided_at = time.now()
    record(session, "market.recognised", actor=actor, case=case, data={"no": market.no})
    return {"market_no": market.no}


def change_register(
    session: Session, case: Case, actor: Actor, element_id: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Write what was decided to the market in the directory (Policy: TZ-3.2).

    Parameters: the fields of :func:`webapp.services.register.change`; what is `null` stays as it is.
    """
    del element_id
    fields = register.change(session, case, given)
    case.decided_at = time.now()
    record(session, "market.changed", actor=actor, case=case, data={"fields": fields})
    return {}


def enter_record(
    session: Session, case: Case, actor: Actor, element_id: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Enter what was found in the file of the market.

    Parameters `kind`, `period` and, optional, `valid_until` as in :func:`market_records.enter`; the rest
    are the values.
    """
    del element_id
    values = dict(given)
    kind, period = str(values.pop("kind")), str(values.pop("period"))
    market_records.enter(
        session, case, kind=kind, period=period, valid_until=values.pop("valid_until", None), values=values
    )
    record(session, "market.recorded", actor=actor, case=case, data={"kind": kind, "period": period})
    return {}


def leave_register(
    session: Session, case: Case, actor: Actor, element_id: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Take the market out of the directory (Policy: TZ-3.4). Parameter `way`: how it leaves, in words."""
    del element_id
    way = str(given["way"])
    register.leave(session, case, way)
    case.decided_at = case.decided_at or time.now()
    record(session, "market.left", actor=actor, case=case, data={"way": way})
    return {}


def archive_case(
    session: Session, case: Case, actor: Actor, element_id: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Close the file with its outcome, its 保管期限 and its 公开属性.

    Parameters `outcome` (`approved` or `refused`) and `label`: what the procedure calls it.
    """
    del element_id
    case.outcome, label = str(given["outcome"]), given.get("label")
    case.outcome_label = None if label is None else str(label)
    case.decided_at = case.decided_at or time.now()
    if case.outcome == "refused" and markets.refuse(case):
        record(session, "market.refused", actor=actor, case=case)
    archives.archive(session, case)
    record(
        session,
        "case.archived",
        actor=actor,
        case=case,
        data={"retention": case.retention, "disclosure": case.disclosure},
    )
    return {}


OPERATORS: dict[str, EffectOperator] = {
    "issue_document": issue_document,
    "start_clock": start_clock,
    "pause_clock": pause_clock,
    "resume_clock": resume_clock,
    "recognise_market": recognise_market,
    "change_register": change_register,
    "enter_record": enter_record,
    "leave_register": leave_register,
    "make_invitations": surveys.make_invitations,
    "count_answers": surveys.count_answers,
    "archive_case": archive_case,
}
"""By name. What moves a case itself lies above this module, so the application adds it when it is made."""
