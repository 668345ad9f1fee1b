"""Notifications: what a person is told, and by which ways they want to be told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.account import Person
from webapp.models.base import Base, InJurisdiction, Row
from webapp.models.case import Case
from webapp.models.event import Event
from webapp.models.types import EncryptedText, JSONDoc
from webapp.models.work_item import WorkItem


class Notification(Row, InJurisdiction, Base):
    """消息: one thing told to one person."""

    __tablename__ = "notification"
    __table_args__ = (
        Index("ix_notification_unread", "person_id", "read_at", "created_at"),
        Index("ix_notification_mail", "mail"),
        UniqueConstraint("person_id", "event_id"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]
    """What happened: `work_item.opened`, `clock.warning`, `case.urged`, …"""
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"))
    work_item_id: Mapped[UUID | None] = mapped_column(ForeignKey("work_item.id"))
    title: Mapped[str] = mapped_column(EncryptedText("notification.title"))
    text: Mapped[str] = mapped_column(EncryptedText("notification.text"))
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    """What happened; it is told to the same person once."""
    on_page: Mapped[bool] = mapped_column(default=True)
    read_at: Mapped[datetime | None]
    mail: Mapped[str] = mapped_column(default="none")
    """`none`, `waiting`, `digest`, `sent` or `failed`."""
    mailed_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    case: Mapped[Case | None] = relationship()
    work_item: Mapped[WorkItem | None] = relationship()
    event: Mapped[Event] = relationship()


class NoticeCursor(Base):
    """How far a jurisdiction's history has been read for notices. Each event is read once."""

    __tablename__ = "notice_cursor"

    jurisdiction_id: Mapped[UUID] = mapped_column(ForeignKey("jurisdiction.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)


class NotificationChoice(Base):
    """How one person wants to hear of one kind of event; without a row the kind's default holds."""

    __tablename__ = "notification_choice"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    page: Mapped[bool]
    mail: Mapped[str]
    """`none`, `now` or `digest`."""


class Webhook(Row, InJurisdiction, Base):
    """An address of another system that is told of events, signed with a shared secret."""

    __tablename__ = "webhook"

    name: Mapped[str]
    url: Mapped[str]
    secret: Mapped[str] = mapped_column(EncryptedText("webhook.secret"))
    kinds: Mapped[list[str]] = mapped_column(JSONDoc)
    is_active: Mapped[bool] = mapped_column(default=True)
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    last_status: Mapped[str | None]
    last_sent_at: Mapped[datetime | None]
