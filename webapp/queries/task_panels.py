"""The step that a person has open: its form, its basis, its clock, who signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

import forms
from webapp.models.work_item import Draft
from webapp.queries import links
from webapp.queries.bases import BasisView, basis_views
from webapp.queries.facts import facts_in
from webapp.queries.names import acting_name
from webapp.queries.readers import Readers
from webapp.queries.releases import definition_of, form_of, pack_of_case
from webapp.queries.send_backs import SentBackView, sent_back, went_back_since
from webapp.queries.verbs import SeatView, Verb, available, seats_of
from webapp.queries.work_forms import FormContext, form_context

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session
    from werkzeug.datastructures import MultiDict

    from webapp.models.work_item import WorkItem
    from webapp.queries.actors import Actor
    from webapp.queries.clock_views import ClockView


_ON_FORM = {"claim", "release", "complete", "hand_back", "sign"}
"""Verbs that have a button of their own on the form."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature that holds."""

    name: str
    at: datetime
    declaration: bool


@dataclass(frozen=True, slots=True)
class Signers:
    """How many must sign, and who has."""

    needed: int
    signed: list[Signature]


@dataclass(frozen=True, slots=True)
class EarlierForm:
    """What an earlier step says, to be read beside the form of this one; personal data is masked."""

    title: str
    sections: list[forms.Section]


@dataclass(frozen=True, slots=True)
class TaskPanel:
    """A work item as its page shows it."""

    id: UUID
    name: str
    url: str
    revision: int
    form: forms.BoundForm
    basis: list[BasisView]
    help: str
    clock: ClockView | None
    claimed_by: str | None
    claimed_by_me: bool
    may_act: bool
    signers: Signers
    needs_avoidance_declaration: bool
    declared: bool
    marks: list[dict[str, str]]
    draft_saved_at: datetime | None
    submit_label: str
    preview_url: str | None
    files: dict[str, dict[str, Any]]
    reads: list[EarlierForm]
    sent_back: SentBackView | None
    returned: EarlierForm | None
    release_url: str | None
    claim_url: str
    verbs: list[Verb]
    hindrance: str | None
    seats: list[SeatView]


def task_panel(
    session: Session,
    actor: Actor,
    item: WorkItem,
    clock: ClockView | None,
    *,
    entered: MultiDict[str, str] | None = None,
    errors: dict[str, list[str]] | None = None,
    refused: dict[str, list[str]] | None = None,
    declared: bool = False,
    readers: Readers | None = None,
) -> TaskPanel:
    """Return the panel of a work item.

    Args:
        session: Database session.
        actor: Who looks.
        item: The work item.
        clock: Its clock, if it has one.
        entered: What was just typed, to be shown again; else the draft, else what is already there.
        errors: Messages of the service by field path, shown at their fields beside those of the form.
        refused: Messages about files that came along and were not accepted, by field path.
        declared: Whether the 回避 declaration was just made.
        readers: What the actor may read of the case, where the caller has looked it up already.
    """
    readers = readers or Readers(session, actor, item.case)
    context = form_context(session, item, actor, readers)
    draft = _draft(session, item, actor)
    step = definition_of(session, item.case.process_version).step(item.element_id)
    pack = pack_of_case(session, item.case)
    claimed_by_me = item.claimed_by_id is not None and item.claimed_by_id == actor.person_id
    signed = [s for s in item.signings if s.role == "sign" and s.voided_at is None]
    offered = {verb.key: verb for verb in available(session, actor, item)}
    main = offered.get("hand_back") or offered.get("complete")
    return TaskPanel(
        id=item.id,
        name=item.name,
        url=links.work_item(item.case.no, item.id),
        revision=item.revision,
        form=_bound(context, draft, entered, errors, refused or {}),
        basis=basis_views(pack, item.properties.get("basis")),
        help=step.documentation if step else "",
        clock=clock,
        claimed_by=item.claimed_by.name if item.claimed_by else None,
        claimed_by_me=claimed_by_me,
        may_act=main is not None and main.reason is None,
        signers=Signers(
            item.signers_needed,
            [
                Signature(acting_name(s.person, s.for_person), s.signed_at, s.declares_no_conflict)
                for s in signed
                if s.signed_at
            ],
        ),
        needs_avoidance_declaration=item.signers_needed > 1,
        declared=declared,
        marks=item.marks,
        draft_saved_at=draft.saved_at if draft else None,
        submit_label=_label(item, main),
        preview_url=f"{links.work_item(item.case.no, item.id)}/preview.pdf"
        if "preview" in item.properties
        else None,
        files=context.scope["attachments"],
        reads=_earlier_forms(session, item, context.schema, readers),
        sent_back=sent_back(session, item, readers),
        returned=_returned_by_the_flow(session, item, context.schema, readers),
        release_url=f"{links.work_item(item.case.no, item.id)}/release" if claimed_by_me else None,
        claim_url=f"{links.work_item(item.case.no, item.id)}/claim",
        verbs=[verb for key, verb in offered.items() if key not in _ON_FORM],
        hindrance=main.reason if main else None,
        seats=[seat for seat in seats_of(session, actor, item) if seat.role != "sign"],
    )


def _label(item: WorkItem, main: Verb | None) -> str:
    if main is not None and main.key == "hand_back":
        return "交回"
    return "签署并提交" if item.signers_needed > 1 else "提交"


def _bound(
    context: FormContext,
    draft: Draft | None,
    entered: MultiDict[str, str] | None,
    errors: dict[str, list[str]] | None,
    refused: dict[str, list[str]],
) -> forms.BoundForm:
    form = context.bound(entered, draft=draft.values if draft else None)
    if errors is not None:
        form.validate()
        form.add_errors(errors)
    form.add_errors(refused)
    return form


def _earlier_forms(
    session: Session, item: WorkItem, schema: forms.FormSchema, readers: Readers
) -> list[EarlierForm]:
    """The newest submission of each form that this one is to be filled in from."""
    pack = pack_of_case(session, item.case)
    said = facts_in(pack, readers.submissions, personal=True) if schema.reads else {}
    found = []
    for key in schema.reads:
        if key in said:
            earlier = form_of(pack, key)
            found.append(EarlierForm(earlier.title, forms.display(earlier, said[key])))
    return found


def said_in(session: Session, actor: Actor, item: WorkItem, element_id: str) -> list[forms.Section]:
    """Return what was last entered in an earlier step of a case, personal data masked."""
    readers = Readers(session, actor, item.case)
    newest = next((said for said in reversed(readers.submissions) if said.element_id == element_id), None)
    if newest is None:
        return []
    schema = form_of(pack_of_case(session, item.case), newest.form_key)
    return forms.display(schema, forms.from_json(schema, newest.data))


def _returned_by_the_flow(
    session: Session, item: WorkItem, schema: forms.FormSchema, readers: Readers
) -> EarlierForm | None:
    """Who sent a step back by an answer that the process itself leads back from, and what they said.

    A correction says so in its marks.
    """
    said = readers.submissions
    own = next((earlier for earlier in reversed(said) if earlier.element_id == item.element_id), None)
    if own is None or own is said[-1] or went_back_since(session, own):
        return None
    newest = said[-1]
    if newest.form_key in {*schema.reads, item.form_key}:
        return None
    other = form_of(pack_of_case(session, item.case), newest.form_key)
    who = newest.person.name if newest.person else "系统"
    return EarlierForm(f"{other.title}（{who}）", forms.display(other, forms.from_json(other, newest.data)))


def _draft(session: Session, item: WorkItem, actor: Actor) -> Draft | None:
    return session.scalar(
        select(Draft).where(Draft.work_item_id == item.id, Draft.person_id == actor.person_id)
    )
