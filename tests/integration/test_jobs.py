"""Background work: exactly once in the database, retried, fenced, and at last laid before a person."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.databases import rival
from tests.factories.accounts import make_jurisdiction
from webapp.core import clock
from webapp.core.errors import Invalid, Missing
from webapp.models.account import Jurisdiction
from webapp.models.job import Job
from webapp.services import jobs
from webapp.uow import read_only, unit_of_work
from webapp.worker import Leased, Sweep, Transactional, Worker


def add_row(session, payload):
    make_jurisdiction(session, payload["key"])


def fail_after_writing(session, payload):
    make_jurisdiction(session, payload["key"])
    session.flush()
    raise Invalid("这一步缺少材料。")


def leak(_session, _payload):
    raise RuntimeError("name 张三 phone 13800138000")


@pytest.fixture
def worker(app):
    return Worker(app, {"row.add": Transactional(add_row), "row.fail": Transactional(fail_after_writing)}, ())


def enqueue(kind="row.add", payload=None, **more):
    with unit_of_work() as session:
        return jobs.enqueue(session, kind, payload or {"key": "made"}, **more).id


def keys():
    with read_only() as session:
        return sorted(session.scalars(select(Jurisdiction.key)))


def waiting():
    with read_only() as session:
        return list(session.scalars(select(Job).order_by(Job.id)))


def test_a_job_runs_once_and_is_gone(worker):
    enqueue()
    assert worker.run_until_idle() == 1
    assert keys() == ["made"]
    assert waiting() == []
    assert worker.run_until_idle() == 0


def test_a_job_is_enqueued_with_its_transaction_or_not_at_all(app):
    with pytest.raises(ZeroDivisionError), unit_of_work() as session:
        jobs.enqueue(session, "row.add", {})
        raise ZeroDivisionError
    assert waiting() == []


def test_it_waits_for_its_time(worker, frozen_clock):
    enqueue(run_at=clock.now() + timedelta(hours=1))
    assert worker.run_until_idle() == 0
    frozen_clock.move(hours=1)
    assert worker.run_until_idle() == 1


def test_the_one_that_was_due_first_runs_first(worker, frozen_clock):
    order = []
    worker.handlers = {"note": Transactional(lambda _, payload: order.append(payload["n"]))}
    for n, hours in ((1, 3), (2, 1), (3, 2)):
        enqueue("note", {"n": n}, run_at=clock.now() + timedelta(hours=hours))
    frozen_clock.move(hours=4)
    worker.run_until_idle()
    assert order == [2, 3, 1]


def test_a_key_is_enqueued_once(app):
    assert enqueue(dedup="clock:1") == enqueue(dedup="clock:1")
    assert len(waiting()) == 1


def test_a_key_whose_job_is_done_at_this_moment_is_enqueued_anew(app):
    first = enqueue(dedup="clock:1")
    with rival("INSERT INTO job", "DELETE FROM job") as tries:
        second = enqueue(dedup="clock:1")
    assert [job.id for job in waiting()] == [second]
    assert (second != first) == (tries == ["done"])


def test_a_failure_undoes_what_the_handler_did_and_is_tried_again_later_and_later(worker, frozen_clock):
    enqueue("row.fail")
    waits = []
    for attempt in range(1, 4):
        assert worker.run_one()
        (job,) = waiting()
        assert (job.attempts, job.state) == (attempt, "ready")
        waits.append((job.run_at - clock.now()).total_seconds())
        assert not worker.run_one(), "not before its time"
        frozen_clock.move(hours=1)
    assert keys() == []
    for wait, nominal in zip(waits, (10, 20, 40), strict=True):
        assert 0.8 * nominal <= wait <= 1.2 * nominal


def test_after_its_attempts_it_lies_dead_until_a_person_decides(worker, frozen_clock):
    enqueue("row.fail", max_attempts=2, dedup="k")
    for _ in range(2):
        worker.run_one()
        frozen_clock.move(hours=2)
    assert worker.run_until_idle() == 0
    with read_only() as session:
        (dead,) = jobs.dead_letters(session)
    assert dead.error == "Invalid: 这一步缺少材料。"
    assert enqueue("row.fail", dedup="k") == dead.id, "a dead letter is not enqueued anew behind one's back"

    with unit_of_work() as session:
        jobs.retry(session, dead.id)
    worker.handlers = {"row.fail": Transactional(add_row)}
    assert worker.run_until_idle() == 1
    assert keys() == ["made"]


def test_a_dead_letter_can_be_discarded_a_living_job_cannot(worker):
    dead = enqueue("row.fail", max_attempts=1)
    worker.run_one()
    alive = enqueue("row.fail")
    with unit_of_work() as session:
        jobs.discard(session, dead)
    for act in (jobs.discard, jobs.retry):
        with pytest.raises(Missing), unit_of_work() as session:
            act(session, alive)
    assert [job.id for job in waiting()] == [alive]


def test_errors_are_kept_without_what_they_quote(worker):
    worker.handlers = {"leak": Transactional(leak)}
    enqueue("leak")
    worker.run_one()
    assert waiting()[0].error == "RuntimeError"


def test_a_handler_may_say_that_its_time_has_not_come(worker, frozen_clock):
    def not_yet(_session, _payload):
        raise jobs.Postpone(clock.now() + timedelta(days=1))

    worker.handlers = {"timer": Transactional(not_yet)}
    enqueue("timer")
    worker.run_one()
    (job,) = waiting()
    assert (job.attempts, job.run_at) == (0, clock.now() + timedelta(days=1))


def test_a_crash_in_the_middle_leaves_the_job_as_it_was(worker):
    def crash(session, _payload):
        make_jurisdiction(session, "half")
        raise SystemExit

    worker.handlers = {"crash": Transactional(crash)}
    enqueue("crash")
    with pytest.raises(SystemExit):
        worker.run_one()
    assert keys() == []
    assert [job.attempts for job in waiting()] == [0]


def test_two_workers_do_everything_once(app):
    def count_up(session, payload):
        make_jurisdiction(session, payload["key"])

    with unit_of_work() as session:
        for number in range(60):
            jobs.enqueue(session, "row.add", {"key": f"{number:02}"})
    done = []

    def work():
        with app.app_context():
            done.append(Worker(app, {"row.add": Transactional(count_up)}, ()).run_until_idle())

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert keys() == [f"{number:02}" for number in range(60)]
    assert sum(done) == 60
    assert waiting() == []


def import_rows(job):
    while True:
        with job.step() as (session, progress):
            done = progress.get("done", 0)
            if done >= job.payload["rows"]:
                return
            make_jurisdiction(session, f"row{done}")
            progress["done"] = done + 1


def test_a_leased_job_commits_in_steps(worker):
    worker.handlers = {"import": Leased(import_rows)}
    enqueue("import", {"rows": 3})
    assert worker.run_until_idle() == 1
    assert keys() == ["row0", "row1", "row2"]
    assert waiting() == []


def test_the_next_worker_goes_on_where_a_crashed_one_stopped(worker, frozen_clock):
    def crash_at_second(job):
        with job.step() as (session, progress):
            make_jurisdiction(session, "row0")
            progress["done"] = 1
        raise SystemExit

    enqueue("import", {"rows": 3})
    worker.handlers = {"import": Leased(crash_at_second, lease_seconds=60)}
    with pytest.raises(SystemExit):
        worker.run_one()
    worker.handlers = {"import": Leased(import_rows)}
    assert not worker.run_one(), "the lease still runs"
    frozen_clock.move(seconds=61)
    assert worker.run_one()
    assert keys() == ["row0", "row1", "row2"]


def test_a_worker_that_slept_through_its_lease_writes_nothing_more(worker, frozen_clock):
    rival = Worker(worker.app, {"import": Leased(import_rows)}, ())

    def oversleep(job):
        with job.step() as (session, progress):
            make_jurisdiction(session, "row0")
            progress["done"] = 1
        frozen_clock.move(minutes=5)
        assert rival.run_one()
        with job.step() as (session, _):
            make_jurisdiction(session, "must not be")

    worker.handlers = {"import": Leased(oversleep, lease_seconds=60)}
    enqueue("import", {"rows": 2})
    worker.run_one()
    assert keys() == ["row0", "row1"]
    assert waiting() == []


def test_a_leased_failure_counts_and_is_tried_again(worker, frozen_clock):
    def fail(_job):
        raise Invalid("邮件服务器无应答。")

    worker.handlers = {"mail": Leased(fail)}
    enqueue("mail", {"to": 1}, max_attempts=2)
    worker.run_one()
    assert [(job.attempts, job.state, job.lease_owner) for job in waiting()] == [(1, "ready", None)]
    frozen_clock.move(hours=1)
    worker.run_one()
    assert [(job.attempts, job.state, job.error) for job in waiting()] == [
        (2, "dead", "Invalid: 邮件服务器无应答。")
    ]


def test_a_sweep_finds_work_once_and_the_loop_does_it(worker, session):
    row = make_jurisdiction(session, "late")
    session.commit()

    def rename(writing, payload):
        writing.scalars(select(Jurisdiction).where(Jurisdiction.key == "late")).one().key = "handled"
        assert payload == {"id": str(row.id)}

    def late(reading):
        return list(reading.scalars(select(Jurisdiction.id).where(Jurisdiction.key == "late")))

    worker.handlers = {"row.late": Transactional(rename)}
    worker.sweeps = (Sweep("row.late", late),)
    assert worker.run_until_idle() == 1
    assert worker.run_until_idle() == 0
    assert keys() == ["handled"]


def test_the_loop_beats_works_and_stops(worker):
    thread = threading.Thread(target=worker.run)
    thread.start()
    enqueue()
    for _ in range(100):
        if keys() == ["made"]:
            break
        threading.Event().wait(0.05)
    worker.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert keys() == ["made"]
    with read_only() as session:
        assert clock.now() - jobs.last_sweep(session) < timedelta(minutes=1)


def test_lag_is_the_age_of_the_oldest_due_job(app, frozen_clock):
    with read_only() as session:
        assert jobs.lag(session) == timedelta(0)
    enqueue()
    frozen_clock.move(minutes=7)
    with read_only() as session:
        assert jobs.lag(session) == timedelta(minutes=7)
        assert session.scalar(select(func.count()).select_from(Job)) == 1
