"""One's own account page: open sessions and API tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.core import clock
from webapp.core.identifiers import mask_phone
from webapp.models.account import ApiToken, Appointment, LoginSession, Person, Position

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

_BROWSERS = (
    ("Edg", "Edge 浏览器"),
    ("Firefox", "Firefox 浏览器"),
    ("Chrome", "Chrome 浏览器"),
    ("Safari", "Safari 浏览器"),
)
_SYSTEMS = (
    ("Android", "安卓"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Profile:
    """Who one is, as the system has it."""

    person_name: str
    username: str
    agency_name: str
    phone_masked: str


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One browser that is signed in."""

    id: UUID
    device: str
    address: str | None
    created_at: datetime
    last_seen: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One API token; its text is never shown again."""

    id: UUID
    name: str
    prefix: str
    position_title: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of the demonstration, as the sign-in page offers it."""

    username: str
    person: str
    position: str
    password: str


def profile_of(session: Session, person_id: UUID) -> Profile:
    """Return a person's own data; agencies are those of the positions held today."""
    person = session.get_one(Person, person_id)
    today = clock.beijing_date(clock.now())
    agencies = {a.position.agency.name: None for a in person.appointments if a.holds_on(today)}
    return Profile(
        person_name=person.name,
        username=person.username,
        agency_name="、".join(agencies),
        phone_masked=mask_phone(person.phone) if person.phone else "",
    )


def sessions_of(session: Session, person_id: UUID, current_id: UUID | None) -> list[SessionRow]:
    """Return the sessions of a person that are open now, the latest first."""
    rows = session.scalars(
        select(LoginSession)
        .where(
            LoginSession.person_id == person_id,
            LoginSession.revoked_at.is_(None),
            LoginSession.expires_at > clock.now(),
        )
        .order_by(LoginSession.last_seen_at.desc(), LoginSession.id.desc())
    )
    return [
        SessionRow(
            row.id, device(row.user_agent), row.ip, row.created_at, row.last_seen_at, row.id == current_id
        )
        for row in rows
    ]


def tokens_of(session: Session, person_id: UUID) -> list[TokenRow]:
    """Return the API tokens of a person that are valid now, the newest first."""
    rows = session.scalars(
        select(ApiToken)
        .where(
            ApiToken.person_id == person_id,
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at > clock.now(),
        )
        .options(
            joinedload(ApiToken.appointment).joinedload(Appointment.position).joinedload(Position.agency)
        )
        .order_by(ApiToken.id.desc())
    )
    return [
        TokenRow(
            row.id,
            row.name,
            row.prefix,
            row.appointment.position.full_title,
            row.created_at,
            row.expires_at,
            row.last_used_at,
        )
        for row in rows
    ]


def demo_accounts(session: Session, password: str) -> list[DemoAccount]:
    """Return the accounts of the demonstration in the order in which they were made."""
    people: Sequence[Person] = session.scalars(
        select(Person).where(Person.is_demo, Person.is_active).order_by(Person.id)
    ).all()
    titles: dict[UUID, list[str]] = {}
    for held in session.scalars(
        select(Appointment)
        .where(Appointment.person_id.in_([person.id for person in people]))
        .options(joinedload(Appointment.position).joinedload(Position.agency))
        .order_by(Appointment.id)
    ):
        titles.setdefault(held.person_id, []).append(held.position.full_title)
    return [
        DemoAccount(person.username, person.name, "、".join(titles.get(person.id, [])), password)
        for person in people
    ]


def device(user_agent: str) -> str:
    """Write a browser's own description as people know it: `Windows，Edge 浏览器`."""
    found = [
        next((name for mark, name in known if mark in user_agent), None) for known in (_SYSTEMS, _BROWSERS)
    ]
    return "，".join(filter(None, found)) or "其他设备"
