"""Two administrators save at once, two workers find the same: both come through, and history is true."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select, text

from tests.factories import filings
from webapp.models.event import Event
from webapp.models.job import Job
from webapp.models.release import SettingValue
from webapp.services import jobs, settings
from webapp.uow import read_only, unit_of_work


@pytest.fixture
def together(app, backend):
    """Run acts in threads, each in its own unit of work; on PostgreSQL all transactions are open before one acts.

    SQLite lets one writer in at a time, so there they meet at the door.
    """

    def run(*acts):
        barrier, outcomes = threading.Barrier(len(acts)), []

        def one(act):
            with app.app_context():
                try:
                    if backend.name == "sqlite":
                        barrier.wait(10)
                    with unit_of_work() as session:
                        if backend.name == "postgresql":
                            session.execute(text("SELECT 1"))
                            barrier.wait(10)
                        outcomes.append(act(session))
                except Exception as problem:  # noqa: BLE001 - it is what the act came to
                    outcomes.append(problem)

        threads = [threading.Thread(target=one, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return outcomes

    return run


def choosing(days):
    def act(session):
        admin = filings.actor(session, "admin")
        settings.change(session, admin, key="opinion_days", value=str(days), reason="两人同时修改")

    return act


def test_both_choices_are_kept_one_after_the_other(together):
    assert together(choosing(7), choosing(9), choosing(11)) == [None, None, None]
    with read_only() as session:
        (row,) = session.scalars(select(SettingValue).where(SettingValue.key == "opinion_days"))
        said = [
            (event.data["before"], event.data["after"])
            for event in session.scalars(
                select(Event).where(Event.kind == "setting.changed").order_by(Event.seq)
            )
        ]
    assert row.value in {7, 9, 11}
    assert row.changed_by_id is not None
    befores, afters = zip(*said, strict=True)
    assert sorted(afters, key=int) == ["7", "9", "11"]
    assert befores == ("5", *afters[:-1]), "each saw what the one before it chose"
    assert afters[-1] == str(row.value)


def test_what_two_workers_find_at_once_is_one_job(together):
    def enqueue(session):
        return jobs.enqueue(session, "session.forget", {"id": "1"}, dedup="session.forget:1").id

    first, second = together(enqueue, enqueue)
    assert first == second
    with read_only() as session:
        assert session.query(Job).filter_by(dedup="session.forget:1").count() == 1
