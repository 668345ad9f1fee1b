"""The only translator of engine results into rows: for people, timers, the API and the command line alike."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Table, bindparam, delete, inspect, select
from sqlalchemy.dialects import postgresql, sqlite

import forms
from webapp import engine
from webapp.core import clock as time
from webapp.core.errors import Invalid, Locked, Stale
from webapp.core.identifiers import uuid7
from webapp.models.case import Case, CaseParty
from webapp.models.decision import Decision
from webapp.models.work_item import Draft, WorkItem
from webapp.pipelining import send
from webapp.queries.agencies import place_of
from webapp.queries.facts import scope_of
from webapp.queries.releases import definition_of
from webapp.queries.standing import content_of, earlier_occurrence, earlier_of, standing_answer
from webapp.services import awaited, case_state, clocks, corrections, drafts, effects, incidents, signing
from webapp.services.events import record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.work_item import Submission
    from webapp.queries.actors import Actor

_UNFINISHED = ("returned", "cancelled", "taken_back")
"""How a step can be left without an answer of its own; what was typed in it waits for its next opening."""


_PARTY, _DRAFT = cast("Table", CaseParty.__table__), cast("Table", Draft.__table__)
_ADMIT = {
    "sqlite": sqlite.insert(_PARTY).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(_PARTY).on_conflict_do_nothing(),
}
_DROP = delete(_DRAFT).where(
    _DRAFT.c.work_item_id == bindparam("item_id"),
    _DRAFT.c.person_id == bindparam("whose"),
    _DRAFT.c.saved_at <= bindparam("until"),
)


@dataclass(slots=True)
class Moved:
    """What a move brought about.

    Attributes:
        opened: Engine ids of what waits now because of it: human steps, and timers and messages on the way.
        performed: Operators that were performed on the way.
    """

    opened: list[str] = field(default_factory=list)
    performed: list[str] = field(default_factory=list)


def begin(session: Session, case: Case, actor: Actor) -> None:
    """Start the process of a new case and open its first steps."""
    scope = scope_of(session, case)
    run = engine.start(definition_of(session, case.process_version), {}, scope)
    _Step(session, case, run, actor).settle(run.step())


def advance(
    session: Session,
    case: Case,
    actor: Actor,
    act: Callable[[engine.Run], engine.StepResult],
    *,
    scope: Mapping[str, Any] | None = None,
    items: Iterable[WorkItem] = (),
) -> Moved:
    """Load a locked case, let `act` move its run, and write down everything that followed.

    Args:
        session: Database session; the case row is locked in it.
        case: The case to move.
        actor: Who moves it, a person or the system.
        act: Moves the run once: completes a task, fires a timer, cancels.
        scope: What expressions see of the case now, where it is known already.
        items: Steps of the case that were read already.

    Raises:
        Locked: If the case is suspended or over.
    """
    case_state.require_running(case)
    run = resumed(session, case, scope)
    return _Step(session, case, run, actor, items).settle(act(run))


def resumed(session: Session, case: Case, scope: Mapping[str, Any] | None = None) -> engine.Run:
    """Return the run of a case as it is stored."""
    definition = definition_of(session, case.process_version)
    seen = scope_of(session, case) if scope is None else scope
    return engine.resume(definition, case.engine_state or b"", seen)


def retry(session: Session, case: Case, actor: Actor, task_id: str) -> bool:
    """Perform again the effect at which a token of a locked case waits, because it failed.

    Returns:
        Whether it went through; if not, the incident counts one more attempt.

    Raises:
        Locked: If the case is suspended or over.
        UnknownTask: If no effect waits there.
    """
    case_state.require_running(case)
    run = resumed(session, case)
    waits = next((effect for effect in run.effects if effect.task_id == task_id), None)
    if waits is None:
        raise engine.UnknownTask("这一步自动办理已经完成或取消，请刷新后再看。")
    step = _Step(session, case, run, actor)
    step.effects.append(waits)
    step.settle(engine.StepResult())
    return all(effect.task_id != task_id for effect in run.effects)


def result_of(item: WorkItem, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the token keys that a step's content sets, as its property `result` names them."""
    keys = [key.strip() for key in item.properties.get("result", "").split(",") if key.strip()]
    return {key: stored.get(key) for key in keys}


def abandon(session: Session, case: Case, actor: Actor) -> None:
    """End a locked case before its end: everything open is cancelled. The caller writes down why."""
    run = resumed(session, case)
    _Step(session, case, run, actor).leave(run.cancel())


class _Step:
    """One move of one case: what the engine answered becomes rows, effects are done until tokens rest."""

    def __init__(
        self,
        session: Session,
        case: Case,
        run: engine.Run,
        actor: Actor,
        items: Iterable[WorkItem] = (),
    ) -> None:
        self.session = session
        self.items = {item.task_id: item for item in items}
        self.trail: list[str] = []
        self.case = case
        self.run = run
        self.actor = actor
        self.effects: deque[engine.Effect] = deque()
        self.carried: deque[tuple[WorkItem, Submission]] = deque()
        self.moved = Moved()

    def settle(self, result: engine.StepResult) -> Moved:
        """Write one result down, do what it asks for, and go on until only people and timers are awaited."""
        finished = self._absorb(result)
        while self.effects or self.carried:
            following = self._carry(*self.carried.popleft()) if self.carried else self._perform()
            if following is not None:
                finished = self._absorb(following)
        self._keep()
        if finished:
            self._finish()
        return self.moved

    def _perform(self) -> engine.StepResult | None:
        """Do the next effect. One that fails leaves its token where it is, and an incident."""
        effect = self.effects.popleft()
        try:
            with self.session.begin_nested():
                outcome = effects.perform(self.session, self.case, effect, self.actor)
        except (Invalid, Stale, Locked):  # whoever acts can mend it
            raise
        except Exception as error:  # noqa: BLE001 - whatever fails, what the person did stands
            name = self.run.definition.step(effect.element_id).name
            incidents.note(self.session, self.case, self.actor, effect, name=name, error=error)
            return None
        incidents.settle(self.session, self.case, self.actor, effect.task_id, "retried")
        self.moved.performed.append(effect.operator)
        self.run.scope = scope_of(self.session, self.case)
        return self.run.deliver(effect.task_id, outcome)

    def _carry(self, item: WorkItem, answer: Submission) -> engine.StepResult:
        """Let an earlier answer stand for a step that opened again."""
        earlier = self.session.get_one(WorkItem, answer.work_item_id)
        result = result_of(item, content_of(answer))
        if key := item.properties.get("vote_result"):
            result[key] = signing.vote(earlier) is True
        item.status, item.done_at, item.carried_from_id = "carried", time.now(), earlier.id
        item.done_by_id, item.done_for_id = answer.person_id, answer.for_person_id
        self._record("work_item.carried", work_item=item, data={"element": item.element_id})
        self.moved.opened.remove(item.task_id)
        return self.run.complete(item.task_id, result)

    def leave(self, result: engine.StepResult) -> None:
        """Write down what an end before the end closed; nothing follows from it."""
        self._absorb(result)
        self._keep()

    def _keep(self) -> None:
        self.case.trail = list(dict.fromkeys([*self.case.trail, *self.trail]))
        self.case.engine_state = self.run.state()
        self.case.revision += 1

    def _absorb(self, result: engine.StepResult) -> bool:
        self.trail.extend(result.trail)
        for decided in result.decisions:
            self._decide(decided)
        for closed in result.closed:
            self._close(closed)
        gone = {closed.task_id for closed in result.closed}
        self.effects = deque(effect for effect in self.effects if effect.task_id not in gone)
        self.carried = deque(entry for entry in self.carried if entry[0].task_id not in gone)
        self.moved.opened = [task_id for task_id in self.moved.opened if task_id not in gone]
        if gone:
            awaited.forget(self.session, self.case, gone)
        for task in result.opened:
            self._open(task)
        self._await(result)
        self.effects.extend(result.effects)
        return result.finished

    def _await(self, result: engine.StepResult) -> None:
        for timer in result.timers:
            awaited.arm(self.session, self.case, timer)
        for message in result.messages:
            awaited.listen(self.session, self.case, message)
        self.moved.opened.extend(one.task_id for one in result.timers if not one.attached_to)
        self.moved.opened.extend(one.task_id for one in result.messages if not one.attached_to)

    def _open(self, task: engine.OpenTask) -> None:
        position = task.properties.get("position", "clerk")
        agency_id, position_id = place_of(self.session, self.case, task.agency, position)
        item = WorkItem(
            id=uuid7(),
            jurisdiction_id=self.case.jurisdiction_id,
            case_id=self.case.id,
            task_id=task.task_id,
            element_id=task.element_id,
            name=task.name if task.number is None else f"{task.name}（{_about(task)}）",
            form_key=task.properties["form"],
            agency_id=agency_id,
            position_id=position_id,
            signers_needed=int(task.properties.get("signers", "1")),
            opened_at=time.now(),
            properties={**task.properties, **_occurrence(task)},
            marks=corrections.marks_for(self.session, self.case, task.properties.get("editable")),
        )
        self.session.add(item)
        self.items[item.task_id] = item
        self.moved.opened.append(task.task_id)
        admit(self.session, self.case, agency_id)
        self._record("work_item.opened", work_item=item, data={"element": item.element_id})
        if earlier := earlier_occurrence(self.session, item, self.items.values()):
            item.case = self.case
            if answer := standing_answer(self.session, item, earlier):
                self.carried.append((item, answer))
                return
            self._bring_drafts(item)
        if due := task.properties.get("due"):
            clocks.start(self.session, self.case, name=task.name, limit=due, work_item=item)

    def _bring_drafts(self, item: WorkItem) -> None:
        """Bring along what people had typed in a step that was left unfinished and opens again."""
        left = earlier_of(item).where(WorkItem.status.in_(_UNFINISHED)).with_only_columns(WorkItem.id)
        typed = select(Draft).where(Draft.work_item_id.in_(left)).order_by(Draft.saved_at, Draft.id)
        for draft in self.session.scalars(typed).all():
            self._bring(draft, item)

    def _bring(self, draft: Draft, item: WorkItem) -> None:
        newer = self.session.scalar(
            select(Draft).where(Draft.work_item_id == item.id, Draft.person_id == draft.person_id)
        )
        if newer is None:
            draft.work_item_id = item.id
        else:
            newer.values, newer.saved_at = draft.values, draft.saved_at
            self.session.delete(draft)
        self.session.flush()

    def _close(self, closed: engine.ClosedTask) -> None:
        item = self.items.get(closed.task_id) or self.session.scalar(
            select(WorkItem).where(WorkItem.case_id == self.case.id, WorkItem.task_id == closed.task_id)
        )
        if item is None:
            incidents.settle(self.session, self.case, self.actor, closed.task_id, "skipped")
            return
        if item.status == "open":  # nobody answered it, even where an administrator let its token pass
            item.status, item.done_at = "cancelled", time.now()
            drafts.recover(self.session, item)
            self._record("work_item.cancelled", work_item=item, data={"element": item.element_id})
        signing.void(seat for seat in item.signings if seat.waits)
        clocks.stop_for_item(self.session, item, time.now())
        if item.status == "done":
            self._drop_drafts(item)

    def _drop_drafts(self, item: WorkItem) -> None:
        """Drop what became the submission; what others typed, or nobody submitted, stays for its owner."""
        for seat in item.signings:
            if seat.holds and seat.signed_at is not None:
                submitted = {"item_id": item.id, "whose": seat.person_id, "until": seat.signed_at}
                send(self.session, _DROP, submitted)

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


def admit(session: Session, case: Case, agency_id: UUID) -> None:
    """Let an agency that has a part in the case read it from now on."""
    if not inspect(case).persistent:
        session.flush()
    party = {"id": uuid7(), "case_id": case.id, "agency_id": agency_id, "created_at": time.now()}
    send(session, _ADMIT[session.get_bind().dialect.name], party)


def locked_case(session: Session, case_id: object) -> Case:
    """Lock a case and return it as it is now, whatever was read of it before; every move begins with this."""
    query = select(Case).where(Case.id == case_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _occurrence(task: engine.OpenTask) -> dict[str, str]:
    """Return what tells one occurrence of a step that runs per item from the others."""
    return {} if task.number is None else {"number": str(task.number), "item": _about(task)}


def _about(task: engine.OpenTask) -> str:
    """Return the item that an occurrence is about, or its place among the items."""
    return task.item if isinstance(task.item, str) else str(task.number)
