"""People, their passwords and their appointments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func, or_, select, update

from webapp.core import clock
from webapp.core.crypto import blind_index
from webapp.core.errors import Invalid, Missing
from webapp.core.identifiers import check_phone
from webapp.models.account import PHONE_CONTEXT, Appointment, LoginSession, Person
from webapp.services.events import record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.account import Position
    from webapp.queries.actors import Actor

DEMO_PASSWORD = "Yanshi-2026"  # noqa: S105 - shown on the sign-in page; production lets no demo person in
_USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,31}")
_KINDS_OF_CHARACTERS = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")
_KINDS_NEEDED = 3
_LONGEST_PASSWORD = 200


@dataclass(frozen=True)
class AccountPolicy:
    """How strict signing in is.

    Attributes:
        account_failures: Failed sign-ins under one name before it is locked.
        address_failures: Failed sign-ins from one address before it is locked.
        demo_people: Whether demo people may sign in.
    """

    account_failures: int = 5
    address_failures: int = 50
    lock_minutes: int = 15
    session_idle_minutes: int = 30
    session_hours: int = 12
    password_length: int = 10
    argon2_memory_kib: int = 19456
    argon2_passes: int = 2
    demo_people: bool = False


class _Installed:
    """Policy, hasher and decoy of this process; the composition root puts them here once."""

    policy = AccountPolicy()
    hasher: PasswordHasher | None = None
    decoy = ""


def install(policy: AccountPolicy) -> None:
    """Make a policy the one of this process."""
    hasher = PasswordHasher(
        time_cost=policy.argon2_passes, memory_cost=policy.argon2_memory_kib, parallelism=1
    )
    _Installed.policy, _Installed.hasher = policy, hasher
    _Installed.decoy = hasher.hash("a password that nobody has")


def account_policy() -> AccountPolicy:
    """Return the policy of this process."""
    return _Installed.policy


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password."""
    return _hasher().hash(password)


def password_fits(password_hash: str | None, password: str) -> bool:
    """Tell whether a password fits; it takes as long when there is no such person (`None`)."""
    try:
        _hasher().verify(password_hash or _Installed.decoy, password[:_LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def hash_is_outdated(password_hash: str) -> bool:
    """Tell whether a hash was made with other parameters than today's."""
    return _hasher().check_needs_rehash(password_hash)


def check_new_password(password: str, username: str) -> None:
    """Accept a new password.

    Raises:
        Invalid: If it is too short, too uniform or contains the account name.
    """
    policy = _Installed.policy
    if not policy.password_length <= len(password) <= _LONGEST_PASSWORD:
        raise Invalid(f"新密码至少 {policy.password_length} 个字符。", field="new")
    kinds = sum(1 for kind in _KINDS_OF_CHARACTERS if re.search(kind, password))
    if kinds < _KINDS_NEEDED:
        raise Invalid("新密码须包含大写字母、小写字母、数字、符号中的至少三类。", field="new")
    if username.lower() in password.lower():
        raise Invalid("新密码不能包含用户名。", field="new")


def create_person(
    session: Session,
    *,
    username: str,
    name: str,
    password: str,
    phone: str | None = None,
    must_change_password: bool = True,
    is_demo: bool = False,
) -> Person:
    """Add a person who can sign in.

    Raises:
        Invalid: If the user name is taken or malformed, or the password too weak.
    """
    username = username.strip().lower()
    if not _USERNAME.fullmatch(username):
        raise Invalid("用户名为 3 至 32 位小写字母、数字、点、横线，以字母开头。", field="username")
    if session.scalar(select(Person.id).where(Person.username == username)) is not None:
        raise Invalid("该用户名已被使用。", field="username")
    check_new_password(password, username)
    person = Person(
        username=username,
        name=name.strip(),
        password_hash=hash_password(password),
        password_changed_at=clock.now(),
        must_change_password=must_change_password,
        is_demo=is_demo,
    )
    if phone:
        set_phone(person, phone)
    session.add(person)
    session.flush()
    return person


def set_phone(person: Person, phone: str) -> None:
    """Set a telephone number and its look-up index.

    Raises:
        Invalid: If it is not a telephone number.
    """
    try:
        number = check_phone(phone)
    except ValueError as wrong:
        raise Invalid(str(wrong), field="phone") from None
    person.phone, person.phone_index = number, blind_index(number, PHONE_CONTEXT)


def appoint(
    session: Session, person: Person, position: Position, *, starts_on: date, ends_on: date | None = None
) -> Appointment:
    """Let a person hold a position from one Beijing date to another, both included."""
    appointment = Appointment(
        jurisdiction_id=position.jurisdiction_id,
        person_id=person.id,
        position_id=position.id,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    session.add(appointment)
    session.flush()
    return appointment


def dismiss(session: Session, appointment: Appointment) -> None:
    """End an appointment at once; the dates say that this was its last day.

    Raises:
        Missing: If it has ended already.
    """
    session.refresh(appointment, with_for_update=True)
    now = clock.now()
    today = clock.beijing_date(now)
    if appointment.is_over(today):
        raise Missing("该任职已经结束。")
    appointment.ended_at, appointment.ends_on = now, max(today, appointment.starts_on)
    session.execute(
        update(LoginSession).where(LoginSession.appointment_id == appointment.id).values(appointment_id=None)
    )


def appointments_in_force(session: Session, person_id: UUID) -> Sequence[Appointment]:
    """Return the appointments that a person holds today, the oldest first."""
    today = clock.beijing_date(clock.now())
    return session.scalars(
        select(Appointment)
        .where(
            Appointment.person_id == person_id,
            Appointment.ended_at.is_(None),
            Appointment.starts_on <= today,
            or_(Appointment.ends_on.is_(None), Appointment.ends_on >= today),
        )
        .order_by(Appointment.starts_on, Appointment.id)
    ).all()


def change_password(
    session: Session,
    actor: Actor | None,
    *,
    person_id: UUID,
    current: str,
    new: str,
    keep_session_id: UUID | None = None,
) -> None:
    """Change one's own password; every other session of the person ends.

    Raises:
        Invalid: If the present password is wrong, or the new one too weak or the same.
    """
    person = session.scalars(select(Person).where(Person.id == person_id).with_for_update()).one()
    if not password_fits(person.password_hash, current):
        raise Invalid("当前密码不正确。", field="current")
    check_new_password(new, person.username)
    if new == current:
        raise Invalid("新密码不能与当前密码相同。", field="new")
    person.password_hash = hash_password(new)
    person.password_changed_at = clock.now()
    person.must_change_password = False
    revoke_sessions(session, person_id, except_id=keep_session_id)
    if actor is not None:
        record(session, "password.changed", actor=actor)


def set_first_password(session: Session, person: Person, password: str) -> None:
    """Set a password that somebody else knows too: it must be changed, and every session ends."""
    person.password_hash = hash_password(password)
    person.password_changed_at = clock.now()
    person.must_change_password = True
    revoke_sessions(session, person.id)


def revoke_sessions(session: Session, person_id: UUID | None = None, *, except_id: UUID | None = None) -> int:
    """End all sessions of a person, or of everybody; return how many there were."""
    query = select(LoginSession).where(LoginSession.revoked_at.is_(None))
    if person_id is not None:
        query = query.where(LoginSession.person_id == person_id)
    ended = [found for found in session.scalars(query) if found.id != except_id]
    for found in ended:
        found.revoked_at = clock.now()
    return len(ended)


def demo_people_exist(session: Session) -> bool:
    """Tell whether people of the demonstration could still sign in; never true of a real installation."""
    active = select(func.count()).select_from(Person).where(Person.is_demo, Person.is_active)
    return bool(session.scalar(active))


def _hasher() -> PasswordHasher:
    if _Installed.hasher is None:
        install(_Installed.policy)
    hasher = _Installed.hasher
    if hasher is None:
        raise RuntimeError("No password hasher is installed.")
    return hasher
