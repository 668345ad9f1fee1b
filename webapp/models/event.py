"""History: append-only, and chained by hash within a jurisdiction."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import DDL, ForeignKey, Index, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.identifiers import uuid7
from webapp.models.base import Base
from webapp.models.types import JSONDoc

if TYPE_CHECKING:
    from sqlalchemy import Row

_FORMAT = 1


class Event(Base):
    """What happened. Never changed, never deleted; the database itself refuses both.

    Holds no personal data: people by id, their names as keyed digests. Erasing a
    person's name elsewhere therefore leaves the chain whole.
    """

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "seq"),
        Index("ix_event_case", "case_id", "seq"),
        Index("ix_event_market", "market_id", "seq"),
        Index("ix_event_actor", "actor_person_id", "at"),
        Index("ix_event_kind", "jurisdiction_id", "kind", "seq"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    jurisdiction_id: Mapped[UUID] = mapped_column(ForeignKey("jurisdiction.id"))
    seq: Mapped[int]
    """1, 2, 3, … within the jurisdiction, without gaps."""
    at: Mapped[datetime]
    kind: Mapped[str]
    """Past tense key, such as `case.started`."""
    actor_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """`None` when the system acted by itself."""
    actor_name_digest: Mapped[str | None]
    position_title: Mapped[str | None]
    """The actor's agency and position in words, as they were at that moment."""
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"))
    market_id: Mapped[UUID | None] = mapped_column(ForeignKey("market.id"))
    work_item_id: Mapped[UUID | None] = mapped_column(ForeignKey("work_item.id"))
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("document.id"))
    data: Mapped[dict[str, Any]] = mapped_column(JSONDoc, default=dict)
    prev_hash: Mapped[str]
    hash: Mapped[str]


class ChainHead(Base):
    """The last link of a jurisdiction's chain; its lock is the last one that a transaction takes."""

    __tablename__ = "chain_head"

    jurisdiction_id: Mapped[UUID] = mapped_column(ForeignKey("jurisdiction.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str]
    seal: Mapped[str]
    """Keyed digest of `seq` and `hash`: whoever holds the database but not the keys cannot forge it."""


class ChainCheck(Base):
    """What the last walk along a jurisdiction's chain found; the next one writes over it."""

    __tablename__ = "chain_check"

    jurisdiction_id: Mapped[UUID] = mapped_column(ForeignKey("jurisdiction.id"), primary_key=True)
    checked_at: Mapped[datetime]
    up_to: Mapped[int]
    """Number of the last link that was there."""
    breaks: Mapped[list[dict[str, Any]]] = mapped_column(JSONDoc, default=list)
    """`{"seq": …, "reason": …}` for each place where the chain does not hold."""


_SQLITE_REFUSES = "BEGIN SELECT RAISE(ABORT, 'event is append-only'); END"
_POSTGRESQL_REFUSES = """CREATE FUNCTION event_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'event is append-only'; END $$"""
_REFUSE = "EXECUTE FUNCTION event_append_only()"

APPEND_ONLY = {
    "sqlite": (
        f"CREATE TRIGGER event_no_update BEFORE UPDATE ON event {_SQLITE_REFUSES}",
        f"CREATE TRIGGER event_no_delete BEFORE DELETE ON event {_SQLITE_REFUSES}",
    ),
    "postgresql": (
        _POSTGRESQL_REFUSES,
        f"CREATE TRIGGER event_no_change BEFORE UPDATE OR DELETE ON event FOR EACH ROW {_REFUSE}",
        f"CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON event FOR EACH STATEMENT {_REFUSE}",
    ),
}
"""Statements that make the table append-only, by dialect; migrations repeat them."""

for _dialect, _statements in APPEND_ONLY.items():
    for _statement in _statements:
        _ddl = DDL(_statement)  # type: ignore[no-untyped-call]
        event.listen(Event.__table__, "after_create", _ddl.execute_if(dialect=_dialect))


def digest(happened: Event | Row[Any]) -> str:
    """Return the SHA-256 of an event's canonical form, its predecessor's hash included."""
    form = canonical(happened)
    text = json.dumps(form, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(happened: Event | Row[Any]) -> dict[str, Any]:
    """Return what of an event its hash is made of."""
    return {
        "format": _FORMAT,
        "id": str(happened.id),
        "jurisdiction": str(happened.jurisdiction_id),
        "seq": happened.seq,
        "at": happened.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "kind": happened.kind,
        "actor": _text(happened.actor_person_id),
        "actor_name": happened.actor_name_digest,
        "position": happened.position_title,
        "case": _text(happened.case_id),
        "market": _text(happened.market_id),
        "work_item": _text(happened.work_item_id),
        "document": _text(happened.document_id),
        "data": happened.data,
        "prev": happened.prev_hash,
    }


def _text(key: UUID | None) -> str | None:
    return None if key is None else str(key)
