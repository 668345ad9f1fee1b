"""What is done about a case rather than in a step: by applicants, leaders, readers, absent people's
substitutes and administrators, and by machines that fail.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from tests.integration.verbs.random_checks import check_events, check_jobs
from tests.integration.verbs.random_office import CONCERNS, RandomOffice
from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.core.errors import Invalid
from webapp.models.account import Appointment, Person
from webapp.models.case import Case
from webapp.models.collaboration import Circulation, Substitution
from webapp.models.operation import AwaitedMessage, Incident, Timer
from webapp.queries.actors import Actor, actor_of
from webapp.queries.officers import officers
from webapp.queries.substitutions import actor_for, standings
from webapp.services import (
    attention,
    batches,
    cases,
    effects,
    operations,
    reassignments,
    steps,
    substitutions,
)
from webapp.uow import read_only

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from uuid import UUID

    from sqlalchemy.orm import Session

    from tests.conftest import FrozenClock
    from webapp.background import Worker
    from webapp.engine import Effect
    from webapp.models.work_item import WorkItem

REASON = "随机操作测试"
OUTSIDE_BLOCKS = {
    "shapes": ("a", "b", "c", "d", "v", "w", "z"),
    "recognition": (
        "file",
        "township_review",
        "township_sign",
        "acceptance",
        "paper_review",
        "site_check",
        "draft_opinion",
    ),
}
"""Steps that a token may be put before without leaving a join waiting for branches that never come."""


def _is_recognition(item: WorkItem) -> bool:
    return item.case.process_key == "recognition"


def _can_be_skipped(item: WorkItem) -> bool:
    """Tell whether the way on does not depend on what a step says."""
    return not _is_recognition(item) and item.element_id not in {"a", "w", "w1"}


class WholeOffice(RandomOffice):
    """An office in which everything can be done that the platform knows."""

    free = frozenset({"confirm", "substitute", "revoke", "retry", "skip", "signal", "reassign"})
    concerns: Mapping[str, Callable[[WorkItem], bool]] = CONCERNS | {
        "supervise": _is_recognition,
        "lift": _is_recognition,
        "breakdown": lambda item: _is_recognition(item) or item.element_id == "w",
        "batch": lambda item: item.properties.get("batch") == "true",
        "skip_step": _can_be_skipped,
    }

    def __init__(self, worker: Worker, clock: FrozenClock) -> None:
        super().__init__()
        self.worker = worker
        self.clock = clock

    def let_time_pass(self, hours: int) -> None:
        """Let hours go by, and the worker do all that has fallen due."""
        self.memory.story.append("time")
        self.clock.move(hours=hours)
        self.worker.run_until_idle()
        kinds = self.memory.kinds
        kinds["time"] = kinds.get("time", 0) + 1
        self.memory.done += 1
        self.check()

    def _owner(self, session: Session, item: WorkItem, other: int) -> Actor:
        """Sometimes whoever stands in for the one who would do it."""
        who = super()._owner(session, item, other)
        for held in officers(session, item.jurisdiction_id) if other % 3 == 0 else ():
            for standing in standings(session, held.person_id):
                if standing.appointment.id == who.appointment_id:
                    return actor_for(session.get_one(Person, held.person_id), standing)
        return who

    def _able(self, session: Session, item: WorkItem, right: str, other: int) -> Actor:
        today = beijing_date(time.now())
        held = session.scalars(
            select(Appointment)
            .where(Appointment.jurisdiction_id == item.jurisdiction_id)
            .order_by(Appointment.id)
        )
        able = [row for row in held if right in row.position.rights and row.holds_on(today)]
        if not able:
            raise Invalid("没有人有这项权限。")
        return actor_of(session, able[other % len(able)].id)

    def _anyone(self, session: Session, pick: int) -> Appointment:
        case = session.get_one(Case, self.cases[pick % len(self.cases)])
        rows = officers(session, case.jurisdiction_id)
        return rows[pick // 7 % len(rows)]

    def _withdraw(self, session: Session, item: WorkItem, other: int) -> None:
        who = self._able(session, item, "case.start", other)
        cases.withdraw(session, who, item.case, reason=REASON)

    def _terminate(self, session: Session, item: WorkItem, other: int) -> None:
        cases.terminate(session, self._able(session, item, "case.hold", other), item.case, reason=REASON)

    def _urge(self, session: Session, item: WorkItem, other: int) -> None:
        attention.urge(session, self._able(session, item, "task.act", other), item.id)

    def _supervise(self, session: Session, item: WorkItem, other: int) -> None:
        leader = self._able(session, item, "case.supervise", other)
        attention.supervise(session, leader, item.case, requirement=REASON)

    def _lift(self, session: Session, item: WorkItem, other: int) -> None:
        attention.lift(session, self._able(session, item, "case.supervise", other), item.case)

    def _copy(self, session: Session, item: WorkItem, other: int) -> None:
        reader = self._someone(session, item, other // 3)
        act = attention.copy_to if other % 2 else attention.circulate
        act(session, self._owner(session, item, other), item.case, [reader.id])

    def _confirm(self, session: Session, pick: int, other: int) -> None:
        rows = session.scalars(
            select(Circulation).where(Circulation.read_at.is_(None)).order_by(Circulation.id)
        ).all()
        if not rows:
            raise Invalid("没有传阅。")
        row = rows[pick % len(rows)]
        held = session.scalars(
            select(Appointment).where(
                Appointment.person_id == row.person_id, Appointment.position_id == row.position_id
            )
        ).one()
        attention.confirm_read(session, actor_of(session, held.id), row.id, answer=f"已阅 {other}")

    def _batch(self, session: Session, item: WorkItem, other: int) -> None:
        who = self._owner(session, item, other)
        values = self.content(session, item, who, other)
        batches.complete(session, who, item.id, revision=item.revision, values=values)
        self._forget(item, who.person)

    def _substitute(self, session: Session, pick: int, other: int) -> None:
        away = self._anyone(session, pick)
        colleagues = officers(session, away.jurisdiction_id, away.position.agency_id)
        today = beijing_date(time.now())
        substitutions.appoint(
            session,
            actor_of(session, away.id),
            person_id=away.person_id,
            substitute_id=colleagues[other % len(colleagues)].person_id,
            starts_on=today,
            ends_on=today + timedelta(days=other % 5),
            position_id=away.position_id if other % 2 else None,
        )

    def _revoke(self, session: Session, pick: int, other: int) -> None:
        del other
        rows = session.scalars(select(Substitution).where(Substitution.revoked_at.is_(None))).all()
        if not rows:
            raise Invalid("没有代理。")
        row = rows[pick % len(rows)]
        held = session.scalars(select(Appointment).where(Appointment.person_id == row.person_id)).first()
        assert held is not None
        substitutions.revoke(session, actor_of(session, held.id), row.id)

    def _breakdown(self, session: Session, item: WorkItem, other: int) -> None:
        """Complete a step while what would follow it by itself fails."""
        with _broken_machines():
            self._complete(session, item, other)

    def _incident(self, session: Session, pick: int) -> Incident:
        rows = session.scalars(select(Incident).where(Incident.status == "open").order_by(Incident.id)).all()
        if not rows:
            raise Invalid("没有运行事件。")
        return rows[pick % len(rows)]

    def _retry(self, session: Session, pick: int, other: int) -> None:
        incident = self._incident(session, pick)
        operations.retry(session, self._administrator(session, incident.jurisdiction_id, other), incident.id)

    def _skip(self, session: Session, pick: int, other: int) -> None:
        incident = self._incident(session, pick)
        if incident.operator != "start_clock":
            raise Invalid("其余自动环节不能不办。")
        administrator = self._administrator(session, incident.jurisdiction_id, other)
        operations.skip(session, administrator, incident.id, REASON)

    def _administrator(self, session: Session, jurisdiction_id: UUID, other: int) -> Actor:
        rows = session.scalars(
            select(Appointment).where(Appointment.jurisdiction_id == jurisdiction_id).order_by(Appointment.id)
        ).all()
        able = [row for row in rows if "operation.manage" in row.position.rights] or rows
        return actor_of(session, able[other % len(able)].id)

    def _signal(self, session: Session, pick: int, other: int) -> None:
        rows = session.scalars(select(AwaitedMessage).order_by(AwaitedMessage.id)).all()
        if not rows:
            raise Invalid("没有办件在等待消息。")
        row = rows[pick % len(rows)]
        administrator = self._administrator(session, row.jurisdiction_id, other)
        operations.send_message(session, administrator, row.name, case_no=row.case.no, reason=REASON)

    def _reassign(self, session: Session, pick: int, other: int) -> None:
        old = self._anyone(session, pick)
        holders = officers(session, old.jurisdiction_id, old.position.agency_id)
        new = holders[other % len(holders)]
        reassignments.reassign(
            session,
            self._administrator(session, old.jurisdiction_id, other),
            from_position_id=old.position_id,
            to_position_id=new.position_id,
            to_person_id=new.person_id if other % 2 else None,
            reason=REASON,
        )

    def _move_token(self, session: Session, item: WorkItem, other: int) -> None:
        """Put the only token of a case before a step that it came by."""
        case = item.case
        tokens = steps.resumed(session, case).tokens
        passed = [key for key in OUTSIDE_BLOCKS.get(case.process_key, ()) if key in case.trail]
        if len(tokens) != 1 or tokens[0].level or not passed:
            raise Invalid("这里不移动。")
        administrator = self._administrator(session, case.jurisdiction_id, other)
        target = passed[other % len(passed)]
        operations.move_token(
            session, administrator, case.id, tokens[0].id, target, reason=REASON, revision=case.revision
        )

    def _skip_step(self, session: Session, item: WorkItem, other: int) -> None:
        if not _can_be_skipped(item):
            raise Invalid("这里不跳过。")
        administrator = self._administrator(session, item.jurisdiction_id, other)
        operations.pass_token(session, administrator, item.case_id, item.task_id, reason=REASON)

    def check(self) -> None:
        """Look at what is told of the cases too."""
        super().check()
        with read_only() as session:
            for case_id in self.cases:
                check_events(session, session.get_one(Case, case_id))
            check_jobs(session)

    def _end(self, session: Session, item: WorkItem, other: int) -> None:
        """Complete a step; what a substitute took goes back first."""
        for row in session.scalars(
            select(Substitution).where(Substitution.substitute_id == item.claimed_by_id)
        ):
            row.revoked_at = row.revoked_at or time.now()
            session.flush()
            substitutions.give_back(session, row.id)
        session.flush()
        everybody = officers(session, item.jurisdiction_id, item.agency_id)
        hands = Counter(row.position_id for row in everybody)
        assert hands[item.position_id] >= item.signers_needed, "handed to fewer people than must sign"
        super()._end(session, item, other)

    def _go_on_alone(self, session: Session, case: Case) -> bool:
        """Nobody is waited for: a machine is, or time, or another system, or the case is over."""
        administrator = self._administrator(session, case.jurisdiction_id, 0)
        for row in session.scalars(select(Incident).where(Incident.case_id == case.id)).all():
            if row.status == "open":
                assert operations.retry(session, administrator, row.id), row.message
                return True
        for timer in session.scalars(select(Timer).where(Timer.case_id == case.id)).all():
            self.clock.instant = max(self.clock.instant, timer.due_at)
            return operations.fire_timer(session, timer.id)
        for message in session.scalars(select(AwaitedMessage).where(AwaitedMessage.case_id == case.id)).all():
            return operations.deliver_message(session, message.id)
        return super()._go_on_alone(session, case)


@contextmanager
def _broken_machines() -> Iterator[None]:
    """Within it, every automatic step fails after half of its work."""
    sound = effects.perform
    effects.perform = _fail
    try:
        yield
    finally:
        effects.perform = sound


def _fail(session: Session, case: Case, effect: Effect, actor: Actor) -> dict[str, Any]:
    del effect, actor
    case.retention = "half of it"
    session.flush()
    raise RuntimeError("测试")


def running(office: WholeOffice) -> list[UUID]:
    """Return the cases of an office that are not over."""
    with read_only() as session:
        rows = [session.get_one(Case, case_id) for case_id in office.cases]
        return [row.id for row in rows if row.status in {"running", "suspended"}]
