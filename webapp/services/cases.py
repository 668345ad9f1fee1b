"""Cases: start, withdraw (撤回), suspend and resume (暂停, 恢复), terminate (终止)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.core.errors import Forbidden, Invalid, Locked
from webapp.models.account import Person, Position
from webapp.models.case import Case, CaseParty
from webapp.queries.agencies import agency_of
from webapp.queries.case_access import HOLD
from webapp.queries.releases import current_process, definition_of, pack_of_release
from webapp.queries.starters import may_start
from webapp.services import archives, case_state, clocks, documents, markets, numbers, steps
from webapp.services.events import record

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor


LONGEST_REASON = 500


def start(session: Session, actor: Actor, process_key: str) -> Case:
    """Start a case in the actor's agency and open its first step (Policy: TZ-3.1).

    Raises:
        Missing: If the process is not in force here.
        Forbidden: If the actor's position may not start it.
    """
    version = current_process(session, actor.jurisdiction_id, process_key)
    definition = definition_of(session, version)
    position = session.get_one(Position, actor.position)
    agency = position.agency
    if actor.process_key not in {None, process_key}:
        raise Forbidden(f"您代{actor.for_person_name}办理的是另一项业务，不能发起本业务。")
    if not may_start(definition, position):
        raise Forbidden(f"“{version.title}”由街道乡镇的经办岗位发起，您当前的岗位不能发起。")
    pack = pack_of_release(session, version.release_id)
    now = time.now()
    year = beijing_date(now).year
    series = definition.properties["case_series"]
    number = numbers.draw(session, actor.jurisdiction_id, f"case/{process_key}", year)
    case = Case(
        jurisdiction_id=actor.jurisdiction_id,
        no=f"{pack.case_prefix}-{series}-{year}-{number:04d}",
        process_version_id=version.id,
        process_key=process_key,
        title=version.title,
        applicant_id=agency.id,
        started_by_id=actor.person,
        started_at=now,
        trail=[],
        is_demo=session.get_one(Person, actor.person).is_demo,
    )
    session.add(case)
    session.flush()
    session.add(CaseParty(case_id=case.id, agency_id=agency.id))
    record(session, "case.started", actor=actor, case=case, data={"process": process_key, "no": case.no})
    steps.begin(session, case, actor)
    return case


def withdraw(session: Session, actor: Actor, case: Case, *, reason: str) -> None:
    """撤回: the applicant takes its filing back, at any time until it is decided.

    Raises:
        Forbidden: If the actor is not of the agency that filed.
        Locked: If the case is suspended or over.
        Invalid: If no reason is given.
    """
    locked = steps.locked_case(session, case.id)
    if actor.agency_id != locked.applicant_id or not actor.may("case.start"):
        raise Forbidden("只有申请单位的经办人可以撤回本件。")
    case_state.require_covered(actor, locked)
    case_state.require_running(locked)
    reason = _reason(reason, "撤回")
    _end(session, actor, locked, "withdrawn", reason)
    if locked.submitted_at is not None:
        decider = definition_of(session, locked.process_version).properties["agency"]
        given = {"template": "withdrawal_notice", "agency": decider, "reason": reason}
        documents.issue(session, locked, actor, element_id="withdrawal", given=given)
    _close_file(session, actor, locked)


def suspend(session: Session, actor: Actor, case: Case, *, reason: str) -> None:
    """暂停: nothing is done in a case and no time counts until it is resumed.

    Raises:
        Forbidden: If the position may not, or is not of the agency that decides the case.
        Locked: If the case is suspended already, or over.
        Invalid: If no reason is given.
    """
    locked = _held(session, actor, case)
    case_state.require_running(locked)
    reason = _reason(reason, "暂停")
    locked.status, locked.hold_reason = case_state.SUSPENDED, reason
    locked.revision += 1
    clocks.pause(session, locked, reason=clocks.HOLD)
    record(session, "case.suspended", actor=actor, case=locked, data={"reason": reason})


def resume(session: Session, actor: Actor, case: Case) -> None:
    """恢复: a suspended case goes on where it stood; its time limits move by the pause.

    Raises:
        Forbidden: If the position may not, or is not of the agency that decides the case.
        Locked: If the case is not suspended.
    """
    locked = _held(session, actor, case)
    if locked.status != case_state.SUSPENDED:
        raise Locked("本件没有暂停，不用恢复。")
    locked.status, locked.hold_reason = case_state.RUNNING, None
    locked.revision += 1
    clocks.resume(session, locked, clocks.HOLD)
    record(session, "case.resumed", actor=actor, case=locked)


def terminate(session: Session, actor: Actor, case: Case, *, reason: str) -> None:
    """终止: the agency that decides a case ends it without a decision; everything open is cancelled.

    Raises:
        Forbidden: If the position may not, or is not of the agency that decides the case.
        Locked: If the case is over.
        Invalid: If no reason is given.
    """
    locked = _held(session, actor, case)
    if locked.status not in case_state.OPEN:
        case_state.require_running(locked)
    reason = _reason(reason, "终止")
    _end(session, actor, locked, "terminated", reason)
    locked.hold_reason = reason
    _close_file(session, actor, locked)


def _held(session: Session, actor: Actor, case: Case) -> Case:
    """Lock a case that the actor may suspend, resume and terminate."""
    locked = steps.locked_case(session, case.id)
    decides = agency_of(session, locked, definition_of(session, locked.process_version).properties["agency"])
    if not actor.may(HOLD) or actor.agency_id != decides.id:
        raise Forbidden("只有办理单位的科室负责人、单位领导或系统管理员可以暂停、恢复或终止本件。")
    case_state.require_covered(actor, locked)
    return locked


def _end(session: Session, actor: Actor, locked: Case, status: str, reason: str) -> None:
    """End a locked case before its end: nothing waits, no clock runs, a proposed market is dropped."""
    steps.abandon(session, locked, actor)
    now = time.now()
    locked.status, locked.finished_at = status, now
    clocks.stop_all(session, locked, now)
    markets.drop(locked)
    record(session, f"case.{status}", actor=actor, case=locked, data={"reason": reason})


def _close_file(session: Session, actor: Actor, locked: Case) -> None:
    archives.archive(session, locked)
    record(session, "case.archived", actor=actor, case=locked, data={"retention": locked.retention})


def _reason(text: str, act: str) -> str:
    reason = text.strip()
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise Invalid(f"请写明{act}的理由，不超过 {LONGEST_REASON} 个字。", field="reason")
    return reason
