"""Cases: start one, withdraw one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.core.errors import Forbidden, Invalid, Locked
from webapp.models.account import Person, Position
from webapp.models.case import Case, CaseParty
from webapp.queries.releases import current_process, definition_of, pack_of_release
from webapp.queries.starters import may_start
from webapp.services import archives, clocks, documents, markets, numbers, steps
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
        Locked: If the case is over.
        Invalid: If no reason is given.
    """
    locked = steps.locked_case(session, case.id)
    if actor.agency_id != locked.applicant_id or not actor.may("case.start"):
        raise Forbidden("只有申请单位的经办人可以撤回本件。")
    if locked.status != "running":
        raise Locked("本件已经办结或已撤回，不能再撤回。")
    reason = reason.strip()
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise Invalid(f"请写明撤回的理由，不超过 {LONGEST_REASON} 个字。", field="reason")
    steps.abandon(session, locked, actor)
    now = time.now()
    locked.status, locked.finished_at = "withdrawn", now
    clocks.stop_all(session, locked, now)
    markets.drop(locked)
    record(session, "case.withdrawn", actor=actor, case=locked, data={"reason": reason})
    if locked.submitted_at is not None:
        decider = definition_of(session, locked.process_version).properties["agency"]
        given = {"template": "withdrawal_notice", "agency": decider, "reason": reason}
        documents.issue(session, locked, actor, element_id="withdrawal", given=given)
    archives.archive(session, locked)
    record(session, "case.archived", actor=actor, case=locked, data={"retention": locked.retention})
