"""Substitutions in the tests' office: who stands in for whom today, and acts in their place."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from tests.shapes import office
from webapp.models.account import Person
from webapp.queries.substitutions import actor_for, standings
from webapp.services import substitutions
from webapp.uow import unit_of_work

if TYPE_CHECKING:
    from collections.abc import Callable

TODAY = date(2026, 11, 20)


def appoint(person: str, substitute: str) -> None:
    """Let somebody stand in for a person today, as the person says."""
    days = {"starts_on": TODAY, "ends_on": TODAY}
    keys = {"person_id": office.pair(person)[0], "substitute_id": office.pair(substitute)[0]}
    office.do(person, substitutions.appoint, **keys, **days)


def stand(username: str, service: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
    """Let somebody use a service in the position of the first person for whom they may act."""
    with unit_of_work() as session:
        person = session.scalars(select(Person).where(Person.username == username)).one()
        who = actor_for(person, standings(session, person.id)[0])
        return service(session, who, *arguments, **more)
