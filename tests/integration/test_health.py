"""`/readyz` tells what is starting from what is stuck."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from webapp.core import clock
from webapp.services import jobs
from webapp.uow import unit_of_work
from webapp.views import health


@pytest.fixture
def ready(client, frozen_clock):
    def asked():
        answer = client.get("/readyz")
        return answer.status_code, answer.json["status"], answer.json["problems"]

    return asked


def runs_for(monkeypatch, seconds):
    monkeypatch.setattr(health, "_began", time.monotonic() - seconds)


def worker(*, began, seen):
    """A worker that began and was last seen so many seconds ago."""
    now = clock.now()
    with unit_of_work() as session:
        jobs.beat(session, "test:1", started_at=now - timedelta(seconds=began), jobs_done=0)
        session.get(jobs.WorkerBeat, "test:1").last_sweep_at = now - timedelta(seconds=seen)


def late_job(minutes):
    with unit_of_work() as session:
        jobs.enqueue(session, "chain.verify", {"id": "1"}, run_at=clock.now() - timedelta(minutes=minutes))


def test_a_process_that_has_just_begun_waits_for_its_worker(ready, monkeypatch):
    runs_for(monkeypatch, 119)
    assert ready() == (503, "starting", ["no worker"])
    runs_for(monkeypatch, 121)
    assert ready() == (503, "not ready", ["no worker"])


def test_a_worker_that_has_just_begun_catches_up(ready, monkeypatch):
    runs_for(monkeypatch, 3600)
    late_job(minutes=11)
    worker(began=119, seen=0)
    assert ready() == (503, "starting", ["jobs late"])
    worker(began=121, seen=0)
    assert ready() == (503, "not ready", ["jobs late"])


def test_a_worker_that_fell_silent_is_stuck(ready, monkeypatch):
    runs_for(monkeypatch, 3600)
    worker(began=3600, seen=121)
    assert ready() == (503, "not ready", ["no worker"])
    late_job(minutes=11)
    assert ready() == (503, "not ready", ["jobs late", "no worker"])


def test_all_in_order(ready, monkeypatch):
    runs_for(monkeypatch, 3600)
    late_job(minutes=9)
    worker(began=1, seen=119)
    assert ready() == (200, "ok", [])
