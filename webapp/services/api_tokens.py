"""Keys for machines: each acts for one person in one position until it expires or is revoked."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.core import clock
from webapp.core.errors import Forbidden, Invalid, Missing
from webapp.models.account import ApiToken
from webapp.queries.actors import actor_of
from webapp.services import accounts
from webapp.services.events import record
from webapp.services.sign_in import SignedIn

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

MARK = "lgt_"
_BYTES = 32
_SHOWN = 10
_LONGEST_NAME = 60
_NOTE_EVERY = timedelta(minutes=5)


def create(session: Session, actor: Actor, *, name: str, days: int, longest_days: int = 365) -> str:
    """Make a token for oneself in one's present position; return its text, which is shown only now.

    Raises:
        Invalid: If it has no name or would live too long.
        Forbidden: If the position may not have tokens, or it is another's (代理).
    """
    if actor.for_person_id is not None:
        raise Forbidden("代理期间不能生成令牌：令牌只能用于本人的岗位。")
    if actor.person_id is None or actor.appointment_id is None:
        raise Forbidden("请先选择岗位。")
    if not 0 < len(name.strip()) <= _LONGEST_NAME:
        raise Invalid(f"请填写令牌用途，不超过 {_LONGEST_NAME} 字。", field="name")
    if not 1 <= days <= longest_days:
        raise Invalid(f"有效期为 1 至 {longest_days} 天。", field="days")
    text = MARK + secrets.token_urlsafe(_BYTES)
    token = ApiToken(
        jurisdiction_id=actor.jurisdiction_id,
        name=name.strip(),
        prefix=text[:_SHOWN],
        token_hash=_hash(text),
        person_id=actor.person_id,
        appointment_id=actor.appointment_id,
        expires_at=clock.now() + timedelta(days=days),
    )
    session.add(token)
    session.flush()
    record(session, "token.created", actor=actor, data={"token": str(token.id)})
    return text


def revoke(session: Session, actor: Actor, token_id: UUID) -> None:
    """End one of one's own tokens at once.

    Raises:
        Missing: If it is not one's own or has ended.
    """
    token = session.get(ApiToken, token_id)
    if token is None or token.person_id != actor.person_id or token.revoked_at is not None:
        raise Missing("没有找到该令牌，可能已经撤销。")
    token.revoked_at = clock.now()
    record(session, "token.revoked", actor=actor, data={"token": str(token_id)})


def holder(session: Session, text: str) -> SignedIn | None:
    """Return who a token acts for; `None` if it is unknown, ended, or its appointment has."""
    token = session.scalar(select(ApiToken).where(ApiToken.token_hash == _hash(text)))
    now = clock.now()
    if token is None or token.revoked_at is not None or token.expires_at <= now:
        return None
    person = token.person
    barred = not person.is_active or (person.is_demo and not accounts.account_policy().demo_people)
    if barred or not token.appointment.holds_on(clock.beijing_date(now)):
        return None
    return SignedIn(
        person_id=person.id,
        person_name=person.name,
        username=person.username,
        must_change_password=False,
        actor=actor_of(session, token.appointment_id),
        via="token",
        stale=token.last_used_at is None or now - token.last_used_at > _NOTE_EVERY,
    )


def note_use(session: Session, text: str) -> None:
    """Note that a token was used now."""
    token = session.scalar(select(ApiToken).where(ApiToken.token_hash == _hash(text)))
    if token is not None:
        token.last_used_at = clock.now()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
