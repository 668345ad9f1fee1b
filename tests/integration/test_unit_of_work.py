"""One commit, one rollback; readers cannot write; writers of SQLite queue instead of failing."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select, text

from tests.factories.accounts import make_jurisdiction
from webapp.extensions import db
from webapp.models.account import Jurisdiction
from webapp.uow import read_only, unit_of_work

pytestmark = pytest.mark.usefixtures("app")


def names() -> list[str]:
    with read_only() as session:
        return sorted(session.scalars(select(Jurisdiction.key)))


def test_what_is_done_in_it_is_committed_at_the_end():
    with unit_of_work() as session:
        make_jurisdiction(session, "tongzhou")
        assert names() == ["tongzhou"], "a reader inside sees what the unit has written"
    assert names() == ["tongzhou"]


def test_an_error_rolls_everything_back():
    with pytest.raises(ZeroDivisionError), unit_of_work() as session:
        make_jurisdiction(session, "tongzhou")
        session.flush()
        raise ZeroDivisionError
    assert names() == []


def test_units_do_not_nest():
    with unit_of_work(), pytest.raises(RuntimeError, match="open already"), unit_of_work():
        pass


def test_a_reader_may_not_change_anything():
    with unit_of_work() as session:
        make_jurisdiction(session, "tongzhou")
    with pytest.raises(RuntimeError, match="reading session"), read_only() as session:
        session.scalars(select(Jurisdiction)).one().name = "改了"
    with pytest.raises(RuntimeError, match="reading session"), read_only() as session:
        make_jurisdiction(session, "other")
    assert names() == ["tongzhou"]


def test_a_reader_does_not_wait_for_a_writer():
    with unit_of_work() as session:
        make_jurisdiction(session, "tongzhou")
    seen: list[list[str]] = []
    with unit_of_work() as session:
        make_jurisdiction(session, "second")
        session.flush()
        reader = threading.Thread(target=_in_context(lambda: seen.append(names())))
        reader.start()
        reader.join(5)
    assert seen == [["tongzhou"]], "it sees what was committed, at once"
    assert names() == ["second", "tongzhou"]


def test_many_writers_all_get_their_turn():
    with unit_of_work() as session:
        jurisdiction_id = make_jurisdiction(session, "0").id
    failures: list[Exception] = []

    def add_one():
        try:
            for _ in range(10):
                with unit_of_work() as session:
                    row = session.get_one(Jurisdiction, jurisdiction_id, with_for_update=True)
                    row.key = str(int(row.key) + 1)
        except Exception as error:  # noqa: BLE001 - shown below
            failures.append(error)

    threads = [threading.Thread(target=_in_context(add_one)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert names() == ["80"]


def test_ddl_rolls_back_and_savepoints_work():
    with pytest.raises(ZeroDivisionError), db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE made_by_test (a INTEGER)"))
        raise ZeroDivisionError
    with db.engine.connect() as connection:
        assert not db.inspect(connection).has_table("made_by_test")
    with unit_of_work() as session:
        make_jurisdiction(session, "kept")
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            make_jurisdiction(session, "dropped")
            raise ZeroDivisionError
    assert names() == ["kept"]


def test_foreign_keys_are_enforced():
    with pytest.raises(db.exc.IntegrityError), unit_of_work() as session:
        session.execute(
            text(
                "INSERT INTO chain_head (jurisdiction_id, seq, hash, seal) "
                "VALUES ('00000000000000000000000000000001', 0, '', '')"
            )
        )


def _in_context(work):
    """Run in a thread of its own, inside the application's context."""
    from flask import current_app

    app = current_app._get_current_object()

    def run():
        with app.app_context():
            work()

    return run
