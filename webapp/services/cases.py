"""Cases: start, withdraw (撤回), suspend and resume (暂停, 恢复), terminate (终止)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.core.errors import Forbidden, Invalid, Locked, Missing
from webapp.models.account import Person, Position
from webapp.models.case import Case, CaseParty
from webapp.models.event import Event
from webapp.models.market import Market
from webapp.queries.agencies import agency_of
from webapp.queries.case_access import HOLD
from webapp.queries.releases import current_process, definition_of, pack_of_release, why_none_starts
from webapp.queries.starters import is_about_listed_market, markets_for, may_start, starters_in_words
from webapp.services import archives, awaited, case_state, clocks, documents, markets, numbers, steps
from webapp.services.events import record

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from webapp.engine import Definition
    from webapp.models.account import Agency
    from webapp.models.release import ProcessVersion
    from webapp.queries.actors import Actor


LONGEST_REASON = 500


def start(session: Session, actor: Actor, process_key: str, *, market_no: str | None = None) -> Case:
    """Start a case in the actor's agency and open its first step (Policy: TZ-3.1, TZ-3.2).

    Args:
        session: Database session.
        actor: Who starts it.
        process_key: Which procedure.
        market_no: The market of the directory that it is about, where the procedure is about one.

    Raises:
        Missing: If the process is not in force here, or the market is none that the actor may choose.
        Forbidden: If the actor's position may not start it.
        Invalid: If the procedure is about a market of the directory and none was named.
        Locked: If the same procedure is under way for the market and the pack allows one at a time; if one is
            that the procedure excludes; or if the policy is not in force yet, or has run out.
    """
    version = current_process(session, actor.jurisdiction_id, process_key)
    definition = definition_of(session, version)
    pack = pack_of_release(session, version.release_id)
    position = session.get_one(Position, actor.position)
    if actor.process_key not in {None, process_key}:
        raise Forbidden(f"您代{actor.for_person_name}办理的是另一项业务，不能发起本业务。")
    if not may_start(definition, position):
        whose = starters_in_words(pack, definition)
        raise Forbidden(f"“{version.title}”由{whose}发起，您当前的岗位不能发起。")
    market = _market(session, actor, version, definition, market_no)
    return begin(session, actor, version, agency=position.agency, market=market)


def begin(
    session: Session,
    actor: Actor,
    version: ProcessVersion,
    *,
    agency: Agency,
    market: Market | None,
    origin: Case | None = None,
    reason: str | None = None,
) -> Case:
    """Begin a case that was found to be allowed, and open its first step.

    Args:
        session: Database session.
        actor: Who acts.
        version: Under which version of which procedure.
        agency: Whose case it is.
        market: The listed market that it is about, locked, if it is about one.
        origin: The case that opens it, if one does.
        reason: Why that case opens it, for history.

    Raises:
        Locked: If the policy is not in force yet, or has run out.
    """
    if none_starts := why_none_starts(session, version):
        raise Locked(none_starts)
    pack, definition = pack_of_release(session, version.release_id), definition_of(session, version)
    now = time.now()
    year = beijing_date(now).year
    series = definition.properties["case_series"]
    number = numbers.draw(session, actor.jurisdiction_id, f"case/{version.process_key}", year)
    case = Case(
        jurisdiction_id=actor.jurisdiction_id,
        no=f"{pack.case_prefix}-{series}-{year}-{number:04d}",
        process_version_id=version.id,
        process_key=version.process_key,
        title=f"{market.name}{version.title}" if market else version.title,
        kind=market.kind if market else None,
        market=market,
        applicant_id=agency.id,
        origin=origin,
        started_by_id=actor.person_id,
        started_at=now,
        trail=[],
        is_demo=_is_demo(session, actor, origin or market),
    )
    session.add(case)
    session.flush()
    session.add(CaseParty(case_id=case.id, agency_id=agency.id))
    told: dict[str, str | None] = {"process": version.process_key, "no": case.no}
    if origin is not None:
        told |= {"origin": origin.no, "reason": reason}
    record(session, "case.started", actor=actor, case=case, data=told)
    steps.begin(session, case, actor)
    return case


def _is_demo(session: Session, actor: Actor, about: Case | Market | None) -> bool:
    """Tell whether a case belongs to the demonstration: whoever starts it does, else what it is about."""
    if actor.person_id is not None and not isinstance(about, Case):
        return session.get_one(Person, actor.person_id).is_demo
    return about is not None and about.is_demo


def _market(
    session: Session, actor: Actor, version: ProcessVersion, definition: Definition, no: str | None
) -> Market | None:
    """Return the listed market that a new case is about, locked; `None` if the procedure is about none."""
    if not is_about_listed_market(definition):
        return None
    if not no:
        raise Invalid(f"请先选择“{version.title}”所涉及的市场（驿站）。", field="market")
    market = session.scalar(markets_for(actor).where(Market.no == no).with_for_update())
    if market is None:
        raise Missing("名录中没有这个市场（驿站），或不由本单位办理。")
    _require_free(session, version, market)
    return market


def _require_free(session: Session, version: ProcessVersion, market: Market) -> None:
    other = under_way(session, version, market)
    if other is None:
        return
    if other.process_key == version.process_key:
        raise Locked(f"{market.name}的“{version.title}”（{other.no}）正在办理，办结后才能再次发起。")
    raise Locked(
        f"{market.name}的“{other.process_version.title}”（{other.no}）正在办理，"
        f"办结后才能发起“{version.title}”。"
    )


def under_way(session: Session, version: ProcessVersion, market: Market) -> Case | None:
    """Return an open case because of which a procedure cannot be started for a market.

    It is one of the same procedure, where only one at a time is allowed, or of one that it excludes.
    """
    properties = definition_of(session, version).properties
    barred = [key.strip() for key in properties.get("excludes", "").split(",") if key.strip()]
    if properties.get("one_at_a_time") == "true":
        barred.append(version.process_key)
    return session.scalar(
        select(Case)
        .where(Case.market_id == market.id, Case.process_key.in_(barred), Case.status.in_(case_state.OPEN))
        .order_by(Case.started_at, Case.id)
        .limit(1)
    )


def withdraw(session: Session, actor: Actor, case: Case, *, reason: str) -> None:
    """撤回: the applicant takes its filing back, at any time until it is decided.

    Raises:
        Forbidden: If the actor is not of the agency that filed.
        Locked: If the case is suspended or over, or was decided and only papers are still to follow.
        Invalid: If no reason is given.
    """
    locked = steps.locked_case(session, case.id)
    if actor.agency_id != locked.applicant_id or not actor.may("case.start"):
        raise Forbidden("只有申请单位的经办人可以撤回本件。")
    case_state.require_covered(actor, locked)
    case_state.require_running(locked)
    case_state.require_undecided(locked, "撤回")
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
    awaited.put_off(session, locked, time.now() - _held_since(session, locked))
    record(session, "case.resumed", actor=actor, case=locked)


def terminate(session: Session, actor: Actor, case: Case, *, reason: str) -> None:
    """终止: the agency that decides a case ends it without a decision; everything open is cancelled.

    Raises:
        Forbidden: If the position may not, or is not of the agency that decides the case.
        Locked: If the case is over, or was decided and only papers are still to follow.
        Invalid: If no reason is given.
    """
    locked = _held(session, actor, case)
    if locked.status not in case_state.OPEN:
        case_state.require_running(locked)
    case_state.require_undecided(locked, "终止")
    _terminate(session, actor, locked, _reason(reason, "终止"))


def end_opened(session: Session, actor: Actor, origin: Case, *, reason: str) -> list[Case]:
    """终止 what a case opened, and what that opened, since the ground of it has fallen.

    What is over, or was decided already, stays as it is.

    Args:
        session: Database session.
        actor: Who acts; the procedure of the origin says that it may.
        origin: The case whose result was lifted, locked.
        reason: Why, for history.

    Returns:
        The cases that were ended.
    """
    opened = session.scalars(
        select(Case.id).where(Case.origin_id == origin.id).order_by(Case.started_at, Case.id)
    )
    ended = []
    for case_id in opened.all():
        locked = steps.locked_case(session, case_id)
        if locked.status in case_state.OPEN and locked.decided_at is None:
            _terminate(session, actor, locked, reason)
            ended.append(locked)
        ended += end_opened(session, actor, locked, reason=reason)
    return ended


def _held_since(session: Session, case: Case) -> datetime:
    held = select(Event.at).where(Event.case_id == case.id, Event.kind == "case.suspended")
    return session.scalars(held.order_by(Event.seq.desc()).limit(1)).one()


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


def _terminate(session: Session, actor: Actor, locked: Case, reason: str) -> None:
    _end(session, actor, locked, "terminated", reason)
    locked.hold_reason = reason
    _close_file(session, actor, locked)


def _close_file(session: Session, actor: Actor, locked: Case) -> None:
    archives.archive(session, locked)
    record(session, "case.archived", actor=actor, case=locked, data={"retention": locked.retention})


def _reason(text: str, act: str) -> str:
    reason = text.strip()
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise Invalid(f"请写明{act}的理由，不超过 {LONGEST_REASON} 个字。", field="reason")
    return reason
