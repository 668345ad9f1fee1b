"""Keys for machines: shown once, bound to one person and position, ended at will."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories.accounts import appoint, make_agency, make_jurisdiction, make_person, make_position
from webapp.core.errors import Invalid, Missing
from webapp.models.account import Person
from webapp.queries.actors import actor_of
from webapp.queries.profile import tokens_of
from webapp.services import accounts, api_tokens
from webapp.uow import read_only, unit_of_work

pytestmark = pytest.mark.usefixtures("app", "frozen_clock")


@pytest.fixture
def actor(session):
    position = make_position(session, make_agency(session, make_jurisdiction(session)))
    person = make_person(session)
    held = appoint(session, person, position, ends_on=date(2026, 12, 31))
    session.commit()
    with read_only() as reading:
        return actor_of(reading, held.id)


def make(actor, name="对账程序", days=365):
    with unit_of_work() as session:
        return api_tokens.create(session, actor, name=name, days=days)


def holder(text):
    with read_only() as session:
        return api_tokens.holder(session, text)


def test_a_token_acts_for_its_owner_in_the_position_it_was_made_in(actor):
    text = make(actor)
    assert text.startswith("lgt_")
    found = holder(text)
    assert (found.person_id, found.actor.position_id, found.via) == (
        actor.person_id,
        actor.position_id,
        "token",
    )


def test_the_list_shows_its_beginning_and_the_database_only_a_hash(actor):
    text = make(actor)
    with read_only() as session:
        (row,) = tokens_of(session, actor.person_id)
        raw = session.connection().exec_driver_sql("SELECT * FROM api_token").one()
    assert text.startswith(row.prefix)
    assert len(row.prefix) == 10
    assert text not in map(str, raw)


def test_it_ends_when_revoked_expired_or_the_appointment_does(actor, frozen_clock):
    short, long = make(actor, days=1), make(actor)
    frozen_clock.move(days=1)
    assert holder(short) is None
    assert holder(long)
    frozen_clock.move(days=41)  # 2027-01-01, after the appointment
    assert holder(long) is None


def test_revoking_ends_it_at_once_and_only_the_owner_may(actor, session):
    text = make(actor)
    with read_only() as reading:
        (row,) = tokens_of(reading, actor.person_id)
    stranger = make_person(session, make_position(session, make_agency(session, make_jurisdiction(session))))
    session.commit()
    with read_only() as reading:
        other = actor_of(reading, accounts.appointments_in_force(reading, stranger.id)[0].id)
    with pytest.raises(Missing), unit_of_work() as writing:
        api_tokens.revoke(writing, other, row.id)
    assert holder(text)
    with unit_of_work() as writing:
        api_tokens.revoke(writing, actor, row.id)
    assert holder(text) is None


def test_a_person_who_left_takes_the_tokens_along(actor):
    text = make(actor)
    with unit_of_work() as session:
        session.get_one(Person, actor.person_id).is_active = False
    assert holder(text) is None


@pytest.mark.parametrize(
    ("name", "days", "field"), [("", 1, "name"), ("字" * 61, 1, "name"), ("x", 0, "days"), ("x", 366, "days")]
)
def test_what_a_token_needs(actor, name, days, field):
    with pytest.raises(Invalid) as refused:
        make(actor, name, days)
    assert list(refused.value.errors) == [field]


def test_use_is_noted_every_few_minutes(actor, frozen_clock):
    text = make(actor)
    assert holder(text).stale
    with unit_of_work() as session:
        api_tokens.note_use(session, text)
    assert not holder(text).stale
    frozen_clock.move(minutes=6)
    assert holder(text).stale


def test_unknown_text_is_nobody():
    assert holder("lgt_made-up") is None
