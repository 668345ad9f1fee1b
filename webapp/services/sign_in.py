"""Signing in and out: server-side sessions, locks after failures, the position one acts in."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import joinedload

from webapp.core import clock
from webapp.core.errors import Missing
from webapp.models.account import Appointment, LoginSession, Person, Position, SignInLock
from webapp.queries.actors import Actor, actor_of
from webapp.queries.substitutions import standing_actor
from webapp.services import accounts, attempt_limits
from webapp.services.events import record

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

_TOKEN_BYTES = 32
_TOUCH_AFTER = timedelta(seconds=60)
_LONGEST_AGENT = 200
_KEPT = timedelta(days=180)
_LOCKS_KEPT = timedelta(days=1)
WRONG = "用户名或密码不正确。"


@dataclass(frozen=True)
class SignedIn:
    """Who a request comes from.

    Attributes:
        actor: The person in the present position; `None` if the person holds none.
        via: `session` for a browser, `token` for a machine.
        stale: The session should be noted as seen (`touch`).
    """

    person_id: UUID
    person_name: str = field(repr=False)
    username: str
    must_change_password: bool
    actor: Actor | None
    session_id: UUID | None = None
    via: Literal["session", "token"] = "session"
    stale: bool = False

    def may(self, right: str) -> bool:
        """Tell whether the present position carries a right."""
        return self.actor is not None and self.actor.may(right)


@dataclass(frozen=True)
class Attempt:
    """An attempt to sign in, the password already compared; `admit` decides on it."""

    username: str
    address: str
    person_id: UUID | None
    fits: bool
    outdated_hash: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Admission:
    """The answer to an attempt.

    Attributes:
        token: Goes into the cookie and nowhere else; `None` if refused.
        message: Why it was refused, a sentence for the person.
        retry_after: Seconds until a lock ends, if it is one.
    """

    token: str | None = field(default=None, repr=False)
    message: str = ""
    retry_after: int | None = None


def examine(session: Session, username: str, password: str, *, address: str) -> Attempt:
    """Compare a password. It writes nothing and is slow on purpose, so no write lock need be held.

    Takes as long for names that do not exist.
    """
    username = username.strip().lower()
    person = session.scalar(select(Person).where(Person.username == username))
    if person is not None and not _may_enter(person):
        person = None
    fits = accounts.password_fits(person.password_hash if person else None, password)
    outdated = fits and person is not None and accounts.hash_is_outdated(person.password_hash)
    return Attempt(
        username=username,
        address=address,
        person_id=person.id if person else None,
        fits=fits,
        outdated_hash=accounts.hash_password(password) if outdated else None,
    )


def admit(
    session: Session, attempt: Attempt, *, user_agent: str = "", previous_token: str | None = None
) -> Admission:
    """Decide on an attempt: open a session, or count the failure. Commit either way.

    A session that the browser already had ends, so that nobody can plant one.
    """
    policy = accounts.account_policy()
    limits = {
        attempt_limits.subject_of("account", attempt.username): policy.account_failures,
        attempt_limits.subject_of("address", attempt.address): policy.address_failures,
    }
    locks = [(attempt_limits.locked_row(session, subject), limits[subject]) for subject in sorted(limits)]
    barred = [lock.locked_until for lock, _ in locks if lock.locked_until and lock.locked_until > clock.now()]
    if barred:
        return _refusal(max(barred))
    person = session.get(Person, attempt.person_id) if attempt.person_id else None
    if not attempt.fits or person is None:
        for lock, limit in locks:
            attempt_limits.count(lock, limit)
        _record_failure(session, person)
        until = [lock.locked_until for lock, _ in locks if lock.locked_until]
        return _refusal(max(until)) if until else Admission(message=WRONG)
    for lock, _ in locks:
        if lock.subject == attempt_limits.subject_of("account", attempt.username):
            lock.failures, lock.locked_until = 0, None
    if attempt.outdated_hash:
        person.password_hash = attempt.outdated_hash
    if previous_token:
        sign_out(session, previous_token)
    return Admission(token=_open(session, person, attempt.address, user_agent))


def signed_in(session: Session, token: str) -> SignedIn | None:
    """Return who holds a cookie's token; `None` if the session ended, expired or idled out."""
    position = joinedload(LoginSession.appointment).joinedload(Appointment.position)
    whole = (joinedload(LoginSession.person), position.joinedload(Position.agency))
    found = session.scalar(
        select(LoginSession).where(LoginSession.token_hash == _hash(token)).options(*whole)
    )
    now, policy = clock.now(), accounts.account_policy()
    if found is None or found.revoked_at is not None or found.expires_at <= now:
        return None
    if found.last_seen_at + timedelta(minutes=policy.session_idle_minutes) <= now:
        return None
    person = found.person
    if not _may_enter(person):
        return None
    return SignedIn(
        person_id=person.id,
        person_name=person.name,
        username=person.username,
        must_change_password=person.must_change_password,
        actor=_present_actor(session, found),
        session_id=found.id,
        stale=now - found.last_seen_at > _TOUCH_AFTER,
    )


def touch(session: Session, session_id: UUID) -> None:
    """Note that a session was seen now, which keeps it from idling out."""
    found = session.get(LoginSession, session_id)
    if found is not None:
        found.last_seen_at = clock.now()


def choose_position(session: Session, who: SignedIn, appointment_id: UUID) -> Actor:
    """Act in another of one's positions from now on.

    Raises:
        Missing: If the person does not hold that appointment today.
    """
    held = {held.id for held in accounts.appointments_in_force(session, who.person_id)}
    if appointment_id not in held or who.session_id is None:
        raise Missing("没有找到该任职，可能已经到期。")
    opened = session.get_one(LoginSession, who.session_id)
    opened.appointment_id = appointment_id
    opened.substitution_id = opened.for_appointment_id = None
    actor = actor_of(session, appointment_id)
    record(session, "position.chosen", actor=actor)
    return actor


def stand_in(session: Session, who: SignedIn, substitution_id: UUID, appointment_id: UUID) -> Actor:
    """Act for another person (代) in one of their positions from now on; one's own position is kept.

    Args:
        session: Database session.
        who: Who is signed in.
        substitution_id: The substitution under which they act.
        appointment_id: The appointment of the absent person in whose position they act.

    Raises:
        Missing: If the substitution does not hold today, or does not cover that position.
    """
    actor = standing_actor(
        session, substitute_id=who.person_id, substitution_id=substitution_id, appointment_id=appointment_id
    )
    if actor is None or who.session_id is None:
        raise Missing("没有找到这项代理，可能已经到期或撤销。")
    opened = session.get_one(LoginSession, who.session_id)
    opened.substitution_id, opened.for_appointment_id = substitution_id, appointment_id
    record(session, "position.chosen", actor=actor)
    return actor


def sign_out(session: Session, token: str) -> None:
    """End the session of a cookie's token, if it is open."""
    found = session.scalar(select(LoginSession).where(LoginSession.token_hash == _hash(token)))
    if found is not None and found.revoked_at is None:
        found.revoked_at = clock.now()
        if found.appointment_id is not None:
            record(session, "person.signed_out", actor=actor_of(session, found.appointment_id))


def revoke_session(session: Session, who: SignedIn, session_id: UUID) -> None:
    """End one of one's own sessions.

    Raises:
        Missing: If it is not one's own or has ended.
    """
    found = session.get(LoginSession, session_id)
    if found is None or found.person_id != who.person_id or found.revoked_at is not None:
        raise Missing("没有找到该登录会话，可能已经结束。")
    found.revoked_at = clock.now()
    if who.actor is not None:
        record(session, "session.revoked", actor=who.actor, data={"session": str(session_id)})


def forgettable(session: Session, limit: int = 500) -> list[UUID]:
    """Return sessions that ended so long ago that nobody need know their addresses any more."""
    before = clock.now() - _KEPT
    return list(session.scalars(select(LoginSession.id).where(LoginSession.expires_at < before).limit(limit)))


def forget(session: Session, session_id: UUID) -> None:
    """Remove a session that ended, with the address in it."""
    session.execute(delete(LoginSession).where(LoginSession.id == session_id))


def old_locks(session: Session, limit: int = 500) -> list[str]:
    """Return the subjects of counts of failures that no longer matter."""
    return list(session.scalars(select(SignInLock.subject).where(_past()).limit(limit)))


def forget_lock(session: Session, subject: str) -> None:
    """Remove a count of failures, unless it has begun anew since it was found old."""
    session.execute(delete(SignInLock).where(SignInLock.subject == subject, _past()))


def was_open(session: Session, token: str) -> bool:
    """Tell whether a cookie's token belonged to a session once, so that its end can be told."""
    query = select(LoginSession.id).where(LoginSession.token_hash == _hash(token))
    return session.scalar(query) is not None


def _open(session: Session, person: Person, address: str, user_agent: str) -> str:
    now, policy = clock.now(), accounts.account_policy()
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    opened = LoginSession(
        token_hash=_hash(token),
        person_id=person.id,
        appointment_id=_last_position(session, person.id),
        last_seen_at=now,
        expires_at=now + timedelta(hours=policy.session_hours),
        user_agent=user_agent[:_LONGEST_AGENT],
        ip=address,
    )
    session.add(opened)
    session.flush()
    if opened.appointment_id is not None:
        record(session, "person.signed_in", actor=actor_of(session, opened.appointment_id))
    return token


def _last_position(session: Session, person_id: UUID) -> UUID | None:
    """The position of the last session if it is still held, otherwise the longest held one."""
    held = [held.id for held in accounts.appointments_in_force(session, person_id)]
    last = session.scalar(
        select(LoginSession.appointment_id)
        .where(LoginSession.person_id == person_id)
        .order_by(LoginSession.created_at.desc(), LoginSession.id.desc())
        .limit(1)
    )
    return last if last in held else next(iter(held), None)


def _present_actor(session: Session, found: LoginSession) -> Actor | None:
    """Who acts now: for another while the substitution holds, from then on in one's own position again."""
    if found.substitution_id is not None:
        standing = standing_actor(
            session,
            substitute_id=found.person_id,
            substitution_id=found.substitution_id,
            appointment_id=found.for_appointment_id,
        )
        if standing is not None:
            return standing
    appointment = found.appointment
    if appointment is None or not appointment.holds_on(clock.beijing_date(clock.now())):
        return None
    return actor_of(session, appointment.id)


def _may_enter(person: Person) -> bool:
    return person.is_active and (not person.is_demo or accounts.account_policy().demo_people)


def _past() -> ColumnElement[bool]:
    now = clock.now()
    over = or_(SignInLock.locked_until.is_(None), SignInLock.locked_until <= now)
    return and_(SignInLock.counted_from < now - _LOCKS_KEPT, over)


def _refusal(until: datetime) -> Admission:
    seconds = attempt_limits.seconds_until(until)
    minutes = -(-seconds // 60)
    return Admission(message=f"登录失败次数过多，请 {minutes} 分钟后再试。", retry_after=seconds)


def _record_failure(session: Session, person: Person | None) -> None:
    if person is None:
        return
    for held in accounts.appointments_in_force(session, person.id)[:1]:
        system = Actor.system(held.jurisdiction_id)
        record(session, "sign_in.failed", actor=system, data={"person": str(person.id)})


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
