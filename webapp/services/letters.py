"""Mail: what is to be sent, as text, and that it was sent. Sending itself is done outside any transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.core import clock
from webapp.core.clock import BEIJING
from webapp.models.notification import Notification
from webapp.queries.calendars import in_force
from webapp.queries.notifications import address_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

DIGEST_JOB = "notification.digest"
DIGEST_AT = time(8, 0)
"""Beijing time at which the digest of a working day is made."""
LONGEST_DIGEST = 200


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail.

    Attributes:
        to: Address.
        subject: Its subject.
        text: Its body, plain text.
        key: The same for every attempt, so that a receiver can tell a repetition.
        ids: The notifications that it tells of.
    """

    to: str
    subject: str
    text: str
    key: str
    ids: tuple[UUID, ...]


def single(session: Session, notification_id: UUID, public_url: str) -> Letter | None:
    """Return the mail of one notification, or nothing if it was sent or is no longer wanted."""
    rows = _rows(session, Notification.id == notification_id, Notification.mail == "waiting")
    if not rows or not rows[0].person.email:
        return None
    row = rows[0]
    text = f"{row.text}\n\n{public_url.rstrip('/')}{address_of(row)}\n"
    return Letter(row.person.email or "", row.title, text, str(row.id), (row.id,))


def digest(session: Session, person_id: UUID, public_url: str) -> Letter | None:
    """Return the mail that gathers what a person asked to be told once a day, the oldest first."""
    rows = _rows(session, Notification.person_id == person_id, Notification.mail == "digest")
    if not rows or not rows[0].person.email:
        return None
    lines = [f"{n}. {row.title}\n   {row.text}" for n, row in enumerate(rows, start=1)]
    text = "\n".join(lines) + f"\n\n{public_url.rstrip('/')}/notifications\n"
    key = f"{person_id}:{rows[-1].id}"
    return Letter(
        rows[0].person.email or "", f"今日消息汇总（{len(rows)} 条）", text, key, tuple(r.id for r in rows)
    )


def due_digests(session: Session) -> Sequence[UUID]:
    """Return who is to get a digest now: on a working day, once its hour has come."""
    now = clock.now().astimezone(BEIJING)
    hour = datetime.combine(now.date(), DIGEST_AT, BEIJING)
    if now < hour:
        return []
    waiting = select(Notification.jurisdiction_id, Notification.person_id).where(
        Notification.mail == "digest", Notification.created_at < hour
    )
    return [
        person_id
        for jurisdiction_id, person_id in session.execute(waiting.distinct()).all()
        if in_force(session, jurisdiction_id)[1].is_workday(now.date())
    ]


def note_sent(session: Session, letter: Letter) -> None:
    """Note that a mail was handed over."""
    for row in session.scalars(select(Notification).where(Notification.id.in_(letter.ids))):
        row.mail, row.mailed_at = "sent", clock.now()


def _rows(session: Session, *wanted: ColumnElement[bool]) -> Sequence[Notification]:
    query = select(Notification).where(*wanted).order_by(Notification.created_at, Notification.id)
    shown = (
        joinedload(Notification.person),
        joinedload(Notification.case),
        joinedload(Notification.work_item),
    )
    return session.scalars(query.options(*shown).limit(LONGEST_DIGEST)).all()
