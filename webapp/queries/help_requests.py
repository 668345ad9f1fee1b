"""权益求助 as the public sees it: the form to fill in, how far a request has come; never what was said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.core.clock import beijing_date
from webapp.core.crypto import keyed_digest
from webapp.core.errors import Missing
from webapp.models.case import Case
from webapp.models.help_request import HelpRequest
from webapp.queries.case_page import items_of
from webapp.queries.phases import phase_views
from webapp.queries.releases import (
    current_processes,
    definition_of,
    form_of,
    pack_of_release,
    why_none_starts,
)

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    import forms
    from webapp.engine import Step
    from webapp.models.release import ProcessVersion
    from webapp.queries.phases import PhaseView

CODE_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Signs of look-up codes: none that is taken for another when it is copied by hand."""
INTAKE = "intake"
"""Property of a process: its first step, if the public may answer it."""
_OVER = {"withdrawn": "已撤回", "terminated": "已终止"}


@dataclass(frozen=True, slots=True)
class Intake:
    """The procedure that takes requests, its first step and that step's form."""

    version: ProcessVersion
    step: Step
    schema: forms.FormSchema


@dataclass(frozen=True, slots=True)
class HelpStatus:
    """How far a request has come. Nothing in it tells who asked or what about."""

    no: str
    title: str
    agency: str
    phone: str
    received_on: date
    phases: list[PhaseView]
    state: str
    is_over: bool
    may_rate: bool


def intake_of(session: Session, jurisdiction_id: UUID) -> Intake:
    """Return what takes requests of the public in a jurisdiction.

    Raises:
        Missing: If nothing does.
    """
    found = find_intake(session, jurisdiction_id)
    if found is None:
        raise Missing("本地尚未开通网上求助，请直接联系市场所在的街道乡镇。")
    return found


def find_intake(session: Session, jurisdiction_id: UUID) -> Intake | None:
    """Return what takes requests of the public in a jurisdiction, if anything does."""
    for version in current_processes(session, jurisdiction_id):
        definition = definition_of(session, version)
        named = definition.properties.get(INTAKE)
        if named and not why_none_starts(session, version):
            step = definition.step(named)
            pack = pack_of_release(session, version.release_id)
            return Intake(version, step, form_of(pack, step.properties["form"]))
    return None


def code_digest(no: str, code: str) -> str:
    """Return what is kept of a look-up code."""
    return keyed_digest(f"{no}:{code}", "help_request.lookup")


def found_by(
    session: Session, jurisdiction_id: UUID, no: str, code: str, *, lock: bool = False
) -> HelpRequest | None:
    """Return the request of a number and its code; blanks and letter case do not count."""
    no, code = no.strip().upper(), "".join(code.split()).upper()
    query = (
        select(HelpRequest)
        .join(Case, Case.id == HelpRequest.case_id)
        .where(
            HelpRequest.jurisdiction_id == jurisdiction_id,
            Case.no == no,
            HelpRequest.code_hash == code_digest(no, code),
        )
    )
    query = query.with_for_update() if lock else query.options(joinedload(HelpRequest.case))
    return session.scalar(query.execution_options(populate_existing=lock))


def help_status(session: Session, found: HelpRequest) -> HelpStatus:
    """Return how far a request has come."""
    case = found.case
    definition = definition_of(session, case.process_version)
    items = items_of(session, case)
    over = case.status not in {"running", "suspended"}
    views = phase_views(definition, case.trail, items, finished=over)
    now = next((view.label for view in views if view.state == "current"), "")
    if case.status == "finished":
        state = f"已办结：{case.outcome_label or '办理完毕'}"
    else:
        state = _OVER.get(case.status) or ("暂停办理" if case.status == "suspended" else f"正在办理：{now}")
    return HelpStatus(
        no=case.no,
        title=case.process_version.title,
        agency=case.applicant.name,
        phone=case.market.public_phone or "" if case.market else "",
        received_on=beijing_date(case.started_at),
        phases=views,
        state=state,
        is_over=over,
        may_rate=case.status == "finished" and found.rating is None,
    )
