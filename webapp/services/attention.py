"""Attention: urge a step (催办), supervise a case (督办), show a case to others (抄送, 传阅)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.core.errors import Forbidden, Invalid, Locked, Missing, TooMany
from webapp.models.account import Appointment
from webapp.models.case import Case
from webapp.models.collaboration import Circulation, Supervision, Urge
from webapp.models.work_item import WorkItem
from webapp.queries.attention import liftable
from webapp.queries.case_access import READ_ALL, agency_cases, visible_cases
from webapp.services import case_state, steps
from webapp.services.events import record

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

URGE_AGAIN = timedelta(hours=24)
"""How long the same person waits before urging the same step again. 本地缺省: once a day is heard."""
LONGEST_WORDS = 200
LONGEST_REQUIREMENT = 500
MOST_READERS = 50
"""How many people one 抄送 or 传阅 goes to at most."""
URGING = "请尽快办理。"
SUPERVISE = "case.supervise"
COPY, CIRCULATE = "copy", "circulate"
NAMES = {COPY: "抄送", CIRCULATE: "传阅"}


def urge(session: Session, actor: Actor, item_id: UUID, *, words: str = "") -> Urge:
    """催办: ask those who have a step to get on with it; once a day for each step and sender.

    Raises:
        Missing: If the actor may not see the case.
        Invalid: If the step is over or waits for the actor, or the words are too long.
        Locked: If the case is suspended or over.
        TooMany: If the actor urged the same step less than a day ago.
    """
    item = session.get(WorkItem, item_id)
    if item is None or session.scalar(visible_cases(actor).where(Case.id == item.case_id)) is None:
        raise Missing("没有找到这项待办，或您当前的岗位不能查看。")
    case_state.require_running(steps.locked_case(session, item.case_id))
    session.refresh(item)
    if item.status != "open":
        raise Invalid(f"“{item.name}”已经办结，不用再催办。")
    waits_for_actor = item.claimed_by_id in {None, actor.person_id, actor.for_person_id}
    if item.position_id == actor.position_id and waits_for_actor:
        raise Invalid(f"“{item.name}”由您所在的岗位办理，请直接办理。")
    words = words.strip() or URGING
    if len(words) > LONGEST_WORDS:
        raise Invalid(f"催办的话不超过 {LONGEST_WORDS} 个字。", field="words")
    _refuse_again(session, actor, item)
    urged = Urge(
        jurisdiction_id=item.jurisdiction_id,
        case_id=item.case_id,
        work_item_id=item.id,
        person_id=actor.person,
        position_id=actor.position,
        urged_at=time.now(),
        words=words,
    )
    session.add(urged)
    session.flush()
    record(session, "work_item.urged", actor=actor, case=item.case, work_item=item)
    return urged


def supervise(
    session: Session, actor: Actor, case: Case, *, requirement: str, due_on: date | None = None
) -> Supervision:
    """督办: a leader keeps an eye on a case until it is lifted or the case ends.

    Args:
        session: Database session.
        actor: The leader.
        case: A case that the leader may see.
        requirement: What is to be done, shown to everybody who has a part in the case.
        due_on: The Beijing date by which the leader wants it done, if any; it changes no legal time limit.

    Raises:
        Forbidden: If the position may not supervise.
        Locked: If the case is over, or the leader supervises it already.
        Invalid: If it is not said what is to be done, or the date has passed.
    """
    _require_supervisor(actor)
    locked = steps.locked_case(session, case.id)
    if locked.status not in case_state.OPEN:
        raise Locked("本件已经办结，不能再督办。")
    requirement = requirement.strip()
    if not 1 <= len(requirement) <= LONGEST_REQUIREMENT:
        raise Invalid(f"请写明督办要求，不超过 {LONGEST_REQUIREMENT} 个字。", field="requirement")
    if due_on is not None and due_on < beijing_date(time.now()):
        raise Invalid("督办期限不能早于今天。", field="due_on")
    mine = Supervision.person_id == actor.person, Supervision.lifted_at.is_(None)
    if session.scalar(select(Supervision.id).where(Supervision.case_id == locked.id, *mine)) is not None:
        raise Locked("您已在督办本件。需要改变要求时，请先解除再重新督办。")
    begun = Supervision(
        jurisdiction_id=locked.jurisdiction_id,
        case_id=locked.id,
        person_id=actor.person,
        position_id=actor.position,
        began_at=time.now(),
        requirement=requirement,
        due_on=due_on,
    )
    session.add(begun)
    session.flush()
    record(session, "case.supervised", actor=actor, case=locked)
    return begun


def lift(session: Session, actor: Actor, case: Case) -> int:
    """解除督办: end the supervisions that one's agency began, all of them for the one that decides the case.

    Returns how many were ended.

    Raises:
        Forbidden: If the position may not supervise, or others supervise the case.
        Missing: If the case is not supervised.
    """
    _require_supervisor(actor)
    locked = steps.locked_case(session, case.id)
    going_on = session.scalars(
        select(Supervision).where(Supervision.case_id == locked.id, Supervision.lifted_at.is_(None))
    ).all()
    if not going_on:
        raise Missing("本件没有在督办。")
    theirs = liftable(session, actor, locked, going_on)
    if not theirs:
        raise Forbidden("本件由其他单位督办，应由该单位解除。")
    for supervision in theirs:
        supervision.lifted_at, supervision.lifted_by_id = time.now(), actor.person
    record(session, "case.supervision_lifted", actor=actor, case=locked)
    return len(theirs)


def copy_to(
    session: Session, actor: Actor, case: Case, readers: Collection[UUID], *, note: str = ""
) -> list[Circulation]:
    """抄送: let others know of a case; they may read it from now on.

    Args:
        session: Database session.
        actor: Who sends it.
        case: A case that the actor may see.
        readers: Appointments of those who are to read it.
        note: What they are told with it.

    Raises:
        Forbidden: If the actor sees the case only because it was sent to them.
        Invalid: If nobody is named, too many are, or the note is too long.
        Missing: If somebody named holds no position here today.
    """
    return _send(session, actor, case, readers, kind=COPY, note=note)


def circulate(
    session: Session, actor: Actor, case: Case, readers: Collection[UUID], *, note: str = ""
) -> list[Circulation]:
    """传阅: as 抄送, and each reader confirms having read it. Arguments and refusals are the same."""
    return _send(session, actor, case, readers, kind=CIRCULATE, note=note)


def confirm_read(session: Session, actor: Actor, circulation_id: UUID, *, answer: str = "") -> Circulation:
    """已阅: the reader confirms, and may answer.

    Raises:
        Missing: If it was not sent to the actor.
        Locked: If it was confirmed already.
        Invalid: If the answer is too long.
    """
    found = session.get(Circulation, circulation_id)
    reader = actor.for_person_id or actor.person_id
    if found is None or found.person_id != reader or found.position_id != actor.position_id:
        raise Missing("没有找到这件传阅，或它不是送给您当前岗位的。")
    locked = steps.locked_case(session, found.case_id)
    session.refresh(found)
    if found.read_at is not None:
        raise Locked("您已经确认阅知。")
    answer = answer.strip()
    if len(answer) > LONGEST_WORDS:
        raise Invalid(f"阅后意见不超过 {LONGEST_WORDS} 个字。", field="answer")
    found.read_at, found.answer = time.now(), answer
    record(session, "case.read", actor=actor, case=locked, data={"how": found.kind})
    return found


def _send(
    session: Session, actor: Actor, case: Case, readers: Collection[UUID], *, kind: str, note: str
) -> list[Circulation]:
    locked = steps.locked_case(session, case.id)
    if not actor.may(READ_ALL) and session.scalar(agency_cases(actor).where(Case.id == locked.id)) is None:
        raise Forbidden("本件是抄送或传阅给您的，您不能再转给他人。")
    if not 1 <= len(set(readers)) <= MOST_READERS:
        raise Invalid(f"请选择{NAMES[kind]}的人员，一次不超过 {MOST_READERS} 人。", field="readers")
    note = note.strip()
    if len(note) > LONGEST_WORDS:
        raise Invalid(f"附言不超过 {LONGEST_WORDS} 个字。", field="note")
    waiting = _unread(session, locked, kind)
    sent = [
        Circulation(
            jurisdiction_id=locked.jurisdiction_id,
            case_id=locked.id,
            kind=kind,
            person_id=held.person_id,
            position_id=held.position_id,
            sent_by_id=actor.person,
            sender_position_id=actor.position,
            sent_at=time.now(),
            note=note,
            answer="",
        )
        for held in _appointments(session, actor, readers)
        if (held.person_id, held.position_id) not in waiting
    ]
    if not sent:
        raise Invalid(f"所选人员都已收到本件的{NAMES[kind]}，尚未阅知，不用重复发送。", field="readers")
    session.add_all(sent)
    session.flush()
    persons = [str(row.person_id) for row in sent]
    record(session, "case.circulated", actor=actor, case=locked, data={"how": kind, "persons": persons})
    return sent


def _appointments(session: Session, actor: Actor, readers: Collection[UUID]) -> Sequence[Appointment]:
    today = beijing_date(time.now())
    query = select(Appointment).where(
        Appointment.id.in_(set(readers)), Appointment.jurisdiction_id == actor.jurisdiction_id
    )
    found = [held for held in session.scalars(query) if held.holds_on(today) and held.person.is_active]
    if len(found) != len(set(readers)):
        raise Missing("所选人员中有人已不在该岗位，请重新选择。")
    if any(held.person_id == actor.person_id for held in found):
        raise Invalid("不用发给自己。", field="readers")
    return found


def _unread(session: Session, case: Case, kind: str) -> set[tuple[UUID, UUID]]:
    rows = session.execute(
        select(Circulation.person_id, Circulation.position_id).where(
            Circulation.case_id == case.id, Circulation.kind == kind, Circulation.read_at.is_(None)
        )
    )
    return {(person_id, position_id) for person_id, position_id in rows}


def _refuse_again(session: Session, actor: Actor, item: WorkItem) -> None:
    last = session.scalar(
        select(Urge.urged_at)
        .where(Urge.work_item_id == item.id, Urge.person_id == actor.person)
        .order_by(Urge.urged_at.desc(), Urge.id.desc())
        .limit(1)
    )
    if last is not None and last + URGE_AGAIN > time.now():
        seconds = int((last + URGE_AGAIN - time.now()).total_seconds())
        when = f"{last.astimezone(time.BEIJING):%m月%d日 %H:%M}"
        raise TooMany(f"您已于{when}催办过“{item.name}”，24 小时内不再重复催办。", retry_after=seconds)


def _require_supervisor(actor: Actor) -> None:
    if not actor.may(SUPERVISE):
        raise Forbidden("只有领导岗位可以督办。")
