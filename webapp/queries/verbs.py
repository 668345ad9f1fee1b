"""The office verbs of a step as a page or another system offers them: what may be done now, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.models.work_item import WorkItem
from webapp.queries import officers as people
from webapp.queries.names import acting_name
from webapp.queries.own_items import does, holder_of, waiting_seat
from webapp.queries.releases import form_of, pack_of_case
from webapp.queries.returning import hindrance, targets
from webapp.queries.separation import kept_apart
from webapp.queries.signatures import conflict, is_submitted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    import forms
    from webapp.models.account import Appointment
    from webapp.models.case import Case
    from webapp.models.work_item import Signing
    from webapp.queries.actors import Actor

ROLES = {"sign": "签署", "before": "前加签", "after": "后加签", "vote": "会签", "delegate": "委派"}
LABELS = {
    "claim": "认领",
    "release": "释放",
    "complete": "提交",
    "transfer": "转办",
    "delegate": "委派",
    "recall": "收回委派",
    "hand_back": "交回",
    "add_before": "前加签",
    "add_after": "后加签",
    "call_vote": "发起会签",
    "sign": "签署意见",
    "decline": "推辞",
    "return": "退回",
    "take_back": "拿回",
}


@dataclass(frozen=True, slots=True)
class Verb:
    """Something that can be done with a step.

    Attributes:
        key: Name of the verb, also in the API.
        label: What people call it.
        reason: Why it cannot be done now; `None` if it can.
    """

    key: str
    label: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class SeatView:
    """One person's part in a step.

    Attributes:
        role: `sign`, `before`, `after`, `vote` or `delegate`.
        person: Who has it, or signed.
        for_person: Whom they stood in for.
        asked_by: Who asked them; `None` where the procedure does.
        note: What they were asked.
        state: `waits`, `given` or `void`.
        agrees: `None` for an abstention, or while it waits.
        at: When it was given.
        may_withdraw: Whether the actor may take it back.
    """

    id: UUID
    role: str
    role_label: str
    person: str
    position: str
    for_person: str | None
    asked_by: str | None
    note: str
    state: str
    state_label: str
    agrees: bool | None
    opinion: str
    at: datetime | None
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who can be asked, in one of their positions.

    Attributes:
        person_id: `None` for whoever of the position takes it.
        position_id: The position.
        label: Name and position, as far as the heading does not say it.
        heading: What they are listed under: their agency, or their position in one's own.
    """

    person_id: UUID | None
    position_id: UUID
    label: str
    heading: str

    @property
    def value(self) -> str:
        """How a form names them."""
        return f"{self.person_id or ''}/{self.position_id}"


@dataclass(frozen=True, slots=True)
class MarkableField:
    """A field that can be marked, under the title of its part of the form."""

    path: str
    label: str
    section: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """An earlier step that a case can be sent back to, with the fields that can be marked there."""

    item_id: UUID
    element_id: str
    name: str
    who: str
    done_at: datetime | None
    fields: list[MarkableField]


def available(session: Session, actor: Actor, item: WorkItem) -> list[Verb]:
    """Return the verbs that concern the actor in a step, each with the reason when it cannot be done now."""
    held = f"本件已暂停：{(item.case.hold_reason or '').rstrip('。')}。"
    stopped = held if item.case.status == "suspended" else None
    found = list(_verbs(session, actor, item))
    return [Verb(key, LABELS[key], stopped or reason) for key, reason in found]


def last_done(session: Session, actor: Actor, case: Case) -> WorkItem | None:
    """Return the step of a case that the actor completed last, if they can still take it back."""
    item = session.scalar(
        select(WorkItem)
        .where(WorkItem.case_id == case.id, WorkItem.done_by_id == actor.person_id, WorkItem.status == "done")
        .order_by(WorkItem.done_at.desc(), WorkItem.id.desc())
        .limit(1)
    )
    if item is None or not does(actor, item) or hindrance(session, actor, item) is not None:
        return None
    return item


def _verbs(session: Session, actor: Actor, item: WorkItem) -> Iterator[tuple[str, str | None]]:
    if item.status != "open":
        if item.status == "done" and does(actor, item) and _did(actor, item):
            yield "take_back", hindrance(session, actor, item)
        return
    seat = waiting_seat(actor, item)
    if seat is not None:
        yield from _seat_verbs(session, actor, item, seat)
    if does(actor, item):
        yield from _own_verbs(session, actor, item)


def _did(actor: Actor, item: WorkItem) -> bool:
    return bool({actor.person_id, actor.for_person_id} & ({item.done_by_id, item.done_for_id} - {None}))


def _seat_verbs(
    session: Session, actor: Actor, item: WorkItem, seat: Signing
) -> Iterator[tuple[str, str | None]]:
    if seat.role == "delegate":
        yield "hand_back", kept_apart(session, actor, item)
    else:
        late = seat.role in {"vote", "after"} and not is_submitted(item)
        early = "经办人员还没有提交内容，提交后才能签署。" if late else None
        yield "sign", early or conflict(actor, item, seat)
    if seat.asked_by_id is not None:
        yield "decline", None


def _own_verbs(session: Session, actor: Actor, item: WorkItem) -> Iterator[tuple[str, str | None]]:
    mine = item.claimed_by_id is not None and item.claimed_by_id in {actor.person_id, actor.for_person_id}
    taken = None
    if item.claimed_by_id is not None and not mine:
        taken = f"已由{item.claimed_by.name if item.claimed_by else '其他同事'}认领。"
    apart = kept_apart(session, actor, item)
    yield ("release", None) if mine else ("claim", apart or taken)
    delegated = _names(item, "delegate")
    sent = is_submitted(item) and bool(_names(item, "vote", "after"))
    away = f"已委派{delegated}代办，请先收回。" if delegated else None
    round_ = "内容已经送签。" if sent else None
    before = _names(item, "before")
    first = f"还需{before}先行签署。" if before else None
    shared = item.signers_needed > 1
    yield "complete", apart or (None if shared else taken) or away or first
    yield "transfer", taken or away or round_
    if delegated:
        yield "recall", taken
    else:
        yield "delegate", taken or round_
    yield "add_before", taken or round_
    yield "add_after", taken
    voted = "voters" in item.properties or any(
        s.role == "vote" and s.voided_at is None for s in item.signings
    )
    yield "call_vote", taken or ("这一步已有会签。" if voted else None)
    where = None if targets(session, item) else "前面没有可以退回的环节。"
    yield "return", taken or away or where


def waiting_for(item: WorkItem) -> list[str]:
    """Return the names of those whom an open step waits for besides its own people."""
    sent = is_submitted(item)
    return list(
        dict.fromkeys(
            seat.person.name
            for seat in item.signings
            if seat.waits and (sent or seat.role in {"before", "delegate"})
        )
    )


def _names(item: WorkItem, *roles: str) -> str:
    return "、".join(seat.person.name for seat in item.signings if seat.waits and seat.role in roles)


def seats_of(session: Session, actor: Actor, item: WorkItem) -> list[SeatView]:
    """Return everybody's part in a step, in the order in which they were asked or signed."""
    own = does(actor, item) and item.status == "open"
    return [
        SeatView(
            id=seat.id,
            role=seat.role,
            role_label=ROLES[seat.role],
            person=seat.person.name,
            position=seat.position.full_title,
            for_person=seat.for_person.name if seat.for_person else None,
            asked_by=seat.asked_by.name if seat.asked_by else None,
            note=seat.note or "",
            state="waits" if seat.waits else ("given" if seat.holds else "void"),
            state_label=_state(seat),
            agrees=seat.agrees,
            opinion=seat.opinion or "",
            at=seat.signed_at,
            may_withdraw=own and seat.waits and _may_be_withdrawn(session, seat),
        )
        for seat in item.signings
    ]


def _may_be_withdrawn(session: Session, seat: Signing) -> bool:
    """Whether a colleague asked for a seat; what the procedure asks for goes only with whoever held it."""
    return seat.asked_by_id is not None or not people.holds(session, seat.person_id, seat.position_id)


def _state(seat: Signing) -> str:
    if seat.waits:
        return "待交回" if seat.role == "delegate" else "待签署"
    if seat.signed_at is None:
        return "已取消"
    said = {True: "同意", False: "不同意", None: "弃权"}[seat.agrees]
    words = {"sign": "已签署", "delegate": "已交回"}.get(seat.role, said)
    return words if seat.voided_at is None else f"{words}（内容已变更，不再有效）"


def receivers(session: Session, actor: Actor, item: WorkItem) -> list[Candidate]:
    """Return to whom of the actor's agency a step can be given: to anyone of a position, or to a person."""
    found: dict[UUID, list[Candidate]] = {}
    for one in people.officers(session, actor.jurisdiction_id, actor.agency_id):
        title = one.position.title
        of_position = found.setdefault(
            one.position_id,
            []
            if one.position_id == item.position_id
            else [Candidate(None, one.position_id, "由该岗位认领", title)],
        )
        if one.person_id not in {actor.person_id, holder_of(actor)}:
            of_position.append(Candidate(one.person_id, one.position_id, one.person.name, title))
    return [one for several in found.values() for one in several]


def colleagues(session: Session, actor: Actor) -> list[Candidate]:
    """Return who of the actor's agency can be asked to fill a step in."""
    held = people.officers(session, actor.jurisdiction_id, actor.agency_id)
    return _candidates(actor, held)


def officers(session: Session, actor: Actor, case: Case) -> list[Candidate]:
    """Return who can be asked to sign in a case, by agency, one's own agency first."""
    held = people.officers(session, case.jurisdiction_id)
    return _candidates(actor, sorted(held, key=lambda one: one.position.agency_id != actor.agency_id))


def _candidates(actor: Actor, held: list[Appointment]) -> list[Candidate]:
    return [
        Candidate(
            one.person_id,
            one.position_id,
            f"{one.person.name}（{one.position.title}）",
            one.position.agency.short,
        )
        for one in held
        if one.person_id not in {actor.person_id, holder_of(actor)}
    ]


def return_targets(session: Session, item: WorkItem) -> list[Target]:
    """Return the earlier steps that an open step can be sent back to, the latest first."""
    pack = pack_of_case(session, item.case)
    return [
        Target(
            item_id=row.id,
            element_id=row.element_id,
            name=row.name,
            who=acting_name(row.done_by, row.done_for),
            done_at=row.done_at,
            fields=_markable(form_of(pack, row.form_key)),
        )
        for row in targets(session, item)
    ]


def _markable(schema: forms.FormSchema) -> list[MarkableField]:
    """Fields that people fill in, by part of the form; a repeating table is marked as a whole."""
    return [
        MarkableField(field.path, field.label, part.label if part is not field else "")
        for part in schema.components
        for field in part.walk()
        if field.holds_value and field.type != "expression" and not field.readonly and ".*." not in field.path
    ]
