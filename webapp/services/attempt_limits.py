"""Attempts are counted by subject, such as an address; too many in a short time lock it for a while."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from webapp.core import clock
from webapp.core.crypto import keyed_digest
from webapp.core.errors import TooMany
from webapp.models.account import SignInLock
from webapp.services import accounts

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

_CONTEXT = "sign_in_lock"


def subject_of(kind: str, value: str) -> str:
    """Return the key under which attempts are counted: it does not tell the address or the name."""
    return keyed_digest(f"{kind}:{value}", _CONTEXT)


def locked_row(session: Session, subject: str) -> SignInLock:
    """Return the row of a subject, made if need be; the insert locks it, so that none can remove it."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    first = insert(SignInLock).values(subject=subject, failures=0, counted_from=clock.now())
    same = {"failures": SignInLock.failures}
    session.execute(first.on_conflict_do_update(index_elements=["subject"], set_=same))
    return session.get_one(SignInLock, subject, populate_existing=True)


def count(lock: SignInLock, limit: int) -> None:
    """Count within a window as long as the lock; the count begins anew after either."""
    window = timedelta(minutes=accounts.account_policy().lock_minutes)
    now = clock.now()
    if lock.counted_from + window <= now:
        lock.failures, lock.counted_from, lock.locked_until = 0, now, None
    lock.failures += 1
    if lock.failures >= limit:
        lock.failures, lock.counted_from, lock.locked_until = 0, now, now + window
    else:
        lock.locked_until = None


def note(session: Session, kind: str, address: str, limit: int) -> None:
    """Count one attempt from an address; the `limit`-th within the window locks the address for that kind."""
    count(locked_row(session, subject_of(kind, address)), limit)


def refuse_locked(session: Session, kind: str, address: str) -> None:
    """Refuse whoever comes from an address that is locked for a kind of attempt.

    Raises:
        TooMany: With the seconds until it is open again.
    """
    query = select(SignInLock.locked_until).where(SignInLock.subject == subject_of(kind, address))
    until = session.scalar(query)
    if until is not None and until > clock.now():
        seconds = seconds_until(until)
        raise TooMany(f"操作过于频繁，请 {-(-seconds // 60)} 分钟后再试。", retry_after=seconds)


def seconds_until(until: datetime) -> int:
    """Return the whole seconds until a lock ends, at least one."""
    return max(1, int((until - clock.now()).total_seconds()))
