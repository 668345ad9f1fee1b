"""The page of a case: where it stands, what was said, what was issued."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

import forms
from webapp.models.clock import Clock
from webapp.models.document import Attachment, Document
from webapp.models.work_item import WorkItem
from webapp.queries import links
from webapp.queries.agencies import deciding_agency
from webapp.queries.attention import CaseAttention, UrgeView, case_attention, is_open
from webapp.queries.bases import BasisView, basis_views
from webapp.queries.calendars import calendar_of
from webapp.queries.case_access import HOLD
from webapp.queries.case_list import status_view
from webapp.queries.clock_views import ClockView, clock_view, with_documents
from webapp.queries.decision_views import DecisionView, decision_views
from webapp.queries.diagram import StepText, diagram_state, step_texts
from webapp.queries.document_views import DocumentRow, document_row
from webapp.queries.evidence_package import may_export
from webapp.queries.files import FileView, file_view
from webapp.queries.kept_drafts import KeptDraft, kept_drafts
from webapp.queries.market_changes import ON_PAGE
from webapp.queries.matrix import MatrixView, opinion_matrix
from webapp.queries.names import acting_name, answered_by
from webapp.queries.phases import PhaseView, phase_views
from webapp.queries.readers import Readers
from webapp.queries.releases import definition_of, form_of, pack_of_case
from webapp.queries.settings import settings_of
from webapp.queries.timeline import EventView, event_count, timeline

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.case import Case
    from webapp.models.market import Market
    from webapp.models.work_item import Submission
    from webapp.packs import Pack
    from webapp.queries.actors import Actor


@dataclass(frozen=True, slots=True)
class MarketLink:
    """The market that a case is about; `url` once it is in the directory."""

    name: str
    no: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class CaseHead:
    """What identifies a case."""

    no: str
    title: str
    status: str
    status_label: str
    tone: str
    applicant: str
    kind: str
    process_title: str
    version_label: str
    started_at: datetime
    submitted_at: datetime | None
    agency: str
    market: MarketLink | None
    origin: str | None
    """Number of the case that opened this one."""
    basis: list[BasisView]
    retention: str | None
    disclosure: str | None
    is_demo: bool
    hold_reason: str | None


@dataclass(frozen=True, slots=True)
class OpenTaskRow:
    """A step that waits."""

    name: str
    agency: str
    who: str
    since: datetime
    clock: ClockView | None
    url: str | None
    mine: bool
    id: UUID
    urged: UrgeView | None
    may_urge: bool


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """What was entered in one step."""

    id: UUID
    step_name: str
    agency: str
    by: str
    at: datetime
    sections: list[Any]
    changes: list[Any]
    has_personal: bool


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything that the page of a case shows."""

    case: CaseHead
    clock: ClockView | None
    phases: list[PhaseView]
    diagram: dict[str, Any]
    steps: list[StepText]
    open_tasks: list[OpenTaskRow]
    timeline: list[EventView]
    event_count: int
    materials: list[FileView]
    documents: list[DocumentRow]
    matrix: MatrixView | None
    decisions: list[DecisionView]
    submissions: list[SubmissionView]
    drafts: list[KeptDraft]
    attention: CaseAttention
    may_withdraw: bool
    may_reveal: bool
    may_hold: bool
    may_supervise: bool
    may_send: bool
    may_export: bool


def case_page(
    session: Session,
    actor: Actor,
    case: Case,
    *,
    reveal: bool = False,
    readers: Readers | None = None,
    newest: int | None = None,
) -> CasePage:
    """Return the page of a case that the actor may see.

    Args:
        session: Database session.
        actor: Who looks.
        case: The case.
        reveal: Whether personal data is shown in full; the caller has logged the look and its reason.
        readers: What the actor may read, where the caller has looked it up already.
        newest: How many of the newest events are told; all if not given.
    """
    pack = pack_of_case(session, case)
    definition = definition_of(session, case.process_version)
    items = items_of(session, case)
    clocks = _clocks(session, case)
    calendar = calendar_of(session, case)
    views = {c.work_item_id: clock_view(c, calendar) for c in clocks if c.work_item_id}
    readers = readers or Readers(session, actor, case)
    submissions = readers.submissions
    documents = _documents(session, case)
    rows = [document_row(document) for document in documents if readers.document(document)]
    papers = {row.id: (f"{row.title} {row.number or ''}".rstrip(), row.url) for row in rows}
    whole = next(
        (with_documents(clock_view(c, calendar), c, papers) for c in clocks if c.work_item_id is None), None
    )
    finished = not is_open(case)
    seen = case_attention(session, actor, case, [item.id for item in items if item.status == "open"])
    settings = settings_of(session, case.jurisdiction_id, pack)
    return CasePage(
        case=_head(session, case, pack),
        clock=whole,
        phases=phase_views(definition, case.trail, items, finished=finished),
        diagram={
            "url": f"{links.case(case.no)}/diagram.bpmn",
            "state": diagram_state(definition, case.trail, items, views),
        },
        steps=step_texts(pack, definition, case.trail, items),
        open_tasks=[
            _open_task(actor, case, i, views.get(i.id), seen.urges.get(i.id))
            for i in items
            if i.status == "open"
        ],
        timeline=timeline(session, case, {i.id: i for i in items}, {d.id: d for d in documents}, newest),
        event_count=event_count(session, case),
        materials=_materials(session, case, pack, readers),
        documents=rows,
        matrix=opinion_matrix(
            pack,
            items,
            {s.work_item_id: s for s in submissions},
            clocks,
            calendar=calendar,
            settings=settings,
        ),
        decisions=decision_views(session, case),
        submissions=_submissions(pack, submissions, items, reveal=reveal),
        drafts=kept_drafts(session, actor, pack, items),
        attention=seen,
        may_withdraw=case.status == "running"
        and case.decided_at is None
        and actor.agency_id == case.applicant_id
        and actor.may("case.start"),
        may_reveal=actor.may("personal.reveal"),
        may_hold=not finished and actor.may(HOLD) and _decides(session, actor, case),
        may_supervise=not finished and actor.may("case.supervise"),
        may_send=actor.may("task.act"),
        may_export=may_export(session, actor, case),
    )


def _decides(session: Session, actor: Actor, case: Case) -> bool:
    return deciding_agency(session, case).id == actor.agency_id


def _clocks(session: Session, case: Case) -> list[Clock]:
    return list(
        session.scalars(
            select(Clock)
            .where(Clock.case_id == case.id)
            .options(selectinload(Clock.pauses))
            .order_by(Clock.started_at, Clock.id)
        )
    )


def item_clock(session: Session, item: WorkItem) -> ClockView | None:
    """Return the clock of a work item, if it has one of its own."""
    clock = session.scalar(select(Clock).where(Clock.work_item_id == item.id))
    return clock_view(clock, calendar_of(session, item.case)) if clock else None


def _head(session: Session, case: Case, pack: Pack) -> CaseHead:
    label, tone = status_view(case)
    market, version = case.market, case.process_version
    definition = definition_of(session, version)
    return CaseHead(
        no=case.no,
        title=case.title,
        status=case.status,
        status_label=label,
        tone=tone,
        applicant=case.applicant.name,
        kind=case.kind or "",
        process_title=version.title,
        version_label=f"{version.title} 第 {version.version} 版",
        started_at=case.started_at,
        submitted_at=case.submitted_at,
        agency=deciding_agency(session, case).short,
        market=_market_link(market) if market else None,
        origin=case.origin.no if case.origin else None,
        basis=basis_views(pack, definition.properties.get("basis")),
        retention=case.retention,
        disclosure=case.disclosure,
        is_demo=case.is_demo,
        hold_reason=case.hold_reason if case.status in {"suspended", "terminated"} else None,
    )


def _market_link(market: Market) -> MarketLink:
    listed = market.status in ON_PAGE and market.no is not None
    return MarketLink(market.name, market.no, links.market(market.no or "") if listed else None)


def items_of(session: Session, case: Case) -> list[WorkItem]:
    """Return the steps that a case has reached, in the order in which they opened."""
    return list(
        session.scalars(
            select(WorkItem)
            .where(WorkItem.case_id == case.id)
            .options(
                joinedload(WorkItem.agency),
                joinedload(WorkItem.position),
                joinedload(WorkItem.claimed_by),
                joinedload(WorkItem.done_by),
                joinedload(WorkItem.done_for),
            )
            .order_by(WorkItem.opened_at, WorkItem.id)
        )
    )


def _documents(session: Session, case: Case) -> list[Document]:
    return list(
        session.scalars(
            select(Document)
            .where(Document.case_id == case.id)
            .options(joinedload(Document.agency))
            .order_by(Document.issued_at, Document.id)
        )
    )


def _open_task(
    actor: Actor, case: Case, item: WorkItem, clock: ClockView | None, urged: UrgeView | None
) -> OpenTaskRow:
    mine = item.position_id == actor.position_id
    others = not mine or item.claimed_by_id not in {None, actor.person_id}
    return OpenTaskRow(
        name=item.name,
        agency=item.agency.short,
        who=item.claimed_by.name if item.claimed_by else item.position.title,
        since=item.opened_at,
        clock=clock,
        url=links.work_item(case.no, item.id) if mine else None,
        mine=mine,
        id=item.id,
        urged=urged,
        may_urge=others and case.status == "running" and actor.may("task.act"),
    )


def _materials(session: Session, case: Case, pack: Pack, readers: Readers) -> list[FileView]:
    labels: dict[str, str] = {}
    for submission in readers.submissions:
        schema = form_of(pack, submission.form_key)
        for path, ids in forms.attachments_by_field(schema, submission.data).items():
            label = next((field.label for field in schema.fields if field.path == path), path)
            labels |= dict.fromkeys(ids, label)
    rows = session.scalars(
        select(Attachment)
        .where(Attachment.case_id == case.id)
        .order_by(Attachment.uploaded_at, Attachment.id)
    )
    return [
        file_view(row, field_label=labels.get(str(row.id), ""))
        for row in rows
        if str(row.id) in readers.files
    ]


def _nobody(item: WorkItem | None) -> str:
    """Return what is said where no person answered: the public did, or the system for one who was late."""
    return answered_by(item) if item is not None and item.done_by is None else "系统"


def _submissions(
    pack: Pack, submissions: Sequence[Submission], items: Sequence[WorkItem], *, reveal: bool
) -> list[SubmissionView]:
    names = {item.id: item for item in items}
    earlier: dict[str, dict[str, Any]] = {}
    views = []
    for submission in submissions:
        schema = form_of(pack, submission.form_key)
        values = forms.from_json(schema, forms.merge_personal(submission.data, submission.personal or {}))
        before = earlier.get(submission.form_key)
        item = names.get(submission.work_item_id) if submission.work_item_id else None
        views.append(
            SubmissionView(
                id=submission.id,
                step_name=item.name if item else schema.title,
                agency=item.agency.short if item else "",
                by=acting_name(submission.person, submission.for_person, nobody=_nobody(item)),
                at=submission.submitted_at,
                sections=forms.display(schema, values, reveal=reveal),
                changes=forms.diff(schema, before, values) if before is not None else [],
                has_personal=bool(submission.personal),
            )
        )
        earlier[submission.form_key] = values
    return views[::-1]
