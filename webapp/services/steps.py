"""The only translator of engine results into rows: for people, timers, the API and the command line alike."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

import forms
from webapp import engine
from webapp.core import clock as time
from webapp.core.errors import DomainError
from webapp.models.account import Agency, Position
from webapp.models.case import Case, CaseParty
from webapp.models.decision import Decision
from webapp.models.work_item import Draft, WorkItem
from webapp.queries.agencies import agency_of
from webapp.queries.facts import scope_of
from webapp.queries.releases import definition_of
from webapp.services import clocks, corrections, effects
from webapp.services.events import record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor


def begin(session: Session, case: Case, actor: Actor) -> None:
    """Start the process of a new case and open its first steps."""
    scope = scope_of(session, case)
    run = engine.start(definition_of(session, case.process_version), {}, scope)
    _Step(session, case, run, actor).settle(run.step())


def advance(
    session: Session, case: Case, actor: Actor, act: Callable[[engine.Run], engine.StepResult]
) -> None:
    """Load a locked case, let `act` move its run, and write down everything that followed.

    Args:
        session: Database session; the case row is locked in it.
        case: The case to move.
        actor: Who moves it, a person or the system.
        act: Moves the run once: completes a task, fires a timer, cancels.
    """
    definition = definition_of(session, case.process_version)
    run = engine.resume(definition, case.engine_state or b"", scope_of(session, case))
    _Step(session, case, run, actor).settle(act(run))


def abandon(session: Session, case: Case, actor: Actor) -> None:
    """End a locked case before its end: everything open is cancelled. The caller writes down why."""
    definition = definition_of(session, case.process_version)
    run = engine.resume(definition, case.engine_state or b"", scope_of(session, case))
    _Step(session, case, run, actor).leave(run.cancel())


class _Step:
    """One move of one case: what the engine answered becomes rows, effects are done until tokens rest."""

    def __init__(self, session: Session, case: Case, run: engine.Run, actor: Actor) -> None:
        self.session = session
        self.case = case
        self.run = run
        self.actor = actor
        self.effects: deque[engine.Effect] = deque()

    def settle(self, result: engine.StepResult) -> None:
        """Write one result down, do what it asks for, and go on until only people and timers are awaited."""
        finished = self._absorb(result)
        while self.effects:
            effect = self.effects.popleft()
            outcome = effects.perform(self.session, self.case, effect, self.actor)
            self.run.scope = scope_of(self.session, self.case)
            finished = self._absorb(self.run.deliver(effect.task_id, outcome))
        self._keep()
        if finished:
            self._finish()

    def leave(self, result: engine.StepResult) -> None:
        """Write down what an end before the end closed; nothing follows from it."""
        self._absorb(result)
        self._keep()

    def _keep(self) -> None:
        self.case.engine_state = self.run.state()
        self.case.revision += 1

    def _absorb(self, result: engine.StepResult) -> bool:
        self.case.trail = list(dict.fromkeys([*self.case.trail, *result.trail]))
        for decided in result.decisions:
            self._decide(decided)
        for closed in result.closed:
            self._close(closed)
        gone = {closed.task_id for closed in result.closed}
        self.effects = deque(effect for effect in self.effects if effect.task_id not in gone)
        for task in result.opened:
            self._open(task)
        self.effects.extend(result.effects)
        return result.finished

    def _open(self, task: engine.OpenTask) -> None:
        agency = agency_of(self.session, self.case, task.agency)
        position = self._position(agency, task.properties.get("position", "clerk"))
        item = WorkItem(
            jurisdiction_id=self.case.jurisdiction_id,
            case_id=self.case.id,
            task_id=task.task_id,
            element_id=task.element_id,
            name=task.name,
            form_key=task.properties["form"],
            agency_id=agency.id,
            position_id=position.id,
            signers_needed=int(task.properties.get("signers", "1")),
            opened_at=time.now(),
            properties=dict(task.properties),
            marks=corrections.marks_for(self.session, self.case, task.properties.get("editable")),
        )
        self.session.add(item)
        self.session.flush()
        self._admit(agency)
        if due := task.properties.get("due"):
            clocks.start(self.session, self.case, name=task.name, limit=due, work_item=item)
        self._record("work_item.opened", work_item=item, data={"element": item.element_id})

    def _close(self, closed: engine.ClosedTask) -> None:
        item = self.session.scalar(
            select(WorkItem).where(WorkItem.case_id == self.case.id, WorkItem.task_id == closed.task_id)
        )
        if item is None:
            return
        if item.status == "open" and closed.state == "cancelled":
            item.status, item.done_at = "cancelled", time.now()
            self._record("work_item.cancelled", work_item=item, data={"element": item.element_id})
        clocks.stop_for_item(self.session, item, time.now())
        self._drop_drafts(item)

    def _drop_drafts(self, item: WorkItem) -> None:
        """Drop what became the submission; what others typed, or nobody submitted, stays for its owner."""
        signed = {s.person_id: s.signed_at for s in item.signings if s.voided_at is None}
        for draft in self.session.scalars(select(Draft).where(Draft.work_item_id == item.id)):
            signed_at = signed.get(draft.person_id)
            if item.status == "done" and signed_at is not None and draft.saved_at <= signed_at:
                self.session.delete(draft)

    def _decide(self, decided: engine.Decided) -> None:
        self.session.add(
            Decision(
                jurisdiction_id=self.case.jurisdiction_id,
                case_id=self.case.id,
                element_id=decided.element_id,
                decision_id=decided.decision_id,
                name=decided.name,
                source_hash=decided.source_hash,
                decided_at=time.now(),
                facts=forms.to_json(decided.inputs),
                outputs=forms.to_json(decided.result.outputs),
                trace=decided.result.trace.as_json(),
            )
        )
        self._record(
            "decision.made",
            data={
                "name": decided.name,
                "decision": decided.decision_id,
                "outputs": forms.to_json(decided.result.outputs),
            },
        )

    def _finish(self) -> None:
        now = time.now()
        self.case.status, self.case.finished_at = "finished", now
        clocks.stop_all(self.session, self.case, now)
        self._record("case.finished", data={"outcome": self.case.outcome})

    def _record(
        self, kind: str, *, work_item: WorkItem | None = None, data: Mapping[str, Any] | None = None
    ) -> None:
        record(
            self.session, kind, actor=self.actor, case=self.case, work_item=work_item, data=dict(data or {})
        )

    def _position(self, agency: Agency, key: str) -> Position:
        position = self.session.scalar(
            select(Position).where(Position.agency_id == agency.id, Position.key == key)
        )
        if position is None:
            raise DomainError(f"{agency.name}没有设置办理这一步的岗位（{key}），请联系系统管理员。")
        return position

    def _admit(self, agency: Agency) -> None:
        """Let an agency that has a part in the case read it from now on."""
        known = select(CaseParty.id).where(
            CaseParty.case_id == self.case.id, CaseParty.agency_id == agency.id
        )
        if self.session.scalar(known) is None:
            self.session.add(CaseParty(case_id=self.case.id, agency_id=agency.id))


def locked_case(session: Session, case_id: object) -> Case:
    """Lock a case and return it as it is now, whatever was read of it before; every move begins with this."""
    query = select(Case).where(Case.id == case_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()
