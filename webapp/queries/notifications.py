"""What a person has been told, and how they want to be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import joinedload

from webapp.core.errors import Missing
from webapp.models.account import Person
from webapp.models.notification import Notification, NotificationChoice, Webhook
from webapp.queries import links
from webapp.queries.paging import PAGE_SIZE, Page, page_of
from webapp.queries.settings import pack_in_force

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.packs import NoticeSpec
    from webapp.queries.actors import Actor


@dataclass(frozen=True, slots=True)
class Wish:
    """How a person wants to hear of one kind of event."""

    kind: str
    label: str
    page: bool
    mail: str


def wishes(session: Session, person_id: UUID, notices: Mapping[str, NoticeSpec]) -> list[Wish]:
    """Return, for every kind of notice, what the person chose, or else its default."""
    rows = session.scalars(select(NotificationChoice).where(NotificationChoice.person_id == person_id))
    chosen = {row.kind: row for row in rows}
    return [
        Wish(
            kind,
            spec.label,
            page=chosen[kind].page if kind in chosen else True,
            mail=chosen[kind].mail if kind in chosen else spec.mail,
        )
        for kind, spec in notices.items()
    ]


@dataclass(frozen=True, slots=True)
class ChoicesView:
    """The page of 消息设置."""

    wishes: list[Wish]
    email: str


def choices_view(session: Session, actor: Actor) -> ChoicesView:
    """Return how a person wants to be told, and where their mail goes."""
    notices = notices_in_force(session, actor.jurisdiction_id)
    person = session.get_one(Person, actor.person)
    return ChoicesView(wishes(session, person.id, notices), person.email or "")


@dataclass(frozen=True, slots=True)
class NotificationRow:
    """One line of 消息."""

    id: UUID
    title: str
    text: str
    at: datetime
    unread: bool
    url: str


def notifications(session: Session, actor: Actor, number: int, *, unread: bool) -> Page[NotificationRow]:
    """Return what a person was told, the newest first."""
    mine = [*_mine(actor)]
    if unread:
        mine.append(Notification.read_at.is_(None))
    total = session.scalar(select(func.count(Notification.id)).where(*mine)) or 0
    rows = session.scalars(
        select(Notification)
        .where(*mine)
        .options(
            joinedload(Notification.case), joinedload(Notification.work_item), joinedload(Notification.event)
        )
        .order_by(Notification.created_at.desc(), Notification.id.desc())
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    shown = [
        NotificationRow(
            row.id, row.title, row.text, row.created_at, unread=row.read_at is None, url=address_of(row)
        )
        for row in rows
    ]
    return page_of(shown, total, number, {"unread": "1"} if unread else {})


def unread_total(actor: Actor) -> ScalarSelect[int]:
    """Return the count of what a person has not read, as part of a larger query."""
    unread = select(func.count(Notification.id)).where(*_mine(actor), Notification.read_at.is_(None))
    return unread.scalar_subquery()


def address(session: Session, actor: Actor, notification_id: UUID) -> str:
    """Return where one of a person's notifications leads to."""
    row = session.scalar(select(Notification).where(*_mine(actor), Notification.id == notification_id))
    return address_of(row) if row else links.NOTIFICATIONS


def address_of(row: Notification) -> str:
    """Return where a notification leads to."""
    if row.case is None:
        draft = row.event.data.get("draft")
        return links.draft(draft) if draft else links.NOTIFICATIONS
    if row.work_item is not None and row.work_item.status == "open":
        return links.work_item(row.case.no, row.work_item.id)
    return links.case(row.case.no)


def notices_in_force(session: Session, jurisdiction_id: UUID) -> Mapping[str, NoticeSpec]:
    """Return the notices of the pack under which cases start today; none, where no pack is in force."""
    try:
        return pack_in_force(session, jurisdiction_id).notices
    except Missing:
        return {}


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """One system that is told of events."""

    id: UUID
    name: str
    url: str
    kinds: list[str]
    active: bool
    last_status: str | None
    last_sent_at: datetime | None


def webhooks(session: Session, actor: Actor) -> list[WebhookRow]:
    """Return the systems that are, or were, told of a jurisdiction's events."""
    labels = {kind: spec.label for kind, spec in notices_in_force(session, actor.jurisdiction_id).items()}
    rows = session.scalars(
        select(Webhook)
        .where(Webhook.jurisdiction_id == actor.jurisdiction_id)
        .order_by(Webhook.is_active.desc(), Webhook.created_at, Webhook.id)
    )
    return [
        WebhookRow(
            row.id,
            row.name,
            row.url,
            [labels.get(kind, kind) for kind in row.kinds],
            active=row.is_active,
            last_status=row.last_status,
            last_sent_at=row.last_sent_at,
        )
        for row in rows
    ]


def _mine(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        Notification.person_id == actor.person_id,
        Notification.jurisdiction_id == actor.jurisdiction_id,
        Notification.on_page.is_(True),
    )
