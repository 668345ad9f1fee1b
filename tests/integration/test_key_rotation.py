"""After a rotation everything lies under the new key, and nothing is lost on the way."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from tests.factories.accounts import make_agency, make_jurisdiction, make_person, make_position
from webapp.core import crypto
from webapp.core.crypto import key_id_of
from webapp.models.account import Person
from webapp.queries.people import people_with_phone
from webapp.services import accounts, keys
from webapp.uow import read_only, unit_of_work

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def people(session):
    position = make_position(session, make_agency(session, make_jurisdiction(session)))
    made = [make_person(session, position) for _ in range(7)]
    for number, person in enumerate(made[:5]):
        accounts.set_phone(person, f"1380013800{number}")
    session.commit()
    return made


@pytest.fixture
def rotated(monkeypatch):
    ring = crypto.key_ring().rotated()
    return lambda: monkeypatch.setattr(crypto._Installed, "ring", ring)


def reseal(batch):
    total = 0
    for column in keys.sealed_columns():
        after, first = None, True
        while first or after is not None:
            first = False
            with unit_of_work() as session:
                changed, after = keys.reseal(session, column, after, batch)
            total += changed
    return total


def test_the_encrypted_columns_are_known():
    contexts = {column.context for column in keys.sealed_columns()}
    assert {"person.name", "person.phone", "login_session.ip"} <= contexts
    assert all(column.context.split(".")[0] == column.table.name for column in keys.sealed_columns())


@pytest.mark.parametrize("batch", [1, 3, 7, 500])
def test_every_value_moves_to_the_new_key_once(people, rotated, batch):
    rotated()
    assert reseal(batch) == 7 + 5
    assert reseal(batch) == 0
    with read_only() as session:
        raw = session.execute(text("SELECT name, phone FROM person")).all()
        assert {key_id_of(bytes(value)) for row in raw for value in row if value is not None} == {2}
        names = {person.id: person.name for person in session.scalars(select(Person))}
    assert names == {person.id: person.name for person in people}


def test_look_up_by_telephone_works_before_and_after(people, rotated):
    for step in (rotated, lambda: reseal(500)):
        step()
        with read_only() as session:
            assert [found.id for found in people_with_phone(session, "13800138003")] == [people[3].id]
