"""People at random do random things with cases; after each thing nothing may be lost, doubled or dead."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

import forms
from tests.factories import filings
from tests.integration.verbs.random_checks import Memory, check_drafts, check_steps, check_submissions
from webapp.core.errors import DomainError, Invalid
from webapp.engine import EngineError
from webapp.models.account import Appointment
from webapp.models.case import Case
from webapp.models.work_item import Signing, Submission, WorkItem
from webapp.queries.actors import Actor, actor_of
from webapp.queries.officers import officers
from webapp.queries.returning import targets
from webapp.queries.standing import content_of
from webapp.queries.work_forms import form_context
from webapp.services import cases, returns, seats, signing, transfers, work_items
from webapp.uow import read_only, unit_of_work

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from sqlalchemy.orm import Session

TEXTS = ("text", "left", "right", "need.reason", "facilities.other", "opinion", "note", "advice", "reasons")
"""Fields that take any words, in the forms of both packs."""
RULES = ("all", "majority", "veto", "1")
ELSEWHERE = {
    "township_review": {"pass": False, "opinion": "请核对面积。"},
    "township_sign": {"pass": False, "opinion": "请核对面积。"},
    "leader_decision": {"decision": "return", "comment": "请补充理由。"},
}
"""What makes the recognition's own loops go round."""


def _asked(*roles: str) -> Callable[[WorkItem], bool]:
    return lambda item: bool(signing.waiting(item, *roles))


CONCERNS: dict[str, Callable[[WorkItem], bool]] = {
    "complete": lambda item: (
        not signing.waiting(item, "before", "delegate") and not signing.is_submitted(item)
    ),
    "hand_back": _asked("delegate"),
    "recall": _asked("delegate"),
    "sign": lambda item: (
        bool(signing.waiting(item, "before"))
        or (signing.is_submitted(item) and bool(signing.waiting(item, "vote", "after")))
    ),
    "decline": _asked("before", "vote", "after", "delegate"),
    "release": lambda item: item.claimed_by_id is not None,
}
"""Steps that a verb is about."""


class RandomOffice:
    """Cases of one example, and what is remembered of them. Everything is read anew for each act."""

    free: frozenset[str] = frozenset()
    """Verbs that are not about a step."""

    concerns: Mapping[str, Callable[[WorkItem], bool]] = CONCERNS

    def __init__(self) -> None:
        self.cases: list[UUID] = []
        self.memory = Memory()

    def begin(self, open_case: Callable[[Session], Case]) -> None:
        """Start one more case."""
        with unit_of_work() as session:
            self.cases.append(open_case(session).id)

    def act(self, verb: str, pick: int, other: int) -> None:
        """Let somebody do something to some step; a refusal changes nothing."""
        self.memory.story.append(verb)
        try:
            with unit_of_work() as session:
                if verb in self.free:
                    getattr(self, f"_{verb}")(session, pick, other)
                elif item := self._item(session, pick, verb):
                    if item.case.status == "suspended" and pick % 3:
                        verb = "hold"  # what is suspended is mostly resumed before long
                    getattr(self, f"_{verb}")(session, item, other)
                else:
                    raise Invalid("没有这样的待办。")
        except EngineError as error:
            raise AssertionError(f"the engine cannot go on after {verb}: {error.message}") from error
        except DomainError as refused:
            self.memory.refused += 1
            self.memory.story[-1] += f": {refused.message}"
        else:
            self.memory.done += 1
            self.memory.kinds[verb] = self.memory.kinds.get(verb, 0) + 1
        self.check()

    def _item(self, session: Session, pick: int, verb: str) -> WorkItem | None:
        """Return a step to which the verb may apply, if there is one, else any that is open."""
        status = "done" if verb == "take_back" else "open"
        query = select(WorkItem).where(WorkItem.case_id.in_(self.cases), WorkItem.status == status)
        rows = list(session.scalars(query.order_by(WorkItem.id)))
        if verb == "take_back":  # what was done lately can be taken back, what was done long ago cannot
            rows = rows[-3:]
        if verb in self.concerns:
            rows = [row for row in rows if self.concerns[verb](row)] or rows
        return rows[pick % len(rows)] if rows else None

    def _owner(self, session: Session, item: WorkItem, other: int) -> Actor:
        """Somebody of the step's position; whoever took it, most of the time; now and then a stranger."""
        everybody = officers(session, item.jurisdiction_id)
        if other % 29 == 28:
            return actor_of(session, everybody[other % len(everybody)].id)
        held = [row for row in everybody if row.position_id == item.position_id]
        taken = [row for row in held if row.person_id == item.claimed_by_id]
        chosen = taken if taken and other % 7 else held
        return actor_of(session, chosen[other % len(chosen)].id)

    def _holder(self, session: Session, seat: Signing) -> Actor:
        row = session.scalars(
            select(Appointment).where(
                Appointment.person_id == seat.person_id, Appointment.position_id == seat.position_id
            )
        ).first()
        assert row is not None
        return actor_of(session, row.id)

    def _someone(
        self, session: Session, item: WorkItem, other: int, *, same_agency: bool = False
    ) -> Appointment:
        agency_id = item.agency_id if same_agency else None
        rows = officers(session, item.jurisdiction_id, agency_id)
        return rows[other % len(rows)]

    def _complete(self, session: Session, item: WorkItem, other: int) -> None:
        who = self._owner(session, item, other)
        self._complete_as(session, item, who, other)

    def _complete_as(self, session: Session, item: WorkItem, who: Actor, other: int) -> None:
        work_items.complete(
            session,
            who,
            item.id,
            revision=item.revision,
            values=self.content(session, item, who, other),
            declares_no_conflict=item.signers_needed > 1,
        )
        self._forget(item, who.person)

    def _draft(self, session: Session, item: WorkItem, other: int) -> None:
        who = self._owner(session, item, other)
        typed = {"text": f"草稿 {other}"}
        work_items.save_draft(session, who, item.id, typed)
        self.memory.drafts[self._place(item, who.person)] = typed

    def _claim(self, session: Session, item: WorkItem, other: int) -> None:
        work_items.claim(session, self._owner(session, item, other), item.id)

    def _release(self, session: Session, item: WorkItem, other: int) -> None:
        work_items.release(session, self._owner(session, item, other), item.id)

    def _transfer(self, session: Session, item: WorkItem, other: int) -> None:
        to = self._someone(session, item, other // 3, same_agency=True)
        person_id = to.person_id if other % 2 else None
        transfers.transfer(
            session,
            self._owner(session, item, other),
            item.id,
            position_id=to.position_id,
            person_id=person_id,
            reason="分工调整",
        )

    def _delegate(self, session: Session, item: WorkItem, other: int) -> None:
        to = self._someone(session, item, other // 3, same_agency=True)
        who = self._owner(session, item, other)
        seats.delegate(session, who, item.id, person_id=to.person_id, position_id=to.position_id)

    def _hand_back(self, session: Session, item: WorkItem, other: int) -> None:
        seat = next(iter(signing.waiting(item, "delegate")), None)
        if seat is None:
            raise Invalid("没有委派。")
        who = self._holder(session, seat)
        seats.hand_back(session, who, item.id, values=self.content(session, item, who, other))
        self._forget(item)

    def _recall(self, session: Session, item: WorkItem, other: int) -> None:
        seats.recall_delegation(session, self._owner(session, item, other), item.id)

    def _add_signer(self, session: Session, item: WorkItem, other: int) -> None:
        to = self._someone(session, item, other // 3)
        seats.add_signers(
            session,
            self._owner(session, item, other),
            item.id,
            role="before" if other % 2 else "after",
            people=[(to.person_id, to.position_id)],
        )

    def _call_vote(self, session: Session, item: WorkItem, other: int) -> None:
        chosen = {self._someone(session, item, other // 3 + step).id: step for step in range(1 + other % 3)}
        rows = [session.get_one(Appointment, key) for key in chosen]
        seats.call_vote(
            session,
            self._owner(session, item, other),
            item.id,
            people=[(row.person_id, row.position_id) for row in rows],
            rule=RULES[other % len(RULES)],
        )

    def _sign(self, session: Session, item: WorkItem, other: int) -> None:
        waiting = signing.waiting(item, "before", "vote", "after")
        if not waiting:
            raise Invalid("没有加签。")
        seat = waiting[other % len(waiting)]
        agrees = (True, True, True, False, None)[other % 5]
        self._forget(item)
        seats.sign_seat(session, self._holder(session, seat), item.id, agrees=agrees, opinion="意见")

    def _decline(self, session: Session, item: WorkItem, other: int) -> None:
        waiting = signing.waiting(item, "before", "vote", "after", "delegate")
        if not waiting:
            raise Invalid("没有加签。")
        seat = waiting[other % len(waiting)]
        self._forget(item)
        if other % 2:
            seats.withdraw_seat(session, self._owner(session, item, other), item.id, seat.id)
        else:
            seats.decline(session, self._holder(session, seat), item.id, reason="出差")

    def _send_back(self, session: Session, item: WorkItem, other: int) -> None:
        possible = targets(session, item)
        if not possible:
            raise Invalid("没有可以退回的环节。")
        target = possible[other % len(possible)]
        paths = [path for path in TEXTS if _has(self._said(session, target), path)]
        chosen = paths[: other % 3]
        marks = [{"path": path, "what": "请核对", "how": ""} for path in chosen]
        who = self._owner(session, item, other)
        returns.return_to(session, who, item.id, target_id=target.id, reason="请核对", marks=marks)

    def _take_back(self, session: Session, item: WorkItem, other: int) -> None:
        row = session.scalars(select(Appointment).where(Appointment.person_id == item.done_by_id)).first()
        assert row is not None
        del other
        self._forget(item)
        returns.take_back(session, actor_of(session, row.id), item.id)

    def _hold(self, session: Session, item: WorkItem, other: int) -> None:
        everybody = officers(session, item.jurisdiction_id)
        able = [row for row in everybody if "case.hold" in row.position.rights] or everybody
        who = actor_of(session, able[other % len(able)].id)
        if item.case.status == "suspended":
            cases.resume(session, who, item.case)
        else:
            cases.suspend(session, who, item.case, reason="等候补充材料")

    def content(self, session: Session, item: WorkItem, who: Actor, other: int) -> dict[str, Any]:
        """Return something to be entered: what is there already, or first content, a word of it changed."""
        context = form_context(session, item, who)
        current = context.current
        values = forms.to_json(current) if current is not None else first_content(session, who, item)
        if item.element_id in ELSEWHERE and other % 4 == 3:
            return dict(ELSEWHERE[item.element_id])
        if item.element_id == "acceptance":
            kind = "acceptance_correct" if other % 4 == 3 else "acceptance"
            return dict(filings.content("market")[kind])
        if item.element_id in ELSEWHERE or other % 3 == 0:
            return values if item.element_id not in ELSEWHERE else first_content(session, who, item)
        open_paths = TEXTS if context.editable is None else [p for p in context.editable if p in TEXTS]
        for path in [p for p in open_paths if _has(values, p)][:2]:
            _set(values, path, f"第 {other} 次填写")
        return values

    def _said(self, session: Session, item: WorkItem) -> dict[str, Any]:
        newest = session.scalars(
            select(Submission)
            .where(Submission.case_id == item.case_id, Submission.form_key == item.form_key)
            .order_by(Submission.id.desc())
        ).first()
        return content_of(newest) if newest else {}

    def _place(self, item: WorkItem, person_id: UUID) -> tuple[UUID, str, str, UUID]:
        return item.case_id, item.element_id, item.properties.get("number", ""), person_id

    def _forget(self, item: WorkItem, person_id: UUID | None = None) -> None:
        """What was typed may now be content, or content a draft again."""
        for key in list(self.memory.drafts):
            if key[:3] == self._place(item, key[3])[:3] and person_id in {None, key[3]}:
                del self.memory.drafts[key]

    def check(self) -> None:
        """Find everything again, and every case alive, with each step once."""
        with read_only() as session:
            for case_id in self.cases:
                case = session.get_one(Case, case_id)
                check_submissions(session, case, self.memory)
                check_steps(session, case)
            check_drafts(session, self.memory)

    def finish(self, case_id: UUID, most: int = 150) -> None:
        """Do whatever waits until the case is over: it was never dead."""
        for turn in range(most):
            if not self._one_more(case_id, 3 * turn + 1):
                return
        raise AssertionError("the case does not end")

    def _one_more(self, case_id: UUID, other: int) -> bool:
        with unit_of_work() as session:
            case = session.get_one(Case, case_id)
            if case.status == "suspended":
                self._resume(session, case)
            query = select(WorkItem).where(WorkItem.case_id == case_id, WorkItem.status == "open")
            item = session.scalars(query.order_by(WorkItem.id)).first()
            if item is None:
                return self._go_on_alone(session, case)
            self._forget(item)
            asked = signing.waiting(item, "delegate", "before")
            if signing.is_submitted(item):
                asked += signing.waiting(item, "vote", "after")
            if not asked:
                self._end(session, item, other)
            elif asked[0].role == "delegate":
                seats.decline(session, self._holder(session, asked[0]), item.id, reason="出差")
            else:
                seats.sign_seat(session, self._holder(session, asked[0]), item.id, agrees=True)
            return True

    def _go_on_alone(self, session: Session, case: Case) -> bool:
        """Nobody is waited for: the case is over."""
        del session
        assert case.status == "finished"
        return False

    def _resume(self, session: Session, case: Case) -> None:
        for row in officers(session, case.jurisdiction_id):
            with contextlib.suppress(DomainError):
                cases.resume(session, actor_of(session, row.id), case)

    def _end(self, session: Session, item: WorkItem, other: int) -> None:
        """Complete a step in the way that leads on."""
        held = [
            row
            for row in officers(session, item.jurisdiction_id)
            if row.position_id == item.position_id
            and (item.signers_needed > 1 or item.claimed_by_id in {None, row.person_id})
            and row.person_id not in {signed.person_id for signed in signing.signatures(item, "sign")}
        ]
        assert held, "nobody can do the step"
        who = actor_of(session, held[0].id)
        work_items.complete(
            session,
            who,
            item.id,
            revision=item.revision,
            values=self.content(session, item, who, 4 * other),
            declares_no_conflict=True,
        )


def first_content(session: Session, who: Actor, item: WorkItem) -> dict[str, Any]:
    """Return what a step says when nothing is there yet."""
    if item.case.process_key != "recognition":
        return (
            {"text": "情况属实", "left": "东", "right": "西", "more": True}
            if item.form_key == "a"
            else {"text": "情况属实"}
        )
    given = filings.content("market")
    files = {"file": "files", "site_check": "site_check_files"}.get(item.element_id)
    form_key = item.form_key if item.form_key in given else item.element_id
    return given[form_key] | (filings.files(session, who, given[files]) if files else {})


def _has(values: dict[str, Any], path: str) -> bool:
    holder: Any = values
    for part in path.split("."):
        holder = holder.get(part) if isinstance(holder, dict) else None
    return isinstance(holder, str)


def _set(values: dict[str, Any], path: str, text: str) -> None:
    *parents, key = path.split(".")
    holder = values
    for part in parents:
        holder = holder[part]
    holder[key] = text
