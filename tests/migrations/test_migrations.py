"""Migrations: they make what the models say, on both databases, and can be taken back."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import MetaData, inspect, text

from tests.factories.accounts import make_agency, make_jurisdiction, make_person, make_position
from webapp.core import clock, crypto
from webapp.extensions import db
from webapp.models.base import Base
from webapp.models.document import Attachment
from webapp.queries.actors import Actor
from webapp.services import events
from webapp.uow import unit_of_work

pytestmark = pytest.mark.usefixtures("app")


def tables():
    with db.engine.connect() as connection:
        return set(inspect(connection).get_table_names())


def triggers():
    query = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    }[db.engine.dialect.name]
    with db.engine.connect() as connection:
        return dict(connection.execute(text(query)).all())


def differences():
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return compare_metadata(context, Base.metadata)


def test_migrations_make_what_the_models_say():
    assert differences() == []


def test_a_forgotten_change_would_be_noticed():
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE person ADD COLUMN forgotten INTEGER")
        connection.exec_driver_sql("ALTER TABLE person DROP COLUMN phone")
        connection.exec_driver_sql("ALTER TABLE person ADD COLUMN phone VARCHAR")
    kinds = [change[0] if isinstance(change, tuple) else change[0][0] for change in differences()]
    assert sorted(kinds) == ["modify_type", "remove_column"]


def test_there_is_one_head_and_numbers_are_in_order():
    scripts = ScriptDirectory("webapp/migrations")
    assert len(scripts.get_heads()) == 1
    revisions = [script.revision for script in scripts.walk_revisions()]
    assert revisions == [f"{number:04}" for number in range(len(revisions), 0, -1)]


def test_the_triggers_of_migrations_are_those_of_the_models():
    migrated = triggers()
    with db.engine.begin() as connection:
        found = MetaData()
        found.reflect(connection)
        for name in migrated:
            drop = f"DROP TRIGGER {name}"
            connection.exec_driver_sql(
                drop + (" ON event" if connection.dialect.name == "postgresql" else "")
            )
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("DROP FUNCTION event_append_only()")
        found.drop_all(connection)
        Base.metadata.create_all(connection)
    assert len(migrated) == 2
    assert triggers() == migrated


def test_all_the_way_down_and_up_again():
    everything = tables()
    downgrade(revision="base")
    assert tables() == {"alembic_version"}
    assert triggers() == {}
    upgrade()
    assert tables() == everything
    assert differences() == []


def test_data_survive_a_step_down_and_up():
    with unit_of_work() as session:
        jurisdiction = make_jurisdiction(session, "tongzhou")
        make_person(session, make_position(session, make_agency(session, jurisdiction)))
        events.record(session, "x.done", actor=Actor.system(jurisdiction.id))
    db.engine.dispose()
    downgrade(revision="0001")
    upgrade()
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT kind FROM event")).scalars().all() == ["x.done"]
        (name,) = connection.execute(text("SELECT name FROM person")).scalars().all()
    assert crypto.key_ring().open(bytes(name), "person.name").decode().startswith("测试员")


def file_names():
    with db.engine.connect() as connection:
        rows = connection.execute(text("SELECT name FROM attachment ORDER BY id")).scalars().all()
    return [name if isinstance(name, str) else bytes(name) for name in rows]


def test_file_names_are_sealed_on_the_way_up_and_opened_on_the_way_down():
    named = [f"居民{number}的身份证.pdf" for number in range(502)]  # more than one batch
    with unit_of_work() as session:
        jurisdiction = make_jurisdiction(session, "tongzhou")
        person = make_person(session, make_position(session, make_agency(session, jurisdiction)))
        for name in named:
            session.add(
                Attachment(
                    jurisdiction_id=jurisdiction.id,
                    uploaded_by_id=person.id,
                    name=name,
                    media_type="application/pdf",
                    size=1,
                    sha256="0" * 64,
                    uploaded_at=clock.now(),
                )
            )
    db.engine.dispose()
    downgrade(revision="0005")
    assert file_names() == named
    upgrade()
    sealed = file_names()
    assert not any("居民".encode() in name for name in sealed)
    assert [crypto.key_ring().open(name, "attachment.name").decode() for name in sealed] == named
    assert differences() == []
