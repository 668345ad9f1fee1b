"""Notices follow history: each event is read once, and whoever it concerns is told.

Reading afterwards costs the officer who acts nothing, and cannot tell of what was rolled back.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from webapp.core import clock as time
from webapp.core.errors import Invalid, Missing
from webapp.models.account import Person
from webapp.models.event import ChainHead, Event
from webapp.models.notification import NoticeCursor, Notification, NotificationChoice
from webapp.packs.notices import MAIL
from webapp.queries.notices import concerned, subject_of, words_of
from webapp.queries.notifications import notices_in_force, wishes
from webapp.services import jobs, webhooks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.packs import NoticeSpec
    from webapp.queries.actors import Actor

FOLLOW_JOB = "notices.follow"
MAIL_JOB = "notification.mail"
BATCH = 200
_WAYS = {"none": "none", "now": "waiting", "digest": "digest"}
_ADDRESS = re.compile(r"[^@\s<>\",;:]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")


def behind(session: Session) -> Sequence[UUID]:
    """Return the jurisdictions in whose history something happened that nobody was told of yet."""
    cursor = (NoticeCursor, NoticeCursor.jurisdiction_id == ChainHead.jurisdiction_id)
    query = select(ChainHead.jurisdiction_id).outerjoin(*cursor)
    return session.scalars(query.where(ChainHead.seq > func.coalesce(NoticeCursor.seq, 0))).all()


def follow(session: Session, jurisdiction_id: UUID) -> int:
    """Read on in a jurisdiction's history and tell people of what concerns them.

    Returns:
        How many notifications were made.
    """
    cursor = _locked_cursor(session, jurisdiction_id)
    events = session.scalars(
        select(Event)
        .where(Event.jurisdiction_id == jurisdiction_id, Event.seq > cursor.seq)
        .order_by(Event.seq)
        .limit(BATCH)
    ).all()
    if not events:
        return 0
    notices = notices_in_force(session, jurisdiction_id)
    told = sum(_tell(session, event, notices[event.kind]) for event in events if event.kind in notices)
    webhooks.pass_on(session, jurisdiction_id, events)
    cursor.seq = events[-1].seq
    return told


def _locked_cursor(session: Session, jurisdiction_id: UUID) -> NoticeCursor:
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    first = insert(NoticeCursor).values(jurisdiction_id=jurisdiction_id, seq=0)
    session.execute(first.on_conflict_do_nothing())
    query = select(NoticeCursor).where(NoticeCursor.jurisdiction_id == jurisdiction_id)
    return session.scalars(query.with_for_update()).one()


def _tell(session: Session, event: Event, spec: NoticeSpec) -> int:
    subject = subject_of(session, event)
    people = concerned(session, spec, subject)
    if not people:
        return 0
    title, text = spec.fill(words_of(session, subject))
    told = 0
    for person in people:
        (wish,) = wishes(session, person.id, {event.kind: spec})
        mail = _WAYS[wish.mail] if person.email else "none"
        if wish.page or mail != "none":
            row = _notification(event, person, on_page=wish.page, mail=mail)
            row.title, row.text = title, text
            _keep(session, row)
            told += 1
    return told


def _notification(event: Event, person: Person, *, on_page: bool, mail: str) -> Notification:
    return Notification(
        jurisdiction_id=event.jurisdiction_id,
        person_id=person.id,
        kind=event.kind,
        case_id=event.case_id,
        work_item_id=event.work_item_id,
        event_id=event.id,
        on_page=on_page,
        mail=mail,
    )


def _keep(session: Session, row: Notification) -> None:
    session.add(row)
    session.flush()
    if row.mail == "waiting":
        jobs.enqueue(session, MAIL_JOB, {"id": str(row.id)}, jurisdiction_id=row.jurisdiction_id)


def mark_read(session: Session, actor: Actor, notification_id: UUID | None = None) -> int:
    """Mark one notification of the actor as read, or all of them; return how many were unread.

    Raises:
        Missing: If there is no such notification of theirs.
    """
    mine = [Notification.person_id == actor.person, Notification.jurisdiction_id == actor.jurisdiction_id]
    if notification_id is not None:
        mine.append(Notification.id == notification_id)
        if session.scalar(select(Notification.id).where(*mine)) is None:
            raise Missing("没有找到这条消息。")
    unread = update(Notification).where(*mine, Notification.read_at.is_(None))
    done: Any = session.execute(unread.values(read_at=time.now()))
    return int(done.rowcount)


def choose(session: Session, actor: Actor, wanted: Mapping[str, tuple[bool, str]], email: str) -> None:
    """Keep how a person wants to be told.

    Args:
        session: The open unit of work.
        actor: Whose wishes they are.
        wanted: By kind of event: whether it shows among the notifications, and one of `MAIL`.
        email: Where mail goes to; empty for none.

    Raises:
        Invalid: If the address cannot be one, or a kind or way is unknown.
    """
    email = email.strip()
    if email and not _ADDRESS.fullmatch(email):
        raise Invalid("电子邮箱写法不对，应如 name@example.gov.cn。", field="email")
    known = notices_in_force(session, actor.jurisdiction_id)
    rows = {
        row.kind: row
        for row in session.scalars(
            select(NotificationChoice).where(NotificationChoice.person_id == actor.person)
        )
    }
    for kind, (page, mail) in wanted.items():
        if kind not in known or mail not in MAIL:
            raise Invalid("没有这种消息，请刷新后重试。", field=kind)
        row = rows.get(kind) or NotificationChoice(person_id=actor.person, kind=kind)
        row.page, row.mail = page, mail
        session.add(row)
    session.get_one(Person, actor.person).email = email or None
