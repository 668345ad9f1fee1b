"""批量办理: which of some steps can be done together with one form, and which cannot and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

import forms
from webapp.core.errors import Invalid
from webapp.models.case import Case
from webapp.models.work_item import WorkItem
from webapp.queries import links
from webapp.queries.bases import BasisView, basis_views
from webapp.queries.own_items import does
from webapp.queries.releases import pack_of_case
from webapp.queries.work_forms import FormContext, form_context

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

MOST = 50
"""How many steps one batch holds at most: more than anybody reads through (本地缺省)."""
BATCH = "batch"
"""The property of a step by which a process says that it may be done in a batch."""


@dataclass(frozen=True, slots=True)
class Named:
    """A step with the words by which people know it."""

    id: UUID
    revision: int
    case_no: str
    case_title: str
    applicant: str
    step_name: str
    is_demo: bool
    url: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A step that cannot be done with the others, and why."""

    item: Named
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Steps that can be done with one form."""

    items: list[Named]
    left_out: list[LeftOut]
    context: FormContext
    basis: list[BasisView] = field(default_factory=list)

    def blank(self) -> forms.BoundForm:
        """Return the form with nothing in it but its defaults: what one case says belongs to that case."""
        return forms.bind(self.context.schema, scope=self.context.scope)


def chosen_items(session: Session, actor: Actor, item_ids: Sequence[UUID]) -> list[WorkItem]:
    """Return the steps of the actor's position among some that were chosen, in the order of choosing.

    Raises:
        Invalid: If there is none, or there are too many.
    """
    if len(set(item_ids)) > MOST:
        raise Invalid(f"一次最多选择 {MOST} 项。")
    rows = session.scalars(
        select(WorkItem)
        .where(WorkItem.id.in_(set(item_ids)), WorkItem.jurisdiction_id == actor.jurisdiction_id)
        .options(joinedload(WorkItem.case).joinedload(Case.applicant), joinedload(WorkItem.claimed_by))
    )
    mine = {item.id: item for item in rows if does(actor, item)}
    found = [mine[key] for key in dict.fromkeys(item_ids) if key in mine]
    if not found:
        raise Invalid("请先选择待办。")
    return found


def named(item: WorkItem) -> Named:
    """Return a step by the words that people know."""
    return Named(
        id=item.id,
        revision=item.revision,
        case_no=item.case.no,
        case_title=item.case.title,
        applicant=item.case.applicant.short,
        step_name=item.name,
        is_demo=item.case.is_demo,
        url=links.work_item(item.case.no, item.id),
    )


def batch_of(session: Session, actor: Actor, item_ids: Sequence[UUID]) -> Batch:
    """Return those of some steps that can be done together: the first that may be in a batch leads.

    Raises:
        Invalid: If none can be.
    """
    fitting: list[WorkItem] = []
    left_out: list[LeftOut] = []
    for item in chosen_items(session, actor, item_ids):
        reason = why_alone(actor, item) or (_why_not_with(session, fitting[0], item) if fitting else None)
        if reason is None:
            fitting.append(item)
        else:
            left_out.append(LeftOut(named(item), reason))
    if not fitting:
        raise Invalid(left_out[0].reason)
    context = form_context(session, fitting[0], actor)
    basis = basis_views(pack_of_case(session, fitting[0].case), fitting[0].properties.get("basis"))
    return Batch([named(item) for item in fitting], left_out, context, basis)


def why_alone(actor: Actor, item: WorkItem) -> str | None:
    """Return why a step cannot be done in a batch at all, or `None`."""
    if item.status != "open":
        return "已经办结或取消。"
    if item.properties.get(BATCH) != "true":
        return f"“{item.name}”须逐件办理，不能批量办理。"
    if item.case.status == "suspended":
        return f"本件已暂停：{(item.case.hold_reason or '未写明原因').rstrip('。')}。"
    if item.marks:
        return "本件是退回补正的，请逐件办理。"
    if item.signers_needed > 1:
        return "本环节须两人签署，请逐件办理。"
    if item.claimed_by_id not in {None, actor.person_id, actor.for_person_id}:
        return f"已由{item.claimed_by.name if item.claimed_by else '其他同事'}认领。"
    return None


def _why_not_with(session: Session, first: WorkItem, item: WorkItem) -> str | None:
    same = (first.element_id, first.case.process_key) == (item.element_id, item.case.process_key)
    if not same:
        return f"环节不同：本次批量办理的是“{first.name}”。"
    texts = {pack_of_case(session, one.case).forms[one.form_key] for one in (first, item)}
    return None if len(texts) == 1 else "表单版本不同，请逐件办理。"
