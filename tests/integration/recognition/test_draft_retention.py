"""Drafts that were kept are dropped some time after the case ended, as the setting says."""

from __future__ import annotations

import pytest

from tests.factories import filings
from tests.integration.recognition import desk
from webapp.queries.administration import ACTIONS
from webapp.services import draft_retention, work_items
from webapp.uow import read_only, unit_of_work


def drafts():
    with read_only() as session:
        return session.query(desk.Draft).count()


@pytest.fixture
def ended(at):
    """A withdrawn case in which an officer had typed something."""
    case_id = at("filed")
    (item,) = desk.items(case_id, "acceptance")
    with unit_of_work() as session:
        work_items.save_draft(session, filings.actor(session, "renshe"), item.id, {"note": "营业执照待核对"})
    desk.withdraw(case_id, "majuqiao")
    assert drafts() == 1
    return case_id


def test_they_are_kept_for_180_days_and_then_dropped_on_record(app, ended, frozen_clock):
    frozen_clock.move(days=179, hours=23)
    desk.work(app)
    assert drafts() == 1
    frozen_clock.move(hours=1)
    desk.work(app)
    assert drafts() == 0
    (dropped,) = desk.events(ended, "draft.dropped")
    assert dropped.data == {"count": 1}
    assert dropped.actor_person_id is None
    assert "draft.dropped" in ACTIONS
    desk.work(app)
    assert len(desk.events(ended, "draft.dropped")) == 1


def test_the_office_decides_how_long(app, ended, frozen_clock):
    desk.choose(draft_days=30)
    frozen_clock.move(days=30)
    desk.work(app)
    assert drafts() == 0


def test_a_longer_time_chosen_after_the_job_was_made_holds(ended, frozen_clock):
    frozen_clock.move(days=180)
    with read_only() as session:
        assert draft_retention.due(session) == [ended]
    desk.choose(draft_days=365)
    with unit_of_work() as session:
        draft_retention.forget(session, ended)
    assert drafts() == 1
    assert desk.events(ended, "draft.dropped") == []


def test_drafts_of_running_cases_stay_however_old(app, at, frozen_clock):
    case_id = at("filed")
    (item,) = desk.items(case_id, "acceptance")
    with unit_of_work() as session:
        work_items.save_draft(session, filings.actor(session, "renshe"), item.id, {"note": "待核对"})
    frozen_clock.move(days=400)
    desk.work(app)
    assert drafts() == 1
