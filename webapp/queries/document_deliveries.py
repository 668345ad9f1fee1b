"""送达: how documents were handed over, as pages and readers need it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.core.clock import beijing_date
from webapp.models.document import Document, DocumentDelivery
from webapp.queries import links

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery, with its 送达回证."""

    id: UUID
    way: str
    recipient: str
    receiver: str
    at: datetime
    remark: str
    recorded_by: str
    receipt_url: str
    proof_url: str | None


def deliveries_of(session: Session, document: Document) -> list[Delivery]:
    """Return how a document was delivered, the first delivery first."""
    rows = session.scalars(
        select(DocumentDelivery)
        .where(DocumentDelivery.document_id == document.id)
        .options(joinedload(DocumentDelivery.recorded_by))
        .order_by(DocumentDelivery.delivered_at, DocumentDelivery.id)
    )
    return [
        Delivery(
            id=row.id,
            way=row.way,
            recipient=row.recipient,
            receiver=row.receiver,
            at=row.delivered_at,
            remark=row.remark or "",
            recorded_by=f"{row.position_title} {row.recorded_by.name}",
            receipt_url=links.document(row.receipt_id),
            proof_url=links.attachment(row.proof_id) if row.proof_id else None,
        )
        for row in rows
    ]


def delivered_on(session: Session, document: Document) -> date | None:
    """Return the Beijing date on which a document was first delivered."""
    first = session.scalar(
        select(DocumentDelivery.delivered_at)
        .where(DocumentDelivery.document_id == document.id)
        .order_by(DocumentDelivery.delivered_at, DocumentDelivery.id)
        .limit(1)
    )
    return beijing_date(first) if first else None


def delivered_by(session: Session, proof_id: UUID) -> Document | None:
    """Return the document whose delivery a file proves, if it is a signed 送达回证."""
    return session.scalar(
        select(Document)
        .join(DocumentDelivery, DocumentDelivery.document_id == Document.id)
        .where(DocumentDelivery.proof_id == proof_id)
    )
