"""History: written with the change or not at all, never altered, every alteration found."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from tests.factories.accounts import make_agency, make_jurisdiction, make_person, make_position
from webapp.extensions import db
from webapp.models.event import Event
from webapp.queries.actors import Actor, actor_of
from webapp.services import accounts, events
from webapp.uow import read_only, unit_of_work

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def system(session):
    jurisdiction = make_jurisdiction(session)
    session.commit()
    return Actor.system(jurisdiction.id)


def tell(actor, *kinds):
    for kind in kinds:
        with unit_of_work() as session:
            events.record(session, kind, actor=actor, data={"说明": kind})


def story(actor):
    with read_only() as session:
        rows = session.scalars(
            select(Event).where(Event.jurisdiction_id == actor.jurisdiction_id).order_by(Event.seq)
        )
        return [(row.seq, row.kind) for row in rows]


def breaks(actor):
    with read_only() as session:
        return [(found.seq, found.reason) for found in events.verify(session, actor.jurisdiction_id)]


def tamper(*statements):
    """Change rows as somebody with the rights of the database's owner could: without the triggers."""
    with db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            for trigger in ("event_no_update", "event_no_delete"):
                connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for statement in statements:
            connection.execute(text(statement))


def test_events_are_numbered_and_whole(system):
    tell(system, "case.started", "case.accepted", "case.decided")
    assert story(system) == [(1, "case.started"), (2, "case.accepted"), (3, "case.decided")]
    assert breaks(system) == []


def test_each_jurisdiction_has_its_own_chain(session, system):
    other = Actor.system(make_jurisdiction(session).id)
    session.commit()
    tell(system, "a.done")
    tell(other, "b.done", "c.done")
    assert story(system) == [(1, "a.done")]
    assert story(other) == [(1, "b.done"), (2, "c.done")]
    with read_only() as reading:
        assert all(found == [] for found in events.verify_all(reading).values())


def test_what_is_rolled_back_never_happened(system):
    with pytest.raises(ZeroDivisionError), unit_of_work() as session:
        events.record(session, "case.started", actor=system)
        raise ZeroDivisionError
    tell(system, "case.withdrawn")
    assert story(system) == [(1, "case.withdrawn")]


def test_what_is_rolled_back_to_a_savepoint_never_happened(system):
    with unit_of_work() as session:
        events.record(session, "before.said", actor=system)
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            events.record(session, "inside.said", actor=system)
            with session.begin_nested():
                events.record(session, "deeper.said", actor=system)
            raise ZeroDivisionError
        with session.begin_nested():
            events.record(session, "kept.said", actor=system)
        events.record(session, "after.said", actor=system)
    assert [kind for _, kind in story(system)] == ["before.said", "kept.said", "after.said"]


def test_the_actor_is_kept_without_the_name(session):
    jurisdiction = make_jurisdiction(session)
    position = make_position(session, make_agency(session, jurisdiction))
    person = make_person(session, position)
    session.commit()
    with unit_of_work() as writing:
        (held,) = accounts.appointments_in_force(writing, person.id)
        events.record(writing, "case.started", actor=actor_of(writing, held.id))
    with read_only() as reading:
        row = reading.scalars(select(Event)).one()
        raw = reading.connection().exec_driver_sql("SELECT * FROM event").one()
    assert row.actor_person_id == person.id
    assert row.position_title == "马驹桥镇 经办"
    assert len(row.actor_name_digest) == 64
    assert not any(person.name in str(value) for value in raw)


@pytest.mark.parametrize(
    "data", [{"x": 1.5}, {"x": "a\x00b"}, {"x": object()}, {1: "x"}, {"x": [{"y": 0.1}]}]
)
def test_data_that_databases_write_differently_are_refused(system, data):
    with unit_of_work() as session, pytest.raises(ValueError, match="事件数据"):
        events.record(session, "x.done", actor=system, data=data)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET kind = 'x' WHERE seq = 1",
        "DELETE FROM event WHERE seq = 1",
        "INSERT OR REPLACE INTO event SELECT * FROM event WHERE seq = 1",
        "TRUNCATE event CASCADE",
    ],
)
def test_the_database_itself_refuses_changes(system, statement):
    own = {"TRUNCATE": "postgresql", "INSERT": "sqlite"}.get(statement.split()[0], db.engine.dialect.name)
    if own != db.engine.dialect.name:
        statement = "DELETE FROM event"
    tell(system, "case.started")
    with pytest.raises(DatabaseError, match="append-only"), unit_of_work() as session:
        session.execute(text(statement))
    assert story(system) == [(1, "case.started")]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE event SET kind = 'case.refused' WHERE seq = 2", [(2, "内容被改动")]),
        ("UPDATE event SET data = '{}' WHERE seq = 3", [(3, "内容被改动")]),
        ("DELETE FROM event WHERE seq = 2", [(2, "第 2 条至第 2 条记录缺失")]),
        ("DELETE FROM event WHERE seq = 4", [(4, "末尾第 4 条至第 4 条记录缺失")]),
        ("DELETE FROM event", [(1, "末尾第 1 条至第 4 条记录缺失")]),
        ("UPDATE chain_head SET seq = 3", [(3, "链首记录的签章不符")]),
        ("DELETE FROM chain_head", [(4, "链首记录缺失")]),
    ],
)
def test_tampering_is_found_and_named(system, statement, expected):
    tell(system, "a.done", "b.done", "c.done", "d.done")
    tamper(statement)
    found = breaks(system)
    assert [seq for seq, _ in found] == [seq for seq, _ in expected]
    for (_, reason), (_, part) in zip(found, expected, strict=True):
        assert part in reason


def test_reordering_is_found(system):
    tell(system, "a.done", "b.done", "c.done")
    tamper(
        "UPDATE event SET seq = 99 WHERE seq = 2",
        "UPDATE event SET seq = 2 WHERE seq = 3",
        "UPDATE event SET seq = 3 WHERE seq = 99",
    )
    assert {seq for seq, _ in breaks(system)} == {2, 3}


def test_a_cut_tail_with_a_forged_head_is_found(system):
    """Whoever holds the database but not the keys cannot seal a head."""
    tell(system, "a.done", "b.done")
    with read_only() as session:
        first = session.scalars(select(Event).where(Event.seq == 1)).one().hash
    forged = f"UPDATE chain_head SET seq = 1, hash = '{first}'"  # noqa: S608 - a hash of our own
    tamper("DELETE FROM event WHERE seq = 2", forged)
    assert [reason for _, reason in breaks(system)] == ["链首记录的签章不符，被改动。"]


def test_writers_at_the_same_time_leave_no_gap(app, system):
    def write_some():
        with app.app_context():
            tell(system, *["x.done"] * 10)

    threads = [threading.Thread(target=write_some) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [seq for seq, _ in story(system)] == list(range(1, 61))
    assert breaks(system) == []
