"""Seats in a step: 加签 before and after, 会签 that colleagues call, 委派 with 交回 and 收回."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from webapp.core import clock as time
from webapp.core.errors import Forbidden, Invalid, Locked, Missing
from webapp.models.work_item import Signing, WorkItem
from webapp.queries.officers import officer
from webapp.queries.own_items import waiting_seat
from webapp.queries.signatures import conflict
from webapp.queries.work_forms import form_context
from webapp.services import attachments, drafts, rounds, signing, vacancies
from webapp.services.events import record
from webapp.services.open_items import open_item, refuse_claimed, refuse_kept_apart
from webapp.services.steps import admit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Literal
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.account import Appointment
    from webapp.queries.actors import Actor

MOST_SEATS = 20
"""How many people can be asked at once."""
LONGEST_TEXT = 500
_ROLE_WORDS = {"before": "前加签", "after": "后加签", "vote": "会签"}


def add_signers(
    session: Session,
    actor: Actor,
    item_id: UUID,
    *,
    role: Literal["before", "after"],
    people: Sequence[tuple[UUID, UUID]],
    note: str = "",
    in_order: bool = False,
    revision: int | None = None,
) -> list[Signing]:
    """加签: ask others to sign before the step may be submitted, or to sign what was submitted.

    Args:
        session: Database session.
        actor: Who does the step.
        item_id: The work item.
        role: `before` or `after`.
        people: Pairs of person and position.
        note: What they are asked.
        in_order: Whether they sign one after the other, in the order given.
        revision: The revision that the person saw.

    Raises:
        Invalid: If nobody is named, too many are, or one of them cannot sign.
        Locked: If somebody is to sign before and the content lies with others already.
    """
    item = _own(session, actor, item_id, revision)
    if role == "before" and signing.is_submitted(item):
        raise Locked("内容已经送签，不能再要求他人先行签署。")
    return _ask(session, actor, item, role, people, note=note, in_order=in_order)


def call_vote(
    session: Session,
    actor: Actor,
    item_id: UUID,
    *,
    people: Sequence[tuple[UUID, UUID]],
    rule: str = "all",
    note: str = "",
    revision: int | None = None,
) -> list[Signing]:
    """会签: let others vote on what will be submitted, by a rule.

    Args:
        session: Database session.
        actor: Who does the step.
        item_id: The work item.
        people: Pairs of person and position.
        rule: `all`, `majority`, `veto` or how many must agree.
        note: What they are asked.
        revision: The revision that the person saw.

    Raises:
        Invalid: If nobody is named, one of them cannot sign, or the rule makes no sense.
        Locked: If there is a vote in this step already.
    """
    item = _own(session, actor, item_id, revision)
    if "voters" in item.properties or any(
        seat.role == "vote" and seat.voided_at is None for seat in item.signings
    ):
        raise Locked("这一步已有会签，不能再发起一次。需要增加人员时请用加签。")
    if rule not in signing.RULES and not (rule.isdecimal() and 1 <= int(rule) <= len(people)):
        raise Invalid(
            "请选择会签规则：全部同意、过半数同意、一票否决，或不超过会签人数的同意人数。", field="rule"
        )
    item.properties = {**item.properties, "rule": rule}
    return _ask(session, actor, item, "vote", people, note=note, in_order=False)


def sign_seat(
    session: Session,
    actor: Actor,
    item_id: UUID,
    *,
    agrees: bool | None,
    opinion: str = "",
    declares_no_conflict: bool = False,
    revision: int | None = None,
) -> WorkItem:
    """Sign in the seat that waits for the actor; the step goes on as soon as that decides it.

    Args:
        session: Database session.
        actor: Whose seat it is, or who stands in for them.
        item_id: The work item.
        agrees: `None` to abstain.
        opinion: What they say; needed unless they agree.
        declares_no_conflict: The 回避 declaration.
        revision: The revision that the person saw: a signature holds for the content that was read.

    Raises:
        Missing: If no seat waits for the actor.
        Forbidden: If they signed the content themselves or asked for the seat, and now stand in for another.
        Locked: If the content is not there yet, or somebody is to sign first.
        Invalid: If the opinion is missing or too long.
    """
    item = open_item(session, actor, item_id, revision=revision, seats=True)
    seat = _seat(actor, item, "before", *signing.ON_CONTENT)
    if seat.role in signing.ON_CONTENT and not signing.is_submitted(item):
        raise Locked("经办人员还没有提交内容，提交后才能签署。")
    if problem := conflict(actor, item, seat):
        raise Forbidden(problem)
    if not signing.is_next(item, seat):
        raise Locked("须按顺序签署，请等前一位签署后再办。")
    if agrees is not True and not opinion.strip():
        raise Invalid("不同意或弃权时，请写明意见。", field="opinion")
    seat.agrees, seat.opinion = agrees, _text(opinion, "opinion")
    seat.declares_no_conflict = declares_no_conflict
    seat.content_digest = signing.digest_of(item.awaiting) if item.awaiting is not None else None
    _give(actor, seat)
    session.flush()
    data = {"role": seat.role, "agrees": agrees, "digest": seat.content_digest}
    record(session, "work_item.signed", actor=actor, case=item.case, work_item=item, data=data)
    rounds.settle(session, item)
    return item


def decline(session: Session, actor: Actor, item_id: UUID, *, reason: str) -> WorkItem:
    """Give a seat back that a colleague asked one to take; the step goes on without it.

    Raises:
        Missing: If no seat waits for the actor.
        Forbidden: If the procedure itself asks for it.
        Invalid: If no reason is given.
    """
    item = open_item(session, actor, item_id, seats=True)
    seat = _seat(actor, item)
    if seat.asked_by_id is None:
        raise Forbidden("这项会签由流程规定，不能推辞。需要回避时，请写明意见并选择弃权。")
    if not reason.strip():
        raise Invalid("请写明不能办理的原因。", field="reason")
    seat.opinion = _text(reason, "reason")
    return _vacate(session, actor, item, seat, "work_item.declined")


def withdraw_seat(
    session: Session, actor: Actor, item_id: UUID, seat_id: UUID, *, reason: str = ""
) -> WorkItem:
    """Take back what one asked a colleague to sign, while they have not.

    Raises:
        Missing: If no such seat waits.
        Forbidden: If the procedure itself asks for it, and its holder can sign or nobody else votes.
    """
    item = _own(session, actor, item_id, None)
    seat = next((one for one in item.signings if one.id == seat_id and one.waits), None)
    if seat is None:
        raise Missing("没有找到这项加签，它可能已经签署或收回。")
    if seat.asked_by_id is None:
        vacancies.require_vacant(session, item, seat)
    seat.opinion = _text(reason, "reason")
    return _vacate(session, actor, item, seat, "work_item.withdrawn")


def delegate(
    session: Session,
    actor: Actor,
    item_id: UUID,
    *,
    person_id: UUID,
    position_id: UUID,
    note: str = "",
    revision: int | None = None,
) -> Signing:
    """委派: let a colleague fill a step in; it comes back to be looked over and submitted.

    They begin with what was typed so far.

    Raises:
        Invalid: If the colleague is of another agency or cannot act.
        Locked: If it is delegated already, or its content lies with others.
    """
    item = _own(session, actor, item_id, revision)
    if signing.waiting(item, "delegate"):
        raise Locked("这项待办已经委派他人代办，请等其交回，或先收回委派。")
    if signing.is_submitted(item):
        raise Locked("内容已经送签，不能再委派。")
    held = officer(session, actor.jurisdiction_id, person_id, position_id)
    if held.position.agency_id != item.agency_id:
        raise Invalid("只能委派给本单位的人员。", field="person_id")
    (seat,) = _ask(session, actor, item, "delegate", [(person_id, position_id)], note=note, in_order=False)
    item.claimed_by_id, item.claimed_at = actor.person_id, item.claimed_at or time.now()
    drafts.share(session, item, actor.person_id, person_id)
    return seat


def hand_back(
    session: Session,
    actor: Actor,
    item_id: UUID,
    *,
    values: Mapping[str, Any],
    opinion: str = "",
    revision: int | None = None,
) -> WorkItem:
    """交回: give a delegated step back with what was filled in; whoever delegated it submits it.

    Raises:
        Missing: If the step is not delegated to the actor.
        Invalid: With the messages of each field.
    """
    item = open_item(session, actor, item_id, revision=revision, seats=True, roles=("delegate",))
    refuse_kept_apart(session, actor, item)
    seat = _seat(actor, item, "delegate")
    context = form_context(session, item, actor)
    stored = context.checked(values)
    item.awaiting = stored
    item.revision += 1
    attachments.bind(session, item.case, context.schema, stored)
    seat.agrees, seat.opinion, seat.content_digest = (
        True,
        _text(opinion, "opinion"),
        signing.digest_of(stored),
    )
    _give(actor, seat)
    if seat.asked_by_id is not None and drafts.of(session, item, seat.asked_by_id) is not None:
        drafts.restore(session, item, seat.asked_by_id, stored, typed_before=seat.asked_at)
    session.flush()
    data = {"digest": seat.content_digest}
    record(session, "work_item.handed_back", actor=actor, case=item.case, work_item=item, data=data)
    return item


def recall_delegation(session: Session, actor: Actor, item_id: UUID, *, reason: str = "") -> WorkItem:
    """收回: take a delegated step back; what the colleague typed stays in their draft.

    Raises:
        Missing: If it is not delegated.
    """
    item = _own(session, actor, item_id, None)
    seat = next(iter(signing.waiting(item, "delegate")), None)
    if seat is None:
        raise Missing("这项待办没有委派他人，或已经交回。")
    seat.opinion = _text(reason, "reason")
    return _vacate(session, actor, item, seat, "work_item.recalled")


def _own(session: Session, actor: Actor, item_id: UUID, revision: int | None) -> WorkItem:
    """Return a step that the actor does, and no colleague of theirs has taken."""
    item = open_item(session, actor, item_id, revision=revision)
    refuse_claimed(actor, item)
    return item


def _ask(
    session: Session,
    actor: Actor,
    item: WorkItem,
    role: str,
    people: Sequence[tuple[UUID, UUID]],
    *,
    note: str,
    in_order: bool,
) -> list[Signing]:
    asked = [officer(session, actor.jurisdiction_id, *pair) for pair in dict.fromkeys(people)]
    _check(actor, item, role, asked)
    seats = []
    for place, held in enumerate(asked):
        seat = Signing(
            role=role,
            place=place if in_order else 0,
            person_id=held.person_id,
            position_id=held.position_id,
            asked_by_id=actor.person,
            for_person_id=None,
            asked_at=time.now(),
            note=_text(note, "note"),
        )
        item.signings.append(seat)
        seats.append(seat)
        admit(session, item.case, held.position.agency_id)
    session.flush()
    data = {"role": role, "persons": [str(seat.person_id) for seat in seats]}
    record(session, "seat.asked", actor=actor, case=item.case, work_item=item, data=data)
    return seats


def _check(actor: Actor, item: WorkItem, role: str, asked: Sequence[Appointment]) -> None:
    if not 1 <= len(asked) <= MOST_SEATS:
        raise Invalid(f"请选择 1 至 {MOST_SEATS} 人。", field="people")
    if len({held.person_id for held in asked}) < len(asked):
        raise Invalid("同一人只能选择一次。", field="people")
    there = {seat.person_id for seat in item.signings if seat.role == role and seat.voided_at is None}
    for held in asked:
        if held.person_id in {actor.person_id, actor.for_person_id}:
            raise Invalid("不能选择本人。", field="people")
        if held.person_id in there and role != "delegate":
            raise Invalid(f"{held.person.name}已在{_ROLE_WORDS[role]}人员中。", field="people")


def _seat(actor: Actor, item: WorkItem, *roles: str) -> Signing:
    seat = waiting_seat(actor, item)
    if seat is None or (roles and seat.role not in roles):
        raise Missing("这项待办没有等您签署的内容。")
    return seat


def _give(actor: Actor, seat: Signing) -> None:
    """Mark a seat as taken now, by whoever acts."""
    seat.person_id, seat.for_person_id = actor.person, actor.for_person_id
    seat.signed_at = time.now()


def _vacate(session: Session, actor: Actor, item: WorkItem, seat: Signing, kind: str) -> WorkItem:
    signing.void([seat])
    session.flush()
    data = {"role": seat.role, "person": str(seat.person_id)}
    record(session, kind, actor=actor, case=item.case, work_item=item, data=data)
    rounds.settle(session, item)
    return item


def _text(text: str, field: str) -> str:
    stripped = text.strip()
    if len(stripped) > LONGEST_TEXT:
        raise Invalid(f"请不要超过 {LONGEST_TEXT} 个字。", field=field)
    return stripped
