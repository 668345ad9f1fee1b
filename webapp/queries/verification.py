"""活证照: whether a document is genuine, and what its state is now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.models.document import Document

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from webapp.documents import Verification as SignatureFinding

_STATES = {
    "typeset": ("正在用印，请稍后再查", "warn"),
    "issued": ("有效", "ok"),
    "revoked": ("已撤销", "bad"),
    "superseded": ("已被新的公文替代", "warn"),
}
_MARKET_STATES = {
    "recognised": "已认定，在名录中",
    "refused": "未予认定",
    "proposed": "办理中",
    "dropped": "申请已撤回",
}


@dataclass(frozen=True, slots=True)
class Verification:
    """What the public is told of a document. No content, no personal data."""

    genuine: bool
    title: str
    number: str | None
    agency: str
    issued_at: datetime
    state_label: str
    tone: str
    sha256: str | None
    market: str | None
    looked_up_count: int
    is_demo: bool


def by_token(session: Session, token: str) -> Document | None:
    """Return the document behind a verification address."""
    return session.scalar(select(Document).where(Document.token == token))


def by_content(session: Session, sha256: str) -> Document | None:
    """Return the document whose sealed file has this hash."""
    return session.scalar(select(Document).where(Document.sha256 == sha256))


@dataclass(frozen=True, slots=True)
class FileVerification:
    """What checking a file found.

    Attributes:
        genuine: Its signature holds and leads to this installation.
        reason: The finding in one sentence.
        same_as_issued: Whether it is, byte for byte, a document that was issued here.
    """

    genuine: bool
    reason: str
    same_as_issued: bool


def file_verification(checked: SignatureFinding, document: Document | None) -> FileVerification:
    """Return what is told of a file that somebody holds."""
    if document is None and checked.trusted:
        reason = "签名有效，但本平台没有签发过与它完全相同的文件。"
    else:
        reason = checked.message
    return FileVerification(checked.trusted and document is not None, reason, document is not None)


def verification(document: Document) -> Verification:
    """Return what the public is told of a document."""
    label, tone = _STATES[document.status]
    market = document.case.market
    return Verification(
        genuine=True,
        title=document.title,
        number=document.number,
        agency=document.agency.name,
        issued_at=document.issued_at,
        state_label=label,
        tone=tone,
        sha256=document.sha256,
        market=f"{market.name}（{_MARKET_STATES[market.status]}）" if market else None,
        looked_up_count=document.look_ups,
        is_demo=document.case.is_demo,
    )
