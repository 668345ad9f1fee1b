"""Who drafted, checked, reviewed and signed off a document: read off the steps of its case, never typed in.

A step says by its property `stage` what it is to the documents that its agency issues afterwards: `draft`
(拟稿), `review` (核稿) or `sign` (签发). Colleagues whose signature was asked for before one's own (前加签)
at such a step have checked the draft too. 保密审查 is the field `secrecy` of the form that signs off, or
else the mark `secrecy_checked` of the form before it, and 公开属性 the field `disclosure` of a form before
it; where no form says one, the template does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from webapp.models.work_item import Signing, Submission, WorkItem
from webapp.queries.names import acting_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from webapp.models.account import Agency
    from webapp.models.case import Case

DRAFT, REVIEW, SECRECY, DISCLOSURE, SIGN = "draft", "review", "secrecy", "disclosure", "sign"
APPROVE = "document.approve"
"""The right of those who sign documents off, in steps that do not say what they are."""
WITHHELD = "不予公开"
_CHECKED = "已审查"
_SETTLED = ("done", "carried", "presumed")


@dataclass(frozen=True, slots=True)
class Acted:
    """Somebody's part in a document.

    Attributes:
        who: Position and name.
        at: When, UTC-aware.
        text: What was said, if anything.
    """

    who: str
    at: datetime
    text: str = ""


def stages_of(session: Session, case: Case, agency: Agency, until: datetime) -> dict[str, Acted]:
    """Return who took which part in what an agency issued at an instant; parts nobody took are absent.

    A check or a signature counts only after the draft that it is about.
    """
    items = _items(session, case, agency, until)
    draft = _newest(items, DRAFT)
    began = draft.done_at if draft else None
    later = [item for item in items if began is None or (item.done_at is not None and item.done_at >= began)]
    sign = _newest(later, SIGN) or next((i for i in reversed(later) if APPROVE in i.position.rights), None)
    review = _newest(later, REVIEW)
    found = {DRAFT: _acted(draft), REVIEW: _acted(review) or _asked_before([draft, sign]), SIGN: _acted(sign)}
    secrecy = _stated(session, later, "secrecy") or _stated(session, later, "secrecy_checked")
    found[SECRECY] = secrecy
    withheld = secrecy is not None and secrecy.text == WITHHELD
    found[DISCLOSURE] = secrecy if withheld else _stated(session, later, "disclosure")
    return {key: acted for key, acted in found.items() if acted is not None}


def disclosure_of(session: Session, case: Case, agency: Agency, proposed: str) -> str | None:
    """Return the 公开属性 of a document that is issued now: as proposed, unless the 保密审查 withheld it."""
    said = session.scalar(
        select(Submission.data)
        .join(Submission.work_item)
        .where(
            Submission.case_id == case.id,
            WorkItem.agency_id == agency.id,
            WorkItem.status.in_(_SETTLED),
            WorkItem.properties["stage"].as_string() == SIGN,
        )
        .order_by(Submission.submitted_at.desc(), Submission.id.desc())
        .limit(1)
    )
    return WITHHELD if said is not None and said.get("secrecy") == WITHHELD else proposed or None


def _items(session: Session, case: Case, agency: Agency, until: datetime) -> list[WorkItem]:
    """Return the settled steps of an agency in a case, the newest last."""
    query = (
        select(WorkItem)
        .where(WorkItem.case_id == case.id, WorkItem.agency_id == agency.id, WorkItem.status.in_(_SETTLED))
        .options(
            joinedload(WorkItem.position),
            joinedload(WorkItem.done_by),
            joinedload(WorkItem.done_for),
            selectinload(WorkItem.signings).joinedload(Signing.person),
        )
        .order_by(WorkItem.done_at, WorkItem.id)
    )
    return [row for row in session.scalars(query) if row.done_at and row.done_at <= until]


def _newest(items: Sequence[WorkItem], stage: str) -> WorkItem | None:
    return next((item for item in reversed(items) if item.properties.get("stage") == stage), None)


def _acted(item: WorkItem | None) -> Acted | None:
    if item is None or item.done_at is None:
        return None
    name = acting_name(item.done_by, item.done_for)
    return Acted(f"{item.position.full_title} {name}", item.done_at, item.name)


def _asked_before(items: Sequence[WorkItem | None]) -> Acted | None:
    seats = [seat for item in items if item for seat in item.signings if seat.role == "before" and seat.holds]
    newest = max(seats, key=lambda seat: str(seat.signed_at), default=None)
    if newest is None or newest.signed_at is None:
        return None
    name = acting_name(newest.person, newest.for_person)
    return Acted(f"{newest.position.full_title} {name}", newest.signed_at, "前加签")


def _stated(session: Session, items: Sequence[WorkItem], field: str) -> Acted | None:
    """Return what was stated last in a field of the forms of some steps."""
    by_id = {item.id: item for item in items}
    rows = session.scalars(
        select(Submission)
        .where(Submission.work_item_id.in_(by_id))
        .order_by(Submission.submitted_at.desc(), Submission.id.desc())
    )
    for row in rows:
        said, item = row.data.get(field), by_id[row.work_item_id] if row.work_item_id else None
        acted = _acted(item) if said else None
        if acted is not None:
            return Acted(acted.who, row.submitted_at, _CHECKED if said is True else str(said))
    return None
