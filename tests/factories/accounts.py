"""Jurisdictions, agencies, positions and people for tests. They flush and never commit."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING

from webapp.models.account import Agency, Appointment, Jurisdiction, Person, Position
from webapp.services import accounts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

PASSWORD = "Ceshi-2026-x"
_number = count(1)


@lru_cache
def _hash_of(password: str) -> str:
    return accounts.hash_password(password)


def make_jurisdiction(session: Session, key: str | None = None) -> Jurisdiction:
    key = key or f"district{next(_number)}"
    made = Jurisdiction(key=key, name=f"测试区 {key}")
    session.add(made)
    session.flush()
    return made


def make_agency(
    session: Session, jurisdiction: Jurisdiction, *, key: str = "majuqiao", short: str = "马驹桥镇"
) -> Agency:
    made = Agency(jurisdiction_id=jurisdiction.id, key=key, name=f"{short}（测试）", short=short, kind="属地")
    session.add(made)
    session.flush()
    return made


def make_position(
    session: Session,
    agency: Agency,
    *,
    key: str = "clerk",
    title: str = "经办",
    rights: Iterable[str] = ("task.act",),
) -> Position:
    made = Position(
        jurisdiction_id=agency.jurisdiction_id, agency_id=agency.id, key=key, title=title, rights=list(rights)
    )
    session.add(made)
    session.flush()
    return made


def make_person(
    session: Session, *positions: Position, username: str | None = None, **more: object
) -> Person:
    """A person whose password is `PASSWORD`, appointed since 2020 to the positions."""
    number = next(_number)
    made = Person(
        username=username or f"ceshi{number}",
        name=f"测试员{number}",
        password_hash=_hash_of(PASSWORD),
        **more,
    )
    session.add(made)
    session.flush()
    for position in positions:
        appoint(session, made, position)
    return made


def appoint(session: Session, person: Person, position: Position, ends_on: date | None = None) -> Appointment:
    return accounts.appoint(session, person, position, starts_on=date(2020, 1, 1), ends_on=ends_on)
