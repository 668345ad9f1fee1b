"""What people do with a case, each act in a transaction of its own, and what one then sees of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from tests.factories import filings
from webapp.core.errors import Forbidden, Invalid  # noqa: F401
from webapp.models.case import Case, CaseParty  # noqa: F401
from webapp.models.clock import Clock
from webapp.models.decision import Decision  # noqa: F401
from webapp.models.document import Attachment, Document, NumberSeries  # noqa: F401
from webapp.models.event import Event
from webapp.models.market import Operator  # noqa: F401
from webapp.models.release import SettingValue
from webapp.models.work_item import Draft, Signing, Submission, WorkItem  # noqa: F401
from webapp.queries import case_page as pages
from webapp.queries.work_forms import form_context  # noqa: F401
from webapp.services import attachments, cases, people, work_items  # noqa: F401
from webapp.services import documents as document_services  # noqa: F401
from webapp.uow import read_only, unit_of_work
from webapp.worker import make_worker

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask

    from webapp.models.market import Market
    from webapp.queries.case_page import CasePage

BUREAU = "renshe"


def act(
    case_id: UUID,
    username: str,
    element_id: str,
    values: dict[str, Any],
    *,
    position: str | None = None,
    files: dict[str, list[str]] | None = None,
    **more: Any,
) -> UUID:
    """Complete or sign the open work item of a step; return its id."""
    with unit_of_work() as session:
        who = filings.actor(session, username, position)
        named = filings.files(session, who, files) if files else {}
        case = session.get_one(Case, case_id)
        return filings.complete(session, who, case, element_id, values | named, **more).id


def review_papers(case_id: UUID) -> None:
    """Let the section's chief pass what the clerk's decision puts out."""
    act(case_id, "renshe-kz", "paper_review", filings.content("market")["paper_review"])


def start(kind: str = "market") -> UUID:
    """Let a township begin a case; return its id."""
    with unit_of_work() as session:
        return filings.started(session, kind).id


def withdraw(case_id: UUID, username: str, reason: str = "选址有变，重新研究") -> None:
    """Let somebody take a case back."""
    with unit_of_work() as session:
        cases.withdraw(
            session, filings.actor(session, username, "clerk"), session.get_one(Case, case_id), reason=reason
        )


def choose(**settings: Any) -> None:
    """Let the office decide otherwise than the pack does by default."""
    with unit_of_work() as session:
        jurisdiction_id = filings.agency(session, "hrss").jurisdiction_id
        for key, value in settings.items():
            session.add(SettingValue(jurisdiction_id=jurisdiction_id, key=key, value=value))


def work(app: Flask) -> int:
    """Let the worker do everything that is due; return how much it was."""
    return make_worker(app).run_until_idle()


def case_of(case_id: UUID) -> Case:
    """Return a case as it lies in the database, its market with it."""
    with read_only() as session:
        case = session.get_one(Case, case_id)
        assert case.market is None or case.market.status
        return case


def market_of(case_id: UUID) -> Market:
    """Return the market of a case."""
    market = case_of(case_id).market
    assert market is not None
    return market


def open_steps(case_id: UUID) -> set[str]:
    """Return the steps that wait."""
    with read_only() as session:
        return filings.open_steps(session, case_id)


def items(case_id: UUID, element_id: str | None = None) -> list[WorkItem]:
    """Return the work items of a case, or of one of its steps, in the order of their opening."""
    with read_only() as session:
        query = select(WorkItem).where(WorkItem.case_id == case_id).order_by(WorkItem.opened_at, WorkItem.id)
        return [row for row in session.scalars(query) if element_id in {None, row.element_id}]


def documents(case_id: UUID) -> list[Document]:
    """Return the documents of a case in the order of their issue."""
    with read_only() as session:
        query = (
            select(Document)
            .where(Document.case_id == case_id)
            .options(undefer(Document.outline))
            .order_by(Document.id)
        )
        return list(session.scalars(query))


def clock_of(case_id: UUID) -> Clock:
    """Return the clock of the whole case, its pauses with it."""
    with read_only() as session:
        query = select(Clock).where(Clock.case_id == case_id, Clock.work_item_id.is_(None))
        clock = session.scalars(query).one()
        assert clock.pauses is not None
        return clock


def events(case_id: UUID, kind: str | None = None) -> list[Event]:
    """Return what was recorded of a case, in order."""
    with read_only() as session:
        query = select(Event).where(Event.case_id == case_id).order_by(Event.seq)
        return [row for row in session.scalars(query) if kind in {None, row.kind}]


def submission(case_id: UUID, form_key: str) -> Submission:
    """Return the newest submission of a form."""
    with read_only() as session:
        query = (
            select(Submission)
            .where(Submission.case_id == case_id, Submission.form_key == form_key)
            .order_by(Submission.id.desc())
        )
        return session.scalars(query.limit(1)).one()


def page(case_id: UUID, username: str = BUREAU) -> CasePage:
    """Return the page of a case as somebody sees it."""
    with read_only() as session:
        case = session.get_one(Case, case_id)
        return pages.case_page(session, filings.actor(session, username), case)
