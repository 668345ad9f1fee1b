"""代理: while one person is away another acts for them, by person, position, procedure and dates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import or_, select, update

from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.core.errors import Forbidden, Invalid, Missing
from webapp.models.account import Appointment, Jurisdiction, LoginSession, Person
from webapp.models.collaboration import Substitution
from webapp.models.work_item import WorkItem
from webapp.queries.releases import current_process
from webapp.queries.substitutions import may_revoke, standings
from webapp.services import accounts
from webapp.services.events import record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

MANAGE = "substitution.manage"
JOB = "substitution.ended"
LONGEST = timedelta(days=366)
"""How long one substitution lasts at most. 本地缺省: whoever is away longer hands the position over."""
LONGEST_REASON = 200


def appoint(
    session: Session,
    actor: Actor,
    *,
    person_id: UUID,
    substitute_id: UUID,
    starts_on: date,
    ends_on: date,
    position_id: UUID | None = None,
    process_key: str | None = None,
    reason: str = "",
) -> Substitution:
    """Let one person act for another from one day to another.

    Args:
        session: Database session.
        actor: The absent person, or somebody who manages substitutions.
        person_id: Who is away.
        substitute_id: Who acts for them; of the same agency (本地缺省: a body's work stays in it).
        starts_on: First day, a Beijing date, not before today.
        ends_on: Last day, included.
        position_id: In which of their positions; `None` for all.
        process_key: In which procedure; `None` for all.
        reason: Why, shown in the lists.

    Raises:
        Forbidden: If it is for somebody else and the actor may not manage substitutions.
        Missing: If one of the people, the position or the procedure is not there.
        Invalid: If the dates make no sense, or it would close a loop.
    """
    _require_right(actor, person_id)
    # One at a time, or two people could each close half of a loop. Rows that refer to the jurisdiction may
    # still be added meanwhile, or whoever adds one and holds the chain's head would be waited for in a ring.
    here = select(Jurisdiction).where(Jurisdiction.id == actor.jurisdiction_id)
    session.scalars(here.with_for_update(key_share=True)).one()
    person, substitute = _person(session, actor, person_id), _person(session, actor, substitute_id)
    if person.id == substitute.id:
        raise Invalid("不能由本人代理本人，请选择其他人员。", field="substitute")
    _check_dates(starts_on, ends_on)
    if len(reason.strip()) > LONGEST_REASON:
        raise Invalid(f"事由不超过 {LONGEST_REASON} 个字。", field="reason")
    if process_key is not None:
        current_process(session, actor.jurisdiction_id, process_key)
    _check_position(session, actor, person, substitute, position_id)
    others = _overlapping(session, actor.jurisdiction_id, starts_on, ends_on)
    _refuse_twice(others, person, substitute, position_id, process_key)
    _refuse_loop(session, others, person, substitute, (starts_on, ends_on))
    made = Substitution(
        jurisdiction_id=actor.jurisdiction_id,
        person_id=person.id,
        substitute_id=substitute.id,
        position_id=position_id,
        process_key=process_key,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason.strip(),
        made_by_id=actor.person,
    )
    session.add(made)
    session.flush()
    record(session, "substitution.made", actor=actor, data=_data(made))
    return made


def revoke(session: Session, actor: Actor, substitution_id: UUID) -> Substitution:
    """End a substitution at once; steps that the substitute had claimed go back to the position.

    Raises:
        Missing: If there is none that the actor may end, or it is over already.
    """
    found = session.get(Substitution, substitution_id)
    here = found is not None and found.jurisdiction_id == actor.jurisdiction_id
    if found is None or not here or not may_revoke(actor, found):
        raise Missing("没有找到这项代理，或您不能撤销它。")
    if found.revoked_at is not None or found.ends_on < beijing_date(time.now()):
        raise Missing("这项代理已经结束。")
    found.revoked_at = time.now()
    session.execute(
        update(LoginSession)
        .where(LoginSession.substitution_id == found.id)
        .values(substitution_id=None, for_appointment_id=None)
    )
    session.flush()
    give_back(session, found.id)
    record(session, "substitution.revoked", actor=actor, data=_data(found))
    return found


def ended(session: Session, limit: int = 100) -> list[UUID]:
    """Return substitutions that are over while the substitute still holds steps claimed under them."""
    today = beijing_date(time.now())
    query = select(Substitution).where(
        or_(Substitution.ends_on < today, Substitution.revoked_at.is_not(None)), _claimed().exists()
    )
    return [row.id for row in session.scalars(query) if _strays(session, row)][:limit]


def jurisdiction_of(session: Session, substitution_id: UUID) -> UUID | None:
    """Return whose substitution it is."""
    return session.scalar(select(Substitution.jurisdiction_id).where(Substitution.id == substitution_id))


def give_back(session: Session, substitution_id: UUID) -> None:
    """Give back to the position what the substitute had claimed and may no longer do. Drafts stay."""
    for item in _strays(session, session.get_one(Substitution, substitution_id)):
        item.claimed_by_id = item.claimed_at = None


def _strays(session: Session, ended_one: Substitution) -> Sequence[WorkItem]:
    substitute_id = ended_one.substitute_id
    may_act = {held.position_id for held in accounts.appointments_in_force(session, substitute_id)}
    may_act |= {standing.appointment.position_id for standing in standings(session, substitute_id)}
    left = select(Appointment.position_id).where(Appointment.person_id == ended_one.person_id)
    query = select(WorkItem).where(
        WorkItem.claimed_by_id == substitute_id, WorkItem.status == "open", WorkItem.position_id.in_(left)
    )
    return [item for item in session.scalars(query) if item.position_id not in may_act]


def _claimed() -> Select[UUID]:
    return (
        select(WorkItem.id)
        .join(Appointment, Appointment.position_id == WorkItem.position_id)
        .where(
            Appointment.person_id == Substitution.person_id,
            WorkItem.claimed_by_id == Substitution.substitute_id,
            WorkItem.status == "open",
        )
    )


def _require_right(actor: Actor, person_id: UUID) -> None:
    if actor.for_person_id is not None:
        raise Forbidden(f"您正在代{actor.for_person_name}办理，不能设置代理。请先切换回本人岗位。")
    if actor.person_id != person_id and not actor.may(MANAGE):
        raise Forbidden("您只能为本人设置代理；为他人设置请联系系统管理员。")


def _person(session: Session, actor: Actor, person_id: UUID) -> Person:
    here = select(Appointment.person_id).where(Appointment.jurisdiction_id == actor.jurisdiction_id)
    found = session.scalar(
        select(Person).where(Person.id == person_id, Person.id.in_(here), Person.is_active)
    )
    if found is None:
        raise Missing("没有找到这名人员，或其已停用。")
    return found


def _check_dates(starts_on: date, ends_on: date) -> None:
    today = beijing_date(time.now())
    if starts_on < today:
        raise Invalid("开始日期不能早于今天。", field="starts_on")
    if ends_on < starts_on:
        raise Invalid("结束日期不能早于开始日期。", field="ends_on")
    if ends_on - starts_on > LONGEST:
        raise Invalid("一次代理不超过一年。", field="ends_on")


def _check_position(
    session: Session, actor: Actor, person: Person, substitute: Person, position_id: UUID | None
) -> None:
    held = [
        row
        for row in accounts.appointments_in_force(session, person.id)
        if row.jurisdiction_id == actor.jurisdiction_id and position_id in {None, row.position_id}
    ]
    if not held:
        raise Invalid(f"{person.name}目前不担任所选岗位。", field="position")
    agencies = {row.position.agency_id for row in accounts.appointments_in_force(session, substitute.id)}
    if not any(row.position.agency_id in agencies for row in held):
        raise Invalid(f"{substitute.name}与{person.name}不在同一单位，不能代理。", field="substitute")


def _overlapping(session: Session, jurisdiction_id: UUID, first: date, last: date) -> Sequence[Substitution]:
    return session.scalars(
        select(Substitution).where(
            Substitution.jurisdiction_id == jurisdiction_id,
            Substitution.revoked_at.is_(None),
            Substitution.starts_on <= last,
            Substitution.ends_on >= first,
        )
    ).all()


def _refuse_twice(
    others: Sequence[Substitution],
    person: Person,
    substitute: Person,
    position_id: UUID | None,
    process_key: str | None,
) -> None:
    same = (person.id, substitute.id, position_id, process_key)
    if any((o.person_id, o.substitute_id, o.position_id, o.process_key) == same for o in others):
        raise Invalid(f"这段时间内已设置由{substitute.name}代{person.name}办理。", field="substitute")


def _refuse_loop(
    session: Session,
    others: Sequence[Substitution],
    person: Person,
    substitute: Person,
    days: tuple[date, date],
) -> None:
    """Refuse if on some day the work would come back to the absent person, through however many others."""
    chain = _way_back(others, substitute.id, person.id, days, frozenset())
    if chain is None:
        return
    names = [session.get_one(Person, key).name for key in (person.id, substitute.id, *chain)]
    raise Invalid(f"会形成循环代理（{' → '.join(names)}），请更换代理人或调整日期。", field="substitute")


def _way_back(
    others: Sequence[Substitution],
    start: UUID,
    goal: UUID,
    days: tuple[date, date],
    passed: frozenset[UUID],
) -> list[UUID] | None:
    """Return who comes after `start` on a way to `goal` that holds on at least one of the days."""
    first, last = days
    for other in others:
        shared = max(first, other.starts_on), min(last, other.ends_on)
        if other.person_id != start or other.substitute_id in passed or shared[0] > shared[1]:
            continue
        if other.substitute_id == goal:
            return [goal]
        rest = _way_back(others, other.substitute_id, goal, shared, passed | {start})
        if rest is not None:
            return [other.substitute_id, *rest]
    return None


def _data(row: Substitution) -> dict[str, str]:
    return {
        "substitution": str(row.id),
        "person": str(row.substitute_id),
        "away": str(row.person_id),
        "from": row.starts_on.isoformat(),
        "until": row.ends_on.isoformat(),
    }
