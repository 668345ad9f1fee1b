"""Writes that are sent without waiting for each answer: nothing of what the database says gets lost."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from tests.factories.accounts import make_jurisdiction
from webapp.extensions import db
from webapp.models.account import Jurisdiction
from webapp.uow import read_only, unit_of_work


def names():
    with read_only() as session:
        return sorted(session.scalars(select(Jurisdiction.name)))


def test_what_was_flushed_is_read_back_in_the_same_unit_of_work(app):
    with unit_of_work() as session:
        first = make_jurisdiction(session, "first")
        first.name = "改过的名称"
        session.flush()
        assert session.scalar(text("SELECT name FROM jurisdiction")) == "改过的名称"
    assert names() == ["改过的名称"]


def test_a_row_that_may_not_be_there_twice_is_refused_and_nothing_is_kept(app):
    with pytest.raises(IntegrityError), unit_of_work() as session:
        session.add(Jurisdiction(key="same", name="甲"))
        session.flush()
        session.add(Jurisdiction(key="same", name="乙"))
    assert names() == []


def test_a_refusal_shows_within_the_savepoint_in_which_it_happened(app):
    with unit_of_work() as session:
        make_jurisdiction(session, "kept")
        with pytest.raises(IntegrityError), session.begin_nested():
            session.add(Jurisdiction(key="kept", name="再来一次"))
        session.add(Jurisdiction(key="after", name="之后"))
    assert names() == ["之后", "测试区 kept"]


def test_a_row_that_was_removed_meanwhile_is_not_changed_unseen(app):
    with unit_of_work() as session:
        make_jurisdiction(session, "gone")
    with pytest.raises(StaleDataError), unit_of_work() as session:
        row = session.scalars(select(Jurisdiction)).one()
        session.execute(text("DELETE FROM jurisdiction"))
        row.name = "改过的名称"
        session.add(Jurisdiction(key="other", name="不应保存"))
    assert names() == ["测试区 gone"]


def test_the_connection_serves_on_after_a_refusal(app):
    for _ in range(3):
        with pytest.raises(IntegrityError), unit_of_work() as session:
            session.add_all([Jurisdiction(key="same", name="甲"), Jurisdiction(key="same", name="乙")])
    with unit_of_work() as session:
        make_jurisdiction(session, "fine")
    assert names() == ["测试区 fine"]


def test_a_connection_that_died_while_idle_is_replaced(app, monkeypatch):
    with unit_of_work() as session:
        make_jurisdiction(session, "before")
    monkeypatch.setattr("webapp.pipelining._TRUSTED_SECONDS", 0)
    if db.engine.dialect.name == "postgresql":
        with psycopg.connect(db.engine.url.set(drivername="postgresql").render_as_string(False)) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    assert names() == ["测试区 before"]
    db.engine.dispose()  # the others that died are for no other test
